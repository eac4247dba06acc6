"""The write path: what is remembered is what the facts say, and what the bench plays is our run."""

from pathlib import Path

import pytest

from bench.measure import Benchmark, Contender, measure
from bench.nine_steps import STEPS, ReadyMade, carry_out, office_on
from bench.tape import play, recording
from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.office import Office
from gongkai.replay import run
from gongkai.requesting import load
from gongkai.store.driver import sqlite3
from gongkai.store.engine import open_store, reading
from gongkai.store.keys import KeyRing

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
REQUESTS = [path for path in EXAMPLES if not path.stem.startswith("rectification_")]


@pytest.mark.parametrize("path", REQUESTS, ids=lambda path: path.stem)
def test_a_case_is_remembered_as_its_facts_make_it(
    path: Path, office: Office, config: Config
) -> None:
    told = run(office, open_story(path, config))
    assert told.case

    office.folded.clear()
    with reading(office.store) as tx:
        assert load(tx, office, told.case.number, told.world.today) == told.case


def test_the_bare_driver_plays_what_our_own_run_sent(tmp_path: Path) -> None:
    ours, theirs = (f"sqlite:///{tmp_path / name}" for name in ("ours", "theirs"))
    office = office_on(open_store(ours, KeyRing.ephemeral()))
    with recording(office.store) as tape:
        case = carry_out(office)
    open_store(theirs, KeyRing.ephemeral()).close()
    connection = sqlite3.connect(tmp_path / "theirs", isolation_level=None)

    play(connection, tape)

    assert tape.count(None) == len(STEPS) == case.version
    for table in ("cases", "facts", "personal", "papers", "blobs", "commands", "chains"):
        everything = f"SELECT * FROM {table}"  # noqa: S608 - our own names
        rows = connection.execute(everything).fetchall()
        with reading(office.store) as tx:
            assert rows == [tuple(row) for row in tx.connection.exec_driver_sql(everything)]
        assert rows
    connection.close()
    office.store.close()


def test_ready_made_papers_are_the_papers_of_the_case() -> None:
    made, papers = ReadyMade(), []
    for _ in range(2):
        office = office_on(open_store("sqlite://", KeyRing.ephemeral()))
        with made.handed_out():
            case = carry_out(office)
        papers.append([fact.papers for fact in case.facts])

    office = office_on(open_store("sqlite://", KeyRing.ephemeral()))
    papers.append([fact.papers for fact in carry_out(office).facts])

    assert papers[0] == papers[1] == papers[2]
    assert sum(map(len, papers[0])) == 2


def test_every_round_is_made_ready_and_each_rival_has_its_own_promise() -> None:
    ready: list[str] = []
    ours = Contender("ours", lambda: sum(range(100)), before=lambda: ready.append("ours"))
    slower = Contender("slower", lambda: sum(range(100_000)), at_least=2)
    never = Contender("never", lambda: None, at_least=1_000_000)
    done: list[bool] = []

    result = measure(Benchmark("x", ours, (slower, never), after=lambda: done.append(True)))

    assert ready == ["ours"] * 8
    assert done == [True]
    assert (result.keeps(slower), result.keeps(never), result.kept) == (True, False, False)
