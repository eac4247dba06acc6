"""The periods that run: what must happen in a case by which day, by what article, by whom.

A period is a pure function of the facts, the calendar and the policy; it has a key that is stable
within its case, so that whatever is done about it can be done once.
"""

from calendar import monthrange
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Final

from rules.errors import CalendarError
from rules.words import Labelled
from rules.workdays import Day, WorkCalendar
from workflow.agency import Targets
from workflow.case import Case, Clock, Consultation
from workflow.clock import (
    challenge_answer_deadline,
    confirmation_due,
    consultation_limit,
    correction_due,
    correction_notice_due,
    explanation_due,
    payment_due,
    running_due,
)
from workflow.rectification import Rectification, RectificationState, due
from workflow.sending import service_proven
from workflow.vocabulary import OPEN, ConsultationKind, State
from workflow.world import World


class PeriodKind(Labelled):
    """What is waited for. Values are stored: never rename one."""

    CONFIRMATION = "confirmation", "与申请人确认收到"
    ACCEPTANCE = "acceptance", "受理"
    CORRECTION_NOTICE = "correction_notice", "可以要求补正的期限"
    CORRECTION = "correction", "申请人补正"
    REPLY = "reply", "答复"
    DEFERRED_REPLY = "deferred_reply", "延迟答复"
    RENEWED_REPLY = "renewed_reply", "重新答复"
    DRAFT = "draft", "拟出答复"
    THIRD_PARTY = "third_party", "第三方答复征求意见"
    JOINT_MAKER = "joint_maker", "共同制作机关答复征求意见"
    OTHER_AGENCY = "other_agency", "其他机关答复征求意见"
    EXPLANATION = "explanation", "申请人说明理由"
    PAYMENT = "payment", "申请人缴费"
    CO_HANDLING = "co_handling", "协办单位答复"
    SERVICE_PROOF = "service_proof", "取得送达凭证"
    FILING = "filing", "归档"
    REASSESSMENT = "reassessment", "对不予公开信息的评估审查"
    CHALLENGE_ANSWER = "challenge_answer", "提交复议或者诉讼答复和证据"
    RECTIFICATION = "rectification", "处理更正申请"
    ANNUAL_REPORT = "annual_report", "公布年度报告"
    YEARLY_SCORE = "yearly_score", "年度考核评分"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One running period. ``number`` tells consultations, challenges and rounds apart."""

    kind: PeriodKind
    number: int = 0
    due_on: date
    article: str
    provisional: bool = False
    #: Set by the agency for itself: no law is broken when it passes.
    internal: bool = False

    @property
    def key(self) -> str:
        """Name the period within its case."""
        return f"{self.kind.value}/{self.number}"


_PARTY: Final = {
    ConsultationKind.THIRD_PARTY: (PeriodKind.THIRD_PARTY, "32"),
    ConsultationKind.JOINT_MAKER: (PeriodKind.JOINT_MAKER, "34"),
    ConsultationKind.OTHER_AGENCY: (PeriodKind.OTHER_AGENCY, "33.3"),
}
_UNDRAFTED: Final = frozenset({State.RECEIVED, State.PROCESSING, State.CONSULTING})


def periods(case: Case, world: World) -> tuple[Period, ...]:
    """Return every period that runs in a case, the one due first at the head."""
    found = (
        *_intake(case, world),
        *_replying(case, world),
        *_others(case, world),
        *_afterwards(case, world),
        *_challenges(case, world.calendar),
    )
    return tuple(sorted(found, key=lambda period: (period.due_on, period.key)))


def rectification_periods(
    case: Rectification, working_days: int, world: World
) -> tuple[Period, ...]:
    """Return the period of a rectification: the agency's own, art. 41 sets none."""
    if case.state is not RectificationState.PROCESSING:
        return ()
    found = due(case, working_days, world)
    return (
        Period(
            kind=PeriodKind.RECTIFICATION,
            due_on=found.due_on,
            article="41",
            provisional=found.provisional,
            internal=True,
        ),
    )


def yearly_periods(year: int) -> tuple[Period, ...]:
    """Return what every agency owes in ``year`` about the year before (50), and its score."""
    return (
        Period(
            kind=PeriodKind.ANNUAL_REPORT,
            number=year,
            due_on=date(year, 1, 31),
            article="50",
        ),
        Period(
            kind=PeriodKind.YEARLY_SCORE,
            number=year,
            due_on=date(year, 3, 31),
            article="46",
            internal=True,
        ),
    )


def _on(
    kind: PeriodKind, day: Day, article: str, *, number: int = 0, internal: bool = False
) -> Period:
    return Period(
        kind=kind,
        number=number,
        due_on=day.on,
        article=article,
        provisional=day.provisional,
        internal=internal,
    )


def _own(
    kind: PeriodKind, since: date, days: int, calendar: WorkCalendar, *, number: int = 0
) -> Iterator[Period]:
    """Yield a period the agency sets for itself; none beyond the calendar, which only law needs."""
    if not days:
        return
    with suppress(CalendarError):
        yield _on(kind, calendar.add(since, days), "45", number=number, internal=True)


def _intake(case: Case, world: World) -> Iterator[Period]:
    calendar, targets = world.calendar, world.policy.targets
    if case.state is State.AWAITING_CONFIRMATION:
        if found := confirmation_due(case, calendar):
            yield _on(PeriodKind.CONFIRMATION, found, "31")
        return
    if case.state is State.RECEIVED and case.clock:
        yield from _own(PeriodKind.ACCEPTANCE, case.clock.start, targets.acceptance_wd, calendar)
    if _may_be_asked(case) and (found := correction_notice_due(case, calendar)):
        yield _on(PeriodKind.CORRECTION_NOTICE, found, "30")


def _may_be_asked(case: Case) -> bool:
    """Whether the applicant may still be asked for correction, but for the day (30)."""
    untouched = not (case.consultations or case.explanation or case.charge or case.drafters)
    return (
        case.state in {State.RECEIVED, State.PROCESSING}
        and case.correction is None
        and not case.reopenings
        and untouched
    )


def _replying(case: Case, world: World) -> Iterator[Period]:
    clock, found = case.clock, running_due(case, world)
    if clock is None or found is None:
        return
    yield _on(_kind_of(clock), found, clock.article, number=len(case.reopenings))
    if case.state in _UNDRAFTED and clock.ordered_on is None:
        days, number = world.policy.targets.draft_wd, len(case.reopenings)
        yield from _own(PeriodKind.DRAFT, clock.start, days, world.calendar, number=number)


def _kind_of(clock: Clock) -> PeriodKind:
    if clock.ordered_on is None:
        return PeriodKind.REPLY
    return PeriodKind.DEFERRED_REPLY if clock.article == "35" else PeriodKind.RENEWED_REPLY


def _others(case: Case, world: World) -> Iterator[Period]:
    """Periods in which somebody else must speak."""
    calendar = world.calendar
    if case.state in OPEN:
        yield from _consultations(case, world)
        for number, asked in enumerate(case.co_handlings, start=1):
            if asked.due_on and asked.answered_on is None and not asked.returned:
                day = Day(asked.due_on, calendar.is_provisional(asked.due_on))
                yield _on(PeriodKind.CO_HANDLING, day, "45", number=number, internal=True)
    if case.state is State.AWAITING_CORRECTION and case.correction:
        yield _on(PeriodKind.CORRECTION, correction_due(case.correction, calendar), "30")
    if case.state is State.AWAITING_EXPLANATION and case.explanation:
        yield _on(PeriodKind.EXPLANATION, explanation_due(case.explanation, calendar), "35")
    if case.state is State.AWAITING_PAYMENT and case.charge:
        yield _on(PeriodKind.PAYMENT, payment_due(case.charge, calendar), "42")


def _consultations(case: Case, world: World) -> Iterator[Period]:
    for consultation in case.consultations:
        if consultation.open and (found := _limit(consultation, world)):
            kind, article = _PARTY[consultation.kind]
            yield _on(kind, found, article, number=consultation.number)


def _limit(consultation: Consultation, world: World) -> Day | None:
    return consultation_limit(consultation, world.calendar, world.policy)


def _afterwards(case: Case, world: World) -> Iterator[Period]:
    targets, calendar = world.policy.targets, world.calendar
    if case.state is State.CLOSED and case.closed_on:
        yield from _own(PeriodKind.FILING, case.closed_on, targets.filing_wd, calendar)
    if case.state is State.REPLIED:
        yield from _after_reply(case, targets, calendar)
    if case.state in {State.REPLIED, State.ARCHIVED}:
        yield from _reassessment(case, targets)


def _after_reply(case: Case, targets: Targets, calendar: WorkCalendar) -> Iterator[Period]:
    reply = case.reply
    if reply is None or not reply.sendings:
        return
    last = reply.sendings[-1]
    proven = reply.on_the_spot or service_proven(last)
    since = last.result_on or last.on
    if proven:
        number = len(case.replies)
        yield from _own(PeriodKind.FILING, since, targets.filing_wd, calendar, number=number)
    else:
        days, number = targets.service_proof_wd, len(reply.sendings)
        yield from _own(PeriodKind.SERVICE_PROOF, last.on, days, calendar, number=number)


def _reassessment(case: Case, targets: Targets) -> Iterator[Period]:
    """The periodic look at what was withheld (18): the Regulation names no period."""
    reply = case.reply
    if not targets.reassessment_months or reply is None or reply.sent_on is None:
        return
    if any(decision.withheld for decision in reply.draft.decisions):
        since = max((reply.sent_on, *case.reassessed_on))
        yield Period(
            kind=PeriodKind.REASSESSMENT,
            number=len(case.reassessed_on) + 1,
            due_on=months_after(since, targets.reassessment_months),
            article="18",
            internal=True,
        )


def months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or its last day where it has no such day."""
    year, before = divmod(day.year * 12 + day.month - 1 + months, 12)
    _, last = monthrange(year, before + 1)
    return date(year, before + 1, min(day.day, last))


def _challenges(case: Case, calendar: WorkCalendar) -> Iterator[Period]:
    for challenge in case.challenges:
        if challenge.answered_on or challenge.result:
            continue
        if found := challenge_answer_deadline(challenge, calendar):
            yield _on(PeriodKind.CHALLENGE_ANSWER, found, "51", number=challenge.number)
