"""The reply period itself: extension (33.2), deferral (35), the fee (42), and the worked dates."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.words import FeeBasis
from tests.process.desk import FEE_PAGES, WORLD, Desk, processing, register
from workflow import commands as c
from workflow.agency import Policy
from workflow.clock import applicant_due, deadlines, reply_due, running
from workflow.vocabulary import Channel, ConsultationKind, Form, Opinion, State

DUE = date(2020, 10, 16)
MONDAY = date(2020, 9, 21)
IN_PARTS = replace(WORLD, policy=Policy(one_extension=False))
ASK = c.RequestExtension(working_days=20, reason="需跨部门检索")
GRANT = c.DecideExtension(grant=True)


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def payment_due(desk: Desk) -> date | None:
    assert desk.case
    day = applicant_due(desk.case, WORLD.calendar)
    return day.on if day else None


def extended(desk: Desk, days: int, on: date) -> Desk:
    return desk.do(replace(ASK, working_days=days), on).do(GRANT, on, "head")


# ── The worked dates of section 4 ────────────────────────────────────────────


def test_a_plain_request_and_its_extension_over_the_national_holiday() -> None:
    desk = processing(date(2020, 9, 25))
    assert desk.case
    ends = {d.kind: d.due_on for d in deadlines(desk.case, WORLD)}
    assert ends == {"correction_notice": date(2020, 10, 12), "reply": date(2020, 10, 29)}

    assert extended(desk, 20, date(2020, 10, 20)).due == date(2020, 11, 26)


@pytest.mark.parametrize("channel", [Channel.IN_PERSON, Channel.INTERNET])
def test_a_period_that_ends_in_a_year_without_notice_is_provisional(channel: Channel) -> None:
    received = date(2026, 12, 15)
    world = WORLD.on(received)
    command = register(channel=channel, acknowledged_on=received)
    desk = Desk(world).do(command, received).do(c.Accept(), received)

    assert desk.case
    assert reply_due(desk.case, world) == (date(2027, 1, 13), True)


# ── Extension ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("days", "due"), [(1, date(2020, 10, 19)), (20, date(2020, 11, 13))])
def test_an_extension_adds_its_working_days(days: int, due: date) -> None:
    desk = extended(processing(), days, MONDAY)

    assert (state(desk), desk.due) == (State.PROCESSING, due)


def test_asking_alone_and_a_denial_add_nothing_and_one_may_ask_again() -> None:
    desk = processing().do(ASK, MONDAY)
    assert desk.due == DUE

    desk.do(c.DecideExtension(grant=False), MONDAY, "head")

    assert desk.due == DUE
    assert extended(desk, 20, MONDAY).due == date(2020, 11, 13)


def test_an_extension_may_be_asked_decided_and_told_on_the_due_day() -> None:
    desk = processing().do(ASK, DUE).do(replace(GRANT, told_on=DUE), DUE, "head")

    assert desk.due == date(2020, 11, 13)
    assert desk.case
    assert (desk.case.extensions[0].decided_on, desk.case.extensions[0].told_on) == (DUE, DUE)


def test_after_the_due_day_nothing_is_asked_decided_or_told() -> None:
    late = date(2020, 10, 17)
    asked = processing().do(ASK, MONDAY)

    for refused in (
        processing().refusal(ASK, late),
        asked.refusal(GRANT, late, "head"),
        asked.refusal(replace(GRANT, told_on=late), DUE, "head"),
    ):
        assert (refused.code, refused.article) == ("after_due", "33.2")
        assert "2020年10月16日" in refused.message


@pytest.mark.parametrize(
    ("told", "code"),
    [(date(2020, 9, 18), "before_its_cause"), (date(2026, 11, 21), "future_date")],
)
def test_the_applicant_is_told_neither_before_the_decision_nor_after_today(
    told: date, code: str
) -> None:
    desk = processing().do(ASK, MONDAY)

    assert desk.refusal(replace(GRANT, told_on=told), MONDAY, "head").code == code


@pytest.mark.parametrize("days", [0, -1, 21])
def test_an_extension_has_one_to_twenty_working_days(days: int) -> None:
    refused = processing().refusal(replace(ASK, working_days=days), MONDAY)

    assert (refused.code, refused.article) == ("extension_too_long", "33.2")


def test_one_extension_is_the_rule_unless_the_office_says_otherwise() -> None:
    once = extended(processing(), 12, MONDAY)
    twice = processing()
    twice.world = IN_PARTS
    extended(twice, 12, MONDAY)

    assert once.refusal(replace(ASK, working_days=1), MONDAY).code == "extended_once"
    too_long = twice.refusal(replace(ASK, working_days=9), MONDAY)
    assert (too_long.code, "8个" in too_long.message) == ("extension_too_long", True)
    assert extended(twice, 8, MONDAY).due == date(2020, 11, 13)
    assert twice.refusal(replace(ASK, working_days=1), MONDAY).code == "extension_too_long"


def test_what_is_asked_needs_a_reason_and_one_request_is_open_at_a_time() -> None:
    blank = processing().refusal(replace(ASK, reason=" "), MONDAY)
    idle = processing().refusal(GRANT, MONDAY, "head")
    second = processing().do(ASK, MONDAY).refusal(ASK, MONDAY)

    assert [r.code for r in (blank, idle, second)] == [
        "reason_missing",
        "nothing_to_decide",
        "extension_pending",
    ]
    assert {r.article for r in (blank, idle, second)} == {"33.2"}


def test_an_extension_is_granted_while_others_are_being_consulted() -> None:
    consult = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    desk = processing().do(consult, MONDAY)
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))
    extended(desk, 20, date(2020, 9, 24))

    desk.do(c.RecordOpinion(consultation=1, opinion=Opinion.CONSENT), date(2020, 10, 12))

    assert desk.due == date(2020, 11, 26)  # 29 October and twenty working days


def charged(desk: Desk) -> Desk:
    return desk.do(FEE_PAGES, date(2021, 3, 1), "head")


def test_an_extension_lapses_with_its_period_and_still_counts_toward_twenty() -> None:
    desk = processing(date(2021, 1, 4))
    desk.world = IN_PARTS
    assert extended(desk, 20, date(2021, 1, 20)).due == date(2021, 3, 4)

    charged(desk).do(c.RecordPayment(), date(2021, 3, 10))

    assert desk.due == date(2021, 4, 8)
    assert desk.refusal(ASK, date(2021, 3, 11)).code == "extension_too_long"
    desk.world = WORLD
    assert desk.refusal(ASK, date(2021, 3, 11)).code == "extended_once"


# ── Deferral ─────────────────────────────────────────────────────────────────

DEFER = c.DeferReply(until=date(2020, 12, 1), reason="涉及档案两百卷")


def explained(received: date = date(2020, 9, 14), *, accepted: bool = True) -> Desk:
    desk = processing(received).do(c.RequestExplanation(reason="九月申请40件"), received)
    return desk.do(c.RecordExplanation(text="研究用", accepted=accepted), received)


def test_a_deferral_puts_its_date_in_place_of_the_period() -> None:
    desk = explained().do(DEFER, MONDAY, "head")
    assert (state(desk), desk.due) == (State.PROCESSING, date(2020, 12, 1))

    extended(desk, 20, date(2020, 9, 22))
    assert [f.code for f in desk.findings] == ["extension_without_effect"]
    assert "2020年12月1日" in desk.findings[0].message
    consult = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    desk.do(consult, date(2020, 9, 22))
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))

    assert desk.due == date(2020, 12, 1)


def test_the_day_on_which_the_applicant_was_told_is_on_file() -> None:
    told = date(2020, 9, 23)
    longer = processing().do(ASK, MONDAY).do(replace(GRANT, told_on=told), MONDAY, "head").case
    deferred = explained().do(replace(DEFER, told_on=told), MONDAY, "head").case

    assert longer
    assert deferred
    assert deferred.deferral
    assert (longer.extensions[0].told_on, deferred.deferral.told_on) == (told, told)


def test_a_restart_after_a_deferral_governs() -> None:
    deferral = replace(DEFER, until=date(2021, 6, 1))
    desk = explained(date(2021, 2, 22)).do(deferral, date(2021, 2, 24), "head")

    charged(desk).do(c.RecordPayment(), date(2021, 3, 10))

    assert desk.due == date(2021, 4, 8)


@pytest.mark.parametrize(
    ("changes", "on", "code"),
    [
        ({"reason": " "}, MONDAY, "reason_missing"),
        ({"until": DUE}, MONDAY, "not_a_deferral"),
        ({}, date(2020, 10, 17), "after_due"),
        ({"told_on": date(2020, 10, 17)}, MONDAY, "after_due"),
        ({"told_on": date(2020, 9, 18)}, MONDAY, "before_its_cause"),
    ],
    ids=["no reason", "no later", "after the due day", "told late", "told before"],
)
def test_a_deferral_that_cannot_stand_is_refused(
    changes: dict[str, Any], on: date, code: str
) -> None:
    refused = explained().refusal(replace(DEFER, **changes), on, "head")

    assert (refused.code, refused.article) == (code, "35")


def test_a_reply_is_deferred_only_after_reasons_were_accepted() -> None:
    for desk in (processing(), explained(accepted=False)):
        refused = desk.refusal(DEFER, MONDAY, "head")
        assert (refused.code, refused.article) == ("no_accepted_reasons", "35")


# ── The fee ──────────────────────────────────────────────────────────────────


def test_the_worked_fee_stops_the_reply_clock_until_it_is_paid() -> None:
    desk = charged(processing(date(2021, 2, 22)))

    assert (state(desk), payment_due(desk), desk.due) == (
        State.AWAITING_PAYMENT,
        date(2021, 3, 29),
        None,
    )
    assert desk.case
    assert not running(desk.case, WORLD.on(date(2021, 3, 2)))
    desk.do(c.RecordPayment(), date(2021, 3, 10))
    assert (state(desk), desk.due) == (State.PROCESSING, date(2021, 4, 8))


def test_twenty_days_to_pay_count_from_the_receipt_of_the_notice() -> None:
    command = replace(FEE_PAGES, notice_received_on=date(2021, 3, 1))

    desk = processing(date(2021, 2, 22)).do(command, date(2021, 2, 26), "head")

    assert payment_due(desk) == date(2021, 3, 29)


def test_a_consultation_before_the_payment_is_left_behind_with_its_period() -> None:
    consult = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    desk = processing(date(2021, 2, 22)).do(consult, date(2021, 2, 22))
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2021, 2, 23))
    desk.do(c.RecordOpinion(consultation=1, opinion=Opinion.CONSENT), date(2021, 2, 26))
    assert desk.due == date(2021, 3, 25)

    charged(desk).do(c.RecordPayment(), date(2021, 3, 10))

    assert desk.due == date(2021, 4, 8)


@pytest.mark.parametrize(
    ("command", "amount"),
    [
        (c.ChargeFee(basis=FeeBasis.PAGES, count=31), 10),
        (FEE_PAGES, 380),
        (c.ChargeFee(basis=FeeBasis.PAGES, count=201), 70 * 10 + 100 * 20 + 40),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=11), 100),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=12, here=2), 200),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=12, here=12), 200),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=31, here=2), 300),
    ],
    ids=lambda x: f"{x.basis.value} {x.count} {x.here}" if isinstance(x, c.ChargeFee) else str(x),
)
def test_the_amount_is_computed_for_what_this_request_adds(
    command: c.ChargeFee, amount: int
) -> None:
    desk = processing(date(2021, 2, 22)).do(command, date(2021, 3, 1), "head")

    assert desk.case
    assert desk.case.charge
    assert desk.case.charge.fee.amount == amount


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.ChargeFee(basis=FeeBasis.PAGES, count=30), "fee_is_zero"),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=10, here=10), "fee_is_zero"),
        (c.ChargeFee(basis=FeeBasis.PIECES, count=12, here=13), "no_fee"),
        (c.ChargeFee(basis=FeeBasis.PAGES, count=0), "no_fee"),
        (replace(FEE_PAGES, notice_received_on=date(2021, 2, 26)), "before_its_cause"),
        (replace(FEE_PAGES, notice_received_on=date(2026, 11, 21)), "future_date"),
    ],
    ids=["30 pages", "10 pieces", "more here than in all", "none", "notice early", "notice future"],
)
def test_a_fee_that_cannot_be_is_refused(command: c.ChargeFee, code: str) -> None:
    refused = processing(date(2021, 2, 22)).refusal(command, date(2021, 3, 1), "head")

    assert refused.code == code
    assert refused.article


def test_fees_are_for_requests_received_from_2021() -> None:
    old = processing(date(2020, 12, 31))

    assert old.refusal(FEE_PAGES, date(2021, 1, 4), "head").code == "no_fee"
    assert state(processing(date(2021, 1, 1)).do(FEE_PAGES, date(2021, 1, 4), "head")) is (
        State.AWAITING_PAYMENT
    )


def test_who_only_inspects_pays_no_pages() -> None:
    desk = processing(date(2021, 2, 22), form=Form.INSPECT)
    pieces = c.ChargeFee(basis=FeeBasis.PIECES, count=11)

    refused = desk.refusal(FEE_PAGES, date(2021, 3, 1), "head")

    assert (refused.code, refused.article) == ("no_pages_to_inspect", "42")
    assert state(desk.do(pieces, date(2021, 3, 1), "head")) is State.AWAITING_PAYMENT


def test_a_fee_is_charged_once_and_not_after_the_reply_was_due() -> None:
    late = processing(date(2021, 3, 1)).refusal(FEE_PAGES, date(2021, 3, 30), "head")
    paid = charged(processing(date(2021, 2, 22))).do(c.RecordPayment(), date(2021, 3, 10))
    again = paid.refusal(FEE_PAGES, date(2021, 3, 11), "head")

    assert (late.code, again.code) == ("after_due", "charged_once")
    assert "2021年3月29日" in late.message
    assert (late.article, again.article) == ("42", "42")


def test_nobody_pays_before_the_notice() -> None:
    refused = charged(processing(date(2021, 2, 22))).refusal(c.RecordPayment(), date(2021, 2, 26))

    assert (refused.code, refused.article) == ("before_its_cause", "42")
    assert "2021年3月1日" in refused.message
