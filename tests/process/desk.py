"""A small office for the tests: an agency, a calendar, and a desk that takes steps."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

import pytest

from rules import calendar
from rules.words import AgencyKind, FeeBasis, Ground, Outcome
from workflow import commands as c
from workflow.agency import Agency, Policy, Topic
from workflow.case import Case
from workflow.clock import reply_due
from workflow.decision import Decision, Evidence, Passage, PersonalPrivacy
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.gate import decide
from workflow.people import Actor
from workflow.vocabulary import ApplicantKind, Channel, SendMethod
from workflow.world import World

AGENCY = Agency(
    key="county",
    name="某县人民政府",
    kind=AgencyKind.COUNTY_GOVERNMENT,
    code="某政公",
    disclosure_office="某县人民政府办公室",
    online_review="https://fuyi.example.gov.cn",
    cleared=("机构职能简介",),
)
POLICY = Policy(topics={"epidemic": Topic(label="疫情", presume_disclosure=True)})
WORLD = World(calendar=calendar(), agency=AGENCY, policy=POLICY, today=date(2026, 11, 20))

APPLICANT = c.Applicant(kind=ApplicantKind.NATURAL_PERSON, name="王某")
ITEM = c.Item(title="2019年某村征地补偿安置方案")

DISCLOSE = Decision(item=1, outcome=Outcome.DISCLOSE, provide="方案全文")
MASKED = Decision(
    item=1,
    outcome=Outcome.PARTLY_DISCLOSE,
    provide="方案正文",
    passages=(
        Passage(label="正文", disclose=True),
        Passage(
            label="附表中的姓名和账号",
            disclose=False,
            grounds=(Ground.PERSONAL_PRIVACY,),
            reason="公开会暴露各户身份和账户，与补偿标准无关",
            evidence=Evidence(
                personal_privacy=PersonalPrivacy(
                    privacy_finding="姓名与账号合在一起能识别个人", masking_suffices=True
                )
            ),
        ),
    ),
)


def register(**changes: object) -> c.Register:
    """Return a registration handed in at the counter, with changes."""
    plain = c.Register(
        agency="county", channel=Channel.IN_PERSON, applicants=(APPLICANT,), items=(ITEM,)
    )
    return replace(plain, **changes)  # type: ignore[arg-type] # each test names its own fields


@dataclass
class Desk:
    """Takes steps one after another; ``case`` is what they made, ``findings`` those of the last."""

    world: World = WORLD
    case: Case | None = None
    findings: tuple[Finding, ...] = field(default=())

    def do(self, command: c.Command, on: date, by: str = "officer") -> Self:
        """Take a step that must be allowed."""
        self.case, self.findings = decide(
            self.case, command, Actor.parse(by), on=on, world=self.world
        )
        return self

    def refusal(self, command: c.Command, on: date, by: str = "officer") -> Refused:
        """Return why a step is refused; the case must be untouched."""
        with pytest.raises(Refused) as caught:
            decide(self.case, command, Actor.parse(by), on=on, world=self.world)
        refused = caught.value
        assert refused.code
        assert refused.message
        assert refused.mend
        return refused

    @property
    def due(self) -> date | None:
        """When the reply is due as of the last step."""
        assert self.case
        day = reply_due(self.case, self.world.on(self.case.last_on))
        return day.on if day else None


def processing(received: date = date(2020, 9, 14), **changes: object) -> Desk:
    """Return a desk with a case that was handed in and accepted on ``received``."""
    return Desk().do(register(**changes), received).do(c.Accept(), received)


def approved(desk: Desk, on: date, decision: Decision = DISCLOSE) -> Desk:
    """Bring a case that is being processed to approval on one day."""
    return (
        desk.do(c.DraftReply(decisions=(decision,)), on)
        .do(c.PassReview(), on, "reviewer")
        .do(c.ApproveReply(), on, "head")
    )


def replied(desk: Desk, on: date, decision: Decision = DISCLOSE) -> Desk:
    """Bring a case that is being processed to a reply handed over on one day."""
    return (
        approved(desk, on, decision)
        .do(c.IssueReply(), on)
        .do(c.SendReply(method=SendMethod.IN_PERSON), on)
    )


FEE_PAGES = c.ChargeFee(basis=FeeBasis.PAGES, count=68)
