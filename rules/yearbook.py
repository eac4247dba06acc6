"""One year's State Council notices on days off, as a file says them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from rules.reader import HERE, Table, parse

_FIRST_YEAR: Final = 2007
_LAST_YEAR: Final = 2099
_SATURDAY: Final = 5
_LONGEST: Final = 31  # days; no holiday is longer, a mistyped year is


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice: what it adds and what it takes back.

    ``number_seen`` is False where the dates are known and the notice's full number is not.
    ``off`` gives each day off with the name of its holiday; ``working`` the weekend days worked
    in exchange; ``not_off`` and ``not_working`` days of an earlier arrangement taken back, which
    then follow the week again.
    """

    number: str
    number_seen: bool
    off: tuple[tuple[date, str], ...]
    working: tuple[date, ...]
    not_off: tuple[date, ...]
    not_working: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class YearNotice:
    """All notices for ``year``, later ones amending earlier ones.

    ``whole`` says that days not named follow the week; otherwise they follow the ``holidays``
    package.
    """

    year: int
    whole: bool
    notices: tuple[Notice, ...]


def load_year(text: str | bytes, name: str) -> YearNotice:
    """Read a year file; ``name`` is its name for errors.

    Raises RuleError naming file and key: unknown keys, wrong types, days of another year (the
    last days of December before belong to it), a working day that is no weekend day, a day
    named twice in one notice.
    """
    table = parse(text, name)
    year = table.need("year", int)
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise table.wrong("year", f"应当在{_FIRST_YEAR}至{_LAST_YEAR}之间")
    base = table.get("base", str, "week")
    if base not in {"week", "holidays"}:
        raise table.wrong("base", '应当是 "week" 或者 "holidays"')
    notices = tuple(_notice(one, year) for one in table.tables("notices"))
    if not any(notice.off for notice in notices):
        raise table.wrong("notices", "没有列出任何放假日")
    table.done()
    return YearNotice(year, base == "week", notices)


@cache
def packaged_years() -> tuple[YearNotice, ...]:
    """Return the year files of the package, oldest first: the manifest of published years."""
    files = sorted((HERE / "years").glob("*.toml"))
    return tuple(load_year(file.read_bytes(), f"rules/years/{file.name}") for file in files)


def _notice(table: Table, year: int) -> Notice:
    notice = Notice(
        number=table.need("number", str),
        number_seen=table.get("number_seen", bool, default=True),
        off=tuple(day for span in table.tables("days_off") for day in _span(span)),
        working=table.each("working", date),
        not_off=table.each("retract_off", date),
        not_working=table.each("retract_working", date),
    )
    _check_days(table, notice, year)
    table.done()
    return notice


def _span(table: Table) -> Iterator[tuple[date, str]]:
    name, first = table.need("name", str), table.need("from", date)
    last = table.get("to", date, first)
    days = (last - first).days
    if not 0 <= days < _LONGEST:
        raise table.wrong("to", f"应当不早于 from，且一段不超过{_LONGEST}天")
    table.done()
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal), name


def _check_days(table: Table, notice: Notice, year: int) -> None:
    off = [day for day, _ in notice.off]
    named = [*off, *notice.working]
    for day in (*named, *notice.not_off, *notice.not_working):
        if not date(year - 1, 12, 20) <= day <= date(year, 12, 31):
            raise table.wrong("", f"中的{day}不属于{year}年的安排")
    if len(set(named)) < len(named):
        twice = next(day for day in named if named.count(day) > 1)
        raise table.wrong("", f"把{twice}写了两次")
    for day in notice.working:
        if day.weekday() < _SATURDAY:
            raise table.wrong("working", f"中的{day}不是周末，不必列为调休上班")
