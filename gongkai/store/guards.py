"""What the database itself refuses, whoever asks: history is added to and never changed."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, MetaData, Table, event

from gongkai.store.tables import metadata

#: Tables whose rows stay as they were written.
FOREVER: Final = ("facts", "acts", "commands", "attachments", "ledger")

_VOIDED: Final = (
    "agency", "case_number", "fact", "place", "kind", "form", "title", "on", "series", "year",
    "n", "number", "check_code", "sha256", "text_sha256",
)  # fmt: skip
_SAME: Final = {"sqlite": "IS", "postgresql": "IS NOT DISTINCT FROM"}


def rules(dialect: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield what is refused: name, table, operation, and the condition under which."""
    for table in FOREVER:
        yield f"{table}_no_update", table, "UPDATE", ""
        yield f"{table}_no_delete", table, "DELETE", ""
    same = " AND ".join(f'NEW."{name}" {_SAME[dialect]} OLD."{name}"' for name in _VOIDED)
    yield "papers_only_voided", "papers", "UPDATE", f"NOT ({same} AND OLD.void_on IS NULL)"
    yield "papers_no_delete", "papers", "DELETE", ""
    yield "personal_only_resealed", "personal", "UPDATE", "NEW.n <> OLD.n OR NEW.key = OLD.key"
    not_erased = (
        "NOT EXISTS (SELECT 1 FROM cases c WHERE c.agency = OLD.agency"
        " AND c.number = OLD.case_number AND c.erased_on IS NOT NULL)"
    )
    yield "personal_only_erased", "personal", "DELETE", not_erased
    yield "chains_only_longer", "chains", "UPDATE", "NEW.seq <> OLD.seq + 1"
    yield "chains_no_delete", "chains", "DELETE", ""
    yield "counters_only_up", "counters", "UPDATE", "NEW.n < OLD.n"
    yield "counters_no_delete", "counters", "DELETE", ""
    yield "cases_no_delete", "cases", "DELETE", ""


def statements(dialect: str) -> Iterator[str]:
    """Yield the DDL that sets up every refusal on a database."""
    if dialect == "postgresql":
        yield _FUNCTION
        yield from _postgresql()
    else:
        for name, table, operation, condition in rules(dialect):
            when = f" WHEN {condition}" if condition else ""
            yield (
                f"CREATE TRIGGER guard_{name} BEFORE {operation} ON {table}{when}"
                f" BEGIN SELECT RAISE(ABORT, 'gongkai: {name}'); END"
            )


_FUNCTION: Final = (
    "CREATE OR REPLACE FUNCTION gongkai_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'gongkai: ' || TG_ARGV[0],"
    " ERRCODE = 'integrity_constraint_violation'; END $$"
)


def _postgresql() -> Iterator[str]:
    for name, table, operation, condition in rules("postgresql"):
        refuse, when = f"gongkai_refuse('{name}')", f" WHEN ({condition})" if condition else ""
        if "SELECT" in condition:  # a trigger's WHEN may not ask another table: a function may
            refuse, when = f"gongkai_{name}()", ""
            yield (
                f"CREATE OR REPLACE FUNCTION {refuse} RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {condition} THEN RAISE EXCEPTION USING"
                f" MESSAGE = 'gongkai: {name}', ERRCODE = 'integrity_constraint_violation';"
                " END IF; RETURN OLD; END $$"
            )
        yield (
            f"CREATE TRIGGER guard_{name} BEFORE {operation} ON {table}"
            f" FOR EACH ROW{when} EXECUTE FUNCTION {refuse}"
        )
    for table in sorted({table for _, table, _, _ in rules("postgresql")}):
        yield (
            f"CREATE TRIGGER guard_{table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION gongkai_refuse('{table}_no_truncate')"
        )


def _set_up(_target: MetaData, connection: Connection, tables: list[Table], **_: object) -> None:
    if tables:
        for statement in statements(connection.dialect.name):
            connection.exec_driver_sql(statement)


event.listen(metadata, "after_create", _set_up)


#: What the role of the program may do on PostgreSQL, where another role owns the tables.
_ADD: Final = "SELECT, INSERT"
_RIGHTS: Final = {
    **dict.fromkeys(FOREVER, _ADD),
    "papers": f"{_ADD}, UPDATE (void_on, void_reason)",
    "personal": f"{_ADD}, DELETE, UPDATE (key, sealed)",
    "chains": f"{_ADD}, UPDATE (seq, hash)",
    "counters": f"{_ADD}, UPDATE (n, imported)",
    "cases": f"{_ADD}, UPDATE",
}


def grants(role: str) -> Iterator[str]:
    """Yield the statements that give ``role`` what the program needs and no more."""
    quoted = '"' + role.replace('"', '""') + '"'
    for table in metadata.tables:
        rights = _RIGHTS.get(table, f"{_ADD}, UPDATE, DELETE")
        yield f"REVOKE ALL ON {table} FROM {quoted}"
        yield f"GRANT {rights} ON {table} TO {quoted}"
    yield f"REVOKE ALL ON alembic_version FROM {quoted}"
    yield f"GRANT SELECT ON alembic_version TO {quoted}"
