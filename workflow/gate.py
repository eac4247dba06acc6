"""The gate: the one door through which every step goes, on every way into the program."""

from collections.abc import Callable
from datetime import date
from typing import Final

from rules.errors import RuleError
from workflow import afterwards, asking, duties, intake, replying, sending, timing
from workflow import commands as c
from workflow.case import Case
from workflow.clock import deadlines
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.fold import after
from workflow.history import noted, refuse_impossible
from workflow.machine import permit, usual_role
from workflow.people import Actor
from workflow.plain_text import refuse_unseen
from workflow.records import corrected, happened_date
from workflow.step import Guard, Step, not_after_today, refuse_unless, warning, zh
from workflow.vocabulary import Role
from workflow.world import World

GUARDS: Final[dict[type[c.Command], Guard]] = {
    **intake.GUARDS,
    **asking.GUARDS,
    **timing.GUARDS,
    **replying.GUARDS,
    **sending.GUARDS,
    **afterwards.GUARDS,
    **duties.GUARDS,
}

#: Asks the gates about a step; :class:`Refused`, or what is to be noted.
Judge = Callable[[Case | None, c.Command, Step], tuple[Finding, ...]]

#: Events outside the agency: they may become known later than they happened.
OUTSIDE: Final = (
    c.ConfirmReceipt,
    c.ReceiveCorrection,
    c.RecordConsultationReceipt,
    c.RecordOpinion,
    c.RecordExplanation,
    c.RecordPayment,
    c.RecordDelivery,
    c.RecordService,
    c.RecordChallenge,
    c.RecordChallengeResult,
)


def decide(
    case: Case | None,
    command: c.Command,
    actor: Actor,
    *,
    on: date,
    world: World,
    as_recorded: bool = False,
) -> tuple[Case, tuple[Finding, ...]]:
    """Judge a step and return the case after it with what is to be noted about the step.

    ``case`` is None for a registration. ``world.today`` is the day of recording, ``on`` the legal
    date of the step. Raises :class:`Refused` with code, what is wrong, the article and what to do
    instead; nothing has then changed. ``as_recorded`` is for history alone: what a guard would
    refuse is a finding, the step table holds as ever, and the fact says how it was recorded.
    """
    judge = _noted if as_recorded else _asked
    try:
        return _decide(case, command, actor, on, world, judge)
    except RuleError as error:
        raise Refused.by(error) from error


def _decide(
    case: Case | None, command: c.Command, actor: Actor, on: date, world: World, judge: Judge
) -> tuple[Case, tuple[Finding, ...]]:
    permit(case.state if case else None, command.do, actor.role)
    refuse_unseen(command)
    findings = judge(case, command, Step(on, actor, world.on(on), world.today))
    fact = Fact(
        number=case.version + 1 if case else 1,
        on=on,
        actor=actor,
        command=command,
        as_recorded=judge is _noted,
    )
    result = after(case, fact, world)
    _countable(result, world)
    return result, findings


def _asked(case: Case | None, command: c.Command, step: Step) -> tuple[Finding, ...]:
    """Ask every gate; the first that refuses stops the step."""
    return (*_in_order(case, command, step), *_judged(case, command, step))


def _noted(case: Case | None, command: c.Command, step: Step) -> tuple[Finding, ...]:
    """Ask every gate of a step that is history: what one refuses is noted."""
    refuse_impossible(case, command, step)
    found: list[Finding] = []
    for gate in (_in_order, _judged):
        try:
            found += gate(case, command, step)
        except Refused as refused:
            found += noted(refused)
    return tuple(found)


def _in_order(case: Case | None, command: c.Command, step: Step) -> tuple[Finding, ...]:
    not_after_today(step.on, step, "45")
    if case is None or isinstance(command, OUTSIDE):
        return ()
    refuse_unless(
        step.on >= case.last_on,
        "date_goes_back",
        f"{zh(step.on)}早于案卷中已有的{zh(case.last_on)}，本机关自己的行为不能倒签日期。",
        "45",
        f"请填写{zh(case.last_on)}或者之后的实际日期。",
    )
    return ()


def _judged(case: Case | None, command: c.Command, step: Step) -> tuple[Finding, ...]:
    if isinstance(command, c.Register):
        return intake.may_register(command, step)
    if case is None:
        return ()
    if isinstance(command, c.CorrectRecord):
        return _may_correct(case, command, step)
    guard = GUARDS.get(type(command))
    return guard(case, command, step) if guard else ()


def _countable(case: Case, world: World) -> None:
    """Refuse a step after which a deadline would lie in a year without calendar."""
    deadlines(case, world)


def default_actor(case: Case | None, command: c.Command, on: date, world: World) -> Actor:
    """Return who takes the step when nobody is named: the first role that may.

    A draft is recalled by its drafter; a correction that moves a deadline is the head's.
    """
    if isinstance(command, c.RecallDraft) and case and case.draft:
        return case.draft.by
    if isinstance(command, c.CorrectRecord) and case:
        moved = _known_fact(case, command) and _moves_a_deadline(case, command, on, world)
        return Actor(Role.HEAD if moved else Role.OFFICER)
    return Actor(usual_role(command.do, case.state if case else None))


def _known_fact(case: Case, command: c.CorrectRecord) -> bool:
    return 1 <= command.fact <= case.version


def _corrected_case(case: Case, command: c.CorrectRecord, on: date, world: World) -> Case:
    actor = Actor(Role.OFFICER)
    return after(case, Fact(number=case.version + 1, on=on, actor=actor, command=command), world)


def _moves_a_deadline(case: Case, command: c.CorrectRecord, on: date, world: World) -> bool:
    try:
        changed = _corrected_case(case, command, on, world)
    except (Refused, RuleError):
        return False
    return _dates(case, world) != _dates(changed, world)


def _dates(case: Case, world: World) -> tuple[list[date], list[bool | None]]:
    """Everything that hangs on a date: the deadlines, and whether each reply was in time."""
    return [d.due_on for d in deadlines(case, world)], [r.in_time for r in case.replies]


def _may_correct(case: Case, command: c.CorrectRecord, step: Step) -> tuple[Finding, ...]:
    refuse_unless(
        _known_fact(case, command),
        "unknown_fact",
        f"没有第{command.fact}项事实，本案共{case.version}项（登记是第1项）。",
        "45",
        "请用 gongkai case log 查看事实编号。",
    )
    refuse_unless(
        command.reason.strip(),
        "reason_missing",
        "更正记录没有写明理由。",
        "45",
        "请在 reason 中写明原记录错在哪里、依据什么更正。",
    )
    changed = _corrected_case(case, command, step.on, step.world)
    moved = _moves_a_deadline(case, command, step.on, step.world)
    refuse_unless(
        step.actor.role is Role.HEAD or not moved,
        "wrong_person",
        "这项更正会改变期限，应当由负责人办理。",
        "45",
        "请由负责人办理更正，并保留证明材料。",
    )
    if happened_on := happened_date(command):
        not_after_today(happened_on, step, "45")
    return _would_be_refused(changed, step)


def _would_be_refused(changed: Case, step: Step) -> tuple[Finding, ...]:
    """Past gates are not run again: what they would refuse now is shown to the supervisor."""
    case: Case | None = None
    found = []
    for fact in corrected(changed.facts):
        if isinstance(fact.command, c.CorrectRecord):
            continue
        then = Step(fact.on, fact.actor, step.world.on(fact.on), step.today)
        try:
            _judged(case, fact.command, then)
            _in_order(case, fact.command, then)
        except (Refused, RuleError) as error:
            message = f"按更正后的记录，第{fact.number}项事实原本不应办理：{error.message}"
            found.append(warning(f"past_{error.code}", message, error.article, error.mend))
        case = after(case, fact, step.world)
    return tuple(found)
