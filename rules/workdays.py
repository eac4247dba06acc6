"""工作日: counts working days in constant time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import accumulate
from types import MappingProxyType
from typing import Final, NamedTuple, NoReturn

from rules.errors import CalendarError, RuleError

_SATURDAY: Final = 5


class Day(NamedTuple):
    """A working day; ``provisional`` while the notice that decides it is not published."""

    on: date
    provisional: bool


class DayReason(NamedTuple):
    """Why a day is worked or not; ``notice`` is the State Council notice that says so, if any."""

    working: bool
    why: str
    notice: str | None
    provisional: bool


@dataclass(frozen=True, slots=True, eq=False)
class WorkCalendar:
    """Every day from ``first`` to ``last``, worked or not; immutable.

    Days after ``settled_until`` are provisional. ``version`` changes when any day changes.
    A day outside the calendar raises CalendarError, a value that is not a plain date RuleError.
    Working days are numbered from 1 at ``first``.
    """

    first: date
    last: date
    settled_until: date
    version: str
    _reasons: Mapping[date, DayReason] = field(repr=False)
    _origin: int = field(repr=False)
    _counts: tuple[int, ...] = field(repr=False)
    _days: tuple[Day, ...] = field(repr=False)

    def add(self, day: date, n: int) -> Day:
        """Return the ``n``-th working day strictly after ``day``; ``n`` is at least 1."""
        # The common path tests once and looks up twice; _slow_add sorts out whatever is wrong.
        if type(day) is date and type(n) is int and n >= 1:
            at = day.toordinal() - self._origin
            if at >= 0:
                try:
                    return self._days[self._counts[at] + n - 1]
                except IndexError:
                    pass
        return self._slow_add(day, n)

    def add_many(self, days: Sequence[date], n: int) -> list[Day]:
        """Return ``add(day, n)`` for every day, from one table: for many thousands of days."""
        _check_number(n)
        ends = self._days[n - 1 :]
        table = {
            date.fromordinal(self._origin + at): ends[count]
            for at, count in enumerate(self._counts)
            if count < len(ends)
        }
        try:
            return list(map(table.__getitem__, days))
        except KeyError:
            return [self.add(day, n) for day in days]

    def index(self, day: date) -> int:
        """Return how many working days there are from ``first`` up to and including ``day``."""
        return self._counts[self._offset(day)]

    def at(self, index: int) -> Day:
        """Return the working day number ``index``, from 1."""
        if index < 1:
            self._no_year(self.first.year - 1)
        if index > len(self._days):
            self._no_year(self.last.year + 1)
        return self._days[index - 1]

    def is_working(self, day: date) -> bool:
        at = self._offset(day)
        return self._counts[at] > (self._counts[at - 1] if at else 0)

    def count(self, after: date, until: date) -> int:
        """Return the number of working days after ``after`` up to ``until``; 0 if none."""
        return max(0, self.index(until) - self.index(after))

    def working_days(self, after: date, until: date) -> list[date]:
        """Return the working days after ``after`` up to and including ``until``."""
        return [day.on for day in self._days[self.index(after) : self.index(until)]]

    def next_working(self, day: date) -> date:
        """Return ``day`` itself if worked, else the first working day after it."""
        return day if self.is_working(day) else self.add(day, 1).on

    def is_provisional(self, day: date) -> bool:
        """Say whether a notice not yet published may still change ``day``."""
        self._offset(day)
        return day > self.settled_until

    def reason(self, day: date) -> DayReason:
        """Return why ``day`` is worked or not."""
        self._offset(day)
        if day in self._reasons:
            return self._reasons[day]
        why = "工作日" if day.weekday() < _SATURDAY else "周末"
        provisional = day > self.settled_until
        return DayReason(
            day.weekday() < _SATURDAY,
            provisional_why(why, self.settled_until) if provisional else why,
            None,
            provisional,
        )

    def with_days_off(self, days: Mapping[date, str]) -> "WorkCalendar":
        """Return this calendar with local days off, each with its name, laid over it."""
        local: dict[date, DayReason] = {}
        for day, name in days.items():
            provisional = self.is_provisional(day)
            local[day] = DayReason(
                working=False, why=f"{name}（地方放假）", notice=None, provisional=provisional
            )
        return number_days(self.first, self.last, self.settled_until, {**self._reasons, **local})

    def _slow_add(self, day: date, n: int) -> Day:
        _check_number(n)
        return self.at(self.index(day) + n)

    def _offset(self, day: date) -> int:
        if not _is_plain(day, date):
            raise RuleError(f"{day!r}不是日期。", "请只给年、月、日。", code="bad_date")
        if not self.first <= day <= self.last:
            self._no_year(day.year)
        return day.toordinal() - self._origin

    def _no_year(self, year: int) -> NoReturn:
        if year < self.first.year:
            raise CalendarError(f"工作日历自{self.first.year}年起，没有{year}年。", "请核对日期。")
        raise CalendarError(
            f"{year}年没有工作日历，期限算不到那里。",
            f"国务院办公厅公布{self.settled_until.year + 1}年的放假通知后，"
            "用 gongkai calendar import FILE 导入，再行计算。",
        )


def _is_plain(value: object, kind: type) -> bool:
    # A datetime is a date in Python, and True an int; neither is what the officer meant.
    return isinstance(value, kind) and not isinstance(value, (bool, datetime))


def _check_number(n: int) -> None:
    if not (_is_plain(n, int) and n >= 1):
        raise RuleError(f"期限的工作日数不能是{n!r}。", "应当是不小于1的整数。", code="bad_number")


def provisional_why(what: str, settled_until: date) -> str:
    """Return the reason of a day after ``settled_until``: what is presumed, and why only that."""
    return f"推定：{what}（{settled_until.year + 1}年放假通知尚未公布）"


def number_days(
    first: date, last: date, settled_until: date, reasons: Mapping[date, DayReason]
) -> WorkCalendar:
    """Number the working days from ``first`` to ``last``: Monday to Friday, but for ``reasons``."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    worked = [reasons[day].working if day in reasons else day.weekday() < _SATURDAY for day in days]
    digest = sha256(bytes(worked)).hexdigest()[:12]
    return WorkCalendar(
        first,
        last,
        settled_until,
        f"{settled_until.year}-{digest}",
        MappingProxyType(dict(reasons)),
        first.toordinal(),
        tuple(accumulate(worked)),
        tuple(
            Day(day, day > settled_until) for day, works in zip(days, worked, strict=True) if works
        ),
    )
