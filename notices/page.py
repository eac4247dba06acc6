"""The catalogue as people read it: one row for each paper, and the page in the docs."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from notices.catalogue import (
    AGAIN,
    BY_GROUNDS,
    BY_OUTCOMES,
    CATALOGUE,
    LATER,
    PRINT,
    SUPPLEMENT,
    PaperKind,
)
from rules.words import Ground, Outcome
from workflow.machine import LABELS

_HEAD: Final = """# 文书目录 · The papers

<!-- Made from `notices/catalogue.py` by `notices.catalogue_page()`; a test keeps them equal. -->

每一种文书由哪一步产生、用哪个模板、依据什么、属于哪一救济类别、计入年度报告哪一行。
“print” 是按需打印的表格，不编文号，不记入案件；“by outcome” 按答复结果确定。
What calls for each paper, its template, its basis, its remedy class and its row in the annual
report. `print`: a form printed on demand. N40 and N51, N52 belong to cases of their own kind.

"""
_COLUMNS: Final = ("编号", "名称", "步骤", "模板", "依据", "救济类别", "年报行")
_OTHERS: Final = "\n## 其他表格 · Other forms\n\n"
_PART: Final = "reply.txt.j2、{}"
_ENTRY: Final = "N"


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One paper of the catalogue; several kinds that share an id stand in one row."""

    id: str
    title: str
    command: str
    template: str
    basis: str
    remedy_class: str
    report_row: str


def catalogue_rows() -> tuple[CatalogueRow, ...]:
    """Return one row for each paper from N01 on, in order."""
    return tuple(row for row in _rows() if row.id.startswith(_ENTRY))


def catalogue_page() -> str:
    """Return the page of the docs: the catalogue, then the forms beside it."""
    others = (row for row in _rows() if not row.id.startswith(_ENTRY))
    return _HEAD + _table(catalogue_rows()) + _OTHERS + _table(others)


def _rows() -> tuple[CatalogueRow, ...]:
    by_id: dict[str, list[CatalogueRow]] = {}
    for row in _single():
        by_id.setdefault(row.id, []).append(row)
    return tuple(_merged(by_id[id_]) for id_ in sorted(by_id, key=lambda i: (i[0] != "N", i)))


def _single() -> Iterator[CatalogueRow]:
    yield from (_row(paper) for kind, paper in CATALOGUE.items() if kind != "reply")
    for outcome, paper in BY_OUTCOMES.items():
        yield _row(paper, _PART.format(f"_answer_{outcome}.txt.j2"))
    for ground, paper in BY_GROUNDS.items():
        if ground is not Ground.THIRD_PARTY_INTEREST:  # shares the letter of personal privacy
            yield _row(paper, _PART.format(f"_answer_{Outcome.WITHHOLD}.txt.j2"))
    yield _row(LATER, _PART.format("_how_given.txt.j2"))
    for paper in (AGAIN, SUPPLEMENT):
        yield _row(paper, _PART.format("_before_the_reply.txt.j2"))


def _row(paper: PaperKind, template: str = "") -> CatalogueRow:
    return CatalogueRow(
        paper.id,
        paper.title,
        paper.command,
        template or paper.template,
        paper.basis,
        str(paper.remedy),
        paper.report_row,
    )


def _merged(rows: list[CatalogueRow]) -> CatalogueRow:
    first = rows[0]
    if len(rows) == 1:
        return first
    return CatalogueRow(
        first.id,
        _joined(row.title for row in rows),
        _joined(row.command for row in rows),
        _joined(row.template for row in rows),
        _joined(row.basis for row in rows),
        first.remedy_class,
        first.report_row,
    )


def _joined(words: Iterable[str]) -> str:
    return "、".join(dict.fromkeys(words))


def _table(rows: Iterable[CatalogueRow]) -> str:
    lines = [_line(_COLUMNS), _line("---" for _ in _COLUMNS)]
    lines += [
        _line(
            (
                row.id,
                row.title,
                "、".join(_step(word) for word in row.command.split("、")),
                "、".join(f"`{name}`" for name in row.template.split("、")),
                row.basis,
                row.remedy_class,
                row.report_row,
            )
        )
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def _step(word: str) -> str:
    return f"`{word}`" if word == PRINT else f"{LABELS[word]} `{word}`"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
