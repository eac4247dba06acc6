"""What happened to a case, line by line: from a replay or from the store."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.acts import LABELS
from gongkai.findings import finding_from
from gongkai.runs import Run
from rules.words import Labelled
from workflow import fold, rectification
from workflow.case import Case
from workflow.clock import reply_due
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.rectification import Rectification
from workflow.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step as the reader sees it."""

    n: int
    on: date
    do: str
    by: str
    state: Labelled | None
    reply_due_on: date | None
    refused: Refused | None = None
    expected: bool = True
    findings: tuple[Finding, ...] = ()
    #: History, taken over as it was recorded.
    as_recorded: bool = False

    @property
    def label(self) -> str:
        """The step's name."""
        return LABELS[self.do] + ("（按历史记录）" if self.as_recorded else "")


def of_run(run: Run) -> Iterator[Line]:
    """Yield the lines of a replayed story."""
    for step in run.steps:
        yield Line(
            n=step.n,
            on=step.on,
            do=step.do,
            by=step.by,
            state=step.state,
            reply_due_on=step.reply_due_on,
            refused=step.refused,
            expected=step.as_expected,
            findings=step.findings,
        )


def of_case(case: Case, answers: Mapping[int, Mapping[str, Any]], world: World) -> Iterator[Line]:
    """Yield the lines of a stored case: its facts, with what was found when they were recorded."""
    grown: Case | None = None
    for fact in case.facts:
        grown = fold.after(grown, fact, world)
        due = reply_due(grown, world.on(grown.last_on))
        found = answers.get(fact.number, {}).get("findings", ())
        yield Line(
            n=fact.number,
            on=fact.on,
            do=fact.kind,
            by=str(fact.actor),
            state=grown.state,
            reply_due_on=due.on if due else None,
            findings=tuple(finding_from(one) for one in found),
            as_recorded=fact.as_recorded,
        )


def of_rectification(
    case: Rectification, answers: Mapping[int, Mapping[str, Any]]
) -> Iterator[Line]:
    """Yield the lines of a stored rectification."""
    grown: Rectification | None = None
    for fact in case.facts:
        grown = rectification.after(grown, fact)
        found = answers.get(fact.number, {}).get("findings", ())
        yield Line(
            n=fact.number,
            on=fact.on,
            do=fact.kind,
            by=str(fact.actor),
            state=grown.state,
            reply_due_on=None,
            findings=tuple(finding_from(one) for one in found),
            as_recorded=fact.as_recorded,
        )
