"""The reply period itself: extension (33.2), deferral (35) and the processing fee (42)."""

from dataclasses import replace
from datetime import date
from typing import Final

from rules.errors import FeeError
from rules.fees import Fee, fee, fees_since
from rules.words import FeeBasis
from workflow import commands as c
from workflow.case import Case, Charge, Clock, Deferral, Extension, altered
from workflow.clock import law_of, running_due
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.step import (
    Effects,
    Guards,
    Step,
    day_text,
    not_after_today,
    not_before,
    refuse_unless,
    the,
    warning,
    zh,
)
from workflow.vocabulary import Form
from workflow.world import World

Findings = tuple[Finding, ...]


def _before_due(case: Case, day: date, step: Step, what: str, article: str) -> None:
    due = the(running_due(case, step.world))
    refuse_unless(
        day <= due.on,
        "after_due",
        f"答复期限至{day_text(due)}，{zh(day)}{what}已经逾期。",
        article,
        "期限届满后不能再延长、延迟或者收费；请尽快答复，逾期天数会如实记录。",
    )


def _told(told: date | None, step: Step, case: Case, article: str) -> None:
    day = told or step.on
    not_before(day, step.on, "作出决定之日", article)
    not_after_today(day, step, article)
    _before_due(case, day, step, "告知申请人", article)


def _extension_left(case: Case, step: Step, asked: int) -> None:
    limit = law_of(case).terms["extension"].days
    granted = [x.working_days for x in case.extensions if x.granted]
    refuse_unless(
        not (granted and step.world.policy.one_extension),
        "extended_once",
        f"本案已经延长过{granted[0] if granted else 0}个工作日，本机关规定只延长一次。",
        "33.2",
        "请在现有期限内答复；确需再次延长的，先修改 config.toml 的 one_extension。",
    )
    left = limit - sum(granted)
    refuse_unless(
        1 <= asked <= left,
        "extension_too_long",
        f"延长的期限至少1个、合计不得超过{limit}个工作日，还可延长{left}个，现申请{asked}个。",
        "33.2",
        f"请申请1至{left}个工作日。" if left else "请在现有期限内答复。",
    )


def _may_ask_extension(case: Case, command: c.RequestExtension, step: Step) -> Findings:
    pending = bool(case.extensions) and case.extensions[-1].decided_on is None
    refuse_unless(
        not pending,
        "extension_pending",
        "已有一件延长申请等待负责人决定。",
        "33.2",
        "请等负责人决定后再提出。",
    )
    refuse_unless(
        command.reason.strip(),
        "reason_missing",
        "延长答复期限没有写明理由。",
        "33.2",
        "请在 reason 中写明不能按期答复的具体原因。",
    )
    _extension_left(case, step, command.working_days)
    _before_due(case, step.on, step, "申请延长", "33.2")
    return ()


def _may_decide_extension(case: Case, command: c.DecideExtension, step: Step) -> Findings:
    pending = bool(case.extensions) and case.extensions[-1].decided_on is None
    refuse_unless(
        pending,
        "nothing_to_decide",
        "没有等待决定的延长申请。",
        "33.2",
        "请先由经办人提出延长申请（request_extension）。",
    )
    if command.grant:
        _before_due(case, step.on, step, "决定延长", "33.2")
        _told(command.told_on, step, case, "33.2")
        return _without_effect(case)
    return ()


def _without_effect(case: Case) -> Findings:
    ordered = the(case.clock).ordered_on
    if ordered is None:
        return ()
    return (
        warning(
            "extension_without_effect",
            f"本案的期限已经另行确定为{zh(ordered)}，延长不改变这个日期。",
            "33.2",
            "请在已确定的日期前答复。",
        ),
    )


def _may_defer(case: Case, command: c.DeferReply, step: Step) -> Findings:
    accepted = case.explanation is not None and case.explanation.accepted
    refuse_unless(
        accepted,
        "no_accepted_reasons",
        "没有申请人说明理由并经本机关认为合理的记录，不能延迟答复。",
        "35",
        "请先要求申请人说明理由；理由合理但无法按期答复的，方可确定延迟答复的合理期限。",
    )
    refuse_unless(
        command.reason.strip(),
        "reason_missing",
        "延迟答复没有写明理由。",
        "35",
        "请写明为何无法在第三十三条规定的期限内答复。",
    )
    due = the(running_due(case, step.world))
    refuse_unless(
        command.until > due.on,
        "not_a_deferral",
        f"延迟至{zh(command.until)}不晚于现在的答复期限（{day_text(due)}）。",
        "35",
        "请确定晚于现有期限的合理日期，或者按期答复。",
    )
    _before_due(case, step.on, step, "决定延迟答复", "35")
    _told(command.told_on, step, case, "35")
    return ()


def _fee_of(case: Case, command: c.ChargeFee) -> Fee:
    try:
        return _fee(command, the(case.received_on))
    except FeeError as error:
        raise Refused(
            code=error.code, message=error.message, article=error.article or "42", mend=error.mend
        ) from error


def _fee(command: c.ChargeFee, received_on: date) -> Fee:
    here = 1 if command.here is None else command.here
    return fee(command.basis, count=command.count, here=here, received_on=received_on)


def _may_charge(case: Case, command: c.ChargeFee, step: Step) -> Findings:
    refuse_unless(
        case.charge is None,
        "charged_once",
        "本案已经收取过信息处理费。",
        "42",
        "一件申请只能按一种标准收费一次。",
    )
    refuse_unless(
        not (command.basis is FeeBasis.PAGES and case.form is Form.INSPECT),
        "no_pages_to_inspect",
        "申请人要求查阅，没有提供复制件，不能按页收费。",
        "42",
        "按页收费只适用于提供纸质、电子邮件或者电子载体复制件的情形。",
    )
    refuse_unless(
        _fee_of(case, command).amount > 0,
        "fee_is_zero",
        "按收费标准计算为0元，没有超过免费的数量。",
        "42",
        "不收取费用，请直接办理。",
    )
    _before_due(case, step.on, step, "收取信息处理费", "42")
    arrived = command.notice_received_on or step.on
    not_before(arrived, step.on, "作出收费通知之日", "42")
    not_after_today(arrived, step, "42")
    return ()


def _may_take_payment(case: Case, _command: c.RecordPayment, step: Step) -> Findings:
    not_before(step.on, the(case.charge).on, "收费通知之日", "42")
    return ()


GUARDS: Final[Guards] = {
    c.RequestExtension: _may_ask_extension,
    c.DecideExtension: _may_decide_extension,
    c.DeferReply: _may_defer,
    c.ChargeFee: _may_charge,
    c.RecordPayment: _may_take_payment,
}


def _extension_asked(case: Case, command: c.RequestExtension, fact: Fact, _world: World) -> Case:
    asked = Extension(working_days=command.working_days, reason=command.reason, asked_on=fact.on)
    return altered(case, extensions=(*case.extensions, asked))


def _extension_decided(case: Case, command: c.DecideExtension, fact: Fact, _world: World) -> Case:
    decided = replace(
        case.extensions[-1],
        decided_on=fact.on,
        granted=command.grant,
        told_on=(command.told_on or fact.on) if command.grant else None,
    )
    case = altered(case, extensions=(*case.extensions[:-1], decided))
    if not command.grant:
        return case
    clock = the(case.clock)
    return altered(case, clock=replace(clock, extended_by=clock.extended_by + decided.working_days))


def _deferred(case: Case, command: c.DeferReply, fact: Fact, _world: World) -> Case:
    told = command.told_on or fact.on
    deferral = Deferral(on=fact.on, until=command.until, reason=command.reason, told_on=told)
    clock = Clock(start=fact.on, ordered_on=command.until, article="35")
    return altered(case, deferral=deferral, clock=clock)


def _charged(case: Case, command: c.ChargeFee, fact: Fact, _world: World) -> Case:
    # A receipt corrected afterwards to a day before the fees began undoes nothing by itself.
    amount = _fee(command, max(the(case.received_on), fees_since()))
    charge = Charge(on=fact.on, fee=amount, notice_received_on=command.notice_received_on)
    return altered(case, charge=charge)


def _paid(case: Case, _command: c.RecordPayment, fact: Fact, _world: World) -> Case:
    charge = replace(the(case.charge), paid_on=fact.on)
    return altered(case, charge=charge, clock=Clock(start=fact.on))


EFFECTS: Final[Effects] = {
    c.RequestExtension: _extension_asked,
    c.DecideExtension: _extension_decided,
    c.DeferReply: _deferred,
    c.ChargeFee: _charged,
    c.RecordPayment: _paid,
}
