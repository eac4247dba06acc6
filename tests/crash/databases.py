"""Databases that are put back as they were, thousands of times."""

import shutil
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import text

from gongkai.store.engine import Store, open_store, reading, writing
from gongkai.store.keys import new_ring
from gongkai.store.tables import metadata
from tests.postgres import OWNER, Server, prepare

Row = tuple[object, ...]

NAMES: Final = ("sqlite", "postgresql")
_SESSION: Final = 7  # the lock that stands for a session of the program


class Database(ABC):
    """A database of its own."""

    #: For this process.
    store: Store
    #: For a child: nothing of it is open in this process.
    victim: Store
    #: What the shim watches.
    folder: Path

    @abstractmethod
    def close(self) -> None:
        """Let go of everything."""

    @abstractmethod
    def empty(self) -> None:
        """Begin anew."""

    @abstractmethod
    def keep(self) -> None:
        """Keep it as it is now."""

    @abstractmethod
    def back(self) -> None:
        """Bring it back as it was kept."""

    def opened(self) -> None:
        """Open the connection that the child's command will use."""
        with writing(self.victim) as tx:
            tx.execute(text("SELECT 1"))

    def unsound(self) -> tuple[str, ...]:
        """Return what is wrong with the file; a server that was not killed looks after its own."""
        return ()

    @abstractmethod
    def settled(self) -> None:
        """Wait until nothing of a dead process goes on."""


class Sqlite(Database):
    """A file, and a copy of it beside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "live"
        self.folder.mkdir()
        self._file = self.folder / "gongkai.sqlite"
        self._kept, self._empty = folder / "kept.sqlite", folder / "empty.sqlite"
        self.store = open_store(f"sqlite:///{self._file}", new_ring())
        self.store.close()
        self.victim = self.store
        shutil.copyfile(self._file, self._empty)

    def close(self) -> None:
        self.store.close()

    def empty(self) -> None:
        self._put(self._empty)

    def keep(self) -> None:
        self.store.close()
        assert [path.name for path in self.folder.iterdir()] == [self._file.name]
        shutil.copyfile(self._file, self._kept)

    def back(self) -> None:
        self._put(self._kept)

    def settled(self) -> None:
        """Nothing of a process outlives it but its file."""

    def unsound(self) -> tuple[str, ...]:
        with reading(self.store) as tx:
            found = tx.execute(text("PRAGMA integrity_check")).scalars().all()
        return tuple(fault for fault in found if fault != "ok")

    def _put(self, file: Path) -> None:
        self.store.close()
        for path in self.folder.iterdir():
            path.unlink()
        shutil.copyfile(file, self._file)


class Postgresql(Database):
    """A database of a server of our own; its rows are kept in a schema beside."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = folder
        server = Server(f"host={folder} user=postgres dbname=postgres")
        server.create(name)
        prepare(server.url(name, OWNER))
        self._super: psycopg.Connection[Row] = psycopg.connect(
            host=str(folder), user="postgres", dbname=name, autocommit=True
        )
        self._prepare()
        self.store = open_store(server.url(name), new_ring())
        self.victim = open_store(server.url(name), self.store.keys)
        self.victim.close()

    def _prepare(self) -> None:
        self._run("SET session_replication_role = replica")
        tables = [f'"{name}"' for name in metadata.tables]
        self._run("CREATE SCHEMA kept", *(f"CREATE TABLE kept.{t} AS TABLE {t}" for t in tables))
        self._empty = [f"DELETE FROM {t}" for t in tables]  # noqa: S608 - names of our own tables
        self._keep = [f"TRUNCATE kept.{t}" for t in tables]
        self._keep += [f"INSERT INTO kept.{t} TABLE {t}" for t in tables]
        self._back = [*self._empty, *(f"INSERT INTO {t} TABLE kept.{t}" for t in tables)]

    def _run(self, *statements: str) -> None:
        self._super.execute("; ".join(statements))

    def close(self) -> None:
        self.store.close()
        self._super.close()

    def empty(self) -> None:
        self._run(*self._empty)
        self._run("VACUUM")

    def keep(self) -> None:
        self._run(*self._keep)

    def back(self) -> None:
        self._run(*self._back)

    def opened(self) -> None:
        with writing(self.victim) as tx:
            tx.execute(text(f"SELECT pg_advisory_lock({_SESSION})"))

    def settled(self) -> None:
        self._run(f"SELECT pg_advisory_lock({_SESSION})", f"SELECT pg_advisory_unlock({_SESSION})")


def made(name: str, folder: Path, server: str = "") -> Database:
    """Make an empty database."""
    if name == "sqlite":
        return Sqlite(folder)
    return Postgresql(Path(server), folder.name.replace("-", "_").lower())
