"""Facts: what has happened, appended and never rewritten."""

from dataclasses import dataclass
from datetime import date, datetime

from workflow.commands import Command
from workflow.people import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRef:
    """A paper that was issued with a fact: enough to find and prove its bytes."""

    kind: str
    number: str
    sha256: str
    check_code: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened to a case: the command that was accepted, who gave it, and when.

    ``number`` counts the facts of a case from 1 (the registration). ``on`` is the legal date,
    ``recorded_at`` the moment of recording (None in a replay, which has no moment).
    ``as_recorded``: history, taken over as it was recorded; its gates stopped nothing.
    Whatever the law derives from facts (deadlines, amounts) is derived again at each fold and never
    stored here.
    """

    number: int
    on: date
    actor: Actor
    command: Command
    command_id: str = ""
    recorded_at: datetime | None = None
    papers: tuple[PaperRef, ...] = ()
    as_recorded: bool = False

    @property
    def kind(self) -> str:
        """The word of the step that was taken."""
        return self.command.do
