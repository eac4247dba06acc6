"""``gongkai import``: case files into the database, each wholly and once or not at all."""

from collections import Counter
from pathlib import Path
from typing import Any

import typer

from gongkai.acts import LABELS
from gongkai.answer import NO_CASE, answer, heading_as, notice_as
from gongkai.casefile import open_story
from gongkai.cli.files import each_file
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.errors import DONE, REFUSED
from gongkai.importing import Imported, import_file
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.runs import Run, StepResult
from gongkai.store.engine import reading
from gongkai.store.registry import papers_of
from gongkai.today import today
from gongkai.wording import advice

app = typer.Typer()


@app.command(help=t("把案例文件录入数据库。"))
def import_files(
    files: list[Path] = typer.Argument(..., metavar="FILE…"),
    as_recorded: bool = typer.Option(
        False, "--as-recorded", help="历史案件：不合规定之处记为审查意见，不拒绝，不制作文书"
    ),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Take in every file; the exit code is the worst of them."""
    office = open_office(config_file())
    count: Counter[str] = Counter()

    def work(file: Path) -> int:
        story = open_story(file, office.config)
        done = import_file(office, file.read_bytes(), story, today=today(), as_recorded=as_recorded)
        count["known" if done.known else "kept" if done.kept else "refused"] += 1
        _report(office, file, done, json=json)
        return DONE if done.known or done.kept else REFUSED

    worst = each_file(files, work, json=json)
    if not json:
        failed = len(files) - count["kept"] - count["known"]
        say(f"录入{count['kept']}件，此前已录入{count['known']}件，没有录入{failed}件。")
    raise typer.Exit(worst)


def _report(office: Office, file: Path, done: Imported, *, json: bool) -> None:
    if done.run is None:
        _report_known(office, file, done.known, json=json)
    elif json:
        said = answer(done.run, str(file))
        undone: dict[str, Any] = {"case": dict(NO_CASE), "deadlines": [], "notices": []}
        said |= {} if done.kept else undone
        say_json({**said, "imported": done.kept, "repeated": False}, lines=True)
    elif done.kept:
        say(f"✓ {file}：{_summary(done.run)}")
    else:
        say(f"✗ {file}：没有录入，数据库没有改动。{_why(done.run)}")


def _report_known(office: Office, file: Path, number: str, *, json: bool) -> None:
    if json:
        say_json({"file": str(file), "ok": True, **_known(office, number)}, lines=True)
    else:
        say(f"— {file}：同一文件此前已经录入（{number}），没有改动。")


def _known(office: Office, number: str) -> dict[str, Any]:
    with reading(office.store) as tx:
        papers = [notice_as(paper, None) for paper in papers_of(tx, number)]
        case = load_any(tx, office, number, today())
    heading = heading_as(case, office.world(case.agency, today()))
    beside: dict[str, Any] = {"steps": [], "deadlines": [], "findings": [], "notices": papers}
    return {"case": heading, **beside, "imported": False, "repeated": True}


def _summary(run: Run) -> str:
    case = run.case or run.rectification
    assert case is not None  # noqa: S101 - what is kept has at least been registered
    found = sum(len(step.findings) for step in run.steps if step.refused is None)
    seen = f"，{found}条审查意见（gongkai case show {case.number} 查看）" if found else ""
    return f"{case.number}，{case.version}步，{case.state.label}{seen}"


def _why(run: Run) -> str:
    """Say which step did not go as the file says."""
    step = next(step for step in run.steps if not step.as_expected)
    if step.refused is None:
        return f"{_place(step)}写明应当被拒绝（refused），实际可以办理。"
    said = advice(step.refused.message, step.refused.article, step.refused.mend)
    return f"{_place(step)}被拒绝，{step.refused.code}：{said}"


def _place(step: StepResult) -> str:
    label = LABELS[step.do]
    return f"第{step.n}步“{label}”" if step.n else f"“{label}”"
