"""Builders for the shell's tests: a configuration, an office in memory, a short story."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gongkai.calendars import calendar_for
from gongkai.casefile import read_story
from gongkai.cli import show
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
