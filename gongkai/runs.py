"""What became of a story: its steps, and the case it made."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.store.registry import StoredPaper
from gongkai.story import Expected, Story
from rules.words import Labelled
from workflow.case import Case
from workflow.commands import AnswerOnTheSpot, DraftReply
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.rectification import Rectification
from workflow.world import World

_DRAFTS: Final = (DraftReply.do, AnswerOnTheSpot.do)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What became of one step; ``n`` 0 is the registration."""

    n: int
    do: str
    on: date
    by: str
    expected: Expected
    state: Labelled | None
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
    """A story that was run; both cases are None where the registration itself was refused."""

    story: Story
    case: Case | None
    world: World
    steps: tuple[StepResult, ...]
    rectification: Rectification | None = None
    #: The agency's own period for a rectification.
    working_days: int = 0

    @property
    def ok(self) -> bool:
        """Whether the story came out as it says."""
        return all(step.as_expected for step in self.steps)

    @property
    def draft_findings(self) -> tuple[Finding, ...]:
        """The findings of the last draft, accepted or not."""
        drafts = [step for step in self.steps if step.do in _DRAFTS]
        return drafts[-1].findings if drafts else ()

    @property
    def papers(self) -> tuple[StoredPaper, ...]:
        """All papers, in the order of issue."""
        return tuple(paper for step in self.steps for paper in step.papers)
