"""Plain texts: UTF-8, or GB18030 as older programs write it."""

import codecs
import re
from typing import BinaryIO, Final

from gongkai.attaching.kinds import refuse_active_text
from gongkai.attaching.marks import bears_mark
from gongkai.attaching.unfit import SECRET, Unfit

_STEP: Final = 1 << 18
_START: Final = 2048
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_LONGEST: Final = 4000
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def look(file: BinaryIO) -> None:
    """Read a text as what it decodes as; :class:`Unfit` where it is none, or bears a mark."""
    file.seek(0)
    head = file.read(4)
    marked = [name for bom, name in _BOMS if head.startswith(bom)]
    for encoding in marked or ("utf-8", "gb18030"):
        try:
            _read(file, encoding)
        except UnicodeError:
            continue
        return
    raise Unfit("unknown_type")


def _read(file: BinaryIO, encoding: str) -> None:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    before, first, done = "", True, False
    while not done:
        chunk = file.read(_STEP)
        done = not chunk
        text = before + decoder.decode(chunk, final=done)
        if _CONTROL.search(text):
            raise Unfit("unknown_type")
        if first:
            refuse_active_text(text[:_START])
        before, first = _marks_until_last_line(text, whole=done), False


def _marks_until_last_line(text: str, *, whole: bool) -> str:
    """Look for marks in the lines that are there in full; return the rest."""
    cut = len(text) if whole else text.rfind("\n") + 1 or max(0, len(text) - _LONGEST)
    if bears_mark(text[:cut]):
        raise Unfit(SECRET, "文件的内容")
    return text[cut:] if not whole else ""
