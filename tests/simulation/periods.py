"""Which periods run in a case, read the plain way from the process: days are counted one by one."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from tests.process.model_oracle import CALENDAR, due_of, nth
from workflow import commands as c
from workflow.agency import Policy
from workflow.case import Case, Consultation
from workflow.rectification import Rectification, RectificationState
from workflow.vocabulary import (
    NO_REPLY_CLOCK,
    OPEN,
    RECEIVED_AT_ONCE,
    Channel,
    ConsultationKind,
    DeliveryResult,
    SendMethod,
    State,
)

_DAY: Final = timedelta(days=1)
_UNTOUCHED: Final = (
    c.RequestCorrection,
    c.StartConsultation,
    c.RequestExplanation,
    c.ChargeFee,
    c.DraftReply,
    c.Reopen,
)
_SIGNED: Final = (SendMethod.IN_PERSON, SendMethod.VIA_AGENCY, SendMethod.PICKUP)


class Due(NamedTuple):
    """A running period."""

    kind: str
    number: int
    on: date


def running(case: Case | Rectification, policy: Policy, today: date) -> Iterator[Due]:
    """Yield the periods that run in a case on a day."""
    if isinstance(case, Rectification):
        if case.state is RectificationState.PROCESSING:
            yield Due("rectification", 0, nth(case.on, 20))
        return
    yield from _at_first(case)
    yield from _reply(case, today)
    if case.state in OPEN:
        yield from _asked(case)
    yield from _applicant(case)
    yield from _after(case, policy)
    for n, challenge in enumerate(case.challenges, start=1):
        copy = challenge.copy_received_on
        if copy and not challenge.answered_on and not challenge.result:
            calendar_days = 10 if challenge.kind.value == "reconsideration" else 15
            yield Due("challenge_answer", n, _on_or_after(copy + _DAY * calendar_days))


def _on_or_after(day: date) -> date:
    return day if CALENDAR.is_working(day) else nth(day, 1)


def _at_first(case: Case) -> Iterator[Due]:
    if case.state is State.AWAITING_CONFIRMATION and case.channel not in RECEIVED_AT_ONCE:
        mail = case.channel is Channel.ORDINARY_MAIL
        yield Due("confirmation", 0, _on_or_after(case.on) if mail else nth(case.on, 1))
    if case.state is State.RECEIVED and case.clock:
        yield Due("acceptance", 0, nth(case.clock.start, 3))
    touched = any(isinstance(fact.command, _UNTOUCHED) for fact in case.facts)
    if case.state in {State.RECEIVED, State.PROCESSING} and not touched:
        assert case.received_on
        yield Due("correction_notice", 0, nth(case.received_on, 7))


def _reply(case: Case, today: date) -> Iterator[Due]:
    if case.clock is None or case.state not in OPEN or case.state in NO_REPLY_CLOCK:
        return
    round_ = sum(isinstance(fact.command, c.Reopen) for fact in case.facts)
    ordered = case.clock.ordered_on is not None
    last = [f.command for f in case.facts if isinstance(f.command, (c.DeferReply, c.Reopen))][-1:]
    deferred = ordered and isinstance(last[0], c.DeferReply)
    kind = "deferred_reply" if deferred else "renewed_reply" if ordered else "reply"
    yield Due(kind, round_, due_of(case, today))
    if not ordered and case.state in {State.RECEIVED, State.PROCESSING, State.CONSULTING}:
        yield Due("draft", round_, nth(case.clock.start, 10))


def _asked(case: Case) -> Iterator[Due]:
    for n, asked in enumerate(case.consultations, start=1):
        answered = asked.answered_on and not asked.late
        if asked.received_on and not (answered or asked.expired_on or asked.ended_on):
            yield Due(asked.kind.value, n, _limit(asked, asked.received_on))
    for n, unit in enumerate(case.co_handlings, start=1):
        if unit.due_on and not unit.answered_on:
            yield Due("co_handling", n, unit.due_on)


def _limit(asked: Consultation, received: date) -> date:
    end = nth(received, 15)
    if asked.kind is ConsultationKind.OTHER_AGENCY:
        for renewed in asked.renewed_on:
            end = nth(max(renewed, end), 15)
    return end


def _applicant(case: Case) -> Iterator[Due]:
    if case.state is State.AWAITING_CORRECTION and (asked := case.correction):
        begin = asked.notice_received_on or asked.asked_on
        yield Due("correction", 0, asked.fixed_due_on or nth(begin, asked.working_days))
    if case.state is State.AWAITING_EXPLANATION and case.explanation:
        yield Due("explanation", 0, nth(case.explanation.asked_on, case.explanation.working_days))
    if case.state is State.AWAITING_PAYMENT and (charge := case.charge):
        yield Due("payment", 0, nth(charge.notice_received_on or charge.on, 20))


def _after(case: Case, policy: Policy) -> Iterator[Due]:
    if case.state is State.CLOSED and case.closed_on:
        yield Due("filing", 0, nth(case.closed_on, 20))
    reply = case.reply
    if reply is None or case.state not in {State.REPLIED, State.ARCHIVED}:
        return
    if case.state is State.REPLIED:
        last = reply.sendings[-1]
        reached = last.method in _SIGNED or last.result is DeliveryResult.DELIVERED
        if reached or reply.on_the_spot:
            yield Due("filing", len(case.replies), nth(last.result_on or last.on, 20))
        else:
            yield Due("service_proof", len(reply.sendings), nth(last.on, 10))
    if reply.sendings and any(not p.disclose for d in reply.draft.decisions for p in d.passages):
        looks = case.reassessed_on
        since = max([reply.sendings[0].on, *looks])
        assert policy.targets.reassessment_months == 12
        yield Due("reassessment", len(looks) + 1, _next_year(since))


def _next_year(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


def yearly(year: int) -> Iterator[Due]:
    yield Due("annual_report", year, date(year, 1, 31))
    yield Due("yearly_score", year, date(year, 3, 31))
