"""The attachments of a case: listing them, and giving one out with its hash verified."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import select

from gongkai.office import Office
from gongkai.out import OutputTrouble, told_of
from gongkai.store import blobs, journal
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.files import durable, new_private, publish
from gongkai.store.journal import Act
from workflow.case import Case
from workflow.commands import Attach
from workflow.errors import Refused
from workflow.people import Actor

#: What the chain says when an attachment was given out.
READ = "attachment_read"


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


@contextmanager
def new_file(out: Path) -> Iterator[Path]:
    """Give a private file beside ``out`` that takes its name at the end, if all went well.

    Nothing that is there, or that has come meanwhile, is written over.
    """
    if out.exists():
        raise _taken(out)
    beside = out.with_name(f".{out.name}.{os.urandom(4).hex()}.part")
    with told_of(out):
        try:
            with new_private(beside):
                pass
            yield beside
            durable(beside)
            _named(beside, out)
        finally:
            beside.unlink(missing_ok=True)


def _named(beside: Path, out: Path) -> None:
    try:
        publish(beside, out)
    except FileExistsError:
        raise _taken(out) from None


def _taken(out: Path) -> OutputTrouble:
    return OutputTrouble(f"{out} 已经存在，没有改动。请换一个文件名。")
