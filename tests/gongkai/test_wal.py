"""Where SQLite keeps a log beside its file: as private as the file, and emptied of the erased."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from gongkai import retention
from gongkai.casefile import open_story
from gongkai.office import Office
from gongkai.replay import run
from gongkai.rotation import Job, rotate
from gongkai.store import engine, wal
from gongkai.store import tables as t
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, journal_mode, reading
from gongkai.store.keys import new_ring, read_keys, write_keys
from tests.gongkai.conftest import ROOT
from workflow.errors import Refused

LATER = date(2026, 11, 20)
AGENCY = "fushun-county-office"
LOGGED = pytest.mark.skipif(
    journal_mode(sqlite3.sqlite_version_info) != "wal",
    reason=f"SQLite {sqlite3.sqlite_version} keeps no log: nothing was left in one here",
)


@pytest.fixture
def database() -> str:
    """Only SQLite's files are in our hands."""
    return "sqlite"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "gongkai.key"
    write_keys(file, new_ring())
    return file


@pytest.fixture
def desk(office: Office, path: Path) -> Office:
    """An office with one case whose retention ends after a year."""
    short = replace(office.config.retention, years=1)
    made = replace(
        office,
        store=Store(office.store.engine, read_keys(path)),
        config=replace(office.config, retention=short),
    )
    archived = ROOT / "examples" / "third_party_silent_partly_disclosed.toml"
    assert run(made, open_story(archived, made.config)).case
    retention.propose(made, AGENCY, "office-head", today=LATER)
    return made


def erase(desk: Office) -> retention.Erased:
    return retention.erase(desk, AGENCY, "office-supervisor", today=LATER)


def change(desk: Office, path: Path) -> bool:
    """Change the key; return whether that went on with a change begun before."""
    by = {"name": "丁"}
    return rotate(Job(store=desk.store, path=path, folder=None, by=by, on=LATER)).continued


@pytest.fixture
def left(desk: Office) -> Callable[[], int]:
    """Count how much of what is sealed now is found in the files later."""
    with reading(desk.store) as tx:
        columns = (t.personal.c.sealed, t.blobs.c.sealed)
        sealed = [one for column in columns for one in tx.execute(select(column)).scalars()]
    folder = Path(str(desk.store.engine.url.database)).parent

    def count() -> int:
        files = [file.read_bytes() for file in folder.iterdir()]
        return sum(any(one[:32] in file for file in files) for one in sealed)

    assert count() > len(sealed) / 2 > 5  # a few lie across the border of two pages
    return count


def test_what_is_erased_is_in_no_file_while_the_database_is_open(
    desk: Office, left: Callable[[], int]
) -> None:
    assert erase(desk).cases == 1

    assert left() == 0


def test_what_an_old_key_sealed_is_in_no_file_once_it_is_changed(
    desk: Office, path: Path, left: Callable[[], int]
) -> None:
    assert not change(desk, path)

    assert left() == 0


@LOGGED
def test_erasing_is_finished_once_nobody_reads_the_old_state(
    desk: Office, left: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SETTINGS", {**engine._SETTINGS, "busy_timeout": (20, "20")})
    desk.store.close()
    with reading(desk.store) as tx:
        tx.execute(select(t.cases)).all()
        with pytest.raises(wal.LeftBehind, match="再运行一次"):
            erase(desk)
        assert left()

    with pytest.raises(Refused, match="执行完毕"):
        erase(desk)

    assert left() == 0


@LOGGED
def test_an_old_key_stays_until_nobody_reads_what_it_sealed(
    desk: Office, path: Path, left: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SETTINGS", {**engine._SETTINGS, "busy_timeout": (20, "20")})
    desk.store.close()
    with reading(desk.store) as tx:
        tx.execute(select(t.cases)).all()
        with pytest.raises(wal.LeftBehind, match="再运行一次"):
            change(desk, path)
        assert left()
    assert len(read_keys(path).keys) == 2

    assert change(desk, path)

    assert len(read_keys(path).keys) == 1
    assert left() == 0


def test_what_lies_beside_the_database_is_as_private_as_it(desk: Office) -> None:
    file = Path(str(desk.store.engine.url.database))
    desk.store.close()
    file.chmod(0o600)

    with engine.writing(desk.store) as tx:
        tx.execute(t.settings.insert().values(name="a", value="b"))
        beside = [*file.parent.iterdir()]
        assert len(beside) > 1
        assert {one.stat().st_mode & 0o777 for one in beside} == {0o600}
