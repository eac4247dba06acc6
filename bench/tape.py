"""What our own run sends to the driver, recorded, and sent again by nothing but the driver."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import event

from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store

#: Statement and values; None is a commit.
Tape = list[tuple[str, Any] | None]


@contextmanager
def recording(store: Store) -> Iterator[Tape]:
    """Record every statement and commit that reaches the driver inside this block."""
    tape: Tape = []
    connect = _recorders(tape)[store.dialect]

    def connecting(_dialect: object, _record: object, args: list[Any], given: Any) -> Any:  # noqa: ANN401 - the driver's
        return connect(*args, **given)

    store.close()
    event.listen(store.engine, "do_connect", connecting)
    with store.engine.connect():
        pass  # connected, with its settings made: they are no part of what is recorded
    tape.clear()
    try:
        yield tape
    finally:
        event.remove(store.engine, "do_connect", connecting)
        store.close()


def _recorders(tape: Tape) -> dict[str, Callable[..., Any]]:
    class Cursor(sqlite3.Cursor):
        def execute(self, sql: str, values: Any = (), /) -> "Cursor":  # noqa: ANN401 - as DB-API
            tape.append((sql, tuple(values)))
            super().execute(sql, values)
            return self

    class Connection(sqlite3.Connection):
        def cursor(self, _factory: object = None) -> Any:  # noqa: ANN401 - as DB-API
            return super().cursor(Cursor)

        def execute(self, sql: str, values: Any = (), /) -> Any:  # noqa: ANN401 - as DB-API
            return self.cursor().execute(sql, values)

        def commit(self) -> None:
            tape.append(None)
            super().commit()

    class PgCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **rest: Any) -> "PgCursor":  # noqa: ANN401 - as psycopg
            tape.append((query, params))
            super().execute(query, params, **rest)
            return self

    class PgConnection(psycopg.Connection[Any]):
        def commit(self) -> None:
            tape.append(None)
            super().commit()

    return {
        "sqlite": partial(sqlite3.connect, factory=Connection),
        "postgresql": partial(PgConnection.connect, cursor_factory=PgCursor),
    }


def play(connection: Any, tape: Tape) -> None:  # noqa: ANN401 - any DB-API connection
    """Send a tape again, statement by statement, and read every answer."""
    for entry in tape:
        if entry is None:
            connection.commit()
            continue
        cursor = connection.cursor()
        cursor.execute(*entry)
        if cursor.description:
            cursor.fetchall()
