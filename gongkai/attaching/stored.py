"""The attachments of a case: listing them, and giving one out with its hash verified."""

import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from gongkai.errors import REFUSED, Told
from gongkai.office import Office
from gongkai.store import blobs, journal
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act
from workflow.case import Case
from workflow.commands import Attach
from workflow.errors import Refused
from workflow.people import Actor

#: What the chain says when an attachment was given out.
READ = "attachment_read"


class OutputTrouble(Told):
    """A file cannot be written where it was asked for."""

    exit_code = REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One ``attach`` of a case, counted from 1."""

    n: int
    fact: int
    on: date
    by: str
    #: Empty where the personal data of the case was erased.
    name: str
    sha256: str
    size: int
    media_type: str
    #: Whether the bytes are there: not for a paper original, and not after erasure.
    kept: bool


def listed(tx: Transaction, case: Case) -> tuple[Stored, ...]:
    """Return the attachments of a case in the order in which they came."""
    a, b = t.attachments.c, t.blobs.c
    same = (b.agency == a.agency) & (b.sha256 == a.sha256) & (b.part == 1)
    here = (a.agency == case.agency) & (a.case_number == case.number)
    wanted = select(a.fact).join_from(t.attachments, t.blobs, same).where(here)
    kept = set(tx.execute(wanted).scalars())
    found = ((fact, fact.command) for fact in case.facts)
    own = ((fact, command) for fact, command in found if isinstance(command, Attach))
    return tuple(
        Stored(
            n=n,
            fact=fact.number,
            on=fact.on,
            by=str(fact.actor),
            name=command.file,
            sha256=command.sha256,
            size=command.size,
            media_type=command.media_type,
            kept=fact.number in kept,
        )
        for n, (fact, command) in enumerate(own, start=1)
    )


def give_out(
    office: Office, case: Case, wanted: Stored, out: Path, *, by: Actor, today: date
) -> None:
    """Write an attachment to ``out``; that somebody took it is in the chain before it is there."""
    if not wanted.kept:
        raise Refused(
            code="no_bytes",
            message=f"第{wanted.n}号附件没有保存电子文件（纸质原件，或者已按保存期限删除）。",
            article="45",
            mend="请到案卷中查看原件。",
        )
    act = Act(
        agency=case.agency,
        kind=READ,
        case_number=case.number,
        on=today,
        recorded_at=office.moment(),
        said={"by": str(by), "fact": wanted.fact, "sha256": wanted.sha256},
    )

    def noted() -> None:
        with writing(office.store) as tx:
            journal.record(tx, act)

    with new_file(out) as beside:
        folder = office.config.attachments.folder
        with reading(office.store) as tx, beside.open("wb") as file:
            for part in blobs.stream(tx, case.agency, wanted.sha256, folder):
                file.write(part)
        retrying(noted)


class new_file:  # noqa: N801 - used like a function
    """A private file beside ``out`` that takes its name at the end, if all went well."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.beside = out.with_name(f".{out.name}.{os.urandom(4).hex()}.part")

    def __enter__(self) -> Path:
        """Make the file; nothing that is there is written over."""
        if self.out.exists():
            raise OutputTrouble(f"{self.out} 已经存在，没有改动。请换一个文件名。")
        try:
            os.close(os.open(self.beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except OSError as error:
            raise OutputTrouble(f"{self.out} 写不了：{error.strerror}。") from error
        return self.beside

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Give it its name, or take it away."""
        if kind is None:
            handle = os.open(self.beside, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
            self.beside.replace(self.out)
        else:
            self.beside.unlink(missing_ok=True)
