"""What reminders and tasks say: the case by its number, the period, the day, what to do next."""

from datetime import date
from typing import Final

from gongkai.wording import article_text
from workflow.periods import Period, PeriodKind
from workflow.reminders import Action, ActionKind

_OWN: Final = "机关内部期限"

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


def text_of(case_number: str, period: Period, action: Action, today: date) -> str:
    """Return the text of a reminder or task; it never holds personal data."""
    subject = f"{case_number}：" if case_number else ""
    said = f"{_what(period)}，{_when(period, action, today)}。{_NEXT[period.kind]}。"
    return f"【{action.kind.label}】{subject}{said}"


def _what(period: Period) -> str:
    nth = f"第{period.number}件" if period.kind in _COUNTED else ""
    basis = _OWN if period.internal else article_text(period.article)
    if period.kind is PeriodKind.CHALLENGE_ANSWER:
        basis = "行政复议法、行政诉讼法"
    return f"{period.kind.label}{nth}（{basis}）"


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
    mark = "（暂定，待国务院公布下一年放假安排）" if period.provisional else ""
    day = f"{period.due_on}{mark}"
    if action.kind in {ActionKind.EXPIRE, ActionKind.PROPOSE}:
        return f"至{day}届满"
    if period.due_on < today:
        return f"应于{day}前完成，已逾期"
    if period.due_on == today:
        return f"今日（{day}）到期"
    return f"{day}到期"
