"""``gongkai deadlines``: the deadlines of a case, their proof, who was told, what comes next."""

from datetime import date
from typing import Any

import typer

from gongkai import rectifying, requesting
from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.task import as_json
from gongkai.cli.texts import t
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.store import deadlines, outbox, records, tasks
from gongkai.store.deadlines import Entry, Place
from gongkai.store.engine import Transaction, reading
from gongkai.store.outbox import Stored
from gongkai.today import today
from gongkai.wording import article_text
from workflow.clock import deadlines as deadlines_of
from workflow.periods import Period
from workflow.proof import ProofLine
from workflow.proof import proof as proof_of
from workflow.reminders import Action
from workflow.vocabulary import Role

app = typer.Typer()


@app.command(help=t("一件案件的全部期限：依据、证明、已经提醒谁、接下来办什么。"))
def of_case(
    number: str = typer.Argument(..., help="案件编号"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Print everything about the deadlines of one case."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        said = _all(tx, office, number)
    if json:
        say_json({key: value for key, value in said.items() if not key.startswith("_")})
    else:
        _show(number, said)


def _all(tx: Transaction, office: Office, number: str) -> dict[str, Any]:
    heading = records.heading(tx, number)
    if heading is None:
        requesting.load(tx, office, number, today())  # says that there is no such case
    assert heading is not None  # noqa: S101 - it has said so
    place = Place(heading.agency, number)
    running = deadlines.periods_of(tx, place)
    done = tuple(deadlines.ledger(tx, place))
    coming = [
        (period, action)
        for period, _ in running
        for action in deadlines.open_actions(period, done, office.calendar)
    ]
    ran, proof = _history(tx, office, number)
    asked = list(tasks.of_case(tx, place))
    sent = outbox.of_case(tx, *place)
    return {
        "running": [_period_as(period) for period, _ in running],
        "all": ran,
        "proof": [_proof_as(line) for line in proof],
        "done": [_entry_as(entry) for entry in done],
        "tasks": [as_json(task) for task in asked],
        "messages": [_message_as(message) for message in sent],
        "next": [_coming_as(period, action) for period, action in coming],
        "_proof": proof,
    }


def _history(
    tx: Transaction, office: Office, number: str
) -> tuple[list[dict[str, Any]], tuple[ProofLine, ...]]:
    """Return every period that ran, met or not, and the proof of the reply's."""
    if rectifying.is_rectification(tx, number):
        return [], ()
    case = requesting.load(tx, office, number, today())
    world = office.world(case.agency, today())
    ran = [
        {
            "kind": one.kind,
            "due_on": one.due_on.isoformat(),
            "article": one.article,
            "provisional": one.provisional,
            "met_on": one.met_on.isoformat() if one.met_on else None,
        }
        for one in deadlines_of(case, world)
    ]
    return ran, proof_of(case, world)


def _period_as(period: Period) -> dict[str, Any]:
    return {
        "kind": period.kind.value,
        "number": period.number,
        "label": period.kind.label,
        "due_on": period.due_on.isoformat(),
        "article": period.article,
        "provisional": period.provisional,
        "internal": period.internal,
    }


def _proof_as(line: ProofLine) -> dict[str, Any]:
    return {"on": line.on.isoformat(), "n": line.n, "kind": line.kind, "why": line.why}


def _entry_as(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "number": entry.number,
        "due_on": entry.due_on.isoformat(),
        "action": entry.action.value,
        "label": entry.action.label,
        "done_on": entry.done_on.isoformat(),
        "outcome": entry.outcome,
        "fact": entry.fact,
    }


def _message_as(message: Stored) -> dict[str, Any]:
    return {
        "channel": message.channel.value,
        "recipient": message.recipient,
        "text": message.text,
        "state": message.state.value,
        "created_on": message.created_on.isoformat(),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "error": message.error or None,
    }


def _coming_as(period: Period, action: Action) -> dict[str, Any]:
    return {
        "on": action.on.isoformat(),
        "kind": period.kind.value,
        "action": action.kind.value,
        "label": f"{period.kind.label}：{action.kind.label}",
        "roles": [role.value for role in action.roles],
    }


def _show(number: str, said: dict[str, Any]) -> None:
    show.heading(number)
    rows = ((p["due_on"], p["label"], _basis(p)) for p in said["running"])
    show.table("正在计算的期限", ("到期日", "期限", "依据"), rows)
    show.proof(said["_proof"])
    rows = ((e["done_on"], e["label"], show.OUTCOMES[e["outcome"]]) for e in said["done"])
    show.table("已经办理", ("日期", "事项", ""), rows)
    rows = ((x["created_on"], Role(x["role"]).label, x["text"]) for x in said["tasks"])
    show.table("已经提醒", ("日期", "角色", "内容"), rows)
    rows = ((m["created_on"], m["recipient"], m["state"]) for m in said["messages"])
    show.table("已经发出的消息", ("日期", "收件人", "状态"), rows)
    coming = sorted(
        (x["on"], x["label"], "、".join(Role(r).label for r in x["roles"])) for x in said["next"]
    )
    show.table("接下来", ("日期", "事项", "提醒"), coming)
    if not said["running"]:
        say(f"截至{date.isoformat(today())}没有正在计算的期限。")


def _basis(period: dict[str, Any]) -> str:
    mark = "（暂定）" if period["provisional"] else ""
    own = "机关内部期限" if period["internal"] else article_text(period["article"])
    return f"{own}{mark}"
