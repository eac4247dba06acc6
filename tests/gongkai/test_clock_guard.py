"""A clock that jumps holds what the law lets run out, until a person has looked at it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gongkai.cli import sweep as cli_sweep
from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.replay import run
from gongkai.scheduler import wake
from gongkai.store import deadlines, tasks
from gongkai.store.engine import Store, reading
from gongkai.store.journal import INSTALLATION, acts
from gongkai.store.tasks import TroubleKind
from gongkai.story import Story
from gongkai.sweep import sweep
from gongkai.sweep.guard import CONFIRMED, check, confirm, doubt_about
from gongkai.today import ZONE, Reading, date_of
from tests.gongkai.waiting import CONSULTED
from workflow.vocabulary import Role

Tell = Callable[[str], Story]
NOON = datetime(2020, 10, 21, 12, tzinfo=ZONE)
MINUTES, HOURS, DAYS = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THIRD_PARTY_SILENT = CONSULTED.format(kind="third_party")


def clock(
    *, passed: timedelta = timedelta(0), jump: timedelta = timedelta(0), boot: str = "one"
) -> Reading:
    """Read a clock some time after noon that has jumped meanwhile."""
    elapsed = 1000 + passed.total_seconds()
    return Reading(wall=NOON + passed + jump, boot=boot, elapsed=elapsed)


@pytest.mark.parametrize(
    ("jump", "said"),
    [
        (-4 * MINUTES, ""),
        (-6 * MINUTES, "倒退了0小时6分"),
        (-3 * DAYS, "倒退了3天0小时"),
        (23 * HOURS, ""),
        (25 * HOURS, "快进了1天1小时"),
        (400 * DAYS, "快进了400天0小时"),
    ],
)
@pytest.mark.parametrize("passed", [timedelta(0), 8 * HOURS, 60 * DAYS])
def test_a_clock_is_in_doubt_when_it_leaves_the_one_that_nobody_can_set(
    jump: timedelta, said: str, passed: timedelta
) -> None:
    found = doubt_about(clock(), clock(passed=passed, jump=jump))

    assert said in found
    assert bool(found) is bool(said)


@pytest.mark.parametrize("boots", [("one", "two"), ("", ""), ("one", "")])
@pytest.mark.parametrize(
    ("jump", "doubted"),
    [(-4 * MINUTES, False), (-6 * MINUTES, True), (25 * HOURS, False), (60 * DAYS, False)],
)
def test_across_a_restart_a_clock_must_only_not_go_back(
    boots: tuple[str, str], jump: timedelta, *, doubted: bool
) -> None:
    before, after = (clock(boot=boot) for boot in boots)

    later = replace(after, wall=after.wall + jump, elapsed=3.0)

    assert bool(doubt_about(before, later)) is doubted


def test_the_first_look_at_a_clock_doubts_nothing(office: Office) -> None:
    assert check(office, clock()) == ""


def test_a_doubt_stands_until_a_person_confirms_the_clock(office: Office) -> None:
    check(office, clock())
    doubt = check(office, clock(jump=2 * DAYS))
    assert "快进了2天0小时" in doubt

    assert check(office, clock(passed=HOURS, jump=2 * DAYS)) == doubt
    assert check(office, clock(passed=2 * HOURS)) == doubt, "put right, but nobody has said so"
    confirm(office, clock(passed=3 * HOURS), "supervisor:管理员")

    assert check(office, clock(passed=4 * HOURS)) == ""
    with pytest.raises(BadUse, match="没有异常"):
        confirm(office, clock(passed=4 * HOURS), "supervisor:管理员")


def test_a_doubt_is_a_task_once_and_its_confirmation_a_recorded_act(office: Office) -> None:
    check(office, clock())
    for hour in range(3):
        check(office, clock(passed=hour * HOURS, jump=-6 * MINUTES))
    with reading(office.store) as tx:
        (task,) = tasks.open_tasks(tx, agency=INSTALLATION)
    assert (task.kind, task.role) == (TroubleKind.CLOCK, Role.SUPERVISOR)
    assert "--confirm-clock" in task.text

    confirm(office, clock(passed=4 * HOURS), "supervisor:管理员")

    with reading(office.store) as tx:
        assert list(tasks.open_tasks(tx, agency=INSTALLATION)) == []
        (act,) = acts(tx, kind="clock_confirmed")
    assert (act.agency, act.said["by"]["name"]) == (INSTALLATION, "管理员")
    assert "倒退" in act.said["doubt"]


def test_two_that_look_at_once_find_one_doubt(office: Office) -> None:
    """The line between two processes is the database: here one after the other, both late."""
    check(office, clock())
    said = {check(office, clock(passed=s * timedelta(seconds=1), jump=DAYS * 2)) for s in (1, 2)}

    assert len(said) == 1
    with reading(office.store) as tx:
        assert len(list(tasks.open_tasks(tx, agency=INSTALLATION))) == 1


def test_while_in_doubt_reminders_go_on_and_silence_is_recorded_once_it_is_over(
    office: Office, tell: Tell, request_text: str
) -> None:
    """The third party's period ends on 2020-10-20, the reply's on 2020-11-06."""
    done = run(office, tell(request_text + THIRD_PARTY_SILENT), as_of=date(2020, 12, 31))
    assert done.case
    place = deadlines.Place(done.case.agency, done.case.number)

    def told() -> list[tuple[str, str]]:
        with reading(office.store) as tx:
            return [(e.kind.value, e.action.value) for e in deadlines.ledger(tx, place)]

    before = clock(passed=-30 * DAYS)
    wake(lambda: office, lambda: before)
    jumped = clock(passed=-30 * DAYS + HOURS, jump=45 * DAYS)
    wake(lambda: office, lambda: jumped)
    assert date_of(jumped.wall) == date(2020, 11, 5)
    assert ("reply", "soon_1") in told()
    assert ("third_party", "expire") not in told()

    confirm(office, clock(), "supervisor:管理员")
    wake(lambda: office, clock)
    wake(lambda: office, clock)

    assert told().count(("third_party", "expire")) == 1
    with reading(office.store) as tx:
        entries = deadlines.ledger(tx, place)
    (silence,) = (e for e in entries if e.action.value == "expire")
    assert (silence.done_on, silence.outcome) == (date(2020, 10, 21), "done")
    assert sweep(office, date(2020, 10, 21)).deeds == ()


# ── on the command line ──────────────────────────────────────────────────────


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reading], None]:
    """Let the command line read a made clock."""

    def shows(reading: Reading) -> None:
        monkeypatch.setattr(cli_sweep, "read_clock", lambda: reading)
        monkeypatch.setattr(cli_sweep, "today", lambda: date_of(reading.wall))
        monkeypatch.setattr(cli_sweep, "now", lambda: reading.wall)

    return shows


def test_the_command_says_that_the_clock_is_in_doubt_and_how_to_go_on(
    call: Callable[..., Any], read: Callable[[Reading], None], opened: Callable[[], Store]
) -> None:
    call("init")
    read(clock())
    assert call("sweep").code == 0
    read(clock(jump=3 * DAYS))

    held = call("sweep")
    again = call("sweep", "--json")

    assert (held.code, again.code) == (1, 1)
    assert "系统时钟没有重启而快进了3天0小时" in held.err
    assert "--confirm-clock --by 用户名" in held.err
    assert "快进了3天" in json.loads(again.out)["held"]
    assert call("sweep", "--confirm-clock").code == 2, "who confirms it?"
    read(clock(passed=HOURS))
    confirmed = call("sweep", "--confirm-clock", "--by", "supervisor:管理员")
    assert (confirmed.code, confirmed.err) == (0, "")
    assert call("sweep", "--json").json["held"] is None
    assert call("sweep", "--confirm-clock", "--by", "supervisor:管理员").code == 2
    with reading(opened()) as tx:
        assert [act.said["by"]["name"] for act in acts(tx, kind="clock_confirmed")] == ["管理员"]


def test_a_sweep_for_a_named_day_asks_no_clock(
    call: Callable[..., Any], read: Callable[[Reading], None]
) -> None:
    call("init")
    read(clock())
    call("sweep")
    read(clock(jump=-3 * DAYS))

    assert call("sweep", "--now", "2020-10-17").code == 0


def test_a_day_that_has_not_come_is_not_swept(
    call: Callable[..., Any], read: Callable[[Reading], None], opened: Callable[[], Store]
) -> None:
    """What silence means must not be recorded before it has lasted."""
    call("init")
    read(clock())

    said = call("sweep", "--now", "2020-10-22")

    assert said.code == 2
    assert "2020-10-22 还没有到（今天是 2020-10-21）" in said.err
    with reading(opened()) as tx:
        assert deadlines.places(tx) == ()
    assert call("sweep", "--now", "2020-10-21").code == 0


def test_only_somebody_who_says_who_it_is_confirms_the_clock(
    call: Callable[..., Any], read: Callable[[Reading], None], opened: Callable[[], Store]
) -> None:
    call("init")
    read(clock())
    call("sweep")
    read(clock(jump=3 * DAYS))
    call("sweep")

    said = call("sweep", "--confirm-clock", "--by", "anybody")
    assert said.code == 2
    assert "不是用户名" in said.err
    assert call("sweep", "--confirm-clock", "--by", "head:李").code == 0

    with reading(opened()) as tx:
        (act,) = acts(tx, kind=CONFIRMED)
    assert act.recorded_at == clock(jump=3 * DAYS).wall
