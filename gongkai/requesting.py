"""Requests as a kind of case: the office's main work."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from gongkai import papers, unit
from gongkai.office import CASE_SERIES, Office, case_number
from gongkai.store import chain, outcomes, records, registry
from gongkai.store.engine import Transaction
from gongkai.store.tables import REQUEST
from gongkai.unit import Carried, Decided, Kind, Order
from notices import called_for
from rules.load import law_on
from rules.words import Force
from workflow import fold
from workflow.case import Case
from workflow.clock import reply_due
from workflow.commands import (
    AnswerOnTheSpot,
    ApproveReply,
    Command,
    DraftReply,
    IssueReply,
    RecallReply,
    Register,
)
from workflow.decision import Decision
from workflow.facts import Fact
from workflow.gate import decide, default_actor
from workflow.people import Actor
from workflow.periods import Period, periods
from workflow.replying import with_digest
from workflow.world import World

#: A step that was taken in a request.
Done = Carried[Case]


class Requests(Kind[Case]):
    """Requests through the gates, with the papers that their steps call for."""

    name = REQUEST
    opens = Register
    unopened = ("申请还没有登记。", "31")
    other = (
        "“{number}”是更正申请（第四十一条），不是公开申请，没有这个步骤。",
        "更正申请用 decide_rectification 决定。",
    )

    def fold(self, facts: Sequence[Fact], world: World) -> Case:
        return fold.fold(facts, world)

    def after(self, case: Case | None, fact: Fact, world: World) -> Case:
        return fold.after(case, fact, world)

    def decide(
        self, tx: Transaction, office: Office, before: Case | None, order: Order, world: World
    ) -> Decided[Case]:
        command, actor, world = _prepared(tx, office, before, order, world)
        after, findings = decide(
            before, command, actor, on=order.on, world=world, as_recorded=self.as_recorded
        )
        done = Decided(case=after, command=command, actor=actor, findings=findings)
        if self.as_recorded or not called_for(command, before, after):
            return done
        issued, remarks = papers.issue(
            command, before, after, on=order.on, world=world, desk=office.desk(tx, after.agency)
        )
        return replace(done, findings=(*findings, *remarks), papers=issued)

    def row(self, case: Case, office: Office, world: World) -> Mapping[str, Any]:
        del office
        return records.case_row(case, reply_due(case, world))

    def periods(self, case: Case, office: Office, world: World) -> tuple[Period, ...]:
        del office
        return periods(case, world)

    def keep(self, tx: Transaction, before: Case | None, done: Done, world: World) -> None:
        case, fact = done.case, done.fact
        outcomes.keep(tx, before, case, world)
        if isinstance(fact.command, DraftReply):
            records.keep_reasons(tx, case, _reasons(fact.command.decisions, world.today))
        if isinstance(fact.command, RecallReply) and before and before.reply:
            reason = fact.command.reason or fact.command.comments
            registry.void_paper(tx, case, before.reply.number, on=fact.on, reason=reason)


REQUESTS: Final = Requests()
perform: Final = REQUESTS.perform


def _prepared(
    tx: Transaction, office: Office, before: Case | None, order: Order, world: World
) -> tuple[Command, Actor, World]:
    """Return the command with all it lacks, who takes it, and the world it is judged in."""
    command = order.command
    if isinstance(command, Register) and before is None:
        form = office.config.numbers.case
        own = case_number(tx, form, world.agency, CASE_SERIES, order.on.year, command.number)
        command = replace(command, number=own)
    command = with_digest(before, command)
    world = _with_reasons(tx, world, before, command)
    return command, order.actor or default_actor(before, command, order.on, world), world


def load(tx: Transaction, office: Office, number: str, today: date) -> Case:
    """Return the request that bears ``number``."""
    return unit.load(tx, office, REQUESTS, number, today)


def _with_reasons(tx: Transaction, world: World, case: Case | None, command: Command) -> World:
    """Tell the check how often other refusals of the unit have given the same reasons (art. 16).

    Two cases that give a reason at the same moment would not see each other: the chain is locked
    before the count, so that the second one counts the first.
    """
    texts = set(_reasons(_decisions(case, command), world.today))
    if not texts:
        return world
    registry.hold_numbers(tx, world.agency.key)  # before the chain, as every step takes them
    chain.head(tx, world.agency.key)
    number = case.number if case else ""
    used = records.reasons_used(tx, world.agency.key, number, texts)
    return replace(world, reasons_used=used)


def _decisions(case: Case | None, command: Command) -> tuple[Decision, ...]:
    """Return the decisions that a step is checked for; most steps are checked for none."""
    if isinstance(command, (DraftReply, AnswerOnTheSpot)):
        return command.decisions
    checked = isinstance(command, (ApproveReply, IssueReply)) and case and case.draft
    return checked.decisions if checked else ()


def _reasons(decisions: tuple[Decision, ...], on: date) -> Iterator[str]:
    rules = law_on(on).grounds
    for decision in decisions:
        for passage in decision.withheld:
            if passage.reason and any(
                rules[ground].force is Force.DISCRETIONARY for ground in passage.grounds
            ):
                yield passage.reason
