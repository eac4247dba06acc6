"""The unit of work: load, decide, write the papers, append the fact, in one transaction."""

import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, Engine

from gongkai import papers
from gongkai.codec import canonical, split
from gongkai.config import Config
from gongkai.errors import REFUSED, Told
from gongkai.findings import finding_as, finding_from
from gongkai.store import records
from gongkai.store.engine import writing
from gongkai.store.records import Answered, StoredPaper
from notices.errors import PaperError
from notices.variants import Variants
from rules.errors import RuleError
from rules.load import law_on
from rules.words import Force
from rules.workdays import WorkCalendar
from workflow import fold
from workflow.agency import Agency
from workflow.case import Case
from workflow.clock import reply_due
from workflow.commands import AnswerOnTheSpot, Command, DraftReply, RecallReply, Register
from workflow.decision import Decision
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.gate import decide, default_actor
from workflow.people import Actor
from workflow.rectification import RegisterRectification
from workflow.replying import with_digest
from workflow.world import World

CASE_SERIES: Final = "case"
RECTIFICATION_SERIES: Final = "rectification"
_LETTERS: Final = string.ascii_uppercase
_CODE_LENGTH: Final = 12


def random_code(_seed: str) -> str:
    """Draw a check code for a paper."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))


def fixed_code(seed: str) -> str:
    """Derive a check code from what the paper is: the same story gives the same bytes."""
    digest = sha256(seed.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:_CODE_LENGTH])


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The database with all that a step needs besides the case."""

    engine: Engine
    config: Config
    calendar: WorkCalendar
    check_code: Callable[[str], str] = random_code
    #: The moment of recording; a replay has none.
    moment: Callable[[], datetime | None] = lambda: None

    def world(self, agency: str, today: date) -> World:
        """Return the world in which ``agency`` acts on ``today``."""
        found = self.config.agencies.get(agency)
        if found is None:
            raise Refused(
                code="unknown_agency",
                message=f"配置文件里没有“{agency}”这个机关。",
                mend=f"可用的机关：{'、'.join(self.config.agencies)}。",
            )
        return World(calendar=self.calendar, agency=found, policy=self.config.policy, today=today)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A step that was taken: the case after it, its fact, findings and papers."""

    case: Case
    fact: Fact
    findings: tuple[Finding, ...]
    papers: tuple[StoredPaper, ...] = ()
    repeated: bool = False


class Conflict(Told):
    """Somebody else was faster, or one command id stands for two different commands."""

    exit_code = REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """One command as it was given."""

    command: Command
    actor: Actor | None
    on: date
    today: date
    command_id: str
    expected_version: int | None


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
    """Take one step, wholly or not at all. ``number`` is None for a registration.

    The same ``command_id`` gives the same answer and changes nothing. Raises :class:`Refused` for
    what law, state or a paper forbids and :class:`Conflict` where the case has moved on. Without an
    actor the first role that may acts.
    """
    order = _Order(
        command=command,
        actor=actor,
        on=on,
        today=today,
        command_id=command_id or uuid4().hex,
        expected_version=expected_version,
    )
    try:
        with writing(office.engine) as connection:
            return _perform(connection, office, number, order)
    except (RuleError, PaperError) as error:
        raise Refused(
            code=error.code, message=error.message, article=error.article, mend=error.mend
        ) from error


def load(connection: Connection, office: Office, number: str, today: date) -> Case:
    """Return the case that bears ``number``, folded from its facts."""
    agency, facts = records.facts_of(connection, number)
    if not facts:
        raise unknown_case(number)
    if facts[0].kind == RegisterRectification.do:
        raise Refused(
            code="wrong_kind",
            message=f"“{number}”是更正申请（第四十一条），不是公开申请，没有这个步骤。",
            article="41",
            mend="更正申请用 decide_rectification 决定。",
        )
    return fold.fold(facts, office.world(agency, today))


def unknown_case(number: str) -> Refused:
    """Say that there is no such case."""
    return Refused(
        code="unknown_case",
        message=f"没有编号为“{number}”的案件。",
        mend="用 gongkai case list 查看案件编号。",
    )


def _perform(connection: Connection, office: Office, number: str | None, order: _Order) -> Done:
    asked = _digest(number, order)
    if known := records.answered(connection, order.command_id):
        return _again(connection, office, known, asked, order.today)
    before = load(connection, office, number, order.today) if number is not None else None
    refuse_if_outrun(before.facts if before else (), order.expected_version)
    world = office.world(_agency(before, order.command), order.today)
    command = order.command
    if isinstance(command, Register) and before is None:
        command = _numbered(connection, office, command, order.on, world)
    command = with_digest(before, command)
    world = _with_reasons(connection, world, before, command)
    done = _taken(connection, office, before, replace(order, command=command), world)
    _write(connection, before, done, asked, world)
    return done


def _digest(number: str | None, order: _Order) -> str:
    who = str(order.actor) if order.actor else None
    asked = [number, order.on.isoformat(), who, *split(order.command)]
    return sha256(canonical(asked)).hexdigest()


def _again(
    connection: Connection, office: Office, known: Answered, asked: str, today: date
) -> Done:
    if known.asked != asked:
        raise Conflict("同一个 command_id 已用于另一项操作。请刷新页面后重新提交。")
    agency, facts = records.facts_of(connection, known.case_number)
    then = facts[: known.fact]
    findings = tuple(finding_from(one) for one in known.answer["findings"])
    case = fold.fold(then, office.world(agency, today))
    return Done(case=case, fact=then[-1], findings=findings, repeated=True)


def refuse_if_outrun(facts: Sequence[Fact], wanted: int | None) -> None:
    """Raise :class:`Conflict` where the file has gone on since version ``wanted`` was seen."""
    if facts and wanted is not None and wanted != len(facts):
        last = facts[-1]
        raise Conflict(
            f"本件已被他人办理（{last.actor} 于{last.on}办理了“{last.kind}”），"
            f"您看到的是第{wanted}版，现为第{len(facts)}版。请刷新后再办理。"
        )


def _agency(case: Case | None, command: Command) -> str:
    if case is not None:
        return case.agency
    if isinstance(command, Register):
        return command.agency
    raise Refused(code="wrong_state", message="申请还没有登记。", article="31", mend="请先登记。")


def _numbered(
    connection: Connection, office: Office, command: Register, on: date, world: World
) -> Register:
    """Give a new case its number: the one it brings, or the next of the agency's series."""
    if not command.number:
        form = office.config.numbers.case
        drawn = next_free(connection, form, world.agency, CASE_SERIES, on.year)
        command = replace(command, number=drawn)
    refuse_taken(connection, command.number)
    return command


def next_free(connection: Connection, form: str, agency: Agency, series: str, year: int) -> str:
    """Draw the next number of a series of cases that no case brought with it."""
    while True:
        n = records.next_number(connection, agency.key, series, year)
        drawn = form.format(code=agency.code, year=year, n=n)
        if not records.number_taken(connection, drawn):
            return drawn


def refuse_taken(connection: Connection, number: str) -> None:
    """Refuse a number that a case bears already."""
    if records.number_taken(connection, number):
        raise Refused(
            code="number_taken",
            message=f"编号“{number}”已用于另一件申请。",
            article="45",
            mend="请核对编号，或者不填编号，由系统编定。",
        )


def _with_reasons(
    connection: Connection, world: World, case: Case | None, command: Command
) -> World:
    """Tell the check how often other refusals of the unit have given the same reasons (art. 16)."""
    decisions = _decisions(case, command)
    texts = set(_reasons(decisions, world.today))
    if not texts:
        return world
    number = case.number if case else ""
    used = records.reasons_used(connection, world.agency.key, number, texts)
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


def _taken(
    connection: Connection, office: Office, before: Case | None, order: _Order, world: World
) -> Done:
    actor = order.actor or default_actor(before, order.command, order.on, world)
    after, findings = decide(before, order.command, actor, on=order.on, world=world)
    desk = desk_of(connection, office, after.agency)
    issued, remarks = papers.issue(
        order.command, before, after, on=order.on, world=world, desk=desk
    )
    fact = Fact(
        number=after.version,
        on=order.on,
        actor=actor,
        command=order.command,
        command_id=order.command_id,
        recorded_at=office.moment(),
        papers=tuple(paper.ref for paper in issued),
    )
    case = fold.after(before, fact, world)
    return Done(case=case, fact=fact, findings=(*findings, *remarks), papers=issued)


def desk_of(connection: Connection, office: Office, agency: str) -> papers.Desk:
    """Return what papers of an agency need inside this transaction."""
    return papers.Desk(
        numbers=office.config.numbers,
        draw=partial(records.next_number, connection, agency),
        check_code=office.check_code,
        variants=office.config.variants.get(agency, Variants.none()),
    )


def _write(
    connection: Connection, before: Case | None, done: Done, asked: str, world: World
) -> None:
    case, fact = done.case, done.fact
    records.put_case(connection, case, reply_due(case, world))
    records.add_fact(connection, case, fact)
    records.add_papers(connection, case, fact, done.papers)
    answer = {"version": case.version, "findings": [finding_as(f) for f in done.findings]}
    records.remember(connection, case, fact, asked, answer)
    if isinstance(fact.command, DraftReply):
        records.keep_reasons(connection, case, _reasons(fact.command.decisions, world.today))
    if isinstance(fact.command, RecallReply) and before and before.reply:
        reason = fact.command.reason or fact.command.comments
        number = before.reply.number
        records.void_paper(connection, case, number, on=fact.on, reason=reason)
