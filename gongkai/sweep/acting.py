"""What the sweep does about one case: everything that is due and not in the ledger, at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from gongkai import unit
from gongkai.notify.addressing import messages
from gongkai.office import Office
from gongkai.requesting import REQUESTS
from gongkai.store import deadlines, outbox, tasks
from gongkai.store.deadlines import Entry, Place
from gongkai.store.engine import Transaction
from gongkai.sweep.running import running_periods
from gongkai.sweep.wording import text_of
from gongkai.unit import Order
from workflow.commands import Command, ExpireConsultation, ExpireExplanation
from workflow.errors import Refused
from workflow.people import Actor
from workflow.periods import Period, PeriodKind
from workflow.reminders import Action, ActionKind
from workflow.vocabulary import Role

DONE: Final = "done"
#: A later reminder goes to the same people on the same day: this one is not sent.
SUPERSEDED: Final = "superseded"
#: The period gave a right that has lapsed: there is nothing left to remind of.
LAPSED: Final = "lapsed"
#: The step was not possible; the officer is asked to look.
REFUSED: Final = "refused"

_SILENT: Final = frozenset({SUPERSEDED, LAPSED})
SWEEP: Final = Actor(Role.SYSTEM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing the sweep did."""

    place: Place
    period: Period
    action: Action
    outcome: str
    fact: int | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One case in one transaction of the sweep."""

    tx: Transaction
    office: Office
    place: Place
    today: date
    #: Legal actions wait while the clock is in doubt.
    held: bool


def act_on(
    tx: Transaction, office: Office, place: Place, today: date, *, held: bool
) -> tuple[Deed, ...]:
    """Do what is due about a case, which ``tx`` holds; return what was done."""
    case = _Case(tx, office, place, today, held)
    deeds: list[Deed] = []
    running = running_periods(tx, office, place, today)
    while _all_done(case, running, deeds):  # a step of its own decides anew what is due
        running = running_periods(tx, office, place, today)
    _settle(case, running, told=bool(deeds))
    return tuple(deeds)


def _all_done(case: _Case, running: Sequence[Period], deeds: list[Deed]) -> bool:
    """Do what is due until the case itself changes; whether it has."""
    done = deadlines.ledger(case.tx, case.place)
    for period in running:
        due = _due(case, period, done)
        for action in due:
            if action.legal and case.held:
                continue
            deeds.append(_do(case, period, action, due))
            if deeds[-1].fact is not None:
                return True
    return False


def _due(case: _Case, period: Period, done: Sequence[Entry]) -> tuple[Action, ...]:
    calendar = case.office.calendar
    return tuple(
        action
        for action in deadlines.open_actions(period, done, calendar)
        if action.on <= case.today
    )


def _do(case: _Case, period: Period, action: Action, due: Sequence[Action]) -> Deed:
    outcome, fact, refused = DONE, None, None
    roles = _left(action, due)
    if action.kind is ActionKind.EXPIRE:
        outcome, fact, refused = _expire(case, period)
    elif period.kind is PeriodKind.CORRECTION_NOTICE and period.due_on < case.today:
        outcome = LAPSED
    elif not roles:
        outcome = SUPERSEDED
    entry = Entry(
        kind=period.kind,
        number=period.number,
        due_on=period.due_on,
        action=action.kind,
        done_on=case.today,
        outcome=outcome,
        fact=fact,
    )
    deadlines.note(case.tx, case.place, entry)
    if outcome not in _SILENT:
        _tell(case, period, replace(action, roles=roles), refused)
    return Deed(place=case.place, period=period, action=action, outcome=outcome, fact=fact)


def _left(action: Action, due: Sequence[Action]) -> tuple[Role, ...]:
    """Return who hears of an action by nothing later on the same day."""
    later = due[due.index(action) + 1 :]
    covered = {role for other in later if not other.legal for role in other.roles}
    return tuple(role for role in action.roles if role not in covered)


def _expire(case: _Case, period: Period) -> tuple[str, int | None, Refused | None]:
    """Record what silence means; a refusal becomes a task, it never stops the sweep."""
    command: Command = (
        ExpireExplanation()
        if period.kind is PeriodKind.EXPLANATION
        else ExpireConsultation(consultation=period.number)
    )
    order = Order(
        command=command,
        actor=SWEEP,
        on=case.today,
        today=case.today,
        command_id=f"sweep/{case.place.case_number}/{period.key}/{period.due_on}",
    )
    try:
        done = unit.carry(case.tx, case.office, REQUESTS, case.place.case_number, order)
    except Refused as refused:
        return REFUSED, None, refused
    return DONE, done.fact.number, None


def _tell(case: _Case, period: Period, action: Action, refused: Refused | None) -> None:
    subject = case.place.case_number or _name(case.office, case.place.agency)
    text = text_of(subject, period, action, case.today, case.office.calendar, refused)
    for role in action.roles:
        tasks.add(
            case.tx,
            tasks.Task(
                agency=case.place.agency,
                case_number=case.place.case_number,
                kind=period.kind,
                number=period.number,
                due_on=period.due_on,
                action=action.kind,
                role=role,
                text=text,
                created_on=case.today,
            ),
        )
    outbox.put(case.tx, messages(case.office.config, case.place, period, action, text, case.today))


def _name(office: Office, agency: str) -> str:
    """Return the name of an agency; its key where it is no longer in the configuration."""
    found = office.config.agencies.get(agency)
    return found.name if found else agency


def _settle(case: _Case, running: Sequence[Period], *, told: bool) -> None:
    """Note when to look next, and close what has been overtaken."""
    done = deadlines.ledger(case.tx, case.place)
    ended = deadlines.sync(case.tx, case.place, running, case.office.calendar, done)
    if ended or told:
        tasks.close_ended(case.tx, case.place, running, case.today, str(SWEEP))
