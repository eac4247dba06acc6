"""The unit of work: load, decide, write the papers, append the fact, in one transaction, once."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any, ClassVar, Final, Generic, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from gongkai.codec import Split, canonical, split
from gongkai.findings import finding_as, finding_from
from gongkai.office import Conflict, Office, unknown_case
from gongkai.store import blind, deadlines, records, registry, tasks
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.records import Answered, Heading
from gongkai.store.registry import StoredPaper
from notices.errors import PaperError
from rules.errors import RuleError
from workflow.case import Case
from workflow.commands import Command, Register
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.people import Actor
from workflow.periods import Period
from workflow.plain_text import refuse_unseen, refuse_unseen_in
from workflow.rectification import Rectification, RegisterRectification
from workflow.world import World

C = TypeVar("C", Case, Rectification)


@dataclass(frozen=True, kw_only=True)
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
    #: The bytes that an ``attach`` brings with it.
    enclosed: "Enclosed | None" = None


class Enclosed(Protocol):
    """Bytes that are kept in the transaction of the step that brings them."""

    def put(self, tx: Transaction, agency: str) -> None:
        """Keep the bytes; the agency's chain is not held yet."""

    def note(self, tx: Transaction, agency: str, case_number: str, fact: int) -> None:
        """Keep the row that binds them to the fact, which is there."""


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
    name: ClassVar[str]
    #: The first step of every case of the kind; what any other first step is told, and the article.
    opens: ClassVar[type[Register | RegisterRectification]]
    unopened: ClassVar[tuple[str, str]]
    #: What a step of the kind is told where the case is of another kind, and what to do instead.
    other: ClassVar[tuple[str, str]]

    def __init__(self, *, as_recorded: bool = False) -> None:
        #: History: no gate stops a step, no paper is issued, and the facts say so.
        self.as_recorded: Final = as_recorded

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
    def periods(self, case: C, office: Office, world: World) -> tuple[Period, ...]:
        """Return the periods that run in a case."""

    def agency_of(self, command: Command) -> str:
        """Return whose case a registration opens; refuse any other first step."""
        if not isinstance(command, self.opens):
            message, article = self.unopened
            raise Refused(code="wrong_state", message=message, article=article, mend="请先登记。")
        return command.agency

    def keep(self, tx: Transaction, before: C | None, done: Carried[C], world: World) -> None:
        """Keep what the kind keeps besides row, fact and papers."""

    def refuse_other(self, number: str) -> Refused:
        """Say that the case is of another kind."""
        message, mend = self.other
        return Refused(
            code="wrong_kind", message=message.format(number=number), article="41", mend=mend
        )

    def perform(
        self,
        office: Office,
        number: str | None,
        command: Command,
        actor: Actor | None,
        on: date,
        *,
        today: date,
        command_id: str = "",
        expected_version: int | None = None,
    ) -> Carried[C]:
        """Take one step in a case of this kind; see :func:`carry_out`.

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
        return carry_out(office, self, number, order)


def carry_out(office: Office, kind: Kind[C], number: str | None, order: Order) -> Carried[C]:
    """Take one step, wholly or not at all. ``number`` is None for a registration.

    Raises :class:`Refused` for what law, state or a paper forbids, :class:`Conflict` where the case
    has moved on, and :class:`gongkai.store.failures.Unavailable` where the database does not
    answer; the command may then be given again under the same id.
    """
    if not order.command_id:
        order = replace(order, command_id=uuid4().hex)
    refuse_unseen_in("command_id", order.command_id)
    refuse_unseen_in("办理人", order.actor.name if order.actor else "")

    def once() -> Carried[C]:
        with writing(office.store) as tx:
            return carry(tx, office, kind, number, order)

    return retrying(once)


class _Asked(NamedTuple):
    """An order taken apart, and the digest of it but for its personal part.

    The digest is kept for good: what is personal must leave no trace when it is erased.
    """

    order: Order
    said: Split
    digest: str


class _Undone(Exception):
    """Carries what a step would do out of the transaction that is undone."""


def preview(office: Office, kind: Kind[C], number: str, order: Order) -> Carried[C]:
    """Return what a step would do, papers and findings included, and do nothing.

    Raises :class:`Refused` where the step is not allowed. Numbers on its papers are those that the
    next papers would bear.
    """
    order = replace(order, command_id=uuid4().hex)
    done: list[Carried[C]] = []
    with suppress(_Undone), writing(office.store) as tx:
        done.append(carry(tx, office, kind, number, order))
        raise _Undone
    return done[0]


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
    standing = heading.head, heading.erased
    known: Any = office.folded.get(number, standing)
    if known is None:
        _, facts = records.facts_of(tx, number)
        known = kind.fold(facts, office.world(heading.agency, today))
        office.folded.put(standing, known)
    case: C = known
    return case


def carry(
    tx: Transaction, office: Office, kind: Kind[C], number: str | None, order: Order
) -> Carried[C]:
    """Take one step inside a transaction; see :func:`carry_out`."""
    try:
        return _carried(tx, office, kind, number, order)
    except (RuleError, PaperError) as error:
        raise Refused.by(error) from error


def _carried(
    tx: Transaction, office: Office, kind: Kind[C], number: str | None, order: Order
) -> Carried[C]:
    # First the lock: who waits for it while the same command is carried out finds its answer.
    heading = records.lock(tx, number) if number is not None else None
    if known := records.answered(tx, order.command_id):
        refuse_unseen(order.command)  # what nobody can see has no digest, and was never done
        return _again(tx, office, kind, known, _asked(number, order))
    before = None
    if number is not None:
        _refuse_if_erased(heading)
        before = _loaded(tx, office, kind, heading, number, order.today)
    refuse_if_outrun(before.facts if before else (), order.expected_version)
    agency = before.agency if before else kind.agency_of(order.command)
    world = office.world(agency, order.today)
    decided = kind.decide(tx, office, before, order, world)
    return _kept(tx, office, kind, before, decided, _asked(number, order), world)


def _kept(
    tx: Transaction,
    office: Office,
    kind: Kind[C],
    before: C | None,
    decided: Decided[C],
    asked: _Asked,
    world: World,
) -> Carried[C]:
    order = asked.order
    fact = Fact(
        number=decided.case.version,
        on=order.on,
        actor=decided.actor,
        command=decided.command,
        command_id=order.command_id,
        recorded_at=office.moment(),
        papers=tuple(paper.ref for paper in decided.papers),
        as_recorded=kind.as_recorded,
    )
    case = kind.after(before, fact, world)
    done = Carried(case=case, fact=fact, findings=decided.findings, papers=decided.papers)
    rows = registry.paper_rows(case, fact, done.papers)
    said = {"version": case.version, "findings": [finding_as(f) for f in done.findings]}
    answer = canonical(said).decode()
    digests = [registry.row_digest(row) for row in rows]
    with tx.together():
        registry.put_bytes(tx, case.agency, done.papers)
        if order.enclosed:
            order.enclosed.put(tx, case.agency)
        answered = records.answer_digest(asked.digest, answer)
        kept = records.linked(tx, case, fact, _said(fact.command, asked), digests, answered)
        records.put_case(tx, case, kind.row(case, office, world), kept.end.hash)
        records.add_fact(tx, kept)
        registry.add_papers(tx, rows)
        if order.enclosed:
            order.enclosed.note(tx, case.agency, case.number, fact.number)
        records.remember(tx, case, fact, asked.digest, answer)
        blind.keep(tx, case, fact.command)
        kind.keep(tx, before, done, world)
        _clock(tx, office, kind, done, world)
    office.folded.put((kept.end.hash, False), case)
    return done


def _clock(tx: Transaction, office: Office, kind: Kind[C], done: Carried[C], world: World) -> None:
    """Keep the running periods with the fact that moved them; what they asked for may be over."""
    place = Place(done.case.agency, done.case.number)
    running = kind.periods(done.case, office, world)
    if deadlines.sync(tx, place, running, office.calendar):
        tasks.close_ended(tx, place, running, done.fact.on, str(done.fact.actor))


def _asked(number: str | None, order: Order) -> _Asked:
    said = split(order.command)
    who = str(order.actor) if order.actor else None
    asked = [number, order.on.isoformat(), who, said.public]
    return _Asked(order, said, sha256(canonical(asked)).hexdigest())


def _said(command: Command, asked: _Asked) -> Split:
    """Take the command apart, once where nothing had to be filled in."""
    return asked.said if command is asked.order.command else split(command)


def _again(
    tx: Transaction, office: Office, kind: Kind[C], known: Answered, asked: _Asked
) -> Carried[C]:
    """Answer a command that was carried out before, as it was answered then."""
    if known.asked != asked.digest:
        raise _two_meanings()
    agency, facts = records.facts_of(tx, known.case_number)
    then = facts[: known.fact]
    own = split(then[-1].command).personal
    found = records.heading(tx, known.case_number)
    erased = found is not None and found.erased  # what was asked can no longer be compared
    if not erased and own != asked.said.personal:
        raise _two_meanings()
    case = kind.fold(then, office.world(agency, asked.order.today))
    findings = tuple(finding_from(one) for one in known.answer["findings"])
    return Carried(case=case, fact=then[-1], findings=findings, repeated=True)


def _two_meanings() -> Conflict:
    return Conflict("同一个 command_id 已用于另一项操作。请刷新页面后重新提交。")


def _refuse_if_erased(heading: Heading | None) -> None:
    if heading and heading.erased:
        raise Refused(
            code="erased",
            message=f"案件“{heading.number}”保管期限已满，个人信息已经清除，不能再办理。",
            mend="需要继续处理的，请作为新的申请登记，并写明原案件编号。",
        )


def refuse_if_outrun(facts: Sequence[Fact], wanted: int | None) -> None:
    """Raise :class:`Conflict` where the file has gone on since version ``wanted`` was seen."""
    if facts and wanted is not None and wanted != len(facts):
        last = facts[-1]
        raise Conflict(
            f"本件已被他人办理（{last.actor} 于{last.on}办理了“{last.kind}”），"
            f"您看到的是第{wanted}版，现为第{len(facts)}版。请刷新后再办理。"
        )
