"""A guard is looked for where it must stand, and in force: not by its name alone."""

from datetime import date

import pytest

from gongkai.doctor import check_invariants
from gongkai.office import Office
from gongkai.store.engine import writing
from tests.postgres import OWNER, Server
from tests.tampering import owning

TODAY = date(2026, 11, 1)


def missed(office: Office) -> set[str]:
    """Return where faults were found; nothing but the database's own may be wrong."""
    report = check_invariants(office, today=TODAY)
    assert {one.name for one in report.checks if not one.ok} <= {"database"}
    return {found.where for one in report.checks for found in one.found}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # there anybody may set one up
def test_a_guard_of_the_same_name_on_another_table_is_none(office: Office) -> None:
    with writing(office.store) as tx:
        tx.connection.exec_driver_sql("DROP TRIGGER guard_facts_no_update")
        tx.connection.exec_driver_sql(
            "CREATE TRIGGER guard_facts_no_update BEFORE UPDATE ON settings BEGIN SELECT 1; END"
        )

    assert missed(office) == {"facts 表 触发器 guard_facts_no_update"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # only it has these ways
@pytest.mark.parametrize(
    ("statement", "guard"),
    [
        ("DROP TRIGGER guard_facts_no_truncate ON facts", "facts_no_truncate"),
        ("ALTER TABLE facts DISABLE TRIGGER guard_facts_no_update", "facts_no_update"),
        ("ALTER TABLE facts ENABLE REPLICA TRIGGER guard_facts_no_update", "facts_no_update"),
    ],
)
def test_a_guard_that_no_longer_acts_is_missed(office: Office, statement: str, guard: str) -> None:
    with owning(office.store) as tx:
        tx.connection.exec_driver_sql(statement)

    assert missed(office) == {f"facts 表 触发器 guard_{guard}"}


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # only it has schemas
def test_a_guard_in_a_schema_that_was_put_aside_stands_for_none(
    office: Office, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue("postgres")
    name = office.store.engine.url.database
    assert name
    with server.superuser() as connection:
        connection.execute(f"GRANT CREATE ON DATABASE {name} TO {OWNER}")
    with owning(office.store) as tx:
        tx.connection.exec_driver_sql("CREATE SCHEMA before_restore_1")
        tx.connection.exec_driver_sql("CREATE TABLE before_restore_1.facts (n integer)")
        tx.connection.exec_driver_sql(
            "CREATE TRIGGER guard_facts_no_update BEFORE UPDATE ON before_restore_1.facts"
            " FOR EACH ROW EXECUTE FUNCTION gongkai_refuse('facts_no_update')"
        )
        tx.connection.exec_driver_sql("DROP TRIGGER guard_facts_no_update ON facts")

    assert missed(office) == {"facts 表 触发器 guard_facts_no_update"}
