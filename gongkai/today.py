"""The only reader of the wall clock: legal time is a civil date in Asia/Shanghai."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """Return the moment, for the record of when something was written down."""
    return datetime.now(ZONE)


def date_of(moment: datetime) -> date:
    """Return the civil date in China of a moment, whatever zone it is written in."""
    return moment.astimezone(ZONE).date()


def today() -> date:
    """Return the civil date on which the law counts."""
    return date_of(now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The wall clock beside one that nobody can set."""

    wall: datetime
    #: Names the run of the machine; readings of different runs tell nothing about each other.
    boot: str
    #: Seconds since then, sleep included where the system counts it.
    elapsed: float


_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_STEADY: Final = getattr(time, "CLOCK_BOOTTIME", None) or getattr(time, "CLOCK_MONOTONIC", None)


def read_clock() -> Reading:
    """Read both clocks at once."""
    boot = _BOOT_ID.read_text("ascii").strip() if _BOOT_ID.is_file() else ""
    steady = time.monotonic() if _STEADY is None else time.clock_gettime(_STEADY)
    return Reading(wall=now(), boot=boot, elapsed=steady)
