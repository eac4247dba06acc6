"""The database is opened with settings that lose nothing, and proves them."""

import threading
from pathlib import Path

import pytest

from gongkai.store.engine import (
    IN_MEMORY,
    Store,
    journal_mode,
    open_store,
    writing,
)
from gongkai.store.failures import StoreError
from gongkai.store.keys import KeyRing
from gongkai.store.registry import next_number

KEYS = KeyRing.ephemeral()


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "delete"),
        ((3, 44, 5), "delete"),
        ((3, 44, 6), "wal"),
        ((3, 45, 0), "delete"),
        ((3, 50, 6), "delete"),
        ((3, 50, 7), "wal"),
        ((3, 51, 0), "delete"),
        ((3, 51, 2), "delete"),
        ((3, 51, 3), "wal"),
        ((3, 52, 0), "wal"),
        ((4, 0, 0), "wal"),
    ],
)
def test_wal_only_where_it_does_not_corrupt(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version) == mode


def test_a_setting_that_does_not_take_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"synchronous": (3, "FULL")}
    monkeypatch.setattr("gongkai.store.engine._SETTINGS", settings)

    with pytest.raises(StoreError, match="synchronous"):
        open_store(IN_MEMORY, KEYS)


def test_another_database_is_not_promised() -> None:
    with pytest.raises(StoreError, match="SQLite 或 PostgreSQL"):
        open_store("mysql+pymysql://localhost/gongkai", KEYS)
    with pytest.raises(StoreError, match="postgresql\\+psycopg"):
        open_store("postgresql://localhost/gongkai", KEYS)


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/gongkai.sqlite"
    with writing(open_store(url, KEYS)) as connection:
        assert next_number(connection, "a", "case", 2020) == 1
    with writing(open_store(url, KEYS)) as connection:
        assert next_number(connection, "a", "case", 2020) == 2


def test_a_writer_holds_the_lock_from_its_first_moment(store: Store) -> None:
    """A plain BEGIN would let both read 0 and lose one of the two numbers."""
    drawn: list[int] = []

    def draw() -> None:
        for _ in range(20):
            with writing(store) as connection:
                drawn.append(next_number(connection, "a", "reply", 2020))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(drawn) == list(range(1, 81))


def test_a_number_that_was_rolled_back_is_drawn_again(store: Store) -> None:
    with pytest.raises(RuntimeError), writing(store) as connection:  # noqa: PT012 - it is the block
        next_number(connection, "a", "reply", 2020)
        raise RuntimeError

    with writing(store) as connection:
        assert next_number(connection, "a", "reply", 2020) == 1


def test_series_years_and_agencies_count_apart(store: Store) -> None:
    with writing(store) as connection:
        for agency, series, year in (
            ("a", "reply", 2020),
            ("b", "reply", 2020),
            ("a", "notice", 2020),
            ("a", "reply", 2021),
        ):
            assert next_number(connection, agency, series, year) == 1
