"""How a norm is cited: 第三十三条第二款."""

import re
from dataclasses import dataclass
from typing import Final

from rules.errors import CitationError

_DIGITS: Final = "零一二三四五六七八九"
_UNITS: Final = ((1000, "千"), (100, "百"), (10, "十"))
_LARGEST: Final = 9999
_TEN: Final = 10
_TWENTY: Final = 20
_CODE: Final = re.compile(r"([1-9]\d{0,3})(?:\.([1-9]\d?))?(?:\(([1-9]\d?)\))?")


def chinese_number(n: int) -> str:
    """Write ``n`` (1 to 9999) as articles are numbered: 10 十, 33 三十三, 201 二百零一.

    Raises CitationError for anything else.
    """
    if not 1 <= n <= _LARGEST:
        raise CitationError(f"条、款、项的序号应当在1到{_LARGEST}之间，不能是{n}。")
    if _TEN <= n < _TWENTY:
        return "十" + (_DIGITS[n - _TEN] if n > _TEN else "")
    text, zero = "", False
    for size, unit in _UNITS:
        digit, n = divmod(n, size)
        zero = zero or (not digit and bool(text))
        if digit:
            text += ("零" if zero else "") + _DIGITS[digit] + unit
            zero = False
    return text + (("零" if zero and n else "") + _DIGITS[n] if n else "")


@dataclass(frozen=True, slots=True)
class Citation:
    """One place in a norm.

    ``norm`` is the full title with 《》 or the document number; ``paragraph`` and ``item``
    are None where the place is a whole article or the article has no such division.
    ``mark`` is 条, or 点 for documents that are divided into points.
    """

    norm: str
    article: int
    paragraph: int | None = None
    item: int | None = None
    mark: str = "条"

    @property
    def code(self) -> str:
        """The short form used in data and logs: 33.2, 36(4), 29.2(1)."""
        paragraph = f".{self.paragraph}" if self.paragraph else ""
        return f"{self.article}{paragraph}" + (f"({self.item})" if self.item else "")

    @property
    def short(self) -> str:
        """The place without the norm: 第三十三条第二款."""
        paragraph = f"第{chinese_number(self.paragraph)}款" if self.paragraph else ""
        item = f"第{chinese_number(self.item)}项" if self.item else ""
        return f"第{chinese_number(self.article)}{self.mark}{paragraph}{item}"

    @property
    def text(self) -> str:
        """The norm and the place, as a letter cites it."""
        return self.norm + self.short

    def __str__(self) -> str:
        return self.text


def split_code(code: str) -> tuple[int, int | None, int | None]:
    """Split ``29.2(1)`` into article, paragraph and item; raise CitationError if malformed."""
    found = _CODE.fullmatch(code)
    if not found:
        raise CitationError(
            f"“{code}”不是条款编号。",
            "应写作“33.2”（第三十三条第二款）或“36(4)”（第三十六条第四项）。",
        )
    article, paragraph, item = found.groups()
    return int(article), int(paragraph) if paragraph else None, int(item) if item else None
