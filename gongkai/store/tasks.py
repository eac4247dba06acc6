"""Tasks: what people are asked to do, by role; one for each action of the sweep."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import and_, bindparam, exists, insert, select, update

from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.words import Labelled
from workflow.commands import DraftReply
from workflow.periods import Period, PeriodKind
from workflow.reminders import ActionKind
from workflow.vocabulary import OPEN, Role


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

    @property
    def key(self) -> str:
        """Name what it is about within its case."""
        return f"{self.kind.value}/{self.number}"


_c = t.tasks.c
_ADDED: Final = Statement(insert(t.tasks))
_HERE: Final = (
    (_c.agency == bindparam("of"))
    & (_c.case_number == bindparam("in_case"))
    & _c.closed_on.is_(None)
)
_OPEN: Final = Statement(
    select(_c.kind, _c.number, _c.due_on, _c.action, _c.role).where(
        _HERE, _c.action != ActionKind.TROUBLE.value
    )
)
_e, _f, _k = t.ledger.c, t.facts.c, t.cases.c
#: What a recorded silence asks for: a draft, later than the silence.
_DRAFTED: Final = exists().where(
    _f.agency == _e.agency,
    _f.case_number == _e.case_number,
    _f.n > _e.fact,
    _f.kind == DraftReply.do,
)
#: Or the case is no longer open.
_DECIDED: Final = and_(*(_k.state != state.value for state in sorted(OPEN)))
#: Each silence that was recorded and about which a task is open, as rows of these.
_SILENCES: Final = t.tasks.join(
    t.ledger,
    and_(
        *(
            _c[name] == _e[name]
            for name in ("agency", "case_number", "kind", "number", "due_on", "action")
        ),
        _c.action == ActionKind.EXPIRE.value,
        _c.closed_on.is_(None),
        _e.fact.is_not(None),
    ),
).join(t.cases, and_(_k.agency == _c.agency, _k.number == _c.case_number))
_RECORDED: Final = Statement(
    select(_c.kind, _c.number, _c.due_on, _DRAFTED | _DECIDED).select_from(_SILENCES).where(_HERE)
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
) -> None:
    """Close the tasks of a case whose period has ended or moved.

    What the applicant's or a party's recorded silence asks of a person outlives the period: it ends
    with the draft that was asked for, or with the case.
    """
    live = {(p.kind.value, p.number, p.due_on.isoformat()) for p in running}
    rows = tx.run(_OPEN, {"of": place.agency, "in_case": place.case_number}).fetchall()
    if any(row[3] == ActionKind.EXPIRE.value for row in rows):
        live |= _unanswered(tx, place)
    ended = [row for row in rows if (row[0], row[1], str(row[2])) not in live]
    for kind, number, due_on, action, role in ended:
        key = {"of_kind": kind, "numbered": number, "of_action": action, "of_role": role}
        due = date.fromisoformat(str(due_on))
        here = {"of": place.agency, "in_case": place.case_number, "due": due, **key}
        tx.run(_CLOSED, {**here, "closed_on": on, "closed_by": by})


def _unanswered(tx: Transaction, place: Place) -> set[tuple[str, int, str]]:
    """Return the periods whose recorded silence still asks for a draft."""
    rows = _recorded(tx, place)
    return {(kind, number, str(due_on)) for kind, number, due_on, done in rows if not done}


def _recorded(tx: Transaction, place: Place) -> list[Any]:
    found: list[Any] = tx.run(
        _RECORDED, {"of": place.agency, "in_case": place.case_number}
    ).fetchall()
    return found


def silences(tx: Transaction, agencies: Iterable[str]) -> list[Place]:
    """Return the cases in which a task about a silence is open."""
    rows = tx.execute(
        select(_c.agency, _c.case_number).where(
            _c.agency.in_(list(agencies)),
            _c.role == Role.OFFICER.value,  # as in its index
            _c.closed_on.is_(None),
            _c.action == ActionKind.EXPIRE.value,
        )
    )
    return sorted({Place(agency, number) for agency, number in rows})


def answered(tx: Transaction, agencies: Iterable[str]) -> list[Place]:
    """Return the cases in which what a silence asked for was done, and its task is still open."""
    return [
        place for place in silences(tx, agencies) if any(done for *_, done in _recorded(tx, place))
    ]


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
