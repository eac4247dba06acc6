"""A process whose children sweep and die: each before a statement it is told the number of."""

import base64
import itertools
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import psycopg
from sqlalchemy import Engine, event

from gongkai import sweep as sweeping
from gongkai.store.engine import connect
from gongkai.store.keys import KeyRing
from gongkai.today import Reading
from tests.simulation.clockwork import reading_from, said
from tests.simulation.offices import office_on
from tests.simulation.sweepers import wake

_ROOT: Final = Path(__file__).parents[2]


class Doomed:
    """Orders sweeps that die."""

    def __init__(self, url: str, keys: KeyRing) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.simulation.doomed"],
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ring = {name: base64.b64encode(key).decode() for name, key in keys.keys.items()}
        self._say({"url": url, "current": keys.current, "keys": ring})

    def _say(self, words: dict[str, Any]) -> None:
        assert self._process.stdin
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def start(self, reading: Reading, k: int, batch: int = 20) -> None:
        """Let a sweep begin that dies before its ``k``-th statement."""
        self._say({**said(reading), "k": k, "batch": batch})

    def ended(self) -> bool:
        """Wait for its end; whether it was killed, or had ended before."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the process has gone; see its error output"
        code = int(line)
        assert code in {0, -signal.SIGKILL}, f"a sweep failed with {code}"
        return code != 0

    def close(self) -> None:
        """Let it end by itself."""
        self._process.communicate()


def _dies_before(engine: Engine, k: int) -> None:
    """Kill this process before the ``k``-th statement; on PostgreSQL a commit is one too."""
    count = itertools.count(1)

    def tick(*_: object) -> None:
        if next(count) == k:
            os.kill(os.getpid(), signal.SIGKILL)

    class Counting(psycopg.Cursor[Any]):
        def execute(self, *words: Any, **more: Any) -> Any:  # noqa: ANN401 - passed on
            tick()
            return super().execute(*words, **more)

    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - either driver's
        if engine.dialect.name == "sqlite":
            connection.set_trace_callback(tick)
            return
        connection.cursor_factory = Counting
        connection.commit = _after(tick, connection.commit)

    event.listen(engine, "connect", connected)


def _after(tick: Callable[[], None], work: Callable[[], None]) -> Callable[[], None]:
    def done() -> None:
        tick()
        work()

    return done


def _sweep(url: str, ring: KeyRing, order: dict[str, Any]) -> None:
    store = connect(url, ring)
    _dies_before(store.engine, order["k"])
    sweeping._BATCH = order["batch"]  # type: ignore[misc] # so that there are several of them
    wake(office_on(store), reading_from(order))
    store.close()


def _forked(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the parent is told
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def main() -> None:
    """Take an order a line, and answer each with how the child ended."""
    first = json.loads(sys.stdin.readline())
    keys = {name: base64.b64decode(key) for name, key in first["keys"].items()}
    ring = KeyRing(first["current"], keys)
    for line in sys.stdin:
        order = json.loads(line)
        code = _forked(lambda order=order: _sweep(first["url"], ring, order))  # type: ignore[misc] # the loop's own
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
