"""A year's notice on the command line: kept first, then the days of open cases; and taken back."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai.cli import calendar as cli_calendar
from gongkai.config_file import open_config
from gongkai.real import open_office
from gongkai.replay import run
from gongkai.story import Story
from gongkai.sweep import sweep
from tests.gongkai.conftest import Said

Call = Callable[..., Said]
Write = Callable[[str, str], Path]
DECEMBER = date(2026, 12, 15)
#: As is expected without a notice: no day moves, but those of January are sure then.
SAME = """\
year = 2027
[[notices]]
number = "国办发明电〔2026〕1号"
days_off = [{ name = "元旦", from = 2027-01-01, to = 2027-01-01 }]
"""
LONGER = SAME.replace("to = 2027-01-01", "to = 2027-01-05")


@pytest.fixture
def case(
    call: Call, home: Path, tell: Callable[[str], Story], request_text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> str:  # fmt: skip
    """A request of December, whose reply is due in the year to come."""
    monkeypatch.setattr(cli_calendar, "today", lambda: DECEMBER)
    call("init")
    office = open_office(open_config(home / "config.toml"))
    text = request_text.replace("2020-09-14", DECEMBER.isoformat())
    done = run(office, tell(text), as_of=DECEMBER)
    assert done.case
    sweep(office, DECEMBER)
    return done.case.number


def reply(call: Call, case: str) -> dict[str, Any]:
    running = call("deadlines", case, "--json").json["running"]
    found: dict[str, Any] = next(one for one in running if one["kind"] == "reply")
    return found


def test_a_day_that_only_became_sure_is_not_called_moved(
    call: Call, case: str, write: Write
) -> None:
    assert reply(call, case)["provisional"]
    file = write("2027.toml", SAME)

    seen = call("calendar", "import", file, "--dry-run", "--json").json["moved"]
    said = call("calendar", "import", file).out

    assert [one["provisional"] for one in seen if one["period"] == "reply/0"] == [False]
    assert f"{case}  答复：2027-01-13（已确定）" in said
    assert "期限变动0项，另有2项日期不变" in said
    assert not reply(call, case)["provisional"]


def test_a_notice_is_kept_before_any_day_is_moved(
    call: Call, case: str, write: Write, home: Path
) -> None:
    """Cut short between the two, the next sweep moves the rest; the other way nobody would."""
    key = home / "var" / "gongkai.key"
    hidden = key.rename(home / "elsewhere.key")

    assert call("calendar", "import", write("2027.toml", LONGER)).code != 0

    hidden.rename(key)
    assert (home / "var" / "years" / "2027.toml").read_text(encoding="utf-8") == LONGER
    assert reply(call, case)["due_on"] == "2027-01-13"
    office = open_office(open_config(home / "config.toml"))
    sweep(office, DECEMBER)
    assert reply(call, case)["due_on"] == "2027-01-15"


def test_a_notice_is_taken_back_with_the_days_it_moved(
    call: Call, case: str, write: Write, home: Path
) -> None:
    moved = call("calendar", "import", write("2027.toml", LONGER))
    assert f"{case}  答复：2027-01-13 → 2027-01-15（已确定）" in moved.out

    back = call("calendar", "remove", "2027")

    assert back.code == 0
    assert f"{case}  答复：2027-01-15 → 2027-01-13（暂定）" in back.out
    assert not (home / "var" / "years" / "2027.toml").exists()
    assert reply(call, case)["due_on"] == "2027-01-13"
    assert call("calendar", "remove", "2027", "--json").json["moved"] == []


def test_where_the_notice_has_gone_missing_the_sweep_says_what_to_do(
    call: Call, case: str, write: Write, home: Path
) -> None:
    call("calendar", "import", write("2027.toml", LONGER))
    (home / "var" / "years" / "2027.toml").unlink()

    said = call("sweep", "--now", "2020-10-16")

    assert said.code == 3
    assert "gongkai calendar import FILE" in said.err
    assert "gongkai calendar remove YEAR" in said.err
    assert reply(call, case)["due_on"] == "2027-01-15"


def test_a_feed_that_cannot_be_written_is_told(call: Call) -> None:
    call("init")

    said = call("calendar", "feed", "--agency", "fushun-county-office", "--out", "nowhere/feed.ics")

    assert said.code == 1
    assert "nowhere/feed.ics 写不了" in said.err


def test_a_paper_that_cannot_be_written_is_told(call: Call, write: Write, reply_text: str) -> None:
    call("init")
    call("import", write("story.toml", reply_text))
    number = next(one["number"] for one in call("notice", "list", "--json").json if one["number"])

    said = call("notice", "render", number, "--out", "nowhere/x.docx")

    assert said.code == 1
    assert "nowhere/x.docx 写不了" in said.err
