"""What backup, restore and migration need of this installation, and bringing it up to date."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import make_url

from gongkai.backup import Backup, Source, backup_before_migration
from gongkai.config import Config
from gongkai.config_file import ConfigFile
from gongkai.doctor import check_invariants
from gongkai.filling import fill
from gongkai.migrating import SEALED_SINCE, migrate
from gongkai.office import Office
from gongkai.real import database_file, settled
from gongkai.store import schema
from gongkai.store.engine import connect, open_store, reading
from gongkai.store.keys import KeyRing, new_ring, read_keys, write_keys
from gongkai.today import date_of, now


class Upgraded(NamedTuple):
    """From which version the database came to which, and the backup that was made before."""

    before: str
    after: str
    backup: Backup | None = None

    @property
    def readable(self) -> bool:
        """Whether the backup holds personal data that nothing seals: it is of an old version."""
        return self.backup is not None and self.before < SEALED_SINCE


def source_of(file: ConfigFile, moment: datetime, keys: KeyRing | None = None) -> Source:
    """Return this installation as what is backed up; ``keys`` instead of its key file."""
    config, calendar = settled(file)

    def examine(office: Office) -> list[str]:
        return list(check_invariants(office, today=date_of(moment)).faults)

    return Source(
        config=config,
        calendar=calendar,
        keys=keys or read_keys(Path(config.security.key_file)),
        examine=examine,
        moment=moment,
    )


def version_of(config: Config) -> str | None:
    """Return the version of the configured database; None where there is none."""
    place = database_file(config)
    if place and not place.is_file():
        return None
    store = connect(config.database.owner_url or config.database.url, KeyRing.ephemeral())
    try:
        with reading(store) as tx:
            return schema.version(tx.connection)
    finally:
        store.close()


def upgrade(file: ConfigFile, moment: datetime) -> Upgraded | None:
    """Bring the database to this program's version, backup first; None where there is none."""
    config, _ = settled(file)
    found = version_of(config)
    if found is None:
        return None
    if found >= schema.newest():
        schema.refuse_other(found)
        _fill(source_of(file, moment))  # a migration that was cut off may have left it undone
        return Upgraded(found, found)
    key_file = Path(config.security.key_file)
    if found < SEALED_SINCE and not key_file.exists():  # nothing is sealed yet: a first key
        write_keys(key_file, new_ring())
    source = source_of(file, moment)
    backup = backup_before_migration(source, found or schema.FIRST)
    owner, url = config.database.owner_url, config.database.url
    role = make_url(url).username if owner else ""
    done = migrate(owner or url, source.keys, role=role or "")
    _fill(source)
    return Upgraded(done.before, done.after, backup)


def _fill(source: Source) -> None:
    store = open_store(source.config.database.url, source.keys)
    try:
        office = Office(store=store, config=source.config, calendar=source.calendar, moment=now)
        fill(office, date_of(source.moment))
    finally:
        store.close()
