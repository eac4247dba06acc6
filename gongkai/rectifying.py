"""Rectifications (art. 41) as a kind of case."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gongkai import papers
from gongkai.office import RECTIFICATION_SERIES, Office, case_number
from gongkai.store import records
from gongkai.store.engine import Transaction
from gongkai.store.tables import RECTIFICATION
from gongkai.unit import Carried, Decided, Kind, Order
from workflow import rectification
from workflow.commands import Command
from workflow.facts import Fact
from workflow.people import Actor
from workflow.periods import Period, rectification_periods
from workflow.rectification import ROLES, Rectification, RegisterRectification
from workflow.world import World

#: A step that was taken in a rectification.
Rectified = Carried[Rectification]


class Rectifications(Kind[Rectification]):
    """Rectifications through their gates, with the letter that tells the decision."""

    name = RECTIFICATION
    opens = RegisterRectification
    unopened = ("更正申请还没有登记。", "41")
    other = (
        "“{number}”是公开申请，不是更正申请，没有这个步骤。",
        "公开申请的步骤见 gongkai process。",
    )

    def fold(self, facts: Sequence[Fact], world: World) -> Rectification:
        del world
        return rectification.fold(facts)

    def after(self, case: Rectification | None, fact: Fact, world: World) -> Rectification:
        del world
        return rectification.after(case, fact)

    def decide(
        self,
        tx: Transaction,
        office: Office,
        before: Rectification | None,
        order: Order,
        world: World,
    ) -> Decided[Rectification]:
        command = _numbered(tx, office, before, order, world)
        actor = order.actor or usual(command)
        after, findings = rectification.decide(
            before, command, actor, on=order.on, world=world, as_recorded=self.as_recorded
        )
        done = Decided(case=after, command=command, actor=actor, findings=findings)
        if self.as_recorded:
            return done
        issued, remarks = papers.issue_rectification(
            after, on=order.on, world=world, desk=office.desk(tx, after.agency)
        )
        return replace(done, findings=(*findings, *remarks), papers=issued)

    def row(self, case: Rectification, office: Office, world: World) -> Mapping[str, Any]:
        days = office.config.rectification.working_days
        return records.rectification_row(case, rectification.due(case, days, world))

    def periods(self, case: Rectification, office: Office, world: World) -> tuple[Period, ...]:
        return rectification_periods(case, office.config.rectification.working_days, world)


RECTIFICATIONS: Final = Rectifications()
perform: Final = RECTIFICATIONS.perform


def _numbered(
    tx: Transaction, office: Office, before: Rectification | None, order: Order, world: World
) -> Command:
    """Return the command; a registration with the number of its case."""
    command = order.command
    if not isinstance(command, RegisterRectification) or before is not None:
        return command
    form = office.config.numbers.rectification
    own = case_number(tx, form, world.agency, RECTIFICATION_SERIES, order.on.year, command.number)
    return replace(command, number=own)


def usual(command: Command) -> Actor:
    """Return who takes a step when nobody is named."""
    role = ROLES.get(command.do, ROLES[RegisterRectification.do])
    return Actor(role)
