"""``gongkai case find`` and ``unmask``: by a personal value; the full data for a reason."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

import typer
from sqlalchemy import RowMapping

from gongkai import personal
from gongkai.acts import LABELS
from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.errors import BadUse
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.personal import Unmasked, people_of, texts
from gongkai.real import open_office
from gongkai.store import blind
from gongkai.store.engine import reading
from gongkai.store.records import case_row_of
from gongkai.today import today

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
BY = typer.Option(..., help="用户名，或者 角色:姓名（如 officer:李）")


def find(
    name: str = typer.Option("", help="申请人、代理人或者第三方的姓名或者名称"),
    id_document: str = typer.Option("", "--id-document", help="证件号码"),
    phone: str = typer.Option("", help="电话"),
    address: str = typer.Option("", help="地址"),
    agency: str = typer.Option("", help="只找这个机关的案件"),
    by: str = BY,
    json: bool = JSON,
) -> None:
    """Print the cases that bear every given value; what is printed of people is masked."""
    given = (name, id_document, phone, address)
    wanted = {field: text for field, text in zip(blind.FIELDS, given, strict=True) if text}
    if not wanted:
        raise BadUse("请写明按什么查找：--name、--id-document、--phone 或者 --address。")
    office = open_office(config_file())
    rows = list(personal.find(office, by, wanted, agency))
    found = [(row, _people(office, row)) for row in rows]
    if json:
        say_json([_as_json(row, people) for row, people in found])
    elif not found:
        say(t("没有案件。"))
    else:
        columns = ("案件编号", "机关", "收到", "当事人（遮蔽）")
        show.table("", columns, (_line(row, people) for row, people in found))


def _people(office: Office, row: RowMapping) -> tuple[personal.Masked, ...]:
    with reading(office.store) as tx:
        case = load_any(tx, office, row["number"], today())
    return people_of(case)


def _as_json(row: RowMapping, people: tuple[personal.Masked, ...]) -> dict[str, Any]:
    return {
        "number": row["number"],
        "agency": row["agency"],
        "kind": row["kind"],
        "state": row["state"],
        "on": row["on"].isoformat(),
        "people": [asdict(one) for one in people],
    }


def _line(row: RowMapping, people: tuple[personal.Masked, ...]) -> tuple[str, ...]:
    names = "、".join(f"{one.what}{one.name}" for one in people)
    return (row["number"], row["agency"], str(row["on"]), names)


def unmask(
    number: str = typer.Argument(..., help="案件编号"),
    by: str = BY,
    reason: str = typer.Option(..., help="为什么事项需要查看；会长期保存，不要写姓名和号码"),
    json: bool = JSON,
) -> None:
    """Print all personal data of a case once; who saw it and why is recorded before."""
    office = open_office(config_file())
    found = personal.unmask(office, number, by, reason, on=today())
    if json:
        said = [{"n": one.n, "on": one.on.isoformat(), "do": one.do, **_said(one)} for one in found]
        say_json({"number": number, "facts": said})
        return
    say("以下为个人信息，本次查看已经记录。")
    show.table("", ("", "日期", "步骤", "项目", "内容"), _lines(found))


def _said(one: Unmasked) -> dict[str, Any]:
    return {"said": one.said}


def _lines(found: tuple[Unmasked, ...]) -> Iterator[tuple[str, ...]]:
    for one in found:
        for path, text in texts(one.said):
            yield (str(one.n), str(one.on), LABELS[one.do], path, text)


def show_people(office: Office, number: str) -> None:
    """Print who takes part in a case, masked, or when that was erased."""
    people, erased_on = _about(office, number)
    if erased_on:
        say(f"个人信息已于{erased_on}清除（保管期限已满）。")
    columns = ("", "姓名或者名称", "证件号码", "联系方式", "地址")
    rows = ((o.what, o.name, o.id_document, o.contact, o.address) for o in people)
    show.table("当事人（遮蔽）", columns, rows)


def people_json(office: Office, number: str) -> dict[str, Any]:
    """Return the same for programs."""
    people, erased_on = _about(office, number)
    return {
        "people": [asdict(one) for one in people],
        "erased_on": erased_on.isoformat() if erased_on else None,
    }


def _about(office: Office, number: str) -> tuple[tuple[personal.Masked, ...], date | None]:
    with reading(office.store) as tx:
        row = case_row_of(tx, number)
    return (_people(office, row), row["erased_on"]) if row else ((), None)
