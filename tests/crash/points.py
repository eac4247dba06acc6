"""One command, killed at every point of it in turn, and given again."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg

from gongkai.office import Office, fixed_code
from gongkai.store.driver import sqlite3
from tests.crash.databases import Database
from tests.crash.dumps import Dump, dump
from tests.crash.invariants import faults
from tests.crash.scripts import Asked, Done, Fold, asked, office_at, shortest
from tests.crash.shim import How, Shim

#: What a child says when it came to its end alive, and when it failed.
_ALIVE: Final = 0
_FAILED: Final = 9
_ENOUGH: Final = 2000
#: The doctor takes as long as all else together: where the rows are those that it has found sound,
#: it looks again after one kill of so many.
_DOCTORED: Final = 10


@dataclass(slots=True)
class Report:
    """What became of a command."""

    word: str
    points: int = 0
    kills: int = 0
    found_before: int = 0
    found_after: int = 0
    violations: list[str] = field(default_factory=list)


class Trial:
    """A command on a database of its own."""

    def __init__(self, word: str, database: Database, shim: Shim) -> None:
        self.report = Report(word)
        self.database, self.shim = database, shim
        self.office = _fixed(office_at(database.store))
        self.victim = _fixed(office_at(database.victim))
        self.order = self._prepared(word)
        self.before = dump(database.store)
        self.office.folded.clear()
        self.answer = self.order.give(self.office)
        self.after = dump(database.store)
        self.report.violations += faults(self.office, self.order.today)
        assert self.before != self.after

    def _prepared(self, word: str) -> Asked:
        """Bring a case up to the command; keep the database."""
        self.database.empty()
        script, place = shortest(word)
        case: Fold | None = None
        for n in range(place):
            case = asked(script, n, case, f"{script.name}/{n}").give(self.office).case
        self.database.keep()
        return asked(script, place, case, f"{script.name}/{place}")

    def run(self) -> Report:
        """Kill it everywhere."""
        for k, how in self._operations():
            self._killed(f"operation {k}, {how.name}", lambda k=k, how=how: self.shim.arm(k, how))  # type: ignore[misc] # its defaults
        if not self._is_sqlite:
            self._killed("after the answer to COMMIT", _die_committed)
        else:
            k = 1
            while self._killed(f"statement {k}", lambda k=k: self._trace(k)):  # type: ignore[misc] # as above
                k += 1
        return self.report

    @property
    def _is_sqlite(self) -> bool:
        return self.database.store.dialect == "sqlite"

    def _operations(self) -> Iterator[tuple[int, How]]:
        """Yield the operations at which to die.

        Between two operations nothing reaches the file of SQLite: dying after one is dying before
        the next, and is left out but for the last. A server goes on by itself when its client has
        died. Half a write is left out where as many bytes went to the same file before, and half
        a message, which no server acts on, but for the first and the last.
        """
        log = self._log()
        self.report.points = len(log)
        seen = set()
        for k, line in enumerate(log, start=1):
            yield k, How.BEFORE
            first = line not in seen if self._is_sqlite else k in {1, len(log)}
            if first and line.startswith(("write", "send")):
                yield k, How.HALF
            seen.add(line)
            if k == len(log) or not self._is_sqlite:
                yield k, How.AFTER

    def _log(self) -> list[str]:
        """Return the operations of the command."""
        read, write = os.pipe()
        status = self._child(lambda: self.shim.arm(0), write)
        os.close(write)
        with os.fdopen(read, encoding="utf-8") as pipe:
            log = pipe.read().splitlines()
        assert os.waitstatus_to_exitcode(status) == _ALIVE
        assert log
        assert len(log) < _ENOUGH
        return log

    def _trace(self, k: int) -> None:
        """Die at the beginning of the ``k``-th statement, as the driver itself tells it."""
        left = [k]

        def told(_statement: str) -> None:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        with self.database.victim.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            connection.rollback()
            driver.set_trace_callback(told)

    def _child(self, arm: Callable[[], None], log: int = -1) -> int:
        """Give the command in a child; return how it ended."""
        self.database.back()
        pid = os.fork()
        if pid == 0:
            code = _FAILED
            try:
                self.database.opened()
                arm()
                self.order.give(self.victim)
                said = "\n".join(self.shim.disarm())
                if log >= 0:
                    os.write(log, said.encode())
                code = _ALIVE
            except BaseException:  # noqa: BLE001 - whatever it is, the parent is told
                traceback.print_exc()
            finally:
                os._exit(code)
        return os.waitpid(pid, 0)[1]

    def _killed(self, where: str, arm: Callable[[], None]) -> bool:
        """Kill a child at a point and look after it; return whether it died there."""
        code = os.waitstatus_to_exitcode(self._child(arm))
        self.database.settled()
        if code == _FAILED:
            self.report.violations.append(f"{where}: the command failed")
        if code != -signal.SIGKILL:
            return False
        self.report.kills += 1
        try:
            self.report.violations += (f"{where}: {fault}" for fault in self._looked_after())
        except Exception:  # noqa: BLE001 - nothing may fail after a kill
            self.report.violations.append(f"{where}: {traceback.format_exc()}")
        return True

    def _looked_after(self) -> Iterator[str]:
        """Open the database, give the command again, and yield what is wrong."""
        self.office.folded.clear()
        found = dump(self.database.store)
        if found == self.before:
            self.report.found_before += 1
        elif found == self.after:
            self.report.found_after += 1
        else:
            yield f"neither before nor after: {_different(found, self.before)}"
        again = self.order.give(self.office)
        if again.repeated != (found == self.after):
            yield "done, and done again" if found == self.after else "answered, but not done"
        if not _same(again, self.answer):
            yield "another answer than that of a run never killed"
        ended = dump(self.database.store)
        if ended != self.after:
            yield f"not as after a run never killed: {_different(ended, self.after)}"
        yield from self.database.unsound()
        if found == self.after or self.report.kills % _DOCTORED == 1:
            yield from faults(self.office, self.order.today)


def _die_committed() -> None:
    """Die when the server has said that it is done, before anybody is told."""
    sound = psycopg.Connection.commit

    def last(connection: psycopg.Connection[Any]) -> None:
        sound(connection)
        os.kill(os.getpid(), signal.SIGKILL)

    psycopg.Connection.commit = last  # type: ignore[method-assign,assignment] # in a child that ends with it


def _fixed(office: Office) -> Office:
    """Draw check codes from what a paper is: two runs are to be equal."""
    return Office(
        store=office.store, config=office.config, calendar=office.calendar, check_code=fixed_code
    )


def _same(one: Done, other: Done) -> bool:
    return (one.case, one.fact, one.findings) == (other.case, other.fact, other.findings)


def _different(one: Dump, other: Dump) -> str:
    return ", ".join(name for name in one if one[name] != other.get(name))
