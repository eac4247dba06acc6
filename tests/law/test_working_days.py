"""Working days: every published day, and the arithmetic on them."""

from datetime import UTC, date, datetime, timedelta
from typing import cast

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules import CalendarError, RuleError, WorkCalendar, calendar
from tests.law.facts import DayOnFile


def test_every_published_day_is_as_its_notice_says(
    work: WorkCalendar, days_on_file: list[DayOnFile]
) -> None:
    wrong = [day for day in days_on_file if work.is_working(day.on) != day.working]

    assert len(days_on_file) == 7305
    assert wrong == []


def test_every_published_day_names_its_notice(
    work: WorkCalendar, days_on_file: list[DayOnFile]
) -> None:
    wrong = [
        day
        for day in days_on_file
        if (work.reason(day.on).working, work.reason(day.on).notice) != (day.working, day.notice)
    ]

    assert wrong == []


def test_the_holidays_package_agrees_with_every_published_day(
    days_on_file: list[DayOnFile],
) -> None:
    # Our files would win; a new version of the package that disagrees should still be noticed.
    package = holidays.country_holidays("CN", years=range(2007, 2027), categories=("public",))

    wrong = [
        day.on
        for day in days_on_file
        if day.working
        != (day.on not in package and (day.on.weekday() < 5 or day.on in package.weekend_workdays))
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2020, 10, 1), "国庆节、中秋节放假"),
        (date(2020, 10, 4), "国庆节、中秋节放假"),
        (date(2020, 9, 27), "调休上班"),
        (date(2020, 9, 26), "周末"),
        (date(2020, 9, 25), "工作日"),
        (date(2020, 2, 1), "春节延长假期"),
        (date(2020, 2, 3), "工作日"),
        (date(2026, 2, 16), "春节放假"),
        (date(2026, 12, 28), "工作日"),
        (date(2026, 12, 29), "推定：工作日（2027年放假通知尚未公布）"),
        (date(2027, 1, 1), "推定：元旦（2027年放假通知尚未公布）"),
        (date(2027, 1, 2), "推定：周末（2027年放假通知尚未公布）"),
    ],
)
def test_a_day_says_why_it_is_worked_or_not(work: WorkCalendar, day: date, why: str) -> None:
    said = work.reason(day).why.replace("农历除夕", "春节")

    assert said == why


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2020, 9, 25), 7, date(2020, 10, 12)),
        (date(2020, 9, 25), 20, date(2020, 10, 29)),
        (date(2020, 9, 25), 40, date(2020, 11, 26)),
        (date(2020, 5, 6), 7, date(2020, 5, 14)),
        (date(2020, 5, 22), 20, date(2020, 6, 19)),
        (date(2020, 9, 23), 15, date(2020, 10, 20)),
        (date(2021, 3, 1), 20, date(2021, 3, 29)),
        (date(2021, 3, 10), 20, date(2021, 4, 8)),
        (date(2022, 9, 30), 20, date(2022, 11, 2)),
        (date(2026, 1, 5), 20, date(2026, 2, 2)),
        (date(2026, 1, 5), 40, date(2026, 3, 6)),
    ],
)
def test_a_period_ends_on_the_worked_date(
    work: WorkCalendar, start: date, n: int, end: date
) -> None:
    assert work.add(start, n) == (end, False)


def test_the_days_a_third_party_took_are_counted_out_by_index(work: WorkCalendar) -> None:
    # Received 14 Sep 2020; the letter reached the third party on 23 Sep, who answered 12 Oct.
    received, asked = date(2020, 9, 14), date(2020, 9, 23)

    silent = work.count(asked, work.add(asked, 15).on)
    answered = work.count(asked, date(2020, 10, 12))

    assert work.at(work.index(received) + 20 + silent).on == date(2020, 11, 6)
    assert work.at(work.index(received) + 20 + answered).on == date(2020, 10, 29)


def test_a_december_request_falls_due_provisionally(work: WorkCalendar) -> None:
    assert work.add(date(2026, 12, 15), 20) == (date(2027, 1, 13), True)
    assert work.add(date(2026, 12, 27), 1) == (date(2026, 12, 28), False)
    assert work.add(date(2026, 12, 28), 1) == (date(2026, 12, 29), True)


def test_the_calendar_says_what_is_settled(work: WorkCalendar) -> None:
    assert (work.first, work.last) == (date(2007, 1, 1), date(2027, 12, 31))
    assert work.settled_until == date(2026, 12, 28)
    assert work.version.startswith("2026-")
    assert not work.is_provisional(date(2026, 12, 28))
    assert work.is_provisional(date(2026, 12, 29))


def test_a_provisional_year_has_no_adjusted_weekends(work: WorkCalendar) -> None:
    days = work.working_days(date(2026, 12, 31), date(2027, 12, 31))

    assert [day for day in days if day.weekday() >= 5] == []
    assert date(2027, 10, 1) not in days


@pytest.mark.parametrize("day", [date(2006, 12, 31), date(1999, 1, 1), date.min])
def test_a_day_before_the_first_year_is_refused(work: WorkCalendar, day: date) -> None:
    with pytest.raises(CalendarError, match=f"没有{day.year}年"):
        work.add(day, 1)


@pytest.mark.parametrize("day", [date(2028, 1, 1), date.max])
def test_a_day_after_the_last_year_says_what_to_do(work: WorkCalendar, day: date) -> None:
    with pytest.raises(CalendarError, match="gongkai calendar import FILE") as refused:
        work.is_working(day)

    assert refused.value.code == "no_calendar"
    assert str(day.year) in refused.value.message


def test_a_period_that_runs_out_of_the_calendar_is_refused(work: WorkCalendar) -> None:
    with pytest.raises(CalendarError, match="2028年没有工作日历"):
        work.add(date(2027, 12, 20), 20)
    with pytest.raises(CalendarError):
        work.add_many([date(2020, 1, 1), date(2027, 12, 20)], 20)
    with pytest.raises(CalendarError):
        work.at(0)
    with pytest.raises(CalendarError):
        work.at(10**6)


@pytest.mark.parametrize("n", [0, -1, True, 1.5, "7", None])
def test_a_period_is_a_whole_number_of_days(work: WorkCalendar, n: object) -> None:
    number = cast("int", n)
    with pytest.raises(RuleError, match="不小于1的整数"):
        work.add(date(2020, 1, 6), number)
    with pytest.raises(RuleError, match="不小于1的整数"):
        work.add_many([date(2020, 1, 6)], number)


@pytest.mark.parametrize("value", [datetime(2020, 1, 6, tzinfo=UTC), "2020-01-06", 737430, None])
def test_only_a_plain_date_is_a_date(work: WorkCalendar, value: object) -> None:
    day = cast("date", value)
    for ask in (work.index, work.is_working, work.reason, work.is_provisional, work.next_working):
        with pytest.raises(RuleError, match="不是日期"):
            ask(day)
    with pytest.raises(RuleError, match="不是日期"):
        work.add(day, 1)
    with pytest.raises(RuleError, match="不是日期"):
        work.add_many([day], 1)


def test_days_off_move_to_the_next_working_day(work: WorkCalendar) -> None:
    assert work.next_working(date(2020, 10, 1)) == date(2020, 10, 9)
    assert work.next_working(date(2020, 10, 9)) == date(2020, 10, 9)


def test_working_days_between_two_dates(work: WorkCalendar) -> None:
    after, until = date(2020, 9, 30), date(2020, 10, 12)

    assert work.working_days(after, until) == [
        date(2020, 10, 9),
        date(2020, 10, 10),
        date(2020, 10, 12),
    ]
    assert work.count(after, until) == 3
    assert work.count(until, after) == 0
    assert work.working_days(until, after) == []


def test_a_local_day_off_is_laid_over_the_calendar(work: WorkCalendar) -> None:
    local = work.with_days_off({date(2020, 6, 16): "自治县成立纪念日"})

    assert not local.is_working(date(2020, 6, 16))
    assert local.reason(date(2020, 6, 16)).why == "自治县成立纪念日（地方放假）"
    assert local.add(date(2020, 6, 15), 1).on == date(2020, 6, 17)
    assert work.add(date(2020, 6, 15), 1).on == date(2020, 6, 16)
    assert local.version != work.version
    assert local.settled_until == work.settled_until


SOME_DAY = st.dates(date(2007, 1, 1), date(2027, 6, 30))


@given(SOME_DAY, st.integers(1, 60))
@settings(deadline=None)
def test_adding_agrees_with_counting_day_by_day(start: date, n: int) -> None:
    work = calendar()
    day, left = start, n
    while left:
        day += timedelta(days=1)
        left -= work.is_working(day)

    assert work.add(start, n) == (day, day > work.settled_until)
    assert work.count(start, day) == n
    assert work.working_days(start, day)[-1] == day
    assert work.at(work.index(day)).on == day


@given(st.lists(SOME_DAY, max_size=20), st.integers(1, 60))
@settings(deadline=None)
def test_adding_many_agrees_with_adding_one_by_one(days: list[date], n: int) -> None:
    work = calendar()

    assert work.add_many(days, n) == [work.add(day, n) for day in days]
