"""The audit as a workbook: a sheet for each table, and one with the cases behind every figure."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from gongkai.exemption_audit.tables import Cell, Sheet, listed
from gongkai.out import told_of

#: What a case is called is text: no formula, no link, no number is made of it.
_PLAIN: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "in_memory": True,
}
_WIDTH: Final = 16
_NAME: Final = 31  # of a sheet, at most
_CASES: Final = ("表", "行", "数字", "案件编号")


def write(file: Path, sheets: Iterable[Sheet]) -> None:
    """Write the tables into ``file``."""
    kept = list(sheets)
    with told_of(file), _refused_by_system(), Workbook(str(file), _PLAIN) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in kept:
            rows = [[_plain(cell) for cell in row] for row in sheet.rows]
            _fill(book, sheet.title, sheet.columns, rows, bold)
        _fill(book, "案件", _CASES, _cases(kept), bold)


@contextmanager
def _refused_by_system() -> Iterator[None]:
    """Let through what the system said; the library has an error of its own for it."""
    try:
        yield
    except FileCreateError as error:
        raise OSError(*error.args[0].args) from error


def _plain(cell: Cell) -> str | float | None:
    return len(cell) if isinstance(cell, tuple) else cell


def _cases(sheets: Iterable[Sheet]) -> list[list[str]]:
    return [
        [sheet.title, name, column, number]
        for sheet in sheets
        for name, column, cases in listed(sheet)
        for number in cases
    ]


def _fill(
    book: Any,  # noqa: ANN401 - the library ships no types
    title: str,
    columns: Iterable[str],
    rows: Iterable[Iterable[object]],
    bold: object,
) -> None:
    sheet = book.add_worksheet(title[:_NAME])
    sheet.write_row(0, 0, list(columns), bold)
    for place, row in enumerate(rows, start=1):
        sheet.write_row(place, 0, list(row))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(list(columns)) - 1, _WIDTH)
