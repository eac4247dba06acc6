"""A PostgreSQL server that is stopped and started again and again under its clients."""

import os
import signal
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from gongkai.store.engine import Store, open_store
from gongkai.store.keys import new_ring
from tests.crash import ledger
from tests.crash.killing import forked
from tests.crash.scripts import office_at
from tests.crash.workers import Memory, Worker, gate, waiting
from tests.postgres import APP, OWNER, OwnServer, prepare

#: Sessions ended; sessions allowed to end; no shut-down at all; one session killed, which ends all.
HOW: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGKILL)
_DATABASE: Final = "outages"
_CLIENTS: Final = 4
#: How many answers come between two outages, and for how many a client keeps its connection.
_ANSWERS: Final = 12
_RECYCLED: Final = 3
_ANSWERED, _WAITED = b".", b"!"


@dataclass(slots=True)
class Weathered:
    """What became of it."""

    seed: int
    restarts: dict[str, int] = field(default_factory=dict)
    asked: int = 0
    done: int = 0
    #: How often a client was told that the database does not answer.
    told: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Outages:
    """Clients at work, and a server that goes away under them."""

    server: OwnServer
    folder: Path
    seed: int
    _told: int = 0

    def run(self, restarts: int) -> Weathered:
        """Stop and start the server so many times, let everybody finish, and compare."""
        store = self._store()
        self._gate.touch()
        read, write = os.pipe()
        clients = [forked(lambda n=n: self._live(store, n, write)) for n in range(_CLIENTS)]  # type: ignore[misc] # its default
        os.close(write)
        said = Weathered(self.seed)
        random = Random(self.seed)  # noqa: S311 - a test that can be repeated
        for n in range(restarts):
            how = HOW[n % len(HOW)]
            self._worked(read, random.randint(1, _ANSWERS))
            self._outage(how, random)
            said.restarts[how.name] = said.restarts.get(how.name, 0) + 1
        self._worked(read, _ANSWERS)
        self._stop.touch()
        while os.read(read, 1):
            pass
        ends = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in clients]
        said.violations += [f"client {n} failed" for n, code in enumerate(ends) if code]
        os.close(read)
        self._compared(store, said)
        return said

    @property
    def _gate(self) -> Path:
        return self.folder / "gate"

    @property
    def _stop(self) -> Path:
        return self.folder / "stop"

    def _store(self) -> Store:
        self.server.create(_DATABASE)
        prepare(self.server.url(_DATABASE, OWNER))
        store = open_store(self.server.url(_DATABASE), new_ring())
        store.close()
        return store

    def _live(self, store: Store, n: int, pipe: int) -> None:
        """Work until told to stop; tell of every answer, and of every wait."""

        def wait() -> None:
            os.write(pipe, _WAITED)
            waiting(self._gate)

        memory = Memory(self.folder / f"client{n}")
        random = Random(f"{self.seed} {n}")  # noqa: S311 - as above
        client = Worker(office_at(store), memory, f"c{n}", random, wait, recycled=_RECYCLED)
        while not self._stop.exists():
            client.step()
            os.write(pipe, _ANSWERED)

    def _worked(self, pipe: int, answers: int) -> None:
        """Wait for so many answers."""
        while answers:
            said = os.read(pipe, 1)
            assert said, "all clients are gone"
            answers -= said == _ANSWERED
            self._told += said == _WAITED

    def _outage(self, how: signal.Signals, random: Random) -> None:
        with gate(self._gate):
            if how is signal.SIGKILL:
                self._kill_a_session(random)
            else:
                self.server.stop(how)
                self.server.start()

    def _kill_a_session(self, random: Random) -> None:
        """Kill a process of the server: the server ends all sessions and recovers by itself."""
        with self.server.superuser() as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = %s", (APP,)
            ).fetchall()
            sessions = [pid for (pid,) in rows if isinstance(pid, int)]
            if sessions:
                os.kill(random.choice(sessions), signal.SIGKILL)
                connection.close()

    def _compared(self, store: Store, said: Weathered) -> None:
        memories = [Memory(self.folder / f"client{n}") for n in range(_CLIENTS)]
        said.asked = sum(len(memory.plans) for memory in memories)
        said.done = sum(
            "refused" not in answer for memory in memories for answer in memory.answers.values()
        )
        said.told = self._told
        said.violations += ledger.violations(office_at(store), memories)
        store.close()
