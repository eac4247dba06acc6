"""The office of this installation: its configuration, calendar and database."""

from pathlib import Path

from sqlalchemy import make_url

from gongkai.calendars import calendar_for
from gongkai.closing import at_end
from gongkai.config import Config, from_file
from gongkai.config_file import ConfigError, ConfigFile
from gongkai.errors import REFUSED, Told
from gongkai.office import Office, random_code
from gongkai.store.engine import Store, connect, has_tables, open_store, writing
from gongkai.store.guards import grants
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
    url = make_url(config.database.url)
    held = url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:"
    return Path(str(url.database)) if held else None


def open_office(file: ConfigFile, *, make: bool = False) -> Office:
    """Open the office; without ``make`` the database must be there.

    Its connections are let go of at the end of the command (:data:`gongkai.closing.at_end`).
    """
    config, calendar = settled(file)
    found = _found(config)
    if not found and not make:
        place = config.database.url
        raise NoDatabase(
            f"还没有数据库（{place}）。请先运行 gongkai init，或者 gongkai demo 看样例。"
        )
    keys = _keys(config, new=not found)
    if make and config.database.owner_url:
        _made_by_owner(config, keys)
    return Office(
        store=Store(found.engine, keys) if found else _made(config, keys),
        config=config,
        calendar=calendar,
        check_code=random_code,
        moment=now,
    )


def _made(config: Config, keys: KeyRing) -> Store:
    store = open_store(config.database.url, keys)
    at_end.callback(store.close)
    return store


def _found(config: Config) -> Store | None:
    """Return the database, where there is one: a file is not made by looking."""
    place = database_file(config)
    if place and not place.is_file():
        return None
    store = connect(config.database.url, KeyRing.ephemeral())
    at_end.callback(store.close)
    return store if has_tables(store) else None


def _made_by_owner(config: Config, keys: KeyRing) -> None:
    """Make the tables as their owner, and give the role of the program its rights and no more."""
    role = make_url(config.database.url).username
    if not role or role == make_url(config.database.owner_url).username:
        raise ConfigError("[database] 的 url 和 owner_url 应写明两个不同的用户。")
    store = open_store(config.database.owner_url, keys)
    try:
        with writing(store) as tx:
            for statement in grants(role):
                tx.connection.exec_driver_sql(statement)
    finally:
        store.close()


def unprotected(office: Office) -> bool:
    """Whether the program itself owns the tables, so that only triggers protect the facts."""
    return office.store.dialect == "postgresql" and not office.config.database.owner_url


def _keys(config: Config, *, new: bool) -> KeyRing:
    """Read the key file; ``new`` makes one where there is none, for a database still to be made."""
    path = Path(config.security.key_file)
    if new and not path.exists():
        write_keys(path, new_ring())
    return read_keys(path)
