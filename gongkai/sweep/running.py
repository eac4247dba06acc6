"""Which periods run: of a request, of a rectification, of the agency itself."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from gongkai import rectifying, requesting
from gongkai.errors import Told
from gongkai.office import Office
from gongkai.rectifying import RECTIFICATIONS
from gongkai.requesting import REQUESTS
from gongkai.store import records
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.store.journal import acts
from rules.errors import RuleError
from workflow.periods import Period, yearly_periods

#: The recorded act that a yearly duty is done.
YEARLY_DONE = "yearly_duty_done"


def running_periods(
    tx: Transaction, office: Office, place: Place, today: date
) -> tuple[Period, ...]:
    """Return the periods that run for a case, or for the agency itself, on a day."""
    if not place.case_number:
        return _yearly(tx, place.agency, today)
    world = office.world(place.agency, today)
    heading = records.heading(tx, place.case_number)
    if heading is not None and heading.erased:
        return ()  # nothing can be done in a case whose personal data is gone
    if heading is not None and heading.kind == RECTIFICATIONS.name:
        small = rectifying.load(tx, office, place.case_number, today)
        return RECTIFICATIONS.periods(small, office, world)
    case = requesting.load(tx, office, place.case_number, today)
    return REQUESTS.periods(case, office, world)


def readable_periods(
    tx: Transaction, office: Office, place: Place, today: date
) -> tuple[Period, ...] | None:
    """Return the running periods of a case; None where it cannot be read, which the sweep tells."""
    try:
        return running_periods(tx, office, place, today)
    except (Told, RuleError):
        return None


def heading_row(tx: Transaction, office: Office, place: Place, today: date) -> Mapping[str, Any]:
    """Return the row of a case as its facts make it on a day."""
    world = office.world(place.agency, today)
    heading = records.heading(tx, place.case_number)
    if heading is not None and heading.kind == RECTIFICATIONS.name:
        small = rectifying.load(tx, office, place.case_number, today)
        return RECTIFICATIONS.row(small, office, world)
    case = requesting.load(tx, office, place.case_number, today)
    return REQUESTS.row(case, office, world)


def _yearly(tx: Transaction, agency: str, today: date) -> tuple[Period, ...]:
    done = {act.said.get("key") for act in acts(tx, agency=agency, kind=YEARLY_DONE)}
    return tuple(period for period in yearly_periods(today.year) if period.key not in done)
