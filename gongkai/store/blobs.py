"""Sealed bytes by the hash of what they say: papers, their words, attachments."""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.keys import KeyTrouble
from gongkai.store.statements import Statement

_ADDED: Final = {
    "sqlite": Statement(sqlite.insert(t.blobs).on_conflict_do_nothing()),
    "postgresql": Statement(postgresql.insert(t.blobs).on_conflict_do_nothing()),
}


def place_of(agency: str, digest: str, part: int) -> str:
    """Name the place at which a part of a blob is sealed."""
    return f"blobs/{agency}/{digest}/{part}"


def put(tx: Transaction, agency: str, data: bytes) -> str:
    """Keep ``data`` once, sealed; return its address, the hash of what it says."""
    digest = sha256(data).hexdigest()
    put_part(tx, agency, digest, 1, data)
    return digest


def put_part(tx: Transaction, agency: str, digest: str, part: int, data: bytes) -> None:
    """Keep one part of a blob, unless it is there already."""
    key, sealed = tx.keys.seal(data, place_of(agency, digest, part))
    row = {"agency": agency, "sha256": digest, "part": part, "key": key, "sealed": sealed}
    tx.run(_ADDED[tx.connection.dialect.name], {**row, "file": None})


def get(tx: Transaction, agency: str, digests: Iterable[str]) -> Mapping[str, bytes]:
    """Return blobs by their addresses; one that was erased is missing.

    Raises :class:`KeyTrouble` where one cannot be opened or does not say what its address says.
    """
    b = t.blobs.c
    wanted = sorted(set(digests))
    rows = tx.execute(
        select(b.sha256, b.part, b.key, b.sealed)
        .where(b.agency == agency, b.sha256.in_(wanted))
        .order_by(b.sha256, b.part)
    )
    found: dict[str, bytes] = {}
    for digest, part, key, sealed in rows:
        found[digest] = found.get(digest, b"") + tx.keys.open(
            key, sealed, place_of(agency, digest, part)
        )
    for digest, data in found.items():
        if sha256(data).hexdigest() != digest:
            raise KeyTrouble(f"存储的内容与其摘要不符（{digest[:12]}…）。请运行 gongkai doctor。")
    return found
