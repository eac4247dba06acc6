"""The letter before it is drawn, and the paper it becomes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from rules.words import RemedyClass


class Mark(StrEnum):
    """What a block of a letter is; the look of each is set in ``layout``."""

    TITLE = "title"
    NUMBER = "number"
    ADDRESSEE = "addressee"
    PARAGRAPH = "paragraph"
    HEADING = "heading"
    SUBHEADING = "subheading"
    ANNEX = "annex"
    SIGNATURE = "signature"
    DATE = "date"
    NOTE = "note"
    PAGE = "page"
    PAGE_TITLE = "page_title"
    TABLE = "table"


#: What the linter calls each part of a letter.
LABELS: Final = {
    Mark.TITLE: "标题",
    Mark.NUMBER: "文号",
    Mark.ADDRESSEE: "抬头",
    Mark.PARAGRAPH: "正文",
    Mark.HEADING: "一级标题",
    Mark.SUBHEADING: "二级标题",
    Mark.ANNEX: "附件说明",
    Mark.SIGNATURE: "署名",
    Mark.DATE: "成文日期",
    Mark.NOTE: "附注",
    Mark.PAGE: "附件标识",
    Mark.PAGE_TITLE: "附件标题",
    Mark.TABLE: "表格",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells, their widths in proportion, and whether it is the head."""

    cells: tuple[str, ...]
    weights: tuple[int, ...]
    head: bool = False
    #: Cells of a list stand under a head; others are pairs of label and value.
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a letter.

    ``pattern`` is the same text with each value from the case shrunk to a mark: what the template
    itself says. Values may hold anything; only the template's own words can have leftovers.
    """

    mark: Mark
    text: str
    pattern: str = ""
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """One remedy paragraph: for what, which class, before whom."""

    kind: RemedyClass
    scope: str
    bodies: tuple[str, ...]
    courts: tuple[str, ...]
    review_days: int
    suit_months: int
    suit_after_review_days: int
    online: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter, complete but for its number and check code."""

    kind: str
    id: str
    title: str
    addressee: str
    on: date
    letterhead: str
    signature: str
    numbered: bool
    blocks: tuple[Block, ...]
    annexes: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    #: Whether it goes to the applicant (and may name them) or to somebody else (and may not).
    to_applicant: bool = True
    #: Whether, not going to the applicant, it may yet name them: our own file, the review body.
    may_name: bool = False
    #: The versions of the agency's own paragraphs in it, by place; empty where there are none.
    variant: str = ""

    def text_with(self, number: str, check_code: str = "") -> str:
        """Return the plain text of the paper under this number."""
        return "\n".join(self._lines(number, check_code)) + "\n"

    @property
    def text(self) -> str:
        """The plain text without a number."""
        return self.text_with("")

    def _lines(self, number: str, check_code: str) -> Iterator[str]:
        yield self.letterhead
        for block in self.blocks:
            if block.mark is not Mark.NUMBER:
                yield block.text
            elif number:
                yield number
        if check_code:
            yield f"核验码：{check_code}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A finished paper: its bytes are kept and never made again."""

    kind: str
    id: str
    title: str
    number: str
    on: date
    text: str
    docx: bytes
    sha256: str
    check_code: str = ""
    annexes: tuple[str, ...] = ()
