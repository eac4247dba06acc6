"""Taking a file in: streamed, hashed while it is read, looked into, then kept with its fact."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from sqlalchemy import insert, select

from gongkai import unit
from gongkai.attaching.kinds import ending_of
from gongkai.attaching.names import cleaned
from gongkai.attaching.refusals import refused
from gongkai.attaching.unfit import SECRET, Unfit
from gongkai.config import AttachmentSettings
from gongkai.office import Office, unknown_case
from gongkai.requesting import REQUESTS, Done
from gongkai.store import blobs, records
from gongkai.store import tables as t
from gongkai.store.blobs import FilePart
from gongkai.store.engine import Transaction, reading
from gongkai.store.failures import Unavailable
from gongkai.store.statements import Statement
from gongkai.unit import Order
from workflow.commands import Attach
from workflow.people import Actor

_MEGA: Final = 1 << 20
#: Longer than the work that a look is allowed, for machines that are busy with other things.
_PATIENCE: Final = 60
_ADDED: Final = Statement(insert(t.attachments))


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file that was taken in and may be kept; its bytes lie in a file without a name."""

    name: str
    sha256: str
    size: int
    media_type: str
    #: What in it a person has to look at.
    notes: tuple[str, ...]
    spool: IO[bytes]

    def parts(self) -> Iterator[bytes]:
        """Yield its bytes in the parts in which they are kept."""
        self.spool.seek(0)
        while part := self.spool.read(blobs.PART):
            yield part

    @property
    def command(self) -> Attach:
        """The step that brings it into a case."""
        return Attach(
            file=self.name, sha256=self.sha256, size=self.size, media_type=self.media_type
        )


@contextmanager
def received(stream: IO[bytes], given: str, settings: AttachmentSettings) -> Iterator[Received]:
    """Take in what ``stream`` holds, called ``given``; nothing of it is left afterwards.

    Raises :class:`workflow.errors.Refused` for what is not kept. The copy has no name from its
    first moment, so that not even a killed process leaves one behind.
    """
    try:
        name = cleaned(given)
        with TemporaryFile() as spool:
            digest, size = _copied(stream, spool, settings.max_mb)
            try:
                media_type, notes = _looked_into(spool, ending_of(name))
            except Unfit as unfit:
                if unfit.code == SECRET:
                    _wipe(spool, size)
                raise
            yield Received(
                name=name,
                sha256=digest,
                size=size,
                media_type=media_type,
                notes=notes,
                spool=spool,
            )
    except Unfit as unfit:
        raise refused(unfit.code, unfit.what) from None


def _copied(stream: IO[bytes], spool: IO[bytes], max_mb: int) -> tuple[str, int]:
    seen, size = sha256(), 0
    while chunk := stream.read(blobs.PART):
        size += len(chunk)
        if size > max_mb * _MEGA:
            raise Unfit("file_too_large", str(max_mb))
        seen.update(chunk)
        spool.write(chunk)
    spool.flush()
    return seen.hexdigest(), size


def _looked_into(spool: IO[bytes], ending: str) -> tuple[str, tuple[str, ...]]:
    """Have a process of its own look into the file; its name and its words stay here."""
    spool.seek(0)
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-I", "-m", "gongkai.attaching.looking", ending],
            stdin=spool.fileno(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
        said = json.loads(done.stdout) if done.returncode == 0 else {"unfit": "unreadable"}
    except (subprocess.TimeoutExpired, ValueError):
        said = {"unfit": "unreadable"}
    if "unfit" in said:
        raise Unfit(said["unfit"], said.get("what", ""))
    return said["media_type"], tuple(said["notes"])


def _wipe(spool: IO[bytes], size: int) -> None:
    """Write over what may not be kept, before its place on the disk is given back."""
    spool.seek(0)
    for start in range(0, size, blobs.PART):
        spool.write(bytes(min(blobs.PART, size - start)))
    spool.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The bytes of a file on their way into the transaction of its fact."""

    received: Received
    #: Where its parts lie already; empty where they go into the database.
    files: tuple[FilePart, ...]

    def put(self, tx: Transaction, agency: str) -> None:
        """Keep the bytes, or note where they lie."""
        own = self.received.sha256
        for part, kept in enumerate(self.files, start=1):
            blobs.note_part(tx, agency, own, part, kept)
        if not self.files:
            for part, data in enumerate(self.received.parts(), start=1):
                blobs.put_part(tx, agency, own, part, data)

    def note(self, tx: Transaction, agency: str, case_number: str, fact: int) -> None:
        """Keep the row that binds the bytes to the fact."""
        row = {"agency": agency, "case_number": case_number, "fact": fact}
        got = self.received
        said = {"sha256": got.sha256, "size": got.size, "media_type": got.media_type}
        tx.run(_ADDED, {**row, **said})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Who attaches, and when: what every step has beside its command."""

    actor: Actor | None
    on: date
    today: date
    command_id: str = ""
    expected_version: int | None = None


def attach(office: Office, number: str, got: Received, step: Step) -> Done:
    """Keep a file that was taken in, in the transaction of its fact, or nothing of it."""
    folder = office.config.attachments.folder
    files = _written(office, number, got, folder) if folder else ()
    try:
        order = Order(
            command=got.command,
            actor=step.actor,
            on=step.on,
            today=step.today,
            command_id=step.command_id,
            expected_version=step.expected_version,
            enclosed=_Kept(received=got, files=files),
        )
        return unit.carry_out(office, REQUESTS, number, order)
    except Unavailable:
        files = ()  # it may have been committed all the same: `attachment collect` will see
        raise
    finally:
        if folder and files:
            _drop_unneeded(office, folder, files)


def _written(office: Office, number: str, got: Received, folder: Path) -> tuple[FilePart, ...]:
    """Seal the parts into files, durable before any row names them."""
    with reading(office.store) as tx:
        found = records.heading(tx, number)
    if found is None:
        raise unknown_case(number)
    return tuple(
        blobs.write_part(
            folder, office.store.keys, blobs.place_of(found.agency, got.sha256, part), data
        )
        for part, data in enumerate(got.parts(), start=1)
    )


def _drop_unneeded(office: Office, folder: Path, files: tuple[FilePart, ...]) -> None:
    """Remove what no row names: the step was refused, or the same bytes were there before."""
    mine = {part.file for part in files}
    with reading(office.store) as tx:
        named = set(tx.execute(select(t.blobs.c.file).where(t.blobs.c.file.in_(mine))).scalars())
    for name in mine - named:
        (folder / name).unlink(missing_ok=True)
