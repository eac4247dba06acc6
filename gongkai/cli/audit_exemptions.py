"""``gongkai audit exemptions``: how exemptions are used, every figure with its cases."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import typer

from gongkai.cli import show
from gongkai.cli.frame import config_file, day, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.config import Config
from gongkai.errors import BadUse
from gongkai.exemption_audit import tables, wording, workbook
from gongkai.exemption_audit.counting import DIMENSIONS, audit
from gongkai.exemption_audit.reading import requests
from gongkai.exemption_audit.report import Asked, as_json
from gongkai.real import open_office
from gongkai.store.engine import reading


def exemptions(
    since: date = typer.Option(..., "--from", parser=day, metavar="DATE", help="自这一天起答复的"),
    until: date = typer.Option(..., "--to", parser=day, metavar="DATE", help="至这一天为止答复的"),
    agency: str = typer.Option("", "--agency", help="只看这个机关"),
    by: str = typer.Option("", "--by", help=f"分组，用逗号隔开：{'、'.join(DIMENSIONS)}"),
    cases: bool = typer.Option(False, "--cases", help="列出每个数字的案件"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
    xlsx: Path | None = typer.Option(None, "--xlsx", help="写成工作簿"),
) -> None:
    """Count the requests answered in a period."""
    office = open_office(config_file())
    asked = _asked(since, until, agency, by, office.config)
    with reading(office.store) as tx:
        found = audit(requests(tx, asked.agencies, asked.since, asked.until), asked.by)
    sheets = list(tables.sheets(found, asked, office.config))
    if xlsx is not None:
        workbook.write(xlsx, sheets)
        tell(f"已写入 {xlsx}。")
    if json:
        say_json(as_json(found, asked, office.config))
    else:
        _say(sheets, asked, cases=cases)


def _asked(since: date, until: date, agency: str, by: str, config: Config) -> Asked:
    if since > until:
        raise BadUse(f"--from 的 {since} 晚于 --to 的 {until}。")
    if agency and agency not in config.agencies:
        raise BadUse(f"没有“{agency}”这个机关。可用的机关：{'、'.join(config.agencies)}。")
    names = tuple(dict.fromkeys(name.strip() for name in by.split(",") if name.strip()))
    if wrong := [name for name in names if name not in DIMENSIONS]:
        known = "、".join(f"{name}（{wording.DIMENSIONS[name]}）" for name in DIMENSIONS)
        raise BadUse(f"--by 不能是“{wrong[0]}”，应为：{known}。")
    agencies = (agency,) if agency else tuple(config.agencies)
    return Asked(since=since, until=until, agencies=agencies, by=names)


def _say(sheets: Iterable[tables.Sheet], asked: Asked, *, cases: bool) -> None:
    say(f"自 {asked.since} 至 {asked.until} 答复或者办结的申请，以最后一次答复为准：")
    for sheet in sheets:
        rows = [[tables.shown(cell) for cell in row] for row in sheet.rows]
        show.table(sheet.title, sheet.columns, rows)
        for name, column, numbers in tables.listed(sheet) if cases else ():
            show.console.print(f"{name} {column}：{'、'.join(numbers)}".strip())
        if cases and sheet.rows:
            show.console.print()
