"""Deadlines, what was done about them, tasks, messages, and how requests were answered."""

from typing import Final

from alembic import op
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    func,
    inspect,
    select,
    table,
)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: The tables that are added, as they are from this version on.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")

#: Only so that others can refer to it.
cases: Final = Table(
    "cases",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("number", _TEXT, primary_key=True),
)

outcomes: Final = Table(
    "outcomes",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("answered_on", Date, nullable=False),
    Column("first_on", Date),
    Column("due_on", Date),
    Column("late", Boolean, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("outcome", _TEXT, nullable=False),
    Column("row", _TEXT, nullable=False),
    Column("officer", _TEXT, nullable=False),
    Column("topics", _TEXT, nullable=False),
    Column("as_recorded", Boolean, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    Index(None, "agency", "answered_on"),
)
outcome_items: Final = Table(
    "outcome_items",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("answer", _TEXT, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)
outcome_grounds: Final = Table(
    "outcome_grounds",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("item", Integer, primary_key=True),
    Column("passage", Integer, primary_key=True),
    Column("ground", _TEXT, primary_key=True),
    Column("force", _TEXT, nullable=False),
    Column("withheld", Boolean, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)
outcome_challenges: Final = Table(
    "outcome_challenges",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("challenge", Integer, primary_key=True),
    Column("ground", _TEXT, primary_key=True),
    Column("filed_on", Date, nullable=False),
    Column("result", _TEXT, nullable=False),
    Column("overturned", Boolean, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)

deadlines: Final = Table(
    "deadlines",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, nullable=False),
    Column("article", _TEXT, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("internal", Boolean, nullable=False),
    Column("next_on", Date),
)
Index(
    "ix_deadlines_next_on",
    deadlines.c.next_on,
    deadlines.c.agency,
    deadlines.c.case_number,
    sqlite_where=deadlines.c.next_on.is_not(None),
    postgresql_where=deadlines.c.next_on.is_not(None),
)
Index(
    "ix_deadlines_moving",
    deadlines.c.kind,
    deadlines.c.agency,
    deadlines.c.case_number,
    sqlite_where=deadlines.c.kind == "other_agency",
    postgresql_where=deadlines.c.kind == "other_agency",
)

ledger: Final = Table(
    "ledger",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("kind", _TEXT, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("action", _TEXT, primary_key=True),
    Column("done_on", Date, nullable=False),
    Column("outcome", _TEXT, nullable=False),
    Column("fact", Integer),
)

tasks: Final = Table(
    "tasks",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
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

outbox: Final = Table(
    "outbox",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("id", _TEXT, primary_key=True),
    Column("case_number", _TEXT, nullable=False),
    Column("channel", _TEXT, nullable=False),
    Column("recipient", _TEXT, nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("text", _TEXT, nullable=False),
    Column("created_on", Date, nullable=False),
    Column("state", _TEXT, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", _TEXT),
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


def upgrade() -> None:
    connection = op.get_bind()
    added = [table for table in metadata.sorted_tables if table is not cases]
    metadata.create_all(connection, tables=added, checkfirst=False)
    for operation in ("UPDATE", "DELETE"):
        name = f"ledger_no_{operation.lower()}"
        if connection.dialect.name == "sqlite":
            op.execute(
                f"CREATE TRIGGER guard_{name} BEFORE {operation} ON ledger"
                f" BEGIN SELECT RAISE(ABORT, 'gongkai: {name}'); END"
            )
        else:
            op.execute(
                f"CREATE TRIGGER guard_{name} BEFORE {operation} ON ledger"
                f" FOR EACH ROW EXECUTE FUNCTION gongkai_refuse('{name}')"
            )
    if connection.execute(select(cases.c.number).limit(1)).first():
        op.execute("INSERT INTO settings (name, value) VALUES ('unfilled_since', '0003')")
    if connection.dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER guard_ledger_no_truncate BEFORE TRUNCATE ON ledger"
            " FOR EACH STATEMENT EXECUTE FUNCTION gongkai_refuse('ledger_no_truncate')"
        )


def expected(connection: Connection) -> dict[str, int]:
    """Count what must be there after the step: the same, and one note where there are cases."""
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    counts = {
        name: int(connection.scalar(select(func.count()).select_from(table(name))) or 0)
        for name in names
    }
    return {**counts, "settings": counts["settings"] + bool(counts["cases"])}
