"""``gongkai retention``: erasing personal data at the end of its retention, by two people."""

from datetime import date
from typing import Any

import typer

from gongkai import retention
from gongkai.cli import show
from gongkai.cli.frame import config_file, day, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.retention import Due, filed_before
from gongkai.today import today

app = typer.Typer(help=t("保管期限：到期个人信息的清单、方案、清除。"), no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
BY = typer.Option(..., help="负责人或者主管部门人员：用户名，或者 角色:姓名（如 head:李）")
AGENCY = typer.Option("", help="机关；用户只属于一个机关的可以不写")


@app.command("list", help="哪些案件的个人信息可以清除（只看，不改）。")
def list_due(
    before: date | None = typer.Option(
        None, parser=day, metavar="DATE", help="在这一天以前归档的；默认按配置的保管期限"
    ),
    agency: str = typer.Option("", help="只看这个机关的案件"),
    json: bool = JSON,
) -> None:
    """Print what would be erased."""
    office = open_office(config_file())
    day_before = before or filed_before(today(), office.config.retention.years)
    found = retention.due(office, before=day_before, today=today(), agency=agency)
    if json:
        say_json({"filed_before": day_before.isoformat(), "cases": [_as_json(o) for o in found]})
        return
    say(f"在{day_before}以前归档、个人信息尚未清除的案件：{len(found)}件")
    columns = ("案件编号", "机关", "归档", "个人信息", "文书和附件", "索引")
    show.table("", columns, (_line(one) for one in found))


def _as_json(one: Due) -> dict[str, Any]:
    return {
        "number": one.number,
        "agency": one.agency,
        "filed_on": one.filed_on.isoformat(),
        "personal": one.personal,
        "blobs": one.blobs,
        "index": one.index,
    }


def _line(one: Due) -> tuple[str, ...]:
    counts = map(str, (one.personal, one.blobs, one.index))
    return (one.number, one.agency, str(one.filed_on), *counts)


@app.command(help="提出清除方案：记录可以清除的案件，由另一人执行。")
def propose(by: str = BY, agency: str = AGENCY, json: bool = JSON) -> None:
    """Record which cases are to be erased."""
    office = open_office(config_file())
    act = retention.propose(office, _agency(office, by, agency), by, today=today())
    numbers = [number for number, _ in act.said["cases"]]
    if json:
        said = {"agency": act.agency, "seq": act.seq, "digest": act.said["digest"]}
        say_json({**said, "cases": numbers})
        return
    say(f"已提出清除方案：{len(numbers)}件，摘要 {act.said['digest'][:12]}…")
    say("请由另一名负责人或者主管部门人员运行 gongkai retention erase。清除后不能恢复。")


@app.command(help="执行清除方案：须是提出人以外的人；清除后不能恢复。")
def erase(by: str = BY, agency: str = AGENCY, json: bool = JSON) -> None:
    """Erase what was proposed, a case at a time."""
    office = open_office(config_file())
    done = retention.erase(
        office,
        _agency(office, by, agency),
        by,
        today=today(),
        tell=lambda n, of: tell(f"清除 [{n}/{of}]"),
    )
    counts = {name: getattr(done, name) for name in ("cases", "personal", "blobs", "index")}
    if json:
        say_json(counts)
        return
    say(
        f"已清除{done.cases}件案件的个人信息：{done.personal}段，"
        f"文书和附件{done.blobs}份，索引{done.index}行。"
    )
    say(
        "备份里还有，应当按备份的保管办法销毁；PostgreSQL 的空闲空间和日志里可能还留有密文，"
        "运行 gongkai key rotate 更换密钥后即不能再打开。"
    )


def _agency(office: Office, by: str, asked: str) -> str:
    """Return the agency that is meant: the one named, or the only one of the user."""
    if asked and asked not in office.config.agencies:
        raise BadUse(f"没有“{asked}”这个机关。可用：{'、'.join(office.config.agencies)}。")
    own = {person.agency for person in office.config.people if person.user == by}
    if not asked and len(own) != 1:
        raise BadUse("请用 --agency 写明是哪个机关。")
    return asked or own.pop()
