"""What went wrong in the database, and whether the whole command may be tried again."""

from collections.abc import Callable
from enum import Enum
from time import sleep
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError

from gongkai.errors import Told
from gongkai.store.driver import sqlite3

T = TypeVar("T")

#: How often a command is tried before its officer is told.
ATTEMPTS: Final = 5
#: Seconds to wait before the second, third ... attempt after the line broke. The second comes at
#: once: mostly an old connection had died unseen. The others outlast a restart of the server.
PAUSES: Final = (0.0, 0.4, 1.2, 2.4)


class StoreError(Told):
    """The database cannot be used as promised."""


class Again(StoreError):
    """The transaction met a change from outside and must be done anew; nothing was changed."""


class Unavailable(StoreError):
    """The database does not answer now; nothing was changed, and trying later is safe."""


class Unreachable(StoreError):
    """The database that the configuration names cannot be opened."""


class Failure(Enum):
    """Kinds of failure that are not the command's fault; the value is what its officer is told."""

    #: Somebody else wrote at the same moment: the command is tried again.
    RACE = "数据库正忙：同一时间办理的人太多，本次没有办成，也没有留下任何改动。请稍后再办一次。"
    #: The connection broke, perhaps while committing: the same command id finds out.
    LOST = "与数据库的连接中断。请稍后用同一页面再提交一次：已经办成的不会重复办理。"
    #: Another writer holds the database for too long.
    LOCKED = "数据库被其他程序占用，等待超时，本次没有办成，也没有留下任何改动。请稍后再办一次。"
    #: There is no room on the disk.
    FULL = "磁盘已满，本次没有办成，也没有留下任何改动。请联系管理员清理磁盘后再办一次。"
    #: The disk or the file refuses to be written.
    DISK = "数据库文件不能读写，本次没有办成，也没有留下任何改动。请联系管理员检查磁盘和文件权限。"
    #: What is read is no database, or parts of it are broken.
    DAMAGED = "数据库已损坏，本次没有办成。请停止办理，由管理员从备份恢复。"

    @property
    def when_reading(self) -> str:
        """What is told to somebody who only wanted to look."""
        if self in _PASSING:
            return "数据库暂时读不出来（正忙，或者连接中断）。请稍后再试。"
        return self.value


_PASSING: Final = frozenset({Failure.RACE, Failure.LOST, Failure.LOCKED})
_BY_STATE: Final = {
    "40001": Failure.RACE,  # serialization_failure
    "40P01": Failure.RACE,  # deadlock_detected
    "23505": Failure.RACE,  # unique_violation: the second of two first rows
    "55P03": Failure.LOCKED,  # lock_not_available, after lock_timeout
    "25006": Failure.DISK,  # read_only_sql_transaction: a standby
    "25P03": Failure.LOST,  # idle_in_transaction_session_timeout: the server hung up
    "53100": Failure.FULL,  # disk_full
    "53300": Failure.LOST,  # too_many_connections
    "57P01": Failure.LOST,  # admin_shutdown
    "57P02": Failure.LOST,  # crash_shutdown
    "57P03": Failure.LOST,  # cannot_connect_now
    "58030": Failure.DISK,  # io_error
    "XX001": Failure.DAMAGED,  # data_corrupted
    "XX002": Failure.DAMAGED,  # index_corrupted
}
_BY_NAME: Final = (
    ("SQLITE_BUSY", Failure.LOCKED),
    ("SQLITE_LOCKED", Failure.LOCKED),
    ("SQLITE_PROTOCOL", Failure.LOCKED),
    ("SQLITE_FULL", Failure.FULL),
    ("SQLITE_IOERR", Failure.DISK),
    ("SQLITE_READONLY", Failure.DISK),
    ("SQLITE_CANTOPEN", Failure.DISK),
    ("SQLITE_CORRUPT", Failure.DAMAGED),
    ("SQLITE_NOTADB", Failure.DAMAGED),
)
#: How SQLite begins to say it: not every driver tells this constraint from others by its code.
_SECOND: Final = "UNIQUE constraint failed"
_AGAIN: Final = frozenset({Failure.RACE, Failure.LOST})


def failure_of(error: BaseException) -> Failure | None:
    """Return what kind of failure an error of database or driver is; None for any other."""
    if isinstance(error, Again):
        return Failure.RACE
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return Failure.LOST
        return failure_of(error.orig) if error.orig else None
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if type(error).__module__.startswith("psycopg"):
        return _of_psycopg(error)
    return None


def _of_sqlite(error: sqlite3.Error) -> Failure | None:
    if str(error).startswith(_SECOND):
        return Failure.RACE
    name = getattr(error, "sqlite_errorname", "")
    return next((kind for start, kind in _BY_NAME if name.startswith(start)), None)


def _of_psycopg(error: BaseException) -> Failure | None:
    state = getattr(error, "sqlstate", None)
    if state is None:  # the server said nothing: the line is dead
        return Failure.LOST if type(error).__name__ == "OperationalError" else None
    return Failure.LOST if state.startswith("08") else _BY_STATE.get(state)


def retrying(work: Callable[[], T]) -> T:
    """Do ``work``, whole transactions at a time, again after a failure that may pass.

    ``work`` must carry a command id, or change nothing that counts twice. Raises
    :class:`Unavailable` when it keeps failing, and at once where waiting does not help.
    """
    for attempt in range(ATTEMPTS):
        try:
            return work()
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            if failure not in _AGAIN or attempt == ATTEMPTS - 1:
                raise Unavailable(failure.value) from error
            if failure is Failure.LOST:
                sleep(PAUSES[attempt])
    raise AssertionError  # pragma: no cover - the last attempt returns or raises
