"""The calendar in force: the ``holidays`` package, corrected by the published notices."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from threading import Lock
from typing import Final, NamedTuple

import holidays

from rules.errors import CalendarError
from rules.workdays import DayReason, WorkCalendar, number_days, provisional_why
from rules.yearbook import Notice, YearNotice, packaged_years

_MOVED: Final = "休息日"  # the package's name for a weekday off in exchange: it names no holiday
_SETTLED: Final = (12, 28)  # later notices have moved 29 to 31 December
_SATURDAY: Final = 5
_lock: Final = Lock()
_filling: Final = Lock()


class _Known(NamedTuple):
    """What the package knows: names of days off, and weekend days worked."""

    off: Mapping[date, str]
    working: frozenset[date]


def calendar() -> WorkCalendar:
    """Return the calendar of the package's own year files; built once per process."""
    with _lock:
        return _packaged()


def build(extra: Sequence[YearNotice] = ()) -> WorkCalendar:
    """Build a calendar from the package's year files and ``extra``, which replace their years.

    Settled up to 28 December of the last published year, provisional to the end of the next.
    Raises CalendarError where a year is missing between the first and the last.
    """
    years = {notice.year: notice for notice in (*packaged_years(), *extra)}
    first, last = min(years), max(years)
    for year in range(first, last):
        if year not in years:
            raise CalendarError(
                f"缺少{year}年的放假安排，{last}年的不能单独使用。", f"请先导入{year}年的放假通知。"
            )
    settled = date(last, *_SETTLED)
    known = _known(range(first, last + 2))
    reasons = dict(_base(known, years, settled))
    for year in range(first, last + 1):
        for notice in years[year].notices:
            _apply(notice, known, reasons)
    return number_days(date(first, 1, 1), date(last + 1, 12, 31), settled, reasons)


@cache
def _packaged() -> WorkCalendar:
    return build()


def _known(years: range) -> _Known:
    """Ask the package for all years at once: an object filled on demand is not thread-safe."""
    with _filling:
        filled = holidays.country_holidays(
            "CN", years=years, categories=("public",), language="zh_CN", expand=False
        )
        off = {day: filled[day] for day in filled}
        return _Known(off, frozenset(filled.weekend_workdays))


def _base(
    known: _Known, years: Mapping[int, YearNotice], settled: date
) -> Iterator[tuple[date, DayReason]]:
    """Yield what the package knows of years whose file does not say everything."""
    asked = {year for year, notice in years.items() if not notice.whole}
    for day, name in known.off.items():
        if day > settled:
            why = provisional_why(_holiday(name), settled)
            yield day, DayReason(working=False, why=why, notice=None, provisional=True)
        elif day.year in asked:
            yield day, _settled(_off_why(name, "节假日"), working=False)
    for day in known.working:
        # The package guesses no exchanges; one after the settled day would be a guess.
        if day <= settled and day.year in asked:
            yield day, _settled("调休上班", working=True)


def _apply(notice: Notice, known: _Known, reasons: dict[date, DayReason]) -> None:
    for day in (*notice.not_off, *notice.not_working):
        works = day.weekday() < _SATURDAY
        why = "工作日" if works else "周末"
        reasons[day] = _settled(why, working=works, notice=notice.number)
    for day, name in notice.off:
        why = _off_why(known.off.get(day, ""), name)
        reasons[day] = _settled(why, working=False, notice=notice.number)
    for day in notice.working:
        reasons[day] = _settled("调休上班", working=True, notice=notice.number)


def _settled(why: str, *, working: bool, notice: str | None = None) -> DayReason:
    return DayReason(working, why, notice, provisional=False)


def _off_why(known: str, name: str) -> str:
    """Say which holiday: the package's name of the day itself, else the notice's of the span."""
    holiday = name if not known or known.startswith(_MOVED) else _holiday(known)
    return holiday if holiday.endswith("假期") else f"{holiday}放假"


def _holiday(known: str) -> str:
    # The order of the calendar year's great days, as notices write it: 国庆节、中秋节.
    names = dict.fromkeys(part.replace("（补假）", "") for part in known.split("; "))
    return "、".join(sorted(names, key=lambda name: name == "中秋节"))
