"""The working-day calendar against the ``holidays`` library, on the same dates."""

from datetime import date, timedelta
from random import Random
from typing import Final

import holidays

from bench.measure import Benchmark, Contender
from rules import calendar

SEED: Final = 711
FIRST: Final = date(2019, 5, 15)
LAST: Final = date(2026, 11, 20)  # twenty working days later the calendar is still settled
TERM: Final = 20


def adding_twenty_working_days() -> Benchmark:
    """The question asked most: when does the term end?"""
    days = _days(500)
    ours = calendar()
    theirs = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 2))

    def with_rules() -> None:
        add = ours.add
        for day in days:
            add(day, TERM)

    def with_holidays() -> None:
        add = theirs.get_nth_working_day
        for day in days:
            add(day, TERM)

    different = sum(ours.add(day, TERM).on != theirs.get_nth_working_day(day, TERM) for day in days)
    return Benchmark(
        title="add 20 working days",
        ours=Contender("rules.calendar().add", with_rules, len(days)),
        rivals=(Contender("holidays get_nth_working_day", with_holidays, len(days)),),
        at_least=40,
        aim="≤ 1.5 µs",
        note=f"{len(days)} dates, seed {SEED}; {different} answers differ",
    )


def _days(number: int) -> list[date]:
    chance = Random(SEED)  # noqa: S311 - dates to measure with, not secrets
    span = (LAST - FIRST).days
    return [FIRST + timedelta(days=chance.randrange(span)) for _ in range(number)]
