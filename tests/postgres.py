"""A PostgreSQL server for the tests: the given one, or one from the system's own binaries."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from uuid import uuid4

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import URL

from gongkai.store.engine import open_store, writing
from gongkai.store.guards import grants
from gongkai.store.keys import KeyRing

Row = tuple[object, ...]

#: A server that is there already: a URL of its superuser, such as postgresql://postgres@/postgres.
GIVEN: Final = "GONGKAI_TEST_POSTGRES"
OWNER: Final = "gongkai_owner"
APP: Final = "gongkai_app"
_PASSWORD: Final = "only-for-tests"  # noqa: S105 - opens nothing but databases of tests
_LOCK: Final = 20190515
#: The first version that can be told how to copy a database.
_STRATEGY_SINCE: Final = 150000
#: Fast for tests: a killed process loses nothing that it had handed to the kernel.
_SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "autovacuum": "off",
    "lc_messages": "C",
}


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name)
    )
    if found:
        return found[-1]
    there = shutil.which("initdb")
    return Path(there).parent if there else None


@dataclass(slots=True)
class Server:
    """A server that answers, by what its superuser says to reach it."""

    conninfo: str
    _made: list[str] = field(default_factory=list)
    _names: Iterator[int] = field(default_factory=lambda: count(1))
    _mark: str = field(default_factory=lambda: uuid4().hex[:8])

    def make_roles(self) -> None:
        """Make the roles of owner and program where they are missing."""
        with self.superuser() as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
            for role in (OWNER, APP):
                known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
                if known.fetchone() is None:
                    connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{_PASSWORD}'")

    def url(self, database: str, role: str = APP) -> str:
        """Return the address of a database for the program."""
        said = conninfo_to_dict(self.conninfo)
        query = {name: str(said[name]) for name in ("host", "port") if said.get(name)}
        url = URL.create(
            "postgresql+psycopg", role, _PASSWORD, database=database, query=query
        )  # fmt: skip
        return url.render_as_string(hide_password=False)

    @contextmanager
    def superuser(self, database: str = "") -> Iterator["psycopg.Connection[Row]"]:
        """Connect as superuser, every statement on its own."""
        asked = make_conninfo(self.conninfo, dbname=database) if database else self.conninfo
        with psycopg.connect(asked, autocommit=True) as connection:
            yield connection

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database of the owner."""
        with self.superuser() as connection:
            new = connection.info.server_version >= _STRATEGY_SINCE
            how = "STRATEGY file_copy" if new else ""
            connection.execute(
                f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE "{template}" {how}'
            )

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected."""
        with self.superuser() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    @contextmanager
    def fresh(self, *, tables: bool = True) -> Iterator[str]:
        """Make a database for one test, with the tables or empty; yield its name."""
        name = f"gongkai_{self._mark}_{next(self._names)}"
        self.create(name, self._template() if tables else "template0")
        try:
            yield name
        finally:
            self.drop(name)

    def _template(self) -> str:
        """Return the database that has the tables, their guards and the program's rights."""
        name = f"gongkai_{self._mark}_tables"
        if name not in self._made:
            self.create(name)
            prepare(self.url(name, OWNER))
            self._made.append(name)
        return name

    def clear(self) -> None:
        """Remove what was made for all tests together."""
        while self._made:
            self.drop(self._made.pop())


def prepare(owner_url: str) -> None:
    """Make the tables as their owner and give the program its rights."""
    store = open_store(owner_url, KeyRing.ephemeral())
    with writing(store) as tx:
        for statement in grants(APP):
            tx.connection.exec_driver_sql(statement)
    store.close()


@dataclass(slots=True)
class OwnServer(Server):
    """One cluster in a folder of its own, which can be stopped and started."""

    bin: Path = Path()
    folder: Path = Path()
    fsync: bool = False
    process: subprocess.Popen[bytes] | None = None

    @property
    def user(self) -> str:
        """Who runs the server: it refuses to be run by root."""
        return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def make(self) -> None:
        """Make the cluster and its roles."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, self.user, self.user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "postgres", "-A", "trust",
                  "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        self.start()
        self.make_roles()

    def _run(self, name: str, *words: str) -> None:
        user = self.user if os.geteuid() == 0 else None
        subprocess.run(
            [self.bin / name, *words], check=True, user=user, cwd=self.folder, capture_output=True
        )

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = {**_SETTINGS, **({"fsync": "on"} if self.fsync else {})}
        user = self.user if os.geteuid() == 0 else None
        words = [f"-c{name}={value}" for name, value in settings.items()]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    str(self.bin / "postgres"),
                    "-D", str(self.folder / "data"), "-k", str(self.folder), *words,
                ],
                user=user, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        ready = [str(self.bin / "pg_isready"), "-q", "-h", str(self.folder)]
        while subprocess.run(ready, check=False).returncode:
            assert self.process.poll() is None, (self.folder / "log").read_text()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends sessions, SIGQUIT is a crash of all of it."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait()
        self.process = None


@contextmanager
def running(*, fsync: bool = False) -> Iterator[OwnServer]:
    """Run a server of one's own and take everything of it away again."""
    found = binaries()
    assert found is not None, "no PostgreSQL server on this machine"
    folder = Path(mkdtemp(prefix="gongkai-pg-"))
    server = OwnServer(f"host={folder} user=postgres dbname=postgres", bin=found, folder=folder)
    server.fsync = fsync
    try:
        server.make()
        yield server
    finally:
        if server.process is not None:
            server.stop(signal.SIGQUIT)
        shutil.rmtree(folder)


@contextmanager
def given(conninfo: str) -> Iterator[Server]:
    """Use a server that is there already, and leave it as it was but for the two roles."""
    server = Server(conninfo)
    server.make_roles()
    try:
        yield server
    finally:
        server.clear()
