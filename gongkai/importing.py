"""Importing case files into the real database: a file wholly and once, or not at all."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from gongkai import unit
from gongkai.office import Office
from gongkai.rectifying import Rectifications
from gongkai.replay import Give, Run, run
from gongkai.requesting import Requests
from gongkai.store import records, registry
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.story import Step, Story
from gongkai.unit import Carried, Kind, Order


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file: taken in now, taken in before, or not at all."""

    #: How it went; None where the same file was taken in before.
    run: Run | None
    #: The case that the same file made before.
    known: str = ""

    @property
    def kept(self) -> bool:
        """Whether the database has changed."""
        return self.run is not None and self.run.ok


class _NotAsTold(Exception):
    """A file that does not go through as it says: everything it has begun is taken back."""

    def __init__(self, done: Run) -> None:
        super().__init__()
        self.run = done


class _TakenInMeanwhile(Exception):
    """The same file was taken in by somebody else since it was looked for."""

    def __init__(self, number: str) -> None:
        super().__init__()
        self.number = number


def import_file(
    office: Office, content: bytes, story: Story, *, today: date, as_recorded: bool = False
) -> Imported:
    """Take in ``story``, which the file with ``content`` tells: in one transaction, once.

    ``as_recorded`` is for history: its gates make findings, and no papers are issued. A step that
    the file itself says was refused is put to the gates as ever.
    """
    name = f"import/{sha256(content).hexdigest()}"

    def once() -> Imported:
        with writing(office.store) as tx:
            if known := records.answered(tx, f"{name}/0"):
                return Imported(run=None, known=known.case_number)
            registry.hold_numbers(tx, story.register.agency)
            give = _giver(tx, as_recorded=as_recorded)
            done = run(office, story, as_of=today, name=name, give=give)
            if not done.ok:
                raise _NotAsTold(done)
            return Imported(run=done)

    try:
        return retrying(once)
    except _NotAsTold as undone:
        return Imported(run=undone.run)
    except _TakenInMeanwhile as known:
        return Imported(run=None, known=known.number)


def _giver(tx: Transaction, *, as_recorded: bool) -> Give:
    """Give every step to the one transaction of the file."""

    def give(
        office: Office, kind: Kind[Any], number: str | None, order: Order, step: Step
    ) -> Carried[Any]:
        tried = step.refused is not None
        own = HISTORY[kind.name] if as_recorded and not tried else kind
        with _taken_back(tx) if tried else nullcontext():
            done = unit.carry(tx, office, own, number, order)
        if done.repeated:
            raise _TakenInMeanwhile(done.case.number)
        return done

    return give


def _taken_back(tx: Transaction) -> AbstractContextManager[object]:
    """Take back what a step that is refused has begun: a number drawn for it was never given."""
    return tx.connection.begin_nested()


#: The kinds of cases as history: nothing but :func:`import_file` reaches them.
HISTORY: Final[dict[str, Kind[Any]]] = {
    kind.name: kind for kind in (Requests(as_recorded=True), Rectifications(as_recorded=True))
}
