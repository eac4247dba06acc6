"""Running periods and what was done about them: rows on one side, periods on the other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, exists, insert, literal, select, update

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.workdays import WorkCalendar
from workflow.periods import Period, PeriodKind
from workflow.rectification import RectificationState
from workflow.reminders import Action, ActionKind, actions
from workflow.vocabulary import State

#: The case number under which the agency's own yearly duties stand.
OWN: Final = ""


class Place(NamedTuple):
    """A case, or the agency itself where the number is empty."""

    agency: str
    case_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: what was done about a period, and what came of it."""

    kind: PeriodKind
    number: int
    due_on: date
    action: ActionKind
    done_on: date
    outcome: str
    fact: int | None = None


_d = t.deadlines.c
_HERE: Final = (_d.agency == bindparam("of")) & (_d.case_number == bindparam("in_case"))
_ROWS: Final = Statement(
    select(
        _d.kind, _d.number, _d.due_on, _d.article, _d.provisional, _d.internal, _d.next_on
    ).where(_HERE)
)
_GONE: Final = Statement(
    delete(t.deadlines).where(
        _HERE, _d.kind == bindparam("of_kind"), _d.number == bindparam("numbered")
    )
)
_ADDED: Final = Statement(insert(t.deadlines))
_LOOKED: Final = Statement(
    update(t.deadlines)
    .where(_HERE, _d.kind == bindparam("of_kind"), _d.number == bindparam("numbered"))
    .values(next_on=bindparam("on"))
)
_k, _g = t.cases.c, t.outcome_grounds.c
_FILED: Final = (State.ARCHIVED.value, RectificationState.DECIDED.value)
_e = t.ledger.c
_LEDGER: Final = Statement(
    select(_e.kind, _e.number, _e.due_on, _e.action, _e.done_on, _e.outcome, _e.fact)
    .where(_e.agency == bindparam("of"), _e.case_number == bindparam("in_case"))
    .order_by(_e.done_on, _e.due_on, _e.kind, _e.number, _e.action)
)
_NOTED: Final = Statement(insert(t.ledger))
#: The question of the sweep, answered from one index.
DUE: Final = (
    select(_d.agency, _d.case_number)
    .where(_d.next_on.is_not(None), _d.next_on <= bindparam("today"))
    .order_by(_d.next_on, _d.agency, _d.case_number)
)
#: Cases whose days move from one day to the next; the word is written out, as in its index.
MOVING: Final = select(_d.agency, _d.case_number).where(
    _d.kind == literal(PeriodKind.OTHER_AGENCY.value, literal_execute=True)
)


def sync(
    tx: Transaction,
    place: Place,
    running: Iterable[Period],
    calendar: WorkCalendar,
    done: Sequence[Entry] | None = None,
) -> bool:
    """Make the rows of a case those of its running periods; whether any had ended or moved.

    A period whose day has moved starts anew: the ledger knows what was done about the old day.
    With the ledger (``done``) the day of the next thing to do is worked out anew for all of them.
    """
    here = {"of": place.agency, "in_case": place.case_number}
    old = {(row[0], row[1]): row for row in tx.run(_ROWS, here).fetchall()}
    ended = False
    for period in running:
        row = old.pop((period.kind.value, period.number), None)
        if row is not None and done is None and _same(row, period):
            continue
        on = next_on(period, done or (), calendar)
        key = {**here, "of_kind": period.kind.value, "numbered": period.number}
        if row is not None and not _same(row, period):
            tx.run(_GONE, key)
            ended, row = True, None
        if row is None:
            tx.run(_ADDED, _row(place, period, on))
        elif _day(row[6]) != on:
            tx.run(_LOOKED, {**key, "on": on})
    for kind, number in old:
        tx.run(_GONE, {**here, "of_kind": kind, "numbered": number})
    return ended or bool(old)


def _same(row: Sequence[Any], period: Period) -> bool:
    _, _, due_on, article, provisional, internal, _ = row
    return (_day(due_on), article, bool(provisional), bool(internal)) == (
        period.due_on,
        period.article,
        period.provisional,
        period.internal,
    )


def _day(value: date | str | None) -> date | None:
    """Read a day as either driver hands it over."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _row(place: Place, period: Period, on: date | None) -> dict[str, Any]:
    return {
        "agency": place.agency,
        "case_number": place.case_number,
        "kind": period.kind.value,
        "number": period.number,
        "due_on": period.due_on,
        "article": period.article,
        "provisional": period.provisional,
        "internal": period.internal,
        "next_on": on,
    }


def due(tx: Transaction, today: date) -> list[Place]:
    """Return the cases about which something is to be done by ``today``, the oldest first."""
    rows = tx.execute(DUE, {"today": today})
    return list(dict.fromkeys(Place(agency, number) for agency, number in rows))


def places(tx: Transaction) -> tuple[Place, ...]:
    """Return every case that has a running period, by agency and number."""
    rows = tx.execute(
        select(_d.agency, _d.case_number).distinct().order_by(_d.agency, _d.case_number)
    )
    return tuple(Place(agency, number) for agency, number in rows)


def candidates(tx: Transaction) -> list[Place]:
    """Return the cases in which a period runs, or may run by another calendar or policy.

    In a case that is filed only the look at what was withheld (18) may.
    """
    withheld = exists().where(
        _g.agency == _k.agency, _g.case_number == _k.number, _g.withheld.is_(True)
    )
    rows = tx.execute(
        select(_k.agency, _k.number).where(
            _k.erased_on.is_(None), _k.state.not_in(_FILED) | withheld
        )
    )
    running = (place for place in places(tx) if place.case_number != OWN)
    return sorted({*running, *(Place(agency, number) for agency, number in rows)})


def every(tx: Transaction, agency: str = "") -> dict[Place, frozenset[Period]]:
    """Return the stored periods of every case, or of one agency's."""
    wanted = select(t.deadlines).order_by(_d.agency, _d.case_number)
    if agency:
        wanted = wanted.where(_d.agency == agency)
    found: dict[Place, set[Period]] = {}
    for row in tx.execute(wanted).mappings():
        found.setdefault(Place(row["agency"], row["case_number"]), set()).add(_period(row))
    return {place: frozenset(periods) for place, periods in found.items()}


def moving(tx: Transaction) -> list[Place]:
    """Return the cases whose days must be worked out again each day."""
    return list(dict.fromkeys(Place(agency, number) for agency, number in tx.execute(MOVING)))


def periods_of(tx: Transaction, place: Place) -> tuple[tuple[Period, date | None], ...]:
    """Return the stored periods of a case, each with the day of the next thing to do about it."""
    rows = tx.execute(
        select(t.deadlines)
        .where(_d.agency == place.agency, _d.case_number == place.case_number)
        .order_by(_d.due_on, _d.kind, _d.number)
    ).mappings()
    return tuple((_period(row), row["next_on"]) for row in rows)


def _period(row: Mapping[str, Any]) -> Period:
    return Period(
        kind=PeriodKind(row["kind"]),
        number=row["number"],
        due_on=row["due_on"],
        article=row["article"],
        provisional=row["provisional"],
        internal=row["internal"],
    )


def ledger(tx: Transaction, place: Place) -> tuple[Entry, ...]:
    """Return what was done about the periods of a case, in order."""
    here = {"of": place.agency, "in_case": place.case_number}
    return tuple(_entry(*row) for row in tx.run(_LEDGER, here).fetchall())


def _entry(
    kind: str,
    number: int,
    due_on: date | str,
    action: str,
    done_on: date | str,
    outcome: str,
    fact: int | None,
) -> Entry:
    due, done = _day(due_on), _day(done_on)
    assert due is not None  # noqa: S101 - the columns are not null
    assert done is not None  # noqa: S101 - as above
    return Entry(
        kind=PeriodKind(kind),
        number=number,
        due_on=due,
        action=ActionKind(action),
        done_on=done,
        outcome=outcome,
        fact=fact,
    )


def note(tx: Transaction, place: Place, entry: Entry) -> None:
    """Write a line of the ledger. A second line of the same key is refused by the database."""
    row = {
        "agency": place.agency,
        "case_number": place.case_number,
        "kind": entry.kind.value,
        "number": entry.number,
        "due_on": entry.due_on,
        "action": entry.action.value,
        "done_on": entry.done_on,
        "outcome": entry.outcome,
        "fact": entry.fact,
    }
    tx.run(_NOTED, row)


def open_actions(period: Period, done: Iterable[Entry], calendar: WorkCalendar) -> Iterator[Action]:
    """Yield what is still to be done about a period, in the order of the days."""
    known = {e.action for e in done if (e.kind, e.number, e.due_on) == _key(period)}
    return (a for a in actions(period, calendar) if a.kind not in known)


def _key(period: Period) -> tuple[PeriodKind, int, date]:
    return period.kind, period.number, period.due_on


def agree(tx: Transaction, place: Place, running: Iterable[Period], calendar: WorkCalendar) -> bool:
    """Whether the rows of a case are its running periods, each with its next thing to do."""
    done = ledger(tx, place)
    wanted = {(period, next_on(period, done, calendar)) for period in running}
    return set(periods_of(tx, place)) == wanted


def next_on(period: Period, done: Iterable[Entry], calendar: WorkCalendar) -> date | None:
    """Return the day of the next thing to do about a period; None when nothing is left to do."""
    return next((action.on for action in open_actions(period, done, calendar)), None)
