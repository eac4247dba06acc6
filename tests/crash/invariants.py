"""What must hold of every database, whatever happened to it: the doctor says."""

from datetime import date

from gongkai.doctor import check_invariants
from gongkai.office import Office


def faults(office: Office, today: date) -> tuple[str, ...]:
    """Return what does not hold."""
    return check_invariants(office, today=today).faults
