"""The case as the fold of its facts: what each accepted step does to the file."""

from collections.abc import Iterable
from typing import Final

from workflow import afterwards, asking, duties, intake, replying, sending, timing
from workflow import commands as c
from workflow.branch import branch_of, receipt_of
from workflow.case import Case, Clock, altered
from workflow.facts import Fact
from workflow.machine import follow
from workflow.records import corrected
from workflow.step import Effect
from workflow.vocabulary import State
from workflow.world import World

#: What each step does besides moving the state; a step not named here only leaves its fact.
EFFECTS: Final[dict[type[c.Command], Effect]] = {
    **intake.EFFECTS,
    **asking.EFFECTS,
    **timing.EFFECTS,
    **replying.EFFECTS,
    **sending.EFFECTS,
    **afterwards.EFFECTS,
    **duties.EFFECTS,
}


def fold(facts: Iterable[Fact], world: World) -> Case:
    """Return the case that ``facts`` make; ``world`` lends calendar, agency and policy only.

    Raises :class:`workflow.errors.Refused` where the facts do not follow the step table, and
    ValueError where there are none.
    """
    case = None
    for fact in facts:
        case = after(case, fact, world)
    if case is None:
        raise ValueError("没有任何事实，不能还原案件。")
    return case


def after(case: Case | None, fact: Fact, world: World) -> Case:
    """Return the case after ``fact``. No guard is asked: a fact has happened."""
    command = fact.command
    if case is None:
        return _registered(fact)
    if isinstance(command, c.CorrectRecord):
        return _refolded(case, fact, world)
    state = follow(case.state, command.do, branch_of(case, command))
    effect = EFFECTS.get(type(command))
    changed = effect(case, command, fact, world) if effect else case
    return altered(
        changed, state=state, facts=(*case.facts, fact), last_on=max(case.last_on, fact.on)
    )


def _refolded(case: Case, fact: Fact, world: World) -> Case:
    """Read the corrected value at the old place, and let everything after it follow."""
    done = (*case.facts, fact)
    kept = [f for f in corrected(done) if not isinstance(f.command, c.CorrectRecord)]
    again = fold(kept, world)
    return altered(again, facts=done, last_on=max(case.last_on, fact.on))


def _registered(fact: Fact) -> Case:
    command = fact.command
    state = follow(None, command.do, branch_of(None, command))
    assert isinstance(command, c.Register)  # noqa: S101 - the table has no other first step
    received = receipt_of(command, fact.on) if state is State.RECEIVED else None
    return Case(
        number=command.number,
        agency=command.agency,
        state=state,
        facts=(fact,),
        channel=command.channel,
        on=fact.on,
        acknowledged_on=command.acknowledged_on,
        received_on=received,
        topics=command.topics,
        delivery=command.delivery,
        form=command.form,
        applicants=command.applicants,
        agent=command.agent,
        items=command.items,
        last_on=received or fact.on,
        clock=Clock(start=received) if received else None,
    )
