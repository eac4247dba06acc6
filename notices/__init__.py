"""The papers: what the agency sends, right in law, form and wording on its date."""

from notices.calls import called_for
from notices.catalogue import CATALOGUE, PaperKind, series
from notices.compose import compose
from notices.document import finish
from notices.errors import PaperError
from notices.forms import print_form, printable
from notices.letter import Block, Letter, Mark, Paper, Remedy
from notices.linter import lint
from notices.numbering import number
from notices.page import CatalogueRow, catalogue_page, catalogue_rows

__all__ = [
    "CATALOGUE",
    "Block",
    "CatalogueRow",
    "Letter",
    "Mark",
    "Paper",
    "PaperError",
    "PaperKind",
    "Remedy",
    "called_for",
    "catalogue_page",
    "catalogue_rows",
    "compose",
    "finish",
    "lint",
    "number",
    "print_form",
    "printable",
    "series",
]
