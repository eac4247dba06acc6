"""The calendar of an installation: published notices, imported years, local days off."""

import json
from datetime import date
from pathlib import Path

import pytest

from gongkai.calendars import CalendarSettings, DayOff, calendar_for, settings_of
from gongkai.cli import run
from gongkai.config_file import ConfigError, ConfigFile, open_config
from gongkai.errors import BAD_USE

NOTICE = """\
year = 2027
[[notices]]
number = "示例〔2026〕1号"
working = [2027-02-20]
days_off = [
  { name = "元旦", from = 2027-01-01, to = 2027-01-03 },
  { name = "春节", from = 2027-02-05, to = 2027-02-11 },
]
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "2027.toml").write_text(NOTICE, encoding="utf-8")
    return tmp_path


def test_an_imported_year_settles_the_calendar(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["calendar", "import", "2027.toml", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)

    assert said["file"] == "var/years/2027.toml"
    assert said["settled_until"] == "2027-12-28"
    assert {"2027-02-20"} <= {one["on"] for one in said["changes"]}
    assert (home / "var/years/2027.toml").read_text(encoding="utf-8") == NOTICE
    assert run(["due", "--received", "2026-12-15", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["provisional"] is False


def test_a_dry_run_keeps_nothing(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["calendar", "import", "2027.toml", "--dry-run"]) == 0

    assert "没有存放" in capsys.readouterr().out
    assert not (home / "var").exists()


@pytest.mark.parametrize(
    ("old", "new"),
    [("year = 2027", "yaer = 2027"), ("2027-02-20", "2027-02-30"), ("2027-02-20", "2027-02-19")],
)
def test_a_bad_notice_is_refused_and_nothing_is_kept(
    old: str, new: str, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "2027.toml").write_text(NOTICE.replace(old, new), encoding="utf-8")

    assert run(["calendar", "import", "2027.toml"]) == BAD_USE
    assert "2027.toml" in capsys.readouterr().err
    assert not (home / "var").exists()


def test_a_missing_notice_is_told(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run(["calendar", "import", "none.toml"]) == BAD_USE
    assert "读不出来" in capsys.readouterr().err


def test_a_year_is_shown_with_its_notices(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert home.is_dir()
    assert run(["calendar", "show", "2020"]) == 0
    out = capsys.readouterr().out

    assert "2020-09-27（星期日）  上班  调休上班　国办发明电〔2019〕16号" in out
    assert run(["calendar", "show", "2020", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["year"] == 2020
    assert run(["calendar", "show", "2035"]) == 1


@pytest.mark.parametrize(
    ("today", "code", "said"),
    [
        (date(2026, 3, 2), 0, "都能确定"),
        (date(2026, 12, 1), 1, "calendar import"),
        (date(2027, 12, 1), 1, "没有工作日历"),
    ],
)
def test_the_check_warns_before_dates_become_provisional(
    today: date,
    code: int,
    said: str,
    home: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert home.is_dir()
    monkeypatch.setattr("gongkai.cli.calendar.today", lambda: today)

    assert run(["calendar", "check"]) == code
    assert said in capsys.readouterr().out
    assert run(["calendar", "check", "--json"]) == code
    assert json.loads(capsys.readouterr().out)["ok"] is (code == 0)


def test_a_local_day_off_is_laid_over_the_calendar() -> None:
    local = DayOff(on=date(2026, 8, 3), name="县庆")
    plain, with_local = (calendar_for(CalendarSettings(days_off=days)) for days in ((), (local,)))

    assert plain.is_working(local.on)
    assert not with_local.is_working(local.on)
    assert plain.version != with_local.version


@pytest.mark.parametrize(
    "table",
    [
        {"days_off": [{"on": "2026-08-03", "name": "县庆"}]},
        {"days_off": [{"on": date(2026, 8, 3)}]},
        {"days_off": [{"on": date(2026, 8, 3), "name": "县庆", "x": 1}]},
        {"days_off": 3},
        {"notices": 3},
        {"x": 3},
    ],
)
def test_a_bad_calendar_table_is_told(table: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="days_off"):
        settings_of(ConfigFile(Path("config.toml"), "", {"calendar": table}))


def test_the_shipped_table_is_read() -> None:
    assert settings_of(open_config()).days_off == ()
