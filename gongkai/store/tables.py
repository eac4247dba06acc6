"""The tables. Facts, acts and papers are only ever added; case rows are a cache of the fold."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
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

#: Text sorts by its code points on every database, so that lists and tests agree.
_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")

#: The kinds of cases.
REQUEST: Final = "request"
RECTIFICATION: Final = "rectification"

#: Agency is the leading key of every large table, so that the data can be parted by it.
cases: Final = Table(
    "cases",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("number", _TEXT, primary_key=True),
    # What only requests are asked (table three, the reply clock) must say so: kind = 'request'.
    Column("kind", _TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("head", _TEXT, nullable=False),  # link of the last fact: names the whole history
    Column("state", _TEXT, nullable=False),
    Column("channel", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("received_on", Date),
    Column("reply_due_on", Date),  # of a rectification: the agency's own day, no statutory one
    Column("provisional", Boolean, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("erased_on", Date),  # personal data was erased at the end of its retention
    UniqueConstraint("number"),
    Index(None, "agency", "state", "reply_due_on"),
)

facts: Final = Table(
    "facts",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("n", Integer, primary_key=True),  # two officers, one step: the second one loses
    Column("seq", BigInteger, nullable=False),  # its place in the agency's chain
    Column("kind", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", _TEXT),
    Column("public", _TEXT, nullable=False),
    Column("commitment", _TEXT),  # to the personal part, which can be erased without it
    Column("hash", _TEXT, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    UniqueConstraint("agency", "seq"),
    CheckConstraint("n >= 1", name="n_from_1"),
)

#: The personal part of a fact, sealed together with the salt of its commitment.
personal: Final = Table(
    "personal",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "n"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    Index(None, "key"),
)

#: What was done to the data itself (unmasking, erasure, rotation): in the same chain as the facts.
acts: Final = Table(
    "acts",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("case_number", _TEXT),
    Column("on", Date, nullable=False),
    Column("recorded_at", _TEXT),
    Column("public", _TEXT, nullable=False),
    Column("hash", _TEXT, nullable=False),
    Index(None, "agency", "kind"),
    Index(None, "agency", "case_number"),
)

#: The end of each agency's chain.
chains: Final = Table(
    "chains",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("algorithm", _TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _TEXT, nullable=False),
)

papers: Final = Table(
    "papers",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    # Its places in the catalogue; several in a reply that answers in several ways.
    Column("form", _TEXT, nullable=False),
    Column("title", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("series", _TEXT),
    Column("year", Integer),
    Column("n", Integer),
    Column("number", _TEXT),
    Column("check_code", _TEXT),
    Column("sha256", _TEXT, nullable=False),  # of the document, a blob
    Column("text_sha256", _TEXT, nullable=False),  # of its words, a blob
    Column("void_on", Date),
    Column("void_reason", _TEXT),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    UniqueConstraint("agency", "series", "year", "n"),
    UniqueConstraint("agency", "number"),
    Index(None, "sha256"),
    Index(None, "check_code"),
)

#: What was handed in or added to the file: the blob of each ``attach``.
attachments: Final = Table(
    "attachments",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("sha256", _TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", _TEXT, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    Index(None, "agency", "sha256"),
)

#: Sealed bytes by the hash of what they say: papers, their words, attachments.
blobs: Final = Table(
    "blobs",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("sha256", _TEXT, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("sealed", LargeBinary),  # empty where the bytes lie in a file
    Column("file", _TEXT),  # below the folder of the configuration
    CheckConstraint("(sealed IS NULL) <> (file IS NULL)", name="one_place"),
    Index(None, "key"),
)

#: Keyed digests of personal fields: a case is found by them, but they cannot be read.
blind_index: Final = Table(
    "blind_index",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("field", _TEXT, primary_key=True),
    Column("token", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("key", _TEXT, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    Index(None, "agency", "case_number"),
    Index(None, "key"),
)

counters: Final = Table(
    "counters",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("series", _TEXT, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    # The highest number that was given outside this program: its own numbers follow after it.
    Column("imported", Integer, nullable=False),
)

commands: Final = Table(
    "commands",
    metadata,
    Column("command_id", _TEXT, primary_key=True),
    Column("agency", _TEXT, nullable=False),
    Column("case_number", _TEXT, nullable=False),
    Column("fact", Integer, nullable=False),
    Column("asked", _TEXT, nullable=False),  # digest of the public part of what was asked
    Column("answer", _TEXT, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    UniqueConstraint("agency", "case_number", "fact"),
)

#: Reasons given for discretionary refusals, by case: how often a unit repeats itself (art. 16).
reasons: Final = Table(
    "reasons",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("reason", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)

#: What the installation remembers of itself, by name: restored when, outbox paused, and the like.
settings: Final = Table(
    "settings",
    metadata,
    Column("name", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
)
