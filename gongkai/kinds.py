"""Every kind of case by its name, and the case that bears a number, whatever its kind."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from gongkai import unit
from gongkai.office import Office, unknown_case
from gongkai.rectifying import RECTIFICATIONS
from gongkai.requesting import REQUESTS
from gongkai.store import records
from gongkai.store.engine import Transaction
from gongkai.unit import Kind
from workflow.case import Case
from workflow.rectification import Rectification

KINDS: Final[Mapping[str, Kind[Any]]] = {kind.name: kind for kind in (REQUESTS, RECTIFICATIONS)}


def load_any(tx: Transaction, office: Office, number: str, today: date) -> Case | Rectification:
    """Return the case that bears ``number``. Raises :class:`Refused` where there is none."""
    heading = records.heading(tx, number)
    if heading is None:
        raise unknown_case(number)
    case: Case | Rectification = unit.load(tx, office, KINDS[heading.kind], number, today)
    return case


def kind_of(case: Case | Rectification) -> Kind[Any]:
    """Return the kind of a case."""
    return RECTIFICATIONS if isinstance(case, Rectification) else REQUESTS
