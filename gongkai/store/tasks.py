"""Tasks: what people are asked to do, by role; one for each action of the sweep."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update

from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.words import Labelled
from workflow.periods import Period, PeriodKind
from workflow.reminders import ActionKind
from workflow.vocabulary import Role


class TroubleKind(Labelled):
    """What needs a person although no period runs. Values are stored: never rename one."""

    CLOCK = "clock_in_doubt", "系统时钟异常"
    DELIVERY = "delivery_failed", "消息没有送出"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing somebody in a role is asked to do."""

    agency: str
    case_number: str
    kind: PeriodKind | TroubleKind
    number: int
    due_on: date
    action: ActionKind
    role: Role
    text: str
    created_on: date
    closed_on: date | None = None
    closed_by: str = ""


_c = t.tasks.c
_ADDED: Final = Statement(insert(t.tasks))
_HERE: Final = (
    (_c.agency == bindparam("of"))
    & (_c.case_number == bindparam("in_case"))
    & _c.closed_on.is_(None)
)
_OPEN: Final = Statement(
    select(_c.kind, _c.number, _c.due_on, _c.action, _c.role).where(
        _HERE,
        _c.action != ActionKind.EXPIRE.value,
        _c.action != ActionKind.TROUBLE.value,
    )
)
_CLOSED: Final = Statement(
    update(t.tasks)
    .where(
        _HERE,
        _c.kind == bindparam("of_kind"),
        _c.number == bindparam("numbered"),
        _c.due_on == bindparam("due"),
        _c.action == bindparam("of_action"),
        _c.role == bindparam("of_role"),
    )
    .values(closed_on=bindparam("closed_on"), closed_by=bindparam("closed_by"))
)


def add(tx: Transaction, task: Task) -> None:
    """Ask for something."""
    row = {
        "agency": task.agency,
        "case_number": task.case_number,
        "kind": task.kind.value,
        "number": task.number,
        "due_on": task.due_on,
        "action": task.action.value,
        "role": task.role.value,
        "text": task.text,
        "created_on": task.created_on,
        "closed_on": task.closed_on,
        "closed_by": task.closed_by or None,
    }
    tx.run(_ADDED, row)


def open_tasks(
    tx: Transaction, *, agency: str = "", role: Role | None = None, case: str | None = None
) -> Iterator[Task]:
    """Yield the tasks that wait for somebody, the most urgent first."""
    wanted = select(t.tasks).where(_c.closed_on.is_(None))
    if agency:
        wanted = wanted.where(_c.agency == agency)
    if role is not None:
        wanted = wanted.where(_c.role == role.value)
    if case is not None:
        wanted = wanted.where(_c.case_number == case)
    order = (_c.due_on, _c.agency, _c.case_number, _c.kind, _c.number, _c.action, _c.role)
    for row in tx.execute(wanted.order_by(*order)).mappings():
        yield _task(row)


def of_case(tx: Transaction, place: Place) -> Iterator[Task]:
    """Yield every task of a case, closed ones included, in the order of asking."""
    wanted = (
        select(t.tasks)
        .where(_c.agency == place.agency, _c.case_number == place.case_number)
        .order_by(_c.created_on, _c.due_on, _c.kind, _c.number, _c.action, _c.role)
    )
    for row in tx.execute(wanted).mappings():
        yield _task(row)


def close_ended(
    tx: Transaction, place: Place, running: Collection[Period], on: date, by: str
) -> int:
    """Close the tasks of a case whose period has ended or moved; return how many.

    What the applicant's or a party's silence asks of a person is not ended by the period's end.
    """
    live = {(p.kind.value, p.number, p.due_on.isoformat()) for p in running}
    rows = tx.run(_OPEN, {"of": place.agency, "in_case": place.case_number}).fetchall()
    ended = [row for row in rows if (row[0], row[1], str(row[2])) not in live]
    for kind, number, due_on, action, role in ended:
        key = {"of_kind": kind, "numbered": number, "of_action": action, "of_role": role}
        due = date.fromisoformat(str(due_on))
        here = {"of": place.agency, "in_case": place.case_number, "due": due, **key}
        tx.run(_CLOSED, {**here, "closed_on": on, "closed_by": by})
    return len(ended)


def close(tx: Transaction, task: Task, on: date, by: str) -> bool:
    """Close one task; False where it is closed already."""
    done = tx.execute(
        update(t.tasks)
        .where(
            _c.agency == task.agency,
            _c.case_number == task.case_number,
            _c.kind == task.kind.value,
            _c.number == task.number,
            _c.due_on == task.due_on,
            _c.action == task.action.value,
            _c.role == task.role.value,
            _c.closed_on.is_(None),
        )
        .values(closed_on=on, closed_by=by)
    )
    return bool(done.rowcount)


def _kind(word: str) -> PeriodKind | TroubleKind:
    return TroubleKind(word) if word in set(TroubleKind) else PeriodKind(word)


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        agency=row["agency"],
        case_number=row["case_number"],
        kind=_kind(row["kind"]),
        number=row["number"],
        due_on=row["due_on"],
        action=ActionKind(row["action"]),
        role=Role(row["role"]),
        text=row["text"],
        created_on=row["created_on"],
        closed_on=row["closed_on"],
        closed_by=row["closed_by"] or "",
    )
