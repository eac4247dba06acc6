"""Collecting what nothing names: blobs without a row that needs them, files without a row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gongkai.office import Office
from gongkai.store import blobs, journal
from gongkai.store.blobs import Orphan
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.hanging import unlisted
from gongkai.store.journal import INSTALLATION, Act
from gongkai.today import date_of
from workflow.errors import Refused

#: What the chain of the installation says when orphans were removed.
COLLECTED: Final = "orphans_collected"
#: A younger file may belong to an upload that is under way.
_AGE: Final = timedelta(days=1)
_OURS: Final = re.compile(r"[0-9a-f]{64}-[0-9a-f]{16}(?:\.new)?")
_FOLDER: Final = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What nothing names."""

    blobs: tuple[Orphan, ...]
    #: Files below the folder of the configuration, with their sizes.
    files: tuple[tuple[str, int], ...]

    def __bool__(self) -> bool:
        """Whether there is anything to remove."""
        return bool(self.blobs or self.files)


def find(office: Office, now: datetime) -> Found:
    """Return what nothing names as of ``now``; files only when they are older than a day."""
    folder = office.config.attachments.folder
    old = tuple(_old(folder, now)) if folder else ()  # looked for first: a row may come later
    with reading(office.store) as tx:
        named, loose = blobs.files(tx), blobs.orphans(tx)
    return Found(blobs=loose, files=tuple(one for one in old if one[0] not in named))


def _old(folder: Path, now: datetime) -> Iterator[tuple[str, int]]:
    until = (now - _AGE).timestamp()
    for path in sorted(folder.glob("??/*")):
        ours = _FOLDER.fullmatch(path.parent.name) and _OURS.fullmatch(path.name)
        if not ours or path.is_symlink() or not path.is_file():
            continue
        said = path.stat()
        if said.st_mtime < until:
            yield f"{path.parent.name}/{path.name}", said.st_size


def _refuse_to_lose(tx: Transaction) -> None:
    """Refuse where bytes may be nobody's only because the row that named them was taken away."""
    for agency, number, n, wrong in unlisted(tx):
        raise Refused(
            code="rows_missing",
            message=f"{agency} 案件 {number} 第{n}项事实的附件：{wrong}"
            "它的内容可能就在无主的内容里，没有清理。",
            mend="请先运行 gongkai doctor 查明原因，恢复备份以后再清理。",
        )


def remove(office: Office, now: datetime) -> Found:
    """Remove what nothing names; safe beside an upload, whose rows it waits for.

    A name of a file is never taken twice, so an old file without a row will not get one. Raises
    :class:`Refused` where a row is missing that a fact tells of.
    """
    found = find(office, now)
    if found:
        with writing(office.store) as tx:
            _refuse_to_lose(tx)
            rows = blobs.drop_orphans(tx)
            said = {"blobs": rows, "files": len(found.files)}
            act = Act(
                agency=INSTALLATION,
                kind=COLLECTED,
                on=date_of(now),
                recorded_at=office.moment(),
                said=said,
            )
            journal.record(tx, act)
            named = blobs.files(tx)
        folder = office.config.attachments.folder
        for name, _ in found.files:
            if folder and name not in named:
                (folder / name).unlink(missing_ok=True)
    return found
