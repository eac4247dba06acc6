"""The simulated office on a database: the shipped one, with addresses for everybody."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from gongkai.calendars import calendar_for
from gongkai.config import Config, Email, Notify, load
from gongkai.office import Office, fixed_code
from gongkai.store.engine import Store
from rules.workdays import WorkCalendar

_CONFIG: Final = Path(__file__).parents[2] / "config.toml"


@cache
def _settled() -> tuple[Config, WorkCalendar]:
    shipped = load(_CONFIG)
    people = tuple(replace(p, email=f"{p.user}@example.gov.cn") for p in shipped.people)
    notify = Notify(email=Email(host="localhost", sender="gongkai@example.gov.cn"))
    config = replace(shipped, people=people, notify=notify)
    return config, calendar_for(config.calendar)


def office_on(store: Store) -> Office:
    """Return the office on a database; the same case gives the same check codes."""
    config, calendar = _settled()
    return Office(store=store, config=config, calendar=calendar, check_code=fixed_code)
