"""Deadlines for the officers' own calendars (iCalendar): one all-day event for each period."""

from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from gongkai.office import Office
from gongkai.store import deadlines
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.wording import basis_text, provisional_text
from workflow.periods import Period

_DAY: Final = timedelta(days=1)


def feed(tx: Transaction, office: Office, agency: str, at: datetime) -> bytes:
    """Return the running periods of an agency as a calendar; it holds no personal data."""
    calendar = Calendar()
    calendar.add("prodid", "-//gongkai//deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{office.config.agencies[agency].name}依申请公开期限")
    for place in deadlines.places(tx):
        if place.agency == agency:
            for period, _ in deadlines.periods_of(tx, place):
                calendar.add_component(_event(place, period, at))
    return bytes(calendar.to_ical())


def _event(place: Place, period: Period, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{place.agency}/{place.case_number}/{period.key}@gongkai")
    event.add("dtstamp", at)
    event.add("dtstart", period.due_on)
    event.add("dtend", period.due_on + _DAY)
    event.add("summary", _summary(place, period))
    event.add("description", f"{basis_text(period)}{provisional_text(period)}")
    event.add("transp", "TRANSPARENT")
    event.add_component(_alarm(period))
    return event


def _summary(place: Place, period: Period) -> str:
    mark = provisional_text(period)
    return f"{period.kind.label}到期{mark}　{place.case_number}".rstrip("　")


def _alarm(period: Period) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"{period.kind.label}明日到期")
    alarm.add("trigger", -_DAY)
    return alarm
