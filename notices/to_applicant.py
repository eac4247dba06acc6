"""The papers on the way to a reply: what each tells the applicant beyond the shared parts."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from notices.context import Occasion
from notices.errors import PaperError
from rules.fees import FeeLine, fee_citation
from rules.norms import cite_norm
from rules.words import FeeBasis
from rules.workdays import Day
from workflow.case import Case, Charge, Correction
from workflow.clock import (
    correction_due,
    due_by,
    excluded,
    explanation_due,
    payment_due,
    running_due,
)
from workflow.vocabulary import RECEIVED_AT_ONCE, ConsultationKind

T = TypeVar("T")

_UNITS: Final = {FeeBasis.PIECES: "件", FeeBasis.PAGES: "页"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """回执: when the request counts as received and when the reply is due."""

    arrived_on: date
    confirmed: bool
    acknowledged: bool
    due_on: date
    provisional: bool


def receipt(occasion: Occasion) -> Receipt:
    """Say by which day the request just received will be answered."""
    case = occasion.case
    due = _due(case, occasion)
    later = case.channel not in RECEIVED_AT_ONCE
    return Receipt(
        arrived_on=case.on,
        confirmed=later and case.acknowledged_on is None,
        acknowledged=later and case.acknowledged_on is not None,
        due_on=due.on,
        provisional=due.provisional,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionNotice:
    """补正告知书: everything at once, and until when."""

    matters: tuple[str, ...]
    working_days: int
    fixed: bool
    served_on: bool
    due_on: date
    provisional: bool


def correction_notice(occasion: Occasion) -> CorrectionNotice:
    """Name the last day only where it is fixed or the receipt of the notice is proven."""
    correction = _correction(occasion)
    due = correction_due(correction, occasion.world.calendar)
    fixed = correction.fixed_due_on is not None
    served = correction.notice_received_on is not None
    return CorrectionNotice(
        matters=correction.matters,
        working_days=correction.working_days,
        fixed=fixed,
        served_on=served,
        due_on=due.on,
        provisional=due.provisional and (fixed or served),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionNotice:
    """延期告知书: from which day to which, why, by how much."""

    former_due_on: date
    due_on: date
    provisional: bool
    working_days: int
    reason: str


def extension_notice(occasion: Occasion) -> ExtensionNotice:
    """Compare the day before with the day after the extension just granted."""
    case, extension = occasion.case, occasion.case.extensions[-1]
    due = _due(case, occasion)
    former = _due_without(case, extension.working_days, occasion)
    return ExtensionNotice(
        former_due_on=former.on,
        due_on=due.on,
        provisional=due.provisional,
        working_days=extension.working_days,
        reason=extension.reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationRequest:
    """说明理由告知书: the numbers found, and until when to explain."""

    reason: str
    working_days: int
    due_on: date
    provisional: bool


def explanation_request(occasion: Occasion) -> ExplanationRequest:
    """Ask for the reasons of a request beyond a reasonable scope."""
    explanation = present(occasion.case.explanation, "说明理由的记录", "35")
    due = explanation_due(explanation, occasion.world.calendar)
    return ExplanationRequest(
        reason=explanation.reason,
        working_days=explanation.working_days,
        due_on=due.on,
        provisional=due.provisional,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferralNotice:
    """延迟答复告知书: until when and why."""

    asked_on: date
    answered_on: date | None
    until: date
    reason: str


def deferral_notice(occasion: Occasion) -> DeferralNotice:
    """Tell the reasonable period that the agency has fixed."""
    explanation = present(occasion.case.explanation, "说明理由的记录", "35")
    deferral = present(occasion.case.deferral, "延迟答复的决定", "35")
    return DeferralNotice(
        asked_on=explanation.asked_on,
        answered_on=explanation.answered_on,
        until=deferral.until,
        reason=deferral.reason,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeNotice:
    """收费通知书: basis, scale, computation, amount, how and until when to pay."""

    scale: str
    payment_rule: str
    restart_rule: str
    basis: str
    by_pieces: bool
    count: int
    here: int
    unit: str
    lines: tuple[FeeLine, ...]
    amount: int
    payment: str
    working_days: int
    served_on: bool
    due_on: date


def fee_notice(occasion: Occasion) -> FeeNotice:
    """Show how the fee is made up; the last day only where receipt of the notice is proven."""
    charge, agency = _charge(occasion), occasion.world.agency
    if not agency.payment:
        raise PaperError(
            "no_payment",
            f"机关“{agency.name}”没有写明信息处理费的缴纳方式。",
            article=_payment_rule(charge),
            mend=f"请在 config.toml 的 agencies.{agency.key}.payment 中填写。",
        )
    fee = charge.fee
    return FeeNotice(
        scale=fee_citation(fee.basis, charge.on).text,
        payment_rule=_payment_rule(charge),
        restart_rule=cite_norm("fee_method", "restart", charge.on).text,
        basis=fee.basis.label,
        by_pieces=fee.basis is FeeBasis.PIECES,
        count=fee.count,
        here=fee.here,
        unit=_UNITS[fee.basis],
        lines=fee.lines,
        amount=fee.amount,
        payment=agency.payment,
        working_days=occasion.law.terms["payment"].days,
        served_on=charge.notice_received_on is not None,
        due_on=payment_due(charge, occasion.world.calendar).on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Abandonment:
    """不再处理告知书: what was asked of the applicant, when, and until when."""

    number: str
    asked_on: date
    served_on: date | None
    due_on: date
    amount: int = 0
    payment_rule: str = ""


def abandonment_notice(occasion: Occasion) -> Abandonment:
    """Tell what followed from a correction notice that was not answered."""
    correction = _correction(occasion)
    return Abandonment(
        number=number_of(occasion.case, "correction_notice"),
        asked_on=correction.asked_on,
        served_on=correction.notice_received_on,
        due_on=correction_due(correction, occasion.world.calendar).on,
    )


def unpaid_notice(occasion: Occasion) -> Abandonment:
    """Tell what followed from a fee that was not paid."""
    charge = _charge(occasion)
    return Abandonment(
        number=number_of(occasion.case, "fee_notice"),
        asked_on=charge.on,
        served_on=charge.notice_received_on,
        due_on=payment_due(charge, occasion.world.calendar).on,
        amount=charge.fee.amount,
        payment_rule=_payment_rule(charge),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """撤回确认书: since when the case is at an end."""

    withdrawn_on: date


def withdrawal_confirmation(occasion: Occasion) -> Withdrawal:
    """Confirm that the applicant has withdrawn the request."""
    return Withdrawal(withdrawn_on=occasion.case.closed_on or occasion.on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationNotice:
    """征求第三方意见告知书: which items, since when; the third party is not named."""

    which: str
    sent_on: date


def consultation_notice(occasion: Occasion) -> ConsultationNotice:
    """Tell the applicant that the clock will stand still."""
    asked = [c for c in occasion.case.consultations if c.kind is ConsultationKind.THIRD_PARTY]
    consultation = present(asked[-1] if asked else None, "征求第三方意见的记录", "32")
    whole = len(consultation.items) == len(occasion.case.items)
    numbers = "、".join(str(n) for n in consultation.items)
    which = "所申请的政府信息" if whole else f"上述第{numbers}项政府信息"
    return ConsultationNotice(which=which, sent_on=consultation.sent_on)


def _due(case: Case, occasion: Occasion) -> Day:
    return present(running_due(case, occasion.world.on(occasion.on)), "答复期限", "33.2")


def _due_without(case: Case, working_days: int, occasion: Occasion) -> Day:
    clock = present(case.clock, "答复期限", "33.2")
    world = occasion.world.on(occasion.on)
    former = replace(clock, extended_by=clock.extended_by - working_days)
    return due_by(former, excluded(case, world), world.calendar)


def _correction(occasion: Occasion) -> Correction:
    return present(occasion.case.correction, "补正告知的记录", "30")


def _charge(occasion: Occasion) -> Charge:
    return present(occasion.case.charge, "收取信息处理费的记录", "42")


def number_of(case: Case, kind: str) -> str:
    """Return the number of the paper of this kind that was issued last, or nothing."""
    papers = (paper for fact in reversed(case.facts) for paper in fact.papers)
    return next((paper.number for paper in papers if paper.kind == kind), "")


def _payment_rule(charge: Charge) -> str:
    return cite_norm("fee_method", "payment", charge.on).text


def present(value: T | None, what: str, article: str) -> T:
    """Return a value that the paper cannot do without."""
    if value is None:
        raise PaperError(
            "missing_value",
            f"案件中没有{what}，不能制作文书。",
            article=article,
            mend="请先完成相应步骤。",
        )
    return value
