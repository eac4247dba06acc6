"""The scheduler: it only wakes the sweep; what is due is asked of the database each time."""

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from apscheduler.triggers.cron import CronTrigger

from gongkai.config_file import ConfigFile
from gongkai.notify.dispatch import dispatch
from gongkai.office import Folded, Office
from gongkai.real import settled
from gongkai.store.failures import Unavailable
from gongkai.sweep import sweep
from gongkai.sweep.guard import check
from gongkai.today import ZONE, Reading, date_of, now, read_clock

_OUTBOX_MINUTES: Final = 5
_log: Final = logging.getLogger("gongkai.scheduler")

#: Opens the office as it is now: what was imported or set since the start counts.
Opening = Callable[[], Office]


class Reopened:
    """The office on the same database, its configuration and calendar read anew each time.

    Where the database lies, and at which times to wake, is as it was at the start.
    """

    def __init__(self, office: Office, file: Callable[[], ConfigFile]) -> None:
        self._office, self._file = office, file

    def __call__(self) -> Office:
        """Return the office; what it remembers of cases is kept while nothing has changed."""
        config, calendar = settled(self._file())
        known = self._office
        if (config, calendar.version) != (known.config, known.calendar.version):
            self._office = replace(known, config=config, calendar=calendar, folded=Folded())
        return self._office


def wake(open_: Opening, clock: Callable[[], Reading] = read_clock) -> None:
    """Sweep as of now; on a day off only what the law lets run out is recorded as on any other."""
    office, reading = open_(), clock()
    doubt = check(office, reading)
    done = sweep(office, date_of(reading.wall), held=bool(doubt))
    _log.info("sweep of %s: %d done%s", done.today, len(done.deeds), f"; {doubt}" if doubt else "")


def send(open_: Opening, clock: Callable[[], Reading] = read_clock) -> None:
    """Send what may leave now."""
    done = dispatch(open_(), lambda: clock().wall)
    if done.paused:
        _log.warning("outbox: paused since a restore; gongkai outbox resume lets messages leave")
    elif done.sent or done.failed:
        _log.info("outbox: %d sent, %d failed", done.sent, done.failed)


def build(open_: Opening, *, blocking: bool) -> BaseScheduler:
    """Return a scheduler that sweeps at its start and at the times of the configuration.

    Its jobs live in memory: two schedulers, or one that missed its hour, do no harm and no less.
    A ``blocking`` one is all that its process does; the other works beside something else, as it
    will in the web desk.
    """
    kind = BlockingScheduler if blocking else BackgroundScheduler
    scheduler = kind(
        timezone=ZONE,
        executors={"default": ThreadPoolExecutor(1)},
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    scheduler.add_listener(_failed, EVENT_JOB_ERROR)
    scheduler.add_job(wake, args=[open_], id="at_start", next_run_time=now())
    for at in open_().config.scheduler.times:
        trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=ZONE)
        scheduler.add_job(wake, trigger, args=[open_], id=f"sweep_{at:%H%M}")
    scheduler.add_job(send, "interval", minutes=_OUTBOX_MINUTES, args=[open_], id="outbox")
    return scheduler


def _failed(event: JobExecutionEvent) -> None:
    level = logging.WARNING if isinstance(event.exception, Unavailable) else logging.ERROR
    _log.log(level, "%s: %s", event.job_id, event.exception)
