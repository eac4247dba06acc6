"""What is done in a test: the sample stories without their refusals, and one for what they lack."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Final

from gongkai import rectifying, requesting
from gongkai.calendars import calendar_for
from gongkai.casefile import open_story
from gongkai.config import Config, load
from gongkai.office import Office
from gongkai.store.engine import IN_MEMORY, Store, open_store
from gongkai.store.keys import KeyRing
from gongkai.story import Step, Story
from gongkai.today import ZONE
from gongkai.unit import Carried
from workflow.case import Case
from workflow.commands import Command
from workflow.people import Actor
from workflow.rectification import ROLES, Rectification

ROOT: Final = Path(__file__).parents[2]

Done = Carried[Case] | Carried[Rectification]
Fold = Case | Rectification


@dataclass(frozen=True, slots=True)
class Script:
    """Steps that are all taken, one after the other, the registration first."""

    name: str
    agency: str
    today: date
    steps: tuple[Step, ...]

    def up_to(self, word: str) -> int | None:
        """Return the place of the first step of that word."""
        return next((n for n, step in enumerate(self.steps) if step.do == word), None)


@cache
def config() -> Config:
    """Return the shipped configuration."""
    return load(ROOT / "config.toml")


def office_at(store: Store) -> Office:
    """Return the office of the shipped configuration on a database."""
    return Office(store=store, config=config(), calendar=calendar_for(config().calendar))


@cache
def scripts() -> dict[str, Script]:
    """Return every script by its name."""
    own = Path(__file__).parent / "stories"
    files = sorted((*(ROOT / "examples").glob("*.toml"), *own.glob("*.toml")))
    return {file.stem: _script(file.stem, open_story(file, config())) for file in files}


def _script(name: str, story: Story) -> Script:
    """Leave refusals out; the number of the case is always drawn, so that it can be told often."""
    register = replace(story.register, number="")
    first = Step(n=0, on=story.on, by=None, refused=None, command=register)
    taken = (step for step in story.steps if step.refused is None)
    today = story.as_of or story.latest
    return Script(name, register.agency, today, (first, *taken))


def shortest(word: str) -> tuple[Script, int]:
    """Return the script that comes to a step of that word soonest, and the step's place."""
    found = ((script, script.up_to(word)) for script in scripts().values())
    ways = ((place, script.name) for script, place in found if place is not None)
    place, name = min(ways)
    return scripts()[name], place


def words() -> Iterator[str]:
    """Yield the words that some script takes."""
    seen = {step.do: None for script in scripts().values() for step in script.steps}
    yield from seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One command as a client gives it, and gives it again."""

    id: str
    number: str | None
    command: Command
    by: Actor | None
    on: date
    today: date
    version: int | None

    def give(self, office: Office) -> Done:
        """Give the command; it is recorded on the day that it takes for today."""
        noon = datetime.combine(self.today, time(12), tzinfo=ZONE)
        given = (replace(office, moment=lambda: noon), self.number, self.command, self.by, self.on)
        perform = rectifying.perform if self.command.do in ROLES else requesting.perform
        return perform(*given, today=self.today, command_id=self.id, expected_version=self.version)


def asked(script: Script, place: int, case: Fold | None, id_: str) -> Asked:
    """Return a step of a script as a command about ``case``."""
    step = script.steps[place]
    return Asked(
        id=id_,
        number=case.number if case else None,
        command=step.command,
        by=step.by,
        on=step.on,
        today=script.today,
        version=case.version if case else None,
    )


def warm() -> None:
    """Load what commands need, so that children are born with it."""
    store = open_store(IN_MEMORY, KeyRing.ephemeral())
    office = office_at(store)
    for name, script in scripts().items():
        case: Fold | None = None
        for place in range(len(script.steps)):
            case = asked(script, place, case, f"{name}/{place}").give(office).case
    store.close()
