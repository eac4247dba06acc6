"""The unit of work: load, decide, write the papers, append the fact, in one transaction, once."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, Generic, TypeVar
from uuid import uuid4

from gongkai.codec import canonical, split
from gongkai.findings import finding_as, finding_from
from gongkai.office import Conflict, Office, unknown_case
from gongkai.store import records, registry
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.records import Answered, Heading
from gongkai.store.registry import StoredPaper
from notices.errors import PaperError
from rules.errors import RuleError
from workflow.case import Case
from workflow.commands import Command
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.people import Actor
from workflow.rectification import Rectification
from workflow.world import World

C = TypeVar("C", Case, Rectification)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One command as it was given."""

    command: Command
    actor: Actor | None
    on: date
    today: date
    #: Made by the client: the same id gives the same answer and changes nothing.
    command_id: str = ""
    #: The version of the case that its author saw.
    expected_version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried(Generic[C]):
    """A step that was taken: the case after it, its fact, findings and papers."""

    case: C
    fact: Fact
    findings: tuple[Finding, ...]
    papers: tuple[StoredPaper, ...] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Generic[C]):
    """What a case kind makes of an order: the case after it, who acted, what was found, papers."""

    case: C
    command: Command
    actor: Actor
    findings: tuple[Finding, ...]
    papers: tuple[StoredPaper, ...] = ()


class Kind(ABC, Generic[C]):
    """A kind of case: how its facts are read, what a step does, which row it leaves."""

    #: The kind as its row names it.
    name: str

    @abstractmethod
    def fold(self, facts: Sequence[Fact], world: World) -> C:
        """Return the case that facts make."""

    @abstractmethod
    def after(self, case: C | None, fact: Fact, world: World) -> C:
        """Return the case after one more fact."""

    @abstractmethod
    def decide(
        self, tx: Transaction, office: Office, before: C | None, order: Order, world: World
    ) -> Decided[C]:
        """Take a step, or raise :class:`Refused`."""

    @abstractmethod
    def row(self, case: C, office: Office, world: World) -> Mapping[str, Any]:
        """Return the row of a case."""

    @abstractmethod
    def agency_of(self, command: Command) -> str:
        """Return whose case a registration opens; refuse any other first step."""

    def keep(self, tx: Transaction, before: C | None, done: Carried[C], world: World) -> None:
        """Keep what the kind keeps besides row, fact and papers."""

    @abstractmethod
    def refuse_other(self, number: str) -> Refused:
        """Say that the case is of another kind."""


def carry_out(office: Office, kind: Kind[C], number: str | None, order: Order) -> Carried[C]:
    """Take one step, wholly or not at all. ``number`` is None for a registration.

    Raises :class:`Refused` for what law, state or a paper forbids, :class:`Conflict` where the case
    has moved on, and :class:`gongkai.store.failures.Unavailable` where the database does not
    answer; the command may then be given again under the same id.
    """
    order = replace(order, command_id=order.command_id or uuid4().hex)

    def once() -> Carried[C]:
        with writing(office.store) as tx:
            return _carried(tx, office, kind, number, order)

    try:
        done = retrying(once)
    except (RuleError, PaperError) as error:
        raise Refused(
            code=error.code, message=error.message, article=error.article, mend=error.mend
        ) from error
    return done


def load(tx: Transaction, office: Office, kind: Kind[C], number: str, today: date) -> C:
    """Return the case that bears ``number``, folded from its facts or remembered."""
    return _loaded(tx, office, kind, records.heading(tx, number), number, today)


def _loaded(
    tx: Transaction,
    office: Office,
    kind: Kind[C],
    heading: Heading | None,
    number: str,
    today: date,
) -> C:
    if heading is None:
        raise unknown_case(number)
    if heading.kind != kind.name:
        raise kind.refuse_other(number)
    known: Any = office.folded.get(heading.head, erased=heading.erased)
    if known is None:
        _, facts = records.facts_of(tx, number)
        known = kind.fold(facts, office.world(heading.agency, today))
        office.folded.put(heading.head, known, erased=heading.erased)
    case: C = known
    return case


def _carried(
    tx: Transaction, office: Office, kind: Kind[C], number: str | None, order: Order
) -> Carried[C]:
    if known := records.answered(tx, order.command_id):
        return _again(tx, office, kind, known, number, order)
    before = None
    if number is not None:
        before = _loaded(tx, office, kind, records.lock(tx, number), number, order.today)
    refuse_if_outrun(before.facts if before else (), order.expected_version)
    agency = before.agency if before else kind.agency_of(order.command)
    world = office.world(agency, order.today)
    decided = kind.decide(tx, office, before, order, world)
    return _kept(tx, office, kind, before, decided, order, _asked(number, order), world)


def _kept(
    tx: Transaction,
    office: Office,
    kind: Kind[C],
    before: C | None,
    decided: Decided[C],
    order: Order,
    asked: str,
    world: World,
) -> Carried[C]:
    fact = Fact(
        number=decided.case.version,
        on=order.on,
        actor=decided.actor,
        command=decided.command,
        command_id=order.command_id,
        recorded_at=office.moment(),
        papers=tuple(paper.ref for paper in decided.papers),
    )
    case = kind.after(before, fact, world)
    done = Carried(case=case, fact=fact, findings=decided.findings, papers=decided.papers)
    rows = registry.paper_rows(case, fact, done.papers)
    kept = records.linked(
        tx, case, fact, split(fact.command), [registry.row_digest(row) for row in rows]
    )
    records.put_case(tx, case, kind.row(case, office, world), kept.end.hash)
    records.add_fact(tx, kept)
    registry.add_papers(tx, rows, done.papers)
    answer = {"version": case.version, "findings": [finding_as(f) for f in done.findings]}
    records.remember(tx, case, fact, asked, answer)
    kind.keep(tx, before, done, world)
    office.folded.put(kept.end.hash, case)
    return done


def _asked(number: str | None, order: Order) -> str:
    """Digest what was asked but for its personal part, which must leave no trace when erased."""
    who = str(order.actor) if order.actor else None
    asked = [number, order.on.isoformat(), who, split(order.command).public]
    return sha256(canonical(asked)).hexdigest()


def _again(
    tx: Transaction,
    office: Office,
    kind: Kind[C],
    known: Answered,
    number: str | None,
    order: Order,
) -> Carried[C]:
    """Answer a command that was carried out before, as it was answered then."""
    if known.asked != _asked(number, order):
        raise _two_meanings()
    agency, facts = records.facts_of(tx, known.case_number)
    then = facts[: known.fact]
    own = split(then[-1].command).personal
    if own is not None and own != split(order.command).personal:
        raise _two_meanings()
    case = kind.fold(then, office.world(agency, order.today))
    findings = tuple(finding_from(one) for one in known.answer["findings"])
    return Carried(case=case, fact=then[-1], findings=findings, repeated=True)


def _two_meanings() -> Conflict:
    return Conflict("同一个 command_id 已用于另一项操作。请刷新页面后重新提交。")


def refuse_if_outrun(facts: Sequence[Fact], wanted: int | None) -> None:
    """Raise :class:`Conflict` where the file has gone on since version ``wanted`` was seen."""
    if facts and wanted is not None and wanted != len(facts):
        last = facts[-1]
        raise Conflict(
            f"本件已被他人办理（{last.actor} 于{last.on}办理了“{last.kind}”），"
            f"您看到的是第{wanted}版，现为第{len(facts)}版。请刷新后再办理。"
        )
