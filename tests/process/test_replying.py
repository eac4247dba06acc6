"""The reply: search, draft, review, approval, issue, recall, and the answer on the spot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.words import Ground, Outcome
from tests.process.desk import DISCLOSE, ITEM, MASKED, Desk, approved, processing, register
from workflow import commands as c
from workflow.decision import (
    Decision,
    Deliberative,
    Evidence,
    Passage,
    StateSecret,
)
from workflow.facts import Fact, PaperRef
from workflow.fold import after
from workflow.people import Actor
from workflow.vocabulary import (
    DeliberativeCategory,
    SecrecyAuthority,
    SecrecyLevel,
    State,
)

DAY, NEXT, LATER = date(2020, 9, 21), date(2020, 9, 22), date(2020, 9, 23)
DUE = date(2020, 10, 16)
TWO_ITEMS = (ITEM, c.Item(title="征地公告"))
DRAFT = c.DraftReply(decisions=(DISCLOSE,))


def partly(label: str, ground: Ground, evidence: Evidence) -> Decision:
    """A reply that gives the text and withholds one passage."""
    kept = Passage(
        label=label,
        disclose=False,
        grounds=(ground,),
        reason="公开会妨碍尚在进行的工作",
        evidence=evidence,
    )
    return replace(MASKED, passages=(MASKED.passages[0], kept))


SECRET = partly(
    "附图",
    Ground.STATE_SECRET,
    Evidence(
        state_secret=StateSecret(
            level=SecrecyLevel.CONFIDENTIAL,
            mark="秘密★1年",
            authority=SecrecyAuthority.DERIVATIVE,
            source="省某厅2019年第3号文件",
            expires_on=NEXT,
        )
    ),
)
DELIBERATION = partly(
    "会议讨论记录",
    Ground.DELIBERATIVE,
    Evidence(
        deliberative=Deliberative(
            category=DeliberativeCategory.DISCUSSION_RECORD,
            process_finished=False,
            override_checked=True,
            harm="妨碍坦率讨论",
        )
    ),
)


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def in_review(decision: Decision = DISCLOSE, by: str = "officer", **case: object) -> Desk:
    desk = processing(**case)  # type: ignore[arg-type] # fields of the case
    return desk.do(c.DraftReply(decisions=(decision,)), DAY, by)


def to_approve(decision: Decision = DISCLOSE) -> Desk:
    return in_review(decision).do(c.PassReview(), DAY, "reviewer")


def approved_case(decision: Decision = DISCLOSE) -> Desk:
    return approved(processing(), DAY, decision)


# ── Search and leave ─────────────────────────────────────────────────────────

SEARCH = c.RecordSearch(places=("档案室",), keywords=("征地",), result="没有")
NOT_HELD = Decision(item=1, outcome=Outcome.NOT_HELD, reason="未制作也未获取")


@pytest.mark.parametrize(("items", "searched"), [((), (1, 2)), ((2,), (2,))], ids=["all", "second"])
def test_a_search_is_on_file_for_its_items_and_moves_no_clock(
    items: tuple[int, ...], searched: tuple[int, ...]
) -> None:
    desk = processing(items=TWO_ITEMS).do(replace(SEARCH, items=items), DAY)

    assert desk.case
    assert desk.case.searches[0].items == searched
    assert (desk.case.state, desk.due) == (State.PROCESSING, DUE)


def test_a_search_makes_the_reply_that_nothing_is_held_possible() -> None:
    bare, searched = processing(), processing().do(SEARCH, DAY)
    draft = c.DraftReply(decisions=(NOT_HELD,))

    assert bare.refusal(draft, DAY).code == "blocked_by_check"
    assert state(searched.do(draft, DAY)) is State.IN_REVIEW


def test_a_search_on_an_unknown_item_is_refused() -> None:
    refused = processing().refusal(replace(SEARCH, items=(2,)), DAY)

    assert (refused.code, refused.article) == ("unknown_item", "36(4)")


LEAVE = c.AuthorizeGround(
    item=1, label="会议讨论记录", ground=Ground.DELIBERATIVE, reasons="方案尚未形成"
)


def test_under_a_presumption_of_disclosure_only_the_head_lets_a_choice_stand() -> None:
    draft = c.DraftReply(decisions=(DELIBERATION,))
    desk = processing(topics=("epidemic",))
    refused = desk.refusal(draft, DAY)

    desk.do(LEAVE, DAY, "head").do(draft, DAY)

    assert refused.code == "blocked_by_check"
    assert "topic_presumes_disclosure" in {f.code for f in refused.findings}
    assert state(desk) is State.IN_REVIEW
    assert state(processing().do(draft, DAY)) is State.IN_REVIEW


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"item": 2}, "unknown_item"),
        ({"ground": Ground.STATE_SECRET}, "not_discretionary"),
        ({"ground": Ground.PERSONAL_PRIVACY}, "not_discretionary"),
        ({"label": ""}, "reason_missing"),
        ({"reasons": " "}, "reason_missing"),
    ],
    ids=["item", "secret", "privacy", "label", "reasons"],
)
def test_a_leave_that_cannot_stand_is_refused(changes: dict[str, Any], code: str) -> None:
    refused = processing().refusal(replace(LEAVE, **changes), DAY, "head")

    assert (refused.code, refused.article) == (code, "16")


# ── Draft ────────────────────────────────────────────────────────────────────


def test_a_draft_goes_to_review_and_the_clock_goes_on() -> None:
    desk = in_review()

    assert desk.case
    assert desk.case.draft
    assert (desk.case.state, desk.due) == (State.IN_REVIEW, DUE)
    assert desk.case.draft.decisions == (DISCLOSE,)


@pytest.mark.parametrize(
    ("decisions", "finding"),
    [
        ((DISCLOSE,), "item_unanswered"),
        ((DISCLOSE, replace(DISCLOSE, item=2), replace(DISCLOSE, item=3)), "item_unknown"),
        ((replace(DISCLOSE, item=2), replace(DISCLOSE, provide="")), "provide_missing"),
        ((), "item_unanswered"),
    ],
    ids=["one left out", "one too many", "nothing said", "nothing"],
)
def test_a_draft_that_the_check_blocks_is_refused_with_its_findings(
    decisions: tuple[Decision, ...], finding: str
) -> None:
    desk = processing(items=TWO_ITEMS)

    refused = desk.refusal(c.DraftReply(decisions=decisions), DAY)

    assert refused.code == "blocked_by_check"
    assert finding in {f.code for f in refused.findings if f.severity.value == "block"}
    assert refused.article == refused.findings[0].article
    assert state(desk) is State.PROCESSING


def test_only_its_drafter_recalls_a_draft_and_only_before_the_review() -> None:
    desk = in_review(by="officer:李")
    refused = desk.refusal(c.RecallDraft(), DAY, "officer:王")
    desk.do(c.RecallDraft(), DAY, "officer:李")

    assert (refused.code, refused.article) == ("wrong_person", "45")
    assert desk.case
    assert (desk.case.state, desk.case.draft) == (State.PROCESSING, None)
    assert to_approve().refusal(c.RecallDraft(), DAY).code == "wrong_state"


# ── Review and approval ──────────────────────────────────────────────────────


def test_the_review_records_itself_and_its_opinion() -> None:
    desk = in_review().do(c.PassReview(opinion="合法，不涉密"), NEXT, "reviewer:张")

    assert desk.case
    assert desk.case.draft
    assert desk.case.draft.reviewed_by == Actor.parse("reviewer:张")
    assert (desk.case.draft.reviewed_on, desk.case.draft.review_opinion) == (NEXT, "合法，不涉密")
    assert (desk.case.state, desk.due) == (State.AWAITING_APPROVAL, DUE)


@pytest.mark.parametrize("by", ["reviewer", "head"])
@pytest.mark.parametrize(
    "start", [in_review, to_approve, approved_case], ids=["in review", "to approve", "approved"]
)
def test_a_return_voids_draft_review_and_approval(start: Callable[[], Desk], by: str) -> None:
    desk = start()
    refused = desk.refusal(c.ReturnReply(comments=" "), NEXT, by)
    desk.do(c.ReturnReply(comments="理由不足"), NEXT, by)

    assert (refused.code, refused.article) == ("reason_missing", "45")
    assert desk.case
    assert (desk.case.state, desk.case.draft, desk.due) == (State.PROCESSING, None, DUE)
    assert desk.do(DRAFT, NEXT).refusal(c.ApproveReply(), NEXT, "head").code == "wrong_state"


def test_the_officer_cannot_return_a_reply() -> None:
    assert in_review().refusal(c.ReturnReply(comments="重写"), DAY).code == "wrong_person"


def test_an_approval_stands_for_the_draft_that_was_reviewed() -> None:
    desk = to_approve().do(c.ApproveReply(), NEXT, "head:赵")

    assert desk.case
    assert desk.case.draft
    assert desk.case.draft.approved_by == Actor.parse("head:赵")
    assert (desk.case.state, desk.case.draft.approved_on) == (State.APPROVED, NEXT)


@pytest.mark.parametrize(
    ("start", "command", "by"),
    [(to_approve, c.ApproveReply(), "head"), (approved_case, c.IssueReply(), "officer")],
    ids=["approve", "issue"],
)
def test_a_draft_that_was_changed_behind_the_gate_is_neither_approved_nor_issued(
    start: Callable[[], Desk], command: c.Command, by: str
) -> None:
    desk = start()
    assert desk.case
    assert desk.case.draft
    forged = replace(desk.case.draft, decisions=(replace(DISCLOSE, provide="别的"),))
    desk.case = replace(desk.case, draft=forged)

    refused = desk.refusal(command, NEXT, by)

    assert (refused.code, refused.article) == ("draft_changed", "45")


def test_the_check_runs_again_on_the_day_of_the_approval_and_of_the_issue() -> None:
    waiting, ready = to_approve(SECRET), approved_case(SECRET)

    not_approved = waiting.refusal(c.ApproveReply(), LATER, "head")
    not_issued = ready.refusal(c.IssueReply(), LATER)

    for refused in (not_approved, not_issued):
        assert refused.code == "blocked_by_check"
        assert "over_withheld" in {f.code for f in refused.findings}
    assert state(waiting.do(c.ApproveReply(), NEXT, "head")) is State.APPROVED
    assert state(ready.do(c.IssueReply(), NEXT)) is State.ISSUED


# ── Issue and recall ─────────────────────────────────────────────────────────


def test_the_clock_goes_on_after_the_letter_is_made() -> None:
    desk = approved_case().do(c.IssueReply(), NEXT)

    assert desk.case
    assert desk.case.reply
    assert (desk.case.state, desk.due) == (State.ISSUED, DUE)
    assert (desk.case.reply.issued_on, desk.case.reply.in_time) == (NEXT, None)


def issued_as(desk: Desk, number: str) -> Desk:
    """Issue as the shell does: the fact carries the number of the paper."""
    assert desk.case
    paper = PaperRef(kind="reply", number=number, sha256="0" * 64)
    fact = Fact(
        number=desk.case.version + 1,
        on=NEXT,
        actor=Actor.parse("officer"),
        command=c.IssueReply(),
        papers=(paper,),
    )
    desk.case = after(desk.case, fact, desk.world)
    return desk


def test_a_recalled_reply_keeps_its_number_and_is_void() -> None:
    desk = issued_as(approved_case(), "某政公〔2020〕1号")
    blank = desk.refusal(c.RecallReply(), LATER, "head")

    desk.do(c.RecallReply(reason="附件有误"), LATER, "head")

    assert (blank.code, blank.article) == ("reason_missing", "45")
    assert desk.case
    assert (desk.case.state, desk.case.draft, desk.case.reply) == (State.PROCESSING, None, None)
    assert desk.due == DUE
    approved(desk, LATER)
    issued = issued_as(desk, "某政公〔2020〕2号").case
    assert issued
    assert [(r.number, r.void_on, r.void_reason) for r in issued.replies] == [
        ("某政公〔2020〕1号", LATER, "附件有误"),
        ("某政公〔2020〕2号", None, ""),
    ]


# ── On the spot ──────────────────────────────────────────────────────────────

CLEARED = (c.Item(title="机构职能简介"),)
PUBLIC = Decision(
    item=1, outcome=Outcome.ALREADY_PUBLIC, where="https://example.gov.cn/zwgk/1.html"
)


@pytest.mark.parametrize("steps", [(), (c.Accept(),)], ids=["received", "processing"])
@pytest.mark.parametrize("decision", [DISCLOSE, PUBLIC], ids=["cleared", "already public"])
def test_what_is_cleared_or_public_is_answered_on_the_spot(
    decision: Decision, steps: tuple[c.Command, ...]
) -> None:
    desk = Desk().do(register(items=CLEARED), DAY)
    for step in steps:
        desk.do(step, DAY)

    desk.do(c.AnswerOnTheSpot(decisions=(decision,)), DAY)

    assert desk.case
    assert desk.case.reply
    assert (desk.case.state, desk.case.reply.in_time) == (State.REPLIED, True)
    assert (desk.case.reply.sent_on, desk.due) == (DAY, date(2020, 10, 23))
    assert state(desk.do(c.Archive(), DAY)) is State.ARCHIVED


@pytest.mark.parametrize(
    ("decision", "items"),
    [
        (DISCLOSE, (ITEM,)),
        (MASKED, CLEARED),
        (NOT_HELD, CLEARED),
        (replace(DISCLOSE, item=2), CLEARED),
    ],
    ids=["not cleared", "a refusal in part", "not held", "unknown item"],
)
def test_nothing_else_is_answered_on_the_spot(
    decision: Decision, items: tuple[c.Item, ...]
) -> None:
    command = c.AnswerOnTheSpot(decisions=(decision,))

    refused = processing(items=items).refusal(command, DAY)

    assert (refused.code, refused.article) == ("not_on_the_spot", "33.1")


def test_an_answer_on_the_spot_answers_every_item() -> None:
    desk = processing(items=(*CLEARED, ITEM))

    refused = desk.refusal(c.AnswerOnTheSpot(decisions=(DISCLOSE,)), DAY)

    assert refused.code == "blocked_by_check"
    assert [f.code for f in refused.findings] == ["item_unanswered"]


def test_an_answer_on_the_spot_may_be_late_and_is_told_like_any_other() -> None:
    desk = processing(items=CLEARED)

    desk.do(c.AnswerOnTheSpot(decisions=(DISCLOSE,)), date(2020, 10, 20))

    assert desk.case
    assert desk.case.reply
    assert (desk.case.reply.in_time, [f.code for f in desk.findings]) == (False, ["late"])
