"""Opening the database: SQLite with settings that lose nothing, read back and asserted."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateColumn

from gongkai.errors import Told
from gongkai.store.tables import metadata

IN_MEMORY: Final = "sqlite://"
_WRITING: Final = "gongkai_writing"
_SETTINGS: Final = {
    "synchronous": (2, "FULL"),
    "foreign_keys": (1, "ON"),
    "busy_timeout": (30000, "30000"),
    "secure_delete": (1, "ON"),
}


class StoreError(Told):
    """The database cannot be used as promised."""


def open_store(url: str) -> Engine:
    """Open the database at ``url`` and make the tables that are not there."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"目前只支持 SQLite，配置的数据库是 {parsed.get_backend_name()}。")
    in_memory = not parsed.database or parsed.database == ":memory:"
    if parsed.database and not in_memory:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _in_memory(url) if in_memory else create_engine(url)
    event.listen(engine, "connect", _connected)
    event.listen(engine, "begin", _begun)
    with writing(engine) as connection:
        metadata.create_all(connection)
        _complete(connection)
    return engine


def _complete(connection: Connection) -> None:
    """Add what a database made by an earlier version lacks: columns with a default, indexes."""
    there = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                shape = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {shape}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)


def _in_memory(url: str) -> Engine:
    return create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return WAL only where SQLite is free of the WAL-reset corruption bug, else DELETE."""
    mended = version >= (3, 51, 3) or any(
        version[:2] == branch[:2] and version >= branch for branch in ((3, 50, 7), (3, 44, 6))
    )
    return "wal" if mended else "delete"


def _connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
    connection.isolation_level = None  # the driver's own BEGIN is a deferred one; we issue ours
    mode = journal_mode(sqlite3.sqlite_version_info)
    cursor = connection.cursor()
    (got,) = cursor.execute(f"PRAGMA journal_mode={mode}").fetchone()
    if got not in {mode, "memory"}:
        raise StoreError(f"数据库的 journal_mode 是 {got}，应为 {mode}。请确认磁盘可写。")
    for name, (wanted, word) in _SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={word}")
        (value,) = cursor.execute(f"PRAGMA {name}").fetchone()
        if value != wanted:
            raise StoreError(f"数据库设置 {name} 是 {value}，应为 {wanted}。")
    cursor.close()


def _begun(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that holds the write lock from its first moment; commit at the end."""
    with engine.connect().execution_options(**{_WRITING: True}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database and changes nothing."""
    with engine.connect() as connection, connection.begin():
        yield connection
