"""The clock guard: legal actions wait for a person once the wall clock has jumped."""

import json
from datetime import datetime, timedelta
from typing import Final

from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.people import Doer, doer
from gongkai.store import tasks
from gongkai.store.deadlines import OWN
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import INSTALLATION, Act, record
from gongkai.store.settings import drop, lock, read, write
from gongkai.store.tasks import TroubleKind
from gongkai.today import Reading, date_of
from workflow.reminders import ActionKind
from workflow.vocabulary import Role

#: A clock may be put right by this much and is not in doubt.
_BACK: Final = timedelta(minutes=5)
_FORWARD: Final = timedelta(days=1)

#: The recorded act that a person has confirmed the clock.
CONFIRMED: Final = "clock_confirmed"
_LAST: Final = "clock"
_DOUBT: Final = "clock_in_doubt"


def doubt_about(last: Reading, now: Reading) -> str:
    """Say what is wrong with the clock since ``last``; empty where nothing is.

    Within one run of the machine the wall clock must advance with the steady one; across a restart
    it must only not go back.
    """
    passed = now.wall - last.wall
    if last.boot and last.boot == now.boot:
        jump = passed - timedelta(seconds=now.elapsed - last.elapsed)
    else:
        jump = min(passed, timedelta(0))
    if jump < -_BACK:
        return f"系统时钟倒退了{_long(-jump)}（现为{_minute(now.wall)}）"
    if jump > _FORWARD:
        return f"系统时钟没有重启而快进了{_long(jump)}（现为{_minute(now.wall)}）"
    return ""


def _long(span: timedelta) -> str:
    days, rest = divmod(int(span.total_seconds()), 86400)
    return f"{days}天{rest // 3600}小时" if days else f"{rest // 3600}小时{rest % 3600 // 60}分"


def _minute(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")[:16]


def check(office: Office, now: Reading) -> str:
    """Compare the clock with the last time it was read; return the doubt that stands, if any."""
    return retrying(lambda: _check(office, now))


def _check(office: Office, now: Reading) -> str:
    with writing(office.store) as tx:
        known = lock(tx, _LAST)  # two that look at once find the same doubt once
        standing = read(tx, _DOUBT)
        found = doubt_about(_reading(known), now) if known else ""
        if not standing:
            write(tx, _LAST, _text(now))
            if found:
                write(tx, _DOUBT, found)
                _ask(tx, found, now)
        return standing or found


def confirm(office: Office, now: Reading, by: str) -> None:
    """A person says that the clock is right now: legal actions go on; a recorded act."""
    who = doer(office.config, by)
    retrying(lambda: _confirm(office, now, who))


def _confirm(office: Office, now: Reading, who: Doer) -> None:
    with writing(office.store) as tx:
        lock(tx, _LAST)
        standing = read(tx, _DOUBT)
        if not standing:
            raise BadUse("系统时钟没有异常，不需要确认。")
        drop(tx, _DOUBT)
        write(tx, _LAST, _text(now))
        on = date_of(now.wall)
        said = {"by": who.said, "doubt": standing}
        act = Act(agency=INSTALLATION, kind=CONFIRMED, on=on, said=said, recorded_at=now.wall)
        record(tx, act)
        for task in tuple(tasks.open_tasks(tx, agency=INSTALLATION)):
            if task.kind is TroubleKind.CLOCK:
                tasks.close(tx, task, on, who.name)


def _ask(tx: Transaction, found: str, now: Reading) -> None:
    today = date_of(now.wall)
    tasks.add(
        tx,
        tasks.Task(
            agency=INSTALLATION,
            case_number=OWN,
            kind=TroubleKind.CLOCK,
            number=int(now.wall.timestamp()),
            due_on=today,
            action=ActionKind.TROUBLE,
            role=Role.SUPERVISOR,
            text=f"{found}。期满处理已暂停，请核对时间后运行 "
            "gongkai sweep --confirm-clock --by 用户名。",
            created_on=today,
        ),
    )


def _text(reading: Reading) -> str:
    said = {
        "wall": reading.wall.isoformat(),
        "boot": reading.boot,
        "elapsed": round(reading.elapsed, 3),
    }
    return json.dumps(said)


def _reading(text: str) -> Reading:
    said = json.loads(text)
    return Reading(
        wall=datetime.fromisoformat(said["wall"]), boot=said["boot"], elapsed=said["elapsed"]
    )
