"""Changing the key that seals personal data, while officers work; run again after any interruption.

The new key stands in the file before anything is sealed with it, and the old one until nothing
needs it. How far a change has come follows from file and database alone, so a run that was cut off
at any point is continued by the next.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Table, func, select, update

from gongkai.store import blind, blobs, journal, records, wal
from gongkai.store import tables as t
from gongkai.store.engine import Store, Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.files import alone
from gongkai.store.journal import INSTALLATION, Act
from gongkai.store.keys import (
    KeyRing,
    KeyTrouble,
    read_keys,
    with_new_key,
    without_old_keys,
    write_keys,
)

ROTATED: Final = "key_rotated"
#: Rows that are sealed anew in one transaction: officers wait for no more. A blob's are large.
BATCH: Final = 100
LARGE_BATCH: Final = 10

_SEALED: Final = (t.personal, t.blobs, t.blind_index)
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """What was done: the new key, the old ones, how many rows; whether it had begun before."""

    to: str
    old: tuple[str, ...]
    rows: int
    continued: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A change of keys: where, by whom, on which day."""

    store: Store
    path: Path
    #: Below it lie the blobs that are files.
    folder: Path | None
    by: dict[str, Any]
    on: date
    moment: datetime | None = None


def rotate(job: Job, tell: Tell = lambda _done, _of: None) -> Rotated:
    """Change the key. Raises :class:`KeyTrouble` where the file does not have every key in use."""
    with alone_with(job.path):
        ring = read_keys(job.path)
        if missing := sorted(set(in_use(job.store)) - set(ring.keys)):
            raise KeyTrouble(
                f"密钥文件里没有密钥 {'、'.join(missing)}，而数据库里还有用它加密的内容。"
                "请先恢复备份的密钥文件，没有改动任何内容。"
            )
        continued = len(ring.keys) > 1
        if not continued:
            ring = with_new_key(ring)
            write_keys(job.path, ring, replace=True)
        job.store.keys.refresh()
        old = tuple(key for key in ring.keys if key != ring.current)
        rows = _all_anew(job, ring, tell)
        while retrying(lambda: not _recorded(job, ring.current, old)):
            rows += _all_anew(job, ring, tell)
        wal.put_away(job.store)  # before the old key goes, so that running it again is enough
        write_keys(job.path, without_old_keys(ring), replace=True)
        job.store.keys.refresh()
    return Rotated(to=ring.current, old=old, rows=rows, continued=continued)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Let only one process of this machine change keys; its end, even by kill -9, lets go."""
    try:
        with alone(path, wait=False):
            yield
    except BlockingIOError:
        raise KeyTrouble("另一个程序正在更换密钥，本次没有改动。请等它完成。") from None


def in_use(store: Store) -> dict[str, int]:
    """Return how many rows each key has sealed."""
    with reading(store) as tx:
        return _in_use(tx)


def _in_use(tx: Transaction) -> dict[str, int]:
    found: dict[str, int] = {}
    for table in _SEALED:
        for key, count in tx.execute(select(table.c.key, func.count()).group_by(table.c.key)):
            found[key] = found.get(key, 0) + count
    return found


def _left(tx: Transaction, current: str) -> int:
    return sum(count for key, count in _in_use(tx).items() if key != current)


def _all_anew(job: Job, ring: KeyRing, tell: Tell) -> int:
    with reading(job.store) as tx:
        total = _left(tx, ring.current)
    done = 0
    for key in ring.keys:
        for step in (_personal, _blobs, _found_by) if key != ring.current else ():
            while rows := retrying(partial(step, job, key)):
                done += rows
                tell(min(done, total), total)
    return done


def _rows(tx: Transaction, table: Table, key: str, most: int) -> list[Any]:
    wanted = select(table).where(table.c.key == key).limit(most).with_for_update()
    return list(tx.execute(wanted).mappings())


def _change(tx: Transaction, table: Table, row: Any, **to: object) -> None:  # noqa: ANN401 - a row of any table
    same = [column == row[column.name] for column in table.primary_key]
    tx.execute(update(table).where(*same, table.c.key == row["key"]).values(**to))


def _personal(job: Job, key: str) -> int:
    with writing(job.store) as tx:
        rows = _rows(tx, t.personal, key, BATCH)
        for row in rows:
            place = records.place_of(row["agency"], row["case_number"], row["n"])
            anew = tx.keys.seal(tx.keys.open(key, row["sealed"], place), place)
            _change(tx, t.personal, row, **anew._asdict())
        return len(rows)


def _blobs(job: Job, key: str) -> int:
    """Seal a batch of blobs anew; a file is replaced by a new one and removed once that is sure."""
    gone: list[Path] = []
    with writing(job.store) as tx:
        rows = _rows(tx, t.blobs, key, LARGE_BATCH)
        for row in rows:
            place = blobs.place_of(row["agency"], row["sha256"], row["part"])
            plain = tx.keys.open(
                key, blobs.sealed_bytes(row["sealed"], row["file"], job.folder), place
            )
            if row["file"] is not None and job.folder is not None:
                gone.append(job.folder / row["file"])
                kept = blobs.write_part(job.folder, tx.keys, place, plain)
                _change(tx, t.blobs, row, **kept._asdict())
            else:
                _change(tx, t.blobs, row, **tx.keys.seal(plain, place)._asdict())
    for path in gone:
        path.unlink(missing_ok=True)
    return len(rows)


def _found_by(job: Job, key: str) -> int:
    b = t.blind_index.c
    with writing(job.store) as tx:
        wanted = select(b.agency, b.case_number).where(b.key == key).distinct().limit(BATCH)
        gone = 0
        for agency, number in tx.execute(wanted).all():
            records.lock(tx, number)
            _, facts = records.facts_of(tx, number)
            gone += blind.drop(tx, agency, number, but=tx.keys.current)
            for fact in facts:
                blind.put(tx, agency, number, blind.brought(fact.command))
        return gone


def _recorded(job: Job, to: str, old: tuple[str, ...]) -> bool:
    """Record the change; False where an old key is needed after all: its writer has just ended."""
    with writing(job.store) as tx:
        if tx.dialect == "postgresql":  # waits for whoever has written with a key
            names = ", ".join(table.name for table in _SEALED)
            tx.connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
        if _left(tx, to):
            return False
        known = journal.acts(tx, agency=INSTALLATION, kind=ROTATED)
        if all(act.said["to"] != to for act in known):
            said = {"to": to, "from": list(old), "by": job.by}
            journal.record(
                tx,
                Act(
                    agency=INSTALLATION,
                    kind=ROTATED,
                    on=job.on,
                    said=said,
                    recorded_at=job.moment,
                ),
            )
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the key file and the database say of each other."""

    current: str
    keys: tuple[str, ...]
    rows: dict[str, int]
    missing: tuple[str, ...]
    #: Keys of the file that do not open what is sealed under their name.
    wrong: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything sealed can be opened."""
        return not (self.missing or self.wrong)


def check(store: Store) -> Checked:
    """Hold the keys against what they have sealed: every key on one row of each table."""
    with reading(store) as tx:
        rows, ring = _in_use(tx), tx.keys
        missing = tuple(sorted(set(rows) - set(ring.keys)))
        wrong = tuple(key for key in rows if key in ring.keys and not _opens(tx, key))
    return Checked(
        current=ring.current, keys=tuple(ring.keys), rows=rows, missing=missing, wrong=wrong
    )


def _opens(tx: Transaction, key: str) -> bool:
    p, b = t.personal.c, t.blobs.c
    personal = tx.execute(select(t.personal).where(p.key == key).limit(1)).mappings()
    held = tx.execute(
        select(t.blobs).where(b.key == key, b.sealed.is_not(None)).limit(1)
    ).mappings()
    try:
        for row in personal:
            place = records.place_of(row["agency"], row["case_number"], row["n"])
            tx.keys.open(key, row["sealed"], place)
        for row in held:
            place = blobs.place_of(row["agency"], row["sha256"], row["part"])
            tx.keys.open(key, row["sealed"], place)
    except KeyTrouble:
        return False
    return True
