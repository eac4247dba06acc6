"""``gongkai outbox``: what has not left the house, and letting it leave after a restore."""

from typing import Any

import typer

from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.notify import resuming
from gongkai.real import open_office
from gongkai.store.engine import reading
from gongkai.store.outbox import Stored
from gongkai.today import today

app = typer.Typer(help=t("对外消息：没有发出的列表，恢复备份后恢复发送。"), no_args_is_help=True)


@app.command("list", help="还没有发出、没有送出的消息，最早的在前。")
def list_messages(
    agency: str = typer.Option("", help="只看这个机关"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Print what has not left, and whether anything may."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        paused, found = resuming.paused(tx), list(resuming.unsent(tx, agency))
    if json:
        say_json({"paused": paused, "messages": [_as(message) for message in found]})
        return
    show.table("", ("日期", "状态", "方式", "收件人", "内容"), map(_row, found))
    say(f"共{len(found)}条。")
    if paused:
        say("恢复备份以后对外发送已暂停。等待发出的，备份以后可能已经发出过：请核对，")
        say("再运行 gongkai outbox resume --by 用户名；确定已经发出过的，加上 --discard 不再发出。")


def _as(message: Stored) -> dict[str, Any]:
    return {
        "agency": message.agency,
        "case": message.case_number or None,
        "channel": message.channel.value,
        "recipient": message.recipient,
        "state": message.state.value,
        "created_on": message.created_on.isoformat(),
        "attempts": message.attempts,
        "error": message.error or None,
        "text": message.text,
    }


def _row(message: Stored) -> tuple[str, ...]:
    why = f"（{message.error}）" if message.error else ""
    state = f"{message.state.label}{why}"
    channel = message.channel.label
    return (message.created_on.isoformat(), state, channel, message.recipient, message.text)


@app.command(help="恢复备份以后，核对无误，恢复对外发送。")
def resume(
    by: str = typer.Option(..., help="用户名，或者 角色:姓名（如 head:李）"),
    discard: bool = typer.Option(False, "--discard", help="等待发出的一律不再发出"),
) -> None:
    """Let messages leave again; a recorded act."""
    left = resuming.resume(open_office(config_file()), by, today(), discard=discard)
    said = "等待的消息不再发出，此后的照常发出。" if discard else f"{left}条消息将陆续发出。"
    say(f"已恢复对外发送，并记录在链上：{said}")
