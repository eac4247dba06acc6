"""The unit of work of a rectification (art. 41): as the office's, for a case kind of its own."""

from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Connection

from gongkai import papers
from gongkai.codec import canonical, split
from gongkai.findings import finding_as, finding_from
from gongkai.office import (
    RECTIFICATION_SERIES,
    Conflict,
    Office,
    desk_of,
    next_free,
    refuse_if_outrun,
    refuse_taken,
    unknown_case,
)
from gongkai.store import records
from gongkai.store.engine import writing
from gongkai.store.records import Answered, StoredPaper
from notices.errors import PaperError
from rules.errors import RuleError
from workflow import rectification
from workflow.commands import Command
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.people import Actor
from workflow.rectification import ROLES, Rectification, RegisterRectification
from workflow.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectified:
    """A step that was taken: the case after it, its fact, findings and papers."""

    case: Rectification
    fact: Fact
    findings: tuple[Finding, ...]
    papers: tuple[StoredPaper, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    command: Command
    actor: Actor
    on: date
    command_id: str
    expected_version: int | None
    asked: str


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
) -> Rectified:
    """Take one step, wholly or not at all; ``number`` is None for a registration.

    The same ``command_id`` gives the same answer. Raises :class:`Refused` and :class:`Conflict`.
    """
    doer = actor or usual(command)
    who = [number, on.isoformat(), str(actor) if actor else None, *split(command)]
    order = _Order(
        command=command,
        actor=doer,
        on=on,
        command_id=command_id or uuid4().hex,
        expected_version=expected_version,
        asked=sha256(canonical(who)).hexdigest(),
    )
    try:
        with writing(office.engine) as connection:
            return _perform(connection, office, number, order, today)
    except (RuleError, PaperError) as error:
        raise Refused(
            code=error.code, message=error.message, article=error.article, mend=error.mend
        ) from error


def usual(command: Command) -> Actor:
    """Return who takes a step when nobody is named."""
    role = ROLES.get(command.do, ROLES[RegisterRectification.do])
    return Actor(role)


def is_rectification(connection: Connection, number: str) -> bool:
    """Whether the case that bears ``number`` is a rectification."""
    _, facts = records.facts_of(connection, number)
    return bool(facts) and facts[0].kind == RegisterRectification.do


def load(connection: Connection, number: str) -> Rectification:
    """Return the rectification that bears ``number``, folded from its facts."""
    _, facts = records.facts_of(connection, number)
    if not facts or facts[0].kind != RegisterRectification.do:
        raise unknown_case(number)
    return rectification.fold(facts)


def _perform(
    connection: Connection, office: Office, number: str | None, order: _Order, today: date
) -> Rectified:
    if known := records.answered(connection, order.command_id):
        return _again(connection, known, order)
    before = load(connection, number) if number is not None else None
    refuse_if_outrun(before.facts if before else (), order.expected_version)
    world = office.world(_agency(before, order.command), today)
    if isinstance(order.command, RegisterRectification) and before is None:
        command = _numbered(connection, office, order.command, order.on, world)
        order = replace(order, command=command)
    done = _taken(connection, office, before, order, world)
    days = office.config.rectification.working_days
    records.put_rectification(connection, done.case, rectification.due(done.case, days, world))
    records.add_fact(connection, done.case, done.fact)
    records.add_papers(connection, done.case, done.fact, done.papers)
    answer = {
        "version": done.case.version,
        "findings": [finding_as(finding) for finding in done.findings],
    }
    records.remember(connection, done.case, done.fact, order.asked, answer)
    return done


def _taken(
    connection: Connection,
    office: Office,
    before: Rectification | None,
    order: _Order,
    world: World,
) -> Rectified:
    after, findings = rectification.decide(
        before, order.command, order.actor, on=order.on, world=world
    )
    desk = desk_of(connection, office, after.agency)
    issued, remarks = papers.issue_rectification(after, on=order.on, world=world, desk=desk)
    fact = replace(
        after.facts[-1],
        command_id=order.command_id,
        recorded_at=office.moment(),
        papers=tuple(paper.ref for paper in issued),
    )
    case = rectification.after(before, fact)
    return Rectified(case=case, fact=fact, findings=(*findings, *remarks), papers=issued)


def _again(connection: Connection, known: Answered, order: _Order) -> Rectified:
    if known.asked != order.asked:
        raise Conflict("同一个 command_id 已用于另一项操作。请刷新页面后重新提交。")
    _, facts = records.facts_of(connection, known.case_number)
    then = facts[: known.fact]
    findings = tuple(finding_from(one) for one in known.answer["findings"])
    case = rectification.fold(then)
    return Rectified(case=case, fact=then[-1], findings=findings, repeated=True)


def _agency(case: Rectification | None, command: Command) -> str:
    if case is not None:
        return case.agency
    if isinstance(command, RegisterRectification):
        return command.agency
    raise Refused(
        code="wrong_state", message="更正申请还没有登记。", article="41", mend="请先登记。"
    )


def _numbered(
    connection: Connection,
    office: Office,
    command: RegisterRectification,
    on: date,
    world: World,
) -> RegisterRectification:
    if not command.number:
        form = office.config.numbers.rectification
        drawn = next_free(connection, form, world.agency, RECTIFICATION_SERIES, on.year)
        command = replace(command, number=drawn)
    refuse_taken(connection, command.number)
    return command
