"""Putting a restored SQLite database in the place of another: always one of them is whole."""

import os
from contextlib import closing
from pathlib import Path
from typing import Final
from urllib.parse import quote

from gongkai.backup import BackupFailed
from gongkai.errors import REFUSED, Told
from gongkai.store.driver import sqlite3
from gongkai.store.files import durable

#: What SQLite keeps beside a database.
_BESIDE: Final = ("-journal", "-wal", "-shm")
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_LOW: Final = 0xFF


class LiveDatabase(Told):
    """There is a database already."""

    exit_code = REFUSED


def settle(place: Path) -> None:
    """Let SQLite bring what lies beside a database into it, so that one file is all of it.

    A damaged one stays as it is. Raises :class:`BackupFailed` where a program holds it open.
    """
    address = f"file:{quote(str(place))}?mode=rw"
    try:
        with closing(
            sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)
        ) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & _LOW in _BUSY:
            raise BackupFailed(f"{place} 正被别的程序使用，没有恢复。请停止服务后再试。") from error


def _beside(place: Path) -> list[str]:
    return [suffix for suffix in _BESIDE if place.with_name(place.name + suffix).exists()]


def put_in_place(staged: Path, place: Path, aside: Path | None) -> None:
    """Give the finished database its name; the one that had it is kept as ``aside``.

    The old one gets its second name before the new one takes the first, by one rename. Killed
    between, the old one is still in its place: restoring again does the rest.
    """
    settle(staged)
    if _beside(staged):
        raise BackupFailed(f"备份里的数据库没有整理成一个文件，没有恢复：{staged}。")
    with staged.open("rb") as file:
        os.fsync(file.fileno())
    if aside is None:
        _first_of_its_name(staged, place)
    else:
        _keep(place, aside)
        staged.replace(place)
    durable(place.parent)


def _first_of_its_name(staged: Path, place: Path) -> None:
    if _beside(place):
        raise BackupFailed(f"{place} 旁边还有别的程序留下的日志文件，没有恢复。请停止服务后再试。")
    try:
        os.link(staged, place)
    except FileExistsError:
        raise LiveDatabase(f"{place} 刚刚被别的程序建立，没有恢复。请停止服务后再试。") from None


def _keep(place: Path, aside: Path) -> None:
    """Give a database its second name, with what a damaged one still has beside it.

    That must not meet the new database: it goes once it has its second name too.
    """
    settle(place)
    left = _beside(place)
    for suffix in (*left, ""):
        os.link(place.with_name(place.name + suffix), aside.with_name(aside.name + suffix))
    durable(place.parent)
    for suffix in left:
        place.with_name(place.name + suffix).unlink()
    durable(place.parent)
