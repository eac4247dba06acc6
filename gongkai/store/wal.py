"""SQLite's write-ahead log: what is erased must not stay behind in it."""

from contextlib import closing

from gongkai.store.engine import Store
from gongkai.store.failures import StoreError


class LeftBehind(StoreError):
    """What was erased is still in the log, or in the pages that the log has not replaced."""


def put_away(store: Store) -> None:
    """Bring SQLite's log into its database and empty it; without a log there is nothing to do.

    Until then the erased bytes stand in both files. Raises :class:`LeftBehind` where somebody who
    reads an older state does not let it.
    """
    if store.dialect != "sqlite":
        return
    with closing(store.engine.raw_connection()) as raw:
        cursor = raw.cursor()
        (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.close()
    if busy:
        raise LeftBehind(
            "改动已经完成，但别的程序还在读改动前的数据，数据库日志（-wal 文件）没有清空，"
            "清除的内容还留在里面。请停止服务和其他正在读数据库的程序，再运行一次本命令。"
        )
