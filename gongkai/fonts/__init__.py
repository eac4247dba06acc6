"""The fonts of the letters: what stands in for the official ones, and what they cannot write."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

#: Maps the official fonts to what is installed; every call of LibreOffice reads it.
FONTCONFIG: Final = Path(__file__).parent / "fonts.conf"
LETTER_FONT: Final = "仿宋_GB2312"

_PATIENCE: Final = 20  # seconds; the first call may have to read every font of the machine


@dataclass(frozen=True, slots=True)
class Gaps:
    """Characters that the letter font does not have.

    ``borrowed`` are written in another font, ``missing`` in none: they would be boxes.
    """

    borrowed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def environment() -> Mapping[str, str]:
    """Return the environment in which fontconfig knows the official fonts."""
    return {**os.environ, "FONTCONFIG_FILE": str(FONTCONFIG)}


def gaps(text: str, font: str = LETTER_FONT) -> Gaps:
    """Return which characters of a name ``font`` cannot write on this machine.

    Only characters beyond GB 2312, which every Chinese font has, are asked for. Where fontconfig
    is not installed nothing is known, and so nothing is said.
    """
    rare = [char for char in dict.fromkeys(text) if _is_rare(char)]
    if not rare or not shutil.which("fc-list"):
        return Gaps()
    own = _own_families(font)
    having = {char: _families_with(char) for char in rare}
    return Gaps(
        borrowed=tuple(c for c, families in having.items() if families and not families & own),
        missing=tuple(c for c, families in having.items() if not families),
    )


def _is_rare(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return not char.isspace()
    return False


@lru_cache(maxsize=8)
def _own_families(font: str) -> frozenset[str]:
    return _names(_ask("fc-match", font, "--format=%{family}"))


@lru_cache(maxsize=4096)
def _families_with(char: str) -> frozenset[str]:
    found = _ask("fc-list", f":charset={ord(char):x}", "--format=%{family}\\n")
    return _names(found)


def _names(found: str) -> frozenset[str]:
    names = (name.strip() for line in found.splitlines() for name in line.split(","))
    return frozenset(name for name in names if name)


def _ask(*command: str) -> str:
    done = subprocess.run(  # noqa: S603 - fixed programs; the argument is a font or a code point
        command, env=environment(), capture_output=True, text=True, check=False, timeout=_PATIENCE
    )
    return done.stdout
