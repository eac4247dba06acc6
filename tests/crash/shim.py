"""The shim: compiled once, loaded before libc into the processes that are to be killed."""

import ctypes
import json
import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PRELOAD: Final = "LD_PRELOAD"


class How(IntEnum):
    """When to die at an operation: before it, after it, or with half of it done."""

    BEFORE = 0
    AFTER = 1
    HALF = 2


def compiler() -> str | None:
    """Return the C compiler of this machine; the shim is for Linux only."""
    return shutil.which("cc") if sys.platform == "linux" else None


def compiled(folder: Path) -> Path:
    """Compile the shim into ``folder``."""
    made = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    words = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run([compiler() or "cc", *words, "-o", made, source], check=True)
    return made


class Nursery:
    """A process under the shim; it takes orders, and its children are killed."""

    def __init__(self, shim: Path, folder: Path, server: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.crash.nursery", str(folder), server],
            cwd=ROOT,
            env={**os.environ, PRELOAD: str(shim)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def order(self, do: str, **said: Any) -> dict[str, Any]:  # noqa: ANN401 - what the order needs
        """Give an order; return the report."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps({"do": do, **said}) + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        assert line, "the nursery has gone; see its error output"
        report: dict[str, Any] = json.loads(line)
        return report

    def close(self) -> None:
        """Let it end by itself."""
        self._process.communicate()


class Shim:
    """The shim in this process, which was started under it."""

    def __init__(self, watched: Path) -> None:
        self._library = ctypes.CDLL(None)
        self._library.shim_watch.argtypes = [ctypes.c_char_p]
        self._library.shim_arm.argtypes = [ctypes.c_long, ctypes.c_int]
        self._library.shim_disarm.restype = ctypes.c_long
        self._library.shim_log.restype = ctypes.c_char_p
        self._library.shim_watch(str(watched).encode())

    def arm(self, k: int, how: How = How.BEFORE) -> None:
        """Die at the ``k``-th operation from now; only count where it is 0."""
        self._library.shim_arm(k, int(how))

    def disarm(self) -> list[str]:
        """Stop counting; return what was counted: name, object and size of each operation."""
        self._library.shim_disarm()
        log: bytes = self._library.shim_log()
        return log.decode().splitlines()
