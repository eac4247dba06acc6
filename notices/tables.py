"""Tables of the forms: rows of label and value, and lists under a head."""

from collections.abc import Iterator
from itertools import accumulate
from typing import Final
from xml.sax.saxutils import escape

from notices.layout import CHARACTER, HEI
from notices.letter import Block, Row

#: The width of the text area, in twips.
WIDTH: Final = 28 * CHARACTER
#: Small four (小四) and its line; a blank value to be filled in by hand gets more room.
_SIZE: Final = 24
_LINE: Final = 360
_ROOM: Final = 760
_PAIR: Final = 2
_LABELLED: Final = (2, 4)
_BREAKS: Final = {
    "\n": '</w:t><w:br/><w:t xml:space="preserve">',
    "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
}
_SIDES: Final = ("top", "left", "bottom", "right", "insideH", "insideV")


def table(block: Block) -> str:
    """Return the table of a block; columns follow from the widths that its rows ask for."""
    edges = [_edges(row) for row in block.rows]
    grid = sorted({edge for row in edges for edge in row})
    columns = "".join(
        f'<w:gridCol w:w="{right - left}"/>' for left, right in zip((0, *grid), grid, strict=False)
    )
    rows = (_row(row, ends, grid) for row, ends in zip(block.rows, edges, strict=True))
    body = "".join(rows)
    return f"<w:tbl>{_properties()}<w:tblGrid>{columns}</w:tblGrid>{body}</w:tbl>"


def _edges(row: Row) -> tuple[int, ...]:
    total = sum(row.weights)
    return tuple(round(WIDTH * upto / total) for upto in accumulate(row.weights))


def _properties() -> str:
    borders = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in _SIDES
    )
    return (
        f'<w:tblPr><w:tblW w:w="{WIDTH}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr>'
    )


def _row(row: Row, edges: tuple[int, ...], grid: list[int]) -> str:
    blank = _by_hand(row)
    room = f'<w:trHeight w:val="{_ROOM}" w:hRule="atLeast"/>' if blank else ""
    head = "<w:tblHeader/>" if row.head else ""
    cells = "".join(_cells(row, edges, grid))
    return f"<w:tr><w:trPr><w:cantSplit/>{room}{head}</w:trPr>{cells}</w:tr>"


def _by_hand(row: Row) -> bool:
    """Whether somebody signs here, or writes down what the file does not know."""
    if row.head or row.listed:
        return False
    return any("签名" in cell for cell in row.cells) or (
        len(row.cells) == _PAIR and not row.cells[-1]
    )


def _cells(row: Row, edges: tuple[int, ...], grid: list[int]) -> Iterator[str]:
    left = 0
    for n, (text, right) in enumerate(zip(row.cells, edges, strict=True)):
        span = sum(left < edge <= right for edge in grid)
        merged = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
        yield (
            f'<w:tc><w:tcPr><w:tcW w:w="{right - left}" w:type="dxa"/>{merged}'
            f'<w:vAlign w:val="center"/></w:tcPr>{_text(text, row, n)}</w:tc>'
        )
        left = right


def _text(text: str, row: Row, n: int) -> str:
    label = row.head or (not row.listed and len(row.cells) in _LABELLED and n % 2 == 0)
    font = f'<w:rFonts w:ascii="{HEI}" w:hAnsi="{HEI}" w:eastAsia="{HEI}"/>' if row.head else ""
    return (
        f'<w:p><w:pPr><w:spacing w:line="{_LINE}" w:lineRule="atLeast"/>'
        f'<w:jc w:val="{"center" if label else "left"}"/></w:pPr>'
        f'<w:r><w:rPr>{font}<w:sz w:val="{_SIZE}"/><w:szCs w:val="{_SIZE}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text, _BREAKS)}</w:t></w:r></w:p>'
    )
