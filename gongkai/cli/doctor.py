"""``gongkai doctor``: is everything that the data promises so? And case rows built again."""

import typer

from gongkai import anchors
from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.doctor import Invariant, Report, checked
from gongkai.doctor.rebuild import Difference, differences, rebuild
from gongkai.errors import DONE, REFUSED
from gongkai.office import Office
from gongkai.real import NoDatabase, open_office, settled
from gongkai.replay import fresh_office
from gongkai.today import today

app = typer.Typer()

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))


@app.command(help=t("体检：数据是否完整、前后一致；问题在哪里，怎样修复。"))
def doctor(
    rows: bool = typer.Option(False, "--rebuild", help="由事实重建案件行：先显示差别"),
    yes: bool = typer.Option(False, "--yes", help="与 --rebuild 连用：写入"),
    json: bool = JSON,
) -> None:
    """Look at every invariant; exit 1 where one does not hold."""
    office = _office()
    if rows:
        _rebuild(office, yes=yes, json=json)
        return
    file = anchors.anchor_file(office)
    found = checked(office, anchor=file if file.is_file() else None, today=today())
    report = Report(checks=tuple(_shown(one, quiet=json) for one in found))
    if json:
        say_json(report.as_json())
    elif report.ok:
        say(t("全部符合。"))
    raise typer.Exit(DONE if report.ok else REFUSED)


def _office() -> Office:
    """Open the database; without one, an empty one in memory."""
    try:
        return open_office(config_file())
    except NoDatabase as said:
        tell(f"{said}以下检查的是内存中的空数据库。")
        return fresh_office(*settled(config_file()))


def _shown(one: Invariant, *, quiet: bool) -> Invariant:
    """Say what was found as soon as it is known: a large database takes a while."""
    if not quiet:
        faults = sum(not found.note for found in one.found)
        say(f"{'✓' if one.ok else '✗'} {one.promise}{f'：{faults}处' if faults else ''}")
        for found in one.found:
            say(f"    {'（提示）' if found.note else ''}{found}")
    return one


def _rebuild(office: Office, *, yes: bool, json: bool) -> None:
    found = differences(office, today=today())
    done = rebuild(office, found, on=today()) if yes and found else 0
    if json:
        say_json({"differences": [one.as_json() for one in found], "rebuilt": done})
        return
    columns = ("案件", "栏目", "现在存的", "由事实还原的")
    show.table("案件行与事实的差别", columns, (_row(one) for one in found))
    if not found:
        say(t("案件行与事实一致，无须重建。"))
    elif done:
        say(f"已重建{done}件案件，并记录在链上。")
    else:
        say("没有写入。核对差别后，加上 --yes 写入。")


def _row(one: Difference) -> tuple[str, ...]:
    return (one.case, one.column, str(one.stored), str(one.folded))
