"""The tables. Facts and papers are only ever added; case rows are a cache of the fold."""

from typing import Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: The kinds of cases.
REQUEST: Final = "request"
RECTIFICATION: Final = "rectification"

#: Agency is the leading key of every large table, so that the data can be parted by it.
cases: Final = Table(
    "cases",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("number", String(64), primary_key=True),
    # What only requests are asked (table three, the reply clock) must say so: kind = 'request'.
    Column("kind", String(32), nullable=False, server_default=REQUEST),
    Column("version", Integer, nullable=False),
    Column("state", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("on", Date, nullable=False),
    Column("received_on", Date),
    Column("reply_due_on", Date),  # of a rectification: the agency's own day, no statutory one
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
    Column("n", Integer, primary_key=True),  # two officers, one step: the second one loses
    Column("kind", String(32), nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", String(40)),
    Column("public", Text, nullable=False),
    Column("personal", Text),  # its own column: it can be erased and the proof still holds
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
    # Its places in the catalogue; several in a reply that answers in several ways.
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
    # The highest number that was given outside this program: its own numbers follow after it.
    Column("imported", Integer, nullable=False, server_default="0"),
)

commands: Final = Table(
    "commands",
    metadata,
    Column("command_id", String(96), primary_key=True),
    Column("agency", String(64), nullable=False),
    Column("case_number", String(64), nullable=False),
    Column("fact", Integer, nullable=False),
    Column("asked", String(64), nullable=False),  # digest of what was asked
    Column("answer", Text, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
)

#: Reasons given for discretionary refusals, by case: how often a unit repeats itself (art. 16).
reasons: Final = Table(
    "reasons",
    metadata,
    Column("agency", String(64), primary_key=True),
    Column("reason", Text, primary_key=True),
    Column("case_number", String(64), primary_key=True),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)
