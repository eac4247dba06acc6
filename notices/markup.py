"""The line grammar of the templates: filled text in, typed blocks out."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from notices.letter import Block, Mark, Row
from notices.render import BREAK, CLOSE, OPEN

#: How a line of a template begins. Anything else is a paragraph: its lines run on to a blank line.
SIGNS: Final = {
    "#": Mark.TITLE,
    "@": Mark.NUMBER,
    ":": Mark.ADDRESSEE,
    "##": Mark.HEADING,
    "###": Mark.SUBHEADING,
    "-": Mark.ANNEX,
    ">": Mark.SIGNATURE,
    ">>": Mark.DATE,
    "~": Mark.NOTE,
    "===": Mark.PAGE,
    "==": Mark.PAGE_TITLE,
}

#: A row of a table, and the head of a list; cells stand between upright strokes. A number behind
#: ``*`` in a head is the width of its column in proportion.
ROWS: Final = {"|": False, "||": True}

#: What stands in a pattern for a value.
VALUE: Final = "□"

_SEALED: Final = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_STROKE: Final = re.compile(rf"\|(?![^{OPEN}{CLOSE}]*{CLOSE})")
_WEIGHT: Final = re.compile(r"\*(\d)$")
#: Label and value, alone or two pairs in a row.
_WIDTHS: Final = {2: (2, 8), 4: (2, 3, 2, 3)}
_DATE: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_EDGE: Final = re.compile(r"^([。，；、：]?).*?([。，；、：]?)$", re.DOTALL)


def parse(filled: str) -> tuple[Block, ...]:
    """Return the blocks of a filled template; only its own line starts count as signs."""
    return tuple(_blocks(filled))


def _blocks(filled: str) -> Iterator[Block]:
    lines = (line.strip(" ") for line in filled.split("\n"))
    for kind, group in groupby(lines, key=_kind):
        if kind is Mark.TABLE:
            yield _table(group)
        elif kind is Mark.PARAGRAPH:
            yield _block(kind, "".join(group))
        elif kind is not None:
            yield from (_block(kind, line.partition(" ")[2]) for line in group)


def _kind(line: str) -> Mark | None:
    """Say what a line belongs to; None for a blank one."""
    sign = line.partition(" ")[0]
    if sign in ROWS:
        return Mark.TABLE
    return SIGNS.get(sign, Mark.PARAGRAPH) if line else None


def _table(lines: Iterable[str]) -> Block:
    rows: list[Row] = []
    patterns: list[str] = []
    for line in lines:
        sign, _, rest = line.partition(" ")
        sealed = [cell.strip(" ") for cell in _STROKE.split(rest)]
        head = next((row for row in reversed(rows) if row.head), None)
        rows.append(_row(sealed, head, is_head=ROWS[sign]))
        patterns.append("｜".join(_SEALED.sub(_shrink, _WEIGHT.sub("", cell)) for cell in sealed))
    text = "\n".join("｜".join(row.cells) for row in rows)
    return Block(Mark.TABLE, text, "\n".join(patterns), tuple(rows))


def _row(sealed: list[str], head: Row | None, *, is_head: bool) -> Row:
    if is_head:
        found = [_WEIGHT.search(cell) for cell in sealed]
        weights = tuple(int(weight[1]) if weight else 1 for weight in found)
        return Row(tuple(_open(_WEIGHT.sub("", cell)) for cell in sealed), weights, head=True)
    cells = tuple(_open(cell) for cell in sealed)
    if head is not None and len(cells) == len(head.cells):
        return Row(cells, head.weights, listed=True)
    return Row(cells, _WIDTHS.get(len(cells), (1,) * len(cells)))


def _block(mark: Mark, sealed: str) -> Block:
    return Block(mark, _open(sealed), _SEALED.sub(_shrink, sealed))


def _open(sealed: str) -> str:
    return sealed.replace(OPEN, "").replace(CLOSE, "").replace(BREAK, "\n")


def _shrink(sealed: re.Match[str]) -> str:
    value = sealed[1].strip().strip(BREAK)
    if not value or _DATE.fullmatch(value):
        return value
    edge = _EDGE.match(value)
    if edge is None or len(value) == 1:
        return VALUE
    return f"{edge[1]}{VALUE}{edge[2]}"
