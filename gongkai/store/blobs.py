"""Sealed bytes by the hash of what they say: papers, their words, attachments.

A blob is kept in parts of one mebibyte, each sealed at its own place, so that it can be written and
read without ever being in memory as a whole. A part lies in the database, or in a file below the
folder of the configuration; its row says which. The name of a file is a keyed digest with something
random behind it: it says nothing of its content, and no later part ever takes it again.
"""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import ClauseElement, ColumnElement, and_, delete, exists, func, null, select

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.failures import StoreError
from gongkai.store.files import durable, whole
from gongkai.store.keys import KeyRing, KeyTrouble
from gongkai.store.statements import Statement

#: How much is sealed at once.
PART: Final = 1 << 20

_b = t.blobs.c
_KEY: Final = (_b.agency, _b.sha256, _b.part)
_NAME: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{64}-[0-9a-f]{16}")


def _moved_here(insert: Any) -> ClauseElement:  # noqa: ANN401 - the insert of either dialect
    """Keep a part in the database; one that lay in a file moves there, so that papers need none."""
    clause: ClauseElement = insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={"key": insert.excluded.key, "sealed": insert.excluded.sealed, "file": null()},
        where=_b.file.is_not(None),
    )
    return clause


_PUT: Final = Statement.adding(t.blobs, _moved_here)
_NOTED: Final = Statement.adding_new(t.blobs)


class FilePart(NamedTuple):
    """A part that was sealed into a file: the id of its key, its name below the folder."""

    key: str
    file: str


def place_of(agency: str, digest: str, part: int) -> str:
    """Name the place at which a part of a blob is sealed."""
    return f"blobs/{agency}/{digest}/{part}"


def put(tx: Transaction, agency: str, data: bytes) -> str:
    """Keep ``data`` once, sealed; return its address, the hash of what it says."""
    digest = sha256(data).hexdigest()
    for part, start in enumerate(range(0, max(len(data), 1), PART), start=1):
        put_part(tx, agency, digest, part, data[start : start + PART])
    return digest


def put_part(tx: Transaction, agency: str, digest: str, part: int, data: bytes) -> None:
    """Keep one part of a blob in the database, unless it is there already."""
    key, sealed = tx.keys.seal(data, place_of(agency, digest, part))
    row = {"agency": agency, "sha256": digest, "part": part, "key": key, "sealed": sealed}
    tx.run(_PUT, {**row, "file": None})


def note_part(tx: Transaction, agency: str, digest: str, part: int, kept: FilePart) -> None:
    """Note that a part lies in a file, unless the blob is there already."""
    if kept.key != tx.keys.current:  # trying again would bring the same file, sealed as it was
        raise StoreError("加密密钥刚刚更换，附件没有收下，也没有留下任何改动。请重新上传一次。")
    row = {"agency": agency, "sha256": digest, "part": part, **kept._asdict()}
    tx.run(_NOTED, {**row, "sealed": None})


def write_part(folder: Path, keys: KeyRing, place: str, data: bytes) -> FilePart:
    """Seal a part into a new file: whole, durable, and readable for its owner only."""
    key, sealed = keys.seal(data, place)
    token = keys.token(key, "blob", place)
    name = f"{token[:2]}/{token}-{os.urandom(8).hex()}"
    path = folder / name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with whole(path, replace=True) as file:
        file.write(sealed)
    for above in (folder, folder.parent):  # whichever of them is new must last too
        durable(above)
    return FilePart(key, name)


def get(
    tx: Transaction, agency: str, digests: Iterable[str], folder: Path | None = None
) -> Mapping[str, bytes]:
    """Return blobs by their addresses; one that was erased is missing.

    Raises :class:`KeyTrouble` where one cannot be opened or does not say what its address says.
    """
    wanted = sorted(set(digests))
    rows = tx.execute(
        select(_b.sha256, _b.part, _b.key, _b.sealed, _b.file)
        .where(_b.agency == agency, _b.sha256.in_(wanted))
        .order_by(_b.sha256, _b.part)
    )
    found: dict[str, bytes] = {}
    for digest, part, key, sealed, file in rows:
        place = place_of(agency, digest, part)
        plain = tx.keys.open(key, sealed_bytes(sealed, file, folder), place)
        found[digest] = found.get(digest, b"") + plain
    for digest, data in found.items():
        if sha256(data).hexdigest() != digest:
            raise _altered(digest)
    return found


def stream(
    tx: Transaction, agency: str, digest: str, folder: Path | None = None
) -> Iterator[bytes]:
    """Yield a blob part by part; nothing where it was erased.

    Raises :class:`KeyTrouble` where a part cannot be opened, and at the end where the whole does
    not say what its address says: what was yielded until then is then good for nothing.
    """
    seen = sha256()
    here = (_b.agency == agency) & (_b.sha256 == digest)
    parts = tx.execute(select(_b.part).where(here).order_by(_b.part)).scalars().all()
    for part in parts:
        row = select(_b.key, _b.sealed, _b.file).where(here, _b.part == part)
        key, sealed, file = tx.execute(row).one()
        plain = tx.keys.open(
            key, sealed_bytes(sealed, file, folder), place_of(agency, digest, part)
        )
        seen.update(plain)
        yield plain
    if parts and seen.hexdigest() != digest:
        raise _altered(digest)


def sealed_bytes(sealed: bytes | None, file: str | None, folder: Path | None) -> bytes:
    """Return the sealed bytes of a part, wherever it lies."""
    if sealed is not None:
        return sealed
    if folder is None or file is None or not _NAME.fullmatch(file):
        raise KeyTrouble(
            "有附件存放在文件夹里，配置没有写明在哪里。请在 [attachments] 的 store 写明文件夹。"
        )
    try:
        return (folder / file).read_bytes()
    except OSError as error:
        raise KeyTrouble(
            f"附件的文件 {folder / file} 读不了：{error.strerror}。请从备份恢复附件文件夹。"
        ) from error


def _altered(digest: str) -> KeyTrouble:
    return KeyTrouble(f"存储的内容与其摘要不符（{digest[:12]}…）。请运行 gongkai doctor。")


class Orphan(NamedTuple):
    """A blob that no paper and no attachment names: whose, its address, how many bytes."""

    agency: str
    sha256: str
    size: int


def orphans(tx: Transaction) -> tuple[Orphan, ...]:
    """Return the blobs in the database that nothing names."""
    size = func.coalesce(func.sum(func.length(_b.sealed)), 0)
    wanted = (
        select(_b.agency, _b.sha256, size)
        .where(_unnamed())
        .group_by(_b.agency, _b.sha256)
        .order_by(_b.agency, _b.sha256)
    )
    return tuple(Orphan(agency, digest, int(size)) for agency, digest, size in tx.execute(wanted))


def _unnamed() -> ColumnElement[bool]:
    p, a = t.papers.c, t.attachments.c
    naming = ((p.agency, p.sha256), (p.agency, p.text_sha256), (a.agency, a.sha256))
    return and_(
        *(
            ~exists().where(agency == _b.agency, digest == _b.sha256)  # each from its own index
            for agency, digest in naming
        )
    )


def hold(tx: Transaction) -> None:
    """Wait on PostgreSQL for everybody who has written a blob and not committed; let nobody write.

    Taken before any chain, as writing a blob is.
    """
    if tx.dialect == "postgresql":
        tx.connection.exec_driver_sql("LOCK TABLE blobs IN SHARE ROW EXCLUSIVE MODE")


def drop_orphans(tx: Transaction) -> int:
    """Remove the blobs that nothing names; return how many rows there were.

    Nobody may be about to name one: on SQLite the transaction has the only write lock, on
    PostgreSQL it waits for everybody who has written a blob and not committed.
    """
    hold(tx)
    removed: int = tx.execute(delete(t.blobs).where(_unnamed())).rowcount
    return removed


def files(tx: Transaction) -> frozenset[str]:
    """Return the names of the files in which parts lie."""
    return frozenset(tx.execute(select(_b.file).where(_b.file.is_not(None))).scalars())
