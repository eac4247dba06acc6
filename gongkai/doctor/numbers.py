"""Numbers are exactly 1 to n in every series: none left out, none beyond its counter."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import select

from gongkai.doctor.look import Found, Look
from gongkai.office import CASE_SERIES, RECTIFICATION_SERIES
from gongkai.registering import Run, skipped
from gongkai.store import tables as t

_INTEGER: Final = re.compile(r"\d+")
_SERIES: Final = {t.REQUEST: CASE_SERIES, t.RECTIFICATION: RECTIFICATION_SERIES}
_FIRST, _LAST = 2008, 2200
#: So many missing numbers are named; of more only the count.
_NAMED: Final = 20


class _Counter(NamedTuple):
    """The last number of a run, and the last that was given outside the program."""

    last: int
    imported: int


def numbers_run(look: Look) -> Iterator[Found]:
    """Every number that was drawn is borne by a case or a paper, voided ones included.

    Those of which the chain says that a restore has lost them are none's.
    """
    counters = _counters(look)
    cases = _numbers_of_cases(look)
    gone: dict[Run, set[int]] = {}
    for run, numbers in skipped(look.tx, look.only):
        gone.setdefault(run, set()).update(numbers)
    for run, given in _numbers_of_papers(look):
        counter = counters.pop(run, _Counter(0, 0))
        yield from _compared(run, given, counter, gone.get(run, set()))
        yield from _beyond(run, given, counter)
    for run, counter in counters.items():
        yield from _compared(run, cases.get(run, set()), counter, gone.get(run, set()))


def _counters(look: Look) -> dict[Run, _Counter]:
    c = t.counters.c
    wanted = select(c.agency, c.series, c.year, c.n, c.imported).where(look.of(c.agency))
    return {Run(*row[:3]): _Counter(*row[3:]) for row in look.rows(wanted)}


def _numbers_of_papers(look: Look) -> Iterator[tuple[Run, set[int]]]:
    p = t.papers.c
    wanted = (
        select(p.agency, p.series, p.year, p.n)
        .where(p.n.is_not(None), look.of(p.agency))
        .order_by(p.agency, p.series, p.year)
    )
    for run, rows in groupby(look.rows(wanted), key=lambda row: Run(*row[:3])):
        yield run, {row[3] for row in rows}


def _numbers_of_cases(look: Look) -> dict[Run, set[int]]:
    k = t.cases.c
    found: dict[Run, set[int]] = {}
    for agency, kind, number in look.rows(
        select(k.agency, k.kind, k.number).where(look.of(k.agency))
    ):
        for year, n in _read(number):
            found.setdefault(Run(agency, _SERIES.get(kind, kind), year), set()).add(n)
    return found


def _read(number: str) -> Iterator[tuple[int, int]]:
    """Yield the years and numbers that the number of a case may mean, whatever its form is."""
    found = [int(one) for one in _INTEGER.findall(number)]
    for place, year in enumerate(found):
        if _FIRST <= year <= _LAST:
            yield from ((year, n) for at, n in enumerate(found) if at != place)


def _compared(run: Run, given: set[int], counter: _Counter, gone: set[int]) -> Iterator[Found]:
    missing = set(range(counter.imported + 1, counter.last + 1)) - given - gone
    if missing:
        said = f"缺第{_named(missing)}号：编过号，却没有案件或者文书用它。"
        yield Found(what=said, where=_where(run))


def _beyond(run: Run, given: set[int], counter: _Counter) -> Iterator[Found]:
    if beyond := {n for n in given if not counter.imported < n <= counter.last}:
        said = f"第{_named(beyond)}号不在编号的范围（{counter.imported + 1}至{counter.last}）内。"
        yield Found(what=said, where=_where(run))


def _where(run: Run) -> str:
    return f"{run.agency} {run.series} {run.year}年"


def _named(numbers: Iterable[int]) -> str:
    found = sorted(numbers)
    rest = f"等{len(found)}个" if len(found) > _NAMED else ""
    return "、".join(map(str, found[:_NAMED])) + rest
