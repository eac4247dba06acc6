"""``make contact-sheet``: every kind of paper that the samples call for, rendered side by side.

Replays ``examples/`` in memory (or takes the folder of papers that is named behind it), chooses one
paper of each kind and a dozen replies, turns them into PDF in one call and writes small pictures
beside this file. Needs LibreOffice and poppler.
"""

# ruff: noqa: INP001, PLR2004, S101, S603, T201 - a script that runs our own programs and says so

import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from gongkai.pdf import to_pdf

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent.parent
DPI: Final = 56
PAGES: Final = 2  # of each paper
REPLIES: Final = 12
ACROSS, DOWN = 6, 4
EDGE: Final = 4
WHITE, BORDER = 7, 4

# Sixteen colours: eight greys, eight reds.
LEVELS: Final = bytes(n * 8 // 256 for n in range(256))
BRIGHT: Final = bytes(8 * (n > 200) for n in range(256))
FAINT: Final = bytes(8 * (n < 200) for n in range(256))
SHADES: Final = [n * 255 // 7 for n in range(8)]
PALETTE: Final = bytes(
    [v for n in SHADES for v in (n, n, n)] + [v for n in SHADES for v in (255, n, n)]
)


class Picture(NamedTuple):
    """Palette indices, row by row."""

    width: int
    rows: list[bytes]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        papers = Path(sys.argv[1]) if sys.argv[1:] else replay(folder / "papers")
        files = chosen(papers)
        pdfs = to_pdf(copies(files, folder / "chosen"), folder / "pdf", told)
        pages = [page for pdf in pdfs for page in pictures(pdf)]
    for old in HERE.glob("*.png"):
        old.unlink()
    per = ACROSS * DOWN
    for n, start in enumerate(range(0, len(pages), per), start=1):
        write(HERE / f"papers-{n}.png", sheet(pages[start : start + per]))
    print(f"{len(files)} papers, {len(pages)} pages in {HERE}/")


def replay(out: Path) -> Path:
    """Write the papers of all samples; a story that fails its own expectations still has papers."""
    command = Path(sys.executable).parent / "gongkai"
    stories = sorted(map(str, (ROOT / "examples").glob("*.toml")))
    config = ("--config", str(ROOT / "config.toml"))
    subprocess.run(
        [str(command), "replay", *stories, "--out", str(out), *config],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return out


def chosen(papers: Path) -> list[Path]:
    """One paper of each kind, the longest; replies from stories far apart in the alphabet."""
    kinds: dict[str, list[Path]] = {}
    for file in sorted(papers.rglob("*.docx")):
        kinds.setdefault(re.sub(r"^\d+-", "", file.stem), []).append(file)
    replies = kinds.pop("reply", [])
    step = max(1, len(replies) // REPLIES)
    longest = [max(files, key=lambda file: file.stat().st_size) for files in kinds.values()]
    return [*longest, *replies[::step][:REPLIES]]


def copies(files: Sequence[Path], folder: Path) -> list[Path]:
    folder.mkdir()
    made = [folder / f"{n:03}.docx" for n, _ in enumerate(files)]
    for file, copy in zip(files, made, strict=True):
        copy.write_bytes(file.read_bytes())
    return made


def told(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="" if done < total else "\n", flush=True)


def pictures(pdf: Path) -> list[Picture]:
    """Return the first pages of a PDF."""
    command = ["pdftoppm", "-r", str(DPI), "-l", str(PAGES), str(pdf)]
    data = subprocess.run(command, capture_output=True, check=True).stdout
    pages, place = [], 0
    while place < len(data):
        head = re.match(rb"P6\s(\d+)\s(\d+)\s255\s", data[place : place + 40])
        assert head
        width, height = int(head[1]), int(head[2])
        start, place = place + head.end(), place + head.end() + 3 * width * height
        pages.append(Picture(width, few_colours(data[start:place], width)))
    return pages


def few_colours(data: bytes, width: int) -> list[bytes]:
    red, green = data[0::3], data[1::3]
    mark = int.from_bytes(red.translate(BRIGHT)) & int.from_bytes(green.translate(FAINT))
    flat = (mark | int.from_bytes(green.translate(LEVELS))).to_bytes(len(green))
    return [flat[start : start + width] for start in range(0, len(flat), width)]


def sheet(pages: Sequence[Picture]) -> Picture:
    """Lay pages out in rows."""
    wide, high = pages[0].width, len(pages[0].rows)
    side, blank = bytes([BORDER]) * EDGE, bytes([WHITE]) * wide
    rows: list[bytes] = []
    for start in range(0, len(pages), ACROSS):
        row = pages[start : start + ACROSS]
        rows += [bytes([BORDER]) * (ACROSS * (wide + EDGE))] * EDGE
        for y in range(high):
            cells = [page.rows[y] for page in row] + [blank] * (ACROSS - len(row))
            rows.append(b"".join(cell + side for cell in cells))
    return Picture(ACROSS * (wide + EDGE), rows)


def write(path: Path, picture: Picture) -> None:
    """Write a PNG of four bits a pixel."""
    packed = b"".join(b"\0" + pack(row) for row in picture.rows)
    size = struct.pack(">2I5B", picture.width, len(picture.rows), 4, 3, 0, 0, 0)
    parts = (("IHDR", size), ("PLTE", PALETTE), ("IDAT", zlib.compress(packed, 9)), ("IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in parts))


def pack(row: bytes) -> bytes:
    row += b"\0" * (len(row) % 2)
    high, low = int.from_bytes(row[0::2]) << 4, int.from_bytes(row[1::2])
    return (high | low).to_bytes(len(row) // 2)


def chunk(kind: str, data: bytes) -> bytes:
    named = kind.encode() + data
    return struct.pack(">I", len(data)) + named + struct.pack(">I", zlib.crc32(named))


if __name__ == "__main__":
    main()
