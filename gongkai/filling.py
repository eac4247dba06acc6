"""Filling what a migration added and facts decide: how a case is found, due, and was answered."""

from datetime import date
from typing import Final

from sqlalchemy import select

from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.store import blind, deadlines, outcomes, records, settings
from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.sweep.running import running_periods
from workflow.case import Case

#: Noted by the migration, in its own transaction; forgotten when everything is filled.
UNFILLED: Final = "unfilled_since"


def fill(office: Office, today: date) -> int:
    """Fill the caches of every case where a migration asks for it; return of how many.

    Each case in a transaction of its own; interrupted, it is done again from the beginning.
    """
    with reading(office.store) as tx:
        if not settings.read(tx, UNFILLED):
            return 0
        places = [Place(*row) for row in tx.execute(select(t.cases.c.agency, t.cases.c.number))]
    for place in places:

        def once(place: Place = place) -> None:
            with writing(office.store) as tx:
                _fill(tx, office, place, today)

        retrying(once)
    with writing(office.store) as tx:
        settings.drop(tx, UNFILLED)
    return len(places)


def _fill(tx: Transaction, office: Office, place: Place, today: date) -> None:
    records.lock(tx, place.case_number)
    case = load_any(tx, office, place.case_number, today)
    for fact in case.facts:
        blind.keep(tx, case, fact.command)
    if isinstance(case, Case):
        outcomes.forget(tx, place.agency, place.case_number)
        outcomes.write(tx, outcomes.rows_of(case, office.world(place.agency, today)))
    deadlines.sync(tx, place, running_periods(tx, office, place, today), office.calendar)
