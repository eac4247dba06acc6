"""``gongkai notice``: papers that were issued, and the catalogue of those there are."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from gongkai.answer import notice_as
from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.errors import BadUse
from gongkai.real import open_office
from gongkai.store.engine import reading
from gongkai.store.records import case_rows, paper_numbered, papers_of
from notices.catalogue import AGAIN, BY_GROUNDS, BY_OUTCOMES, CATALOGUE, PaperKind

app = typer.Typer(help=t("文书：列表、目录、取出。"), no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))


@app.command("list", help="已制发的文书。")
def list_papers(
    case: str = typer.Option("", help="只看这件案件的文书"),
    json: bool = JSON,
) -> None:
    """Print the papers of one case or of all."""
    office = open_office(config_file())
    with reading(office.engine) as connection:
        numbers = [case] if case else [row["number"] for row in case_rows(connection)]
        papers = [paper for number in numbers for paper in papers_of(connection, number)]
    if json:
        say_json([notice_as(paper, None) for paper in papers])
    else:
        show.papers((paper, "") for paper in papers)


@app.command(help="文书目录：编号、名称、步骤、依据、救济类别、年报行。")
def catalogue(json: bool = JSON) -> None:
    """Print every paper the program makes."""
    rows = [_entry(paper) for paper in _kinds()]
    if json:
        say_json(rows)
        return
    keys = ("id", "title", "command", "basis", "remedy_class", "report_row")
    columns = ("编号", "名称", "步骤", "依据", "救济类别", "年报行")
    show.table("", columns, ([str(row[key]) for key in keys] for row in rows))


def _kinds() -> Iterator[PaperKind]:
    seen = set()
    for paper in (*CATALOGUE.values(), *BY_OUTCOMES.values(), *BY_GROUNDS.values(), AGAIN):
        if paper.id not in seen:
            seen.add(paper.id)
            yield paper


def _entry(paper: PaperKind) -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "command": paper.command,
        "template": paper.template,
        "basis": paper.basis,
        "remedy_class": str(paper.remedy),
        "report_row": paper.report_row,
    }


@app.command(help="按文号取出一份已制发的文书（当时的原件，不重新生成）。")
def render(
    number: str = typer.Argument(..., help="文号"),
    out: Path | None = typer.Option(None, help="写成 .docx 文件；不写则显示文字"),
) -> None:
    """Write the bytes that were issued, or print their text."""
    office = open_office(config_file())
    with reading(office.engine) as connection:
        paper = paper_numbered(connection, number)
    if paper is None:
        raise BadUse(f"没有文号为“{number}”的文书。用 gongkai notice list 查看文号。")
    if out is None:
        say(paper.text)
    else:
        out.write_bytes(paper.docx)
        say(f"{out}（sha256 {paper.sha256}）")
