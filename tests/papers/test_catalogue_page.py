"""The table of the papers, and the page of the docs that is made from it."""

from pathlib import Path

import notices
from notices.catalogue import CATALOGUE, PRINT
from notices.render import TEMPLATES
from workflow.commands import COMMANDS

PAGE = Path(__file__).parents[2] / "docs" / "papers.md"
#: Rectification and supervision are cases of their own kind.
ELSEWHERE = {"N40", "N51", "N52"}


def test_the_page_in_docs_is_made_from_the_catalogue() -> None:
    assert PAGE.read_text(encoding="utf-8") == notices.catalogue_page(), (
        "write notices.catalogue_page() to docs/papers.md"
    )


def test_every_paper_has_one_row() -> None:
    ids = [row.id for row in notices.catalogue_rows()]

    assert ids == sorted({f"N{n:02}" for n in range(1, 58)} - ELSEWHERE)


def test_every_row_says_where_its_paper_comes_from() -> None:
    for row in notices.catalogue_rows():
        assert set(row.command.split("、")) <= {*COMMANDS, PRINT}
        assert row.title
        assert row.basis
        assert row.remedy_class in {"none", "optional", "review_first", "by outcome"}
        for name in row.template.split("、"):
            assert (TEMPLATES / name).exists()


def test_only_final_decisions_have_a_row_in_the_report_and_remedies() -> None:
    for row in notices.catalogue_rows():
        if row.report_row and row.id != "N44":
            assert row.remedy_class != "none", row.id


def test_every_kind_stands_on_the_page() -> None:
    page = notices.catalogue_page()

    assert [p.kind for p in CATALOGUE.values() if p.kind != "reply" and p.title not in page] == []
