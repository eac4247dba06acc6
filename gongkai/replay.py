"""Replaying a story: every step through the office, as the file tells it, nothing added."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from gongkai.config import Config
from gongkai.office import Done, Office, fixed_code, perform
from gongkai.store.engine import IN_MEMORY, open_store
from gongkai.store.records import StoredPaper
from gongkai.story import Expected, Step, Story
from rules.workdays import WorkCalendar
from workflow.case import Case
from workflow.clock import applicant_due, correction_notice_due, reply_due
from workflow.commands import AnswerOnTheSpot, Command, DraftReply
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.gate import default_actor
from workflow.people import Actor
from workflow.vocabulary import Role, State
from workflow.world import World

_DRAFTS = (DraftReply.do, AnswerOnTheSpot.do)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step; ``n`` 0 is the registration."""

    n: int
    do: str
    on: date
    by: str
    expected: Expected
    state: State | None
    reply_due_on: date | None
    correction_due_on: date | None
    applicant_due_on: date | None
    refused: Refused | None
    findings: tuple[Finding, ...]
    papers: tuple[StoredPaper, ...] = ()

    @property
    def as_expected(self) -> bool:
        """Whether the engine did what the story said it would."""
        if self.refused is None:
            return self.expected is None
        return self.expected is True or self.expected == self.refused.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A story that was run; ``case`` is None where the registration itself was refused."""

    story: Story
    case: Case | None
    world: World
    steps: tuple[StepResult, ...]

    @property
    def ok(self) -> bool:
        """Whether the story came out as it says."""
        return all(step.as_expected for step in self.steps)

    @property
    def registered(self) -> bool:
        """Whether the registration was accepted."""
        return self.case is not None

    @property
    def draft_findings(self) -> tuple[Finding, ...]:
        """The findings of the last draft, accepted or not."""
        drafts = [step for step in self.steps if step.do in _DRAFTS]
        return drafts[-1].findings if drafts else ()

    @property
    def papers(self) -> tuple[StoredPaper, ...]:
        """All papers, in the order of issue."""
        return tuple(paper for step in self.steps for paper in step.papers)


def fresh_office(config: Config, calendar: WorkCalendar) -> Office:
    """Open an office on an empty database in memory; check codes follow from the story."""
    return Office(
        engine=open_store(IN_MEMORY), config=config, calendar=calendar, check_code=fixed_code
    )


def run(office: Office, story: Story, *, as_of: date | None = None, name: str = "") -> Run:
    """Run ``story`` as of a day; ``name`` makes its command ids, so that it is taken in once."""
    today = as_of or story.as_of or story.latest
    teller = _Teller(office, story, today, name)
    steps = tuple(teller.steps())
    world = office.world(story.register.agency, today)
    return Run(story=story, case=teller.case, world=world, steps=steps)


class _Teller:
    """Takes the steps one after the other and notes what became of each."""

    def __init__(self, office: Office, story: Story, today: date, name: str) -> None:
        self.office, self.story, self.today, self.name = office, story, today, name
        self.world = office.world(story.register.agency, today)
        self.case: Case | None = None
        self.latest = story.on

    def steps(self) -> Iterator[StepResult]:
        """Yield the results; stop at a refusal that the story did not expect."""
        first = Step(n=0, on=self.story.on, by=None, refused=None, command=self.story.register)
        for step in (first, *self.story.steps):
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
        return perform(
            self.office,
            self.case.number if self.case else None,
            step.command,
            actor,
            step.on,
            today=self.today,
            command_id=f"{self.name}/{step.n}" if self.name else "",
            expected_version=self.case.version if self.case else None,
        )

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
