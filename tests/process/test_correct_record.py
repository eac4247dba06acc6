"""Correcting the record: the old fact stays, the fold reads the new value, deadlines follow."""

from dataclasses import replace
from datetime import date

import pytest

from tests.process.desk import (
    APPLICANT,
    FEE_PAGES,
    MASKED,
    WORLD,
    Desk,
    approved,
    processing,
    register,
    replied,
)
from workflow import commands as c
from workflow.clock import applicant_due
from workflow.facts import Fact
from workflow.fold import fold
from workflow.vocabulary import (
    ChallengeKind,
    Channel,
    ConsultationKind,
    DeliveryResult,
    Opinion,
    SendMethod,
    State,
)

DAY, NEXT = date(2020, 9, 21), date(2020, 9, 22)
CONSULT = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))


def correct(fact: int, field: str, value: str, reason: str = "登记笔误") -> c.CorrectRecord:
    return c.CorrectRecord(fact=fact, field=field, value=value, reason=reason, proof="签收单")


def facts(desk: Desk) -> tuple[Fact, ...]:
    assert desk.case
    return desk.case.facts


def told(desk: Desk) -> list[tuple[str, str]]:
    return [(f.code, f.severity.value) for f in desk.findings]


def consulted() -> Desk:
    """Facts: 1 registration, 2 acceptance, 3 letter, 4 its receipt, 5 the opinion."""
    desk = processing().do(CONSULT, DAY)
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))
    opinion = c.RecordOpinion(consultation=1, opinion=Opinion.CONSENT)
    return desk.do(opinion, date(2020, 10, 12))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "王五"),
        ("applicant.name", "王五"),
        ("contact", "13900000000"),
        ("address", "某镇某村"),
        ("id_document", "210421"),
    ],
)
def test_the_officer_corrects_names_and_contacts(field: str, value: str) -> None:
    desk = processing().do(correct(1, field, value), DAY)

    assert desk.case
    assert getattr(desk.case.applicants[0], field.removeprefix("applicant.")) == value
    assert (desk.case.state, desk.due, told(desk)) == (State.PROCESSING, date(2020, 10, 16), [])


def test_among_several_applicants_the_representative_is_corrected() -> None:
    both = (APPLICANT, replace(APPLICANT, name="赵某", representative=True))

    desk = processing(applicants=both).do(correct(1, "name", "赵四"), DAY)

    assert desk.case
    assert [a.name for a in desk.case.applicants] == ["王某", "赵四"]


def test_the_names_of_others_are_corrected_where_they_stand() -> None:
    challenge = c.RecordChallenge(kind=ChallengeKind.LITIGATION, body="某区法院")
    desk = consulted().do(challenge, date(2020, 10, 12))

    desk.do(correct(3, "party", "某某公司"), NEXT.replace(month=10))
    desk.do(correct(6, "body", "某市中级人民法院"), NEXT.replace(month=10))

    assert desk.case
    assert desk.case.consultations[0].party == "某某公司"
    assert desk.case.challenges[0].body == "某市中级人民法院"


def test_the_old_fact_stays_on_file() -> None:
    desk = processing()
    before = facts(desk)

    desk.do(correct(1, "name", "王五"), DAY)

    assert facts(desk)[:-1] == before
    command = facts(desk)[-1].command
    assert isinstance(command, c.CorrectRecord)
    assert (command.value, facts(desk)[-1].on) == ("王五", DAY)


def test_the_last_of_several_corrections_counts() -> None:
    desk = processing().do(correct(1, "name", "王五"), DAY).do(correct(1, "name", "王六"), DAY)

    assert desk.case
    assert (desk.case.applicants[0].name, desk.case.version) == ("王六", 4)


@pytest.mark.parametrize(
    ("fact", "field", "value", "due"),
    [
        (1, "on", "2020-09-11", date(2020, 10, 28)),
        (4, "on", "2020-09-25", date(2020, 10, 27)),
        (5, "on", "2020-10-09", date(2020, 10, 27)),
    ],
    ids=["receipt", "letter received", "opinion"],
)
def test_the_head_corrects_a_date_and_the_deadline_follows(
    fact: int, field: str, value: str, due: date
) -> None:
    desk = consulted()
    command = correct(fact, field, value)
    assert desk.due == date(2020, 10, 29)
    refused = desk.refusal(command, date(2020, 10, 13))

    desk.do(command, date(2020, 10, 13), "head")

    assert (refused.code, refused.article) == ("wrong_person", "45")
    assert (desk.due, told(desk)) == (due, [])
    assert desk.case
    assert desk.case.state is State.PROCESSING


def test_the_officer_corrects_a_date_that_moves_no_deadline() -> None:
    desk = processing().do(c.RecordContact(means="电话"), DAY)

    desk.do(correct(3, "on", "2020-09-18"), NEXT)

    assert desk.case
    assert (desk.case.contacts, desk.due) == ((date(2020, 9, 18),), date(2020, 10, 16))


def test_a_date_inside_a_fact_is_corrected_too() -> None:
    ask = c.RequestCorrection(matters=("名称",), notice_received_on=date(2020, 9, 18))
    desk = Desk().do(register(), date(2020, 9, 14)).do(ask, date(2020, 9, 18))

    desk.do(correct(2, "notice_received_on", "2020-09-21"), DAY, "head")

    assert desk.case
    due = applicant_due(desk.case, WORLD.calendar)
    assert due
    assert due.on == date(2020, 10, 16)


def test_the_timeliness_of_a_sent_reply_follows_the_corrected_date() -> None:
    desk = replied(processing(), date(2020, 10, 16))

    desk.do(correct(1, "on", "2020-09-11"), date(2020, 10, 20), "head")

    assert desk.case
    assert desk.case.reply
    assert (desk.due, desk.case.reply.in_time) == (date(2020, 10, 15), False)
    assert desk.case.state is State.REPLIED


# ── Past gates ───────────────────────────────────────────────────────────────


def test_what_a_past_gate_would_refuse_now_is_only_shown() -> None:
    ask = c.RequestCorrection(matters=("名称",))
    desk = Desk().do(register(), date(2020, 9, 14)).do(ask, date(2020, 9, 23))

    desk.do(correct(1, "on", "2020-09-11"), date(2020, 9, 24), "head")

    assert told(desk) == [("past_correction_too_late", "warn")]
    assert "第2项事实" in desk.findings[0].message
    assert desk.case
    assert desk.case.state is State.AWAITING_CORRECTION


@pytest.mark.parametrize(
    ("value", "code"),
    [("2020-09-18", "past_before_its_cause"), ("2020-10-13", "past_before_its_cause")],
    ids=["before the letter was sent", "after the opinion"],
)
def test_a_corrected_order_that_cannot_be_is_shown(value: str, code: str) -> None:
    desk = consulted().do(correct(4, "on", value), date(2020, 10, 13), "head")

    assert code in dict(told(desk))


def test_an_own_act_that_now_goes_back_is_shown() -> None:
    desk = processing().do(c.AddNote(text="阅"), DAY).do(c.AddNote(text="再阅"), NEXT)

    desk.do(correct(4, "on", "2020-09-18"), NEXT)

    assert told(desk) == [("past_date_goes_back", "warn")]


def test_a_fee_for_a_request_that_was_received_before_2021_is_shown() -> None:
    desk = processing(date(2021, 1, 4)).do(FEE_PAGES, date(2021, 1, 8), "head")

    desk.do(correct(1, "on", "2020-12-31"), date(2021, 1, 11), "head")

    assert told(desk) == [("past_no_fee", "warn")]


# ── Refusals ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (correct(0, "name", "王五"), "unknown_fact"),
        (correct(6, "name", "王五"), "unknown_fact"),
        (correct(1, "name", "王五", reason=" "), "reason_missing"),
        (correct(1, "channel", "fax"), "not_correctable"),
        (correct(1, "topics", "epidemic"), "not_correctable"),
        (correct(3, "items", "2"), "not_correctable"),
        (correct(3, "kind", "joint_maker"), "not_correctable"),
        (correct(5, "opinion", "object"), "not_correctable"),
        (correct(5, "reasons", "商密"), "not_correctable"),
        (correct(2, "name", "王五"), "not_correctable"),
        (correct(2, "told_on", "2020-09-14"), "not_correctable"),
        (correct(1, "on", "9月11日"), "not_correctable"),
        (correct(1, "on", "2026-11-21"), "future_date"),
        (correct(1, "on", "2019-05-14"), "no_law"),
    ],
    ids=lambda x: f"{x.fact} {x.field} {x.value}" if isinstance(x, c.CorrectRecord) else x,
)
def test_a_correction_that_cannot_stand_is_refused(command: c.CorrectRecord, code: str) -> None:
    refused = consulted().refusal(command, date(2020, 10, 13), "head")

    assert refused.code == code


def test_a_date_is_corrected_to_today_and_no_further() -> None:
    desk = processing().do(c.RecordContact(means="电话"), DAY)
    desk.world = WORLD.on(NEXT)

    assert desk.refusal(correct(3, "on", "2020-09-23"), NEXT).code == "future_date"
    assert desk.do(correct(3, "on", "2020-09-22"), NEXT).case


def test_a_date_inside_a_fact_is_not_corrected_into_the_future() -> None:
    ask = c.RequestCorrection(matters=("名称",), notice_received_on=date(2020, 9, 18))
    desk = Desk().do(register(), date(2020, 9, 14)).do(ask, date(2020, 9, 18))

    refused = desk.refusal(correct(2, "notice_received_on", "2026-11-21"), DAY, "head")

    assert refused.code == "future_date"


def test_a_correction_is_an_own_act_that_does_not_go_back() -> None:
    assert consulted().refusal(correct(1, "name", "王五"), DAY).code == "date_goes_back"


def test_an_archived_record_is_not_corrected() -> None:
    desk = replied(processing(), DAY).do(c.Archive(), DAY)

    refused = desk.refusal(correct(1, "name", "王五"), DAY)

    assert refused.code == "wrong_state"
    assert "已归档" in refused.message


# ── The fold ─────────────────────────────────────────────────────────────────


def told_through() -> Desk:
    """A story with most kinds of facts, corrected twice on the way."""
    desk = Desk().do(register(channel=Channel.INTERNET), date(2021, 2, 19))
    desk.do(c.ConfirmReceipt(), date(2021, 2, 22)).do(c.Accept(), date(2021, 2, 22))
    desk.do(c.RequestExtension(working_days=5, reason="检索"), date(2021, 2, 23))
    desk.do(c.DecideExtension(grant=True), date(2021, 2, 23), "head")
    desk.do(CONSULT, date(2021, 2, 23))
    desk.do(c.RecordConsultationReceipt(consultation=1), date(2021, 2, 24))
    desk.do(c.RecordOpinion(consultation=1, opinion=Opinion.CONSENT), date(2021, 2, 26))
    desk.do(FEE_PAGES, date(2021, 3, 1), "head").do(c.RecordPayment(), date(2021, 3, 10))
    desk.do(correct(10, "on", "2021-03-09"), date(2021, 3, 11), "head")
    approved(desk, date(2021, 3, 12), MASKED).do(c.IssueReply(), date(2021, 3, 12))
    desk.do(c.SendReply(method=SendMethod.POST, tracking="XA1"), date(2021, 3, 15))
    desk.do(c.RecordDelivery(result=DeliveryResult.DELIVERED), date(2021, 3, 17))
    return desk.do(correct(1, "name", "王五"), date(2021, 3, 18))


def test_the_case_is_the_fold_of_its_facts() -> None:
    desk = told_through()

    assert desk.case
    assert fold(facts(desk), WORLD) == desk.case
    assert (desk.case.applicants[0].name, desk.due) == ("王五", date(2021, 4, 7))


def test_the_fold_of_any_beginning_is_the_case_of_that_day() -> None:
    desk = told_through()
    states = [fold(facts(desk)[:n], WORLD).state for n in range(1, len(facts(desk)) + 1)]

    assert states[:3] == [State.AWAITING_CONFIRMATION, State.RECEIVED, State.PROCESSING]
    assert states[5:11] == [
        State.CONSULTING,
        State.CONSULTING,
        State.PROCESSING,
        State.AWAITING_PAYMENT,
        State.PROCESSING,
        State.PROCESSING,
    ]
    assert states[-1] is State.REPLIED


def test_without_a_fact_there_is_no_case() -> None:
    with pytest.raises(ValueError, match="没有任何事实"):
        fold((), WORLD)
