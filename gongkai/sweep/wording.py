"""What reminders and tasks say: the case by its number, the period, the day, what to do next."""

from contextlib import suppress
from datetime import date
from typing import Final

from gongkai.wording import basis_text
from rules.errors import RuleError
from rules.workdays import WorkCalendar
from workflow.errors import Refused
from workflow.periods import Period, PeriodKind
from workflow.reminders import Action, ActionKind

#: What to do about each kind of period.
_NEXT: Final = {
    PeriodKind.CONFIRMATION: "与申请人确认收到申请（confirm_receipt），联系不上的记录联系情况",
    PeriodKind.ACCEPTANCE: "受理申请（accept），内容不明确的要求补正",
    PeriodKind.CORRECTION_NOTICE: "内容不明确的要求补正（request_correction），过期不得再要求",
    PeriodKind.CORRECTION: "补正期已过：无正当理由的由负责人决定视为放弃（deem_abandoned）",
    PeriodKind.REPLY: "作出并发出答复；来不及的在期限内请求延长（request_extension）",
    PeriodKind.DEFERRED_REPLY: "在确定的延迟期限内作出并发出答复",
    PeriodKind.RENEWED_REPLY: "按复议决定、判决或者监督意见重新作出并发出答复",
    PeriodKind.DRAFT: "拟出答复（draft_reply）",
    PeriodKind.THIRD_PARTY: "第三方逾期未回复，由本机关决定是否公开，拟出答复",
    PeriodKind.JOINT_MAKER: "共同制作机关逾期未回复，视为同意公开，拟出答复",
    PeriodKind.OTHER_AGENCY: "催告对方；确需延长的由负责人续期（renew_consultation），否则恢复计算",
    PeriodKind.EXPLANATION: "申请人逾期未说明理由，按第三十五条作出处理，拟出答复",
    PeriodKind.PAYMENT: "缴费期已过：由负责人决定不再处理（deem_abandoned）",
    PeriodKind.CO_HANDLING: "催协办单位答复（answer_co_handle）",
    PeriodKind.SERVICE_PROOF: "取得送达凭证并记录送达（record_delivery），退回的重新送达",
    PeriodKind.FILING: "归档（archive）",
    PeriodKind.REASSESSMENT: "对不予公开的信息评估审查（reassess）",
    PeriodKind.CHALLENGE_ANSWER: "提交答复和证据（answer_challenge），逾期视为没有证据",
    PeriodKind.RECTIFICATION: "作出更正决定（decide_rectification）",
    PeriodKind.ANNUAL_REPORT: "公布上一年度政府信息公开工作年度报告",
    PeriodKind.YEARLY_SCORE: "完成上一年度考核评分",
}


def text_of(
    subject: str,
    period: Period,
    action: Action,
    today: date,
    calendar: WorkCalendar,
    refused: Refused | None = None,
) -> str:
    """Return the text of a reminder or task about a case, or an agency; it names no person.

    ``refused`` says why what silence means could not be recorded.
    """
    about = f"{subject}：{_what(period)}，{_when(period, action, today)}。"
    if refused:
        return f"【期限届满】{about}未能自动记录：{refused.message}{refused.mend}"
    return f"【{_label(period, action, today, calendar)}】{about}{_NEXT[period.kind]}。"


def _label(period: Period, action: Action, today: date, calendar: WorkCalendar) -> str:
    """Return what is said at the head: as things stand today, however late the sweep comes."""
    if action.kind not in _AHEAD:
        return action.kind.label
    if period.due_on < today:
        return "已逾期"
    if period.due_on == today:
        return ActionKind.TODAY.label
    with suppress(RuleError):
        if left := calendar.count(today, period.due_on):
            return f"还有{left}个工作日到期"
    return f"还有{(period.due_on - today).days}天到期"  # all days off, or beyond the calendar


#: What is said before a period ends, or on its last day.
_AHEAD: Final = frozenset(
    {ActionKind.SOON_5, ActionKind.SOON_3, ActionKind.SOON_1, ActionKind.TODAY}
)


def _what(period: Period) -> str:
    nth = f"第{period.number}件" if period.kind in _COUNTED else ""
    return f"{period.kind.label}{nth}（{basis_text(period)}）"


_COUNTED: Final = frozenset(
    {
        PeriodKind.THIRD_PARTY,
        PeriodKind.JOINT_MAKER,
        PeriodKind.OTHER_AGENCY,
        PeriodKind.CO_HANDLING,
        PeriodKind.CHALLENGE_ANSWER,
    }
)


def _when(period: Period, action: Action, today: date) -> str:
    day = _day(period)
    if action.kind in {ActionKind.EXPIRE, ActionKind.PROPOSE}:
        return f"至{day}届满"
    if period.due_on < today:
        return f"最迟应于{day}完成，已逾期"
    if period.due_on == today:
        return f"今日（{day}）到期"
    return f"{day}到期"


def _day(period: Period) -> str:
    mark = "（暂定，待国务院公布下一年放假安排）" if period.provisional else ""
    return f"{period.due_on}{mark}"
