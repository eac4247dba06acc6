"""A reply deadline without a case: from the day of receipt and what may move it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from rules.law import Law
from rules.load import law_on
from rules.workdays import Day, WorkCalendar
from workflow.case import Clock
from workflow.clock import due_by
from workflow.errors import Refused
from workflow.proof import ProofLine, prove, uncounted

Span = tuple[date, date]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked: received, corrected, extended, consulted on which days."""

    received: date
    correction: date | None = None
    extension: int = 0
    consultations: tuple[Span, ...] = ()

    @property
    def start(self) -> date:
        """S: the day the period starts from, itself not counted."""
        return self.correction or self.received


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """The answer: the days, and the day-by-day proof of the last of them."""

    question: Question
    law: Law
    correction_due: Day
    reply_due: Day
    extended_due: Day | None
    proof: tuple[ProofLine, ...]

    @property
    def provisional(self) -> bool:
        """Whether any of the days may still be changed by a notice not yet published."""
        days = (self.correction_due, self.reply_due, self.extended_due)
        return any(day.provisional for day in days if day)


def term(question: Question, calendar: WorkCalendar) -> Term:
    """Answer a question; :class:`Refused` or ``RuleError`` where law or calendar has no answer."""
    law = law_on(question.received)
    _allowed(question, law)
    spans = tuple(_merged(question.consultations))
    plain = Clock(start=question.start)
    extended = Clock(start=question.start, extended_by=question.extension)
    lines = prove(
        extended,
        calendar,
        start_why=_start_why(question),
        spans=tuple(
            (s, e, "征求意见所需时间，不计算在期限内（第三十三条第三款）") for s, e in spans
        ),
    )
    return Term(
        question=question,
        law=law,
        correction_due=calendar.add(question.received, law.terms["correction_notice"].days),
        reply_due=due_by(plain, spans, calendar),
        extended_due=due_by(extended, spans, calendar) if question.extension else None,
        proof=lines,
    )


def _allowed(question: Question, law: Law) -> None:
    most = law.terms["extension"].days
    if not 0 <= question.extension <= most:
        raise Refused(
            code="extension_too_long",
            message=f"延长答复的期限不得超过{most}个工作日，写的是{question.extension}个。",
            article="33.2",
            mend=f"请填写1至{most}。",
        )


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield the spans in order, those that touch as one: a day is taken out once."""
    current: Span | None = None
    for start, end in sorted(spans):
        if current and start <= current[1]:
            current = (current[0], max(current[1], end))
        else:
            if current:
                yield current
            current = (start, end)
    if current:
        yield current


def _start_why(question: Question) -> str:
    if question.correction:
        return f"收到补正申请之日，{uncounted(question.correction)}，期限重新计算（第三十条）"
    return f"收到申请之日，{uncounted(question.received)}"
