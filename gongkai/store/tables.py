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


def _agency() -> Column[str]:
    """Agency is the leading key of every large table, so that the data can be parted by it."""
    return Column("agency", _TEXT, primary_key=True)


def _case() -> tuple[Column[str], Column[str]]:
    return _agency(), Column("case_number", _TEXT, primary_key=True)


def _of_a_case() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"])


def _of_a_fact(column: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["agency", "case_number", column], ["facts.agency", "facts.case_number", "facts.n"]
    )


#: The kinds of cases.
REQUEST: Final = "request"
RECTIFICATION: Final = "rectification"

cases: Final = Table(
    "cases",
    metadata,
    _agency(),
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
    *_case(),
    Column("n", Integer, primary_key=True),  # two officers, one step: the second one loses
    Column("seq", BigInteger, nullable=False),  # its place in the agency's chain
    Column("kind", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", _TEXT),
    Column("public", _TEXT, nullable=False),
    Column("commitment", _TEXT),  # to the personal part, which can be erased without it
    Column("hash", _TEXT, nullable=False),
    _of_a_case(),
    UniqueConstraint("agency", "seq"),
    CheckConstraint("n >= 1", name="n_from_1"),
)

#: The personal part of a fact, sealed together with the salt of its commitment.
personal: Final = Table(
    "personal",
    metadata,
    *_case(),
    Column("n", Integer, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    _of_a_fact("n"),
    Index(None, "key"),
)

#: What was done to the data itself (unmasking, erasure, rotation): in the same chain as the facts.
acts: Final = Table(
    "acts",
    metadata,
    _agency(),
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
    _agency(),
    Column("algorithm", _TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _TEXT, nullable=False),
)

papers: Final = Table(
    "papers",
    metadata,
    *_case(),
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
    _of_a_fact("fact"),
    UniqueConstraint("agency", "series", "year", "n"),
    UniqueConstraint("agency", "number"),
    Index(None, "number"),  # who looks a paper up knows what stands on it, not whose it is
    Index(None, "sha256"),
    Index(None, "text_sha256"),
    Index(None, "check_code"),
)

#: What was handed in or added to the file: the blob of each ``attach``.
attachments: Final = Table(
    "attachments",
    metadata,
    *_case(),
    Column("fact", Integer, primary_key=True),
    Column("sha256", _TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", _TEXT, nullable=False),
    _of_a_fact("fact"),
    Index(None, "agency", "sha256"),
)

#: Sealed bytes by the hash of what they say: papers, their words, attachments.
blobs: Final = Table(
    "blobs",
    metadata,
    _agency(),
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
    _agency(),
    Column("field", _TEXT, primary_key=True),
    Column("token", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("key", _TEXT, nullable=False),
    _of_a_case(),
    Index(None, "agency", "case_number"),
    Index(None, "key"),
)

counters: Final = Table(
    "counters",
    metadata,
    _agency(),
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
    _of_a_fact("fact"),
    UniqueConstraint("agency", "case_number", "fact"),
)

#: Reasons given for discretionary refusals, by case: how often a unit repeats itself (art. 16).
reasons: Final = Table(
    "reasons",
    metadata,
    _agency(),
    Column("reason", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    _of_a_case(),
    Index(None, "agency", "case_number"),
)

#: How each request was answered, a cache of its facts: one row once it was answered or has ended.
outcomes: Final = Table(
    "outcomes",
    metadata,
    *_case(),
    Column("answered_on", Date, nullable=False),  # the last reply went out, or the case ended
    Column("first_on", Date),  # the first reply went out: it decides whether it was late
    Column("due_on", Date),
    Column("late", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),  # the day it was due had no notice yet
    Column("outcome", _TEXT, nullable=False),  # given, partly, refused, other
    Column("row", _TEXT, nullable=False),  # of table three of the annual report; '' none
    Column("officer", _TEXT, nullable=False),  # who drafted the last reply; '' none
    Column("topics", _TEXT, nullable=False),  # with a comma between them
    Column("as_recorded", Boolean, nullable=False),  # history, taken over as it was recorded
    _of_a_case(),
    Index(None, "agency", "answered_on"),
)
#: What was answered to each item; item 0 is why a request ended without a reply.
outcome_items: Final = Table(
    "outcome_items",
    metadata,
    *_case(),
    Column("item", Integer, primary_key=True),
    Column("answer", _TEXT, nullable=False),
    _of_a_case(),
)
#: The grounds cited for each passage of the standing answer; ``unstated`` where none was given.
outcome_grounds: Final = Table(
    "outcome_grounds",
    metadata,
    *_case(),
    Column("item", Integer, primary_key=True),
    Column("passage", Integer, primary_key=True),
    Column("ground", _TEXT, primary_key=True),
    Column("force", _TEXT, nullable=False),
    Column("withheld", Boolean, nullable=False),  # else it was weighed, and the passage given
    _of_a_case(),
)
#: Each challenge with the grounds it attacks: those that stood when it was filed, or ``none``.
outcome_challenges: Final = Table(
    "outcome_challenges",
    metadata,
    *_case(),
    Column("challenge", Integer, primary_key=True),
    Column("ground", _TEXT, primary_key=True),
    Column("filed_on", Date, nullable=False),
    Column("result", _TEXT, nullable=False),  # '' while it is pending
    Column("overturned", Boolean, nullable=False),
    _of_a_case(),
)

#: The running periods of open cases, a cache of the clock; ``case_number`` '' is the agency's own.
deadlines: Final = Table(
    "deadlines",
    metadata,
    *_case(),
    Column("kind", _TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("article", _TEXT, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("next_on", Date),  # when the sweep has something to do about it; none: nothing more
)
#: "What is due" is answered from this index alone.
Index(
    "ix_deadlines_next_on",
    deadlines.c.next_on,
    deadlines.c.agency,
    deadlines.c.case_number,
    sqlite_where=deadlines.c.next_on.is_not(None),
    postgresql_where=deadlines.c.next_on.is_not(None),
)
#: Cases whose reply day moves with each day that another agency is waited for (33.3).
Index(
    "ix_deadlines_moving",
    deadlines.c.kind,  # says nothing, but SQLite takes no index for covering without it
    deadlines.c.agency,
    deadlines.c.case_number,
    sqlite_where=deadlines.c.kind == "other_agency",
    postgresql_where=deadlines.c.kind == "other_agency",
)

#: What was done about each period: the key decides that nothing is done twice.
ledger: Final = Table(
    "ledger",
    metadata,
    *_case(),
    Column("kind", _TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, primary_key=True),  # a day that moved is reminded of anew
    Column("action", _TEXT, primary_key=True),
    Column("done_on", Date, nullable=False),
    Column("outcome", _TEXT, nullable=False),
    Column("fact", Integer),  # the fact that it made, if it made one
)

#: What people are asked to do, by role; closed by a person, or when its period has ended.
tasks: Final = Table(
    "tasks",
    metadata,
    *_case(),
    Column("kind", _TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("action", _TEXT, primary_key=True),
    Column("role", _TEXT, primary_key=True),
    Column("text", _TEXT, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("closed_on", Date),
    Column("closed_by", _TEXT),
)
Index(
    "ix_tasks_open",
    tasks.c.agency,
    tasks.c.role,
    tasks.c.due_on,
    sqlite_where=tasks.c.closed_on.is_(None),
    postgresql_where=tasks.c.closed_on.is_(None),
)

#: Messages on their way out, written with what they tell of and sent afterwards, at most once.
outbox: Final = Table(
    "outbox",
    metadata,
    _agency(),
    Column("id", _TEXT, primary_key=True),  # from what it tells of, the channel and the recipient
    Column("case_number", _TEXT, nullable=False),
    Column("channel", _TEXT, nullable=False),
    Column("recipient", _TEXT, nullable=False),
    Column("urgent", Boolean, nullable=False),  # sent by itself; others wait for the day's digest
    Column("text", _TEXT, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("state", _TEXT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", _TEXT),  # not before this moment
    Column("sent_at", _TEXT),
    Column("error", _TEXT),
)
Index(
    "ix_outbox_waiting",
    outbox.c.next_at,
    outbox.c.agency,
    outbox.c.id,
    sqlite_where=outbox.c.state == "queued",
    postgresql_where=outbox.c.state == "queued",
)
Index("ix_outbox_case", outbox.c.agency, outbox.c.case_number)

#: What the installation remembers of itself, by name: restored when, outbox paused, and the like.
settings: Final = Table(
    "settings",
    metadata,
    Column("name", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
)
