"""``gongkai migrate``: a backup first, and what ``init`` does by itself."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gongkai.config import Config, load
from gongkai.office import Office
from gongkai.store import schema
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.old_tables import told, write_old

ROOT = Path(__file__).parents[2]
HEAD = schema.newest()


@pytest.fixture
def short(
    reply_text: str, tell: Callable[[str], Story], config: Config, calendar: WorkCalendar
) -> Office:
    """An office with one short story."""
    return told([tell(reply_text)], config, calendar)


def short_number(office: Office) -> str:
    with reading(office.store) as tx:
        return str(tx.execute(select(t.cases.c.number)).scalar_one())


def test_migrate_backs_up_first_and_says_where(
    home: Path, call: Callable[..., Any], short: Office
) -> None:
    database = load(home / "config.toml").database
    (home / "var").mkdir()
    write_old(short, (database.owner_url or database.url).replace("///var", f"///{home}/var"))

    refused, done, again = call("case", "list"), call("migrate", "--json"), call("migrate")

    assert refused.code != 0
    (kept,) = (home / "var" / "backups").iterdir()
    assert done.json == {"from": "0001", "to": HEAD, "backup": str(kept.relative_to(home))}
    assert "没有加密" in done.err
    assert "最新版本" in again.out
    assert call("case", "list").code == 0


def test_init_migrates_an_old_database_by_itself(
    home: Path, call: Callable[..., Any], short: Office
) -> None:
    database = load(home / "config.toml").database
    (home / "var").mkdir()
    write_old(short, (database.owner_url or database.url).replace("///var", f"///{home}/var"))

    done = call("init")

    assert done.code == 0
    assert "升级前的备份" in done.err
    assert short_number(short) in call("case", "list").out


def test_commands_in_memory_never_import_the_migrations() -> None:
    asked = (
        "import sys, gongkai.cli.replay, gongkai.cli.due;"
        "print([name for name in sys.modules if name.startswith(('alembic', 'mako'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT
    )

    assert done.stdout.strip() == "[]"
