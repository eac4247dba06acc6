"""``gongkai case``: everything that can be done to a case, by people with access to the shell."""

import json as jsonlib
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import typer

from gongkai import rectifying, timeline
from gongkai.answer import deadline_as, heading_as, notice_as
from gongkai.casefile import open_story
from gongkai.cli import personal, show
from gongkai.cli.frame import config_file, day, say, say_json
from gongkai.cli.texts import t
from gongkai.cli.who import actor_of
from gongkai.codec import canonical, split
from gongkai.fields import command_from
from gongkai.findings import finding_as
from gongkai.kinds import kind_of, load_any
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.rectifying import Rectified
from gongkai.requesting import Done, perform
from gongkai.store.engine import reading
from gongkai.store.records import answers_of, case_rows
from gongkai.store.registry import StoredPaper, papers_of
from gongkai.store.tables import RECTIFICATION
from gongkai.today import today
from workflow import rectification
from workflow.case import Case
from workflow.clock import Deadline, deadlines
from workflow.facts import Fact
from workflow.proof import proof as proof_of
from workflow.rectification import Rectification, RectificationState, RegisterRectification
from workflow.vocabulary import State

app = typer.Typer(help=t("案件：列表、查看、办理。"), no_args_is_help=True)

NUMBER = typer.Argument(..., help="案件编号")
JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
BY = typer.Option(..., help="用户名，或者 角色:姓名（如 officer:李）")
ON = typer.Option(None, parser=day, metavar="DATE", help="办理日期，默认今天")


app.command("find", help="按姓名、证件号码、电话、地址查找案件：只找完全相同的。")(personal.find)
app.command("unmask", help="查看一件案件的完整个人信息：须写明理由，查看有记录。")(personal.unmask)


@app.command("list", help="案件列表。")
def list_cases(
    agency: str = typer.Option("", help="只看这个机关的案件"),
    json: bool = JSON,
) -> None:
    """Print the rows of all cases."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        rows = [dict(row) for row in case_rows(tx, agency)]
    if json:
        say_json([{key: _plain(value) for key, value in row.items()} for row in rows])
    elif not rows:
        say(t("没有案件。"))
    else:
        show.table(
            "",
            ("案件编号", "机关", "状态", "收到申请", "答复期限"),
            (_row(row) for row in rows),
        )


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    small = row["kind"] == RECTIFICATION
    state = RectificationState(row["state"]) if small else State(row["state"])
    due = str(row["reply_due_on"] or "—")
    return (
        row["number"],
        row["agency"],
        f"更正：{state.label}" if small else state.label,
        str(row["received_on"] or "—"),
        f"{due}（机关内部期限）" if small else due,
    )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


@app.command("show", help="一件案件的经过、期限、审查意见和文书。")
def show_one(
    number: str = NUMBER,
    proof: bool = typer.Option(False, "--proof", help="逐日说明答复期限"),
    json: bool = JSON,
) -> None:
    """Print one case as of today."""
    office = open_office(config_file())
    if json:
        said = _case_json(office, number)
        say_json(said | personal.people_json(office, number))
    else:
        show.heading(number)
        personal.show_people(office, number)
        show_case(office, number, proof=proof)


def show_case(office: Office, number: str, *, proof: bool) -> None:
    """Print a stored case for the reader."""
    case, answers, papers = _stored(office, number)
    if isinstance(case, Rectification):
        lines = list(timeline.of_rectification(case, answers))
    else:
        lines = list(timeline.of_case(case, answers, office.world(case.agency, today())))
    show.timeline(lines)
    show.deadlines(_days(office, case))
    if proof and isinstance(case, Case):
        show.proof(proof_of(case, office.world(case.agency, today())))
    show.findings((line.label, finding) for line in lines for finding in line.findings)
    show.papers((paper, "") for paper in papers)


def _stored(
    office: Office, number: str
) -> tuple[Case | Rectification, Mapping[int, Mapping[str, Any]], tuple[StoredPaper, ...]]:
    with reading(office.store) as tx:
        case = load_any(tx, office, number, today())
        return case, answers_of(tx, number), papers_of(tx, number)


def _days(office: Office, case: Case | Rectification) -> list[Deadline]:
    world = office.world(case.agency, today())
    if isinstance(case, Case):
        return list(deadlines(case, world))
    return [rectification.due(case, office.config.rectification.working_days, world)]


def _case_json(office: Office, number: str) -> dict[str, Any]:
    case, answers, papers = _stored(office, number)
    found = [(n, one) for n, said in sorted(answers.items()) for one in said["findings"]]
    return {
        "case": heading_as(case, office.world(case.agency, today())),
        "version": case.version,
        "deadlines": [deadline_as(one) for one in _days(office, case)],
        "findings": [{"fact": n, **one} for n, one in found],
        "notices": [notice_as(paper, None) for paper in papers],
    }


@app.command(help="一件案件的全部事实，按编号。")
def log(number: str = NUMBER, json: bool = JSON) -> None:
    """Print the facts of a case."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        case = load_any(tx, office, number, today())
    rows = _facts(case.facts)
    if json:
        say_json(rows)
    else:
        show.table(
            "",
            ("", "日期", "办理人", "步骤", ""),
            (
                (
                    str(row["n"]),
                    row["on"],
                    row["by"],
                    row["do"] + ("（按历史记录）" if row["as_recorded"] else ""),
                    jsonlib.dumps(row["said"], ensure_ascii=False),
                )
                for row in rows
            ),
        )


def _facts(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    return [
        {
            "n": fact.number,
            "on": fact.on.isoformat(),
            "by": str(fact.actor),
            "do": fact.kind,
            "recorded_at": fact.recorded_at.isoformat() if fact.recorded_at else None,
            "as_recorded": fact.as_recorded,
            "said": jsonlib.loads(canonical(split(fact.command).public)),
            "papers": [paper.number or paper.title for paper in fact.papers],
        }
        for fact in facts
    ]


@app.command(help="办理一步，如：do 编号 accept --by office-officer-a")
def do(
    number: str = NUMBER,
    command: str = typer.Argument(..., help="步骤，见 gongkai process"),
    pairs: list[str] = typer.Argument(None, metavar="[键=值]…", help="如 items=[1] reason=理由"),
    by: str = BY,
    on: date | None = ON,
    version: int | None = typer.Option(None, help="您看到的案件版本；已被他人办理时拒绝"),
    command_id: str = typer.Option("", help="同一编号只办理一次"),
    json: bool = JSON,
) -> None:
    """Take one step in a case."""
    office = open_office(config_file())
    wanted = command_from(command, pairs or [])
    with reading(office.store) as tx:
        case = load_any(tx, office, number, today())
    state = None if isinstance(case, Rectification) else case.state
    done = kind_of(case).perform(
        office,
        number,
        wanted,
        actor_of(office, case.agency, state, wanted, by),
        on or today(),
        today=today(),
        command_id=command_id,
        expected_version=version,
    )
    _report(office, done, json=json)


@app.command(help="登记一件新申请：取自案例文件的 case 表或者 rectification 表。")
def register(
    file: Path = typer.Argument(..., help="TOML 文件"),
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Register a request; steps in the file are not taken."""
    office = open_office(config_file())
    story = open_story(file, office.config)
    actor = actor_of(office, story.register.agency, None, story.register, by)
    take = rectifying.perform if isinstance(story.register, RegisterRectification) else perform
    done = take(office, None, story.register, actor, story.on, today=today())
    _report(office, done, json=json)


def _report(office: Office, done: Done | Rectified, *, json: bool) -> None:
    case, papers = done.case, done.papers
    if json:
        say_json(
            {
                "case": heading_as(case, office.world(case.agency, today())),
                "version": case.version,
                "repeated": done.repeated,
                "findings": [finding_as(finding) for finding in done.findings],
                "notices": [notice_as(paper, None) for paper in papers],
            }
        )
        return
    again = "（此前已经办理，没有重复）" if done.repeated else ""
    say(f"{case.number}：{case.state.label}，第{case.version}版{again}")
    show.findings((done.fact.kind, finding) for finding in done.findings)
    show.papers((paper, "") for paper in papers)
