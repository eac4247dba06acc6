"""A process under the shim that has everything loaded: its children are killed, it never is."""

import gc
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.crash import databases
from tests.crash.databases import Database
from tests.crash.killing import Killer
from tests.crash.outages import Outages
from tests.crash.planted import planted
from tests.crash.points import Trial
from tests.crash.scripts import warm
from tests.crash.shim import PRELOAD, Shim
from tests.postgres import running

Order = dict[str, Any]

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made there


class Nursery:
    """Takes orders."""

    def __init__(self, folder: Path, server: str) -> None:
        self._folder, self._server = folder, server
        os.environ.pop(PRELOAD, None)  # what it starts besides is not to be counted
        self._known: dict[tuple[str, Path], Database] = {}
        # A killed process takes nothing with it that it had handed to the kernel: thousands of
        # waits for a disk would show no more.
        quick = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
        self._quick = tempfile.TemporaryDirectory(prefix="gongkai-crash-", dir=quick)

    def close(self) -> None:
        """Let go of every database."""
        for database in self._known.values():
            database.close()
        self._quick.cleanup()

    def everywhere(self, order: Order) -> Order:
        """Kill a command everywhere."""
        database = self._database(order["database"], Path(self._quick.name))
        with planted() if order.get("planted") else nullcontext():
            return asdict(Trial(order["word"], database, Shim(database.folder)).run())

    def randomly(self, order: Order) -> Order:
        """Kill clients at random."""
        database = self._database(order["database"], self._folder)
        database.empty()
        folder = Path(tempfile.mkdtemp(prefix="clients-", dir=self._folder))
        killer = Killer(database, Shim(database.folder), folder, order["seed"])
        return asdict(killer.run(order["kills"]))

    def outages(self, order: Order) -> Order:
        """Stop and start a server of one's own under its clients."""
        folder = Path(tempfile.mkdtemp(prefix="outages-", dir=self._folder))
        with running(fsync=True) as server:
            return asdict(Outages(server, folder, order["seed"]).run(order["restarts"]))

    def _database(self, name: str, within: Path) -> Database:
        if (name, within) not in self._known:
            folder = Path(tempfile.mkdtemp(prefix="database-", dir=within))
            self._known[name, within] = databases.made(name, folder, self._server)
        return self._known[name, within]


_ORDERS: Final[dict[str, Callable[[Nursery, Order], Order]]] = {
    "everywhere": Nursery.everywhere,
    "randomly": Nursery.randomly,
    "outages": Nursery.outages,
}


@contextmanager
def _timed(report: Order) -> Iterator[None]:
    start = time.perf_counter()
    yield
    report["seconds"] = time.perf_counter() - start


def main(folder: str, server: str) -> None:
    """Take an order a line, and report in a line."""
    nursery = Nursery(Path(folder), server)
    warm()
    gc.freeze()  # children share what is loaded
    for line in sys.stdin:
        order: Order = json.loads(line)
        report: Order = {}
        with _timed(report):
            report |= _ORDERS[order["do"]](nursery, order)
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    nursery.close()


if __name__ == "__main__":
    main(*sys.argv[1:3])
