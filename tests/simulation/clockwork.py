"""A wall clock that jumps beside one that does not, over simulated days."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from gongkai.today import ZONE, Reading

_DAY = timedelta(days=1)
_BEGIN = datetime(2020, 1, 1, tzinfo=ZONE)


@dataclass
class Clockwork:
    """The machine's two clocks; ``doubt`` is whether its owner ought to doubt it."""

    random: Random
    off: timedelta = timedelta(0)
    boot: int = 1
    booted: datetime = _BEGIN
    doubt: bool = False

    def at(self, day: date) -> Reading:
        """Read both clocks at noon of a true day."""
        now = datetime.combine(day, time(12), ZONE)
        passed = (now - self.booted).total_seconds()
        return Reading(wall=now + self.off, boot=f"boot{self.boot}", elapsed=passed)

    def restart(self, day: date) -> None:
        """Start the machine again; its clock is right then, or it would be told."""
        self.boot += 1
        self.booted = datetime.combine(day, time(6), ZONE)

    def jump(self) -> None:
        """Go wrong by days, backward or forward; forward by more than one, or nobody minds."""
        days = self.random.choice((-20, -3, -1, 2, 3, 9, 40))
        self.off, self.doubt = _DAY * days, True

    def mend(self) -> None:
        """Put the clock right."""
        self.off, self.doubt = timedelta(0), False


def said(reading: Reading) -> dict[str, Any]:
    """Return a reading as plain data."""
    return {
        "wall": reading.wall.isoformat(),
        "boot": reading.boot,
        "elapsed": reading.elapsed,
    }


def reading_from(words: dict[str, Any]) -> Reading:
    """Return the reading that plain data says."""
    wall = datetime.fromisoformat(words["wall"])
    return Reading(wall=wall, boot=words["boot"], elapsed=words["elapsed"])
