"""Builders for the shell's tests: a configuration, an office on each database, a short story."""

import json
import os
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from gongkai import replay
from gongkai.calendars import calendar_for
from gongkai.casefile import read_story
from gongkai.cli import run, show
from gongkai.closing import at_end
from gongkai.config import Config, load
from gongkai.office import Office, fixed_code
from gongkai.store.deadlines import Place
from gongkai.store.engine import Store, open_store
from gongkai.store.keys import KeyRing, read_keys
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.postgres import GIVEN, OWNER, Server, binaries, given, running

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


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """The PostgreSQL server of this test process; without one its tests are skipped, in CI failed.

    A test that stops the server starts one of its own: ``tests.postgres.running``.
    """
    if os.environ.get(GIVEN):
        with given(os.environ[GIVEN]) as server:
            yield server
    elif binaries():
        with running() as server:
            yield server
    else:
        said = f"NO POSTGRESQL SERVER: install postgresql, or name one in {GIVEN}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on: every test that asks for it runs on both."""
    kind: str = request.param
    if kind == "postgresql":
        request.getfixturevalue("postgres")
    return kind


@pytest.fixture
def store(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty database: on PostgreSQL with the rights of the program, not those of the owner."""
    if database == "sqlite":
        made = open_store(f"sqlite:///{tmp_path}/store/gongkai.sqlite", KeyRing.ephemeral())
        yield made
        made.close()
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.fresh() as name:
            made = open_store(server.url(name), KeyRing.ephemeral())
            yield made
            made.close()


@pytest.fixture
def office(store: Store, config: Config, calendar: WorkCalendar) -> Office:
    return Office(store=store, config=config, calendar=calendar, check_code=fixed_code)


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
def home(
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Path]:
    """An empty folder in which commands are run: the shipped configuration, no database yet."""
    monkeypatch.chdir(tmp_path)
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    if database == "sqlite":
        (tmp_path / "config.toml").write_text(text, encoding="utf-8")
        yield tmp_path
        return
    server: Server = request.getfixturevalue("postgres")
    with server.fresh(tables=False) as name:
        own = text.replace(
            'url = "sqlite:///var/gongkai.sqlite"', f'url = "{server.url(name)}"'
        ).replace('owner_url = ""', f'owner_url = "{server.url(name, OWNER)}"')
        (tmp_path / "config.toml").write_text(own, encoding="utf-8")
        yield tmp_path


def office_of(home: Path, moment: datetime) -> Office:
    """Return the office of a folder; the same papers bear the same codes."""
    config = load(home / "config.toml")
    return Office(
        store=open_store(config.database.url, read_keys(home / config.security.key_file)),
        config=config,
        calendar=calendar_for(config.calendar),
        check_code=fixed_code,
        moment=lambda: moment,
    )


@pytest.fixture
def placed(
    office: Office, tell: Callable[[str], Story], request_text: str
) -> Callable[[str], Place]:
    """Run the sample request with more steps; return its case."""

    def ran(steps: str) -> Place:
        done = replay.run(office, tell(request_text + steps), as_of=date(2020, 12, 31))
        assert done.ok
        assert done.case
        return Place(done.case.agency, done.case.number)

    return ran


@pytest.fixture
def opened(home: Path) -> Iterator[Callable[[], Store]]:
    """Open the database of the folder's configuration beside the program."""

    def open_again() -> Store:
        config = load(home / "config.toml")
        store = open_store(config.database.url, read_keys(home / config.security.key_file))
        at_end.callback(store.close)
        return store

    yield open_again
    at_end.close()


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
