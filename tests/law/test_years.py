"""The year files: what a new notice changes, what a bad file says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from rules import CalendarError, DataError, WorkCalendar, build, calendar, load_year, published
from rules.yearbook import packaged_years

# Invented: no notice for 2027 is published when this is written.
NEXT_YEAR = """
year = 2027

[[notices]]
number = "国办发明电〔2026〕0号"
working = [2027-01-02, 2027-02-20]
days_off = [
  { name = "元旦", from = 2026-12-31, to = 2027-01-01 },
  { name = "春节", from = 2027-02-05, to = 2027-02-12 },
  { name = "清明节", from = 2027-04-05 },
  { name = "国庆节", from = 2027-10-01, to = 2027-10-07 },
]
"""


def test_the_manifest_is_not_stale() -> None:
    # When the next notice is out, add rules/years/YYYY.toml and raise this year. It reads no
    # clock on purpose: a test must not fail by itself on 1 January.
    years = [notice.year for notice in packaged_years()]

    assert years == list(range(2007, years[-1] + 1))
    assert years[-1] >= 2026


def test_a_notice_whose_number_was_not_seen_says_so() -> None:
    for year in packaged_years():
        for notice in year.notices:
            assert notice.number_seen == ("not seen" not in notice.number), notice.number


def test_a_new_notice_settles_its_year() -> None:
    work = build([load_year(NEXT_YEAR, "2027.toml")])

    assert work.settled_until == date(2027, 12, 28)
    assert work.last == date(2028, 12, 31)
    assert work.version.startswith("2027-")
    assert work.add(date(2026, 12, 15), 20) == (date(2027, 1, 13), False)
    assert work.is_provisional(date(2027, 12, 29))


def test_a_new_notice_names_its_days() -> None:
    work = build([load_year(NEXT_YEAR, "2027.toml")])

    assert work.reason(date(2027, 2, 8)) == (False, "春节放假", "国办发明电〔2026〕0号", False)
    assert work.reason(date(2027, 2, 20)) == (True, "调休上班", "国办发明电〔2026〕0号", False)
    assert not work.is_working(date(2026, 12, 31))


def test_a_whole_year_owes_nothing_to_guesses(work: WorkCalendar) -> None:
    settled = build([load_year(NEXT_YEAR, "2027.toml")])

    # The package guesses Labour Day; this notice does not name it.
    assert not work.is_working(date(2027, 5, 3))
    assert settled.is_working(date(2027, 5, 3))


def test_a_whole_year_needs_no_package(monkeypatch: pytest.MonkeyPatch) -> None:
    known = published._known

    def ignorant(years: range) -> published._Known:
        found = known(years)
        off = {day: name for day, name in found.off.items() if day.year < 2027}
        return published._Known(off, found.working)

    expected = build([load_year(NEXT_YEAR, "2027.toml")])
    monkeypatch.setattr(published, "_known", ignorant)
    work = build([load_year(NEXT_YEAR, "2027.toml")])

    days = expected.working_days(date(2007, 1, 1), date(2027, 12, 28))
    assert work.working_days(date(2007, 1, 1), date(2027, 12, 28)) == days


def test_a_notice_takes_back_what_the_package_says() -> None:
    text = """
    year = 2027
    base = "holidays"
    [[notices]]
    number = "国办发明电〔2026〕0号"
    retract_off = [2027-05-03]
    days_off = [{ name = "元旦", from = 2027-01-01 }]
    """
    work = build([load_year(text, "2027.toml")])

    assert work.reason(date(2027, 5, 3)) == (True, "工作日", "国办发明电〔2026〕0号", False)
    assert not work.is_working(date(2027, 5, 4))


def test_a_later_notice_takes_back_an_earlier_one() -> None:
    later = """
    [[notices]]
    number = "国办发明电〔2027〕0号"
    retract_off = [2027-02-12]
    retract_working = [2027-02-20]
    """
    work = build([load_year(NEXT_YEAR + later, "2027.toml")])

    assert work.is_working(date(2027, 2, 12))
    assert work.reason(date(2027, 2, 20)) == (False, "周末", "国办发明电〔2027〕0号", False)


def test_a_gap_between_years_is_refused() -> None:
    text = NEXT_YEAR.replace("2027", "2029").replace("2026", "2028")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("working"))

    with pytest.raises(CalendarError, match="缺少2027年"):
        build([load_year(text, "2029.toml")])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("year = 2027", "year = '2027'", "year 应当是整数"),
        ("year = 2027", "yaer = 2027", "year 没有填写"),
        ("year = 2027", "year = 2027\ncolour = 1", "colour 不是已知的项目"),
        ("year = 2027", "year = 1949", "应当在2007至2099之间"),
        ("year = 2027", "year = 2027\nbase = 'guess'", "base 应当是"),
        ("2027-02-20]", "2027-02-19]", "2027-02-19不是周末"),
        ("2027-02-20]", "2028-02-20]", "2028-02-20不属于2027年"),
        ("2027-02-20]", "2027-02-06]", "2027-02-06写了两次"),
        ("2027-02-20]", "2027-02-20T08:00:00]", "每一项都应当是日期"),
        ("to = 2027-02-12", "to = 2027-02-01", "应当不早于 from"),
        ("to = 2027-02-12", "to = 9999-12-31", "不超过31天"),
        ("to = 2027-02-12", "too = 2027-02-12", "too 不是已知的项目"),
        ("number = ", "numero = ", "number 没有填写"),
        ("[[notices]]", "[[notices", "不是有效的 UTF-8 TOML 文件"),
    ],
)
def test_a_bad_year_file_names_file_and_key(old: str, new: str, said: str) -> None:
    with pytest.raises(DataError, match=r"2027\.toml") as refused:
        load_year(NEXT_YEAR.replace(old, new), "2027.toml")

    assert said in str(refused.value)


def test_a_year_without_days_off_is_refused() -> None:
    with pytest.raises(DataError, match="没有列出任何放假日"):
        load_year("year = 2027\nnotices = []", "2027.toml")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DataError, match="UTF-8"):
        load_year(b"\xff\xfe", "2027.toml")


def test_threads_that_ask_first_at_once_get_one_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[WorkCalendar] = []
    together = Barrier(8)

    def build_once() -> WorkCalendar:
        built.append(build())
        return built[-1]

    def ask(_: int) -> WorkCalendar:
        together.wait(timeout=30)
        return calendar()

    published._packaged.cache_clear()
    monkeypatch.setattr(published, "build", build_once)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(ask, range(8)))

    assert len(built) == 1
    assert all(each is built[0] for each in found)


def test_threads_that_build_at_once_get_equal_calendars() -> None:
    with ThreadPoolExecutor(4) as threads:
        versions = {work.version for work in threads.map(lambda _: build(), range(4))}

    assert versions == {calendar().version}
