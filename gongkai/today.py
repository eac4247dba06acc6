"""The only reader of the wall clock: legal time is a civil date in Asia/Shanghai."""

from datetime import date, datetime
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
