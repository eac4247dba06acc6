"""The office of this installation: its configuration, calendar and database."""

from pathlib import Path

from sqlalchemy import make_url

from gongkai.calendars import calendar_for
from gongkai.config import Config, from_file
from gongkai.config_file import ConfigFile
from gongkai.errors import REFUSED, Told
from gongkai.office import Office, random_code
from gongkai.store.engine import open_store
from gongkai.store.keys import KeyRing, new_ring, read_keys, write_keys
from gongkai.today import now
from rules.workdays import WorkCalendar


class NoDatabase(Told):
    """There is no database yet."""

    exit_code = REFUSED


def settled(file: ConfigFile) -> tuple[Config, WorkCalendar]:
    """Return configuration and calendar."""
    config = from_file(file)
    return config, calendar_for(config.calendar)


def database_file(config: Config) -> Path | None:
    """Return the file of the database, None where it is no file."""
    name = make_url(config.database.url).database
    return Path(name) if name and name != ":memory:" else None


def open_office(file: ConfigFile, *, make: bool = False) -> Office:
    """Open the office; without ``make`` the database must be there."""
    config, calendar = settled(file)
    place = database_file(config)
    if not make and place is not None and not place.is_file():
        raise NoDatabase(
            f"还没有数据库（{place}）。请先运行 gongkai init，或者 gongkai demo 看样例。"
        )
    keys = _keys(config, new=make and (place is None or not place.is_file()))
    return Office(
        store=open_store(config.database.url, keys),
        config=config,
        calendar=calendar,
        check_code=random_code,
        moment=now,
    )


def _keys(config: Config, *, new: bool) -> KeyRing:
    """Read the key file; ``new`` makes one where there is none, for a database still to be made."""
    path = Path(config.security.key_file)
    if new and not path.exists():
        write_keys(path, new_ring())
    return read_keys(path)
