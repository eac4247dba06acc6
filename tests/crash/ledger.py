"""What the clients remember against what the database says."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from sqlalchemy import func, select

from gongkai.office import CASE_SERIES, RECTIFICATION_SERIES, Office
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading
from tests.crash.dumps import Broken, dump
from tests.crash.invariants import faults
from tests.crash.workers import Memory, give

_TODAY: Final = date(2026, 11, 20)


def violations(office: Office, memories: Iterable[Memory]) -> Iterator[str]:
    """Yield everything that was lost, doubled or does not agree."""
    office.folded.clear()
    known = list(memories)
    with reading(office.store) as tx:
        yield from _once(tx, known)
        yield from _numbers(tx)
    for memory in known:
        yield from _same_answers(office, memory)
    try:
        dump(office.store)
    except Broken as broken:
        yield str(broken)
    yield from faults(office, _TODAY)


def _once(tx: Transaction, memories: list[Memory]) -> Iterator[str]:
    """Every command that was acknowledged is there once; none is there that nobody gave."""
    done = {row.command_id: row for row in tx.execute(select(t.commands))}
    publics = tx.execute(select(t.facts.c.public)).scalars()
    facts = Counter(json.loads(public)["command_id"] for public in publics)
    plans = {id_ for memory in memories for id_ in memory.plans}
    answers = {id_: answer for memory in memories for id_, answer in memory.answers.items()}
    yield from (f"{id_}: never answered" for id_ in plans - set(answers))
    yield from (f"{id_}: done, but nobody gave it" for id_ in {*done, *facts} - plans)
    yield from (f"{id_}: done {n} times" for id_, n in facts.items() if n != 1)
    yield from (f"{id_}: a fact or an answer alone" for id_ in {*done} ^ {*facts})
    for id_, answer in answers.items():
        row = done.get(id_)
        if row is None and "refused" not in answer:
            yield f"{id_}: acknowledged, but lost"
        if row is not None and (row.case_number, row.fact) != (
            answer.get("case"),
            answer.get("version"),
        ):
            yield f"{id_}: answered {answer}, but done as fact {row.fact} of {row.case_number}"


def _numbers(tx: Transaction) -> Iterator[str]:
    """Numbers are exactly 1 to n in every series."""
    counters = {
        (agency, series, year): n for agency, series, year, n, _ in tx.execute(select(t.counters))
    }
    found: dict[tuple[str, str, int], list[int]] = {}
    p = t.papers.c
    for agency, series, year, n in tx.execute(
        select(p.agency, p.series, p.year, p.n).where(p.n.is_not(None))
    ):
        found.setdefault((agency, series, year), []).append(n)
    cases = {CASE_SERIES: t.REQUEST, RECTIFICATION_SERIES: t.RECTIFICATION}
    for (agency, series, year), last in counters.items():
        if series in cases:
            count = _registered(tx, agency, cases[series], year)
            numbers = list(range(1, count + 1))
        else:
            numbers = sorted(found.pop((agency, series, year), []))
        if numbers != list(range(1, last + 1)):
            yield f"{agency} {series} {year}: {last} numbers were drawn, {len(numbers)} are there"
    yield from (f"{key}: numbers without a counter" for key in found)


def _registered(tx: Transaction, agency: str, kind: str, year: int) -> int:
    k, f = t.cases.c, t.facts.c
    same = (k.agency == f.agency) & (k.number == f.case_number) & (f.n == 1)
    of_year = (f.on >= date(year, 1, 1)) & (f.on <= date(year, 12, 31))
    rows = tx.execute(
        select(func.count())
        .select_from(t.cases.join(t.facts, same))
        .where(k.agency == agency, k.kind == kind, of_year)
    )
    return int(rows.scalar_one())


def _same_answers(office: Office, memory: Memory) -> Iterator[str]:
    """What was acknowledged is answered in the same way when it is asked again."""
    for id_, answer in memory.answers.items():
        if "refused" not in answer:
            again = give(office, memory.plans[id_].order())
            if again != answer:
                yield f"{id_}: answered {answer}, then {again}"
