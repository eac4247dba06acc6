"""``gongkai task``: what waits for whom."""

from datetime import date
from pathlib import Path
from typing import Any

import typer

from gongkai.cli import show
from gongkai.cli.frame import config_file, day, say, say_json
from gongkai.cli.texts import t
from gongkai.office import Office
from gongkai.out import write_papers
from gongkai.real import open_office
from gongkai.store import tasks
from gongkai.store.engine import reading
from gongkai.store.tasks import Task
from gongkai.sweep import closing, yearly
from gongkai.sweep.proposals import Proposal, preview, proposals
from gongkai.today import today
from gongkai.wording import advice
from workflow.errors import Refused
from workflow.periods import PeriodKind
from workflow.vocabulary import Role

app = typer.Typer(help=t("待办：列表、办结。"), no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
BY = typer.Option(..., help="用户名，或者 角色:姓名（如 officer:李）")


@app.command("list", help="待办列表，最急的在前。")
def list_tasks(
    agency: str = typer.Option("", help="只看这个机关"),
    role: Role | None = typer.Option(None, help="只看这个角色的待办"),
    json: bool = JSON,
) -> None:
    """Print what waits for somebody."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        found = list(tasks.open_tasks(tx, agency=agency, role=role))
    if json:
        say_json([as_json(task) for task in found])
        return
    rows = ((task.key, task.due_on.isoformat(), task.role.label, task.text) for task in found)
    show.table("", ("标识", "到期日", "角色", "待办"), rows)
    say(f"共{len(found)}项。")


def as_json(task: Task) -> dict[str, Any]:
    """Return a task as JSON."""
    return {
        "agency": task.agency,
        "case": task.case_number or None,
        "key": task.key,
        "kind": task.kind.value,
        "number": task.number,
        "due_on": task.due_on.isoformat(),
        "action": task.action.value,
        "role": task.role.value,
        "text": task.text,
        "created_on": task.created_on.isoformat(),
        "closed_on": task.closed_on.isoformat() if task.closed_on else None,
        "closed_by": task.closed_by or None,
    }


@app.command("proposals", help="期限届满后提请负责人决定的事项，附拟制的文书。")
def list_proposals(
    agency: str = typer.Option("", help="只看这个机关"),
    out: Path | None = typer.Option(None, help="把拟制的文书写到这个目录"),
    json: bool = JSON,
) -> None:
    """Print each proposal with its command, its paper, or what still stands in the way."""
    office = open_office(config_file())
    found = [_proposal_as(office, one, out) for one in proposals(office, agency)]
    if json:
        say_json(found)
        return
    for one in found:
        say(one["text"])
        say(f"    {one['command']}")
        papers = "、".join(one["papers"]) or "无"
        say(f"    还缺：{one['refused']}" if one["refused"] else f"    拟制文书：{papers}")
    say(f"共{len(found)}项。期满有无正当理由由人判断，系统不自动办结。")


def _proposal_as(office: Office, one: Proposal, out: Path | None) -> dict[str, Any]:
    seen = preview(office, one, today())
    said = {"case": one.task.case_number, "text": one.task.text, "command": one.words}
    if isinstance(seen, Refused):
        why = advice(seen.message, seen.article, seen.mend)
        return {**said, "refused": why, "papers": []}
    folder = out / one.task.case_number if out else None
    files = write_papers(folder, seen.papers) if folder else [p.title for p in seen.papers]
    return {**said, "refused": None, "papers": files}


@app.command(help="年度事项（年度报告、考核评分）已经办结。")
def done(
    agency: str = typer.Argument(..., help="机关"),
    kind: PeriodKind = typer.Argument(..., help="annual_report 或者 yearly_score"),
    year: int = typer.Argument(..., help="办结的年度，如 2027 年 1 月 31 日前公布的填 2027"),
    by: str = BY,
    on: date | None = typer.Option(None, parser=day, metavar="DATE", help="办结日期，默认今天"),
) -> None:
    """Record that a yearly duty of an agency is done: its reminders end."""
    office = open_office(config_file())
    new = yearly.record_done(office, agency, kind, year, by, on or today(), today())
    again = "" if new else "此前已有记录，没有重复"
    say(f"{again or '已'}记录：{agency} {kind.label}（{year}）办结。")


@app.command(help="没有送出的消息已另行告知等：办结一项“需要处理”的待办，写明怎样处理的。")
def close(
    key: str = typer.Argument(..., help="待办的标识，见 gongkai task list"),
    by: str = BY,
    reason: str = typer.Option(..., help="怎样处理的，如：已电话告知"),
    agency: str = typer.Option("", help="哪个机关的"),
) -> None:
    """Close what no step of a case will close; a recorded act."""
    closed = closing.close(open_office(config_file()), key, by, reason, today(), agency=agency)
    say(f"已办结，并记录在链上：{closed.text}")
