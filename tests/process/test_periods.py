"""Which periods run in a case, until when, by what article; and what is done about them when."""

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from rules import calendar
from tests.process.desk import DISCLOSE, MASKED, WORLD, Desk, processing, register, replied
from workflow import commands as c
from workflow.agency import Targets
from workflow.periods import Period, PeriodKind, months_after, periods, yearly_periods
from workflow.reminders import ActionKind, actions
from workflow.vocabulary import ChallengeKind, Channel, ConsultationKind, Opinion, Role

PARTY = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某某建设有限公司", items=(1,))


def running(desk: Desk, on: date | None = None) -> dict[str, tuple[date, str]]:
    """Return the periods that run after the last step: key → last day, article."""
    assert desk.case
    world = desk.world.on(on or desk.case.last_on)
    return {p.key: (p.due_on, p.article) for p in periods(desk.case, world)}


def test_mail_to_be_confirmed_has_no_other_period() -> None:
    desk = Desk().do(register(channel=Channel.INTERNET), date(2020, 9, 14))

    assert running(desk) == {"confirmation/0": (date(2020, 9, 15), "31")}


def test_a_received_request_has_four_days_to_watch() -> None:
    desk = Desk().do(register(), date(2020, 9, 25))

    assert running(desk) == {
        "acceptance/0": (date(2020, 9, 29), "45"),
        "correction_notice/0": (date(2020, 10, 12), "30"),
        "draft/0": (date(2020, 10, 15), "45"),
        "reply/0": (date(2020, 10, 29), "33.2"),
    }


def test_while_the_applicant_corrects_only_the_applicants_day_runs() -> None:
    desk = processing(date(2020, 5, 6)).do(
        c.RequestCorrection(matters=("写明所需信息的名称",), working_days=10), date(2020, 5, 14)
    )

    assert running(desk) == {"correction/0": (date(2020, 5, 28), "30")}


def test_each_party_that_has_the_letter_has_its_own_day() -> None:
    desk = (
        processing()
        .do(PARTY, date(2020, 9, 21))
        .do(replace(PARTY, kind=ConsultationKind.JOINT_MAKER, party="某局"), date(2020, 9, 21))
        .do(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23))
    )

    assert "joint_maker/2" not in running(desk)
    assert running(desk)["third_party/1"] == (date(2020, 10, 20), "32")

    desk.do(c.RecordConsultationReceipt(consultation=2), date(2020, 9, 24))
    desk.do(c.RecordOpinion(consultation=1, opinion=Opinion.CONSENT), date(2020, 9, 25))

    assert "third_party/1" not in running(desk)
    assert running(desk)["joint_maker/2"] == (date(2020, 10, 21), "34")


def test_a_co_handling_runs_until_its_unit_answers() -> None:
    asked = c.CoHandle(unit="自然资源局", question="请提供方案", due_on=date(2020, 9, 25))
    desk = processing().do(asked, date(2020, 9, 16), "head")

    assert running(desk)["co_handling/1"] == (date(2020, 9, 25), "45")

    desk.do(c.AnswerCoHandle(text="已提供"), date(2020, 9, 18))
    assert "co_handling/1" not in running(desk)


def test_after_a_partial_reply_come_filing_and_the_yearly_look_at_what_was_withheld() -> None:
    desk = replied(processing(), date(2020, 9, 18), MASKED)

    assert running(desk) == {
        "filing/1": (date(2020, 10, 22), "45"),
        "reassessment/1": (date(2021, 9, 18), "18"),
    }
    desk.do(c.Archive(), date(2020, 9, 21))
    assert running(desk) == {"reassessment/1": (date(2021, 9, 18), "18")}


def test_a_full_reply_is_never_looked_at_again() -> None:
    desk = replied(processing(), date(2020, 9, 18), DISCLOSE).do(c.Archive(), date(2020, 9, 21))

    assert running(desk) == {}


@pytest.mark.parametrize(
    ("kind", "copy", "due"),
    [
        (ChallengeKind.RECONSIDERATION, date(2024, 9, 23), date(2024, 10, 11)),
        (ChallengeKind.LITIGATION, date(2024, 9, 23), date(2024, 10, 8)),
    ],
)
def test_the_answer_in_a_challenge_runs_from_the_copy(
    kind: ChallengeKind, copy: date, due: date
) -> None:
    desk = replied(processing(date(2024, 9, 2)), date(2024, 9, 9)).do(c.Archive(), date(2024, 9, 9))
    challenge = c.RecordChallenge(kind=kind, body="某市人民政府", copy_received_on=copy)

    assert running(desk.do(challenge, date(2024, 9, 20))) == {"challenge_answer/1": (due, "51")}


def test_what_the_agency_sets_itself_can_be_switched_off() -> None:
    none = Targets(
        acceptance_wd=0, draft_wd=0, service_proof_wd=0, filing_wd=0, reassessment_months=0
    )
    world = replace(WORLD, policy=replace(WORLD.policy, targets=none))
    desk = replace(Desk().do(register(), date(2020, 9, 25)), world=world)

    assert set(running(desk)) == {"correction_notice/0", "reply/0"}


def test_a_day_beyond_the_published_years_is_provisional_and_said_so() -> None:
    desk = Desk(world=WORLD.on(date(2026, 12, 15))).do(register(), date(2026, 12, 15))
    assert desk.case
    (reply,) = (p for p in periods(desk.case, desk.world) if p.kind is PeriodKind.REPLY)

    assert (reply.due_on, reply.provisional, reply.internal) == (date(2027, 1, 13), True, False)


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2021, 1, 31), 1, date(2021, 2, 28)),
        (date(2020, 2, 29), 12, date(2021, 2, 28)),
        (date(2020, 11, 30), 3, date(2021, 2, 28)),
        (date(2020, 12, 15), 1, date(2021, 1, 15)),
        (date(2020, 5, 31), 1, date(2020, 6, 30)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, wanted: date) -> None:
    assert months_after(day, months) == wanted


def reply_period(due_on: date) -> Period:
    return Period(kind=PeriodKind.REPLY, due_on=due_on, article="33.2")


def test_a_reply_is_reminded_of_on_working_days_and_climbs_from_officer_to_supervisor() -> None:
    """2020-10-29 is a Thursday; the 1st to the 8th of October 2020 were a holiday."""
    plan = [(a.kind, a.on, a.roles) for a in actions(reply_period(date(2020, 10, 29)), calendar())]

    assert plan == [
        (ActionKind.SOON_5, date(2020, 10, 22), (Role.OFFICER,)),
        (ActionKind.SOON_3, date(2020, 10, 26), (Role.OFFICER,)),
        (ActionKind.SOON_1, date(2020, 10, 28), (Role.OFFICER, Role.HEAD)),
        (ActionKind.TODAY, date(2020, 10, 29), (Role.OFFICER, Role.HEAD)),
        (ActionKind.OVERDUE_OFFICER, date(2020, 10, 30), (Role.OFFICER,)),
        (ActionKind.OVERDUE_HEAD, date(2020, 11, 2), (Role.HEAD,)),
        (ActionKind.OVERDUE_SUPERVISOR, date(2020, 11, 3), (Role.SUPERVISOR,)),
    ]


@pytest.mark.parametrize("kind", list(PeriodKind))
def test_every_period_has_something_done_about_it_in_order(kind: PeriodKind) -> None:
    plan = [*actions(Period(kind=kind, due_on=date(2020, 10, 29), article="x"), calendar())]

    assert plan
    assert all(a.on <= b.on for a, b in pairwise(plan))
    assert len({a.kind for a in plan}) == len(plan)
    assert all(a.roles for a in plan)


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (PeriodKind.THIRD_PARTY, ActionKind.EXPIRE),
        (PeriodKind.JOINT_MAKER, ActionKind.EXPIRE),
        (PeriodKind.EXPLANATION, ActionKind.EXPIRE),
        (PeriodKind.CORRECTION, ActionKind.PROPOSE),
        (PeriodKind.PAYMENT, ActionKind.PROPOSE),
    ],
)
def test_silence_counts_from_the_day_after_the_last_day(
    kind: PeriodKind, action: ActionKind
) -> None:
    plan = [*actions(Period(kind=kind, due_on=date(2020, 10, 20), article="x"), calendar())]

    assert [(a.kind, a.on, a.legal) for a in plan] == [(action, date(2020, 10, 21), True)]


def test_beyond_the_calendar_reminders_count_civil_days() -> None:
    last = calendar().last
    far = replace(reply_period(last), due_on=date(last.year + 1, 6, 30))

    assert [a.on for a in actions(far, calendar())][:2] == [
        date(last.year + 1, 6, 25),
        date(last.year + 1, 6, 27),
    ]


def test_every_agency_owes_a_report_and_a_score_each_year() -> None:
    assert [(p.key, p.due_on, p.article) for p in yearly_periods(2027)] == [
        ("annual_report/2027", date(2027, 1, 31), "50"),
        ("yearly_score/2027", date(2027, 3, 31), "46"),
    ]
