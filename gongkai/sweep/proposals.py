"""What the sweep proposes and a person decides: the step, prepared, and its paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai import unit
from gongkai.office import Office
from gongkai.requesting import REQUESTS, Done
from gongkai.store import tasks
from gongkai.store.engine import reading
from gongkai.store.tasks import Task
from gongkai.unit import Order
from workflow.commands import DeemAbandoned
from workflow.errors import Refused
from workflow.people import Actor
from workflow.periods import PeriodKind
from workflow.reminders import ActionKind
from workflow.vocabulary import Role

#: After a correction notice the head must also judge that there was no good reason (30).
_COMMANDS: Final = {
    PeriodKind.CORRECTION: DeemAbandoned(no_good_reason=True),
    PeriodKind.PAYMENT: DeemAbandoned(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A step that waits for a person's judgment."""

    task: Task
    command: DeemAbandoned

    @property
    def words(self) -> str:
        """The command line that takes the step."""
        judged = " no_good_reason=true" if self.command.no_good_reason else ""
        number = self.task.case_number
        return f"gongkai case do {number} {self.command.do}{judged} --by head:姓名"


def proposals(office: Office, agency: str = "") -> Iterator[Proposal]:
    """Yield what waits for a head's decision."""
    with reading(office.store) as tx:
        waiting = list(tasks.open_tasks(tx, agency=agency, role=Role.HEAD))
    for task in waiting:
        if task.action is ActionKind.PROPOSE and isinstance(task.kind, PeriodKind):
            yield Proposal(task=task, command=_COMMANDS[task.kind])


def preview(office: Office, proposal: Proposal, today: date) -> Done | Refused:
    """Return what the step would do as of today, its paper included, or why it is not allowed."""
    order = Order(command=proposal.command, actor=Actor(Role.HEAD), on=today, today=today)
    try:
        return unit.preview(office, REQUESTS, proposal.task.case_number, order)
    except Refused as refused:
        return refused
