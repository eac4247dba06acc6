"""Getting the reply out: third parties told, dispatch, delivery, and the file closed (32, 33)."""

from dataclasses import replace
from datetime import date
from typing import Final

from workflow import commands as c
from workflow.case import Case, Sending, ThirdPartyNotice, altered
from workflow.clock import running_due
from workflow.exemption import released_against_objection
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.replying import change_reply, lateness
from workflow.step import (
    Effects,
    Guards,
    Step,
    consultation_of,
    not_before,
    refuse_unless,
    the,
    warning,
    zh,
)
from workflow.third_parties import to_be_told
from workflow.vocabulary import SIGNED_ON_THE_SPOT, Delivery, DeliveryResult, SendMethod
from workflow.world import World

Findings = tuple[Finding, ...]

_POSTAL: Final = ("邮政", "EMS")
#: 行政复议法 22.2 in force: electronic service must name an online channel for reconsideration.
_ONLINE_REVIEW_SINCE: Final = date(2024, 1, 1)


def _may_notify(case: Case, command: c.NotifyThirdParty, _step: Step) -> Findings:
    found = consultation_of(case, command.consultation)
    refuse_unless(
        found.number in released_against_objection(case, the(case.draft).decisions),
        "nothing_to_notify",
        f"第{found.number}件征求意见没有不同意见，或者所涉事项不公开，无须告知。",
        "32",
        "只有在第三方不同意（或者部分同意）而决定公开时，才书面告知第三方。",
    )
    refuse_unless(
        command.reason.strip(),
        "reason_missing",
        "告知第三方决定公开没有写明理由。",
        "32",
        "请写明其反对理由为何不成立，或者不公开可能对公共利益造成何种重大影响。",
    )
    return ()


def _may_send(case: Case, command: c.SendReply, step: Step) -> Findings:
    _by_lawful_means(case, command, step)
    return (*_third_parties_told(case, step), *lateness(case, step))


def _by_lawful_means(case: Case, command: c.SendReply | c.ResendReply, step: Step) -> None:
    if command.method is SendMethod.POST:
        refuse_unless(
            command.tracking.strip(),
            "tracking_missing",
            "邮寄送达没有邮件号码，无法证明交邮日期。",
            "国办公开办函〔2016〕235号",
            "请填写 tracking。",
        )
        refuse_unless(
            any(word in command.carrier.upper() for word in _POSTAL),
            "not_postal",
            f"“{command.carrier}”不是邮政企业，不得寄递国家机关公文。",
            "邮政法55",
            "请通过邮政企业（中国邮政、EMS）寄送。",
        )
    if command.method is SendMethod.ELECTRONIC:
        _electronic_service(case, step)


def _electronic_service(case: Case, step: Step) -> None:
    refuse_unless(
        case.delivery is Delivery.ELECTRONIC,
        "not_asked_electronic",
        "申请人没有要求电子送达。",
        "40",
        "请按申请人要求的方式送达，或者取得其同意电子送达的记录。",
    )
    refuse_unless(
        step.on < _ONLINE_REVIEW_SINCE or step.world.agency.online_review,
        "no_online_review",
        f"{step.world.agency.name}没有设置网上申请行政复议的渠道，自2024年1月1日起不能电子送达。",
        "行政复议法22.2",
        "请在 config.toml 该机关的 online_review 中填写网址，或者改用其他方式送达。",
    )


def _third_parties_told(case: Case, step: Step) -> Findings:
    """Refuse a release against an objection of which the third party has not been told (X10)."""
    draft = the(case.reply).draft
    early: list[Finding] = []
    for number in to_be_told(case, draft.decisions):
        told = [n.on for n in case.third_party_notices if n.consultation == number]
        told = [day for day in told if draft.approved_on is None or day >= draft.approved_on]
        refuse_unless(
            told,
            "third_party_not_told",
            f"第{number}件征求意见的第三方不同意公开，决定公开后还没有书面告知。",
            "32",
            "请先办理“告知第三方决定公开”（notify_third_party），写明公开的内容和理由。",
        )
        if step.world.calendar.count(told[0], step.on) < step.world.policy.third_party_notice_wd:
            early.append(_early_release(number, told[0], step))
    return tuple(early)


def _early_release(number: int, told: date, step: Step) -> Finding:
    days = step.world.policy.third_party_notice_wd
    return warning(
        "released_soon",
        f"第{number}件征求意见的第三方于{zh(told)}被告知，距公开不足{days}个工作日。",
        "32",
        "宜给第三方寻求救济的时间后再公开。",
        "X10",
    )


def _may_resend(case: Case, command: c.ResendReply, step: Step) -> Findings:
    last = the(case.reply).sendings[-1]
    refuse_unless(
        last.result in (DeliveryResult.RETURNED, DeliveryResult.UNREACHABLE),
        "nothing_to_resend",
        "上一次送达没有退回或者无法联系的记录，无须重新送达。",
        "45",
        "请先记录上一次送达的结果（record_delivery）。",
    )
    _by_lawful_means(case, command, step)
    return ()


def _may_record_delivery(case: Case, _command: c.RecordDelivery, step: Step) -> Findings:
    last = the(case.reply).sendings[-1]
    not_before(step.on, last.on, "送出之日", "45")
    refuse_unless(
        last.result is not DeliveryResult.DELIVERED,
        "delivery_known",
        "答复书已经记录送达。",
        "45",
        "日期有误的，请用“更正记录”更正。",
    )
    return ()


def _may_archive(case: Case, command: c.Archive, _step: Step) -> Findings:
    reply = case.reply
    if case.close_reason or reply is None or command.service_given_up.strip():
        return ()
    last = reply.sendings[-1]
    refuse_unless(
        service_proven(last),
        "service_not_proven",
        "答复书是否送达还没有证明，不能归档。",
        "45",
        "请先记录送达结果（record_delivery）；确实无法送达的，在 service_given_up 中写明理由。",
    )
    return ()


def service_proven(sending: Sending) -> bool:
    """Whether it is on file that the reply reached its addressee in this sending."""
    if sending.method in SIGNED_ON_THE_SPOT or sending.result is DeliveryResult.DELIVERED:
        return True
    return sending.result is DeliveryResult.REFUSED and bool(sending.result_proof.strip())


GUARDS: Final[Guards] = {
    c.NotifyThirdParty: _may_notify,
    c.SendReply: _may_send,
    c.ResendReply: _may_resend,
    c.RecordDelivery: _may_record_delivery,
    c.Archive: _may_archive,
}


def _third_party_told(case: Case, command: c.NotifyThirdParty, fact: Fact, _world: World) -> Case:
    notice = ThirdPartyNotice(consultation=command.consultation, on=fact.on, reason=command.reason)
    return altered(case, third_party_notices=(*case.third_party_notices, notice))


def _sending(command: c.SendReply | c.ResendReply, fact: Fact) -> Sending:
    return Sending(
        on=fact.on,
        method=command.method,
        tracking=command.tracking,
        carrier=command.carrier,
        proof=command.proof,
    )


def _sent(case: Case, command: c.SendReply, fact: Fact, world: World) -> Case:
    due = running_due(case, world.on(fact.on))
    return change_reply(
        case,
        sendings=(_sending(command, fact),),
        due_on=due.on if due else None,
        due_article=the(case.clock).article,
    )


def _resent(case: Case, command: c.ResendReply, fact: Fact, _world: World) -> Case:
    return change_reply(case, sendings=(*case.replies[-1].sendings, _sending(command, fact)))


def _delivered(case: Case, command: c.RecordDelivery, fact: Fact, _world: World) -> Case:
    *earlier, last = case.replies[-1].sendings
    last = replace(last, result=command.result, result_on=fact.on, result_proof=command.proof)
    return change_reply(case, sendings=(*earlier, last))


EFFECTS: Final[Effects] = {
    c.NotifyThirdParty: _third_party_told,
    c.SendReply: _sent,
    c.ResendReply: _resent,
    c.RecordDelivery: _delivered,
}
