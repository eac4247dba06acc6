"""Old databases: migrated whole or not at all, with nothing lost, and then like a new one."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, select, text

from gongkai import migrating
from gongkai.casefile import open_story
from gongkai.codec import split
from gongkai.config import Config
from gongkai.doctor import check_invariants
from gongkai.migrating import Migrated, MigrationFailed, migrate, scripts
from gongkai.office import Office, fixed_code
from gongkai.replay import run
from gongkai.store import schema
from gongkai.store import tables as t
from gongkai.store.engine import open_store, reading, writing
from gongkai.store.keys import KeyRing, new_ring, write_keys
from gongkai.store.schema import OtherVersion
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.bare import engine_at
from tests.old_tables import (
    DUMP,
    contents,
    personal_words,
    split_then,
    told,
    version,
    write_old,
)
from tests.postgres import OWNER, Server

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "gongkai" / "store" / "migrations"
HEAD = schema.newest()
#: Every statement on SQLite; on PostgreSQL, where each takes a second, every one in long runs.
#: Every so manieth statement is a point of dying; 1 in the long run (GONGKAI_KILL_STRIDE=1).
STRIDE = {
    database: os.environ.get("GONGKAI_KILL_STRIDE", usual)
    for database, usual in {"sqlite": "4", "postgresql": "9"}.items()
}
SCRIPT = ROOT / "tests" / "killed_migration.py"


@pytest.fixture
def url(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty database, as its owner reaches it."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path}/old.sqlite"
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.fresh(tables=False) as name:
            yield server.url(name, OWNER)


@pytest.fixture(scope="session")
def examples(config: Config) -> list[Story]:
    return [open_story(path, config) for path in sorted((ROOT / "examples").glob("*.toml"))]


@pytest.fixture(scope="session")
def old_office(examples: list[Story], config: Config, calendar: WorkCalendar) -> Office:
    return told(examples, config, calendar)


@pytest.fixture
def short(
    reply_text: str, tell: Callable[[str], Story], config: Config, calendar: WorkCalendar
) -> Office:
    """An office with one short story."""
    return told([tell(reply_text)], config, calendar)


def shape(connection: Connection) -> list[tuple[object, ...]]:
    """Return what the database says of its tables, indexes, triggers and functions."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT type, name, sql FROM sqlite_master"))
        return sorted((kind, name, " ".join((sql or "").split())) for kind, name, sql in rows)
    rows = connection.execute(
        text(
            "SELECT 'trigger', tgname::text, pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal"
            " UNION ALL SELECT 'function', proname::text, pg_get_functiondef(oid) FROM pg_proc"
            " WHERE proname LIKE 'gongkai%'"
            " UNION ALL SELECT 'constraint', conname::text, pg_get_constraintdef(oid)"
            " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
            " UNION ALL SELECT 'index', indexname::text, indexdef FROM pg_indexes"
            " WHERE schemaname = 'public'"
            " UNION ALL SELECT 'column', table_name || '.' || column_name,"
            " concat(data_type, collation_name, column_default, is_nullable)"
            " FROM information_schema.columns WHERE table_schema = 'public'"
        )
    )
    return sorted(tuple(row) for row in rows)


def chained(store_office: Office) -> list[str]:
    report = check_invariants(store_office, today=date(2027, 1, 4))
    return [str(one) for check in report.checks if check.name == "chain" for one in check.found]


def short_number(office: Office) -> str:
    with reading(office.store) as tx:
        return str(tx.execute(select(t.cases.c.number)).scalar_one())


def office_on(url: str, keys: KeyRing, like: Office) -> Office:
    return Office(
        store=open_store(url, keys),
        config=like.config,
        calendar=like.calendar,
        check_code=fixed_code,
    )


def test_there_is_one_newest_version_and_each_is_named_by_its_number() -> None:
    found = ScriptDirectory.from_config(scripts())

    assert found.get_heads() == [HEAD]
    assert (VERSIONS / "HEAD").read_text() == f"{HEAD}\n"
    for script in found.walk_revisions():
        assert re.fullmatch(rf"{script.revision}_[a-z0-9_]+", Path(script.path).stem)


def test_the_first_version_makes_the_tables_that_the_first_program_made() -> None:
    made, kept = engine_at("sqlite://"), engine_at("sqlite://")
    with made.begin() as new, kept.begin() as old:
        version("0001").metadata.create_all(new)
        for statement in DUMP.read_text(encoding="utf-8").split(";")[:-1]:
            old.exec_driver_sql(statement)

        assert shape(new) == shape(old)
    made.dispose()
    kept.dispose()


def test_a_migrated_database_is_like_a_new_one(
    url: str, short: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    keys = new_ring()
    write_old(short, url)
    migrate(url, keys)
    migrated = open_store(url, keys)
    with reading(migrated) as tx:
        differences = compare_metadata(MigrationContext.configure(tx.connection), t.metadata)
        after = shape(tx.connection)
    if migrated.dialect == "sqlite":
        fresh = open_store(f"sqlite:///{tmp_path}/new.sqlite", keys)
        with reading(fresh) as tx:
            assert shape(tx.connection) == after
        fresh.close()
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.fresh() as name:
            fresh = open_store(server.url(name, OWNER), keys)
            with reading(fresh) as tx:
                assert shape(tx.connection) == after
            fresh.close()
    migrated.close()

    assert differences == []


def test_every_story_is_the_same_after_the_migration(url: str, old_office: Office) -> None:
    keys = new_ring()
    write_old(old_office, url)

    assert migrate(url, keys) == Migrated("0001", HEAD)

    migrated = office_on(url, keys, old_office)
    assert contents(migrated.store) == contents(old_office.store)
    assert chained(migrated) == []
    migrated.store.close()


def test_a_command_of_before_the_migration_is_known_after_it(
    url: str, old_office: Office, examples: list[Story]
) -> None:
    keys = new_ring()
    write_old(old_office, url)
    migrate(url, keys)
    migrated = office_on(url, keys, old_office)
    before = contents(migrated.store)

    for place, story in enumerate(examples):
        if not any(step.refused for step in story.steps):  # a refused step left nothing to know
            run(migrated, story, name=f"story-{place}")

    assert contents(migrated.store) == before
    migrated.store.close()


def test_facts_are_chained_in_the_order_in_which_they_were_recorded(
    url: str, old_office: Office
) -> None:
    write_old(old_office, url)
    keys = new_ring()
    migrate(url, keys)
    store = open_store(url, keys)
    with reading(store) as tx:
        f = t.facts.c
        rows = tx.execute(select(f.agency, f.seq, f.recorded_at).order_by(f.agency, f.seq)).all()
    store.close()

    assert rows == sorted(rows, key=lambda row: (row[0], row[2]))


def test_a_clock_that_went_back_does_not_turn_the_facts_of_a_case_around(
    url: str, short: Office
) -> None:
    write_old(short, url)
    engine = engine_at(url)
    with engine.begin() as connection:
        late = text("UPDATE facts SET recorded_at = '2020-01-01T00:00:00+08:00' WHERE n = 3")
        connection.execute(late)
    engine.dispose()
    keys = new_ring()

    migrate(url, keys)

    store = open_store(url, keys)
    with reading(store) as tx:
        f = t.facts.c
        assert [n for (n,) in tx.execute(select(f.n).order_by(f.seq))] == list(range(1, 8))
    store.close()


def test_nothing_personal_stays_readable_in_the_file(tmp_path: Path, old_office: Office) -> None:
    file = tmp_path / "old.sqlite"
    write_old(old_office, f"sqlite:///{file}")
    words = personal_words(old_office)
    assert len([word for word in words if word.encode() in file.read_bytes()]) > len(words) / 2

    migrate(f"sqlite:///{file}", new_ring())

    public = public_words(old_office)
    shown = [word for word in words if word not in public and word.encode() in file.read_bytes()]
    assert shown == []


def public_words(office: Office) -> str:
    """What is public anyway: the same words may stand there."""
    found = contents(office.store)
    facts = [split(fact.command).public for _, own in found["facts"].values() for fact in own]
    return json.dumps([facts, found["answers"]], ensure_ascii=False)


def test_what_has_become_personal_since_leaves_the_public_part(
    url: str, old_office: Office
) -> None:
    write_old(old_office, url)
    keys = new_ring()
    migrate(url, keys)
    store = open_store(url, keys)
    with reading(store) as tx:
        f = t.facts.c
        rows = tx.execute(select(f.case_number, f.n, f.public)).all()
    facts = contents(store)["facts"]
    store.close()

    commands = {(number, n): facts[number][1][n - 1].command for number, n, _ in rows}
    assert [key for key in commands if split_then(commands[key]) != split(commands[key])]
    for number, n, public in rows:
        assert json.loads(public)["command"] == split(commands[number, n]).public


def test_an_older_database_is_refused_and_told_what_to_do(url: str, short: Office) -> None:
    write_old(short, url)

    with pytest.raises(OtherVersion, match="gongkai migrate"):
        open_store(url, KeyRing.ephemeral())


def test_a_newer_database_is_refused_by_program_and_migration(url: str) -> None:
    keys = new_ring()
    store = open_store(url, keys)
    with writing(store) as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()

    with pytest.raises(OtherVersion, match="9999"):
        open_store(url, keys)
    with pytest.raises(OtherVersion, match="较新"):
        migrate(url, keys)


def test_a_database_that_lacks_later_columns_of_part_one_is_completed(
    tmp_path: Path, short: Office
) -> None:
    url = f"sqlite:///{tmp_path}/old.sqlite"
    write_old(short, url)
    engine = engine_at(url)
    with engine.begin() as connection:
        for table, column in (("cases", "kind"), ("papers", "form"), ("counters", "imported")):
            connection.exec_driver_sql(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.exec_driver_sql("DROP INDEX ix_papers_check_code")
    engine.dispose()
    keys = new_ring()

    migrate(url, keys)

    store = open_store(url, keys)
    assert contents(store)["facts"] == contents(short.store)["facts"]
    assert contents(store)["cases"] == contents(short.store)["cases"]
    store.close()


def test_a_paper_that_was_altered_before_stops_the_migration_and_nothing_changes(
    url: str, short: Office
) -> None:
    write_old(short, url)
    engine = engine_at(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE papers SET sha256 = 'x' WHERE place = 1"))

    with pytest.raises(MigrationFailed, match="不一致"):
        migrate(url, new_ring())

    with engine.connect() as connection:
        assert schema.version(connection) == schema.UNCOUNTED
        assert connection.exec_driver_sql("SELECT count(*) FROM facts").scalar() == 7
    engine.dispose()


def test_a_version_that_loses_a_row_is_undone(
    url: str, short: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_old(short, url)
    count = migrating.rows_in

    monkeypatch.setattr(migrating, "rows_in", lambda c, name: count(c, name) - (name == "facts"))
    with pytest.raises(MigrationFailed, match="facts"):
        migrate(url, new_ring())

    engine = engine_at(url)
    with engine.connect() as connection:
        assert schema.version(connection) == schema.UNCOUNTED
    engine.dispose()


def test_killed_at_any_statement_a_migration_leaves_the_old_or_the_new_version(
    url: str,
    database: str,
    tmp_path: Path,
    request_text: str,
    tell: Callable[[str], Story],
    config: Config,
    calendar: WorkCalendar,
) -> None:
    short = told([tell(request_text)], config, calendar)
    write_old(short, url)
    keys = new_ring()
    write_keys(tmp_path / "keys", keys)

    done = subprocess.run(
        [sys.executable, SCRIPT, url, tmp_path / "keys", STRIDE[database]],
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    found = [line.split() for line in done.stdout.splitlines()]
    print(f"{len(found)} kills")  # noqa: T201 - a figure for the record
    assert len(found) > 100 / int(STRIDE[database])
    assert {version for _, version, _ in found[:-1]} <= {"0001", HEAD}
    assert len({said for _, version, said in found if version == "0001"}) == 1
    assert found[-1][1] == HEAD
    store = open_store(url, keys)
    assert contents(store) == contents(short.store)
    store.close()
