"""Restores a backup again and again, killed one step of the swap later each time, until it is done.

Run by itself, in the folder of the configuration, so that it may fork: python killed_restore.py
BACKUP. Prints a line for each kill: what was found under the name of the database afterwards.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, func, select

from gongkai import dumping, restoring
from gongkai.config_file import open_config
from gongkai.keeping import source_of
from gongkai.real import database_file
from gongkai.registering import RESTORED_AT
from gongkai.restoring import restore
from gongkai.store import settings
from gongkai.store import tables as t
from gongkai.store.driver import sqlite3
from gongkai.store.engine import connect, reading
from gongkai.store.keys import KeyRing
from gongkai.today import ZONE

START = datetime(2026, 3, 3, 9, tzinfo=ZONE)
#: They are many, alike, and in the one transaction of the others.
_RIGHTS = ("GRANT", "REVOKE")


def main(backup: str) -> None:
    """Kill until a restore comes to its end."""
    file = open_config(Path("config.toml"))
    place = database_file(source_of(file, START).config)
    if place:
        shutil.copyfile(place, "pristine")
    for at in range(1, sys.maxsize):
        source = source_of(file, START + timedelta(seconds=at))
        if place:
            shutil.copyfile("pristine", "again")
            Path("again").replace(place)
        child = os.fork()
        if child == 0:
            _kill_at(at)
            restore(source, Path(backup), replace_live=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{at} {_found(source.url)}\n")
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


def _kill_at(at: int) -> None:
    armed, steps = [False], count(1)

    def step(*said: Any) -> None:  # noqa: ANN401 - whatever the event tells
        right = said[2:3] and said[2].startswith(_RIGHTS)
        if armed[0] and not right and next(steps) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def stepping(call: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*words: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call
            step()
            done = call(*words, **named)
            step()
            return done

        return stepped

    def arming(call: Callable[..., Any]) -> Callable[..., Any]:
        def armed_call(*words: Any, **named: Any) -> Any:  # noqa: ANN401 - as the call
            armed[0] = True
            done = call(*words, **named)
            armed[0] = call is loading  # until its transaction ends
            return done

        return armed_call

    loading = dumping.load_beside  # the commit that follows it is a step too
    for module, name in (
        (os, "link"), (os, "replace"), (os, "unlink"), (os, "fsync"), (sqlite3, "connect"),
        (dumping, "_play"),
    ):  # fmt: skip
        setattr(module, name, stepping(getattr(module, name)))
    for module, name in (
        (restoring, "put_in_place"), (restoring, "_swap"), (dumping, "load_beside"),
    ):  # fmt: skip
        setattr(module, name, arming(getattr(module, name)))

    def committed(_connection: object) -> None:
        step()
        armed[0] = False

    event.listen(Engine, "before_cursor_execute", step)
    event.listen(Engine, "commit", committed)


def _found(url: str) -> str:
    store = connect(url, KeyRing.ephemeral())
    with reading(store) as tx:
        cases = tx.execute(select(func.count()).select_from(t.cases)).scalar_one()
        marked = bool(settings.read(tx, RESTORED_AT))
    store.close()
    return f"{cases} {marked}"


if __name__ == "__main__":
    main(*sys.argv[1:])
