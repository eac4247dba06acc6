"""What the laws of the model check need to know, counted and read the plain way."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Final

from rules import calendar
from rules.words import Outcome
from workflow import commands as c
from workflow.case import Case, Consultation, Reply
from workflow.decision import Decision
from workflow.facts import Fact
from workflow.vocabulary import ConsultationKind

CALENDAR: Final = calendar()
_DAY: Final = timedelta(days=1)
Span = tuple[date, date]


@cache
def nth(day: date, n: int) -> date:
    """Return the n-th working day after ``day``, day by day."""
    while n:
        day += _DAY
        n -= CALENDAR.is_working(day)
    return day


@cache
def _due(start: date, n: int, out: tuple[Span, ...]) -> date:
    day = start
    while n:
        day += _DAY
        taken = any(begin < day <= end for begin, end in out)
        n -= CALENDAR.is_working(day) and not taken
    return day


def due_of(case: Case, day: date) -> date:
    """Return the day a reply is due, as of ``day``: the N-th working day after S not in X."""
    assert case.clock
    if case.clock.ordered_on:
        return case.clock.ordered_on
    out = tuple(span for x in case.consultations for span in _taken_out(x, day))
    return _due(case.clock.start, 20 + case.clock.extended_by, out)


def _taken_out(asked: Consultation, day: date) -> Iterator[Span]:
    if asked.received_on is None:
        return
    known = [d for d in (None if asked.late else asked.answered_on, asked.ended_on) if d]
    if asked.kind is not ConsultationKind.OTHER_AGENCY:
        yield asked.received_on, min([*known, nth(asked.received_on, 15)])
        return
    begin, end = asked.received_on, nth(asked.received_on, 15)
    yield begin, min([end, *(known or [day])])
    for renewed in asked.renewed_on:
        begin = max(renewed, end)
        end = nth(begin, 15)
        yield begin, min([end, *(known or [day])])


def facts_of(case: Case, *kinds: type[c.Command]) -> list[Fact]:
    """Return the facts of these kinds."""
    return [fact for fact in case.facts if isinstance(fact.command, kinds)]


def drafters_of_round(facts: tuple[Fact, ...]) -> set[str]:
    """Return the persons who drafted since the case was last taken up again."""
    found: set[str] = set()
    for fact in facts:
        if isinstance(fact.command, c.Reopen):
            found = set()
        if isinstance(fact.command, c.DraftReply):
            found.add(fact.actor.person)
    return found


def withholds(decisions: tuple[Decision, ...]) -> bool:
    """Say whether anything is refused on the ground of articles 14 to 16."""
    refusing = (Outcome.WITHHOLD, Outcome.PARTLY_DISCLOSE)
    return any(d.outcome in refusing or any(not p.disclose for p in d.passages) for d in decisions)


def releases(decisions: tuple[Decision, ...], items: tuple[int, ...]) -> bool:
    """Say whether something of these items is given."""
    giving = (Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE)
    return any(d.item in items and d.outcome in giving for d in decisions)


def sent(case: Case) -> Reply | None:
    """Return the last reply when it has left the agency."""
    last = case.replies[-1] if case.replies else None
    return last if last and last.sendings and not last.void_on else None


#: Whatever happens to a draft that makes review and approval start anew.
_EDITS: Final = (c.DraftReply, c.RecallDraft, c.ReturnReply, c.RecallReply, c.Reopen)


def seen_by_others(case: Case, *, office_of_two: bool) -> bool:
    """Read from the log alone whether the last issued reply was reviewed and approved by others.

    After the last edit: one review and one approval, by people who did not draft in this round and
    who are not one another.
    """
    issued = max((f.number for f in facts_of(case, c.IssueReply)), default=0)
    until = case.facts[: issued or 0]
    edits = [f.number for f in until if isinstance(f.command, _EDITS)]
    if not edits or not isinstance(until[edits[-1] - 1].command, c.DraftReply):
        return False
    draft, since = until[edits[-1] - 1], until[edits[-1] :]
    reviews = [f for f in since if isinstance(f.command, c.PassReview)]
    approvals = [f for f in since if isinstance(f.command, c.ApproveReply)]
    if len(reviews) != 1 or len(approvals) != 1 or not reviews[0].number < approvals[0].number:
        return False
    reviewer, approver = reviews[0].actor.person, approvals[0].actor.person
    return (
        not {reviewer, approver} & drafters_of_round(until)
        and (office_of_two or reviewer != approver)
        and draft.on <= reviews[0].on <= approvals[0].on <= case.facts[issued - 1].on
    )
