"""The scheduler only wakes the sweep: at its start, at its times, whatever went wrong before."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from threading import Barrier, Event, Thread
from typing import Any

import pytest
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import func, select

from gongkai import scheduler as module
from gongkai.config import from_file
from gongkai.config_file import open_config
from gongkai.office import Office
from gongkai.replay import run
from gongkai.scheduler import Reopened, build, send, wake
from gongkai.store import deadlines, outbox, settings
from gongkai.store import tables as t
from gongkai.store.engine import reading, writing
from gongkai.store.failures import Unavailable
from gongkai.store.journal import acts
from gongkai.story import Story
from gongkai.sweep import sweep
from gongkai.sweep.firming import MOVED
from gongkai.today import ZONE, Reading
from tests.officers import sibling

#: Far longer than anything here takes; waiting ends with what is waited for.
PATIENCE = 60


@contextmanager
def at_work(scheduler: BaseScheduler, jobs: int = 1) -> Iterator[list[JobExecutionEvent]]:
    """Start a scheduler and wait until it has done so many jobs."""
    done: list[JobExecutionEvent] = []
    enough = Event()

    def heard(event: JobExecutionEvent) -> None:
        done.append(event)
        if len(done) == jobs:
            enough.set()

    scheduler.add_listener(heard, EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
    scheduler.start()
    try:
        assert enough.wait(PATIENCE)
        yield done
    finally:
        scheduler.shutdown()


def opening(office: Office) -> Callable[[], Office]:
    """Open the office as it was all the time."""
    return lambda: office


@pytest.fixture(autouse=True)
def _due(office: Office, tell: Callable[[str], Story], request_text: str) -> None:
    """Something is long due, on whatever day the tests run."""
    assert run(office, tell(request_text), as_of=date(2020, 9, 14)).ok


def lines(office: Office) -> Any:  # noqa: ANN401 - a count
    with reading(office.store) as tx:
        return tx.execute(select(func.count()).select_from(t.ledger)).scalar_one()


def test_it_wakes_at_its_start_and_at_the_times_of_the_configuration(office: Office) -> None:
    scheduler = build(opening(office), blocking=False)

    scheduler.start(paused=True)
    jobs = {job.id: job for job in scheduler.get_jobs()}
    day = datetime(2020, 10, 21, tzinfo=ZONE)
    times = {
        id_: job.trigger.get_next_fire_time(None, day).timetz()
        for id_, job in jobs.items()
        if id_.startswith("sweep")
    }
    store = scheduler._lookup_jobstore("default")
    scheduler.shutdown()

    assert set(jobs) == {"at_start", "outbox", "sweep_0010", "sweep_0820", "sweep_1330"}
    assert {at.replace(tzinfo=None) for at in times.values()} == set(office.config.scheduler.times)
    assert {at.tzinfo for at in times.values()} == {ZONE}
    assert {at.replace(tzinfo=None) for at in times.values()} == {
        time(0, 10),
        time(8, 20),
        time(13, 30),
    }
    assert all(job.misfire_grace_time is None for job in jobs.values()), "a late wake is a wake"
    assert all(job.coalesce and job.max_instances == 1 for job in jobs.values())
    assert type(store) is MemoryJobStore
    assert scheduler.timezone == ZONE


def test_it_sweeps_at_its_start(office: Office) -> None:
    with at_work(build(opening(office), blocking=False)) as done:
        assert [(event.job_id, event.exception) for event in done] == [("at_start", None)]

    assert lines(office) > 0


def test_alone_it_runs_until_it_is_stopped(office: Office) -> None:
    """The one that works beside something else comes back at once."""
    alone = build(opening(office), blocking=True)
    swept = Event()
    alone.add_listener(lambda _event: swept.set(), EVENT_JOB_EXECUTED)
    thread = Thread(target=alone.start)
    thread.start()

    assert swept.wait(PATIENCE)
    assert thread.is_alive(), "it waits for the next time"
    alone.shutdown()
    thread.join(PATIENCE)

    assert not thread.is_alive()
    assert lines(office) > 0


def test_two_schedulers_on_one_database_do_everything_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wake at the same moment; what they did, they did once, and nothing is left."""
    barrier = Barrier(2)

    def both(open_: Callable[[], Office]) -> None:
        barrier.wait(PATIENCE)
        wake(open_)

    monkeypatch.setattr(module, "wake", both)
    with sibling(office) as one, sibling(office) as other:
        first, second = (build(opening(own), blocking=False) for own in (one, other))
        second.start()
        with at_work(first) as done:
            assert [event.exception for event in done] == [None]
        second.shutdown()

    with reading(office.store) as tx:
        asked = tx.execute(select(func.count()).select_from(t.tasks)).scalar_one()
        last = tx.execute(select(func.max(t.ledger.c.done_on))).scalar_one()
    assert asked > 0
    assert sweep(office, last).deeds == ()


def test_a_sweep_that_fails_is_told_and_the_next_one_works(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database is away the first time, something else is wrong the second."""
    troubles: list[Exception] = [Unavailable("数据库正忙"), ValueError("something else")]

    def woken(open_: Callable[[], Office]) -> None:
        if troubles:
            raise troubles.pop(0)
        wake(open_)

    monkeypatch.setattr(module, "wake", woken)
    scheduler = build(opening(office), blocking=False)
    for n in (1, 2):
        scheduler.add_job(
            woken, args=[opening(office)], id=f"again_{n}",
            next_run_time=datetime.now(ZONE) + timedelta(milliseconds=n),
        )  # fmt: skip
    with caplog.at_level(logging.WARNING, "gongkai.scheduler"), at_work(scheduler, 3) as done:
        assert [bool(event.exception) for event in done] == [True, True, False]

    own = [r for r in caplog.records if r.name == "gongkai.scheduler"]
    assert [(r.levelname, r.getMessage()) for r in own] == [
        ("WARNING", "at_start: 数据库正忙"),
        ("ERROR", "again_1: something else"),
    ]
    assert lines(office) > 0


def test_the_outbox_that_is_paused_is_told(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    with writing(office.store) as tx:
        settings.write(tx, outbox.PAUSED, "true")

    with caplog.at_level(logging.INFO, "gongkai.scheduler"):
        send(opening(office))

    assert any("gongkai outbox resume" in record.getMessage() for record in caplog.records)


NOTICE_2027 = """\
year = 2027
[[notices]]
number = "国办发明电〔2026〕1号"
working = [2027-01-09]
days_off = [{ name = "元旦", from = 2027-01-01, to = 2027-01-05 }]
"""


def test_what_is_imported_or_set_while_it_runs_counts_at_the_next_waking(
    office: Office, tell: Callable[[str], Story], request_text: str, tmp_path: Path
) -> None:
    """A scheduler that kept the old calendar would move every day back again."""
    file = tmp_path / "config.toml"
    text = (Path(__file__).parents[2] / "config.toml").read_text(encoding="utf-8")
    years = tmp_path / "years"
    text = text.replace('notices = "var/years"', f'notices = "{years}"')
    file.write_text(text, encoding="utf-8")
    moment = datetime(2026, 12, 15, 9, tzinfo=ZONE)
    done = run(office, tell(request_text.replace("2020-09-14", "2026-12-15")), as_of=moment.date())
    assert done.case
    place = deadlines.Place(done.case.agency, done.case.number)
    begun = replace(office, config=from_file(open_config(file)))
    opened = Reopened(begun, lambda: open_config(file))
    kept = opened().folded

    def days() -> dict[str, date]:
        wake(opened, lambda: Reading(wall=moment, boot="one", elapsed=1.0))
        with reading(office.store) as tx:
            return {p.kind.value: p.due_on for p, _ in deadlines.periods_of(tx, place)}

    assert days()["reply"] == date(2027, 1, 13)
    assert opened().folded is kept, "nothing has changed: what is remembered of cases is kept"
    years.mkdir()
    (years / "2027.toml").write_text(NOTICE_2027, encoding="utf-8")
    assert days()["reply"] == date(2027, 1, 14)
    assert days()["reply"] == date(2027, 1, 14)
    file.write_text(text.replace("draft_wd = 10", "draft_wd = 6"), encoding="utf-8")
    assert days()["draft"] == date(2026, 12, 23)
    with reading(office.store) as tx:
        assert len([act for act in acts(tx, kind=MOVED) if act.case_number == place[1]]) == 2
