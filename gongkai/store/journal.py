"""Acts: what was done to the data itself, recorded in the same chain as the facts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import insert, select

from gongkai.codec import canonical
from gongkai.store import chain
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement

#: The chain of what concerns the whole installation and no single agency.
INSTALLATION: Final = "-"

_ADDED: Final = Statement(insert(t.acts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One recorded act; ``said`` never holds personal data."""

    agency: str
    kind: str
    on: date
    said: Mapping[str, Any]
    case_number: str = ""
    recorded_at: datetime | None = None
    seq: int = 0


def record(tx: Transaction, act: Act) -> Act:
    """Append an act to the agency's chain; return it with its place."""
    end = chain.head(tx, act.agency)
    row: dict[str, Any] = {
        "agency": act.agency,
        "seq": end.seq + 1,
        "kind": act.kind,
        "case_number": act.case_number or None,
        "on": act.on,
        "recorded_at": act.recorded_at.isoformat() if act.recorded_at else None,
        "public": canonical(act.said).decode(),
    }
    row["hash"] = chain.link(end.hash, chain.act_digest(row))
    tx.run(_ADDED, row)
    chain.move(tx, act.agency, chain.Head(end.seq + 1, row["hash"]))
    return _act(row)


def acts(tx: Transaction, *, agency: str = "", kind: str = "", case: str = "") -> Iterator[Act]:
    """Yield acts in the order of their chains, all or those of an agency, a kind, a case."""
    a = t.acts.c
    wanted = select(t.acts).order_by(a.agency, a.seq)
    for column, value in ((a.agency, agency), (a.kind, kind), (a.case_number, case)):
        if value:
            wanted = wanted.where(column == value)
    for row in tx.execute(wanted).mappings():
        yield _act(row)


def _act(row: Mapping[str, Any]) -> Act:
    return Act(
        agency=row["agency"],
        seq=row["seq"],
        kind=row["kind"],
        case_number=row["case_number"] or "",
        on=row["on"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]) if row["recorded_at"] else None,
        said=json.loads(row["public"]),
    )
