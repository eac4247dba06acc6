"""The chain: every fact and act of an agency, linked in one order, so that no change goes unseen.

The link of an entry is sha256 over the link before it and the digest of its own canonical bytes.
Who has only the digests of other entries can follow the chain through them without reading them.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from gongkai.codec import canonical
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement

ALGORITHM: Final = "gongkai-chain-1/sha256"
GENESIS: Final = "0" * 64

_FACT: Final = ("agency", "seq", "case_number", "n", "kind", "on", "recorded_at", "public")
_ACT: Final = ("agency", "seq", "kind", "case_number", "on", "recorded_at", "public")

_c = t.chains.c
_HEAD: Final = Statement(
    select(_c.seq, _c.hash).where(_c.agency == bindparam("agency")).with_for_update()
)
_BEGUN: Final = Statement(insert(t.chains))
_MOVED: Final = Statement(
    update(t.chains)
    .where(_c.agency == bindparam("of"))
    .values(seq=bindparam("seq"), hash=bindparam("hash"))
)


class Head(NamedTuple):
    """The end of a chain: how many entries it has, and the link of the last."""

    seq: int
    hash: str


def fact_said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a fact's canonical bytes say, from its row."""
    said = _said(row, _FACT)
    return {"chain": ALGORITHM, "what": "fact", **said, "commitment": row["commitment"]}


def act_said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an act's canonical bytes say, from its row."""
    return {"chain": ALGORITHM, "what": "act", **_said(row, _ACT)}


def fact_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of a fact's canonical bytes, from its row."""
    return _digest(fact_said(row))


def act_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of an act's canonical bytes, from its row."""
    return _digest(act_said(row))


def _said(row: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: row[name] for name in names} | {"on": row["on"].isoformat()}


def _digest(said: Mapping[str, Any]) -> str:
    return sha256(canonical(said)).hexdigest()


def link(before: str, digest: str) -> str:
    """Return the link of an entry."""
    return sha256(f"{before}{digest}".encode()).hexdigest()


def head(tx: Transaction, agency: str) -> Head:
    """Return the end of an agency's chain; on PostgreSQL it stays locked until the end."""
    found = tx.run(_HEAD, {"agency": agency}).fetchone()
    return Head(*found) if found else Head(0, GENESIS)


def move(tx: Transaction, agency: str, to: Head) -> None:
    """Note the new end of a chain."""
    if to.seq == 1:
        tx.run(_BEGUN, {"agency": agency, "algorithm": ALGORITHM, **to._asdict()})
    else:
        tx.run(_MOVED, {"of": agency, **to._asdict()})
