"""The catalogue for programs and for the samples: one row for each place of a paper."""

from collections.abc import Iterable, Mapping
from typing import Final

from notices import rectification
from notices.catalogue import PaperKind
from notices.page import CatalogueRow, catalogue_rows

Row = Mapping[str, str]

KEYS: Final = ("id", "title", "command", "template", "basis", "remedy_class", "report_row")


def rows() -> tuple[Row, ...]:
    """Return every paper the program makes, in the order of the catalogue."""
    found = {row.id: _row(row) for row in catalogue_rows()}
    own = rectification.KIND
    found.setdefault(own.id, _own(own))
    return tuple(found[id_] for id_ in sorted(found))


def ids(found: Iterable[Row]) -> tuple[str, ...]:
    """Return the places of the catalogue."""
    return tuple(row["id"] for row in found)


def _row(row: CatalogueRow) -> Row:
    return {key: str(getattr(row, key)) for key in KEYS}


def _own(paper: PaperKind) -> Row:
    """Return the row of a paper that belongs to a case kind of its own."""
    said = {key: str(getattr(paper, key)) for key in KEYS if key != "remedy_class"}
    return {key: {**said, "remedy_class": str(paper.remedy)}[key] for key in KEYS}
