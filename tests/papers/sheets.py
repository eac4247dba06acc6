"""Rendered papers, measured: a page as ink on paper, in millimetres, and as lines of text."""

import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

DPI: Final = 200
MM: Final = 25.4 / DPI
POINT: Final = 25.4 / 72

_DARK: Final = bytes(int(n < 128) for n in range(256))
_BRIGHT: Final = bytes(int(n > 180) for n in range(256))
_FAINT: Final = bytes(int(n < 120) for n in range(256))
_XHTML: Final = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, slots=True)
class Band:
    """Rows of ink without a gap: one line of text, or one rule."""

    top: float
    bottom: float
    left: float
    right: float

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it can be copied from the PDF, and where it stands."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page."""

    red: tuple[Band, ...]
    black: tuple[Band, ...]
    lines: tuple[Line, ...]

    def line(self, start: str) -> Line:
        return next(line for line in self.lines if line.text.startswith(start))


def sheets(pdf: Path) -> tuple[Sheet, ...]:
    """Return the pages of a PDF."""
    texts = list(_texts(pdf))
    pictures = list(_pictures(pdf))
    assert len(texts) == len(pictures)
    return tuple(
        Sheet(tuple(_bands(height, red)), tuple(_bands(height, black)), lines)
        for (height, red, black), lines in zip(pictures, texts, strict=True)
    )


def fonts(pdf: Path) -> str:
    """Return what ``pdffonts`` says of a PDF."""
    return _run("pdffonts", str(pdf)).decode()


def _run(*command: str) -> bytes:
    return subprocess.run(command, capture_output=True, check=True, timeout=120).stdout


def _texts(pdf: Path) -> Iterator[tuple[Line, ...]]:
    page = ET.fromstring(_run("pdftotext", "-bbox", str(pdf), "-"))  # noqa: S314 - our own
    for each in page.iter(f"{_XHTML}page"):
        yield tuple(_lines(each.iter(f"{_XHTML}word")))


def _lines(words: Iterable[ET.Element]) -> Iterator[Line]:
    rows: dict[int, list[ET.Element]] = {}
    for word in words:
        middle = (float(word.attrib["yMin"]) + float(word.attrib["yMax"])) / 2
        rows.setdefault(round(middle / 6), []).append(word)
    for row in rows.values():
        left = min(float(word.attrib["xMin"]) for word in row) * POINT
        right = max(float(word.attrib["xMax"]) for word in row) * POINT
        yield Line("".join(word.text or "" for word in row), left, right)


Row = Callable[[int], bytes]


def _pictures(pdf: Path) -> Iterator[tuple[int, Row, Row]]:
    data = _run("pdftoppm", "-r", str(DPI), str(pdf))
    place = 0
    while place < len(data):
        head = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data[place : place + 40])
        assert head is not None
        width, height = int(head[1]), int(head[2])
        start = place + head.end()
        place = start + 3 * width * height
        yield height, *_inks(data[start:place], 3 * width)


def _inks(picture: bytes, stride: int) -> tuple[Row, Row]:
    def red(y: int) -> bytes:
        row = picture[y * stride : (y + 1) * stride]
        bright = int.from_bytes(row[0::3].translate(_BRIGHT))
        return (bright & int.from_bytes(row[1::3].translate(_FAINT))).to_bytes(stride // 3)

    def black(y: int) -> bytes:
        return picture[y * stride : (y + 1) * stride : 3].translate(_DARK)

    return red, black


def _bands(height: int, row: Row) -> Iterator[Band]:
    top, left, right = -1, 0, 0
    for y in range(height + 1):
        ink = row(y) if y < height else b""
        first = ink.find(1)
        if first < 0:
            if top >= 0:
                yield Band(top * MM, y * MM, left * MM, right * MM)
            top = -1
            continue
        last = ink.rfind(1) + 1
        top, left, right = (
            (y, first, last) if top < 0 else (top, min(left, first), max(right, last))
        )
