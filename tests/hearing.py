"""What is said to the database, word by word, with the values."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import event

from gongkai.office import Office


@contextmanager
def heard(office: Office) -> Iterator[list[str]]:
    """Note every statement of connections that are opened from now on."""
    said: list[str] = []

    class Noting(psycopg.Cursor[Any]):
        def execute(self, query: Any, params: Any = None, **more: Any) -> Any:  # noqa: ANN401 - passed on
            said.append(f"{query} {params}")
            return super().execute(query, params, **more)

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - either driver's
        if office.store.dialect == "sqlite":
            connection.set_trace_callback(said.append)
        else:
            connection.cursor_factory = Noting

    event.listen(office.store.engine, "connect", connected)
    office.store.close()
    try:
        yield said
    finally:
        event.remove(office.store.engine, "connect", connected)
        office.store.close()
