"""Migrates a database again and again, killed some statements later each time, until it is done.

Run by itself, so that it may fork: python killed_migration.py URL KEYS STRIDE. Prints a line for
each kill: the version that was found afterwards, and a digest of what the old tables said.
"""

import os
import signal
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from gongkai.migrating import migrate
from gongkai.store import schema
from gongkai.store.keys import read_keys
from tests.bare import engine_at

OLD = ("cases", "facts", "papers", "counters", "commands", "reasons")


def main(url: str, keys: str, stride: str) -> None:
    """Kill until a migration comes to its end."""
    ring = read_keys(Path(keys))
    for at in range(1, sys.maxsize, int(stride)):
        child = os.fork()
        if child == 0:
            _kill_at(at, url)
            migrate(url, ring)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{at} {_found(url)}\n")
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def _kill_at(at: int, url: str) -> None:
    left = [at]

    def step(*_: Any, **__: Any) -> None:  # noqa: ANN401 - whatever the event tells
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def traced(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DB-API connection
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(step)

    event.listen(Engine, "connect", traced)
    if not url.startswith("sqlite"):
        event.listen(Engine, "commit", step)
        event.listen(Engine, "before_cursor_execute", step)


def _found(url: str) -> str:
    engine = engine_at(url)
    with engine.connect() as connection:
        version = schema.version(connection) or schema.FIRST
        said = sha256()
        if version == schema.FIRST:
            for table in OLD:
                rows = connection.exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - our names
                said.update(repr(sorted(map(repr, rows))).encode())
    engine.dispose()
    return f"{version} {said.hexdigest()}"


if __name__ == "__main__":
    main(*sys.argv[1:])
