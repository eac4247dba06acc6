"""The tables of part 1: facts, papers and numbers, not yet chained or sealed."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from alembic import op
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    inspect,
    select,
)
from sqlalchemy.schema import CreateColumn

from gongkai.codec import merged

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

#: The tables as they were, whatever becomes of them later.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

cases: Final = Table(
    "cases",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("number", String(64), primary_key=True),
    Column("kind", String(32), nullable=False, server_default="request"),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("on", Date, nullable=False),
    Column("received_on", Date),
    Column("reply_due_on", Date),
    Column("provisional", Boolean, nullable=False),
    Column("last_on", Date, nullable=False),
    UniqueConstraint("number"),
    Index(None, "agency", "state", "reply_due_on"),
)

facts: Final = Table(
    "facts",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("case_number", String(64), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", String(40)),
    Column("public", Text, nullable=False),
    Column("personal", Text),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    CheckConstraint("n >= 1", name="n_from_1"),
)

papers: Final = Table(
    "papers",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("case_number", String(64), primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", String(48), nullable=False),
    Column("form", String(96), nullable=False, server_default=""),
    Column("title", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("series", String(48)),
    Column("year", Integer),
    Column("n", Integer),
    Column("number", String(96)),
    Column("check_code", String(32)),
    Column("text", Text, nullable=False),
    Column("docx", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("void_on", Date),
    Column("void_reason", Text),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    UniqueConstraint("agency", "series", "year", "n"),
    UniqueConstraint("agency", "number"),
    Index(None, "sha256"),
    Index(None, "check_code"),
)

counters: Final = Table(
    "counters",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("series", String(48), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("imported", Integer, nullable=False, server_default="0"),
)

commands: Final = Table(
    "commands",
    metadata,
    Column("command_id", String(96), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("case_number", String(64), nullable=False),
    Column("fact", Integer, nullable=False),
    Column("asked", String(64), nullable=False),
    Column("answer", Text, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
)

reasons: Final = Table(
    "reasons",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("case_number", String(64), primary_key=True),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)


def upgrade() -> None:
    metadata.create_all(op.get_bind())


def adopt(connection: Connection) -> None:
    """Complete a database that was made before versions were counted.

    A column that a release of part 1 added has its default there; the kind is read off the facts.
    """
    there = inspect(connection)
    for table in metadata.sorted_tables:
        known = {column["name"] for column in there.get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                shape = CreateColumn(column).compile(dialect=connection.dialect)
                connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {shape}")
        for index in table.indexes:
            index.create(connection, checkfirst=True)
    first = select(facts.c.kind).where(
        facts.c.agency == cases.c.agency, facts.c.case_number == cases.c.number, facts.c.n == 1
    )
    connection.execute(
        cases.update()
        .where(first.scalar_subquery() == "register_rectification")
        .values(kind="rectification")
    )


def history(connection: Connection, _keys: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield everything that must read the same after a later version: where, and what it says.

    A later version that changes how history is kept brings a ``history`` of its own.
    """
    for row in rows(connection, select(cases)):
        yield f"case {row['number']}", dict(row)
    for row in rows(connection, select(facts)):
        public = json.loads(row["public"])
        personal = json.loads(row["personal"]) if row["personal"] else None
        public["command"] = merged(public["command"], personal)  # however it is taken apart
        yield f"facts {row['case_number']}", {**row, "public": public, "personal": None}
    for row in rows(connection, select(papers)):
        said = {**row, "docx": digest(row["docx"]), "text": digest(row["text"].encode())}
        yield f"papers {row['case_number']}", said
    for row in rows(connection, select(commands)):
        said = {name: row[name] for name in row if name != "asked"}
        yield f"commands {row['case_number']}", said
    for row in rows(connection, select(counters)):
        yield "counters", dict(row)
    for row in rows(connection, select(reasons)):
        yield "reasons", {**row, "reason": digest(row["reason"].encode())}


def rows(connection: Connection, wanted: Select[Any]) -> Iterator[RowMapping]:
    yield from connection.execute(wanted.execution_options(yield_per=100)).mappings()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
