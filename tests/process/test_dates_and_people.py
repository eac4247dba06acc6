"""Order of dates, and who acts: four eyes, names across roles, the sweep."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.process.desk import (
    AGENCY,
    DISCLOSE,
    FEE_PAGES,
    WORLD,
    Desk,
    processing,
    register,
    replied,
)
from workflow import commands as c
from workflow.gate import default_actor
from workflow.people import Actor
from workflow.vocabulary import (
    ChallengeKind,
    ChallengeResult,
    Channel,
    ConsultationKind,
    DeliveryResult,
    EndHow,
    Opinion,
    ReopenCause,
    Role,
    SendMethod,
    State,
)

DAY, NOTED = date(2020, 9, 21), date(2020, 10, 12)
DRAFT = c.DraftReply(decisions=(DISCLOSE,))
POST = c.SendReply(method=SendMethod.POST, tracking="XA1")
CONSULT = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
OBJECTS = c.RecordOpinion(consultation=1, opinion=Opinion.OBJECT, reasons="商密")
CHALLENGE = c.RecordChallenge(kind=ChallengeKind.RECONSIDERATION, body="某市人民政府")
ASK_CORRECTION = c.RequestCorrection(matters=("文件名称",), notice_received_on=DAY)

Taken = tuple[c.Command, str]


def officer(*commands: c.Command) -> list[Taken]:
    return [(command, "officer") for command in commands]


# ── Dates ────────────────────────────────────────────────────────────────────

OWN_ACTS: dict[str, list[Taken]] = {
    "to the archive": [
        *officer(c.Accept(), c.RecordContact(means="电话"), c.AddNote(text="阅")),
        *officer(c.RecordSearch(places=("室",), keywords=("地",), result="有")),
        *officer(CONSULT, c.EndConsultation(consultation=1, how=EndHow.WITHDRAWN, reason="误")),
        *officer(c.RequestExtension(working_days=5, reason="检索")),
        (c.DecideExtension(grant=True), "head"),
        *officer(DRAFT),
        (c.ReturnReply(comments="改"), "reviewer"),
        *officer(DRAFT, c.RecallDraft(), DRAFT),
        (c.PassReview(), "reviewer"),
        (c.ApproveReply(), "head"),
        *officer(c.IssueReply()),
        (c.RecallReply(reason="附件有误"), "head"),
        *officer(DRAFT),
        (c.PassReview(), "reviewer"),
        (c.ApproveReply(), "head"),
        *officer(c.IssueReply(), c.SendReply(method=SendMethod.IN_PERSON), c.Archive()),
        (c.Reopen(cause=ReopenCause.OWN_MOTION), "head"),
        (c.CoHandle(unit="某局"), "head"),
        *officer(c.AnswerCoHandle(text="有")),
        (c.Assign(to="officer:王"), "head"),
        *officer(c.HandOver(to="officer:王"), c.AskGuidance(text="请示")),
        (c.GiveGuidance(text="可以公开"), "supervisor"),
        *officer(c.Attach(file="甲.pdf"), c.Withdraw(statement="撤回")),
    ],
    "corrected": officer(replace(ASK_CORRECTION, notice_received_on=None)),
    "explained": [
        *officer(c.Accept(), c.RequestExplanation(reason="40件")),
        *officer(c.RecordExplanation(text="研究", accepted=True)),
        (c.DeferReply(until=date(2021, 6, 1), reason="两百卷"), "head"),
        (FEE_PAGES, "head"),
        (c.Terminate(reason="死亡"), "head"),
    ],
    "passed on": officer(c.Misdirect(to="某市", reason="误投")),
}


@pytest.mark.parametrize("acts", OWN_ACTS.values(), ids=OWN_ACTS)
def test_the_agencys_own_acts_never_go_back(acts: list[Taken]) -> None:
    on = date(2021, 3, 1)
    desk = Desk().do(register(), on)
    for command, by in acts:
        if not isinstance(command, c.RecordExplanation):
            refused = desk.refusal(command, on - timedelta(days=1), by)
            assert (refused.code, refused.article) == ("date_goes_back", "45")
            assert "2021年3月1日" in refused.message
        desk.do(command, on, by)


def arrived() -> Desk:
    return Desk().do(register(channel=Channel.EMAIL), DAY)


def correcting() -> Desk:
    return Desk().do(register(), date(2020, 9, 14)).do(ASK_CORRECTION, DAY)


def consulting() -> Desk:
    return processing().do(CONSULT, DAY)


def informed() -> Desk:
    return consulting().do(c.RecordConsultationReceipt(consultation=1), DAY)


def explaining() -> Desk:
    return processing().do(c.RequestExplanation(reason="40件"), DAY)


def paying() -> Desk:
    return processing(date(2021, 2, 22)).do(FEE_PAGES, date(2021, 3, 1), "head")


def sent() -> Desk:
    return replied(processing(), DAY)


def challenged() -> Desk:
    return sent().do(CHALLENGE, DAY)


OUTSIDE: dict[str, tuple[Callable[[], Desk], c.Command, date]] = {
    "receipt": (arrived, c.ConfirmReceipt(), DAY),
    "correction": (correcting, c.ReceiveCorrection(), DAY),
    "letter": (consulting, c.RecordConsultationReceipt(consultation=1), DAY),
    "opinion": (informed, OBJECTS, DAY),
    "explanation": (explaining, c.RecordExplanation(text="研究"), DAY),
    "payment": (paying, c.RecordPayment(), date(2021, 3, 1)),
    "delivery": (sent, c.RecordDelivery(result=DeliveryResult.DELIVERED), DAY),
    "service": (
        arrived,
        c.RecordService(paper="receipt", result=DeliveryResult.DELIVERED),
        DAY,
    ),
    "challenge": (processing, CHALLENGE, date(2020, 9, 14)),
    "result": (
        challenged,
        c.RecordChallengeResult(challenge=1, result=ChallengeResult.REJECTED),
        DAY,
    ),
}


@pytest.mark.parametrize(("start", "event", "cause"), OUTSIDE.values(), ids=OUTSIDE)
def test_an_event_outside_may_become_known_late_but_has_its_cause_before_it(
    start: Callable[[], Desk], event: c.Command, cause: date
) -> None:
    noted = cause + timedelta(days=14)
    desk = start().do(c.AddNote(text="阅"), noted)

    refused = desk.refusal(event, cause - timedelta(days=1))
    desk.do(event, cause)

    assert refused.code == "before_its_cause"
    assert f"{cause.year}年{cause.month}月{cause.day}日" in refused.message
    assert desk.case
    assert (desk.case.facts[-1].on, desk.case.last_on) == (cause, noted)


@pytest.mark.parametrize(
    ("start", "command"),
    [
        (Desk, register()),
        (processing, c.AddNote(text="阅")),
        (processing, DRAFT),
        (arrived, c.ConfirmReceipt()),
        (consulting, c.RecordConsultationReceipt(consultation=1)),
        (sent, CHALLENGE),
    ],
    ids=["registration", "note", "draft", "receipt", "letter", "challenge"],
)
def test_nothing_is_dated_after_today(start: Callable[[], Desk], command: c.Command) -> None:
    desk = start()
    desk.world = WORLD.on(NOTED)

    refused = desk.refusal(command, date(2020, 10, 13))

    assert (refused.code, refused.article) == ("future_date", "45")
    assert "2020年10月12日" in refused.message
    assert desk.do(command, NOTED).case


def test_a_step_may_be_taken_on_a_day_off() -> None:
    saturday, sunday = date(2020, 9, 19), date(2020, 9, 13)

    desk = processing(sunday)
    assert desk.due == date(2020, 10, 15)
    desk.do(DRAFT, saturday)

    assert desk.case
    assert (desk.case.state, desk.due) == (State.IN_REVIEW, date(2020, 10, 15))


def test_a_step_whose_deadline_lies_beyond_the_calendar_is_refused() -> None:
    desk = Desk(WORLD.on(date(2027, 12, 20)))

    refused = desk.refusal(register(), date(2027, 12, 20))

    assert refused.code == "no_calendar"
    assert "2028" in refused.message


def test_a_refused_step_leaves_the_case_as_it_was() -> None:
    desk = processing()
    before = desk.case

    desk.refusal(c.Accept(), DAY)
    desk.refusal(DRAFT, DAY, "head")

    assert desk.case is before


# ── People ───────────────────────────────────────────────────────────────────


def drafted(by: str = "officer:李") -> Desk:
    return processing().do(DRAFT, DAY, by)


@pytest.mark.parametrize("name", ["李", "王"])
def test_nobody_reviews_or_approves_what_he_had_a_hand_in(name: str) -> None:
    desk = drafted("officer:李").do(c.ReturnReply(comments="改"), DAY, "reviewer:张")
    desk.do(DRAFT, DAY, "officer:王")
    review = desk.refusal(c.PassReview(), DAY, f"reviewer:{name}")
    desk.do(c.PassReview(), DAY, "reviewer:张")
    approval = desk.refusal(c.ApproveReply(), DAY, f"head:{name}")

    for refused in (review, approval):
        assert (refused.code, refused.article) == ("own_draft", "17.1")
        assert name in refused.message
    assert desk.do(c.ApproveReply(), DAY, "head:赵").case


def test_a_recalled_draft_counts_among_the_drafts() -> None:
    desk = drafted("officer:李").do(c.RecallDraft(), DAY, "officer:李").do(DRAFT, DAY, "officer:王")

    assert desk.refusal(c.PassReview(), DAY, "reviewer:李").code == "own_draft"


def test_a_bare_role_is_a_person_of_its_own() -> None:
    desk = drafted("officer").do(c.PassReview(), DAY, "reviewer").do(c.ApproveReply(), DAY, "head")

    assert desk.case
    assert desk.case.state is State.APPROVED


def test_the_reviewer_approves_only_in_an_office_of_two() -> None:
    desk = drafted().do(c.PassReview(), DAY, "reviewer:张")
    refused = desk.refusal(c.ApproveReply(), DAY, "head:张")

    desk.world = replace(WORLD, agency=replace(AGENCY, office_of_two=True))
    drafter = desk.refusal(c.ApproveReply(), DAY, "head:李")
    desk.do(c.ApproveReply(), DAY, "head:张")

    assert (refused.code, refused.article) == ("own_review", "17.1")
    assert "张" in refused.message
    assert drafter.code == "own_draft"
    assert desk.case
    assert desk.case.state is State.APPROVED


def test_for_an_office_of_one_the_named_superior_approves() -> None:
    desk = drafted().do(c.PassReview(), DAY, "reviewer:张")
    desk.world = replace(WORLD, agency=replace(AGENCY, superior_head="孙"))

    refused = desk.refusal(c.ApproveReply(), DAY, "head:赵")
    desk.do(c.ApproveReply(), DAY, "head:孙")

    assert (refused.code, refused.article) == ("not_the_superior", "17.1")
    assert "孙" in refused.message
    assert desk.case
    assert desk.case.state is State.APPROVED


def test_a_reopened_case_has_new_drafters() -> None:
    desk = drafted("officer:李").do(c.PassReview(), DAY, "reviewer:张")
    desk.do(c.ApproveReply(), DAY, "head:赵").do(c.IssueReply(), DAY).do(POST, DAY)
    desk.do(c.Reopen(cause=ReopenCause.OWN_MOTION), DAY, "head:赵").do(DRAFT, DAY, "officer:王")

    assert desk.do(c.PassReview(), DAY, "reviewer:李").case


@pytest.mark.parametrize(
    ("start", "command"),
    [
        (processing, c.AddNote(text="阅")),
        (processing, DRAFT),
        (informed, OBJECTS),
        (informed, c.EndConsultation(consultation=1, how=EndHow.WITHDRAWN, reason="误")),
        (sent, c.Archive()),
    ],
    ids=lambda x: x.do if isinstance(x, c.Command) else "",
)
def test_the_sweep_takes_no_step_of_an_officer(
    start: Callable[[], Desk], command: c.Command
) -> None:
    refused = start().refusal(command, NOTED, "system")

    assert refused.code == "wrong_person"
    assert "经办人" in refused.message


@pytest.mark.parametrize(
    ("text", "role", "name"),
    [
        ("officer", Role.OFFICER, ""),
        ("officer:李", Role.OFFICER, "李"),
        (" reviewer : 李 ", Role.REVIEWER, "李"),
    ],
)
def test_an_actor_is_written_as_role_and_name(text: str, role: Role, name: str) -> None:
    actor = Actor.parse(text)

    assert (actor.role, actor.name) == (role, name)
    assert Actor.parse(str(actor)) == actor


def test_an_unknown_role_is_an_error() -> None:
    with pytest.raises(ValueError, match="clerk"):
        Actor.parse("clerk:李")


@pytest.mark.parametrize(
    ("command", "actor"),
    [
        (c.RecallDraft(), "officer:李"),
        (c.PassReview(), "reviewer"),
        (c.CorrectRecord(fact=1, field="name", value="王五", reason="误"), "officer"),
        (c.CorrectRecord(fact=1, field="on", value="2020-09-11", reason="误"), "head"),
        (c.CorrectRecord(fact=9, field="on", value="2020-09-11", reason="误"), "officer"),
    ],
    ids=["recall", "review", "name", "date that moves a deadline", "unknown fact"],
)
def test_where_nobody_is_named_the_first_who_may_takes_the_step(
    command: c.Command, actor: str
) -> None:
    assert default_actor(drafted().case, command, DAY, WORLD) == Actor.parse(actor)
