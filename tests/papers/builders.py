"""Cases, agencies and letters for the tests of the papers."""

# ruff: noqa: ANN401 - changes are handed on to dataclasses, each key with its own type

from dataclasses import replace
from datetime import date
from typing import Any, Final

import notices
from notices.letter import Letter
from rules.words import AgencyKind
from tests.process.check_builders import a_case, a_world
from workflow import commands as c
from workflow.agency import Agency, DatedName
from workflow.case import Case, Clock, Draft, Extension, Reply
from workflow.decision import Decision
from workflow.people import Actor
from workflow.vocabulary import ApplicantKind, Channel, State
from workflow.world import World

START: Final = date(2019, 5, 15)
RECEIVED: Final = date(2020, 9, 14)
ON: Final = date(2020, 10, 26)
OFFICER: Final = Actor.parse("officer:李")

COUNTY: Final = Agency(
    key="county",
    name="抚顺县人民政府",
    kind=AgencyKind.COUNTY_GOVERNMENT,
    code="抚县政公",
    disclosure_office="抚顺县人民政府办公室",
    address="抚顺县某街1号",
    phone="024-00000000",
    review_bodies=(DatedName(name="抚顺市人民政府", since=START),),
    courts=(
        DatedName(name="抚顺市中级人民法院", since=START, until=date(2021, 9, 30)),
        DatedName(name="抚顺县人民法院", since=date(2021, 10, 1), until=date(2023, 9, 27)),
        DatedName(name="抚顺市中级人民法院", since=date(2023, 9, 28)),
    ),
    online_review="司法部掌上复议小程序",
    payment="到县财政局指定的银行缴纳",
)
_BASIC: Final = (DatedName(name="抚顺县人民法院", since=START),)
DEPARTMENT: Final = Agency(
    key="education",
    name="抚顺县教育局",
    kind=AgencyKind.DEPARTMENT,
    code="抚县教公",
    disclosure_office="抚顺县教育局办公室",
    review_bodies=(
        DatedName(name="抚顺县人民政府", since=START),
        DatedName(name="抚顺市教育局", since=START, until=date(2021, 6, 30)),
    ),
    courts=_BASIC,
)
TOWNSHIP: Final = Agency(
    key="township",
    name="抚顺县某镇人民政府",
    kind=AgencyKind.TOWNSHIP,
    code="抚县某镇公",
    disclosure_office="抚顺县某镇党政办公室",
    review_bodies=(DatedName(name="抚顺县人民政府", since=START),),
    courts=_BASIC,
)
VERTICAL: Final = Agency(
    key="tax",
    name="国家税务总局抚顺县税务局",
    kind=AgencyKind.VERTICAL,
    code="抚县税公",
    disclosure_office="国家税务总局抚顺县税务局办公室",
    review_bodies=(DatedName(name="国家税务总局抚顺市税务局", since=START),),
    courts=_BASIC,
)
AGENCIES: Final = (COUNTY, DEPARTMENT, TOWNSHIP, VERTICAL)

WANG: Final = c.Applicant(
    kind=ApplicantKind.NATURAL_PERSON,
    name="王某某",
    id_document="210421198001011234",
    contact="13900001111",
    address="抚顺县某村3组17号",
)
COMPANY: Final = c.Applicant(kind=ApplicantKind.COMMERCIAL_ENTERPRISE, name="某某贸易有限公司")


def world(on: date = ON, agency: Agency = COUNTY) -> World:
    """Return the world of an agency on a day."""
    return a_world(agency=agency, today=on)


def case(**changes: Any) -> Case:
    """Return a case under way since 2020-09-14 that nobody has asked anything about."""
    plain: dict[str, Any] = {
        "number": "抚县政公申〔2020〕7号",
        "state": State.PROCESSING,
        "applicants": (WANG,),
        "clock": Clock(start=RECEIVED),
        "correction": None,
        "consultations": (),
        "explanation": None,
        "searches": (),
    }
    return a_case(**{**plain, **changes})


def replied(*decisions: Decision, on: date = ON, **changes: Any) -> Case:
    """Return a case whose reply with ``decisions`` has just been issued."""
    received = changes.pop("received_on", min(RECEIVED, on))
    draft = Draft(decisions=decisions, digest="", by=OFFICER, on=on)
    made = case(state=State.ISSUED, on=received, received_on=received, **changes)
    return replace(made, replies=(*made.replies, Reply(draft=draft, issued_on=on)))


def reply(*decisions: Decision, on: date = ON, agency: Agency = COUNTY, **changes: Any) -> Letter:
    """Return the letter that answers with ``decisions``."""
    changes.setdefault("received_on", RECEIVED if on.year == RECEIVED.year else on)
    made = replied(*decisions, on=on, **changes)
    return letter("reply", c.IssueReply(), made, on, agency)


def letter(
    kind: str, command: c.Command, after: Case, on: date = ON, agency: Agency = COUNTY
) -> Letter:
    """Return a letter that the linter has nothing against."""
    made = notices.compose(kind, case=after, command=command, on=on, world=world(on, agency))
    assert notices.lint(made, case=after, world=world(on, agency)) == ()
    return made


def extended(**changes: Any) -> Case:
    """Return a case whose reply has just been put off by twenty working days."""
    plain: dict[str, Any] = {
        "channel": Channel.INTERNET,
        "clock": Clock(start=RECEIVED, extended_by=20),
        "extensions": (
            Extension(
                working_days=20,
                reason="需要向档案馆调取1998年的卷宗",
                asked_on=date(2020, 9, 28),
                decided_on=date(2020, 9, 29),
                granted=True,
                told_on=date(2020, 9, 29),
            ),
        ),
    }
    return case(**{**plain, **changes})
