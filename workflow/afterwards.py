"""What comes beside and after: service of papers, remedies, reopening, units that help."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from rules.load import law_on
from workflow import commands as c
from workflow.case import (
    Case,
    Challenge,
    Clock,
    CoHandling,
    Consultation,
    Reopening,
    Service,
    altered,
)
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.step import (
    Effects,
    Guards,
    Step,
    known_items,
    not_after_today,
    not_before,
    refuse_unless,
    the,
)
from workflow.vocabulary import ChallengeResult, DeliveryResult, EndHow, ReopenCause
from workflow.world import World

Findings = tuple[Finding, ...]

_SERVED: Final = (DeliveryResult.DELIVERED, DeliveryResult.REFUSED)
_BY_A_HIGHER_BODY: Final = (ReopenCause.REVIEW_DECISION, ReopenCause.JUDGMENT)
_ON_MERITS: Final = (ChallengeResult.REVOKED, ChallengeResult.CHANGED)
_ARTICLE_OF_CAUSE: Final = {
    ReopenCause.REVIEW_DECISION: "51",
    ReopenCause.JUDGMENT: "51",
    ReopenCause.SUPERVISION: "47.2",
    ReopenCause.REASSESSMENT: "18",
    ReopenCause.LATE_CORRECTION: "30",
}
#: What the papers are called in ``record_service`` (kind, or number in the catalogue).
_CORRECTION_NOTICE: Final = ("correction_notice", "N04")
_FEE_NOTICE: Final = ("fee_notice", "N17")
_SECRECY_MARKS: Final = ("绝密", "机密", "秘密★")
#: What to do with what bears a mark of state secrecy.
MARK_MEND: Final = "请移交保密机构按涉密载体管理，案卷中只记密级、期限、定密机关和非涉密的编号。"


def _may_serve(case: Case, command: c.RecordService, step: Step) -> Findings:
    made = _made_on(case, command.paper)
    sent = command.sent_on or made
    not_before(sent, made, "文书作出之日", "45")
    not_before(step.on, sent, "文书发出之日", "45")
    return ()


def _made_on(case: Case, paper: str) -> date:
    """Return the day the paper was made, or the arrival of the request where it has no day."""
    if paper in _CORRECTION_NOTICE and case.correction:
        return case.correction.asked_on
    if paper in _FEE_NOTICE and case.charge:
        return case.charge.on
    made = [fact.on for fact in case.facts if any(p.kind == paper for p in fact.papers)]
    return made[-1] if made else case.on


def _may_challenge(case: Case, command: c.RecordChallenge, step: Step) -> Findings:
    not_before(step.on, case.on, "申请到达之日", "51")
    if command.copy_received_on:
        not_before(command.copy_received_on, step.on, "提起复议、诉讼之日", "51")
        not_after_today(command.copy_received_on, step, "51")
    return ()


def challenge_of(case: Case, number: int) -> Challenge:
    """Return challenge ``number``; :class:`workflow.errors.Refused` where there is none."""
    found = next((x for x in case.challenges if x.number == number), None)
    refuse_unless(
        found,
        "unknown_challenge",
        f"没有第{number}件复议或者诉讼，本案共{len(case.challenges)}件。",
        "51",
        "复议、诉讼按记录先后从1编号，请核对编号。",
    )
    return the(found)


def _may_end_challenge(case: Case, command: c.RecordChallengeResult, step: Step) -> Findings:
    found = challenge_of(case, command.challenge)
    not_before(step.on, found.filed_on, "提起复议、诉讼之日", "51")
    refuse_unless(
        found.result is None,
        "result_known",
        f"第{found.number}件复议或者诉讼的结果已经记录。",
        "51",
        "日期有误的，请用“更正记录”更正；此后的诉讼请另行记录。",
    )
    return ()


def _may_reopen(case: Case, command: c.Reopen, _step: Step) -> Findings:
    known_items(case, command.items, "51")
    scope = command.items or range(1, len(case.items) + 1)
    refuse_unless(
        set(scope) - case.withdrawn_items,
        "nothing_to_reopen",
        "所列事项申请人都已撤回，没有可以重新办理的内容。",
        "51",
        "请核对 items；申请人重新提出的，应当另行登记。",
    )
    return ()


def _may_ask_unit(case: Case, command: c.CoHandle, _step: Step) -> Findings:
    known_items(case, command.items, "45")
    return ()


def _may_answer_for_unit(
    case: Case, _command: c.AnswerCoHandle | c.ReturnCoHandle, _step: Step
) -> Findings:
    refuse_unless(
        any(x.answered_on is None for x in case.co_handlings),
        "no_co_handling",
        "没有等待答复的协办。",
        "45",
        "请先由负责人转协办单位（co_handle）。",
    )
    return ()


def _may_attach(_case: Case, command: c.Attach, _step: Step) -> Findings:
    refuse_unless(
        not any(mark in command.file for mark in _SECRECY_MARKS),
        "secrecy_mark",
        "文件名带有国家秘密标志，本系统是非涉密系统，不得存储，文件没有保存。",
        "14",
        MARK_MEND,
    )
    return ()


GUARDS: Final[Guards] = {
    c.RecordService: _may_serve,
    c.RecordChallenge: _may_challenge,
    c.RecordChallengeResult: _may_end_challenge,
    c.Reopen: _may_reopen,
    c.CoHandle: _may_ask_unit,
    c.AnswerCoHandle: _may_answer_for_unit,
    c.ReturnCoHandle: _may_answer_for_unit,
    c.Attach: _may_attach,
}


def _served(case: Case, command: c.RecordService, fact: Fact, _world: World) -> Case:
    record = Service(
        paper=command.paper,
        on=fact.on,
        result=command.result,
        method=command.method,
        sent_on=command.sent_on,
        proof=command.proof,
    )
    case = altered(case, services=(*case.services, record))
    if command.result not in _SERVED:
        return case
    if command.paper in _CORRECTION_NOTICE and case.correction:
        received = case.correction.notice_received_on or fact.on
        return altered(case, correction=replace(case.correction, notice_received_on=received))
    if command.paper in _FEE_NOTICE and case.charge:
        received = case.charge.notice_received_on or fact.on
        return altered(case, charge=replace(case.charge, notice_received_on=received))
    return case


def _challenged(case: Case, command: c.RecordChallenge, fact: Fact, _world: World) -> Case:
    challenge = Challenge(
        number=len(case.challenges) + 1,
        kind=command.kind,
        body=command.body,
        filed_on=fact.on,
        about=command.about,
        copy_received_on=command.copy_received_on,
        procedure=command.procedure,
    )
    return altered(case, challenges=(*case.challenges, challenge))


def _challenge_ended(
    case: Case, command: c.RecordChallengeResult, fact: Fact, _world: World
) -> Case:
    return altered(
        case,
        challenges=tuple(
            replace(x, result=command.result, result_on=fact.on)
            if x.number == command.challenge
            else x
            for x in case.challenges
        ),
    )


def _on_merits(case: Case, cause: ReopenCause) -> bool:
    """Whether the earlier reply fell for what it said, not for its lateness or for silence."""
    if cause not in _BY_A_HIGHER_BODY or not case.replies:
        return False
    results = [x.result for x in case.challenges if x.result]
    return not results or any(result in _ON_MERITS for result in results)


def reopened_until(on: date, world: World) -> date:
    """Return the day due where nobody ordered one: a new reply period from the day of reopening."""
    return world.calendar.add(on, law_on(on).terms["reply"].days).on


def _ended_by_closing(consultation: Consultation, on: date) -> Consultation:
    """End what was still being waited for when the case ended: later opinions are late."""
    if not consultation.open:
        return consultation
    return replace(consultation, ended_on=on, how=EndHow.WITHDRAWN, end_reason="案件办结时尚未答复")


def _reopened(case: Case, command: c.Reopen, fact: Fact, world: World) -> Case:
    days = command.due_on or reopened_until(fact.on, world)
    reopening = Reopening(
        on=fact.on,
        cause=command.cause,
        document=command.document,
        due_on=days,
        items=command.items or tuple(range(1, len(case.items) + 1)),
        on_merits=_on_merits(case, command.cause),
    )
    correction = case.correction
    if command.cause is ReopenCause.LATE_CORRECTION and correction:
        correction = replace(correction, answered_on=correction.answered_on or fact.on)
    article = _ARTICLE_OF_CAUSE.get(command.cause, "33.2")
    return altered(
        case,
        received_on=case.received_on or fact.on,
        consultations=tuple(_ended_by_closing(x, fact.on) for x in case.consultations),
        reopenings=(*case.reopenings, reopening),
        clock=Clock(start=fact.on, ordered_on=days, article=article),
        correction=correction,
        draft=None,
        drafters=frozenset(),
        close_reason=None,
        closed_on=None,
    )


def _co_handled(case: Case, command: c.CoHandle, fact: Fact, _world: World) -> Case:
    asked = CoHandling(
        unit=command.unit, on=fact.on, question=command.question, due_on=command.due_on
    )
    return altered(case, co_handlings=(*case.co_handlings, asked))


def _change_co_handling(case: Case, **changes: Any) -> Case:  # noqa: ANN401 - as dataclasses.replace
    waiting = next(i for i, x in enumerate(case.co_handlings) if x.answered_on is None)
    changed = replace(case.co_handlings[waiting], **changes)
    rest = case.co_handlings
    return altered(case, co_handlings=(*rest[:waiting], changed, *rest[waiting + 1 :]))


def _unit_answered(case: Case, command: c.AnswerCoHandle, fact: Fact, _world: World) -> Case:
    return _change_co_handling(case, answer=command.text, answered_on=fact.on)


def _unit_returned(case: Case, command: c.ReturnCoHandle, fact: Fact, _world: World) -> Case:
    return _change_co_handling(case, answer=command.reason, answered_on=fact.on, returned=True)


EFFECTS: Final[Effects] = {
    c.RecordService: _served,
    c.RecordChallenge: _challenged,
    c.RecordChallengeResult: _challenge_ended,
    c.Reopen: _reopened,
    c.CoHandle: _co_handled,
    c.AnswerCoHandle: _unit_answered,
    c.ReturnCoHandle: _unit_returned,
}
