"""Beside and after: service of papers, remedies, reopening, units that help, guidance."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.process.desk import (
    DISCLOSE,
    FEE_PAGES,
    ITEM,
    MASKED,
    WORLD,
    Desk,
    processing,
    register,
    replied,
)
from workflow import commands as c
from workflow.clock import deadlines
from workflow.errors import Refused
from workflow.vocabulary import (
    ChallengeKind,
    ChallengeResult,
    Channel,
    ConsultationKind,
    DeliveryResult,
    Opinion,
    ReopenCause,
    SendMethod,
    State,
)

DAY, DUE = date(2020, 9, 21), date(2020, 10, 16)
REPLIED = date(2020, 10, 9)
REOPENED, REOPENED_DUE = date(2020, 11, 23), date(2020, 12, 21)
TWO_ITEMS = (ITEM, c.Item(title="征地公告"))
RECONSIDER = c.RecordChallenge(kind=ChallengeKind.RECONSIDERATION, body="某市人民政府")
BY_REVIEW = c.Reopen(cause=ReopenCause.REVIEW_DECISION, document="某政复决〔2020〕1号")


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def answered(on: date = REPLIED, **case: object) -> Desk:
    return replied(processing(**case), on, MASKED)  # type: ignore[arg-type] # fields of the case


# ── Service ──────────────────────────────────────────────────────────────────


def test_the_service_of_any_paper_is_recorded_without_moving_the_clock() -> None:
    served = c.RecordService(
        paper="extension_notice", result=DeliveryResult.DELIVERED, sent_on=date(2020, 9, 18)
    )

    desk = processing().do(served, DAY)

    assert desk.case
    assert [(s.paper, s.on, s.sent_on) for s in desk.case.services] == [
        ("extension_notice", DAY, date(2020, 9, 18))
    ]
    assert (desk.case.state, desk.due) == (State.PROCESSING, DUE)


@pytest.mark.parametrize(
    ("sent_on", "on"),
    [(None, date(2020, 9, 11)), (date(2020, 9, 11), DAY), (date(2020, 9, 22), DAY)],
    ids=["before the request", "sent before the request", "before it was sent"],
)
def test_no_paper_is_served_before_its_cause(sent_on: date | None, on: date) -> None:
    served = c.RecordService(paper="receipt", result=DeliveryResult.DELIVERED, sent_on=sent_on)

    assert processing().refusal(served, on).code == "before_its_cause"


# ── Challenges ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("kind", "procedure", "copy", "due"),
    [
        (ChallengeKind.RECONSIDERATION, "", date(2024, 3, 1), date(2024, 3, 15)),
        (ChallengeKind.RECONSIDERATION, "simple", date(2024, 3, 1), date(2024, 3, 8)),
        (ChallengeKind.RECONSIDERATION, "", date(2023, 3, 1), date(2023, 3, 13)),
        (ChallengeKind.LITIGATION, "", date(2023, 3, 1), date(2023, 3, 16)),
        (
            ChallengeKind.LITIGATION_AFTER_RECONSIDERATION,
            "",
            date(2024, 3, 1),
            date(2024, 3, 18),
        ),
    ],
    ids=["ten working days", "simple", "ten calendar days", "court", "court, to Monday"],
)
def test_the_copy_of_a_challenge_starts_the_time_to_answer_it(
    kind: ChallengeKind, procedure: str, copy: date, due: date
) -> None:
    command = replace(RECONSIDER, kind=kind, procedure=procedure, copy_received_on=copy)

    desk = answered().do(command, copy)

    assert desk.case
    ends = {d.kind: (d.due_on, d.article) for d in deadlines(desk.case, WORLD)}
    assert ends["challenge_answer"] == (due, "51")


def test_silence_can_be_challenged_while_the_case_is_open() -> None:
    desk = processing().do(replace(RECONSIDER, about="non_reply"), date(2020, 10, 19))

    assert desk.case
    assert (desk.case.state, desk.due) == (State.PROCESSING, DUE)
    assert [x.about for x in desk.case.challenges] == ["non_reply"]


@pytest.mark.parametrize("result", ChallengeResult)
def test_the_result_is_what_was_actually_decided(result: ChallengeResult) -> None:
    desk = answered().do(RECONSIDER, date(2020, 10, 20))

    desk.do(c.RecordChallengeResult(challenge=1, result=result), date(2020, 11, 20))

    assert desk.case
    found = desk.case.challenges[0]
    assert (found.result, found.result_on) == (result, date(2020, 11, 20))
    assert state(desk) is State.REPLIED


RESULT = c.RecordChallengeResult(challenge=1, result=ChallengeResult.UPHELD)


@pytest.mark.parametrize(
    ("command", "on", "code"),
    [
        (RECONSIDER, date(2020, 9, 11), "before_its_cause"),
        (replace(RECONSIDER, copy_received_on=DAY), date(2020, 9, 22), "before_its_cause"),
        (replace(RECONSIDER, copy_received_on=date(2026, 11, 21)), DAY, "future_date"),
        (replace(RESULT, challenge=2), date(2020, 11, 20), "unknown_challenge"),
        (replace(RESULT, challenge=0), date(2020, 11, 20), "unknown_challenge"),
        (RESULT, date(2020, 10, 19), "before_its_cause"),
    ],
    ids=["before the request", "copy before", "copy future", "unknown", "number 0", "result first"],
)
def test_a_challenge_that_cannot_be_is_refused(command: c.Command, on: date, code: str) -> None:
    refused = answered().do(RECONSIDER, date(2020, 10, 20)).refusal(command, on)

    assert (refused.code, refused.article) == (code, "51")


# ── Reopening ────────────────────────────────────────────────────────────────


def withdrawn() -> Desk:
    return processing().do(c.Withdraw(statement="撤回"), DAY)


def archived() -> Desk:
    return answered().do(c.Archive(), REPLIED)


@pytest.mark.parametrize("start", [answered, withdrawn, archived], ids=["replied", "closed", "old"])
@pytest.mark.parametrize(
    ("ordered", "due"), [(None, REOPENED_DUE), (date(2020, 12, 10), date(2020, 12, 10))]
)
def test_a_reopened_case_is_due_as_ordered_or_in_twenty_working_days(
    start: Callable[[], Desk],
    ordered: date | None,
    due: date,
) -> None:
    desk = start().do(replace(BY_REVIEW, due_on=ordered), REOPENED, "head")

    assert (state(desk), desk.due) == (State.PROCESSING, due)
    assert desk.case
    assert (desk.case.close_reason, desk.case.draft) == (None, None)


def test_later_consultations_and_extensions_do_not_move_an_ordered_date() -> None:
    desk = answered().do(BY_REVIEW, REOPENED, "head")
    ask = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))

    desk.do(c.RequestExtension(working_days=20, reason="检索"), REOPENED)
    desk.do(c.DecideExtension(grant=True), REOPENED, "head").do(ask, REOPENED)
    desk.do(c.RecordConsultationReceipt(consultation=1), REOPENED)

    assert desk.due == REOPENED_DUE


def test_the_first_replys_timeliness_stays() -> None:
    desk = answered(date(2020, 10, 20)).do(BY_REVIEW, REOPENED, "head")

    replied(desk, REOPENED_DUE, DISCLOSE)

    assert desk.case
    assert [r.in_time for r in desk.case.replies] == [False, True]
    assert [r.due_on for r in desk.case.replies] == [DUE, REOPENED_DUE]


def test_a_reopening_may_concern_some_items_only() -> None:
    desk = processing(items=TWO_ITEMS).do(
        c.DraftReply(decisions=(DISCLOSE, replace(DISCLOSE, item=2))), REPLIED
    )
    desk.do(c.PassReview(), REPLIED, "reviewer").do(c.ApproveReply(), REPLIED, "head")
    desk.do(c.IssueReply(), REPLIED)
    desk.do(c.SendReply(method=SendMethod.IN_PERSON), REPLIED)

    refused = desk.refusal(replace(BY_REVIEW, items=(3,)), REOPENED, "head")
    desk.do(replace(BY_REVIEW, items=(2,)), REOPENED, "head")

    assert (refused.code, refused.article) == ("unknown_item", "51")
    second = c.DraftReply(decisions=(replace(DISCLOSE, item=2),))
    assert state(desk.do(second, REOPENED)) is State.IN_REVIEW


def test_the_head_reopens_and_only_what_is_over() -> None:
    assert answered().refusal(BY_REVIEW, REOPENED).code == "wrong_person"
    assert processing().refusal(BY_REVIEW, REOPENED, "head").code == "wrong_state"


AGAIN = c.DraftReply(decisions=(MASKED,))


def reopened(*results: ChallengeResult, cause: ReopenCause = ReopenCause.REVIEW_DECISION) -> Desk:
    desk = answered()
    for number, result in enumerate(results, 1):
        desk.do(RECONSIDER, date(2020, 10, 20))
        desk.do(replace(RESULT, challenge=number, result=result), date(2020, 11, 20))
    return desk.do(c.Reopen(cause=cause), REOPENED, "head")


@pytest.mark.parametrize(
    "results",
    [(), (ChallengeResult.REVOKED,), (ChallengeResult.CHANGED,)],
    ids=["nothing recorded", "revoked", "changed"],
)
def test_after_a_revocation_the_same_refusal_is_not_given_again(
    results: tuple[ChallengeResult, ...],
) -> None:
    desk = reopened(*results)
    text, masked = MASKED.passages
    other = replace(masked, reason="各户账号可被用于冒领补偿款，公开会造成财产损失")

    refused = desk.refusal(AGAIN, REOPENED)

    assert refused.code == "same_again"
    assert "same_again" in {f.code for f in refused.findings}
    redrafted = c.DraftReply(decisions=(replace(MASKED, passages=(text, other)),))
    assert state(desk.do(redrafted, REOPENED)) is State.IN_REVIEW


@pytest.mark.parametrize(
    ("results", "cause"),
    [
        ((ChallengeResult.ORDERED_TO_ACT,), ReopenCause.JUDGMENT),
        ((ChallengeResult.DECLARED_UNLAWFUL,), ReopenCause.REVIEW_DECISION),
        ((), ReopenCause.OWN_MOTION),
        ((), ReopenCause.SUPERVISION),
        ((), ReopenCause.REASSESSMENT),
    ],
    ids=["ordered to act", "declared unlawful", "own motion", "supervision", "reassessment"],
)
def test_otherwise_the_agency_may_come_to_the_same_result(
    results: tuple[ChallengeResult, ...], cause: ReopenCause
) -> None:
    assert state(reopened(*results, cause=cause).do(AGAIN, REOPENED)) is State.IN_REVIEW


def test_a_late_correction_with_good_reason_takes_an_abandoned_request_up_again() -> None:
    ask = c.RequestCorrection(matters=("文件名称",), notice_received_on=date(2020, 9, 15))
    desk = Desk().do(register(), date(2020, 9, 14)).do(ask, date(2020, 9, 15))
    desk.do(c.DeemAbandoned(no_good_reason=True), REPLIED.replace(day=30), "head")

    desk.do(c.Reopen(cause=ReopenCause.LATE_CORRECTION), REOPENED, "head")

    assert (state(desk), desk.due) == (State.PROCESSING, REOPENED_DUE)
    assert desk.case
    assert desk.case.correction
    assert desk.case.correction.answered_on == REOPENED


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (c.RequestCorrection(matters=("文件名称",)), "officer"),
        (FEE_PAGES, "head"),
        (c.RequestExtension(working_days=5, reason="检索"), "officer"),
        (c.DraftReply(decisions=(DISCLOSE,)), "officer"),
    ],
    ids=lambda x: x.do if isinstance(x, c.Command) else x,
)
def test_a_case_reopened_before_anything_was_received_is_judged_like_any_other(
    command: c.Command, by: str
) -> None:
    desk = Desk().do(register(channel=Channel.EMAIL), date(2021, 3, 1))
    desk.do(c.Misdirect(to="某市", reason="误投"), date(2021, 3, 1))
    desk.do(c.Reopen(cause=ReopenCause.OWN_MOTION), date(2021, 3, 2), "head")

    try:
        desk.do(command, date(2021, 3, 3), by)
    except Refused as refused:
        message = refused.message
    else:
        message = "done"

    assert message


def test_an_opinion_may_still_come_in_after_a_case_closed_over_it_was_reopened() -> None:
    ask = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    desk = processing().do(ask, DAY)
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))
    desk.do(c.Withdraw(statement="撤回"), date(2020, 9, 24))
    desk.do(c.Reopen(cause=ReopenCause.OWN_MOTION), date(2020, 9, 25), "head")
    assert state(desk) is State.PROCESSING

    desk.do(c.RecordOpinion(consultation=1, opinion=Opinion.OBJECT), date(2020, 9, 28))

    assert state(desk) is State.PROCESSING
    assert desk.case
    assert desk.case.consultations[0].opinion is Opinion.OBJECT


# ── Units that help, guidance, notes ─────────────────────────────────────────

ASK_UNIT = c.CoHandle(
    unit="自然资源局", items=(1,), question="是否存有方案", due_on=date(2020, 9, 25)
)


@pytest.mark.parametrize(
    ("command", "returned"),
    [
        (c.AnswerCoHandle(text="存有"), False),
        (c.ReturnCoHandle(reason="非本单位职责"), True),
    ],
    ids=["answered", "returned"],
)
def test_a_unit_answers_or_returns_without_moving_the_clock(
    command: c.Command, *, returned: bool
) -> None:
    desk = processing().do(ASK_UNIT, DAY, "head").do(command, date(2020, 9, 22))

    assert desk.case
    found = desk.case.co_handlings[0]
    assert (found.answered_on, found.returned) == (date(2020, 9, 22), returned)
    assert (desk.case.state, desk.due) == (State.PROCESSING, DUE)
    assert desk.refusal(command, date(2020, 9, 22)).code == "no_co_handling"


def test_a_unit_is_asked_about_items_that_exist() -> None:
    refused = processing().refusal(replace(ASK_UNIT, items=(2,)), DAY, "head")

    assert (refused.code, refused.article) == ("unknown_item", "45")


@pytest.mark.parametrize(
    ("command", "by"),
    [
        (c.Assign(to="officer:王"), "head"),
        (c.HandOver(to="officer:王"), "officer"),
        (c.AskGuidance(text="能否公开"), "officer"),
        (c.AddNote(text="已电话联系"), "officer"),
        (c.Attach(file="申请表.pdf"), "officer"),
    ],
    ids=lambda x: x.do if isinstance(x, c.Command) else x,
)
def test_the_offices_own_dealings_leave_a_fact_and_nothing_else(
    command: c.Command, by: str
) -> None:
    before, after = processing().case, processing().do(command, DAY, by).case

    assert before
    assert after
    assert after == replace(before, facts=after.facts, last_on=DAY)
    assert after.facts[:-1] == before.facts


@pytest.mark.parametrize("asked", [(), (c.AskGuidance(text="能否公开"),)])
def test_the_supervisor_gives_guidance_asked_or_not(asked: tuple[c.Command, ...]) -> None:
    desk = processing()
    for question in asked:
        desk.do(question, DAY)
    desk.do(c.GiveGuidance(text="按部分公开处理"), DAY, "supervisor")

    assert (state(desk), desk.due) == (State.PROCESSING, DUE)


@pytest.mark.parametrize("file", ["绝密-纪要.pdf", "机密文件.docx", "秘密★10年.pdf"])
def test_a_file_that_bears_a_mark_of_secrecy_is_not_kept(file: str) -> None:
    refused = processing().refusal(c.Attach(file=file), DAY)

    assert (refused.code, refused.article) == ("secrecy_mark", "14")
