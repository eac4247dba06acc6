"""The scheduler only wakes the sweep: at its start, at its times, whatever went wrong before."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, JobExecutionEvent
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy import func, select

from gongkai import scheduler as module
from gongkai.office import Office
from gongkai.scheduler import build, wake
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.failures import Unavailable
from gongkai.sweep import sweep
from gongkai.today import ZONE
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


def lines(office: Office) -> Any:  # noqa: ANN401 - a count
    with reading(office.store) as tx:
        return tx.execute(select(func.count()).select_from(t.ledger)).scalar_one()


def test_it_wakes_at_its_start_and_at_the_times_of_the_configuration(office: Office) -> None:
    scheduler = build(office, blocking=False)

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
    with at_work(build(office, blocking=False)) as done:
        assert [(event.job_id, event.exception) for event in done] == [("at_start", None)]

    assert lines(office) > 0, "the yearly duties of this year"


def test_alone_it_runs_until_it_is_stopped(office: Office) -> None:
    assert isinstance(build(office, blocking=True), BlockingScheduler)
    assert isinstance(build(office, blocking=False), BackgroundScheduler)


def test_two_schedulers_on_one_database_do_everything_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They wake at the same moment; what they did, they did once, and nothing is left."""
    barrier = Barrier(2)

    def both(own: Office) -> None:
        barrier.wait(PATIENCE)
        wake(own)

    monkeypatch.setattr(module, "wake", both)
    with sibling(office) as one, sibling(office) as other:
        first, second = (build(own, blocking=False) for own in (one, other))
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

    def woken(own: Office) -> None:
        if troubles:
            raise troubles.pop(0)
        wake(own)

    monkeypatch.setattr(module, "wake", woken)
    scheduler = build(office, blocking=False)
    for n in (1, 2):
        scheduler.add_job(
            woken, args=[office], next_run_time=datetime.now(ZONE) + timedelta(milliseconds=n),
            id=f"again_{n}",
        )  # fmt: skip
    with caplog.at_level(logging.WARNING, "gongkai.scheduler"), at_work(scheduler, 3) as done:
        assert [bool(event.exception) for event in done] == [True, True, False]

    own = [r for r in caplog.records if r.name == "gongkai.scheduler"]
    assert [(r.levelname, r.getMessage()) for r in own] == [
        ("WARNING", "at_start: 数据库正忙"),
        ("ERROR", "again_1: something else"),
    ]
    assert lines(office) > 0
