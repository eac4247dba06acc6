"""``gongkai notice``: issued papers, what is printed of a case, numbers, the catalogue."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from gongkai import catalogue as list_of_papers
from gongkai import printing
from gongkai.answer import notice_as
from gongkai.cli import numbers, show
from gongkai.cli.frame import config_file, day, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.cli.who import actor_of
from gongkai.errors import DONE, REFUSED, BadUse
from gongkai.fonts import gaps
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.out import told_of
from gongkai.pdf import to_pdf
from gongkai.printing import Sheet
from gongkai.real import open_office
from gongkai.requesting import load, perform
from gongkai.store.engine import reading
from gongkai.store.records import case_rows
from gongkai.store.registry import Issued, StoredPaper, by_number, paper_numbered, papers_of
from gongkai.today import today
from gongkai.verify import verify as verdict_on
from notices.page import catalogue_page
from workflow.case import Case
from workflow.commands import RecallReply
from workflow.errors import Refused

app = typer.Typer(help=t("文书：列表、目录、打印、核验、文号。"), no_args_is_help=True)
app.add_typer(numbers.app, name="numbers")

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))


@app.command("list", help="已制发的文书：一件案件的，或者全部。")
def list_papers(
    number: str = typer.Argument("", help="案件编号；不写则列出全部"),
    case: str = typer.Option("", help="同上"),
    json: bool = JSON,
) -> None:
    """Print the papers of one case or of all."""
    office = open_office(config_file())
    one = number or case
    with reading(office.store) as tx:
        wanted = [one] if one else [row["number"] for row in case_rows(tx)]
        papers = [paper for each in wanted for paper in papers_of(tx, each)]
    if json:
        say_json([_listed(paper) for paper in papers])
    else:
        show.papers((paper, "") for paper in papers)


def _listed(paper: StoredPaper) -> dict[str, object]:
    void = paper.void_on.isoformat() if paper.void_on else None
    return {
        **notice_as(paper, None),
        "form": paper.form,
        "title": paper.title,
        "on": paper.on.isoformat(),
        "check_code": paper.check_code,
        "void_on": void,
        "void_reason": paper.void_reason or None,
    }


@app.command(help="文书目录：编号、名称、步骤、依据、救济类别、年报行。")
def catalogue(
    json: bool = JSON,
    markdown: bool = typer.Option(False, "--markdown", help="输出文档中的表格"),
) -> None:
    """Print every paper the program makes."""
    rows = list_of_papers.rows()
    if json:
        say_json([{**row, "report_row": row["report_row"] or None} for row in rows])
        return
    if markdown:
        say(catalogue_page())
        return
    keys = ("id", "title", "command", "basis", "remedy_class", "report_row")
    columns = ("编号", "名称", "步骤", "依据", "救济类别", "年报行")
    show.table("", columns, ([row[key] for key in keys] for row in rows))


@app.command(help="按文号取出当时的原件；或者把整个目录的 Word 文书转换为 PDF。")
def render(
    what: list[str] = typer.Argument(..., metavar="文号|DIR…"),
    out: Path | None = typer.Option(None, help="文号：写成这个 .docx 文件；目录：PDF 写到这里"),
) -> None:
    """Write the bytes that were issued, or print their text; folders become PDF in one batch."""
    folders = [Path(one) for one in what]
    if all(folder.is_dir() for folder in folders):
        _render_folders(folders, out)
        return
    if len(what) > 1:
        raise BadUse("一次取出一个文号，或者写一个或几个目录。")
    office = open_office(config_file())
    with reading(office.store) as tx:
        paper = paper_numbered(tx, what[0])
    if paper is None:
        raise BadUse(f"没有文号为“{what[0]}”的文书。用 gongkai notice list 查看文号。")
    if out is None:
        say(paper.text)
    else:
        with told_of(out):
            out.write_bytes(paper.docx)
        say(f"{out}（sha256 {paper.sha256}）")


def _render_folders(folders: Sequence[Path], out: Path | None) -> None:
    count = 0
    for folder in folders:
        files = sorted(folder.glob("*.docx"))
        to = (out / folder.name if len(folders) > 1 else out) if out else folder
        count += len(_as_pdf(files, to))
    if not count:
        raise BadUse(f"{'、'.join(map(str, folders))}：没有 .docx 文书。")
    say(f"{count}份 PDF。")


def _as_pdf(files: Sequence[Path], out: Path) -> list[Path]:
    if not files:
        return []
    out.mkdir(parents=True, exist_ok=True)
    return to_pdf(files, out, _progress)


def warn_of_gaps(papers: Sequence[StoredPaper]) -> None:
    """Say which characters the letter font of this machine does not have."""
    found = gaps("".join(paper.text for paper in papers))
    if found.missing:
        tell(
            f"本机没有能显示这些字的字体，PDF 里会是方框：{'、'.join(found.missing)}。请安装字体。"
        )
    if found.borrowed:
        tell(f"正文字体没有这些字，PDF 里用别的字体显示：{'、'.join(found.borrowed)}。")


def _progress(done: int, of: int) -> None:
    tell(f"PDF [{done}/{of}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A case with its papers; ``case`` is None for a rectification, which has no forms."""

    case: Case | None
    agency: str
    papers: tuple[StoredPaper, ...]


def _opened(office: Office, number: str) -> _File:
    with reading(office.store) as tx:
        papers = papers_of(tx, number)
        case = load_any(tx, office, number, today())
    own = case if isinstance(case, Case) else None
    return _File(case=own, agency=case.agency, papers=papers)


@app.command("print", help="打印一件案件：已制发的文书和可以随时打印的表格，按归档顺序。")
def print_case(
    number: str = typer.Argument(..., help="案件编号"),
    kinds: list[str] = typer.Argument(None, metavar="[KIND…]", help="文书或者表格的种类"),
    everything: bool = typer.Option(False, "--all", help="全部"),
    out: Path | None = typer.Option(None, help="写到这个目录，默认 out/案件编号"),
    pdf: bool = typer.Option(False, "--pdf", help="同时生成 PDF（需要 LibreOffice）"),
    json: bool = JSON,
) -> None:
    """Write the printing set of a case; without kinds and ``--all`` say what there is."""
    office = open_office(config_file())
    file = _opened(office, number)
    if not kinds and not everything:
        _say_kinds(printing.kinds(file.case, file.papers), json=json)
        return
    sheets = printing.printing_set(
        file.case,
        file.papers,
        kinds or (),
        on=today(),
        world=office.world(file.agency, today()),
    )
    written = _write(sheets, out or Path("out") / number)
    made = _as_pdf(written, written[0].parent) if pdf and written else []
    if pdf:
        warn_of_gaps(file.papers)
    _say_sheets(sheets, made or written, json=json)


def _say_kinds(known: dict[str, str], *, json: bool) -> None:
    if json:
        say_json([{"kind": kind, "title": title} for kind, title in known.items()])
        return
    show.table("", ("种类", "文书"), known.items())
    say("写明种类，或者用 --all 打印全部。")


def _write(sheets: Sequence[Sheet], folder: Path) -> list[Path]:
    """Write the sheets anew: what an earlier printing left under their names is replaced."""
    files = []
    for place, sheet in enumerate(sheets, start=1):
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{place:02d}-{sheet.kind}.docx"
        file.write_bytes(sheet.docx)
        files.append(file)
    return files


def _say_sheets(sheets: Sequence[Sheet], files: Sequence[Path], *, json: bool) -> None:
    rows = list(zip(sheets, files, strict=True))
    if json:
        keys = ("kind", "id", "title", "number", "issued")
        said = [{key: getattr(sheet, key) for key in keys} for sheet, _ in rows]
        say_json([{**one, "file": str(file)} for one, (_, file) in zip(said, rows, strict=True)])
        return
    lines = ((s.title, s.number or "—", str(f)) for s, f in rows)
    show.table("", ("文书", "文号", "文件"), lines)


@app.command(help="核验一份文书：是不是本机关制发的，有没有改动。")
def verify(
    what: str = typer.Argument(..., metavar="FILE|CODE", help="Word 文件，或者12个字母的核验码"),
    json: bool = JSON,
) -> None:
    """Exit 0 only where the paper is ours and unchanged."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        verdict = verdict_on(tx, what)
    if json:
        say_json(verdict.as_json())
    else:
        say(verdict.message)
        if verdict.issued:
            say(_belongs(office, verdict.issued))
    raise typer.Exit(DONE if verdict.ok else REFUSED)


def _belongs(office: Office, found: Issued) -> str:
    agency = office.config.agencies.get(found.agency)
    paper = found.paper
    return (
        f"案件 {found.case_number}（{agency.name if agency else found.agency}），"
        f"{paper.on}《{paper.title}》，文号：{paper.number or '无'}，核验码：{paper.check_code}，"
        f"第{found.fact}项事实制发，sha256 {paper.sha256}"
    )


@app.command(help="作废一个文号：只限已制发、尚未送出的答复书；文号保留，不再使用。")
def void(
    number: str = typer.Argument(..., help="文号"),
    reason: str = typer.Option(..., help="作废的理由"),
    by: str = typer.Option(..., help="用户名，或者 角色:姓名（如 head:王）"),
    on: date | None = typer.Option(None, parser=day, metavar="DATE", help="日期，默认今天"),
) -> None:
    """Void a reply before dispatch by recalling it; the effect of any other paper stands."""
    office = open_office(config_file())
    found = _voidable(office, number)
    command = RecallReply(reason=reason)
    with reading(office.store) as tx:
        case = load(tx, office, found.case_number, today())
    if case.reply is None or case.reply.number != number:
        raise _not_voidable(f"“{number}”不是本案现行的答复书。")
    actor = actor_of(office, case.agency, case.state, command, by)
    perform(office, case.number, command, actor, on or today(), today=today())
    say(f"{number} 已作废，理由：{reason}。文号保留，不再使用；重新制发时取下一个号。")


def _voidable(office: Office, number: str) -> Issued:
    with reading(office.store) as tx:
        found = by_number(tx, number)
    if not found:
        raise _not_voidable(f"没有文号为“{number}”的文书。")
    paper = found[0].paper
    if paper.void_on:
        raise _not_voidable(f"“{number}”已于{paper.void_on}作废（{paper.void_reason}）。")
    if paper.kind != "reply":
        raise _not_voidable(
            f"“{paper.title}”（{number}）是步骤的一部分，期限由它起算，不能单独作废。"
        )
    return found[0]


def _not_voidable(message: str) -> Refused:
    return Refused(
        code="not_voidable",
        message=message,
        article="45",
        mend="只有已制发、尚未送出的答复书可以收回作废；其他文书写错的，请更正记录后另行告知。",
    )
