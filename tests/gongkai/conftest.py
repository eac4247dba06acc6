"""Builders for the shell's tests: a configuration, an office in memory, a short story."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gongkai.calendars import calendar_for
from gongkai.casefile import read_story
from gongkai.cli import run, show
from gongkai.config import Config, load
from gongkai.office import Office
from gongkai.replay import fresh_office
from gongkai.story import Story
from rules.workdays import WorkCalendar

ROOT = Path(__file__).parents[2]

REQUEST = """\
title = "短故事"
[case]
agency = "fushun-county-office"
channel = "in_person"
on = 2020-09-14
[case.applicant]
kind = "natural_person"
name = "喆堃𠀀"
contact = "139 0000 0000"
[[case.items]]
title = "2019年某村征地补偿安置方案"
"""

REPLY = """\
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "draft_reply"
on = 2020-09-16
[[steps.decisions]]
item = 1
outcome = "disclose"
provide = "方案全文"
[[steps]]
do = "pass_review"
on = 2020-09-17
[[steps]]
do = "approve_reply"
on = 2020-09-18
[[steps]]
do = "issue_reply"
on = 2020-09-21
[[steps]]
do = "send_reply"
on = 2020-09-22
method = "post"
tracking = "EX1"
"""


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Print as into a pipe, however narrow the terminal of whoever runs the tests."""
    monkeypatch.setattr(show.console, "_width", 150)


@pytest.fixture(scope="session")
def config() -> Config:
    return load(ROOT / "config.toml")


@pytest.fixture(scope="session")
def calendar(config: Config) -> WorkCalendar:
    return calendar_for(config.calendar)


@pytest.fixture
def office(config: Config, calendar: WorkCalendar) -> Office:
    return fresh_office(config, calendar)


@pytest.fixture(scope="session")
def request_text() -> str:
    return REQUEST


@pytest.fixture(scope="session")
def reply_text() -> str:
    return REQUEST + REPLY


@pytest.fixture(scope="session")
def tell(config: Config) -> Callable[[str], Story]:
    """Read a case file from its text."""
    return lambda text: read_story(text, "story.toml", config)


class Said(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - as json.loads
        return json.loads(self.out)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the shipped configuration, in which commands are run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_bytes((ROOT / "config.toml").read_bytes())
    return tmp_path


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run a command line and return what it said."""
    assert home.is_dir()

    def called(*words: str | Path) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return called


@pytest.fixture
def write(home: Path) -> Callable[[str, str], Path]:
    """Write a file into the folder."""

    def written(name: str, text: str) -> Path:
        file = home / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    return written
