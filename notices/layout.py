"""The measures of GB/T 9704-2012, letter form (信函格式), and the styles that carry them."""

from dataclasses import dataclass
from typing import Final

from notices.letter import Mark

#: Twentieths of a point, the unit of WordprocessingML.
TWIPS_PER_MM: Final = 1440 / 25.4


def mm(value: float) -> int:
    """Return millimetres in twips."""
    return round(value * TWIPS_PER_MM)


PAGE_WIDTH, PAGE_HEIGHT = mm(210), mm(297)
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = mm(37), mm(35), mm(28), mm(26)
#: 16 pt characters drawn together by a quarter point: 28 of them fill the 156 mm of a line.
SPACING: Final = -5
CHARACTER: Final = 315
#: 22 lines on 225 mm.
LINE: Final = 579

#: What an exact line leaves above its 16 pt characters, and 7/8 of such a character.
AIR: Final = round(0.8 * LINE - 0.88 * 320)
SEVEN_EIGHTHS: Final = 280

#: The red mark of the agency stands 30 mm below the edge; the rules are 170 mm wide, centred.
#: A line of exact height puts its baseline at 4/5, and Han characters rise 0.84 em above theirs and
#: fall 0.08 em below: a line of 1.05 em begins where its characters do.
HEADER_DISTANCE: Final = mm(30)
MARK_LINE: Final = 1.05
BELOW_MARK: Final = 0.13
MARK_TO_RULE: Final = 72 * 4 / 25.4
RULE_WIDTH: Final = mm(170)
RULE_LEFT: Final = -mm(8)
RULE_RIGHT: Final = -mm(6)
RED: Final = "FF0000"
MARK_SIZE: Final = 36.0

#: The lower rule stands 20 mm above the edge, the check code below it.
FOOTER_DISTANCE: Final = mm(13)
RULE_LINE: Final = 20
CODE_LINE: Final = mm(20) - FOOTER_DISTANCE
#: The dashes of a page number stand 7 mm below the text area, in the middle of a 14 pt character;
#: number and edge are one such character apart.
PAGE_NUMBER_SIZE: Final = 14.0
PAGE_NUMBER_LINE: Final = 360
PAGE_NUMBER_SIDE: Final = 280
_DASH: Final = round(0.8 * PAGE_NUMBER_LINE - 0.38 * 20 * PAGE_NUMBER_SIZE)
PAGE_NUMBER_LIFT: Final = mm(35 - 7 - 13) + _DASH - PAGE_NUMBER_LINE

SONG, FANGSONG, KAI, HEI = "宋体", "仿宋_GB2312", "楷体_GB2312", "黑体"
TITLE_FONT: Final = "方正小标宋简体"

BODY_SIZE: Final = 16.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one kind of block looks. Indents are in characters, space in lines of the grid."""

    name: str
    font: str = FANGSONG
    size: float = BODY_SIZE
    align: str = ""
    first_indent: float = 0.0
    left: float = 0.0
    hanging: float = 0.0
    before: float = 0.0
    after: float = 0.0
    line: int = LINE
    keep_with_next: bool = False
    keep_lines: bool = False
    page_break: bool = False


STYLES: Final[dict[Mark, Style]] = {
    Mark.NUMBER: Style(name="Number", align="right", before=(SEVEN_EIGHTHS - AIR) / LINE),
    Mark.TITLE: Style(
        name="LetterTitle", font=TITLE_FONT, size=22.0, align="center",
        before=2.0, after=1.0, line=680, keep_with_next=True,
    ),
    Mark.ADDRESSEE: Style(name="Addressee", keep_with_next=True),
    Mark.PARAGRAPH: Style(name="Text", first_indent=2),
    Mark.HEADING: Style(name="Section", font=HEI, first_indent=2, keep_with_next=True),
    Mark.SUBHEADING: Style(name="Subsection", font=KAI, first_indent=2, keep_with_next=True),
    Mark.ANNEX: Style(name="AnnexList", left=5, hanging=3, keep_with_next=True),
    Mark.SIGNATURE: Style(name="Signed", align="right", before=2.0, keep_with_next=True),
    Mark.DATE: Style(name="Dated", align="right"),
    Mark.NOTE: Style(name="Note", align="left", first_indent=2, before=1.0, keep_lines=True),
    Mark.PAGE: Style(name="AnnexMark", font=HEI, page_break=True, keep_with_next=True),
    Mark.PAGE_TITLE: Style(
        name="AnnexTitle", font=TITLE_FONT, size=22.0, align="center",
        before=1.0, after=1.0, line=680, keep_with_next=True,
    ),
}  # fmt: skip


def width(text: str) -> float:
    """Return the width of a line of text in characters: half-width ones count a half."""
    return sum(0.5 if ord(c) < 0x2000 else 1.0 for c in text)  # noqa: PLR2004 - Latin and digits


def closing_indents(signature: str, date: str, *, sealed: bool = True) -> tuple[int, int]:
    """Return the right indents, in twips, of name and date."""
    name, day = width(signature), width(date)
    right = _sealed(name, day) if sealed else _unsealed(name, day)
    return round(CHARACTER * right[0]), round(CHARACTER * right[1])


def _sealed(name: float, day: float) -> tuple[float, float]:
    """The date stands four characters from the edge, the name is centred above it (7.3.5.1).

    A name too long for that moves the date inwards.
    """
    right = max(4.0, (name - day) / 2)
    return right + (day - name) / 2, right


def _unsealed(name: float, day: float) -> tuple[float, float]:
    """The name stands two characters from the edge, the date begins two behind it (7.3.5.2).

    A date that would then come closer to the edge than two characters moves the name inwards.
    """
    right = max(2.0, 4.0 + day - name)
    return right, right + name - day - 2.0


def mark_size(name: str) -> float:
    """Return the size of the agency's name in the head, smaller where it would not fit the rule."""
    fitting = RULE_WIDTH / 20 / max(width(name), 1) * 0.97
    return min(MARK_SIZE, int(fitting * 2) / 2)
