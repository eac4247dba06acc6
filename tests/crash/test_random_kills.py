"""Four clients, killed at random again and again, lose nothing and double nothing."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from gongkai.office import Office
from gongkai.store.engine import IN_MEMORY, open_store, writing
from gongkai.store.keys import KeyRing
from tests.crash.ledger import violations
from tests.crash.scripts import office_at
from tests.crash.shim import Nursery
from tests.crash.workers import Memory, Plan, Worker

SEED = 20190515
KILLS = 100


@pytest.mark.slow
def test_clients_killed_at_random_lose_and_double_nothing(database: str, nursery: Nursery) -> None:
    report = nursery.order("randomly", database=database, kills=KILLS, seed=SEED)

    assert report["violations"] == []
    assert report["kills"] >= KILLS
    assert report["done"] > KILLS


# ── The comparison itself ────────────────────────────────────────────────────


@pytest.fixture
def office() -> Iterator[Office]:
    store = open_store(IN_MEMORY, KeyRing.ephemeral())
    yield office_at(store)
    store.close()


@pytest.fixture
def memory(office: Office, tmp_path: Path) -> Memory:
    """A client that has worked undisturbed."""
    memory = Memory(tmp_path / "worker")
    worker = Worker(office, memory, "w", Random(SEED), pytest.fail)  # noqa: S311 - repeatable
    for _ in range(20):
        worker.step()
    assert list(violations(office, [memory])) == []
    return memory


def test_what_was_acknowledged_and_is_not_there_is_found(office: Office, memory: Memory) -> None:
    first = next(iter(memory.plans.values()))
    memory.ask(Plan(id="lost", script=first.script, place=0))
    memory.answer("lost", {"case": "1", "version": 1})

    assert "lost: acknowledged, but lost" in list(violations(office, [memory]))


def test_what_was_never_answered_is_found(office: Office, memory: Memory) -> None:
    memory.ask(Plan(id="open", script="withdrawn_whole", place=0))

    assert "open: never answered" in list(violations(office, [memory]))


def test_what_nobody_gave_is_found(office: Office, memory: Memory) -> None:
    done = next(id_ for id_, answer in memory.answers.items() if "refused" not in answer)
    del memory.plans[done], memory.answers[done]

    assert f"{done}: done, but nobody gave it" in list(violations(office, [memory]))


def test_another_answer_than_before_is_found(office: Office, memory: Memory) -> None:
    done = next(id_ for id_, answer in memory.answers.items() if "refused" not in answer)
    memory.answers[done]["kind"] = "archive"

    assert any(fault.startswith(f"{done}: answered") for fault in violations(office, [memory]))


def test_a_gap_in_the_numbers_is_found(office: Office, memory: Memory) -> None:
    with writing(office.store) as tx:
        tx.execute(text("UPDATE counters SET n = n + 1"))

    assert any("numbers were drawn" in fault for fault in violations(office, [memory]))
