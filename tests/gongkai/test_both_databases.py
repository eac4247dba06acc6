"""SQLite and PostgreSQL hold the same, say the same, refuse the same."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gongkai.answer import answer
from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.office import Office, fixed_code
from gongkai.replay import run
from gongkai.requesting import load, perform
from gongkai.store import engine, journal, records
from gongkai.store import tables as t
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, journal_mode, open_store, reading, writing
from gongkai.store.failures import StoreError, Unreachable
from gongkai.store.guards import FOREVER, rules
from gongkai.store.journal import Act
from gongkai.store.keys import KeyRing
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.postgres import APP, OWNER, Server
from tests.tampering import owning
from workflow.commands import Accept, RecordContact, Register
from workflow.errors import Refused
from workflow.people import Actor
from workflow.vocabulary import Role

ROOT = Path(__file__).parents[2]
KEYS = KeyRing.ephemeral()
OFFICER = Actor(Role.OFFICER, "李")
TODAY = date(2020, 12, 31)
COUNTY = "fushun-county-office"
Tell = Callable[[str], Story]


def of(store: Store, config: Config, calendar: WorkCalendar) -> Office:
    return Office(store=store, config=config, calendar=calendar, check_code=fixed_code)


def test_every_sample_story_gives_the_same_answer_on_both(
    postgres: Server, tmp_path: Path, config: Config, calendar: WorkCalendar
) -> None:
    stories = [(file.stem, open_story(file, config)) for file in ROOT.glob("examples/*.toml")]
    with postgres.fresh() as name:
        stores = [
            open_store(f"sqlite:///{tmp_path}/gongkai.sqlite", KEYS),
            open_store(postgres.url(name), KEYS),
        ]
        offices = [of(store, config, calendar) for store in stores]
        for stem, story in stories:
            one, other = (answer(run(office, story, name=stem), stem) for office in offices)
            assert one == other, stem
        lists = [_rows(store) for store in stores]
        for store in stores:
            store.close()

    assert lists[0] == lists[1]
    assert len(lists[0]) > len(stories) / 2


def _rows(store: Store) -> list[dict[str, Any]]:
    """Return all case rows but for the links, whose salts differ."""
    with reading(store) as tx:
        return [{**row, "head": ""} for row in records.case_rows(tx)]


# ── settings ─────────────────────────────────────────────────────────────────


def settings_of(dialect: str) -> dict[str, tuple[str, object]]:
    """Return how each setting is asked for, and what it must be."""
    if dialect == "sqlite":
        wanted: dict[str, object] = {
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 30000,
            "secure_delete": 1,
            "journal_mode": journal_mode(sqlite3.sqlite_version_info),
        }
        return {name: (f"PRAGMA {name}", value) for name, value in wanted.items()}
    words = {
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
        "synchronous_commit": "on",
        "default_transaction_isolation": "read committed",
        "client_encoding": "UTF8",
        "server_encoding": "UTF8",
    }
    return {name: (f"SHOW {name}", value) for name, value in words.items()}


def test_the_settings_hold_on_every_connection_old_and_new(store: Store) -> None:
    for _ in range(2):
        with reading(store) as tx:
            for name, (question, value) in settings_of(store.dialect).items():
                assert tx.execute(text(question)).scalar_one() == value, name
        store.close()


def test_every_setting_that_is_set_is_asserted_here(store: Store) -> None:
    own = engine._SETTINGS if store.dialect == "sqlite" else dict(engine._POSTGRESQL_SETTINGS)

    assert set(own) <= set(settings_of(store.dialect))


def test_a_setting_that_does_not_take_stops_the_program(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SETTINGS", {"synchronous": (3, "FULL")})
    monkeypatch.setattr(engine, "_POSTGRESQL_SETTINGS", (("synchronous_commit", "yes"),))
    store.close()

    with pytest.raises(StoreError, match=r"数据库设置 synchronous.*应为"), reading(store):
        pass


def test_a_reader_sees_one_state_and_a_writer_what_is_committed(postgres: Server) -> None:
    asked = [text("SHOW transaction_isolation"), text("SHOW transaction_read_only")]
    with postgres.fresh() as name:
        store = open_store(postgres.url(name), KEYS)
        for _ in range(2):  # the second time on the connection of the first
            with reading(store) as tx:
                seen = [tx.execute(one).scalar_one() for one in asked]
            with writing(store) as tx:
                written = [tx.execute(one).scalar_one() for one in asked]
            assert (seen, written) == (["repeatable read", "on"], ["read committed", "off"])
        store.close()


def test_a_database_that_cannot_hold_every_name_is_refused(postgres: Server) -> None:
    with postgres.superuser() as connection:
        connection.execute(
            "CREATE DATABASE gongkai_ascii ENCODING 'SQL_ASCII' TEMPLATE template0 LOCALE 'C'"
        )
    try:
        with pytest.raises(StoreError, match="SQL_ASCII，应为 UTF8"):
            open_store(postgres.url("gongkai_ascii"), KEYS)
    finally:
        postgres.drop("gongkai_ascii")


def test_a_database_that_does_not_answer_is_named_without_its_password(
    postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.store.failures.PAUSES", (0.0,) * 4)
    with pytest.raises(Unreachable, match=r"打不开数据库 .*:\*\*\*@.*nobody_has_this") as caught:
        open_store(postgres.url("nobody_has_this"), KEYS)

    assert "only-for-tests" not in str(caught.value)


# ── what the database itself refuses ─────────────────────────────────────────

#: The refusals that hold under a condition: a statement that each of them stops.
STOPPED = {
    "papers_only_voided": "UPDATE papers SET title = 'x'",
    "personal_only_resealed": "UPDATE personal SET sealed = sealed",
    "personal_only_erased": "DELETE FROM personal",
    "chains_only_longer": "UPDATE chains SET seq = seq + 2",
    "counters_only_up": "UPDATE counters SET n = n - 1",
}
#: What the same tables take.
TAKEN = (
    "UPDATE papers SET void_on = '2020-12-31', void_reason = 'x'",
    "UPDATE personal SET key = 'k2', sealed = sealed",
    "UPDATE chains SET seq = seq + 1, hash = 'x'",
    "UPDATE counters SET n = n + 1",
    "UPDATE cases SET erased_on = '2030-01-01'",
    "DELETE FROM personal",
)


def statement(name: str, table: str, operation: str, condition: str) -> str:
    if condition:
        return STOPPED[name]
    if operation == "DELETE":
        return f"DELETE FROM {table}"  # noqa: S608 - a table of ours
    column = t.metadata.tables[table].c[0].name
    return f"UPDATE {table} SET {column} = {column}"  # noqa: S608 - as above


@pytest.fixture
def filled(office: Office, tell: Tell, reply_text: str) -> Office:
    """An office with a row in every guarded table."""
    assert run(office, tell(reply_text)).ok
    with owning(office.store) as tx:
        journal.record(tx, Act(agency=COUNTY, kind="x", on=TODAY, said={}))
        for table in {guarded for _, guarded, _, _ in rules(office.store.dialect)}:
            known = t.metadata.tables[table]
            if not tx.execute(select(func.count()).select_from(known)).scalar_one():
                tx.execute(insert(known).values(_any_row(tx.connection, known)))
    return office


def _any_row(connection: Connection, table: Any) -> dict[str, Any]:  # noqa: ANN401 - a Table
    """Make some row of a table that hangs on the first fact there is."""
    fact = connection.execute(select(t.facts)).mappings().first()
    assert fact is not None
    known = {"agency": COUNTY, "case_number": fact["case_number"], "fact": 1, "n": 1}
    made = {str: "x", int: 1, date: TODAY, bool: False, bytes: b"x"}
    return {c.name: known.get(c.name, made[c.type.python_type]) for c in table.c if not c.nullable}


def test_what_is_history_is_refused_by_the_database_even_to_its_owner(filled: Office) -> None:
    for rule in rules(filled.store.dialect):
        with (
            pytest.raises(IntegrityError, match=f"gongkai: {rule[0]}"),
            owning(filled.store) as tx,
        ):
            tx.execute(text(statement(*rule)))


def test_what_may_be_changed_is_taken(filled: Office) -> None:
    with owning(filled.store) as tx:
        for taken in TAKEN:
            assert tx.execute(text(taken)).rowcount > 0, taken


def test_no_guarded_table_is_emptied_at_once(
    postgres: Server, config: Config, calendar: WorkCalendar, tell: Tell, reply_text: str
) -> None:
    with postgres.fresh() as name:
        store = open_store(postgres.url(name, OWNER), KEYS)
        assert run(of(store, config, calendar), tell(reply_text)).ok
        for table in {guarded for _, guarded, _, _ in rules("postgresql")}:
            with pytest.raises(IntegrityError, match="_no_truncate"), writing(store) as tx:
                tx.execute(text(f"TRUNCATE {table} CASCADE"))
        store.close()


@pytest.mark.parametrize(
    "forbidden",
    [
        *(statement("", table, "UPDATE", "") for table in FOREVER),
        *(statement("", table, "DELETE", "") for table in FOREVER),
        *(f"TRUNCATE {table} CASCADE" for table in t.metadata.tables),
        *(statement("", table, "DELETE", "") for table in ("cases", "papers")),
        "UPDATE papers SET title = title",
        "UPDATE counters SET agency = agency",
        "UPDATE alembic_version SET version_num = ''",
        "DROP TRIGGER guard_facts_no_update ON facts",
        "ALTER TABLE facts DISABLE TRIGGER ALL",
        "DROP TABLE settings",
        "CREATE TABLE mine (n integer)",
        "SET session_replication_role = replica",
    ],
)
def test_the_program_has_no_right_to_change_history(forbidden: str, rights: Store) -> None:
    with pytest.raises(DBAPIError) as caught, writing(rights) as tx:
        tx.execute(text(forbidden))

    assert getattr(caught.value.orig, "sqlstate", None) == "42501"


@pytest.fixture(scope="module")
def rights(postgres: Server) -> Iterator[Store]:
    """A database with the rights of the program: nothing that is tried on it comes through."""
    with postgres.fresh() as name:
        store = open_store(postgres.url(name, APP), KEYS)
        yield store
        store.close()


def test_init_makes_the_tables_as_their_owner_and_grants_the_program_its_part(
    call: Callable[..., Any], opened: Callable[[], Store], database: str
) -> None:
    said = call("init")
    again = call("init")

    assert (said.code, again.code) == (0, 0)
    assert "owner_url" not in said.out
    if database == "postgresql":
        who = (
            "SELECT tableowner, has_table_privilege('facts', 'INSERT'),"
            " has_table_privilege('facts', 'UPDATE, DELETE, TRUNCATE')"
            " FROM pg_tables WHERE tablename = 'facts'"
        )
        with reading(opened()) as tx:
            assert tuple(tx.execute(text(who)).one()) == (OWNER, True, False)


def test_init_says_that_one_protection_is_missing_without_an_owner(
    call: Callable[..., Any], home: Path, database: str
) -> None:
    file = home / "config.toml"
    lines = file.read_text(encoding="utf-8").splitlines()
    own = ['owner_url = ""' if line.startswith("owner_url") else line for line in lines]
    file.write_text("\n".join(own).replace(f"//{APP}:", f"//{OWNER}:"), encoding="utf-8")

    said = call("init")

    assert said.code == 0
    assert ("少一道权限保护" in said.out) == (database == "postgresql")
    assert "only-for-tests" not in said.out


def test_owner_and_program_must_be_two_users(
    call: Callable[..., Any], home: Path, database: str
) -> None:
    file = home / "config.toml"
    same = file.read_text(encoding="utf-8").replace(f"//{APP}:", f"//{OWNER}:")
    file.write_text(same, encoding="utf-8")

    said = call("init")

    assert said.code == (2 if database == "postgresql" else 0)
    assert ("两个不同的用户" in said.err) == (database == "postgresql")


# ── text, dates, numbers ─────────────────────────────────────────────────────

RARE = "喆堃𠀀𪚥㐀﨎龘"
LONG = "政府信息公开" * 20_000


def test_rare_and_long_text_comes_back_as_it_was(
    office: Office, tell: Tell, request_text: str
) -> None:
    story = tell(request_text)
    assert isinstance(story.register, Register)
    applicant = replace(story.register.applicants[0], name=RARE)
    item = replace(story.register.items[0], title=f"“{RARE}”\t‘引’\n%s {{}} \\ ' \" ;--")
    register = replace(story.register, applicants=(applicant,), items=(item,))
    done = perform(office, None, register, Actor(Role.OFFICER, RARE), story.on, today=TODAY)
    contact = RecordContact(means="电话", result=LONG)
    done = perform(office, done.case.number, contact, OFFICER, story.on, today=TODAY)
    office.folded.clear()

    with reading(office.store) as tx:
        assert load(tx, office, done.case.number, TODAY) == done.case


def test_lists_are_in_the_order_of_code_points(
    office: Office, tell: Tell, request_text: str
) -> None:
    story = tell(request_text)
    numbers = ["Ａ1", "a1", "甲2", "A1", "𠀀", "é", "~", "z", "﨎", "甲10", "_", "阿"]
    for number in numbers:
        own = replace(story.register, number=number)
        perform(office, None, own, OFFICER, story.on, today=TODAY)

    with reading(office.store) as tx:
        assert [row["number"] for row in records.case_rows(tx)] == sorted(numbers)


@pytest.mark.parametrize("unseen", ["\0", "\x1b", "\x7f", "\ud800", "\u202e", "\ufffe"])
def test_what_cannot_be_seen_is_refused_alike_wherever_it_stands(
    unseen: str, office: Office, tell: Tell, request_text: str
) -> None:
    story = tell(request_text)
    number = perform(office, None, story.register, OFFICER, story.on, today=TODAY).case.number
    bad, on = f"甲{unseen}", story.on
    tries: list[Callable[[], object]] = [
        lambda: perform(office, number, RecordContact(result=bad), OFFICER, on, today=TODAY),
        lambda: perform(office, number, Accept(), Actor(Role.OFFICER, bad), on, today=TODAY),
        lambda: perform(office, number, Accept(), OFFICER, on, today=TODAY, command_id=bad),
        lambda: perform(office, bad, Accept(), OFFICER, on, today=TODAY),
        lambda: _look(office, bad),
    ]
    for attempt in tries:
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "unprintable"
        assert f"U+{ord(unseen):04X}" in caught.value.message


def _look(office: Office, number: str) -> None:
    with reading(office.store) as tx:
        load(tx, office, number, TODAY)


@pytest.mark.parametrize("on", [date.min, date(1970, 1, 1), date(2024, 2, 29), date.max])
def test_days_and_great_numbers_come_back_as_they_were(on: date, store: Store) -> None:
    said = {"n": 2**80, "minus": -(2**63), "text": RARE}
    first = Act(agency=COUNTY, kind="x", on=on, said=said)
    with writing(store) as tx:
        tx.execute(insert(t.chains).values(agency=COUNTY, algorithm="x", seq=2**62, hash="0" * 64))
        kept = journal.record(tx, first)

    with reading(store) as tx:
        assert list(journal.acts(tx)) == [kept] == [replace(first, seq=2**62 + 1)]


def test_a_row_that_hangs_on_nothing_or_is_there_already_is_refused(store: Store) -> None:
    counter = {"agency": "a", "series": "reply", "year": 2020, "n": 1, "imported": 0}
    with writing(store) as tx:
        tx.execute(insert(t.counters).values(counter))

    with pytest.raises(IntegrityError), writing(store) as tx:
        tx.execute(insert(t.counters).values(counter))
    with pytest.raises(IntegrityError), writing(store) as tx:
        tx.execute(insert(t.reasons).values(agency="a", reason="x", case_number="none"))
