"""The story of a request, or of a rectification, as a case file tells it."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from workflow.commands import Command, Register
from workflow.people import Actor
from workflow.rectification import RegisterRectification

#: What a story expects of a step: nothing, some refusal, or the refusal of that code.
Expected = Literal[True] | str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step, counted from 1; ``by`` is None where the file leaves it to the process."""

    n: int
    on: date
    by: Actor | None
    refused: Expected
    command: Command

    @property
    def do(self) -> str:
        """The word of the step."""
        return self.command.do


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A registration and the steps that follow. ``as_of`` is None where the file does not say."""

    title: str
    law: str
    as_of: date | None
    on: date
    register: Register | RegisterRectification
    steps: tuple[Step, ...]

    @property
    def latest(self) -> date:
        """The latest day of the file, the registration's own included."""
        return max((self.on, *(step.on for step in self.steps)))
