"""Getting the reply out: third parties told, dispatch, delivery, and the file closed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.words import Ground, Outcome
from tests.process.desk import (
    AGENCY,
    FEE_PAGES,
    MASKED,
    WORLD,
    Desk,
    approved,
    processing,
    replied,
)
from workflow import commands as c
from workflow.clock import running
from workflow.decision import Decision, Evidence, Passage, TradeSecret
from workflow.vocabulary import (
    ConsultationKind,
    Delivery,
    DeliveryResult,
    Opinion,
    ReopenCause,
    SendMethod,
    State,
)

DAY, DUE = date(2020, 9, 21), date(2020, 10, 16)
POST = c.SendReply(method=SendMethod.POST, tracking="XA00012345621")
ONLINE = c.SendReply(method=SendMethod.ELECTRONIC)


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def in_time(desk: Desk) -> bool | None:
    assert desk.case
    assert desk.case.reply
    return desk.case.reply.in_time


def issued(on: date = DAY, received: date = date(2020, 9, 14), **case: object) -> Desk:
    return approved(processing(received, **case), on).do(c.IssueReply(), on)


def posted(on: date = DAY) -> Desk:
    return issued().do(POST, on)


# ── Third parties ────────────────────────────────────────────────────────────

TOLD = c.NotifyThirdParty(consultation=1, reason="补偿标准不属于商业秘密，异议理由不成立")


def consulted(opinion: Opinion) -> Desk:
    """A third party whose opinion came on 28 September; the reply is then due on 22 October."""
    ask = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    return (
        processing()
        .do(ask, DAY)
        .do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))
        .do(c.RecordOpinion(consultation=1, opinion=opinion, reasons="商密"), date(2020, 9, 28))
    )


def released(opinion: Opinion) -> Desk:
    return approved(consulted(opinion), date(2020, 9, 29))


@pytest.mark.parametrize("opinion", [Opinion.OBJECT, Opinion.PARTIAL])
def test_nothing_is_released_over_an_objection_before_its_author_is_told(opinion: Opinion) -> None:
    desk = released(opinion).do(c.IssueReply(), date(2020, 9, 29))

    refused = desk.refusal(POST, date(2020, 10, 13))
    desk.do(TOLD, date(2020, 9, 29)).do(POST, date(2020, 10, 13))

    assert (refused.code, refused.article) == ("third_party_not_told", "32")
    assert (state(desk), desk.findings) == (State.REPLIED, ())


def test_a_notice_for_an_earlier_approval_does_not_serve_for_the_next() -> None:
    desk = released(Opinion.OBJECT).do(TOLD, date(2020, 9, 29))
    desk.do(c.ReturnReply(comments="改"), date(2020, 9, 29), "head")
    approved(desk, date(2020, 10, 9)).do(c.IssueReply(), date(2020, 10, 9))

    assert desk.refusal(POST, date(2020, 10, 20)).code == "third_party_not_told"
    assert state(desk.do(TOLD, date(2020, 10, 9)).do(POST, date(2020, 10, 20))) is State.REPLIED


@pytest.mark.parametrize(
    ("sent", "warns"), [(date(2020, 10, 12), ["released_soon"]), (date(2020, 10, 13), [])]
)
def test_a_release_less_than_five_working_days_later_is_seen(sent: date, warns: list[str]) -> None:
    desk = released(Opinion.OBJECT).do(TOLD, date(2020, 9, 29))

    desk.do(c.IssueReply(), date(2020, 9, 29)).do(POST, sent)

    assert [f.code for f in desk.findings if f.severity.value == "warn"] == warns
    assert all("2020年9月29日" in f.message for f in desk.findings)


def test_who_consents_need_not_be_told() -> None:
    desk = released(Opinion.CONSENT)
    refused = desk.refusal(TOLD, date(2020, 9, 29))
    desk.do(c.IssueReply(), date(2020, 9, 29)).do(POST, date(2020, 9, 29))

    assert (refused.code, refused.article) == ("nothing_to_notify", "32")
    assert state(desk) is State.REPLIED


def test_whose_objection_is_followed_need_not_be_told() -> None:
    secret = TradeSecret(
        secrecy_finding="不为公众所知悉，采取了保密措施",
        objection_assessed="异议理由成立",
        public_interest="不公开不影响公共利益",
    )
    kept = Passage(
        label="全文",
        disclose=False,
        grounds=(Ground.TRADE_SECRET,),
        reason="公开会使竞争者取得报价",
        evidence=Evidence(trade_secret=secret),
    )
    withheld = Decision(
        item=1,
        outcome=Outcome.WITHHOLD,
        separable=False,
        separability_reason="报价逐页出现",
        passages=(kept,),
    )
    desk = approved(consulted(Opinion.OBJECT), date(2020, 9, 29), withheld)

    assert desk.refusal(TOLD, date(2020, 9, 29)).code == "nothing_to_notify"
    desk.do(c.IssueReply(), date(2020, 9, 29)).do(POST, date(2020, 9, 29))
    assert state(desk) is State.REPLIED


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"consultation": 2}, "unknown_consultation"), ({"reason": " "}, "reason_missing")],
)
def test_a_notice_to_a_third_party_says_whom_and_why(changes: dict[str, Any], code: str) -> None:
    refused = released(Opinion.OBJECT).refusal(replace(TOLD, **changes), date(2020, 9, 29))

    assert (refused.code, refused.article) == (code, "32")


# ── Dispatch ─────────────────────────────────────────────────────────────────


def test_the_clock_stops_at_dispatch_and_not_at_the_letter() -> None:
    desk = issued()
    assert desk.case
    assert running(desk.case, WORLD.on(date(2020, 9, 22)))

    desk.do(POST, date(2020, 9, 22))

    assert not running(desk.case, WORLD.on(date(2020, 9, 23)))
    assert (state(desk), desk.due, in_time(desk)) == (State.REPLIED, DUE, True)


@pytest.mark.parametrize(
    ("sent", "punctual", "days"),
    [(DUE, True, None), (date(2020, 10, 19), False, 1), (date(2020, 11, 2), False, 11)],
    ids=["due day", "next working day", "eleven days"],
)
def test_lateness_refuses_nothing_and_is_told(
    sent: date, *, punctual: bool, days: int | None
) -> None:
    desk = posted(sent)

    assert (state(desk), desk.due, in_time(desk)) == (State.REPLIED, DUE, punctual)
    late = [f for f in desk.findings if f.code == "late"]
    assert [f.severity.value for f in late] == ([] if days is None else ["warn"])
    assert all(f"逾期{days}个工作日" in f.message for f in late)
    assert all("2020年10月16日" in f.message for f in late)


def test_a_reply_posted_on_the_weekend_after_the_due_day_is_late() -> None:
    desk = posted(date(2020, 10, 17))

    assert in_time(desk) is False
    assert [f.code for f in desk.findings] == ["late"]
    assert "逾期0个" not in desk.findings[0].message


@pytest.mark.parametrize("tracking", ["", " "])
def test_post_needs_a_number(tracking: str) -> None:
    refused = issued().refusal(replace(POST, tracking=tracking), DAY)

    assert refused.code == "tracking_missing"
    assert "235号" in refused.article


@pytest.mark.parametrize("carrier", ["中国邮政", "EMS", "ems特快专递", "邮政速递物流"])
def test_the_post_carries_official_papers(carrier: str) -> None:
    assert state(issued().do(replace(POST, carrier=carrier), DAY)) is State.REPLIED


@pytest.mark.parametrize("carrier", ["顺丰速运", "圆通", ""])
def test_a_private_courier_does_not(carrier: str) -> None:
    refused = issued().refusal(replace(POST, carrier=carrier), DAY)

    assert (refused.code, refused.article) == ("not_postal", "邮政法55")


@pytest.mark.parametrize("method", [SendMethod.IN_PERSON, SendMethod.VIA_AGENCY, SendMethod.PICKUP])
def test_a_signature_on_the_spot_suffices_as_proof(method: SendMethod) -> None:
    desk = issued().do(c.SendReply(method=method), DAY).do(c.Archive(), DAY)

    assert (state(desk), in_time(desk)) == (State.ARCHIVED, True)


def test_a_reply_is_sent_electronically_only_where_that_was_asked_for() -> None:
    refused = issued(delivery=Delivery.POST).refusal(ONLINE, DAY)

    assert (refused.code, refused.article) == ("not_asked_electronic", "40")
    assert issued().refusal(ONLINE, DAY).code == "not_asked_electronic"
    assert state(issued(delivery=Delivery.ELECTRONIC).do(ONLINE, DAY)) is State.REPLIED


@pytest.mark.parametrize(
    ("sent", "online_review", "allowed"),
    [
        (date(2023, 12, 29), "", True),
        (date(2024, 1, 1), "", False),
        (date(2024, 1, 2), "https://fuyi.example.gov.cn", True),
    ],
    ids=["before 2024", "no channel", "channel"],
)
def test_from_2024_electronic_service_names_an_online_channel_for_review(
    sent: date, online_review: str, *, allowed: bool
) -> None:
    first = date(2023, 12, 20)
    desk = issued(first, first, delivery=Delivery.ELECTRONIC)
    desk.world = replace(WORLD, agency=replace(AGENCY, online_review=online_review))

    if allowed:
        assert state(desk.do(ONLINE, sent)) is State.REPLIED
    else:
        refused = desk.refusal(ONLINE, sent)
        assert (refused.code, refused.article) == ("no_online_review", "行政复议法22.2")
        assert "2024年1月1日" in refused.message


# ── Delivery ─────────────────────────────────────────────────────────────────


def test_delivery_is_proven_and_the_file_closed() -> None:
    desk = posted()
    early = desk.refusal(c.RecordDelivery(result=DeliveryResult.DELIVERED), date(2020, 9, 18))
    unproven = desk.refusal(c.Archive(), date(2020, 10, 9))

    desk.do(c.RecordDelivery(result=DeliveryResult.DELIVERED), date(2020, 9, 24))

    assert (early.code, early.article) == ("before_its_cause", "45")
    assert "2020年9月21日" in early.message
    assert (unproven.code, unproven.article) == ("service_not_proven", "45")
    assert desk.case
    assert desk.case.reply
    assert desk.case.reply.sendings[0].result_on == date(2020, 9, 24)
    assert (state(desk), desk.due) == (State.REPLIED, DUE)
    assert state(desk.do(c.Archive(), date(2020, 9, 25))) is State.ARCHIVED
    assert (desk.due, in_time(desk)) == (DUE, True)


def test_a_refusal_is_service_where_it_was_witnessed() -> None:
    refusal = c.RecordDelivery(result=DeliveryResult.REFUSED)
    bare = posted().do(refusal, date(2020, 9, 24))
    seen = posted().do(replace(refusal, proof="见证人张某、王某签字"), date(2020, 9, 24))

    assert bare.refusal(c.Archive(), date(2020, 9, 25)).code == "service_not_proven"
    assert state(seen.do(c.Archive(), date(2020, 9, 25))) is State.ARCHIVED


@pytest.mark.parametrize("result", [DeliveryResult.RETURNED, DeliveryResult.UNREACHABLE])
def test_what_came_back_is_sent_again_and_the_first_sending_decides(
    result: DeliveryResult,
) -> None:
    again = c.ResendReply(method=SendMethod.POST, tracking="XA2")
    desk = posted().do(c.RecordDelivery(result=result), date(2020, 10, 20))
    assert desk.refusal(c.Archive(), date(2020, 10, 21)).code == "service_not_proven"

    desk.do(again, date(2020, 10, 21))
    desk.do(c.RecordDelivery(result=DeliveryResult.DELIVERED), date(2020, 10, 23))

    assert (in_time(desk), desk.due, desk.findings) == (True, DUE, ())
    assert desk.case
    assert desk.case.reply
    assert [s.result for s in desk.case.reply.sendings] == [result, DeliveryResult.DELIVERED]
    assert state(desk.do(c.Archive(), date(2020, 10, 23))) is State.ARCHIVED


@pytest.mark.parametrize("results", [(), (DeliveryResult.DELIVERED,)], ids=["unknown", "delivered"])
def test_nothing_is_sent_again_that_did_not_come_back(results: tuple[DeliveryResult, ...]) -> None:
    desk = posted()
    for result in results:
        desk.do(c.RecordDelivery(result=result), date(2020, 9, 24))

    refused = desk.refusal(c.ResendReply(method=SendMethod.IN_PERSON), date(2020, 9, 25))

    assert (refused.code, refused.article) == ("nothing_to_resend", "45")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"tracking": ""}, "tracking_missing"),
        ({"carrier": "顺丰速运"}, "not_postal"),
        ({"method": SendMethod.ELECTRONIC}, "not_asked_electronic"),
    ],
    ids=["number", "courier", "electronic"],
)
def test_the_second_sending_is_held_to_the_same_means(changes: dict[str, Any], code: str) -> None:
    back = c.RecordDelivery(result=DeliveryResult.RETURNED)
    desk = posted().do(back, date(2020, 9, 24))
    again = c.ResendReply(method=SendMethod.POST, tracking="XA2")

    assert desk.refusal(replace(again, **changes), date(2020, 9, 25)).code == code


# ── Archive ──────────────────────────────────────────────────────────────────


def test_service_may_be_given_up_with_a_reason() -> None:
    desk = posted()
    assert desk.refusal(c.Archive(service_given_up=" "), DAY).code == "service_not_proven"

    assert state(desk.do(c.Archive(service_given_up="三次投递无人"), DAY)) is State.ARCHIVED


def test_a_closed_case_is_archived_and_has_no_reply_date() -> None:
    desk = processing().do(c.Withdraw(statement="撤回"), DAY).do(c.Archive(), DAY)

    assert (state(desk), desk.due) == (State.ARCHIVED, None)


def test_a_case_withdrawn_after_its_reopening_is_archived_whatever_became_of_the_reply() -> None:
    desk = posted().do(c.Reopen(cause=ReopenCause.OWN_MOTION), DAY, "head")

    desk.do(c.Withdraw(statement="撤回"), DAY).do(c.Archive(), DAY)

    assert (state(desk), desk.due) == (State.ARCHIVED, None)


def test_an_open_case_is_not_archived() -> None:
    assert processing().refusal(c.Archive(service_given_up="不送"), DAY).code == "wrong_state"


def test_what_was_charged_and_masked_is_replied_like_the_rest() -> None:
    desk = processing(date(2021, 2, 22)).do(FEE_PAGES, date(2021, 3, 1), "head")
    desk.do(c.RecordPayment(), date(2021, 3, 10))

    replied(desk, date(2021, 4, 8), MASKED)

    assert (desk.due, in_time(desk)) == (date(2021, 4, 8), True)


KEPT = Decision(
    item=1,
    outcome=Outcome.PARTLY_DISCLOSE,
    provide="合同正文",
    passages=(
        Passage(label="正文", disclose=True),
        Passage(
            label="报价明细",
            disclose=False,
            grounds=(Ground.TRADE_SECRET,),
            reason="报价构成是投标人的核心商业秘密",
            evidence=Evidence(
                trade_secret=TradeSecret(
                    consultation=1,
                    secrecy_finding="不为公众所知悉，有商业价值，已采取保密措施",
                    objection_assessed="异议理由成立",
                    public_interest="不公开不影响公共利益",
                )
            ),
        ),
    ),
)


@pytest.mark.parametrize("opinion", [Opinion.OBJECT, Opinion.PARTIAL])
def test_an_objection_that_is_followed_needs_no_notice_to_its_author(opinion: Opinion) -> None:
    assert state(replied(consulted(opinion), date(2020, 9, 29), KEPT)) is State.REPLIED
