"""The audit as tables: titles, columns, and cells each of which knows the cases it counts."""

from collections.abc import Iterator
from dataclasses import dataclass

from gongkai.config import Config
from gongkai.exemption_audit import wording
from gongkai.exemption_audit.counting import Audit, Cases, Line
from gongkai.exemption_audit.report import Asked

#: A text, a figure, or a ratio (None where there is none).
Cell = str | Cases | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the audit; the first ``texts`` columns name the line."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    texts: int


def sheets(found: Audit, asked: Asked, config: Config) -> Iterator[Sheet]:
    """Yield the tables: the whole, the grounds, the ways out, the groups."""
    figures = (*wording.FIGURES.values(), wording.RATIO)
    total = zip(figures, _cells(found.total), strict=True)
    yield Sheet("合计", ("数字", "件数"), tuple(total), 1)
    natures = wording.natures(found, asked.until)
    yield Sheet(
        "不予公开的理由",
        ("理由", "性质", "条文", *figures),
        tuple((*_named(line, natures), *_cells(line)) for line in found.grounds),
        3,
    )
    ways = tuple((wording.way(word), cases) for word, cases in found.ways.items())
    yield Sheet("理由以外的答复和办结", ("答复或者办结", wording.FIGURES["requests"]), ways, 1)
    if asked.by:
        names = tuple(wording.DIMENSIONS[name] for name in asked.by)
        rows = tuple((*_values(line, asked, config), *_cells(line)) for line in found.groups)
        yield Sheet("按" + "、".join(names), (*names, *figures), rows, len(names))


def _cells(line: Line) -> tuple[Cell, ...]:
    return (*(line.figures[word] for word in wording.FIGURES), line.partial_to_full)


def _named(line: Line, natures: dict[str, wording.Nature]) -> tuple[str, str, str]:
    (word,) = line.key
    nature = natures.get(word)
    label, article = (nature.label, nature.article) if nature else ("—", "—")
    return wording.ground(word), label, article


def _values(line: Line, asked: Asked, config: Config) -> tuple[str, ...]:
    pairs = zip(asked.by, line.key, strict=True)
    return tuple(wording.value(name, word, config) for name, word in pairs)


def shown(cell: Cell) -> str:
    """Write a cell for the reader."""
    if isinstance(cell, tuple):
        return str(len(cell))
    if isinstance(cell, float):
        return f"{cell:.2f}"
    return "—" if cell is None else cell


def listed(sheet: Sheet) -> Iterator[tuple[str, str, Cases]]:
    """Yield every figure that counts something: the name of its line, its column, its cases."""
    for row in sheet.rows:
        name = " ".join(shown(cell) for cell in row[: sheet.texts])
        for column, cell in zip(sheet.columns, row, strict=True):
            if isinstance(cell, tuple) and cell:
                yield name, column, cell
