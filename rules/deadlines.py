"""How long the agency has to answer a challenge: 复议答复, 应诉答辩."""

from datetime import date, timedelta
from typing import Final

from rules.errors import RuleError
from rules.remedies import regime_on
from rules.workdays import Day, WorkCalendar

_LITIGATION: Final = frozenset({"litigation", "litigation_after_reconsideration"})
_SIMPLE: Final = frozenset({"simple", "简易", "简易程序"})


def challenge_answer_due(
    kind: str, copy_received_on: date, procedure: str | None, calendar: WorkCalendar
) -> Day:
    """Return the last day to answer a challenge whose copy arrived on ``copy_received_on``.

    ``kind`` is ``reconsideration``, ``litigation`` or ``litigation_after_reconsideration``;
    ``procedure`` matters for reconsideration only: ``simple`` or 简易. Reconsideration: 10
    working days, simple procedure 5; copies received before 2024-01-01, 10 calendar days.
    Court: 15 calendar days. The day of receipt is not counted; calendar days that end on a day
    off run to the next working day. Raises RuleError for another kind and LawError before
    2019-05-15.
    """
    terms = regime_on(copy_received_on).answers
    if kind in _LITIGATION:
        return _calendar_days(copy_received_on, terms.litigation, calendar)
    if kind != "reconsideration":
        raise RuleError(
            f"不认识的救济种类“{kind}”。",
            "应为 reconsideration、litigation 或者 litigation_after_reconsideration。",
            code="bad_challenge",
        )
    days = terms.simple if procedure in _SIMPLE else terms.reconsideration
    if terms.in_working_days:
        return calendar.add(copy_received_on, days)
    return _calendar_days(copy_received_on, days, calendar)


def _calendar_days(received: date, days: int, calendar: WorkCalendar) -> Day:
    last = calendar.next_working(received + timedelta(days=days))
    return Day(last, calendar.is_provisional(last))
