"""``gongkai deadlines``: the deadlines of a case, their proof, who was told, what comes next."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import typer

from gongkai.answer import deadline_as
from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.task import as_json
from gongkai.cli.texts import t
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.real import open_office
from gongkai.store import deadlines, outbox, tasks
from gongkai.store.deadlines import Entry, Place
from gongkai.store.engine import Transaction, reading
from gongkai.store.outbox import Stored
from gongkai.store.tasks import Task
from gongkai.today import today
from gongkai.wording import basis_text, proof_as, provisional_text
from workflow import rectification
from workflow.case import Case
from workflow.clock import Deadline
from workflow.clock import deadlines as deadlines_of
from workflow.periods import Period
from workflow.proof import ProofLine
from workflow.proof import proof as proof_of
from workflow.rectification import Rectification
from workflow.reminders import Action

app = typer.Typer()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Picture:
    """Everything about the deadlines of one case."""

    running: tuple[Period, ...]
    #: Every period that ran, met or not, and the proof of the reply's.
    ran: tuple[Deadline, ...]
    proof: tuple[ProofLine, ...]
    done: tuple[Entry, ...]
    asked: tuple[Task, ...]
    messages: tuple[Stored, ...]
    coming: tuple[tuple[Period, Action], ...]


@app.command(help=t("一件案件的全部期限：依据、证明、已经提醒谁、接下来办什么。"))
def of_case(
    number: str = typer.Argument(..., help="案件编号"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Print everything about the deadlines of one case."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        seen = _seen(tx, office, number)
    if json:
        say_json(_as_json(seen))
    else:
        _show(number, seen)


def _seen(tx: Transaction, office: Office, number: str) -> _Picture:
    case = load_any(tx, office, number, today())
    place = Place(case.agency, number)
    running = tuple(period for period, _ in deadlines.periods_of(tx, place))
    done = deadlines.ledger(tx, place)
    ran, proof = _history(office, case)
    return _Picture(
        running=running,
        ran=ran,
        proof=proof,
        done=done,
        asked=tuple(tasks.of_case(tx, place)),
        messages=outbox.of_case(tx, *place),
        coming=tuple(
            (period, action)
            for period in running
            for action in deadlines.open_actions(period, done, office.calendar)
        ),
    )


def _history(
    office: Office, case: Case | Rectification
) -> tuple[tuple[Deadline, ...], tuple[ProofLine, ...]]:
    """Return every period that ran, and the proof of the reply's; art. 41 asks for none."""
    world = office.world(case.agency, today())
    if isinstance(case, Rectification):
        days = office.config.rectification.working_days
        return (rectification.due(case, days, world),), ()
    return deadlines_of(case, world), proof_of(case, world)


def _as_json(seen: _Picture) -> dict[str, Any]:
    return {
        "running": [_period_as(period) for period in seen.running],
        "all": [deadline_as(one) for one in seen.ran],
        "proof": [proof_as(line) for line in seen.proof],
        "done": [_entry_as(entry) for entry in seen.done],
        "tasks": [as_json(task) for task in seen.asked],
        "messages": [_message_as(message) for message in seen.messages],
        "next": [_coming_as(period, action) for period, action in seen.coming],
    }


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


def _entry_as(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind.value,
        "number": entry.number,
        "period": entry.kind.label,
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
        "label": _what(period, action),
        "roles": [role.value for role in action.roles],
    }


def _show(number: str, seen: _Picture) -> None:
    show.heading(number)
    running = ((_day(p.due_on), p.kind.label, _basis(p)) for p in seen.running)
    show.table("正在计算的期限", ("到期日", "期限", "依据"), running)
    show.deadlines(seen.ran)
    show.proof(seen.proof)
    done = ((_day(e.done_on), *_about(e), show.OUTCOMES[e.outcome]) for e in seen.done)
    show.table("已经办理", ("日期", "期限", "到期日", "事项", ""), done)
    asked = ((_day(x.created_on), x.role.label, x.text, _closed(x)) for x in seen.asked)
    show.table("已经提醒", ("日期", "角色", "内容", "办结"), asked)
    sent = ((_day(m.created_on), m.channel.label, m.recipient, _state(m)) for m in seen.messages)
    show.table("对外消息", ("日期", "方式", "收件人", "状态"), sent)
    coming = sorted((_day(a.on), _what(p, a), _roles(a)) for p, a in seen.coming)
    show.table("接下来", ("日期", "事项", "提醒"), coming)
    if not seen.running:
        say(f"截至{_day(today())}没有正在计算的期限。")


def _day(on: date) -> str:
    return on.isoformat()


def _basis(period: Period) -> str:
    return f"{basis_text(period)}{provisional_text(period)}"


def _about(entry: Entry) -> tuple[str, str, str]:
    return entry.kind.label, _day(entry.due_on), entry.action.label


def _closed(task: Task) -> str:
    return f"{task.closed_on} {task.closed_by}" if task.closed_on else ""


def _state(message: Stored) -> str:
    return f"{message.state.label}{f'（{message.error}）' if message.error else ''}"


def _what(period: Period, action: Action) -> str:
    return f"{period.kind.label}：{action.kind.label}"


def _roles(action: Action) -> str:
    return "、".join(role.label for role in action.roles)
