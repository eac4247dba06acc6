"""The scheduler: it only wakes the sweep; what is due is asked of the database each time."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from gongkai.notify.dispatch import dispatch
from gongkai.office import Office
from gongkai.store.failures import Unavailable
from gongkai.sweep import sweep
from gongkai.sweep.guard import check
from gongkai.today import ZONE, Reading, date_of, read_clock

_OUTBOX_MINUTES: Final = 5
_log: Final = logging.getLogger("gongkai.scheduler")


def wake(office: Office, clock: Callable[[], Reading] = read_clock) -> None:
    """Sweep as of now; on a day off only what the law lets run out is recorded as on any other."""
    reading = clock()
    doubt = check(office, reading)
    done = sweep(office, date_of(reading.wall), held=bool(doubt))
    _log.info("sweep of %s: %d done%s", done.today, len(done.deeds), f"; {doubt}" if doubt else "")


def send(office: Office, clock: Callable[[], Reading] = read_clock) -> None:
    """Send what may leave now."""
    done = dispatch(office, clock().wall)
    if done.sent or done.failed:
        _log.info("outbox: %d sent, %d failed", done.sent, done.failed)


def build(office: Office, *, blocking: bool) -> BaseScheduler:
    """Return a scheduler that sweeps at its start and at the times of the configuration.

    Its jobs live in memory: two schedulers, or one that missed its hour, do no harm and no less.
    """
    kind = BlockingScheduler if blocking else BackgroundScheduler
    scheduler = kind(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_failed, EVENT_JOB_ERROR)
    start = datetime.now(ZONE)
    scheduler.add_job(wake, args=[office], id="at_start", next_run_time=start)
    for at in office.config.scheduler.times:
        trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=ZONE)
        scheduler.add_job(wake, trigger, args=[office], id=f"sweep_{at:%H%M}")
    scheduler.add_job(send, "interval", minutes=_OUTBOX_MINUTES, args=[office], id="outbox")
    return scheduler


def _failed(event: JobExecutionEvent) -> None:
    level = logging.WARNING if isinstance(event.exception, Unavailable) else logging.ERROR
    _log.log(level, "%s: %s", event.job_id, event.exception)
