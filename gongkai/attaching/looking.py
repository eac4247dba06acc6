"""Looking into a file that somebody handed in, in a process of its own with little of everything.

The file is on standard input; one line of JSON on standard output says what it is, or why it is
not kept. What goes wrong in here, by whatever a hostile file does, ends this process and no other.
"""

import json
import os
import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from gongkai.attaching import compound, kinds, packages, pdfs, texts
from gongkai.attaching.unfit import Unfit

#: Seconds of work, and bytes of address space beyond what the interpreter has when it begins.
SECONDS: Final = 2
SPACE: Final = 112 << 20
_UNREAD_NOTE: Final = "图片、录音录像里的密级标志程序读不出来，须由人查看"
_STEP: Final = 1 << 20
_HIDDEN: Final = re.compile(rb"Rar!\x1a\x07[\x00\x01]|7z\xbc\xaf\x27\x1c\x00")
_TAIL: Final = 22


@dataclass(frozen=True, slots=True)
class Seen:
    """What a file is, and what in it could not be read."""

    media_type: str
    notes: tuple[str, ...] = ()


def look(file: BinaryIO, size: int, ending: str) -> Seen:
    """Look into a file; :class:`Unfit` for what is not kept."""
    kind = kinds.beginning(file)
    notes: tuple[str, ...] = ()
    if kind == kinds.ZIP:
        kind = packages.look(file, size)
    elif kind == kinds.OLE:
        kind = compound.look(file, size)
    elif kind == kinds.TEXT:
        texts.look(file)
    else:
        _refuse_hidden(file, size)
    if kind == kinds.PDF:
        notes = pdfs.look(file)
    if kind in kinds.UNREAD:
        notes = (_UNREAD_NOTE,)
    return Seen(kinds.agree(ending, kind), notes)


def _refuse_hidden(file: BinaryIO, size: int) -> None:
    """Refuse an archive that was put behind a picture or a PDF."""
    file.seek(max(0, size - 0xFFFF - _TAIL))
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if 0 <= at <= len(tail) - _TAIL:
        comment = int.from_bytes(tail[at + 20 : at + _TAIL], "little")
        if at + _TAIL + comment == len(tail):
            raise Unfit("embedded")
    file.seek(0)
    before = b""
    while chunk := file.read(_STEP):
        if _HIDDEN.search(before + chunk):
            raise Unfit("embedded")
        before = chunk[-16:]


def _limit() -> None:
    """Take away from this process what a hostile file could use up."""
    for what, most in (
        (resource.RLIMIT_AS, _space() + SPACE),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _, given = resource.getrlimit(what)
        less = most if given == resource.RLIM_INFINITY else min(most, given)
        resource.setrlimit(what, (less, less))


def _space() -> int:
    """Return how much address space this process has now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def main() -> None:
    """Look into standard input; the first argument is what its name ends with."""
    _limit()
    with os.fdopen(os.dup(0), "rb") as file:
        size = os.fstat(file.fileno()).st_size
        try:
            seen = look(file, size, sys.argv[1])
            said = {"media_type": seen.media_type, "notes": seen.notes}
        except Unfit as unfit:
            said = {"unfit": unfit.code, "what": unfit.what}
        except (MemoryError, RecursionError):
            said = {"unfit": "unreadable", "what": ""}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
