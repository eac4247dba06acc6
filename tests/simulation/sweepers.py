"""Sweeps as the scheduler wakes them, several at once."""

from collections.abc import Sequence

from gongkai.office import Office
from gongkai.sweep import Deed, Swept, sweep
from gongkai.sweep.guard import check
from gongkai.today import Reading, date_of
from tests.officers import together


def wake(office: Office, reading: Reading) -> Swept:
    """Look at the clock, then sweep, as the scheduler does."""
    doubt = check(office, reading)
    return sweep(office, date_of(reading.wall), held=bool(doubt))


def at_once(office: Office, reading: Reading, sweepers: int) -> Sequence[Deed]:
    """Let sweepers start at the same moment, each with connections of its own."""
    done = together(office, [lambda own: wake(own, reading)] * sweepers)
    for swept in done:
        assert swept.failed == ()
    return [deed for swept in done for deed in swept.deeds]
