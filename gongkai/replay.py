"""Replaying a story: every step through the office, as the file tells it, nothing added."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from gongkai import rectifying, unit
from gongkai.config import Config
from gongkai.office import Office, fixed_code
from gongkai.rectifying import RECTIFICATIONS
from gongkai.requesting import REQUESTS, Done
from gongkai.runs import Run, StepResult
from gongkai.store.engine import IN_MEMORY, open_store
from gongkai.store.keys import KeyRing
from gongkai.store.registry import StoredPaper
from gongkai.story import Step, Story
from gongkai.unit import Carried, Kind, Order
from rules.workdays import WorkCalendar
from workflow.case import Case
from workflow.clock import applicant_due, correction_notice_due, reply_due
from workflow.commands import Command
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.gate import default_actor
from workflow.people import Actor
from workflow.rectification import Rectification, RegisterRectification
from workflow.vocabulary import Role

__all__ = ["Give", "Run", "StepResult", "fresh_office", "run"]

#: Gives the order of a step to the office; the number of its case is None where it opens one.
Give = Callable[[Office, Kind[Any], str | None, Order, Step], Carried[Any]]


def _carry_out(
    office: Office, kind: Kind[Any], number: str | None, order: Order, _step: Step
) -> Carried[Any]:
    return unit.carry_out(office, kind, number, order)


def fresh_office(config: Config, calendar: WorkCalendar) -> Office:
    """Open an office on an empty database in memory; check codes follow from the story."""
    return Office(
        store=open_store(IN_MEMORY, KeyRing.ephemeral()),
        config=config,
        calendar=calendar,
        check_code=fixed_code,
    )


def run(
    office: Office,
    story: Story,
    *,
    as_of: date | None = None,
    name: str = "",
    give: Give = _carry_out,
) -> Run:
    """Run ``story`` as of a day; ``name`` makes its command ids, so that it is taken in once."""
    today = as_of or story.as_of or story.latest
    if isinstance(story.register, RegisterRectification):
        return _run_rectification(office, story, today, name, give)
    teller = _Teller(office, story, today, name, give)
    steps = tuple(teller.steps())
    world = office.world(story.register.agency, today)
    return Run(story=story, case=teller.case, world=world, steps=steps)


def _run_rectification(office: Office, story: Story, today: date, name: str, give: Give) -> Run:
    case: Rectification | None = None
    results: list[StepResult] = []
    for step in _all_steps(story):
        order = _order(step, step.by, today, name, case)
        case, result = _rectified(office, case, step, order, give)
        results.append(result)
        if result.refused and not result.as_expected:
            break
    return Run(
        story=story,
        case=None,
        world=office.world(story.register.agency, today),
        steps=tuple(results),
        rectification=case,
        working_days=office.config.rectification.working_days,
    )


def _order(
    step: Step, actor: Actor | None, today: date, name: str, case: Case | Rectification | None
) -> Order:
    return Order(
        command=step.command,
        actor=actor,
        on=step.on,
        today=today,
        command_id=f"{name}/{step.n}" if name else "",
        expected_version=case.version if case else None,
    )


def _rectified(
    office: Office, case: Rectification | None, step: Step, order: Order, give: Give
) -> tuple[Rectification | None, StepResult]:
    """Take one step of a rectification; it has no statutory deadline to show."""
    refused: Refused | None = None
    findings: tuple[Finding, ...] = ()
    made: tuple[StoredPaper, ...] = ()
    try:
        done = give(office, RECTIFICATIONS, case.number if case else None, order, step)
        case, findings, made = done.case, done.findings, done.papers
    except Refused as caught:
        refused, findings = caught, caught.findings
    return case, StepResult(
        n=step.n,
        do=step.do,
        on=step.on,
        by=str(step.by or rectifying.usual(step.command)),
        expected=step.refused,
        state=case.state if case else None,
        reply_due_on=None,
        correction_due_on=None,
        applicant_due_on=None,
        refused=refused,
        findings=findings,
        papers=made,
    )


def _all_steps(story: Story) -> tuple[Step, ...]:
    """Return the registration as step 0, and the steps of the file."""
    first = Step(n=0, on=story.on, by=None, refused=None, command=story.register)
    return (first, *story.steps)


class _Teller:
    """Takes the steps one after the other and notes what became of each."""

    def __init__(self, office: Office, story: Story, today: date, name: str, give: Give) -> None:
        self.office, self.story, self.today, self.name = office, story, today, name
        self.give = give
        self.world = office.world(story.register.agency, today)
        self.case: Case | None = None
        self.latest = story.on

    def steps(self) -> Iterator[StepResult]:
        """Yield the results; stop at a refusal that the story did not expect."""
        for step in _all_steps(self.story):
            result = self._result(step)
            yield result
            if result.refused and not result.as_expected:
                return

    def _result(self, step: Step) -> StepResult:
        actor = step.by or self._usual(step.command, step.on)
        try:
            done = self._take(step, actor)
        except Refused as refused:
            return self._noted(step, actor, refused, refused.findings)
        self.case = done.case
        self.latest = max(self.latest, step.on)
        return self._noted(step, actor, None, done.findings, done.papers)

    def _usual(self, command: Command, on: date) -> Actor:
        try:
            return default_actor(self.case, command, on, self.world)
        except Refused:
            return Actor(Role.OFFICER)  # the step itself will be refused, with the reason

    def _take(self, step: Step, actor: Actor) -> Done:
        order = _order(step, actor, self.today, self.name, self.case)
        number = self.case.number if self.case else None
        return self.give(self.office, REQUESTS, number, order, step)

    def _noted(
        self,
        step: Step,
        actor: Actor,
        refused: Refused | None,
        findings: tuple[Finding, ...],
        papers: tuple[StoredPaper, ...] = (),
    ) -> StepResult:
        case, calendar = self.case, self.world.calendar
        reply = reply_due(case, self.world.on(self.latest)) if case else None
        correction = correction_notice_due(case, calendar) if case else None
        applicant = applicant_due(case, calendar) if case else None
        return StepResult(
            n=step.n,
            do=step.do,
            on=step.on,
            by=str(actor),
            expected=step.refused,
            state=case.state if case else None,
            reply_due_on=reply.on if reply else None,
            correction_due_on=correction.on if correction else None,
            applicant_due_on=applicant.on if applicant else None,
            refused=refused,
            findings=findings,
            papers=papers,
        )
