"""``gongkai attachment``: files of a case, taken in, listed, given out; orphans collected."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import typer

from gongkai.attaching import collecting, stored
from gongkai.attaching.stored import Stored
from gongkai.attaching.taking import Step, attach, received
from gongkai.cli import show
from gongkai.cli.frame import config_file, day, say, say_json
from gongkai.cli.texts import t
from gongkai.cli.who import actor_of
from gongkai.errors import BadUse
from gongkai.out import OutputTrouble
from gongkai.real import open_office
from gongkai.requesting import load
from gongkai.store.engine import reading
from gongkai.today import now, today
from workflow.commands import Attach

app = typer.Typer(help="附件：存入、列表、取出，清理无主的内容。", no_args_is_help=True)

NUMBER = typer.Argument(..., help="案件编号")
JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
BY = typer.Option(..., help="用户名，或者 角色:姓名（如 officer:李）")
ON = typer.Option(None, parser=day, metavar="DATE", help="办理日期，默认今天")


@app.command(help="把一个文件存入案件。涉密的、压缩包、带宏的不收，理由会写明。")
def add(
    number: str = NUMBER,
    file: Path = typer.Argument(..., help="文件"),
    by: str = BY,
    on: date | None = ON,
    command_id: str = typer.Option("", help="同一编号只办理一次"),
    json: bool = JSON,
) -> None:
    """Take a file in."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        case = load(tx, office, number, today())
    actor = actor_of(office, case.agency, case.state, Attach(), by)
    step = Step(actor=actor, on=on or today(), today=today(), command_id=command_id)
    try:
        stream = file.open("rb")
    except OSError as error:
        raise OutputTrouble(f"{file} 读不了：{error.strerror}。请核对文件名。") from None
    with stream, received(stream, file.name, office.config.attachments) as got:
        done = attach(office, number, got, step)
    if json:
        said = {"sha256": got.sha256, "size": got.size, "media_type": got.media_type}
        say_json({"version": done.case.version, **said, "notes": list(got.notes)})
        return
    say(f"{number}：附件已加密保存（{got.media_type}，{got.size}字节），第{done.case.version}版")
    for note in got.notes:
        say(f"  提示：{note}。")


@app.command("list", help="一件案件的附件。")
def list_attachments(number: str = NUMBER, json: bool = JSON) -> None:
    """Print the attachments of a case."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        found = stored.listed(tx, load(tx, office, number, today()))
    if json:
        say_json([_plain(one) for one in found])
    elif not found:
        say(t("没有附件。"))
    else:
        columns = ("", "日期", "办理人", "文件名", "类型", "字节", "电子文件")
        show.table("", columns, (_row(one) for one in found))


def _plain(one: Stored) -> dict[str, Any]:
    return {**asdict(one), "on": one.on.isoformat()}


def _row(one: Stored) -> tuple[str, ...]:
    name = one.name or "（已删除）"
    there = "有" if one.kept else ("已删除" if one.sha256 else "仅有记录")
    size = str(one.size) if one.sha256 else "—"
    return (str(one.n), str(one.on), one.by, name, one.media_type or "—", size, there)


@app.command(help="取出一个附件：边写边核对摘要；取出本身会被记录。")
def get(
    number: str = NUMBER,
    n: int = typer.Argument(..., min=1, help="附件的号，见 attachment list"),
    out: Path = typer.Option(..., help="写到这个文件；已有的文件不覆盖"),
    by: str = BY,
) -> None:
    """Give one attachment out."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        case = load(tx, office, number, today())
        found = stored.listed(tx, case)
    if n > len(found):
        raise BadUse(f"没有第{n}号附件，本案共{len(found)}个。")
    actor = actor_of(office, case.agency, case.state, Attach(), by)
    stored.give_out(office, case, found[n - 1], out, by=actor, today=today())
    say(f"{out}：{found[n - 1].size}字节，摘要已核对。")


@app.command(help="清理无主的内容：没有案件引用的附件。先列出，加 --yes 才删除。")
def collect(
    yes: bool = typer.Option(False, "--yes", help="删除"),
    json: bool = JSON,
) -> None:
    """Show what nothing names, and remove it when told to."""
    office = open_office(config_file())
    moment = now()
    found = collecting.remove(office, moment) if yes else collecting.find(office, moment)
    if json:
        files = [{"file": name, "size": size} for name, size in found.files]
        blobs = [one._asdict() for one in found.blobs]
        say_json({"removed": yes, "blobs": blobs, "files": files})
        return
    rows = [(one.agency, one.sha256[:16], str(one.size)) for one in found.blobs]
    rows += [("—", name, str(size)) for name, size in found.files]
    show.table("", ("机关", "内容", "字节"), rows)
    what = "已删除" if yes else "无主的内容（没有删除；加 --yes 删除）"
    say(f"{what}：{len(rows)}项。")
