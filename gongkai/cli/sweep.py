"""``gongkai sweep``: what the scheduler does, once, by hand."""

from dataclasses import asdict
from datetime import date
from typing import Any

import typer

from gongkai.cli import show
from gongkai.cli.frame import config_file, day, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.errors import BROKEN, DONE, REFUSED, BadUse
from gongkai.notify.dispatch import Dispatched, dispatch
from gongkai.real import open_office
from gongkai.store.deadlines import Place
from gongkai.sweep import Deed, Swept, sweep
from gongkai.sweep.guard import check, confirm
from gongkai.today import now, read_clock, today

app = typer.Typer()


@app.command(help=t("到期处理：期满记录、提请决定、催办督办，各办一次。"))
def sweep_once(
    on: date | None = typer.Option(None, "--now", parser=day, metavar="DATE", help="按这一天办理"),
    confirm_clock: bool = typer.Option(False, "--confirm-clock", help="确认系统时钟无误"),
    by: str = typer.Option("", help="确认时钟的人：用户名，或者 角色:姓名"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Do what is due; exit 1 where legal actions wait for the clock to be confirmed."""
    if on and on > today():
        raise BadUse(f"--now {on} 还没有到（今天是 {today()}）。没有到的日子不能办理。")
    office = open_office(config_file())
    if confirm_clock:
        if not by:
            raise BadUse("确认时钟要写明是谁：--by 用户名，或者 角色:姓名（如 head:李）。")
        confirm(office, read_clock(), by)
    doubt = "" if on else check(office, read_clock())
    done = sweep(office, on or today(), held=bool(doubt))
    sent = None if on else dispatch(office, now)
    if json:
        say_json(_as_json(done, doubt, sent))
    else:
        _show(done)
    _warn(done, doubt, sent)
    raise typer.Exit(BROKEN if done.failed else REFUSED if doubt else DONE)


def _as_json(done: Swept, doubt: str, sent: Dispatched | None) -> dict[str, Any]:
    return {
        "today": done.today.isoformat(),
        "held": doubt or None,
        "done": [_as(deed) for deed in done.deeds],
        "failed": [_failed_as(*one) for one in done.failed],
        "outbox": asdict(sent) if sent else None,
    }


def _warn(done: Swept, doubt: str, sent: Dispatched | None) -> None:
    if doubt:
        tell(f"{doubt}。期满处理已暂停；核对时间后用 --confirm-clock --by 用户名 恢复。")
    if sent and sent.paused:
        tell("恢复备份以后对外发送已暂停：请用 gongkai outbox list 核对，")
        tell("再用 gongkai outbox resume --by 用户名 恢复。")
    for place, why in done.failed:
        tell(f"{place.case_number or place.agency}：未能办理：{why}")


def _failed_as(place: Place, why: str) -> dict[str, Any]:
    return {"agency": place.agency, "case": place.case_number or None, "why": why}


def _as(deed: Deed) -> dict[str, Any]:
    return {
        "agency": deed.place.agency,
        "case": deed.place.case_number or None,
        "period": deed.period.kind.value,
        "number": deed.period.number,
        "due_on": deed.period.due_on.isoformat(),
        "action": deed.action.kind.value,
        "outcome": deed.outcome,
        "fact": deed.fact,
    }


def _show(done: Swept) -> None:
    show.table(
        "",
        ("案件", "期限", "到期日", "办理"),
        (
            (
                deed.place.case_number or deed.place.agency,
                deed.period.kind.label,
                deed.period.due_on.isoformat(),
                f"{deed.action.kind.label}{show.OUTCOMES[deed.outcome]}",
            )
            for deed in done.deeds
        ),
    )
    say(f"{done.today}：办理{len(done.deeds)}项。")
