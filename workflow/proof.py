"""The proof of a deadline: day by day, what was counted, skipped or taken out, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from rules.norms import cite_norm
from rules.workdays import WorkCalendar
from workflow.case import Case, Clock, Consultation
from workflow.clock import excluded_by, term_days
from workflow.world import World

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One day: ``n`` numbers the counted days; ``kind`` is start, counted, skipped or excluded."""

    on: date
    n: int | None
    kind: str
    why: str


def prove(
    clock: Clock,
    calendar: WorkCalendar,
    *,
    start_why: str,
    spans: tuple[tuple[date, date, str], ...] = (),
) -> tuple[ProofLine, ...]:
    """Walk from the start day to the due day and give each day its reason.

    ``spans`` are ``(s, e, why)``: working days after ``s`` up to ``e`` are taken out for ``why``.
    The walk is independent of the index arithmetic that made the date, and must arrive at it.
    """
    lines = [ProofLine(clock.start, None, "start", start_why)]
    lines.extend(_walk(clock, calendar, spans))
    return tuple(lines)


def _walk(
    clock: Clock, calendar: WorkCalendar, spans: tuple[tuple[date, date, str], ...]
) -> Iterator[ProofLine]:
    day, n, wanted = clock.start, 0, term_days(clock)
    while n < wanted:
        day += _DAY
        reason = calendar.reason(day)
        said = f"{reason.why}（{reason.notice}）" if reason.notice else reason.why
        if not reason.working:
            yield ProofLine(day, None, "skipped", said)
        elif why := next((w for s, e, w in spans if s < day <= e), ""):
            yield ProofLine(day, None, "excluded", why)
        else:
            n += 1
            yield ProofLine(day, n, "counted", said)


def proof(case: Case, world: World) -> tuple[ProofLine, ...]:
    """Prove the reply deadline of a case; after dispatch, the one that was met or missed."""
    clock = case.clock
    if clock is None:
        return ()
    if clock.ordered_on is not None:
        return _ordered(clock, world.calendar)
    spans = tuple((s, e, _why(c)) for c in case.consultations for s, e in excluded_by(c, world))
    return prove(clock, world.calendar, start_why=_start_why(case), spans=spans)


def _ordered(clock: Clock, calendar: WorkCalendar) -> tuple[ProofLine, ...]:
    assert clock.ordered_on is not None  # noqa: S101 - the caller has asked
    why = (
        "经说明理由确定的延迟答复期限（《条例》第三十五条），以确定之日为准，不再逐日计算"
        if clock.article == "35"
        else "重新办理的期限，以载明之日为准；未载明的自收到之日起20个工作日"
    )
    said = calendar.reason(clock.ordered_on).why
    return (
        ProofLine(clock.start, None, "start", "确定期限之日"),
        ProofLine(clock.ordered_on, None, "counted", f"{why}（{said}）"),
    )


def _start_why(case: Case) -> str:
    if (
        case.charge
        and case.charge.paid_on
        and case.clock
        and case.clock.start == case.charge.paid_on
    ):
        return f"完成缴费之日，{uncounted(case.charge.paid_on)}，期限重新计算"
    if case.correction and case.correction.answered_on:
        return (
            f"收到补正申请之日，{uncounted(case.correction.answered_on)}，期限重新计算（第三十条）"
        )
    return f"收到申请之日，{uncounted(case.received_on or case.on)}"


def uncounted(day: date) -> str:
    """Say why a first day is not counted: the Regulation is silent, the general rule applies."""
    return f"当日不计入，自次日起算（参照{cite_norm('civil_code', 'period_start', day).text}）"


def _why(consultation: Consultation) -> str:
    return (
        f"征求{consultation.kind.label}意见（第{consultation.number}件）所需时间，"
        "不计算在期限内（第三十三条第三款）"
    )
