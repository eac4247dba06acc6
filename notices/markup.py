"""The line grammar of the templates: filled text in, typed blocks out."""

import re
from collections.abc import Iterator
from typing import Final

from notices.letter import Block, Mark
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

#: What stands in a pattern for a value.
VALUE: Final = "□"

_SEALED: Final = re.compile(f"{OPEN}([^{OPEN}{CLOSE}]*){CLOSE}")
_DATE: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_EDGE: Final = re.compile(r"^([。，；、：]?).*?([。，；、：]?)$", re.DOTALL)


def parse(filled: str) -> tuple[Block, ...]:
    """Return the blocks of a filled template; only its own line starts count as signs."""
    return tuple(_blocks(filled))


def _blocks(filled: str) -> Iterator[Block]:
    running: list[str] = []
    for line in [*filled.split("\n"), ""]:
        sign, _, rest = line.strip(" ").partition(" ")
        mark = SIGNS.get(sign)
        if line.strip(" ") and mark is None:
            running.append(line.strip(" "))
            continue
        if running:
            yield _block(Mark.PARAGRAPH, "".join(running))
            running = []
        if mark is not None:
            yield _block(mark, rest)


def _block(mark: Mark, sealed: str) -> Block:
    text = sealed.replace(OPEN, "").replace(CLOSE, "").replace(BREAK, "\n")
    return Block(mark, text, _SEALED.sub(_shrink, sealed))


def _shrink(sealed: re.Match[str]) -> str:
    value = sealed[1].strip().strip(BREAK)
    if not value or _DATE.fullmatch(value):
        return value
    edge = _EDGE.match(value)
    if edge is None or len(value) == 1:
        return VALUE
    return f"{edge[1]}{VALUE}{edge[2]}"
