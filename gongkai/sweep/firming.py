"""Another calendar or policy: which open cases move, and the recorded difference where they do."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from typing import Final

from gongkai.codec import canonical
from gongkai.errors import Told
from gongkai.office import Office
from gongkai.store import deadlines, records, settings, tasks
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act, record
from gongkai.sweep.apart import Failed, apart
from gongkai.sweep.running import heading_row, running_periods
from workflow.people import Actor
from workflow.periods import Period, PeriodKind
from workflow.vocabulary import Role

#: The recorded act, one for each case that moved.
MOVED: Final = "deadlines_moved"
_BASIS: Final = "calendar"


class OldCalendar(Told):
    """The stored days rest on a later notice than this program knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A period that ends on another day by another calendar or policy, or surely now.

    Without a day before it has come to be, without one after it runs no longer.
    """

    place: Place
    kind: PeriodKind
    number: int
    before: date | None
    after: date | None
    provisional: bool

    @property
    def settled(self) -> bool:
        """Whether the day is the same, and only no longer provisional."""
        return self.before == self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Firmed:
    """What moved, and about which cases nothing could be said, with the reason."""

    moved: tuple[Moved, ...] = ()
    failed: tuple[tuple[Place, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """By what the stored days were worked out."""

    calendar: str
    settled_until: str
    policy: str
    #: Cases that could not be read then: they are tried again.
    left: tuple[Place, ...] = ()


def basis_of(office: Office) -> Basis:
    """Return by what an office works out days."""
    own = office.config.rectification.working_days
    said = {"policy": asdict(office.config.policy), "rectification": own}
    return Basis(
        calendar=office.calendar.version,
        settled_until=office.calendar.settled_until.isoformat(),
        policy=sha256(canonical(said)).hexdigest(),
    )


def known_basis(tx: Transaction) -> Basis | None:
    """Return by what the stored days were worked out; None before the first sweep."""
    text = settings.read(tx, _BASIS)
    if not text:
        return None
    if not text.startswith("{"):  # as it was noted before policies were: the calendar alone
        return Basis(calendar=text, settled_until="", policy="")
    said = json.loads(text)
    return Basis(**{**said, "left": tuple(Place(*place) for place in said["left"])})


def preview(office: Office, today: date) -> Firmed:
    """Return what the office's calendar and policy would move of the stored days."""
    moved: list[Moved] = []
    failed: Failed = {}
    with reading(office.store) as tx:
        for place in deadlines.candidates(tx):
            with apart(failed, place):
                moved += _moved(tx, place, running_periods(tx, office, place, today))
    return Firmed(moved=tuple(moved), failed=tuple(failed.items()))


def apply(office: Office, today: date) -> Firmed:
    """Move the stored days of open cases to the office's calendar and policy.

    Each case in a transaction of its own, with the recorded act that says what moved: safe to run
    again after it was cut short, and by two at once.
    """
    with reading(office.store) as tx:
        places = deadlines.candidates(tx)
    return _applied(office, places, today)


def settle(office: Office, today: date) -> Firmed:
    """Move what rests on another calendar or policy than the office's, if anything does.

    Raises :class:`OldCalendar` where that would go back behind a notice that was entered.
    """
    own = basis_of(office)
    with reading(office.store) as tx:
        known = known_basis(tx)
    if known is None:
        _note(office, own)
        return Firmed()
    if own.settled_until < known.settled_until:
        raise OldCalendar(
            f"本机的工作日历（{own.calendar}，定到{own.settled_until}）旧于期限所依据的日历"
            f"（{known.calendar}，定到{known.settled_until}），没有办理，以免期限算错。"
            "请在本机用 gongkai calendar import FILE 导入同一份放假通知；"
            "通知确属误导入的，用 gongkai calendar remove YEAR 撤销。"
        )
    if (own.calendar, own.policy) != (known.calendar, known.policy):
        return apply(office, today)
    return _applied(office, known.left, today) if known.left else Firmed()


def _applied(office: Office, places: Sequence[Place], today: date) -> Firmed:
    moved: list[Moved] = []
    failed: Failed = {}
    at = office.moment()
    for place in places:
        with apart(failed, place):
            moved += retrying(partial(_written, office, place, today, at))
    _note(office, basis_of(office), failed)
    return Firmed(moved=tuple(moved), failed=tuple(failed.items()))


def _note(office: Office, own: Basis, left: Iterable[Place] = ()) -> None:
    text = canonical({**asdict(own), "left": [list(place) for place in left]}).decode()

    def once() -> None:
        with writing(office.store) as tx:
            settings.write(tx, _BASIS, text)

    retrying(once)


def _moved(tx: Transaction, place: Place, running: Iterable[Period]) -> Iterator[Moved]:
    stored = {(p.kind, p.number): p for p, _ in deadlines.periods_of(tx, place)}
    runs = {(p.kind, p.number): p for p in running}
    for kind, number in sorted({*stored, *runs}):
        old, new = stored.get((kind, number)), runs.get((kind, number))
        if old != new:
            yield Moved(
                place=place,
                kind=kind,
                number=number,
                before=old.due_on if old else None,
                after=new.due_on if new else None,
                provisional=bool(new and new.provisional),
            )


def _written(office: Office, place: Place, today: date, at: datetime | None) -> tuple[Moved, ...]:
    with writing(office.store) as tx:
        records.lock(tx, place.case_number)
        running = running_periods(tx, office, place, today)
        if deadlines.agree(tx, place, running, office.calendar):
            return ()
        moved = tuple(_moved(tx, place, running))
        done = deadlines.ledger(tx, place)
        if deadlines.sync(tx, place, running, office.calendar, done):
            tasks.close_ended(tx, place, running, today, str(Actor(Role.SYSTEM)))
        if moved:
            row = heading_row(tx, office, place, today)
            records.put_days(tx, place.agency, place.case_number, row)
            record(tx, _act(office, place, moved, today, at))
    return moved


def _act(
    office: Office, place: Place, moved: Iterable[Moved], today: date, at: datetime | None
) -> Act:
    periods = [
        {
            "period": f"{found.kind.value}/{found.number}",
            "before": found.before.isoformat() if found.before else None,
            "after": found.after.isoformat() if found.after else None,
            "provisional": found.provisional,
        }
        for found in moved
    ]
    own = basis_of(office)
    return Act(
        agency=place.agency,
        kind=MOVED,
        on=today,
        said={"calendar": own.calendar, "policy": own.policy, "moved": periods},
        case_number=place.case_number,
        recorded_at=at,
    )
