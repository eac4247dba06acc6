"""A restore that is killed leaves the old database or the restored one, whole."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gongkai.backup import url_of
from gongkai.calendars import calendar_for
from gongkai.config import load
from gongkai.office import Office, fixed_code
from gongkai.replay import run
from gongkai.store.engine import open_store
from gongkai.store.keys import read_keys
from gongkai.story import Story
from tests.old_tables import contents

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "tests" / "killed_restore.py"
OLD, NEW = ("2", "False"), ("1", "True")


@pytest.fixture
def backed_up(
    home: Path, call: Callable[..., Any], tell: Callable[[str], Story], request_text: str
) -> Iterator[Office]:
    """An office with two cases, of which ``one.backup`` has the first."""
    assert call("init").code == 0
    config = load(home / "config.toml")
    keys = read_keys(home / config.security.key_file)
    office = Office(
        store=open_store(config.database.url, keys),
        config=config,
        calendar=calendar_for(config.calendar),
        check_code=fixed_code,
    )
    run(office, tell(request_text), name="one")
    assert call("backup", "one.backup").code == 0
    run(office, tell(request_text), name="two")
    office.store.close()
    yield office
    office.store.close()


def test_killed_at_any_step_of_the_swap_a_restore_leaves_the_old_or_the_new(
    home: Path, backed_up: Office, call: Callable[..., Any], database: str
) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "one.backup"],
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = [tuple(line.split()[1:]) for line in done.stdout.splitlines()]
    print(f"{len(found)} kills")  # noqa: T201 - a figure for the record
    assert len(found) > 12
    assert set(found) == {OLD, NEW}
    assert found == sorted(found, reverse=True)  # once it is the new one, it stays so
    assert found[-1] == NEW
    assert call("restore", "one.backup", "--replace").code in {0, 1}
    assert len(contents(backed_up.store)["cases"]) == 1
    assert call("doctor").code == 0, database


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # only it has files beside it
def test_what_a_damaged_database_has_beside_it_never_meets_the_restored_one(
    home: Path, backed_up: Office, call: Callable[..., Any]
) -> None:
    place = home / backed_up.config.database.url.rpartition("///")[2]
    place.write_bytes(b"no database at all" * 100)
    place.with_name(f"{place.name}-wal").write_bytes(b"left by a crash")

    restored = call("restore", "one.backup", "--replace", "--json")

    assert restored.code == 0, restored.err
    assert not place.with_name(f"{place.name}-wal").exists()
    aside = home / restored.json["aside"]
    assert aside.read_bytes().startswith(b"no database")
    assert len(contents(backed_up.store)["cases"]) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # as above
def test_what_a_dead_process_left_in_the_log_goes_aside_with_its_database(
    home: Path,
    backed_up: Office,
    call: Callable[..., Any],
    tell: Callable[[str], Story],
    request_text: str,
) -> None:
    place = home / backed_up.config.database.url.rpartition("///")[2]
    run(backed_up, tell(request_text), name="three")
    died = {file: file.read_bytes() for file in place.parent.glob(f"{place.name}*")}
    backed_up.store.close()
    for file, data in died.items():
        file.write_bytes(data)

    restored = call("restore", "one.backup", "--replace", "--json")

    assert restored.code == 1, restored.err  # it says what was lost
    aside = home / restored.json["aside"]
    assert {*place.parent.glob(f"{place.name}*")} == {place, aside}
    with closing(open_store(url_of(aside), backed_up.store.keys)) as kept:
        assert len(contents(kept)["cases"]) == 3
    assert len(contents(backed_up.store)["cases"]) == 1


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # PostgreSQL's schemas can wait
def test_a_database_in_use_is_not_replaced(
    home: Path, backed_up: Office, call: Callable[..., Any]
) -> None:
    del home
    with backed_up.store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM cases").all()

        refused = call("restore", "one.backup", "--replace")

    assert refused.code == 1
    assert "停止服务" in refused.err
    backed_up.store.close()
    assert len(contents(backed_up.store)["cases"]) == 2
