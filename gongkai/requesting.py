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
from rules.load import law_on
from rules.words import Force
from workflow import fold
from workflow.case import Case
from workflow.clock import reply_due
from workflow.commands import AnswerOnTheSpot, Command, DraftReply, RecallReply, Register
from workflow.decision import Decision
from workflow.errors import Refused
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

    def fold(self, facts: Sequence[Fact], world: World) -> Case:
        return fold.fold(facts, world)

    def after(self, case: Case | None, fact: Fact, world: World) -> Case:
        return fold.after(case, fact, world)

    def decide(
        self, tx: Transaction, office: Office, before: Case | None, order: Order, world: World
    ) -> Decided[Case]:
        command, actor, world = prepared(tx, office, before, order, world)
        after, findings = decide(before, command, actor, on=order.on, world=world)
        issued, remarks = papers.issue(
            command, before, after, on=order.on, world=world, desk=office.desk(tx, after.agency)
        )
        return Decided(
            case=after,
            command=command,
            actor=actor,
            findings=(*findings, *remarks),
            papers=issued,
        )

    def row(self, case: Case, office: Office, world: World) -> Mapping[str, Any]:
        del office
        return records.case_row(case, reply_due(case, world))

    def periods(self, case: Case, office: Office, world: World) -> tuple[Period, ...]:
        del office
        return periods(case, world)

    def agency_of(self, command: Command) -> str:
        if isinstance(command, Register):
            return command.agency
        raise Refused(
            code="wrong_state", message="申请还没有登记。", article="31", mend="请先登记。"
        )

    def keep(self, tx: Transaction, before: Case | None, done: Done, world: World) -> None:
        case, fact = done.case, done.fact
        outcomes.keep(tx, before, case, world)
        if isinstance(fact.command, DraftReply):
            records.keep_reasons(tx, case, _reasons(fact.command.decisions, world.today))
        if isinstance(fact.command, RecallReply) and before and before.reply:
            reason = fact.command.reason or fact.command.comments
            registry.void_paper(tx, case, before.reply.number, on=fact.on, reason=reason)

    def refuse_other(self, number: str) -> Refused:
        return Refused(
            code="wrong_kind",
            message=f"“{number}”是更正申请（第四十一条），不是公开申请，没有这个步骤。",
            article="41",
            mend="更正申请用 decide_rectification 决定。",
        )


REQUESTS: Final = Requests()


def prepared(
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


def perform(
    office: Office,
    number: str | None,
    command: Command,
    actor: Actor | None,
    on: date,
    *,
    today: date,
    command_id: str = "",
    expected_version: int | None = None,
) -> Done:
    """Take one step in a request; see :func:`gongkai.unit.carry_out`.

    Without an actor the first role that may acts.
    """
    order = Order(
        command=command,
        actor=actor,
        on=on,
        today=today,
        command_id=command_id,
        expected_version=expected_version,
    )
    return unit.carry_out(office, REQUESTS, number, order)


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
    chain.head(tx, world.agency.key)
    number = case.number if case else ""
    used = records.reasons_used(tx, world.agency.key, number, texts)
    return replace(world, reasons_used=used)


def _decisions(case: Case | None, command: Command) -> tuple[Decision, ...]:
    if isinstance(command, (DraftReply, AnswerOnTheSpot)):
        return command.decisions
    return case.draft.decisions if case and case.draft else ()


def _reasons(decisions: tuple[Decision, ...], on: date) -> Iterator[str]:
    rules = law_on(on).grounds
    for decision in decisions:
        for passage in decision.withheld:
            if passage.reason and any(
                rules[ground].force is Force.DISCRETIONARY for ground in passage.grounds
            ):
                yield passage.reason
