"""Which version of the tables a database has: making it, reading it, refusing any other.

Nothing of Alembic is imported here: opening a database only reads one row that Alembic keeps.
"""

from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    insert,
    inspect,
    select,
)

from gongkai.errors import REFUSED
from gongkai.store import guards  # noqa: F401 - sets the guards up wherever tables are made
from gongkai.store.failures import StoreError
from gongkai.store.tables import metadata

#: The version of a database that was made before versions were counted.
UNCOUNTED: Final = ""
FIRST: Final = "0001"
MIGRATIONS: Final = Path(__file__).with_name("migrations")

#: As Alembic makes it, so that a database is the same whether it was made or migrated.
_TABLE: Final = "alembic_version"
_VERSIONS: Final = Table(
    _TABLE,
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name=f"{_TABLE}_pkc"),
)
_NUMBER: Final = _VERSIONS.c.version_num


class OtherVersion(StoreError):
    """The tables of the database are not those of this program."""

    exit_code = REFUSED


@cache
def newest() -> str:
    """Return the version that this program works with: the one line of ``migrations/HEAD``."""
    return (MIGRATIONS / "HEAD").read_text(encoding="ascii").strip()


def version(connection: Connection) -> str | None:
    """Return the version of a database, :data:`UNCOUNTED`, or None where there are no tables."""
    there = inspect(connection)
    if there.has_table(_TABLE) and (found := connection.scalar(select(_NUMBER))):
        return str(found)
    return UNCOUNTED if there.has_table("cases") else None


def make(connection: Connection) -> None:
    """Make all tables with their guards, and note their version."""
    metadata.create_all(connection)
    _VERSIONS.create(connection)
    connection.execute(insert(_VERSIONS).values(version_num=newest()))


def refuse_other(found: str | None) -> None:
    """Raise :class:`OtherVersion` unless ``found`` is the version of this program."""
    if found is None or found == newest():
        return
    if found > newest():
        raise OtherVersion(
            f"数据库的结构版本是 {found}，比本程序（{newest()}）新。请安装较新的 gongkai；"
            "旧程序不能使用新数据库，数据没有改动。"
        )
    raise OtherVersion(
        f"数据库的结构版本是 {found or FIRST}，本程序需要 {newest()}。"
        "请运行 gongkai migrate（会先自动备份）。"
    )
