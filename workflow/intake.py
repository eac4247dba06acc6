"""Taking in: registration, confirmation, correction, and the ways a case ends without a reply."""

from dataclasses import replace
from typing import Final

from rules.load import law_on
from workflow import commands as c
from workflow.branch import branch_of, receipt_of
from workflow.case import Case, Clock, Correction, altered
from workflow.clock import correction_due, correction_notice_due, payment_due
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.machine import Branch
from workflow.step import (
    Effects,
    Guards,
    Step,
    day_text,
    known_items,
    not_after_today,
    not_before,
    refuse_unless,
    the,
    warning,
    zh,
)
from workflow.vocabulary import AmendHow, Channel, CloseReason, Severity, State
from workflow.world import World

Findings = tuple[Finding, ...]


def may_register(command: c.Register, step: Step) -> Findings:
    """Refuse what cannot be a request; what is merely missing becomes a matter for correction."""
    refuse_unless(
        command.applicants,
        "no_applicant",
        "没有申请人。",
        "29.2(1)",
        "请登记至少一名申请人的姓名或者名称。",
    )
    refuse_unless(
        sum(a.representative for a in command.applicants) <= 1,
        "two_representatives",
        "多名申请人只能推选一名代表人接收文书。",
        "29",
        "请只给一名申请人标明 representative = true。",
    )
    refuse_unless(
        command.items and all(i.name.strip() for i in command.items),
        "no_item",
        "没有申请事项，或者有事项既无名称也无描述。",
        "29.2(2)",
        "请登记所申请信息的名称或者特征性描述；内容不明确的，登记后告知补正。",
    )
    if command.acknowledged_on is not None:
        not_before(command.acknowledged_on, step.on, "申请到达之日", "31(3)")
        not_after_today(command.acknowledged_on, step, "31(3)")
    if received := receipt_of(command, step.on):
        law_on(received)
    return ()


def _may_confirm(case: Case, _command: c.ConfirmReceipt, step: Step) -> Findings:
    not_before(step.on, case.on, "申请到达之日", "31")
    law_on(step.on)
    if case.contacts or step.on <= step.world.calendar.add(case.on, 1).on:
        return ()
    mail = case.channel is Channel.ORDINARY_MAIL
    return (
        warning(
            "late_confirmation",
            f"申请{zh(case.on)}到达，{zh(step.on)}才确认收到，其间没有联系申请人的记录。",
            "31(2)" if mail else "31(3)",
            "应当于收到申请的当日与申请人确认；请补记曾经联系的日期和方式，并向主管部门说明。",
            "X31",
        ),
    )


_NOTHING_DONE: Final = "已经拟稿、征求意见、收费或者要求说明理由"


def _may_ask_correction(case: Case, command: c.RequestCorrection, step: Step) -> Findings:
    refuse_unless(
        case.correction is None,
        "corrected_once",
        "补正只能一次性告知，本案已经告知过补正。",
        "30",
        "内容仍不明确的，可电话释明并记录联系情况，或者以“补正后仍不明确”答复。",
    )
    begun = case.drafters or case.consultations or case.charge or case.explanation
    busy = begun or case.reopenings
    refuse_unless(
        not busy,
        "handling_begun",
        f"本案{_NOTHING_DONE}，不能再告知补正。",
        "30",
        "请按现有内容办理，必要时电话向申请人了解。",
    )
    last = the(correction_notice_due(case, step.world.calendar))
    refuse_unless(
        step.on <= last.on,
        "correction_too_late",
        f"告知补正应当自收到申请之日起7个工作日内作出，期限至{day_text(last)}，现已超过。",
        "30",
        "请按现有内容办理；内容不明确的部分可电话释明并记录。",
    )
    _matters(command)
    _correction_term(command, step)
    return ()


def _matters(command: c.RequestCorrection) -> None:
    refuse_unless(
        command.matters and all(m.strip() for m in command.matters),
        "no_matters",
        "没有写明需要补正的事项。",
        "30",
        "请一次性列明需要补正的全部事项。",
    )


def _correction_term(command: c.RequestCorrection, step: Step) -> None:
    start = command.notice_received_on or step.on
    not_before(start, step.on, "告知补正之日", "30")
    not_after_today(start, step, "30")
    refuse_unless(
        command.due_on is None or command.working_days is None,
        "two_terms",
        "补正期限只能写明截止日期或者工作日数中的一种。",
        "30",
        "请在 due_on 和 working_days 中只留一个。",
    )
    fits = command.due_on is None or command.due_on > start
    refuse_unless(
        fits and (command.working_days is None or command.working_days >= 1),
        "term_not_reasonable",
        "补正期限不合理：应当晚于申请人收到告知书之日。",
        "30",
        "请给申请人合理的补正期限，一般为15个工作日。",
    )


def _may_take_correction(case: Case, _command: c.ReceiveCorrection, step: Step) -> Findings:
    not_before(step.on, the(case.correction).asked_on, "告知补正之日", "30")
    return ()


def _may_deem_abandoned(case: Case, command: c.DeemAbandoned, step: Step) -> Findings:
    if case.state is State.AWAITING_PAYMENT:
        charge = the(case.charge)
        due, told = payment_due(charge, step.world.calendar), charge.notice_received_on
        paper, article = "收费通知书", "42"
    else:
        correction = the(case.correction)
        due, told = correction_due(correction, step.world.calendar), correction.notice_received_on
        paper, article = "补正告知书", "30"
    refuse_unless(
        told,
        "notice_not_proven",
        f"{paper}何时送达申请人没有记录，不能认定逾期。",
        article,
        f"请先用 record_service 记录{paper}的送达，或者在告知时填写 notice_received_on。",
    )
    refuse_unless(
        step.on > due.on,
        "not_yet_overdue",
        f"申请人的期限至{day_text(due)}届满，现在不能视为放弃。",
        article,
        f"请在{zh(due.on)}之后办理。",
    )
    refuse_unless(
        case.state is State.AWAITING_PAYMENT or command.no_good_reason,
        "good_reason_not_weighed",
        "没有认定申请人逾期不补正无正当理由。",
        "30",
        "经核实确无正当理由的，填写 no_good_reason = true；有正当理由的应当继续等待补正。",
    )
    return ()


def _may_misdirect(_case: Case, command: c.Misdirect, _step: Step) -> Findings:
    refuse_unless(
        command.to.strip() and command.reason.strip(),
        "misdirect_unexplained",
        "误投转出应当写明转给哪个机关和理由。",
        "31",
        "只有信封或者收件地址写明其他机关的来件才可转出；属于其他机关负责公开的，应当依第三十六条第五项答复。",
    )
    return ()


def _may_withdraw(case: Case, command: c.Withdraw, _step: Step) -> Findings:
    known_items(case, command.items, "29.2")
    refuse_unless(
        command.statement.strip(),
        "no_statement",
        "没有申请人撤回申请的书面或者经核实的意思表示。",
        "29",
        "请取得申请人签名（或者经身份核验的电子）撤回声明，填入 statement。",
    )
    return ()


def _may_terminate(_case: Case, command: c.Terminate, _step: Step) -> Findings:
    refuse_unless(
        command.reason.strip(),
        "no_reason",
        "终止办理没有写明理由。",
        "45",
        "请写明申请人死亡或者终止的事实，以及20个工作日内无人承受申请的情况。",
    )
    return ()


def _may_amend(case: Case, command: c.AmendRequest, _step: Step) -> Findings:
    known_items(case, command.items, "29.2")
    refuse_unless(
        command.how,
        "how_missing",
        "没有说明怎样变更申请内容。",
        "29.2",
        "请填写 how：narrow（缩小）、add（增加，另立关联案件）或者 replace（替换，另立新案）。",
    )
    if command.how is AmendHow.NARROW:
        return ()
    return (
        Finding(
            code="register_the_new_request",
            severity=Severity.INFO,
            message="增加或者替换的内容是一件新的申请。",
            article="29.2",
            mend="请以收到变更之日另行登记，并在备注中写明关联的案件编号。",
        ),
    )


GUARDS: Final[Guards] = {
    c.ConfirmReceipt: _may_confirm,
    c.RequestCorrection: _may_ask_correction,
    c.ReceiveCorrection: _may_take_correction,
    c.DeemAbandoned: _may_deem_abandoned,
    c.Misdirect: _may_misdirect,
    c.Withdraw: _may_withdraw,
    c.Terminate: _may_terminate,
    c.AmendRequest: _may_amend,
}


def _contacted(case: Case, _command: c.RecordContact, fact: Fact, _world: World) -> Case:
    return altered(case, contacts=(*case.contacts, fact.on))


def _confirmed(case: Case, _command: c.ConfirmReceipt, fact: Fact, _world: World) -> Case:
    return altered(case, received_on=fact.on, clock=Clock(start=fact.on))


def _accepted(case: Case, _command: c.Accept, fact: Fact, _world: World) -> Case:
    return altered(case, accepted_on=fact.on)


def _correction_asked(case: Case, command: c.RequestCorrection, fact: Fact, world: World) -> Case:
    days = command.working_days or world.policy.correction_working_days
    asked = Correction(
        asked_on=fact.on,
        matters=command.matters,
        working_days=days,
        fixed_due_on=command.due_on,
        notice_received_on=command.notice_received_on,
    )
    return altered(case, correction=asked)


def _correction_came(case: Case, command: c.ReceiveCorrection, fact: Fact, _world: World) -> Case:
    return altered(
        case,
        correction=replace(the(case.correction), answered_on=fact.on, text=command.text),
        clock=Clock(start=fact.on),
    )


def _abandoned(case: Case, _command: c.DeemAbandoned, fact: Fact, _world: World) -> Case:
    unpaid = case.state is State.AWAITING_PAYMENT
    reason = CloseReason.PAYMENT_OVERDUE if unpaid else CloseReason.CORRECTION_OVERDUE
    return altered(case, close_reason=reason, closed_on=fact.on)


def _misdirected(case: Case, _command: c.Misdirect, fact: Fact, _world: World) -> Case:
    return altered(case, close_reason=CloseReason.MISDIRECTED, closed_on=fact.on)


def _withdrawn(case: Case, command: c.Withdraw, fact: Fact, _world: World) -> Case:
    if branch_of(case, command) is Branch.PART:
        return altered(case, withdrawn_items=case.withdrawn_items | set(command.items))
    return altered(case, close_reason=CloseReason.WITHDRAWN, closed_on=fact.on)


def _terminated(case: Case, _command: c.Terminate, fact: Fact, _world: World) -> Case:
    return altered(case, close_reason=CloseReason.TERMINATED, closed_on=fact.on)


def _amended(case: Case, command: c.AmendRequest, fact: Fact, _world: World) -> Case:
    if branch_of(case, command) is Branch.REPLACES:
        return altered(case, close_reason=CloseReason.WITHDRAWN, closed_on=fact.on)
    return case


EFFECTS: Final[Effects] = {
    c.RecordContact: _contacted,
    c.ConfirmReceipt: _confirmed,
    c.Accept: _accepted,
    c.RequestCorrection: _correction_asked,
    c.ReceiveCorrection: _correction_came,
    c.DeemAbandoned: _abandoned,
    c.Misdirect: _misdirected,
    c.Withdraw: _withdrawn,
    c.Terminate: _terminated,
    c.AmendRequest: _amended,
}
