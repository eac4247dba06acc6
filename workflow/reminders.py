"""What is done about a period, and on which day: reminders, proposals, and what silence means."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rules.errors import RuleError
from rules.words import Labelled
from rules.workdays import WorkCalendar
from workflow.periods import Period, PeriodKind
from workflow.vocabulary import Role


class ActionKind(Labelled):
    """What the sweep does on the day. Values are stored: never rename one."""

    SOON_5 = "soon_5", "还有5个工作日到期"
    SOON_3 = "soon_3", "还有3个工作日到期"
    SOON_1 = "soon_1", "还有1个工作日到期"
    TODAY = "today", "今日到期"
    OVERDUE_OFFICER = "overdue_officer", "逾期提醒"
    OVERDUE_HEAD = "overdue_head", "逾期催办"
    OVERDUE_SUPERVISOR = "overdue_supervisor", "逾期督办"
    EXPIRE = "expire", "期限届满，自动记录"
    PROPOSE = "propose", "期限届满，提请决定"
    #: No period has passed; something needs a person all the same.
    TROUBLE = "trouble", "需要处理"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do about a period, on or after a day, for the people in some roles."""

    kind: ActionKind
    on: date
    roles: tuple[Role, ...]

    @property
    def legal(self) -> bool:
        """Whether it changes the case, or prepares to: it waits while the clock is in doubt."""
        return self.kind in {ActionKind.EXPIRE, ActionKind.PROPOSE}


_OFFICER: Final = (Role.OFFICER,)
_BOTH: Final = (Role.OFFICER, Role.HEAD)

#: Working days from the due day (0 that day, negative before), and who is told.
_FIRM: Final = (
    (ActionKind.SOON_5, -5, _OFFICER),
    (ActionKind.SOON_3, -3, _OFFICER),
    (ActionKind.SOON_1, -1, _BOTH),
    (ActionKind.TODAY, 0, _BOTH),
    (ActionKind.OVERDUE_OFFICER, 1, _OFFICER),
    (ActionKind.OVERDUE_HEAD, 2, (Role.HEAD,)),
    (ActionKind.OVERDUE_SUPERVISOR, 3, (Role.SUPERVISOR,)),
)
_SHORT: Final = _FIRM[3:]
_WINDOW: Final = ((ActionKind.SOON_1, -1, _OFFICER), (ActionKind.TODAY, 0, _OFFICER))
_OWN: Final = (
    (ActionKind.TODAY, 0, _OFFICER),
    (ActionKind.OVERDUE_OFFICER, 1, _OFFICER),
    (ActionKind.OVERDUE_HEAD, 3, (Role.HEAD,)),
)
_OTHERS: Final = ((ActionKind.SOON_1, -1, _OFFICER), (ActionKind.TODAY, 0, _OFFICER))

_PLANS: Final = {
    PeriodKind.CONFIRMATION: _SHORT,
    PeriodKind.ACCEPTANCE: _OWN,
    PeriodKind.CORRECTION_NOTICE: _WINDOW,
    PeriodKind.CORRECTION: (),
    PeriodKind.REPLY: _FIRM,
    PeriodKind.DEFERRED_REPLY: _FIRM,
    PeriodKind.RENEWED_REPLY: _FIRM,
    PeriodKind.DRAFT: _OWN,
    PeriodKind.THIRD_PARTY: (),
    PeriodKind.JOINT_MAKER: (),
    PeriodKind.OTHER_AGENCY: _OTHERS,
    PeriodKind.EXPLANATION: (),
    PeriodKind.PAYMENT: (),
    PeriodKind.CO_HANDLING: _OWN,
    PeriodKind.SERVICE_PROOF: _OWN,
    PeriodKind.FILING: _OWN,
    PeriodKind.REASSESSMENT: _OWN,
    PeriodKind.CHALLENGE_ANSWER: _FIRM,
    PeriodKind.RECTIFICATION: _OWN,
    PeriodKind.ANNUAL_REPORT: _FIRM,
    PeriodKind.YEARLY_SCORE: _OWN,
}
#: Silence has a consequence of its own, from the day after the period: the officer hears of it.
_EXPIRES: Final = frozenset(
    {PeriodKind.THIRD_PARTY, PeriodKind.JOINT_MAKER, PeriodKind.EXPLANATION}
)
#: Silence lets the case be closed, but whether it had a good reason is for a person to judge.
_PROPOSES: Final = frozenset({PeriodKind.CORRECTION, PeriodKind.PAYMENT})


def actions(period: Period, calendar: WorkCalendar) -> Iterator[Action]:
    """Yield all that is done about a period, in the order of the days."""
    for kind, days, roles in _PLANS[period.kind]:
        yield Action(kind=kind, on=_day(period.due_on, days, calendar), roles=roles)
    tomorrow = period.due_on + timedelta(days=1)
    if period.kind in _EXPIRES:
        yield Action(kind=ActionKind.EXPIRE, on=tomorrow, roles=_OFFICER)
    if period.kind in _PROPOSES:
        yield Action(kind=ActionKind.PROPOSE, on=tomorrow, roles=_BOTH)


def _day(due_on: date, days: int, calendar: WorkCalendar) -> date:
    """Return the day ``days`` working days from the due day; beyond the calendar, civil days."""
    if days == 0:
        return due_on
    try:
        return calendar.at(calendar.index(due_on) + days).on
    except RuleError:
        return due_on + timedelta(days=days)
