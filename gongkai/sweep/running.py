"""Which periods run: of a request, of a rectification, of the agency itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongkai.kinds import kind_of, load_any
from gongkai.office import Office
from gongkai.store import records
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.sweep import yearly
from workflow.periods import Period


def running_periods(
    tx: Transaction, office: Office, place: Place, today: date
) -> tuple[Period, ...]:
    """Return the periods that run for a case, or for the agency itself, on a day."""
    if not place.case_number:
        return yearly.running(tx, place.agency, today)
    world = office.world(place.agency, today)
    heading = records.heading(tx, place.case_number)
    if heading is not None and heading.erased:
        return ()  # nothing can be done in a case whose personal data is gone
    case = load_any(tx, office, place.case_number, today)
    return kind_of(case).periods(case, office, world)


def heading_row(tx: Transaction, office: Office, place: Place, today: date) -> Mapping[str, Any]:
    """Return the row of a case as its facts make it on a day."""
    case = load_any(tx, office, place.case_number, today)
    return kind_of(case).row(case, office, office.world(place.agency, today))
