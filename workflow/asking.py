"""Asking others: consultations (11, 32, 34) and the applicant's reasons (35)."""

from dataclasses import replace
from typing import Any, Final

from workflow import commands as c
from workflow.branch import branch_of
from workflow.case import Case, Consultation, Explanation, altered
from workflow.clock import consultation_limit, explanation_due
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.machine import Branch
from workflow.step import (
    Effects,
    Guards,
    Step,
    consultation_of,
    day_text,
    known_items,
    not_before,
    refuse_unless,
    the,
    zh,
)
from workflow.vocabulary import ConsultationKind
from workflow.world import World

Findings = tuple[Finding, ...]


def _may_consult(case: Case, command: c.StartConsultation, _step: Step) -> Findings:
    refuse_unless(
        command.party.strip() and command.items,
        "party_or_items_missing",
        "征求意见应当写明向谁征求、涉及哪些事项。",
        "32",
        "请填写 party 和 items。",
    )
    known_items(case, command.items, "32")
    refuse_unless(
        command.kind is not ConsultationKind.OTHER_AGENCY or command.why.strip(),
        "why_missing",
        "征求其他机关意见没有写明理由。",
        "11.1",
        "请在 why 中写明：涉及哪项信息，与该机关有何关系，为何需要协商、确认。",
    )
    return ()


def _open(case: Case, number: int) -> Consultation:
    found = consultation_of(case, number)
    refuse_unless(
        found.open,
        "consultation_ended",
        f"第{number}件征求意见（{found.kind.label}）已经结束。",
        "32",
        "请核对征求意见的编号。",
    )
    return found


def _may_record_receipt(case: Case, command: c.RecordConsultationReceipt, step: Step) -> Findings:
    found = _open(case, command.consultation)
    refuse_unless(
        found.received_on is None,
        "receipt_known",
        f"第{found.number}件征求意见书的收到日期已经记录。",
        "32",
        "日期有误的，请用“更正记录”更正。",
    )
    not_before(step.on, found.sent_on, "征求意见书发出之日", "32")
    return ()


def _may_record_opinion(case: Case, command: c.RecordOpinion, step: Step) -> Findings:
    found = consultation_of(case, command.consultation)
    refuse_unless(
        found.opinion is None,
        "opinion_known",
        f"第{found.number}件征求意见已经记录过意见。",
        "32",
        "对方改变意见的，请作为备注存卷，并在拟稿时一并考虑。",
    )
    refuse_unless(
        found.received_on,
        "receipt_unknown",
        f"第{found.number}件征求意见书的收到日期还没有记录。",
        "32",
        "请先记录对方收到征求意见书的日期（record_consultation_receipt）。",
    )
    not_before(step.on, the(found.received_on), "对方收到征求意见书之日", "32")
    return ()


def _may_expire(case: Case, command: c.ExpireConsultation, step: Step) -> Findings:
    found = _open(case, command.consultation)
    refuse_unless(
        found.kind is not ConsultationKind.OTHER_AGENCY,
        "no_statutory_period",
        "征求其他机关意见没有法定的答复期限，不会期满。",
        "33.3",
        "请记录对方意见，或者终止这件征求意见。",
    )
    limit = consultation_limit(found, step.world.calendar, step.world.policy)
    article = "34" if found.kind is ConsultationKind.JOINT_MAKER else "32"
    refuse_unless(
        limit,
        "receipt_unknown",
        f"第{found.number}件征求意见书的收到日期没有记录，15个工作日无从起算。",
        article,
        "请先记录收到日期；无法送达的，请终止征求意见（undeliverable）。",
    )
    refuse_unless(
        step.on > the(limit).on,
        "not_yet_expired",
        f"对方的意见期限至{day_text(the(limit))}，尚未届满。",
        article,
        f"请在{zh(the(limit).on)}之后办理。",
    )
    return ()


def _may_renew(case: Case, command: c.RenewConsultation, step: Step) -> Findings:
    found = _open(case, command.consultation)
    refuse_unless(
        found.kind is ConsultationKind.OTHER_AGENCY,
        "nothing_to_renew",
        f"向{found.kind.label}征求意见的期限是法定的15个工作日，不能续期。",
        "34" if found.kind is ConsultationKind.JOINT_MAKER else "32",
        "期满未提出意见的，请办理“征求意见期满”。",
    )
    refuse_unless(
        found.received_on or step.world.policy.consultation_starts == "dispatch",
        "receipt_unknown",
        "对方收到征求意见函的日期没有记录，无从续期。",
        "33.3",
        "请先记录收到日期。",
    )
    _reason_given(command.reason, "续期征求意见没有写明理由。", "33.3", "为何仍须等待对方意见")
    return ()


def _may_end(case: Case, command: c.EndConsultation, _step: Step) -> Findings:
    _open(case, command.consultation)
    _reason_given(command.reason, "终止征求意见没有写明理由。", "32", "撤回或者无法送达")
    return ()


def _reason_given(reason: str, message: str, article: str, what: str) -> None:
    refuse_unless(
        reason.strip(), "reason_missing", message, article, f"请在 reason 中写明{what}的事实。"
    )


def _may_ask_reasons(case: Case, command: c.RequestExplanation, _step: Step) -> Findings:
    refuse_unless(
        case.explanation is None,
        "explained_once",
        "本案已经要求申请人说明过理由。",
        "35",
        "请根据已有的说明（或者逾期未说明的记录）决定。",
    )
    refuse_unless(
        command.reason.strip() and (command.working_days is None or command.working_days >= 1),
        "reason_missing",
        "没有写明数量、频次明显超过合理范围的事实，或者说明期限不足1个工作日。",
        "35",
        "请在 reason 中写明统计的件数和期间，并给申请人合理的说明期限。",
    )
    return ()


def _may_take_reasons(case: Case, _command: c.RecordExplanation, step: Step) -> Findings:
    not_before(step.on, the(case.explanation).asked_on, "要求说明理由之日", "35")
    return ()


def _may_expire_reasons(case: Case, _command: c.ExpireExplanation, step: Step) -> Findings:
    due = explanation_due(the(case.explanation), step.world.calendar)
    refuse_unless(
        step.on > due.on,
        "not_yet_expired",
        f"申请人说明理由的期限至{day_text(due)}，尚未届满。",
        "35",
        f"请在{zh(due.on)}之后办理。",
    )
    return ()


GUARDS: Final[Guards] = {
    c.StartConsultation: _may_consult,
    c.RecordConsultationReceipt: _may_record_receipt,
    c.RecordOpinion: _may_record_opinion,
    c.ExpireConsultation: _may_expire,
    c.RenewConsultation: _may_renew,
    c.EndConsultation: _may_end,
    c.RequestExplanation: _may_ask_reasons,
    c.RecordExplanation: _may_take_reasons,
    c.ExpireExplanation: _may_expire_reasons,
}


def _consulted(case: Case, command: c.StartConsultation, fact: Fact, _world: World) -> Case:
    started = Consultation(
        number=len(case.consultations) + 1,
        kind=command.kind,
        party=command.party,
        items=command.items,
        why=command.why,
        sent_on=fact.on,
    )
    return altered(case, consultations=(*case.consultations, started))


def _change_consultation(case: Case, number: int, **changes: Any) -> Case:  # noqa: ANN401 - as dataclasses.replace
    return altered(
        case,
        consultations=tuple(
            replace(x, **changes) if x.number == number else x for x in case.consultations
        ),
    )


def _letter_arrived(
    case: Case, command: c.RecordConsultationReceipt, fact: Fact, _world: World
) -> Case:
    return _change_consultation(case, command.consultation, received_on=fact.on)


def _opined(case: Case, command: c.RecordOpinion, fact: Fact, _world: World) -> Case:
    late = not case.consultations[command.consultation - 1].open
    changed = _change_consultation(
        case,
        command.consultation,
        opinion=command.opinion,
        reasons=command.reasons,
        answered_on=fact.on,
        late=late,
    )
    return altered(changed, draft=None) if _voids_draft(case, command) else changed


def _voids_draft(case: Case, command: c.RecordOpinion) -> bool:
    return branch_of(case, command) is Branch.VOIDS_DRAFT


def _expired(case: Case, command: c.ExpireConsultation, fact: Fact, _world: World) -> Case:
    return _change_consultation(case, command.consultation, expired_on=fact.on)


def _renewed(case: Case, command: c.RenewConsultation, fact: Fact, _world: World) -> Case:
    found = case.consultations[command.consultation - 1]
    return _change_consultation(case, command.consultation, renewed_on=(*found.renewed_on, fact.on))


def _ended(case: Case, command: c.EndConsultation, fact: Fact, _world: World) -> Case:
    return _change_consultation(
        case, command.consultation, ended_on=fact.on, how=command.how, end_reason=command.reason
    )


def _explanation_asked(case: Case, command: c.RequestExplanation, fact: Fact, world: World) -> Case:
    days = command.working_days or world.policy.explanation_working_days
    asked = Explanation(asked_on=fact.on, reason=command.reason, working_days=days)
    return altered(case, explanation=asked)


def _explained(case: Case, command: c.RecordExplanation, fact: Fact, _world: World) -> Case:
    answered = replace(
        the(case.explanation), answered_on=fact.on, text=command.text, accepted=command.accepted
    )
    return altered(case, explanation=answered)


def _stayed_silent(case: Case, _command: c.ExpireExplanation, fact: Fact, _world: World) -> Case:
    return altered(case, explanation=replace(the(case.explanation), expired_on=fact.on))


EFFECTS: Final[Effects] = {
    c.StartConsultation: _consulted,
    c.RecordConsultationReceipt: _letter_arrived,
    c.RecordOpinion: _opined,
    c.ExpireConsultation: _expired,
    c.RenewConsultation: _renewed,
    c.EndConsultation: _ended,
    c.RequestExplanation: _explanation_asked,
    c.RecordExplanation: _explained,
    c.ExpireExplanation: _stayed_silent,
}
