"""A PostgreSQL server of the tests' own: from the system's binaries, on a private socket."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import psycopg

Row = tuple[object, ...]

#: A server that is there already: a URL of its superuser, such as postgresql://postgres@/postgres.
GIVEN: Final = "GONGKAI_TEST_POSTGRES"
OWNER: Final = "gongkai_owner"
APP: Final = "gongkai_app"
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
    """One cluster in a folder of its own."""

    bin: Path
    folder: Path
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
        with self.superuser() as connection:
            for role in (OWNER, APP):
                connection.execute(f"CREATE ROLE {role} LOGIN")

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

    def url(self, database: str, role: str = APP) -> str:
        """Return the address of a database for the program."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}"

    @contextmanager
    def superuser(self, database: str = "postgres") -> Iterator["psycopg.Connection[Row]"]:
        """Connect as superuser, every statement on its own."""
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname=database, autocommit=True
        ) as connection:
            yield connection

    def create(self, database: str, template: str = "template0") -> None:
        """Make a database of the owner."""
        with self.superuser() as connection:
            connection.execute(
                f'CREATE DATABASE "{database}" OWNER {OWNER} TEMPLATE "{template}" STRATEGY wal_log'
            )

    def drop(self, database: str) -> None:
        """Remove a database, whoever is connected."""
        with self.superuser() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Server]:
    """Run a server of one's own and take everything of it away again."""
    found = binaries()
    assert found is not None, "no PostgreSQL server on this machine"
    folder = Path(mkdtemp(prefix="gongkai-pg-"))
    server = Server(found, folder, fsync)
    try:
        server.make()
        yield server
    finally:
        if server.process is not None:
            server.stop(signal.SIGQUIT)
        shutil.rmtree(folder)
