"""The clock: when a reply is due, as a pure function of the facts, the calendar and the day.

Three effects, by replay and never by adding and subtracting: a *restart* (correction, payment)
moves S, a *consultation* takes its working days out, an *extension* adds to N; a deferral or a
reopening puts a date in their place. Due = the N-th working day after S that is in no consultation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from rules.deadlines import challenge_answer_due
from rules.law import Law
from rules.load import law_on
from rules.workdays import Day, WorkCalendar
from workflow.agency import Policy
from workflow.case import (
    Case,
    Challenge,
    Charge,
    Clock,
    Consultation,
    Correction,
    Explanation,
)
from workflow.vocabulary import (
    NO_REPLY_CLOCK,
    OPEN,
    RECEIVED_AT_ONCE,
    Channel,
    ConsultationKind,
    State,
)
from workflow.world import World

Span = tuple[date, date]

_TERM_OF: Final = {
    ConsultationKind.THIRD_PARTY: "third_party",
    ConsultationKind.JOINT_MAKER: "joint_maker",
}
_ARTICLE_OF: Final = {
    ConsultationKind.THIRD_PARTY: "32",
    ConsultationKind.JOINT_MAKER: "34",
    ConsultationKind.OTHER_AGENCY: "33.3",
}


def law_of(case: Case) -> Law:
    """The version of the Regulation a request lives under: that of its receipt."""
    return law_on(case.received_on or case.on)


def consultation_limit(
    consultation: Consultation, calendar: WorkCalendar, policy: Policy
) -> Day | None:
    """Last day of a consultation: 15 wd after the letter was received (32, 34), or the cap (33.3).

    None while the day of receipt is not known.
    """
    if consultation.kind is ConsultationKind.OTHER_AGENCY:
        return _cap_end(consultation, calendar, policy)
    if consultation.received_on is None:
        return None
    term = law_on(consultation.received_on).terms[_TERM_OF[consultation.kind]]
    return calendar.add(consultation.received_on, term.days)


def _cap_windows(
    consultation: Consultation, calendar: WorkCalendar, policy: Policy
) -> tuple[Span, ...]:
    """Spans in which asking another agency stops the clock; each renewal by the head adds one."""
    start = _starts_on(consultation, policy)
    if start is None:
        return ()
    windows = [(start, calendar.add(start, policy.other_agency_cap_wd).on)]
    for renewed in consultation.renewed_on:
        begin = max(renewed, windows[-1][1])
        windows.append((begin, calendar.add(begin, policy.other_agency_cap_wd).on))
    return tuple(windows)


def _cap_end(consultation: Consultation, calendar: WorkCalendar, policy: Policy) -> Day | None:
    windows = _cap_windows(consultation, calendar, policy)
    return Day(windows[-1][1], calendar.is_provisional(windows[-1][1])) if windows else None


def _starts_on(consultation: Consultation, policy: Policy) -> date | None:
    if policy.consultation_starts == "dispatch":
        return consultation.sent_on
    return consultation.received_on


def _answered_in_time(consultation: Consultation) -> date | None:
    return None if consultation.late else consultation.answered_on


def excluded_by(consultation: Consultation, world: World) -> tuple[Span, ...]:
    """Spans ``(s, e]`` that one consultation takes out of the reply period."""
    start = _starts_on(consultation, world.policy)
    if start is None:
        return ()
    ends = [d for d in (_answered_in_time(consultation), consultation.ended_on) if d]
    if consultation.kind is ConsultationKind.OTHER_AGENCY:
        until = min(ends, default=world.today)
        windows = _cap_windows(consultation, world.calendar, world.policy)
        return tuple((a, min(b, until)) for a, b in windows if min(b, until) > a)
    if limit := consultation_limit(consultation, world.calendar, world.policy):
        ends.append(limit.on)
    until = min(ends, default=world.today)
    return ((start, until),) if until > start else ()


def excluded(case: Case, world: World) -> tuple[Span, ...]:
    """Spans of all consultations, in order and merged: a day is taken out once."""
    merged: list[Span] = []
    for start, end in sorted(s for c in case.consultations for s in excluded_by(c, world)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def term_days(clock: Clock) -> int:
    """N: the working days of the reply period with its extensions."""
    return law_on(clock.start).terms["reply"].days + clock.extended_by


def due_by(clock: Clock, spans: tuple[Span, ...], calendar: WorkCalendar) -> Day:
    """The N-th working day after S that lies in none of ``spans`` (sorted, disjoint)."""
    if clock.ordered_on is not None:
        return Day(clock.ordered_on, calendar.is_provisional(clock.ordered_on))
    begin = calendar.index(clock.start)
    target = begin + term_days(clock)
    for start, end in spans:
        first = max(calendar.index(start), begin)
        if first >= target:
            break
        target += max(calendar.index(end) - first, 0)
    return calendar.at(target)


def running_due(case: Case, world: World) -> Day | None:
    """The day the present round is due, or None where no reply clock exists."""
    if case.clock is None or case.state not in OPEN or case.state in NO_REPLY_CLOCK:
        return None
    return due_by(case.clock, excluded(case, world), world.calendar)


def reply_due(case: Case, world: World) -> Day | None:
    """When the reply is due as of ``world.today``; after dispatch, when it was due that day.

    None while nothing is received, while the ball is with the applicant (correction, payment), and
    in a case that ended without a reply (33.2, 33.3, 35).
    """
    if case.state in OPEN:
        return running_due(case, world)
    reply = case.reply
    if case.state is State.CLOSED or case.close_reason or reply is None or reply.due_on is None:
        return None
    return Day(reply.due_on, world.calendar.is_provisional(reply.due_on))


def running(case: Case, world: World) -> bool:
    """Whether a day of the reply period is being used up on ``world.today``."""
    if case.clock is None or case.state not in OPEN or case.state in NO_REPLY_CLOCK:
        return False
    return not any(start < world.today <= end for start, end in excluded(case, world))


def correction_notice_due(case: Case, calendar: WorkCalendar) -> Day | None:
    """Last day to ask for correction: the 7th wd after the first receipt (30)."""
    if case.received_on is None:
        return None
    return calendar.add(case.received_on, law_of(case).terms["correction_notice"].days)


def correction_due(correction: Correction, calendar: WorkCalendar) -> Day:
    """Last day for the applicant to correct: as the notice says, counted from its receipt (30)."""
    if fixed := correction.fixed_due_on:
        return Day(fixed, calendar.is_provisional(fixed))
    start = correction.notice_received_on or correction.asked_on
    return calendar.add(start, correction.working_days)


def explanation_due(explanation: Explanation, calendar: WorkCalendar) -> Day:
    """Last day for the applicant to give reasons (35)."""
    return calendar.add(explanation.asked_on, explanation.working_days)


def payment_due(charge: Charge, calendar: WorkCalendar) -> Day:
    """Last day to pay: 20 wd from the day after the notice was received (国办函〔2020〕109号)."""
    start = charge.notice_received_on or charge.on
    return calendar.add(start, law_on(charge.on).terms["payment"].days)


def applicant_due(case: Case, calendar: WorkCalendar) -> Day | None:
    """The applicant's running day: correction, explanation or payment; else None."""
    if case.state is State.AWAITING_CORRECTION and case.correction:
        return correction_due(case.correction, calendar)
    if case.state is State.AWAITING_EXPLANATION and case.explanation:
        return explanation_due(case.explanation, calendar)
    if case.state is State.AWAITING_PAYMENT and case.charge:
        return payment_due(case.charge, calendar)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One period that ran or runs: its last day, its article, and the day it was met, if it was."""

    kind: str
    due_on: date
    article: str
    provisional: bool = False
    met_on: date | None = None


def _deadline(kind: str, day: Day, article: str, met_on: date | None = None) -> Deadline:
    return Deadline(
        kind=kind, due_on=day.on, article=article, provisional=day.provisional, met_on=met_on
    )


def deadlines(case: Case, world: World) -> tuple[Deadline, ...]:
    """Every period of the case: reply periods first, then the others in order of the process."""
    return (
        *_reply_deadlines(case, world),
        *_intake_deadlines(case, world.calendar),
        *_consultation_deadlines(case, world),
        *_applicant_deadlines(case, world.calendar),
        *_challenge_deadlines(case, world.calendar),
    )


def _reply_deadlines(case: Case, world: World) -> Iterator[Deadline]:
    for reply in case.replies:
        if reply.due_on and reply.sent_on:
            day = Day(reply.due_on, world.calendar.is_provisional(reply.due_on))
            yield _deadline("reply", day, reply.due_article, reply.sent_on)
    due = running_due(case, world)
    if due is not None and case.clock is not None:
        yield _deadline("reply", due, case.clock.article)


def confirmation_due(case: Case, calendar: WorkCalendar) -> Day | None:
    """When receipt is to be confirmed: mail on the day itself (31(2)), otherwise the next wd."""
    if case.channel in RECEIVED_AT_ONCE or case.acknowledged_on:
        return None
    if case.channel is Channel.ORDINARY_MAIL:
        day = calendar.next_working(case.on)
        return Day(day, calendar.is_provisional(day))
    return calendar.add(case.on, 1)


def _intake_deadlines(case: Case, calendar: WorkCalendar) -> Iterator[Deadline]:
    if due := confirmation_due(case, calendar):
        article = "31(2)" if case.channel is Channel.ORDINARY_MAIL else "31(3)"
        yield _deadline("confirmation", due, article, case.received_on)
    if due := correction_notice_due(case, calendar):
        asked = case.correction.asked_on if case.correction else None
        yield _deadline("correction_notice", due, "30", asked)


def _consultation_deadlines(case: Case, world: World) -> Iterator[Deadline]:
    for consultation in case.consultations:
        if limit := consultation_limit(consultation, world.calendar, world.policy):
            article = _ARTICLE_OF[consultation.kind]
            met = _answered_in_time(consultation)
            yield _deadline(consultation.kind.value, limit, article, met)


def _applicant_deadlines(case: Case, calendar: WorkCalendar) -> Iterator[Deadline]:
    if found := case.correction:
        yield _deadline("correction", correction_due(found, calendar), "30", found.answered_on)
    if asked := case.explanation:
        yield _deadline("explanation", explanation_due(asked, calendar), "35", asked.answered_on)
    if charge := case.charge:
        yield _deadline("payment", payment_due(charge, calendar), "42", charge.paid_on)


def challenge_answer_deadline(challenge: Challenge, calendar: WorkCalendar) -> Day | None:
    """Last day to hand in answer and evidence (复议法, 行诉法); None until the copy has come."""
    if challenge.copy_received_on is None:
        return None
    procedure = challenge.procedure or None
    copy = challenge.copy_received_on
    return challenge_answer_due(challenge.kind.value, copy, procedure, calendar)


def _challenge_deadlines(case: Case, calendar: WorkCalendar) -> Iterator[Deadline]:
    for challenge in case.challenges:
        if due := challenge_answer_deadline(challenge, calendar):
            yield _deadline("challenge_answer", due, "51", challenge.answered_on)
