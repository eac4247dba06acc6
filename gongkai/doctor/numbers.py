"""Numbers are exactly 1 to n in every series: none left out, none beyond its counter."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import select

from gongkai.doctor.look import Found, Look
from gongkai.office import CASE_SERIES, RECTIFICATION_SERIES
from gongkai.store import tables as t

_INTEGER: Final = re.compile(r"\d+")
_SERIES: Final = {t.REQUEST: CASE_SERIES, t.RECTIFICATION: RECTIFICATION_SERIES}
_FIRST, _LAST = 2008, 2200
#: So many missing numbers are named; of more only the count.
_NAMED: Final = 20


class _Run(NamedTuple):
    """The numbers of one agency, series and year."""

    agency: str
    series: str
    year: int


class _Counter(NamedTuple):
    """The last number of a run, and the last that was given outside the program."""

    last: int
    imported: int


def numbers_run(look: Look) -> Iterator[Found]:
    """Every number that was drawn is borne by a case or a paper, voided ones included."""
    counters = _counters(look)
    cases = _numbers_of_cases(look)
    for run, given in _numbers_of_papers(look):
        yield from _compared(run, given, counters.pop(run, _Counter(0, 0)), drawn_only=True)
    for run, counter in counters.items():
        yield from _compared(run, cases.get(run, set()), counter, drawn_only=False)


def _counters(look: Look) -> dict[_Run, _Counter]:
    c = t.counters.c
    wanted = select(c.agency, c.series, c.year, c.n, c.imported).where(look.of(c.agency))
    return {_Run(*row[:3]): _Counter(*row[3:]) for row in look.rows(wanted)}


def _numbers_of_papers(look: Look) -> Iterator[tuple[_Run, set[int]]]:
    p = t.papers.c
    wanted = (
        select(p.agency, p.series, p.year, p.n)
        .where(p.n.is_not(None), look.of(p.agency))
        .order_by(p.agency, p.series, p.year)
    )
    for run, rows in groupby(look.rows(wanted), key=lambda row: _Run(*row[:3])):
        yield run, {row[3] for row in rows}


def _numbers_of_cases(look: Look) -> dict[_Run, set[int]]:
    k = t.cases.c
    found: dict[_Run, set[int]] = {}
    for agency, kind, number in look.rows(
        select(k.agency, k.kind, k.number).where(look.of(k.agency))
    ):
        for year, n in _read(number):
            found.setdefault(_Run(agency, _SERIES.get(kind, kind), year), set()).add(n)
    return found


def _read(number: str) -> Iterator[tuple[int, int]]:
    """Yield the years and numbers that the number of a case may mean, whatever its form is."""
    found = [int(one) for one in _INTEGER.findall(number)]
    for place, year in enumerate(found):
        if _FIRST <= year <= _LAST:
            yield from ((year, n) for at, n in enumerate(found) if at != place)


def _compared(
    run: _Run, given: set[int], counter: _Counter, *, drawn_only: bool
) -> Iterator[Found]:
    where = f"{run.agency} {run.series} {run.year}年"
    missing = set(range(counter.imported + 1, counter.last + 1)) - given
    if missing:
        yield Found(what=f"缺第{_named(missing)}号：编过号，却没有案件或者文书用它。", where=where)
    if drawn_only and (beyond := {n for n in given if not counter.imported < n <= counter.last}):
        said = f"第{_named(beyond)}号不在编号的范围（{counter.imported + 1}至{counter.last}）内。"
        yield Found(what=said, where=where)


def _named(numbers: Iterable[int]) -> str:
    found = sorted(numbers)
    rest = f"等{len(found)}个" if len(found) > _NAMED else ""
    return "、".join(map(str, found[:_NAMED])) + rest
