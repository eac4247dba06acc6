"""What is due is done once, whenever the sweep comes; what silence means is recorded by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from gongkai import rectifying
from gongkai.config import Config, Email, Notify, Person
from gongkai.office import Office
from gongkai.requesting import load, perform
from gongkai.store import deadlines, outbox, tasks
from gongkai.store.deadlines import Place
from gongkai.store.engine import reading
from gongkai.story import Story
from gongkai.sweep import Swept, sweep
from gongkai.sweep.proposals import preview, proposals
from tests.gongkai.waiting import CONSULTED, CORRECTED
from workflow.case import Case
from workflow.commands import Accept
from workflow.errors import Refused
from workflow.people import Actor
from workflow.reminders import ActionKind
from workflow.vocabulary import Role, State

Tell = Callable[[str], Story]
COUNTY = "fushun-county-office"


def case_of(office: Office, place: Place, on: date) -> Case:
    with reading(office.store) as tx:
        return load(tx, office, place.case_number, on)


def about(done: Swept, place: Place) -> list[tuple[str, str, str]]:
    """Return what a sweep did about a case: period, action, outcome."""
    return [
        (deed.period.key, deed.action.kind.value, deed.outcome)
        for deed in done.deeds
        if deed.place == place
    ]


def texts(office: Office, place: Place, role: Role) -> list[str]:
    with reading(office.store) as tx:
        found = tasks.open_tasks(tx, agency=place.agency, role=role, case=place.case_number)
        return [task.text for task in found]


def test_a_silent_third_party_ends_its_consultation_and_the_officer_is_told_to_decide(
    office: Office, placed: Callable[[str], Place]
) -> None:
    place = placed(CONSULTED.format(kind="third_party"))

    early = about(sweep(office, date(2020, 10, 20)), place)
    assert "third_party/1" not in [key for key, _, _ in early]
    done = sweep(office, date(2020, 10, 21))

    assert ("third_party/1", "expire", "done") in about(done, place)
    case = case_of(office, place, date(2020, 10, 21))
    assert case.state is State.PROCESSING
    assert (case.facts[-1].kind, case.facts[-1].actor.role) == ("expire_consultation", Role.SYSTEM)
    (said,) = (x for x in texts(office, place, Role.OFFICER) if "第三方逾期未回复" in x)
    assert "由本机关决定是否公开" in said
    assert "第三十二条" in said


def test_a_silent_joint_maker_has_consented(office: Office, placed: Callable[[str], Place]) -> None:
    place = placed(CONSULTED.format(kind="joint_maker"))

    sweep(office, date(2020, 10, 21))

    (consultation,) = case_of(office, place, date(2020, 10, 21)).consultations
    assert consultation.silent
    assert any("视为同意公开" in x for x in texts(office, place, Role.OFFICER))


def test_an_overdue_correction_becomes_a_proposal_with_its_paper_and_closes_nothing(
    office: Office, placed: Callable[[str], Place]
) -> None:
    place = placed(CORRECTED)

    done = sweep(office, date(2020, 9, 28))

    assert about(done, place) == [("correction/0", "propose", "done")]
    assert case_of(office, place, date(2020, 9, 28)).state is State.AWAITING_CORRECTION
    (proposal,) = proposals(office)
    assert "deem_abandoned no_good_reason=true" in proposal.words
    seen = preview(office, proposal, date(2020, 9, 28))
    assert not isinstance(seen, Refused)
    assert [paper.kind for paper in seen.papers]
    assert case_of(office, place, date(2020, 9, 28)).state is State.AWAITING_CORRECTION

    head = Actor(Role.HEAD)
    perform(
        office, place.case_number, proposal.command, head, date(2020, 9, 28),
        today=date(2020, 9, 28),
    )  # fmt: skip
    assert list(proposals(office)) == []


def test_a_reply_is_reminded_of_day_by_day_until_the_supervisor_hears_of_it(
    office: Office, placed: Callable[[str], Place]
) -> None:
    """Handed in on 2020-09-14: due on 2020-10-16."""
    place = placed("")
    told: dict[str, date] = {}
    for day in range(275, 300):
        on = date.fromordinal(date(2019, 12, 31).toordinal() + day)
        for key, action, outcome in about(sweep(office, on), place):
            if key == "reply/0" and outcome == "done":
                assert action not in told
                told[action] = on

    assert told == {
        "soon_5": date(2020, 10, 10),
        "soon_3": date(2020, 10, 13),
        "soon_1": date(2020, 10, 15),
        "today": date(2020, 10, 16),
        "overdue_officer": date(2020, 10, 19),
        "overdue_head": date(2020, 10, 20),
        "overdue_supervisor": date(2020, 10, 21),
    }
    assert any("督办" in x for x in texts(office, place, Role.SUPERVISOR))


def test_after_an_outage_everything_is_caught_up_in_one_sweep_without_a_flood(
    office: Office, placed: Callable[[str], Place]
) -> None:
    place = placed("")

    done = [x for x in about(sweep(office, date(2020, 12, 1)), place) if x[0] == "reply/0"]

    assert done == [
        ("reply/0", "soon_5", "superseded"),
        ("reply/0", "soon_3", "superseded"),
        ("reply/0", "soon_1", "superseded"),
        ("reply/0", "today", "superseded"),
        ("reply/0", "overdue_officer", "done"),
        ("reply/0", "overdue_head", "done"),
        ("reply/0", "overdue_supervisor", "done"),
    ]
    for role in (Role.OFFICER, Role.HEAD, Role.SUPERVISOR):
        (said,) = (x for x in texts(office, place, role) if "：答复（" in x)
        assert "最迟应于2020-10-16完成，已逾期" in said
    assert about(sweep(office, date(2020, 12, 1)), place) == []
    assert about(sweep(office, date(2020, 12, 2)), place) == []


def test_who_is_told_something_later_the_same_day_is_not_told_twice(
    office: Office, placed: Callable[[str], Place]
) -> None:
    """One working day late: the officer is reminded of that, the head hears of the last day."""
    place = placed("")

    sweep(office, date(2020, 10, 19))

    (officer,) = (x for x in texts(office, place, Role.OFFICER) if "：答复（" in x)
    (head,) = (x for x in texts(office, place, Role.HEAD) if "：答复（" in x)
    assert officer.startswith("【逾期提醒】")
    assert head.startswith("【已逾期】")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2020, 10, 10), "【还有5个工作日到期】"),
        (date(2020, 10, 12), "【还有4个工作日到期】"),
        (date(2020, 10, 14), "【还有2个工作日到期】"),
        (date(2020, 10, 16), "【今日到期】"),
    ],
)
def test_a_late_reminder_says_how_many_days_are_left_that_day(
    on: date, said: str, office: Office, placed: Callable[[str], Place]
) -> None:
    place = placed("")

    sweep(office, on)

    (text,) = (x for x in texts(office, place, Role.OFFICER) if "：答复（" in x)
    assert text.startswith(said)


def test_a_step_that_ends_a_period_ends_what_was_asked_about_it(
    office: Office, placed: Callable[[str], Place]
) -> None:
    place = placed("")
    sweep(office, date(2020, 9, 21))
    assert any("受理" in x for x in texts(office, place, Role.OFFICER))

    perform(office, place.case_number, Accept(), None, date(2020, 9, 21), today=date(2020, 9, 21))

    assert not any("【逾期提醒】" in x and "受理" in x for x in texts(office, place, Role.OFFICER))
    with reading(office.store) as tx:
        keys = {period.key for period, _ in deadlines.periods_of(tx, place)}
    assert "acceptance/0" not in keys


def test_a_day_that_moved_is_reminded_of_anew(
    office: Office, placed: Callable[[str], Place], tell: Tell, request_text: str
) -> None:
    place = placed(
        """\
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "request_extension"
on = 2020-10-12
working_days = 5
reason = "涉及档案较多"
"""
    )
    sweep(office, date(2020, 10, 12))
    grant = tell(
        request_text + '[[steps]]\ndo = "decide_extension"\non = 2020-10-13\ngrant = true\n'
    ).steps[0]
    perform(
        office, place.case_number, grant.command, Actor(Role.HEAD), date(2020, 10, 13),
        today=date(2020, 10, 13),
    )  # fmt: skip

    later = [x for x in about(sweep(office, date(2020, 10, 16)), place) if x[0] == "reply/0"]

    assert later == [("reply/0", "soon_5", "done")]


def test_legal_actions_wait_while_the_clock_is_in_doubt_and_reminders_do_not(
    office: Office, placed: Callable[[str], Place]
) -> None:
    place, other = placed(CONSULTED.format(kind="third_party")), placed("")

    done = sweep(office, date(2020, 11, 4), held=True)

    assert "expire" not in [action for _, action, _ in about(done, place)]
    assert ("reply/0", "overdue_officer", "done") in about(done, other)
    assert case_of(office, place, date(2020, 11, 4)).state is State.CONSULTING
    assert ("third_party/1", "expire", "done") in about(sweep(office, date(2020, 11, 4)), place)


def test_the_agency_is_reminded_of_its_yearly_report(office: Office) -> None:
    done = sweep(office, date(2021, 1, 25))

    own = [(d.place, d.period.key, d.action.kind) for d in done.deeds if not d.place.case_number]
    assert (Place(COUNTY, ""), "annual_report/2021", ActionKind.SOON_5) in own
    assert {place.agency for place, _, _ in own} == set(office.config.agencies)
    bureau = "fushun-county-natural-resources-bureau"
    for agency in (COUNTY, bureau):
        (said,) = texts(office, Place(agency, ""), Role.OFFICER)
        assert f"】{office.config.agencies[agency].name}：公布年度报告（第五十条" in said


def test_a_duty_of_before_the_first_sweep_is_nobodys(office: Office) -> None:
    """Whoever begins in November is not asked for the report of January."""
    for on in (date(2020, 11, 2), date(2020, 11, 3)):
        assert sweep(office, on).deeds == ()

    later = {deed.period.key for deed in sweep(office, date(2021, 4, 6)).deeds}

    assert later == {"annual_report/2021", "yearly_score/2021"}


def test_a_rectification_has_the_agencys_own_day(office: Office, tell: Tell) -> None:
    story = tell(
        """\
title = "更正"
[rectification]
agency = "fushun-county-office"
on = 2022-06-06
channel = "in_person"
record = "低保档案中的家庭人口"
claim = "应为三人"
evidence = ["户口簿"]
[rectification.applicant]
kind = "natural_person"
name = "王某"
"""
    )
    done = rectifying.perform(office, None, story.register, None, story.on, today=date(2022, 6, 6))

    swept = sweep(office, date(2022, 7, 4))

    place = Place(done.case.agency, done.case.number)
    assert about(swept, place) == [("rectification/0", "today", "done")]


def test_reminders_go_to_the_people_in_the_role_by_mail_once(
    office: Office, placed: Callable[[str], Place]
) -> None:
    mail = Email(host="localhost", sender="gongkai@example.gov.cn")
    people = (
        Person(user="a", name="甲", agency=COUNTY, roles=(Role.OFFICER,), email="a@example.gov.cn"),
        Person(user="b", name="乙", agency=COUNTY, roles=(Role.HEAD,), email="b@example.gov.cn"),
        Person(user="c", name="丙", agency=COUNTY, roles=(Role.OFFICER,)),
    )
    config: Config = replace(office.config, people=people, notify=Notify(email=mail))
    office = replace(office, config=config)
    place = placed("")

    sweep(office, date(2020, 10, 16))
    sweep(office, date(2020, 10, 16))

    with reading(office.store) as tx:
        found = outbox.of_case(tx, *place)
    today = [
        (m.recipient, m.urgent)
        for m in found
        if m.text.startswith(f"【今日到期】{place.case_number}：答复")
    ]
    assert sorted(today) == [("a@example.gov.cn", True), ("b@example.gov.cn", True)]
    assert len({m.id for m in found}) == len(found)
