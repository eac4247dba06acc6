"""Which way a step goes where the table has several: decided by the case, not by the caller."""

from datetime import date

from workflow import commands as c
from workflow.case import Case
from workflow.machine import Branch
from workflow.vocabulary import RECEIVED_AT_ONCE, AmendHow, State

_DRAFTED = frozenset({State.IN_REVIEW, State.AWAITING_APPROVAL, State.APPROVED})


def branch_of(case: Case | None, command: c.Command) -> Branch:
    """Return the branch of the table that ``command`` takes in ``case`` (None: a new case)."""
    match command:
        case c.Register():
            return _received(command)
        case c.RecordOpinion() | c.ExpireConsultation() | c.EndConsultation() if case:
            return _consultation(case, command)
        case c.Withdraw() if case:
            rest = set(case.to_answer) - set(command.items)
            return Branch.PART if command.items and rest else Branch.WHOLE
        case c.AmendRequest():
            return Branch.REPLACES if command.how is AmendHow.REPLACE else Branch.KEEPS
        case _:
            return Branch.ALWAYS


def receipt_of(command: c.Register, on: date) -> date | None:
    """Return the day of receipt that a registration itself settles (31); None: to be confirmed.

    ``on`` is the day it was handed in, signed for, or arrived; an automatic acknowledgement counts
    as confirmation by both sides.
    """
    return on if command.channel in RECEIVED_AT_ONCE else command.acknowledged_on


def _received(command: c.Register) -> Branch:
    settled = receipt_of(command, date.min) is not None
    return Branch.RECEIVED_AT_ONCE if settled else Branch.TO_CONFIRM


def _consultation(
    case: Case, command: c.RecordOpinion | c.ExpireConsultation | c.EndConsultation
) -> Branch:
    found = [x for x in case.consultations if x.number == command.consultation]
    if found and not found[0].open and isinstance(command, c.RecordOpinion):
        return _late(case, set(found[0].items))
    others = any(x.open for x in case.consultations if x.number != command.consultation)
    return Branch.OTHERS_RUN if others else Branch.LAST_ENDS


def _late(case: Case, items: set[int]) -> Branch:
    drafted = {d.item for d in case.draft.decisions} if case.draft else set()
    touches = case.state in _DRAFTED and bool(drafted & items)
    return Branch.VOIDS_DRAFT if touches else Branch.LATE
