"""What is due, what moves, what waits: each is answered from its own index, on both databases."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from gongkai.store import deadlines, outbox, tasks
from gongkai.store import tables as t
from gongkai.store.engine import Store, Transaction, reading, writing
from gongkai.today import ZONE
from tests.postgres import Server
from workflow.vocabulary import Role

TODAY = date(2020, 10, 21)
MANY = 6_000
#: One row in so many is asked for.
SELDOM = 200
DAY = timedelta(days=1)


def row(n: int) -> dict[str, Any]:
    seldom = n % SELDOM == 0
    return {
        "agency": f"agency-{n % 10}",
        "case_number": f"〔2020〕{n}号",
        "kind": "other_agency" if seldom else "reply",
        "number": 0,
        "due_on": TODAY + DAY * (n % 900),
        "article": "33.2",
        "provisional": False,
        "internal": False,
        "next_on": TODAY - DAY if seldom else None if n % 3 == 0 else TODAY + DAY * (n % 900 + 1),
    }


def task(n: int) -> dict[str, Any]:
    kept = ("agency", "case_number", "kind", "number", "due_on")
    said = {"action": "today", "role": ("officer", "head")[n % 2], "text": "略"}
    closed = None if n % SELDOM < 2 else TODAY
    return {
        **{name: row(n)[name] for name in kept},
        **said,
        "created_on": TODAY,
        "closed_on": closed,
        "closed_by": None,
    }


def message(n: int) -> dict[str, Any]:
    return {
        "agency": f"agency-{n % 10}",
        "id": f"{n:032x}",
        "case_number": f"〔2020〕{n}号",
        "channel": "email",
        "recipient": "a@example.gov.cn",
        "urgent": True,
        "text": "略",
        "created_on": TODAY,
        "state": "queued" if n % SELDOM == 0 else "sent",
        "attempts": 0,
        "next_at": None,
        "sent_at": None,
        "error": None,
    }


@pytest.fixture
def full(store: Store, request: pytest.FixtureRequest) -> Store:
    """A database with many rows of which few are asked for."""
    made = ((t.deadlines, row), (t.tasks, task), (t.outbox, message))
    with writing(store) as tx:
        for table, one in made:
            tx.execute(insert(table), [one(n) for n in range(MANY)])
    if store.dialect == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        with server.superuser(str(store.engine.url.database)) as owner:
            for table, _ in made:
                owner.execute(f"VACUUM ANALYZE {table.name}")
    return store


@contextmanager
def overheard(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Note what is really asked, with its parameters."""
    said: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, sql: str, given: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's
        said.append((sql, given))

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        yield said
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)


def plan(store: Store, ask: Callable[[Transaction], object]) -> str:
    """Return how the database answers the one question that is asked."""
    with reading(store) as tx, overheard(store) as said:
        ask(tx)
        ((sql, given),) = said
        word = "EXPLAIN QUERY PLAN" if store.dialect == "sqlite" else "EXPLAIN (COSTS OFF)"
        found = tx.connection.exec_driver_sql(f"{word} {sql}", given).fetchall()
    return "\n".join(str(line[-1]).strip() for line in found)


def test_what_is_due_is_answered_from_the_covering_index_alone(full: Store) -> None:
    with reading(full) as tx:
        assert len(deadlines.due(tx, TODAY)) == MANY // SELDOM

    said = plan(full, lambda tx: deadlines.due(tx, TODAY))

    if full.dialect == "sqlite":
        (search,) = said.splitlines()
        assert search.startswith("SEARCH deadlines USING COVERING INDEX ix_deadlines_next_on")
    else:
        assert said.startswith("Index Only Scan using ix_deadlines_next_on on deadlines")
        assert "Sort" not in said


def test_the_cases_whose_days_move_are_found_in_their_own_index(full: Store) -> None:
    with reading(full) as tx:
        assert len(deadlines.moving(tx)) == MANY // SELDOM

    said = plan(full, deadlines.moving)

    if full.dialect == "sqlite":
        (search,) = said.splitlines()
        assert search.startswith("SEARCH deadlines USING COVERING INDEX ix_deadlines_moving")
    else:
        assert said.startswith("Index Only Scan using ix_deadlines_moving on deadlines")


def test_the_open_tasks_of_a_role_are_found_in_their_own_index(full: Store) -> None:
    def ask(tx: Transaction) -> list[tasks.Task]:
        return list(tasks.open_tasks(tx, agency="agency-0", role=Role.OFFICER))

    with reading(full) as tx:
        assert len(ask(tx)) == MANY // SELDOM

    said = plan(full, ask)

    if full.dialect == "sqlite":
        (search, *_) = said.splitlines()
        assert search == "SEARCH tasks USING INDEX ix_tasks_open (agency=? AND role=?)"
    else:
        assert "ix_tasks_open" in said
        assert "Seq Scan" not in said


def test_the_messages_that_wait_are_found_in_their_own_index(full: Store) -> None:
    now = datetime(2020, 10, 21, 12, tzinfo=ZONE)
    with reading(full) as tx:
        assert len(outbox.waiting(tx, now)) == MANY // SELDOM

    said = plan(full, lambda tx: outbox.waiting(tx, now))

    assert "ix_outbox_waiting" in said
    assert "Seq Scan" not in said
    assert "SCAN outbox\n" not in f"{said}\n"


def test_the_silences_that_wait_are_looked_for_among_the_open_tasks(full: Store) -> None:
    said = plan(full, lambda tx: tasks.silences(tx, ["agency-0", "agency-1"]))

    assert "ix_tasks_open" in said
    assert "Seq Scan" not in said
