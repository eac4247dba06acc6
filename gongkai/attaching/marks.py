"""Marks of state secrecy in a text: those that a document bears, not those that it talks about.

A mark is a level with a star or a period (机密★10年, 密级：机密), or a level that stands by itself
on its line, in its cell or its property (机 密; 000012 机密 特急). A sentence in which the words
occur (国家秘密, 商业秘密★, 机密级国家秘密) is none.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

#: The one sign that every level ends with: a text without it needs no closer look.
SIGN: Final = "密"
_NEAR: Final = 160

_SIMPLER: Final = str.maketrans("絕機祕級長啟件現開", "绝机秘级长启件现开")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
#: What may stand inside a text. Anything else ends a line: what a binary file has between texts.
_NO_TEXT: Final = re.compile(
    "[^\t -~\u00a0-\u00ff\u2010-\u206f\u2100-\u22ff\u2460-\u27bf\u2b50-\u2b59\u3000-\u30ff"
    "\u3200-\u33ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)
_LEVEL: Final = r"(?:绝[ \t]*密|机[ \t]*密|(?<!商业)(?<!商[ \t]业)秘[ \t]*密)"
_STAR: Final = "[★☆✩✪✭✮✯✰⭐⋆✶*]"
_PERIOD: Final = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})[ \t]*(?:年|个月|月|天|日)"
_MARKS: Final = (
    re.compile(rf"{_LEVEL}[ \t]*级?\s{{0,3}}[★☆✩✪✭✮✯✰⭐⋆✶]"),
    re.compile(rf"{_LEVEL}[ \t]*级?[ \t]*\*[ \t]*(?:{_PERIOD}|长期|启用前|\n|$)"),
    re.compile(
        rf"密[ \t]*级[ \t]*(?:[:：][ \t]*|[\[【〔(（][ \t]*){_LEVEL}"
        rf"(?!级?[ \t]*[、,，/或和及与])"
    ),
)
#: All that may stand on the line of a mark besides its level: copy number, urgency, period.
_BESIDE: Final = (
    r"[\s\d\W_年月日天个长期永久启用前级件文材料资档特提加平急份号至自到NnOo第零"
    r"一二三四五六七八九十]{0,24}"
)
_ALONE: Final = re.compile(rf"{_BESIDE}(?:密级)?\W{{0,4}}{_LEVEL}{_BESIDE}")
_UPRIGHT: Final = re.compile(r"(?:^|\n)[ \t]*[绝机秘]\s{0,8}\n\s{0,8}密[ \t]*(?=\n|$)")
#: A longer line is a sentence.
_LINE: Final = 60


def bears_mark(text: str) -> bool:
    """Whether a text, a name or a piece of one bears a mark of state secrecy."""
    return any(_in(piece) for piece in _pieces(text))


def _pieces(text: str) -> Iterator[str]:
    """Yield what stands around each sign; the rest of a long text costs nothing."""
    end = -1
    at = text.find(SIGN)
    while at >= 0:
        if at >= end:
            end = at + _NEAR
            yield _framed(text, max(0, at - _NEAR), end)
        at = text.find(SIGN, max(at + 1, end - _NEAR // 2))


def _framed(text: str, start: int, end: int) -> str:
    """Cut a piece out; where it is cut a word goes on, so that no half line looks like a whole."""
    before = "文" if start > 0 else ""
    after = "文" if end < len(text) else ""
    return before + text[start:end] + after


def _in(piece: str) -> bool:
    plain = unicodedata.normalize("NFKC", _INVISIBLE.sub("", piece)).translate(_SIMPLER)
    plain = _NO_TEXT.sub("\n", plain)
    if any(mark.search(plain) for mark in _MARKS) or _UPRIGHT.search(plain):
        return True
    lines = (line.strip() for line in plain.split("\n"))
    return any(len(line) <= _LINE and _ALONE.fullmatch(line) for line in lines)
