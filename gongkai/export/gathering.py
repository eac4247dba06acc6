"""What an export takes from the store, piece by piece, inside one reading transaction."""

import heapq
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import Table, select

from gongkai.codec import canonical
from gongkai.store import chain, records
from gongkai.store import tables as t
from gongkai.store.chain import GENESIS, Head
from gongkai.store.engine import Transaction
from gongkai.store.failures import StoreError
from gongkai.store.registry import row_said

_AT_ONCE: Final = 1000


class Entry(NamedTuple):
    """One entry of the agency's chain."""

    seq: int
    digest: str
    hash: str


def facts(tx: Transaction, number: str) -> Iterator[Mapping[str, Any]]:
    """Yield the facts of a case: what the chain has of each, and its personal part in plain."""
    for row in records.fact_rows(tx, number):
        own = records.opened(tx, row)
        plain = {"salt": own[0].hex(), "personal": own[1].decode()} if own else {}
        yield {"entry": chain.fact_said(row), **plain}


def acts(tx: Transaction, agency: str, number: str) -> Iterator[Mapping[str, Any]]:
    """Yield what was done to the data of a case."""
    a = t.acts.c
    here = (a.agency == agency) & (a.case_number == number)
    for row in tx.execute(select(t.acts).where(here).order_by(a.seq)).mappings():
        yield {"entry": chain.act_said(row)}


def start_of(tx: Transaction, agency: str, number: str) -> Head:
    """Return the entry of the chain before the first fact of a case."""
    f = t.facts.c
    first = select(f.seq).where(f.agency == agency, f.case_number == number, f.n == 1)
    seq = int(tx.execute(first).scalar_one()) - 1
    if seq == 0:
        return Head(0, GENESIS)
    for table in (t.facts, t.acts):
        here = (table.c.agency == agency) & (table.c.seq == seq)
        found = tx.execute(select(table.c.hash).where(here)).scalar()
        if found:
            return Head(seq, found)
    raise _broken(agency, seq)


def entries(tx: Transaction, agency: str, start: Head) -> Iterator[Entry]:
    """Yield every entry of the agency's chain after ``start``, by its digest alone."""
    own = _linked(tx, t.facts, chain.fact_digest, agency, start)
    beside = _linked(tx, t.acts, chain.act_digest, agency, start)
    before = start
    for seq, digest, link in heapq.merge(own, beside):
        if seq != before.seq + 1 or link != chain.link(before.hash, digest):
            raise _broken(agency, before.seq + 1)
        before = Head(seq, link)
        yield Entry(seq, digest, link)


def _linked(
    tx: Transaction,
    table: Table,
    digest: Callable[[Mapping[str, Any]], str],
    agency: str,
    start: Head,
) -> Iterator[tuple[int, str, str]]:
    for row in _after(tx, table, agency, start):
        yield row["seq"], digest(row), row["hash"]


def _after(tx: Transaction, table: Table, agency: str, start: Head) -> Iterator[Mapping[str, Any]]:
    """Yield rows in the order of the chain, some at a time: an agency may have a million."""
    c, last = table.c, start.seq
    while True:
        here = (c.agency == agency) & (c.seq > last)
        wanted = select(table).where(here).order_by(c.seq).limit(_AT_ONCE)
        rows = [dict(row) for row in tx.execute(wanted).mappings()]
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1]["seq"]


def _broken(agency: str, seq: int) -> StoreError:
    return StoreError(
        f"{agency} 的记录链在第{seq}项断开，导出的材料通不过核验，没有导出。"
        "请先运行 gongkai audit verify。"
    )


def papers(tx: Transaction, agency: str, number: str) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Yield the rows of the papers, as their facts name them, each with the stem of its files."""
    p = t.papers.c
    here = (p.agency == agency) & (p.case_number == number)
    wanted = select(t.papers).where(here).order_by(p.fact, p.place)
    for row in tx.execute(wanted).mappings():
        void = {"void_on": row["void_on"].isoformat() if row["void_on"] else None}
        stem = f"papers/{row['fact']:04d}-{row['place']}"
        yield {"row": row_said(row), **void, "void_reason": row["void_reason"]}, stem


def line(value: Mapping[str, Any]) -> bytes:
    """Return a value as one line."""
    return canonical(value) + b"\n"


def anchors_of(text: bytes, agency: str, start: int) -> Iterator[bytes]:
    """Yield the lines of a file of anchors that speak of this part of the agency's chain."""
    for raw in text.splitlines():
        try:
            said = json.loads(raw)
        except ValueError:
            continue
        if isinstance(said, dict) and said.get("agency") == agency and said.get("seq", -1) >= start:
            yield raw + b"\n"
