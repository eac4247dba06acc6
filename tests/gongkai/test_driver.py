"""Whichever SQLite it is: one in the process, and what it says of a failure is understood."""

from contextlib import closing
from importlib.util import find_spec

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gongkai.store.driver import sqlite3
from gongkai.store.engine import IN_MEMORY, journal_mode, open_store, reading
from gongkai.store.failures import Failure, failure_of
from gongkai.store.keys import KeyRing
from tests.bare import engine_at


def test_a_sqlite_that_comes_with_the_program_is_used_and_may_use_wal() -> None:
    brought = find_spec("pysqlite3") is not None

    assert sqlite3.__name__.startswith("pysqlite3") == brought
    assert not brought or journal_mode(sqlite3.sqlite_version_info) == "wal"


def test_the_engine_is_on_the_same_sqlite() -> None:
    with closing(open_store(IN_MEMORY, KeyRing.ephemeral())) as store, reading(store) as tx:
        assert tx.execute(text("SELECT sqlite_version()")).scalar_one() == sqlite3.sqlite_version


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("x INTEGER PRIMARY KEY", Failure.RACE),
        ("x TEXT PRIMARY KEY", Failure.RACE),
        ("x UNIQUE", Failure.RACE),
        ("x CHECK (x <> 1)", None),
        ("x, y NOT NULL", None),
    ],
)
def test_a_second_row_of_its_kind_is_told_from_a_wrong_one(
    column: str, kind: Failure | None
) -> None:
    asked = engine_at("sqlite://")
    with asked.connect() as connection:
        connection.execute(text(f"CREATE TABLE t ({column})"))
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text("INSERT INTO t (x) VALUES (1), (1)"))
    asked.dispose()

    assert failure_of(caught.value) is kind
