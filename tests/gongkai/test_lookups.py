"""What is asked about one case, paper or blob is answered from an index, not by reading a table."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from gongkai.casefile import open_story
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import blobs, records, registry
from gongkai.store.engine import Store, Transaction, writing
from tests.gongkai.conftest import ROOT

Said = tuple[str, Any]

STORY = ROOT / "examples" / "extension_decided_in_time.toml"

ASKED: dict[str, Callable[[Transaction, str], object]] = {
    "facts": records.facts_of,
    "answers": records.answers_of,
    "papers": registry.papers_of,
    "paper by number": lambda tx, _: registry.paper_numbered(tx, "抚县政公告〔2020〕1号"),
    "papers by number": lambda tx, _: registry.by_number(tx, "抚县政公告〔2020〕1号"),
    "papers by code": lambda tx, _: registry.by_code(tx, "ABCDEFGHIJKL"),
    "papers by digest": lambda tx, _: registry.by_digest(tx, "0" * 64),
    "orphans": lambda tx, _: blobs.orphans(tx),
    "heading": records.lock,
}


@pytest.fixture
def number(office: Office) -> str:
    done = run(office, open_story(STORY, office.config))
    assert done.case
    return done.case.number


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_a_lookup_reads_no_whole_table(
    asked: Callable[[Transaction, str], object], office: Office, number: str
) -> None:
    with writing(office.store) as tx:
        said = heard(office.store, tx, lambda own: asked(own, number))
        plans = [plan(tx, sql, values) for sql, values in said]

    assert plans
    for lines in plans:
        whole = [line for line in lines if re.match(r"SCAN|.*Seq Scan", line)]
        assert [line for line in whole if "blobs" not in line] == [], lines


class _Heard:
    """The driver's connection, which notes what it is asked."""

    def __init__(self, driver: Any, said: list[Said]) -> None:  # noqa: ANN401 - any DB-API connection
        self._driver, self._said = driver, said

    def execute(self, sql: str, values: Any) -> Any:  # noqa: ANN401 - as DB-API
        self._said.append((sql, values))
        return self._driver.execute(sql, values)


def heard(store: Store, tx: Transaction, ask: Callable[[Transaction], object]) -> list[Said]:
    """Return what is really asked, with its values, on either way to the driver."""
    said: list[Said] = []

    def hear(_connection: Any, _cursor: Any, sql: str, given: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's
        said.append((sql, given))

    event.listen(store.engine, "before_cursor_execute", hear)
    try:
        ask(replace(tx, driver=_Heard(tx.driver, said)))
    finally:
        event.remove(store.engine, "before_cursor_execute", hear)
    return said


def plan(tx: Transaction, sql: str, values: Any) -> list[str]:  # noqa: ANN401 - as the driver takes them
    """Return how the database answers; a table of a few rows is not read whole for being small."""
    if tx.dialect == "postgresql":
        tx.driver.execute("SET LOCAL enable_seqscan = off")
        return [line for (line,) in tx.driver.execute(f"EXPLAIN {sql}", values).fetchall()]
    rows = tx.driver.execute(f"EXPLAIN QUERY PLAN {sql}", values).fetchall()
    return [str(row[-1]) for row in rows]
