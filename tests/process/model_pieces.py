"""What the moves of the model check are made of: persons, offices, registrations, drafts."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Final, NamedTuple

from rules import calendar
from rules.words import Ground, Outcome
from tests.process.desk import AGENCY, APPLICANT, DISCLOSE, ITEM, WORLD, register
from workflow import commands as c
from workflow.case import Case
from workflow.decision import (
    Decision,
    Deliberative,
    Evidence,
    Passage,
    PersonalPrivacy,
    StateSecret,
    TradeSecret,
)
from workflow.people import Actor
from workflow.vocabulary import (
    Channel,
    DeliberativeCategory,
    Delivery,
    Form,
    Role,
    SecrecyAuthority,
    SecrecyLevel,
)
from workflow.world import World

CALENDAR: Final = calendar()
MONDAY: Final = date(2021, 3, 1)
DAY: Final = timedelta(days=1)

#: The offices in which a move may be made: the plain one, one of two, one without online review.
OFFICES: Final[dict[str, World]] = {
    "plain": WORLD,
    "two": replace(WORLD, agency=replace(AGENCY, office_of_two=True)),
    "one": replace(WORLD, agency=replace(AGENCY, superior_head="己")),
    "offline": replace(WORLD, agency=replace(AGENCY, online_review="")),
}


class Move(NamedTuple):
    """A command, who gives it, its legal day, the day of recording, and in which office."""

    command: c.Command
    by: Actor
    on: date
    today: date
    office: str = "plain"

    @property
    def world(self) -> World:
        """The world in which the move is judged."""
        return _world(self.office, self.today)


@cache
def _world(office: str, today: date) -> World:
    return OFFICES[office].on(today)


@cache
def person(text: str) -> Actor:
    """Read ``role:name`` once."""
    return Actor.parse(text)


#: Two items, the second cleared for release on the spot.
TWO: Final = (ITEM, c.Item(title="机构职能简介"))


def registrations() -> Iterator[Move]:
    """Yield how cases begin: every channel, wishes, a topic, before fees; and bad ones."""
    good = (
        *(register(channel=channel) for channel in Channel),
        register(items=TWO),
        register(channel=Channel.INTERNET, acknowledged_on=MONDAY + DAY),
        register(delivery=Delivery.ELECTRONIC, form=Form.INSPECT),
        register(topics=("epidemic",)),
    )
    for command in good:
        yield Move(command, person("officer:甲"), MONDAY, MONDAY + DAY)
    one = replace(APPLICANT, representative=True)
    bad = (
        register(applicants=()),
        register(applicants=(one, one)),
        register(items=()),
        register(items=(c.Item(),)),
        register(channel=Channel.FAX, acknowledged_on=MONDAY - DAY),
        register(channel=Channel.FAX, acknowledged_on=MONDAY + 3 * DAY),
    )
    for command in bad:
        yield Move(command, person("officer:甲"), MONDAY, MONDAY + DAY)
    for role in (Role.HEAD, Role.SUPERVISOR):
        yield Move(register(), Actor(role), MONDAY, MONDAY)
    yield Move(register(), Actor(Role.OFFICER), MONDAY, MONDAY - DAY)
    for day in (date(2019, 5, 14), date(2020, 9, 14), date(2027, 12, 20)):
        yield Move(register(), Actor(Role.OFFICER), day, day)


def answers(case: Case, first: Decision) -> tuple[Decision, ...]:
    """Return ``first`` for the first item that is to be answered and disclosure for the rest."""
    numbers = case.to_answer
    rest = (replace(DISCLOSE, item=n) for n in numbers[1:])
    return (replace(first, item=numbers[0]), *rest) if numbers else ()


def withheld(ground: Ground, **evidence: Any) -> Decision:  # noqa: ANN401 - each ground has its own
    """Return a decision that withholds everything on one ground."""
    whole = Passage(
        label="全文",
        disclose=False,
        grounds=(ground,),
        reason="公开会暴露工艺和账户，招致损失",
        evidence=Evidence(**{ground.value: evidence["proof"]}),
    )
    return Decision(
        item=1,
        outcome=Outcome.WITHHOLD,
        separable=False,
        separability_reason="只有一张表，行行都是",
        passages=(whole,),
    )


def secret_until(day: date) -> Decision:
    """Return a refusal for a state secret whose period ends on ``day``."""
    proof = StateSecret(
        level=SecrecyLevel.CONFIDENTIAL,
        mark="秘密★5年",
        authority=SecrecyAuthority.DERIVATIVE,
        source="省某厅2019年第3号文件",
        expires_on=day,
    )
    return withheld(Ground.STATE_SECRET, proof=proof)


TRADE: Final = withheld(
    Ground.TRADE_SECRET,
    proof=TradeSecret(
        secrecy_finding="不为公众所知悉，有商业价值",
        public_interest="不公开不影响公共利益",
        objection_assessed="理由成立",
    ),
)
MINUTES: Final = withheld(
    Ground.DELIBERATIVE,
    proof=Deliberative(
        category=DeliberativeCategory.DISCUSSION_RECORD,
        process_finished=False,
        override_checked=True,
        harm="妨碍与会者坦率发表意见",
    ),
)
BARE: Final = withheld(Ground.PERSONAL_PRIVACY, proof=PersonalPrivacy())
