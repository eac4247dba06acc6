"""How a case ends without a reply: abandoned, passed on, withdrawn, terminated, replaced."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from rules.words import Outcome
from tests.process.desk import DISCLOSE, FEE_PAGES, ITEM, WORLD, Desk, processing, register
from workflow import commands as c
from workflow.clock import applicant_due
from workflow.vocabulary import AmendHow, Channel, CloseReason, DeliveryResult, State

ARRIVED = date(2020, 9, 14)
NEXT = date(2020, 9, 15)
REPLY_DUE = date(2020, 10, 16)
TWO_ITEMS = (ITEM, c.Item(title="征地公告"))

Start = Callable[[], Desk]


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def asked(desk: Desk) -> date | None:
    """The applicant's running day."""
    assert desk.case
    day = applicant_due(desk.case, WORLD.calendar)
    return day.on if day else None


def correction_asked(notice_received_on: date | None = None, due_on: date | None = None) -> Desk:
    """A correction asked for on 6 May 2020, to be made within fifteen working days."""
    ask = c.RequestCorrection(
        matters=("文件名称不明确",), notice_received_on=notice_received_on, due_on=due_on
    )
    return Desk().do(register(), date(2020, 4, 29)).do(ask, date(2020, 5, 6))


def fee_asked(notice_received_on: date | None = None) -> Desk:
    """A fee asked for on 1 March 2021, to be paid within twenty working days."""
    charge = replace(FEE_PAGES, notice_received_on=notice_received_on)
    return processing(date(2021, 2, 22)).do(charge, date(2021, 3, 1), "head")


ABANDON = c.DeemAbandoned(no_good_reason=True)


@pytest.mark.parametrize(
    ("start", "last", "after", "reason"),
    [
        (
            partial(correction_asked, date(2020, 5, 6)),
            date(2020, 5, 26),
            date(2020, 5, 27),
            CloseReason.CORRECTION_OVERDUE,
        ),
        (
            partial(correction_asked, date(2020, 5, 7), date(2020, 6, 5)),
            date(2020, 6, 5),
            date(2020, 6, 6),
            CloseReason.CORRECTION_OVERDUE,
        ),
        (
            partial(fee_asked, date(2021, 3, 1)),
            date(2021, 3, 29),
            date(2021, 3, 30),
            CloseReason.PAYMENT_OVERDUE,
        ),
    ],
    ids=["correction", "correction by a fixed day", "payment"],
)
def test_a_request_is_abandoned_only_after_the_applicants_last_day(
    start: Start, last: date, after: date, reason: CloseReason
) -> None:
    desk = start()
    assert asked(desk) == last
    early = desk.refusal(ABANDON, last, "head")

    desk.do(ABANDON, after, "head")

    assert early.code == "not_yet_overdue"
    assert f"{last.month}月{last.day}日" in early.message
    assert desk.case
    assert (desk.case.state, desk.case.close_reason) == (State.CLOSED, reason)
    assert desk.due is None


@pytest.mark.parametrize(
    ("start", "article"), [(correction_asked, "30"), (fee_asked, "42")], ids=["correction", "fee"]
)
def test_nobody_abandons_what_he_was_not_proven_to_have_received(
    start: Start, article: str
) -> None:
    refused = start().refusal(ABANDON, date(2021, 6, 1), "head")

    assert (refused.code, refused.article) == ("notice_not_proven", article)


SERVICE = [
    (correction_asked, "correction_notice", date(2020, 5, 8), date(2020, 5, 28)),
    (fee_asked, "fee_notice", date(2021, 3, 3), date(2021, 3, 31)),
]


@pytest.mark.parametrize(("start", "paper", "served", "due"), SERVICE, ids=["correction", "fee"])
def test_recorded_service_proves_receipt_and_starts_the_period(
    start: Start, paper: str, served: date, due: date
) -> None:
    desk = start().do(c.RecordService(paper=paper, result=DeliveryResult.DELIVERED), served)

    assert asked(desk) == due
    assert desk.refusal(ABANDON, due, "head").code == "not_yet_overdue"


@pytest.mark.parametrize(
    ("start", "paper", "before"),
    [
        (correction_asked, "correction_notice", date(2020, 5, 5)),
        (fee_asked, "fee_notice", date(2021, 2, 26)),
    ],
    ids=["correction", "fee"],
)
def test_no_notice_is_served_before_it_was_made(start: Start, paper: str, before: date) -> None:
    desk = start()

    refused = desk.refusal(c.RecordService(paper=paper, result=DeliveryResult.DELIVERED), before)

    assert refused.code == "before_its_cause"


@pytest.mark.parametrize("result", [DeliveryResult.RETURNED, DeliveryResult.UNREACHABLE])
def test_a_notice_that_did_not_arrive_proves_nothing(result: DeliveryResult) -> None:
    came_back = c.RecordService(paper="correction_notice", result=result)
    desk = correction_asked().do(came_back, date(2020, 5, 12))

    assert desk.refusal(ABANDON, date(2020, 7, 1), "head").code == "notice_not_proven"


@pytest.mark.parametrize("start", [correction_asked, fee_asked], ids=["correction", "fee"])
def test_the_service_of_another_paper_proves_nothing_about_the_notice(start: Start) -> None:
    other = c.RecordService(paper="receipt", result=DeliveryResult.DELIVERED)
    desk = start().do(other, date(2021, 3, 2))

    assert desk.refusal(ABANDON, date(2021, 7, 1), "head").code == "notice_not_proven"


def test_good_reasons_are_weighed_after_a_correction_notice_not_after_a_fee_notice() -> None:
    correction, fee = correction_asked(date(2020, 5, 6)), fee_asked(date(2021, 3, 1))

    refused = correction.refusal(c.DeemAbandoned(), date(2020, 6, 1), "head")
    fee.do(c.DeemAbandoned(), date(2021, 3, 30), "head")

    assert (refused.code, refused.article) == ("good_reason_not_weighed", "30")
    assert state(fee) is State.CLOSED


def test_the_head_and_nobody_else_deems_a_request_abandoned() -> None:
    desk = correction_asked(date(2020, 5, 6))

    assert desk.refusal(ABANDON, date(2020, 6, 1)).code == "wrong_person"


PASS_ON = c.Misdirect(to="某市人民政府", reason="信封写明寄给某市人民政府")


@pytest.mark.parametrize(
    ("channel", "before"),
    [(Channel.ORDINARY_MAIL, State.AWAITING_CONFIRMATION), (Channel.IN_PERSON, State.RECEIVED)],
)
def test_mail_for_another_agency_is_passed_on(channel: Channel, before: State) -> None:
    desk = Desk().do(register(channel=channel), ARRIVED)
    assert state(desk) is before

    desk.do(PASS_ON, NEXT)

    assert desk.case
    assert (desk.case.state, desk.case.close_reason) == (State.CLOSED, CloseReason.MISDIRECTED)
    assert desk.due is None


@pytest.mark.parametrize("changes", [{"to": " "}, {"reason": ""}], ids=["to", "reason"])
def test_mail_is_not_passed_on_without_saying_where_and_why(changes: dict[str, str]) -> None:
    command = replace(PASS_ON, **changes)

    refused = Desk().do(register(), ARRIVED).refusal(command, NEXT)

    assert (refused.code, refused.article) == ("misdirect_unexplained", "31")


def test_an_accepted_request_is_answered_and_not_passed_on() -> None:
    assert processing().refusal(PASS_ON, NEXT).code == "wrong_state"


def test_a_withdrawn_request_is_closed() -> None:
    desk = processing().do(c.Withdraw(statement="不再需要"), NEXT)

    assert desk.case
    assert (desk.case.state, desk.case.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    assert desk.case.closed_on == NEXT
    assert desk.due is None


def test_items_withdrawn_are_not_answered_and_the_rest_goes_on() -> None:
    desk = processing(items=TWO_ITEMS).do(c.Withdraw(statement="撤回第2项", items=(2,)), NEXT)
    both = (DISCLOSE, replace(DISCLOSE, item=2))

    refused = desk.refusal(c.DraftReply(decisions=both), NEXT)
    assert (state(desk), desk.due) == (State.PROCESSING, REPLY_DUE)
    desk.do(c.DraftReply(decisions=(DISCLOSE,)), NEXT)

    assert refused.code == "blocked_by_check"
    assert state(desk) is State.IN_REVIEW


def test_withdrawing_the_last_items_withdraws_the_request() -> None:
    desk = processing(items=TWO_ITEMS).do(c.Withdraw(statement="撤回第2项", items=(2,)), NEXT)

    desk.do(c.Withdraw(statement="撤回第1项", items=(1,)), NEXT)

    assert state(desk) is State.CLOSED


def test_a_draft_that_answers_an_item_withdrawn_since_is_not_approved() -> None:
    both = (DISCLOSE, replace(DISCLOSE, item=2, outcome=Outcome.DISCLOSE))
    desk = processing(items=TWO_ITEMS).do(c.DraftReply(decisions=both), NEXT)
    desk.do(c.PassReview(), NEXT, "reviewer").do(c.Withdraw(statement="撤回", items=(2,)), NEXT)

    refused = desk.refusal(c.ApproveReply(), NEXT, "head")

    assert refused.code == "blocked_by_check"
    assert [f.code for f in refused.findings] == ["item_withdrawn"]


@pytest.mark.parametrize(
    ("command", "code", "article"),
    [
        (c.Withdraw(), "no_statement", "29"),
        (c.Withdraw(statement="撤回", items=(2,)), "unknown_item", "29.2"),
        (c.AmendRequest(text="缩小"), "how_missing", "29.2"),
        (c.AmendRequest(how=AmendHow.NARROW, items=(0,)), "unknown_item", "29.2"),
    ],
    ids=["no statement", "withdraw unknown item", "how", "amend unknown item"],
)
def test_a_withdrawal_or_change_that_cannot_stand_is_refused(
    command: c.Command, code: str, article: str
) -> None:
    refused = processing().refusal(command, NEXT)

    assert (refused.code, refused.article) == (code, article)


def test_the_head_terminates_a_case_whose_applicant_is_gone() -> None:
    desk = processing().do(c.Terminate(reason="申请人死亡，无人承受"), NEXT, "head")

    assert desk.case
    assert (desk.case.state, desk.case.close_reason) == (State.CLOSED, CloseReason.TERMINATED)
    assert desk.due is None


def test_termination_needs_its_reason_and_the_head() -> None:
    refused = processing().refusal(c.Terminate(), NEXT, "head")

    assert (refused.code, refused.article) == ("no_reason", "45")
    assert processing().refusal(c.Terminate(reason="死亡"), NEXT).code == "wrong_person"


@pytest.mark.parametrize("how", [AmendHow.NARROW, AmendHow.ADD])
def test_narrowing_or_adding_moves_neither_state_nor_clock(how: AmendHow) -> None:
    desk = processing().do(c.AmendRequest(how=how, items=(1,), text="仅要2019年的"), NEXT)

    assert (state(desk), desk.due) == (State.PROCESSING, REPLY_DUE)
    assert [f.code for f in desk.findings] == (
        ["register_the_new_request"] if how is AmendHow.ADD else []
    )


def test_replacing_the_content_withdraws_the_old_request() -> None:
    desk = processing().do(c.AmendRequest(how=AmendHow.REPLACE, text="改要征地公告"), NEXT)

    assert desk.case
    assert (desk.case.state, desk.case.close_reason) == (State.CLOSED, CloseReason.WITHDRAWN)
    assert desk.due is None
