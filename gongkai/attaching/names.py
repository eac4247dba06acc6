"""The name of a file: kept as it was given, never used as a path."""

import re
import unicodedata
from typing import Final

from gongkai.attaching.kinds import ending_of
from gongkai.attaching.marks import bears_mark
from gongkai.attaching.unfit import SECRET, Unfit

_LONGEST: Final = 200
_HIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200d\u2060\ufeff]")
_LEVELS: Final = re.compile("绝密|机密|秘密[★☆]")


def cleaned(given: str) -> str:
    """Return the name to keep: the last part of a path, without what nobody can see.

    Raises :class:`Unfit` for a name that hides something, or bears a mark of state secrecy.
    """
    if _HIDDEN.search(given):
        raise Unfit("bad_name", "里有看不见的字符")
    last = re.split(r"[/\\]", _INVISIBLE.sub("", unicodedata.normalize("NFC", given)))[-1]
    name = last.strip(" .　")
    if not name:
        raise Unfit("bad_name", "是空的")
    stem = name.removesuffix(f".{ending_of(name)}")
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).translate(_SIMPLER)
    if bears_mark(name) or bears_mark(stem) or _LEVELS.search(plain):
        raise Unfit(SECRET, "文件名")
    if len(name) > _LONGEST:
        raise Unfit("bad_name", f"超过{_LONGEST}个字")
    return name


_SIMPLER: Final = str.maketrans("絕機祕", "绝机秘")
