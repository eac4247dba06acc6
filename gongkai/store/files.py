"""Files that last: for their owner only, durable, whole or not at all; one writer at a time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # pragma: no cover - only one system has none, and there nothing is locked
    fcntl = None  # type: ignore[assignment] # as said


def durable(path: Path) -> None:
    """Make what a file holds durable, or the names in a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def new_private(path: Path) -> Iterator[IO[bytes]]:
    """Make a file that must not be there yet; what it holds is durable at the end."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def whole(path: Path, *, replace: bool = False) -> Iterator[IO[bytes]]:
    """Write a file that has its name only once it is whole and durable.

    Without ``replace`` FileExistsError, where something has got the name meanwhile.
    """
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)  # of somebody who was killed
    try:
        with new_private(beside) as file:
            yield file
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    if replace:
        beside.replace(path)
        durable(path.parent)
    else:
        publish(beside, path)


def publish(beside: Path, path: Path) -> None:
    """Give a finished file its name; FileExistsError where something has it, which stays."""
    try:
        os.link(beside, path)
    except FileExistsError:
        beside.unlink()
        raise
    except OSError:  # a disk that knows no second names: an empty file keeps the name meanwhile
        with new_private(path):
            pass
        beside.replace(path)
    beside.unlink(missing_ok=True)
    durable(path.parent)


@contextmanager
def alone(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Let one at a time of this machine change a file; its end, even by kill -9, lets go.

    Whoever does not ``wait`` gets a BlockingIOError while somebody else is at it.
    """
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
