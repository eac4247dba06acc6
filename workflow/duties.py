"""Duties beside the reply: referral (17.3), re-assessment (18), suggestions (44), defence (51)."""

from dataclasses import replace
from typing import Final

from workflow import commands as c
from workflow.afterwards import challenge_of
from workflow.case import Case, Referral, altered
from workflow.clock import challenge_answer_deadline
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.step import (
    Effects,
    Guards,
    Step,
    day_text,
    known_items,
    refuse_unless,
    the,
    warning,
)
from workflow.vocabulary import Reassessment
from workflow.world import World

Findings = tuple[Finding, ...]


def _may_refer(case: Case, command: c.ReferForDetermination, _step: Step) -> Findings:
    known_items(case, command.items, "17.3")
    refuse_unless(
        command.body.strip() and command.question.strip(),
        "reason_missing",
        "报请确定没有写明报给哪个部门、请确定什么。",
        "17.3",
        "请填写 body（有关主管部门或者保密行政管理部门）和 question；不要写入涉密内容。",
    )
    return ()


def _may_record_determination(case: Case, command: c.RecordDetermination, _step: Step) -> Findings:
    refuse_unless(
        any(r.answered_on is None for r in case.referrals),
        "nothing_referred",
        "没有等待确定结果的报请。",
        "17.3",
        "请先由审核人或者负责人报请确定（refer_for_determination）。",
    )
    refuse_unless(
        command.result.strip(),
        "reason_missing",
        "没有写明确定的结果。",
        "17.3",
        "请在 result 中写明有关部门确定的意见。",
    )
    return ()


def _may_reassess(case: Case, command: c.Reassess, _step: Step) -> Findings:
    decisions = case.reply.draft.decisions if case.reply else ()
    withheld = {d.item for d in decisions if d.withheld}
    refuse_unless(
        withheld & set(command.items or withheld),
        "nothing_withheld",
        "所列事项的答复没有不予公开的内容，无须评估。",
        "18",
        "定期评估审查针对不予公开的政府信息，请核对事项编号。",
    )
    refuse_unless(
        command.reason.strip(),
        "reason_missing",
        "评估审查没有写明理由。",
        "18",
        "请写明情势有无变化，以及为何仍不予公开或者可以公开。",
    )
    if command.result is Reassessment.KEEP:
        return ()
    return (
        warning(
            "to_be_disclosed",
            "评估认为可以公开，应当公开。",
            "18",
            "请由负责人重新办理（reopen，cause = reassessment），向申请人补充提供。",
        ),
    )


def _may_answer_suggestion(_case: Case, command: c.AnswerSuggestion, _step: Step) -> Findings:
    refuse_unless(
        command.reason.strip() and (command.where.strip() or not command.accepted),
        "reason_missing",
        "答复建议没有写明理由，或者采纳后没有写明在何处公开。",
        "44.2",
        "请填写 reason；采纳的还要填写 where。",
    )
    return ()


def _may_defend(case: Case, command: c.AnswerChallenge, step: Step) -> Findings:
    found = challenge_of(case, command.challenge)
    refuse_unless(
        found.answered_on is None,
        "answer_known",
        f"第{found.number}件复议或者诉讼已经提交过答复。",
        "51",
        "补充材料请用备注或者附件记录。",
    )
    refuse_unless(
        command.points and command.evidence,
        "evidence_missing",
        "答复没有写明答辩要点或者证据。",
        "51",
        "逾期不提交证据的视为没有证据；请列明 points 和 evidence。",
    )
    refuse_unless(
        found.copy_received_on,
        "copy_unknown",
        f"第{found.number}件复议或者诉讼何时收到副本没有记录。",
        "51",
        "请用“更正记录”补记收到副本的日期（copy_received_on）。",
    )
    due = the(challenge_answer_deadline(found, step.world.calendar))
    if step.on <= due.on:
        return ()
    return (
        warning(
            "defence_late",
            f"提交答复和证据的期限至{day_text(due)}，现已逾期。",
            "51",
            "请尽快提交并说明理由；逾期不提交证据的视为没有证据。",
        ),
    )


GUARDS: Final[Guards] = {
    c.ReferForDetermination: _may_refer,
    c.RecordDetermination: _may_record_determination,
    c.Reassess: _may_reassess,
    c.AnswerSuggestion: _may_answer_suggestion,
    c.AnswerChallenge: _may_defend,
}


def _referred(case: Case, command: c.ReferForDetermination, fact: Fact, _world: World) -> Case:
    referral = Referral(
        on=fact.on,
        body=command.body,
        question=command.question,
        items=command.items or case.to_answer,
    )
    return altered(case, referrals=(*case.referrals, referral))


def _determined(case: Case, command: c.RecordDetermination, fact: Fact, _world: World) -> Case:
    waiting = next(i for i, r in enumerate(case.referrals) if r.answered_on is None)
    done = replace(case.referrals[waiting], result=command.result, answered_on=fact.on)
    rest = case.referrals
    return altered(case, referrals=(*rest[:waiting], done, *rest[waiting + 1 :]))


def _reassessed(case: Case, _command: c.Reassess, fact: Fact, _world: World) -> Case:
    return altered(case, reassessed_on=(*case.reassessed_on, fact.on))


def _defended(case: Case, command: c.AnswerChallenge, fact: Fact, _world: World) -> Case:
    return altered(
        case,
        challenges=tuple(
            replace(x, answered_on=fact.on, points=command.points, evidence=command.evidence)
            if x.number == command.challenge
            else x
            for x in case.challenges
        ),
    )


EFFECTS: Final[Effects] = {
    c.ReferForDetermination: _referred,
    c.RecordDetermination: _determined,
    c.Reassess: _reassessed,
    c.AnswerChallenge: _defended,
}
