"""``gongkai audit``: is the chain whole, and where was it broken? And the daily anchor."""

from datetime import date
from pathlib import Path
from typing import Any

import typer

from gongkai import anchors
from gongkai.anchors import Anchors
from gongkai.cli.audit_exemptions import exemptions
from gongkai.cli.frame import config_file, day, say, say_json
from gongkai.cli.texts import t
from gongkai.doctor.chains import chain_faults
from gongkai.doctor.look import Look
from gongkai.errors import DONE, REFUSED, BadUse
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.store.engine import reading
from gongkai.store.tracing import Fault
from gongkai.today import today

app = typer.Typer(help=t("核查：链是否完整，每日锚点，不予公开理由的使用。"), no_args_is_help=True)
app.command(help="不予公开理由的使用情况：每个数字都列得出案件。")(exemptions)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
#: So many faults are printed.
_SHOWN = 100


@app.command(help="沿链核对每一项：有无改动、删除、插入、对调、截断、重写，在哪里。")
def verify(
    anchor: Path | None = typer.Option(None, "--anchor", help="锚点文件：另核对链与锚点是否一致"),
    agency: str = typer.Option("", "--agency", help="只看这个机关"),
    json: bool = JSON,
) -> None:
    """Exit 1 where a chain is broken, or is not what an anchor says."""
    office = open_office(config_file())
    read = anchors.read(anchor) if anchor else None
    with reading(office.store) as tx:
        look = Look(office=office, tx=tx, today=today(), only=agency, anchors=read)
        if agency and agency not in {*look.agencies, *office.config.agencies}:
            raise BadUse(f"没有“{agency}”这个机关。可用的机关：{'、'.join(look.agencies)}。")
        faults = tuple(chain_faults(look))
        lengths = _lengths(look)
    if json:
        say_json({"ok": not faults, "chains": lengths, "faults": [_as_json(f) for f in faults]})
    else:
        _say(faults, lengths, read)
    raise typer.Exit(REFUSED if faults else DONE)


def _lengths(look: Look) -> dict[str, int]:
    return {
        one.agency: one.seq
        for one in anchors.heads(look.tx, look.today)
        if look.only in {"", one.agency}
    }


def _say(faults: tuple[Fault, ...], lengths: dict[str, int], read: Anchors | None) -> None:
    for fault in faults[:_SHOWN]:
        say(str(fault))
    if len(faults) > _SHOWN:
        say(f"……共{len(faults)}处，以上是前{_SHOWN}处。用 --json 看全部。")
    checked = f"{len(lengths)}个机关的链，共{sum(lengths.values())}项"
    with_anchor = f"，与{len(read.lines)}个锚点核对" if read else "（没有与锚点核对）"
    said = f"发现{len(faults)}处问题，请保留数据库和备份，报告负责人" if faults else "没有发现改动"
    say(f"{checked}{with_anchor}：{said}。")


def _as_json(fault: Fault) -> dict[str, Any]:
    return {
        "agency": fault.agency,
        "what": fault.what.name.lower(),
        "label": fault.what.value,
        "seq": fault.seq or None,
        "until": fault.until or None,
        "case": fault.case_number or None,
        "fact": fault.n or None,
        "message": fault.message,
    }


@app.command(help="存放锚点：各机关链尾的摘要，写入数据库以外的文件，可打印、抄送。")
def anchor(
    on: date | None = typer.Option(None, parser=day, metavar="DATE", help="日期，默认今天"),
    file: Path | None = typer.Option(None, "--file", help="锚点文件，默认见配置 [audit]"),
    json: bool = JSON,
) -> None:
    """Append one line for each chain."""
    office: Office = open_office(config_file())
    place = file or anchors.anchor_file(office)
    written = anchors.write(office, on or today(), place)
    if json:
        say_json({"file": str(place), "anchors": [one.as_json() for one in written]})
        return
    for one in written:
        say(one.short)
    say(f"已写入{len(written)}行：{place}。请打印或者抄送到数据库管理员改不到的地方。")
