"""The sweep: asks what is due and not in the ledger, and does it, each case in one transaction.

It may run at any time, late, twice, or in several processes at once: the ledger decides.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.office import Office
from gongkai.store import deadlines, records, tasks
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import Unavailable, retrying
from gongkai.sweep import firming, yearly
from gongkai.sweep.acting import SWEEP, Deed, act_on
from gongkai.sweep.apart import Failed, apart
from gongkai.sweep.running import running_periods

__all__ = ["Deed", "Swept", "refresh", "sweep"]


#: So many cases share one transaction: writing to the disk is what takes time.
_BATCH: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What one sweep did, and about which cases it could do nothing, with the reason."""

    today: date
    deeds: tuple[Deed, ...]
    held: bool
    failed: tuple[tuple[Place, str], ...] = ()


def sweep(
    office: Office,
    today: date,
    *,
    held: bool = False,
    told: Callable[[int, int], None] = lambda _done, _all: None,
) -> Swept:
    """Do everything that is due by ``today``; legal actions wait while ``held``.

    ``told`` hears how many of how many cases are done. A case that cannot be read stops no other.
    Raises :class:`gongkai.store.failures.Unavailable` where the database does not answer: what was
    done stays done, and the next sweep goes on from there. Raises
    :class:`gongkai.sweep.firming.OldCalendar` where days would be counted by an old calendar.
    """
    failed: Failed = {}
    _begin(office, today, failed)
    with reading(office.store) as tx:
        places = deadlines.due(tx, today)
    deeds: list[Deed] = []
    for start in range(0, len(places), _BATCH):
        batch = sorted(places[start : start + _BATCH])
        deeds.extend(_batch(office, batch, today, failed, held=held))
        told(min(start + _BATCH, len(places)), len(places))
    return Swept(today=today, deeds=tuple(deeds), held=held, failed=tuple(failed.items()))


def _batch(
    office: Office, batch: Sequence[Place], today: date, failed: Failed, *, held: bool
) -> Iterator[Deed]:
    """Do a batch in one transaction; where one case fails, each in a transaction of its own."""
    try:
        yield from _done(office, batch, today, held=held)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - each is done again, and told then
        for place in batch:
            with apart(failed, place):
                yield from _done(office, (place,), today, held=held)


def _done(office: Office, batch: Sequence[Place], today: date, *, held: bool) -> tuple[Deed, ...]:
    def once() -> tuple[Deed, ...]:
        with writing(office.store) as tx:
            for place in batch:  # every case before any chain, as whoever takes a step does
                if place.case_number:
                    records.lock(tx, place.case_number)
            return tuple(d for place in batch for d in act_on(tx, office, place, today, held=held))

    return retrying(once)


def _begin(office: Office, today: date, failed: Failed) -> None:
    """Set up the yearly duties, and work out anew the days that moved since the last sweep."""
    yearly.begin(office, today)
    failed.update(firming.settle(office, today).failed)
    with reading(office.store) as tx:
        own = [Place(agency, deadlines.OWN) for agency in office.config.agencies]
        stale = tasks.answered(tx, office.config.agencies)
        for place in (*own, *deadlines.moving(tx)):
            with apart(failed, place):
                if _stale(tx, office, place, today):
                    stale.append(place)
    refresh(office, stale, today, failed)


def _stale(tx: Transaction, office: Office, place: Place, today: date) -> bool:
    return not deadlines.agree(
        tx, place, running_periods(tx, office, place, today), office.calendar
    )


def refresh(office: Office, places: Iterable[Place], today: date, failed: Failed) -> None:
    """Write the running periods of cases anew, each in a transaction of its own."""
    for place in dict.fromkeys(places):

        def once(place: Place = place) -> None:
            with writing(office.store) as tx:
                if place.case_number:
                    records.lock(tx, place.case_number)
                running = running_periods(tx, office, place, today)
                done = deadlines.ledger(tx, place)
                deadlines.sync(tx, place, running, office.calendar, done)
                tasks.close_ended(tx, place, running, today, str(SWEEP))

        with apart(failed, place):
            retrying(once)
