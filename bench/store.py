"""A request from receipt to reply, every step durable: ours, the bare driver, other engines."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple, Protocol
from unittest.mock import patch

import psycopg

from bench import peer_dbos, peer_spiffworkflow
from bench.measure import Benchmark, Contender
from bench.nine_steps import STEPS, ReadyMade, carry_out, office_on
from bench.peer_dbos import Dbos, DbosStraight, DbosWaiting
from bench.peer_spiffworkflow import SpiffWorkflow
from bench.tape import Tape, play, recording
from gongkai.office import Office
from gongkai.store import engine
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, open_store
from gongkai.store.keys import new_ring
from tests import postgres

#: Requests in a round: seven rounds of them are more than 2,000 commands.
REQUESTS: Final = 40
COMMANDS: Final = REQUESTS * len(STEPS)

_HOW: Final = (
    f"One operation is one command: {REQUESTS} requests a round, registration and eight commands "
    "each, one durable transaction a command, every round on an empty database. Ours takes the "
    "commands as dataclasses and does all there is to do but composing and drawing the two papers, "
    "which it is handed ready-made (they are still checked against the case, numbered, hashed, "
    "sealed and stored); the last row has them made as well. The bare driver sends the very "
    "statements and bytes that a run of ours sent, recorded at the driver, on the same tables, "
    "keys, triggers and settings, and reads every answer."
)


_DURABLE: Final = "synchronous FULL (read back)"
_PEERS: Final = (
    "SpiffWorkflow: the whole step table of docs/process.md as BPMN (for each state a task and an "
    "exclusive gateway, for each step a conditional flow), parsed once; at each step the case is "
    "read from SQLite and restored, the step done with what was said in it, the case written back "
    "and committed. Its serializer keeps the drawing with each case unless told otherwise; its "
    "documentation advises to store it once, and so does the example that comes with it. DBOS: "
    "each command a workflow of its own under the command's id, which reads the case, applies the "
    "step and writes it in one transaction of its datasource, its result being the answer; or one "
    "workflow a case, which waits for each command (recv, looking every millisecond instead of "
    "every second) and answers by an event; or, its best case, one workflow of nine steps that "
    "nobody hands anything in. None of them keeps a chain, sealed data, papers or deadlines."
)


class Peer(Protocol):
    """Another engine: it is given an empty place, then takes a case through the steps."""

    def open(self, file: Path, /) -> None: ...

    def carry_out(self) -> None: ...

    def close(self) -> None: ...


class _Engine(NamedTuple):
    """Another engine: whether it is installed, how it is made, what is promised against it."""

    there: bool
    make: Callable[[str], Peer]
    at_least: float | None = None


_ENGINES: Final = {
    "SpiffWorkflow, re-read each step": _Engine(
        peer_spiffworkflow.HERE, partial(SpiffWorkflow, drawing="stored"), 4
    ),
    "the same, drawing kept with each case": _Engine(peer_spiffworkflow.HERE, SpiffWorkflow),
    "DBOS, each command a workflow": _Engine(peer_dbos.HERE, Dbos),
    "DBOS, a case that waits for its commands": _Engine(peer_dbos.HERE, DbosWaiting, 10),
    "DBOS, straight through": _Engine(peer_dbos.HERE, DbosStraight),
}


class Place(ABC):
    """Where the databases of a benchmark lie, each empty when it is handed out."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._count = 0
        self.close = self._stack.close
        self.enter = self._stack.enter_context
        self.later = self._stack.callback

    @abstractmethod
    def next_url(self) -> str:
        """Return the address of a database that is empty or not there yet."""

    @abstractmethod
    def connect(self, url: str) -> Any:  # noqa: ANN401 - the bare driver's connection
        """Connect the bare driver with the settings that the program asserts."""

    def store(self) -> Store:
        """Open the program's own tables on an empty database."""
        return open_store(self.next_url(), new_ring())


class Files(Place):
    """SQLite files in the folder for temporary files (``TMPDIR`` names another)."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(self.enter(TemporaryDirectory(prefix="gongkai-bench-")))
        self.system = file_system(self.folder)

    def next_file(self) -> Path:
        """Return a path at which there is nothing."""
        self._count += 1
        return self.folder / f"{self._count}.sqlite"

    def next_url(self) -> str:
        return f"sqlite:///{self.next_file()}"

    def connect(self, url: str) -> Any:  # noqa: ANN401 - as above
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        engine._connected_sqlite(connection, None)  # noqa: SLF001 - the same settings
        return connection


class Server(Place):
    """Databases of a PostgreSQL server of our own that waits for the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._server = self.enter(postgres.running(fsync=True))
        self.system = file_system(self._server.folder)
        with self._server.superuser() as connection:
            self.version = connection.info.parameter_status("server_version")
            for name in ("fsync", "synchronous_commit"):
                row = connection.execute(f"SHOW {name}").fetchone()
                assert row == ("on",), f"{name} is off"

    def next_url(self) -> str:
        self._count += 1
        self._server.create(f"bench{self._count}")
        return self._server.url(f"bench{self._count}", postgres.OWNER)

    def connect(self, url: str) -> Any:  # noqa: ANN401 - as above
        connection = psycopg.connect(url.replace("+psycopg", ""), prepare_threshold=0)
        engine._connected_postgresql(connection, None)  # noqa: SLF001 - the same settings
        return connection


def file_system(folder: Path) -> str:
    """Name the kind of file system that ``folder`` lies on, where the system tells it."""
    try:
        lines = Path("/proc/mounts").read_text(encoding="utf-8").splitlines()
    except OSError:
        return "file system unknown"
    kinds = {Path(line.split()[1]): line.split()[2] for line in lines}
    return next(kinds[at] for at in (folder, *folder.parents) if at in kinds)


class Ours:
    """The office, on a new database in each round."""

    def __init__(self, place: Place) -> None:
        self._place, self._made = place, ReadyMade()
        self._office: Office = office_on(place.store())
        with recording(self._office.store) as tape:
            self.run()
        self.tape: Tape = tape

    def renew(self) -> None:
        self._office.store.close()
        self._office = office_on(self._place.store())

    def run_with_papers(self) -> None:
        for _ in range(REQUESTS):
            carry_out(self._office)

    def run(self) -> None:
        with self._made.handed_out():
            self.run_with_papers()


class Raw:
    """The bare driver, on a new database with our tables in each round."""

    def __init__(self, place: Place, ours: Ours) -> None:
        self._place, self._tape = place, ours.tape
        self._connection: Any = None

    def renew(self) -> None:
        if self._connection:
            self._connection.close()
        store = self._place.store()
        store.close()
        url = store.engine.url.render_as_string(hide_password=False)
        self._connection = self._place.connect(url)

    def run(self) -> None:
        play(self._connection, self._tape)


def _benchmark(title: str, place: Place, at_least: float, note: str) -> Benchmark:
    ours = Ours(place)
    raw = Raw(place, ours)
    return Benchmark(
        title=title,
        ours=Contender("gongkai, commands in", ours.run, COMMANDS, ours.renew),
        rivals=(
            Contender("the bare driver, our statements", raw.run, COMMANDS, raw.renew, at_least),
            Contender("gongkai, papers made too", ours.run_with_papers, COMMANDS, ours.renew),
        ),
        note=f"{note} {_HOW}",
        after=place.close,
    )


def a_request_in_wal() -> Benchmark:
    """As the program works with its own SQLite: a commit waits for the disk once."""
    place, note = _on_sqlite("wal")
    plain = _benchmark("a request on SQLite in WAL, nine durable steps", place, 0.7, note)
    return _with_engines(plain, place, "wal", promised=True)


def a_request_in_delete() -> Benchmark:
    """As it works with an older SQLite: a commit waits for the disk four times."""
    place, note = _on_sqlite("delete")
    plain = _benchmark("the same in journal mode DELETE", place, 0.7, note)
    return _with_engines(plain, place, "delete", promised=False)


def _on_sqlite(mode: str) -> tuple[Files, str]:
    place = Files()
    place.enter(patch.object(engine, "journal_mode", lambda _version: mode))
    version = sqlite3.sqlite_version
    return place, f"SQLite {version}, journal mode {mode}, {_DURABLE}, {place.system}."


def _with_engines(plain: Benchmark, place: Files, mode: str, *, promised: bool) -> Benchmark:
    found = []
    for name, (there, make, at_least) in _ENGINES.items():
        if there:
            peer = make(mode)
            place.later(peer.close)
            work, ready = partial(_repeat, peer), partial(_open, peer, place)
            least = at_least if promised else None
            found.append(Contender(name, work, COMMANDS, ready, least))
    missing = "" if len(found) == len(_ENGINES) else " An engine is not installed: not compared."
    return replace(plain, rivals=(*plain.rivals, *found), note=f"{plain.note} {_PEERS}{missing}")


def _open(peer: Peer, place: Files) -> None:
    peer.open(place.next_file())


def _repeat(peer: Peer) -> None:
    for _ in range(REQUESTS):
        peer.carry_out()


def a_request_on_postgresql() -> Benchmark:
    """Against psycopg with every statement prepared."""
    place = Server()
    note = (
        f"PostgreSQL {place.version}, fsync and synchronous_commit on (read back), local socket, "
        f"{place.system}; every statement of the bare driver is prepared at its first use."
    )
    return _benchmark("a request on PostgreSQL, nine durable steps", place, 0.8, note)
