"""A step that was taken in the model check, and what laws about it share."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.process.model_oracle import due_of
from tests.process.model_pieces import Move
from workflow import commands as c
from workflow.case import Case, Clock, Consultation
from workflow.exemption import blocking, check
from workflow.findings import Finding


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was accepted. ``m`` is its command, read freely."""

    before: Case | None
    move: Move
    after: Case
    findings: tuple[Finding, ...]

    @property
    def m(self) -> Any:  # noqa: ANN401 - each law knows its command
        """The command."""
        return self.move.command

    @property
    def b(self) -> Case:
        """The case before."""
        assert self.before
        return self.before

    @property
    def on(self) -> date:
        """The legal day."""
        return self.move.on

    @property
    def due(self) -> date:
        """When the reply was due before the step."""
        return due_of(self.b, self.on)


Law = Callable[[Taken], object]


class Laws(dict[type[c.Command], Law]):
    """One law per command."""

    def of(self, *kinds: type[c.Command]) -> Callable[[Law], Law]:
        """Enter the decorated law for these commands."""

        def enter(law: Law) -> Law:
            self.update(dict.fromkeys(kinds, law))
            return law

        return enter


def items_known(case: Case, items: tuple[int, ...]) -> bool:
    """Say whether the request has these items."""
    return all(n in range(1, len(case.items) + 1) for n in items)


def asked_of(t: Taken) -> Consultation | None:
    """Return the consultation that the command names."""
    found = [x for x in t.b.consultations if x.number == t.m.consultation]
    return found[0] if found else None


def ended(asked: Consultation) -> bool:
    """Say whether nobody waits for the party any more."""
    in_time = asked.answered_on and not asked.late
    return bool(in_time or asked.expired_on or asked.ended_on)


def between(first: date, day: date | None, last: date) -> bool:
    """Say whether a day that is given lies between two others."""
    return day is None or first <= day <= last


def passes(t: Taken, decisions: Any) -> bool:  # noqa: ANN401 - from a command or a draft
    """Say whether the minimal-exemption check lets these decisions pass on the day."""
    return not blocking(check(t.b, decisions, t.move.world.on(t.on)))


def text(*texts: str) -> bool:
    """Say whether something is written in each."""
    return all(one.strip() for one in texts)


def restarted(t: Taken) -> bool:
    """Say whether the reply clock begins anew on the day of the step."""
    return t.after.clock == Clock(start=t.on)
