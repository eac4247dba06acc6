"""Taking in: registration, confirmation, acceptance and correction (29 to 31)."""

from dataclasses import fields, replace
from datetime import date

import pytest

from tests.process.desk import (
    APPLICANT,
    DISCLOSE,
    FEE_PAGES,
    ITEM,
    WORLD,
    Desk,
    processing,
    register,
)
from workflow import commands as c
from workflow.clock import applicant_due, correction_notice_due, running
from workflow.vocabulary import (
    AgentKind,
    Channel,
    ConsultationKind,
    EndHow,
    State,
)

ARRIVED = date(2020, 9, 14)
REPLY_DUE = date(2020, 10, 16)
ASK = c.RequestCorrection(matters=("文件名称不明确",))


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def asked(desk: Desk) -> date | None:
    """The applicant's running day."""
    assert desk.case
    day = applicant_due(desk.case, WORLD.calendar)
    return day.on if day else None


def waiting_for_correction(**notice: object) -> Desk:
    """A correction asked for on 6 May 2020, to be made by 27 May."""
    command = replace(ASK, **notice)  # type: ignore[arg-type] # each test names its own fields
    return Desk().do(register(), date(2020, 5, 6)).do(command, date(2020, 5, 6))


@pytest.mark.parametrize("channel", [Channel.IN_PERSON, Channel.ORAL, Channel.REGISTERED_MAIL])
def test_what_is_handed_in_or_signed_for_is_received_that_day(channel: Channel) -> None:
    desk = Desk().do(register(channel=channel), ARRIVED)

    assert desk.case
    assert desk.case.state is State.RECEIVED
    assert desk.case.received_on == ARRIVED
    assert desk.due == REPLY_DUE
    notice_due = correction_notice_due(desk.case, WORLD.calendar)
    assert notice_due
    assert notice_due.on == date(2020, 9, 23)


@pytest.mark.parametrize(
    "channel",
    [Channel.ORDINARY_MAIL, Channel.INTERNET, Channel.FAX, Channel.EMAIL, Channel.OTHER],
)
def test_what_comes_otherwise_is_to_be_confirmed_and_no_period_runs(channel: Channel) -> None:
    desk = Desk().do(register(channel=channel), ARRIVED)

    assert desk.case
    assert desk.case.state is State.AWAITING_CONFIRMATION
    assert desk.case.received_on is None
    assert desk.due is None
    assert correction_notice_due(desk.case, WORLD.calendar) is None
    assert not running(desk.case, WORLD.on(ARRIVED))


def test_an_automatic_receipt_counts_as_the_day_of_receipt() -> None:
    command = register(channel=Channel.INTERNET, acknowledged_on=ARRIVED)

    desk = Desk().do(command, date(2020, 9, 12))

    assert desk.case
    assert (desk.case.state, desk.case.received_on) == (State.RECEIVED, ARRIVED)
    assert desk.due == REPLY_DUE


def test_what_is_handed_in_is_received_that_day_whatever_was_acknowledged_later() -> None:
    desk = Desk().do(register(acknowledged_on=date(2020, 9, 16)), ARRIVED)

    assert desk.case
    assert (desk.case.received_on, desk.due) == (ARRIVED, REPLY_DUE)


def test_missing_identity_and_authority_are_accepted() -> None:
    agent = c.Agent(kind=AgentKind.PROXY, name="赵某")

    desk = Desk().do(
        register(applicants=(replace(APPLICANT, id_document=""),), agent=agent), ARRIVED
    )

    assert state(desk) is State.RECEIVED


def test_no_command_has_a_place_for_purpose_or_need() -> None:
    kinds = (*c.COMMANDS.values(), c.Applicant, c.Agent, c.Item)
    names = {field.name for kind in kinds for field in fields(kind)}

    assert not {
        n for n in names - {"needs_assistance"} if "purpose" in n or "need" in n or n == "use"
    }


@pytest.mark.parametrize(
    ("changes", "code", "article"),
    [
        ({"applicants": ()}, "no_applicant", "29.2(1)"),
        (
            {"applicants": (replace(APPLICANT, representative=True),) * 2},
            "two_representatives",
            "29",
        ),
        ({"items": ()}, "no_item", "29.2(2)"),
        ({"items": (ITEM, c.Item(title=" "))}, "no_item", "29.2(2)"),
        (
            {"channel": Channel.EMAIL, "acknowledged_on": date(2020, 9, 11)},
            "before_its_cause",
            "31(3)",
        ),
        ({"channel": Channel.EMAIL, "acknowledged_on": date(2026, 11, 21)}, "future_date", "31(3)"),
    ],
    ids=["nobody", "two representatives", "nothing", "blank item", "receipt early", "receipt late"],
)
def test_what_cannot_be_a_request_is_refused(
    changes: dict[str, object], code: str, article: str
) -> None:
    refused = Desk().refusal(register(**changes), ARRIVED)

    assert (refused.code, refused.article) == (code, article)


def test_requests_received_before_the_regulation_was_revised_are_refused() -> None:
    last, first = date(2019, 5, 14), date(2019, 5, 15)
    by_mail = Desk().do(register(channel=Channel.ORDINARY_MAIL), last)

    assert Desk().refusal(register(), last).code == "no_law"
    assert by_mail.refusal(c.ConfirmReceipt(), last).code == "no_law"
    assert state(Desk().do(register(), first)) is State.RECEIVED
    assert state(by_mail.do(c.ConfirmReceipt(), first)) is State.RECEIVED


def test_a_case_begins_with_registration_and_is_registered_once() -> None:
    assert Desk().refusal(c.Accept(), ARRIVED).code == "wrong_state"
    assert processing().refusal(register(), ARRIVED).code == "wrong_state"


def test_a_contact_moves_neither_state_nor_clock() -> None:
    desk = processing().do(c.RecordContact(means="电话", result="释明"), date(2020, 9, 15))

    assert state(desk) is State.PROCESSING
    assert desk.due == REPLY_DUE


def test_a_confirmed_request_is_received_on_the_day_of_confirmation() -> None:
    desk = Desk().do(register(channel=Channel.INTERNET), date(2020, 9, 11))

    desk.do(c.ConfirmReceipt(), ARRIVED)

    assert desk.case
    assert (desk.case.state, desk.case.received_on) == (State.RECEIVED, ARRIVED)
    assert (desk.due, desk.findings) == (REPLY_DUE, ())


def test_a_late_confirmation_is_seen_unless_an_attempt_is_on_file() -> None:
    arrived, tried, late = date(2020, 9, 11), date(2020, 9, 14), date(2020, 9, 15)
    silent = Desk().do(register(channel=Channel.ORDINARY_MAIL), arrived)
    diligent = Desk().do(register(channel=Channel.ORDINARY_MAIL), arrived)
    diligent.do(c.RecordContact(means="电话", result="无人接听"), tried)

    silent.do(c.ConfirmReceipt(), late)
    diligent.do(c.ConfirmReceipt(), late)

    assert [(f.code, f.severity.value) for f in silent.findings] == [("late_confirmation", "warn")]
    assert "2020年9月11日" in silent.findings[0].message
    assert diligent.findings == ()


def test_nothing_is_confirmed_before_it_arrives() -> None:
    desk = Desk().do(register(channel=Channel.FAX), ARRIVED)

    refused = desk.refusal(c.ConfirmReceipt(), date(2020, 9, 11))

    assert (refused.code, refused.article) == ("before_its_cause", "31")
    assert "2020年9月14日" in refused.message


def test_accepting_moves_the_state_and_not_the_clock() -> None:
    desk = Desk().do(register(), ARRIVED).do(c.Accept(), date(2020, 9, 17))

    assert (state(desk), desk.due) == (State.PROCESSING, REPLY_DUE)


def test_nothing_is_accepted_before_it_is_received() -> None:
    desk = Desk().do(register(channel=Channel.EMAIL), ARRIVED)

    assert desk.refusal(c.Accept(), ARRIVED).code == "wrong_state"


@pytest.mark.parametrize("steps", [(), (c.Accept(),)], ids=["received", "processing"])
def test_a_correction_is_asked_for_until_the_seventh_working_day(
    steps: tuple[c.Command, ...],
) -> None:
    desk = Desk().do(register(), ARRIVED)
    for step in steps:
        desk.do(step, ARRIVED)
    late = desk.refusal(ASK, date(2020, 9, 24))

    desk.do(ASK, date(2020, 9, 23))

    assert (late.code, late.article) == ("correction_too_late", "30")
    assert "2020年9月23日" in late.message
    assert (state(desk), desk.due) == (State.AWAITING_CORRECTION, None)


@pytest.mark.parametrize(
    ("notice", "due"),
    [
        ({}, date(2020, 10, 15)),
        ({"notice_received_on": date(2020, 9, 21)}, date(2020, 10, 16)),
        ({"working_days": 1}, date(2020, 9, 21)),
        ({"working_days": 5}, date(2020, 9, 25)),
        ({"due_on": date(2020, 9, 30)}, date(2020, 9, 30)),
    ],
    ids=["fifteen days", "from receipt", "one day", "days given", "day given"],
)
def test_the_applicants_period_follows_from_the_notice(
    notice: dict[str, object], due: date
) -> None:
    command = replace(ASK, **notice)  # type: ignore[arg-type] # the table names the fields

    assert asked(processing().do(command, date(2020, 9, 18))) == due


def test_correction_is_asked_for_only_once() -> None:
    desk = waiting_for_correction().do(c.ReceiveCorrection(text="补正"), date(2020, 5, 8))

    refused = desk.refusal(ASK, date(2020, 5, 9))

    assert (refused.code, refused.article) == ("corrected_once", "30")


BEGUN: dict[str, list[tuple[c.Command, str]]] = {
    "drafted": [(c.DraftReply(decisions=(DISCLOSE,)), "officer"), (c.RecallDraft(), "officer")],
    "consulted": [
        (
            c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,)),
            "officer",
        ),
        (
            c.EndConsultation(consultation=1, how=EndHow.WITHDRAWN, reason="无须征求"),
            "officer",
        ),
    ],
    "asked under 35": [
        (c.RequestExplanation(reason="一月申请40件"), "officer"),
        (c.RecordExplanation(text="说明"), "officer"),
    ],
    "charged": [(FEE_PAGES, "head"), (c.RecordPayment(), "officer")],
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_after_handling_has_begun_no_correction_is_asked_for(
    begun: list[tuple[c.Command, str]],
) -> None:
    desk = processing(date(2021, 3, 1))
    for command, by in begun:
        desk.do(command, date(2021, 3, 2), by)

    refused = desk.refusal(ASK, date(2021, 3, 3))

    assert (refused.code, refused.article) == ("handling_begun", "30")


@pytest.mark.parametrize(
    ("notice", "code"),
    [
        ({"matters": ()}, "no_matters"),
        ({"matters": ("文件名称", " ")}, "no_matters"),
        ({"working_days": 15, "due_on": date(2020, 10, 20)}, "two_terms"),
        ({"working_days": 0}, "term_not_reasonable"),
        ({"due_on": date(2020, 9, 18)}, "term_not_reasonable"),
        ({"notice_received_on": date(2020, 9, 17)}, "before_its_cause"),
        ({"notice_received_on": date(2026, 11, 21)}, "future_date"),
    ],
    ids=["no matter", "blank matter", "two terms", "no days", "same day", "early", "future"],
)
def test_a_notice_that_cannot_stand_is_refused(notice: dict[str, object], code: str) -> None:
    command = replace(ASK, **notice)  # type: ignore[arg-type] # the table names the fields

    refused = processing().refusal(command, date(2020, 9, 18))

    assert (refused.code, refused.article) == (code, "30")


def test_the_corrected_request_starts_the_reply_period_anew() -> None:
    desk = Desk().do(register(), date(2020, 5, 6)).do(ASK, date(2020, 5, 14))

    desk.do(c.ReceiveCorrection(text="补正"), date(2020, 5, 22))

    assert (state(desk), desk.due) == (State.RECEIVED, date(2020, 6, 19))
    assert desk.case
    assert desk.case.received_on == date(2020, 5, 6)


def test_a_correction_counts_although_its_day_has_passed() -> None:
    desk = waiting_for_correction(working_days=5)

    desk.do(c.ReceiveCorrection(), date(2020, 6, 1))

    assert (state(desk), desk.due) == (State.RECEIVED, date(2020, 6, 30))


def test_no_correction_comes_before_it_is_asked_for_or_after_the_end() -> None:
    desk = Desk().do(register(), date(2020, 5, 6)).do(ASK, date(2020, 5, 8))
    early = desk.refusal(c.ReceiveCorrection(), date(2020, 5, 7))
    desk.do(c.Withdraw(statement="撤回"), date(2020, 5, 9))

    assert (early.code, early.article) == ("before_its_cause", "30")
    assert "2020年5月8日" in early.message
    assert desk.refusal(c.ReceiveCorrection(), date(2020, 5, 11)).code == "wrong_state"
