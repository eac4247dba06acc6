"""A new year's notice: which open cases move, and the recorded difference once it is entered."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final

from gongkai.office import Office
from gongkai.store import deadlines, records, settings, tasks
from gongkai.store.deadlines import OWN, Place
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act, record
from gongkai.sweep.running import heading_row, readable_periods, running_periods
from workflow.people import Actor
from workflow.periods import Period, PeriodKind
from workflow.vocabulary import Role

#: The recorded act, one for each case that moved.
ENTERED: Final = "calendar_entered"
_VERSION: Final = "calendar"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A period that another calendar ends on another day, or no longer provisionally."""

    place: Place
    kind: PeriodKind
    number: int
    before: date
    after: date
    provisional: bool


def preview(office: Office, today: date) -> tuple[Moved, ...]:
    """Return what the office's calendar would move; the stored days are those of the last one."""
    with reading(office.store) as tx:
        return tuple(found for place in _open(tx) for found in _moved(tx, office, place, today))


def apply(office: Office, today: date, *, at: datetime | None = None) -> tuple[Moved, ...]:
    """Move the stored days of open cases to the office's calendar; finished cases are never moved.

    Each case in a transaction of its own, with the recorded act that says what moved: safe to run
    again after it was cut short, and by two at once.
    """
    places = dict.fromkeys(found.place for found in preview(office, today))
    moved = tuple(
        found for place in places for found in retrying(partial(_write, office, place, today, at))
    )
    note(office)
    return moved


def outdated(tx: Transaction, office: Office) -> bool:
    """Whether the stored days may be those of another calendar than the office's."""
    return settings.read(tx, _VERSION) not in {"", office.calendar.version}


def noted(tx: Transaction) -> bool:
    """Whether it is remembered of which calendar the stored days are."""
    return bool(settings.read(tx, _VERSION))


def note(office: Office) -> None:
    """Remember that the stored days are those of the office's calendar."""

    def once() -> None:
        with writing(office.store) as tx:
            settings.write(tx, _VERSION, office.calendar.version)

    retrying(once)


def _open(tx: Transaction) -> Iterator[Place]:
    yield from (place for place in deadlines.places(tx) if place.case_number != OWN)


def _moved(tx: Transaction, office: Office, place: Place, today: date) -> Iterator[Moved]:
    stored = {_key(period): period for period, _ in deadlines.periods_of(tx, place)}
    for period in readable_periods(tx, office, place, today) or ():
        known = stored.get(_key(period))
        if known is not None and known != period:
            yield Moved(
                place=place,
                kind=period.kind,
                number=period.number,
                before=known.due_on,
                after=period.due_on,
                provisional=period.provisional,
            )


def _key(period: Period) -> tuple[PeriodKind, int]:
    return period.kind, period.number


def _write(office: Office, place: Place, today: date, at: datetime | None) -> tuple[Moved, ...]:
    with writing(office.store) as tx:
        records.lock(tx, place.case_number)
        moved = tuple(_moved(tx, office, place, today))
        running = running_periods(tx, office, place, today)
        if deadlines.sync(tx, place, running, office.calendar):
            tasks.close_ended(tx, place, running, today, str(Actor(Role.SYSTEM)))
        records.put_days(tx, place.agency, place.case_number, heading_row(tx, office, place, today))
        if moved:
            record(tx, _act(office, place, moved, today, at))
    return moved


def _act(
    office: Office, place: Place, moved: Iterable[Moved], today: date, at: datetime | None
) -> Act:
    periods = [
        {
            "period": f"{found.kind.value}/{found.number}",
            "before": found.before.isoformat(),
            "after": found.after.isoformat(),
            "provisional": found.provisional,
        }
        for found in moved
    ]
    return Act(
        agency=place.agency,
        kind=ENTERED,
        on=today,
        said={"calendar": office.calendar.version, "moved": periods},
        case_number=place.case_number,
        recorded_at=at,
    )
