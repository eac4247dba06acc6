"""更正 (art. 41): a small case kind of its own, about a record that concerns the applicant.

Registered by an officer, decided by the head. The Regulation sets no period: the agency's own one
is policy and is shown as such. Rectifications are not counted in table three of the annual report.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final

from rules.errors import RuleError
from rules.load import law_on
from rules.words import Labelled
from workflow.agency import Agency
from workflow.clock import Deadline
from workflow.commands import Applicant, Command
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.history import noted
from workflow.people import Actor
from workflow.personal import personal, personal_given, personal_list
from workflow.plain_text import refuse_unseen
from workflow.step import Step, not_after_today, refuse_unless, warning
from workflow.vocabulary import Channel, Delivery, Role
from workflow.world import World

ARTICLE: Final = "41"
#: What a deadline shows in the place of its article: no law sets this period.
POLICY: Final = "机关内部期限（第四十一条没有规定期限）"


class RectificationState(Labelled):
    """Where a rectification stands. Values are stored: never rename one."""

    PROCESSING = "processing", "办理中"
    DECIDED = "decided", "已作出处理"


class RectificationResult(Labelled):
    """What art. 41 lets the agency do."""

    CORRECTED = "corrected", "予以更正"
    NOT_CORRECTED = "not_corrected", "不予更正"
    FORWARDED = "forwarded", "转送有权更正的机关"
    DIRECTED = "directed", "告知向有权更正的机关提出"


_OUR_OWN: Final = frozenset({RectificationResult.CORRECTED, RectificationResult.NOT_CORRECTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRectification(Command):
    """登记更正申请 (41): which record, what is wrong with it, and the evidence that shows it."""

    do: ClassVar[str] = "register_rectification"
    agency: str
    channel: Channel
    number: str = ""
    delivery: Delivery | None = None
    applicant: Applicant
    record: str = personal_given()
    claim: str = personal_given()
    evidence: tuple[str, ...] = personal_list()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRectification(Command):
    """决定更正申请 (41).

    ``reason`` is what the examination found: with ``corrected`` it says what the record now reads.
    ``to`` is the agency that may correct it.
    """

    do: ClassVar[str] = "decide_rectification"
    result: RectificationResult
    reason: str = personal()
    to: str = ""


COMMANDS: Final[dict[str, type[Command]]] = {
    kind.do: kind for kind in (RegisterRectification, DecideRectification)
}
LABELS: Final = {"register_rectification": "登记更正申请", "decide_rectification": "决定更正申请"}
#: Who takes each step.
ROLES: Final = {RegisterRectification.do: Role.OFFICER, DecideRectification.do: Role.HEAD}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decision as it stands on file."""

    on: date
    result: RectificationResult
    reason: str
    to: str
    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectification:
    """更正案件: the fold of its facts."""

    agency: str
    number: str
    channel: Channel
    delivery: Delivery | None
    on: date
    applicant: Applicant
    record: str
    claim: str
    evidence: tuple[str, ...]
    decided: Decided | None = None
    facts: tuple[Fact, ...] = ()

    @property
    def version(self) -> int:
        """How many facts it has."""
        return len(self.facts)

    @property
    def state(self) -> RectificationState:
        """Whether it is decided."""
        return RectificationState.DECIDED if self.decided else RectificationState.PROCESSING

    @property
    def last_on(self) -> date:
        """The legal date of the last step."""
        return self.facts[-1].on

    @property
    def applicants(self) -> tuple[Applicant, ...]:
        """The applicant, as letters ask for them."""
        return (self.applicant,)


def after(case: Rectification | None, fact: Fact) -> Rectification:
    """Return the case after a fact; nothing is judged again."""
    command = fact.command
    if isinstance(command, RegisterRectification):
        made = Rectification(
            agency=command.agency,
            number=command.number,
            channel=command.channel,
            delivery=command.delivery,
            on=fact.on,
            applicant=command.applicant,
            record=command.record,
            claim=command.claim,
            evidence=command.evidence,
        )
        return replace(made, facts=(fact,))
    if case is None or not isinstance(command, DecideRectification):
        raise ValueError(f"{fact.kind} is no step of this rectification")
    decided = Decided(
        on=fact.on, result=command.result, reason=command.reason, to=command.to, by=fact.actor
    )
    return replace(case, decided=decided, facts=(*case.facts, fact))


def fold(facts: Iterable[Fact]) -> Rectification:
    """Return the case that the facts make."""
    case: Rectification | None = None
    for fact in facts:
        case = after(case, fact)
    if case is None:
        raise ValueError("a rectification begins with its registration")
    return case


def decide(
    case: Rectification | None,
    command: Command,
    actor: Actor,
    *,
    on: date,
    world: World,
    as_recorded: bool = False,
) -> tuple[Rectification, tuple[Finding, ...]]:
    """Judge a step and return the case after it, with what is to be noted about the step.

    Raises :class:`Refused` with what is wrong, the article and what to do; nothing has changed.
    ``as_recorded`` is for history alone: what would be refused for its content is a finding.
    """
    _permitted(case, command, actor)
    refuse_unseen(command)
    not_after_today(on, Step(on, actor, world.on(on), world.today), ARTICLE)
    _countable(on)
    try:
        findings = _judged(case, command, on, world.agency)
    except Refused as refused:
        if not as_recorded:
            raise
        findings = noted(refused)
    number = case.version + 1 if case else 1
    fact = Fact(number=number, on=on, actor=actor, command=command, as_recorded=as_recorded)
    return after(case, fact), findings


def _judged(
    case: Rectification | None, command: Command, on: date, agency: Agency
) -> tuple[Finding, ...]:
    if isinstance(command, RegisterRectification):
        return tuple(_registered(command))
    assert isinstance(command, DecideRectification)  # noqa: S101 - permitted before
    assert case is not None  # noqa: S101 - as above
    _decidable(case, command, on, agency)
    return ()


def due(case: Rectification, working_days: int, world: World) -> Deadline:
    """Return the agency's own last day: policy, not law."""
    day = world.calendar.add(case.on, working_days)
    return Deadline(
        kind="rectification",
        due_on=day.on,
        article=POLICY,
        provisional=day.provisional,
        met_on=case.decided.on if case.decided else None,
    )


def _permitted(case: Rectification | None, command: Command, actor: Actor) -> None:
    refuse_unless(
        command.do in COMMANDS,
        "wrong_state",
        f"更正申请没有“{command.do}”这个步骤。",
        ARTICLE,
        f"更正申请只有：{'、'.join(f'{do}（{label}）' for do, label in LABELS.items())}。",
    )
    new = isinstance(command, RegisterRectification)
    refuse_unless(
        new == (case is None) and not (case and case.decided),
        "wrong_state",
        f"更正申请现在的状态是“{case.state.label if case else '未登记'}”，"
        f"不能办理“{LABELS[command.do]}”。",
        ARTICLE,
        "先登记，后决定，各一次；对处理有新的证据的，请另行登记。",
    )
    role = ROLES[command.do]
    refuse_unless(
        actor.role is role,
        "wrong_role",
        f"“{LABELS[command.do]}”由{role.label}办理，{actor.role.label}不能办理。",
        ARTICLE,
        f"请由{role.label}办理。",
    )


def _countable(on: date) -> None:
    try:
        law_on(on)
    except RuleError as error:
        raise Refused.by(error) from error


def _registered(command: RegisterRectification) -> Iterator[Finding]:
    wanted = {
        "name": (command.applicant.name, "申请人的姓名或者名称"),
        "record": (command.record, "要求更正的是哪一份政府信息记录"),
        "claim": (command.claim, "记录哪里不准确、应当是什么"),
    }
    for key, (text, what) in wanted.items():
        refuse_unless(
            bool(text.strip()), f"{key}_missing", f"没有写明{what}。", ARTICLE, "请补充后登记。"
        )
    if not any(text.strip() for text in command.evidence):
        yield warning(
            "evidence_missing",
            "申请人没有提供证明记录不准确的证据。",
            ARTICLE,
            "请告知申请人可以补充证据；能自行核实的，应当核实后再决定。",
        )


def _decidable(case: Rectification, command: DecideRectification, on: date, agency: Agency) -> None:
    refuse_unless(
        on >= case.on,
        "before_its_cause",
        f"决定的日期{on}早于收到更正申请的日期{case.on}。",
        ARTICLE,
        "请核对日期。",
    )
    own = command.result in _OUR_OWN
    refuse_unless(
        not own or bool(command.reason.strip()),
        "reason_missing",
        f"“{command.result.label}”没有写明审核情况。",
        ARTICLE,
        "予以更正的，在 reason 中写明更正后的内容；不予更正的，写明理由。",
    )
    refuse_unless(
        own == (not command.to.strip()),
        "agency_missing" if not own else "agency_stray",
        f"“{command.result.label}”"
        + ("由本机关自己处理，不应当写其他机关。" if own else "没有写明有权更正的行政机关。"),
        ARTICLE,
        "请删去 to。" if own else "请在 to 中写明机关名称。",
    )
    refuse_unless(
        command.to.strip() not in {agency.name, agency.head_name},
        "own_agency",
        f"不能转送本机关（{agency.name}）自己。",
        ARTICLE,
        "本机关有权更正的，请审核后予以更正或者不予更正。",
    )
