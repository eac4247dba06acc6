"""What an agency owes by itself each year: from when on, and that it was done."""

from datetime import date
from typing import Final

from sqlalchemy import func, select

from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.people import doer
from gongkai.store import chain, settings, tasks
from gongkai.store import tables as t
from gongkai.store.deadlines import OWN
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act, acts, record
from gongkai.today import date_of
from workflow.periods import Period, PeriodKind, yearly_periods

#: The recorded act that a yearly duty is done.
YEARLY_DONE: Final = "yearly_duty_done"
YEARLY: Final = (PeriodKind.ANNUAL_REPORT, PeriodKind.YEARLY_SCORE)
#: The day of the first sweep: what was due before is not this program's to remind of.
_SINCE: Final = "swept_since"


def begin(office: Office, today: date) -> None:
    """Remember the day of the first sweep; a clock that was ahead then is put right here."""
    moment = office.moment()
    day = date_of(moment) if moment else today
    with reading(office.store) as tx:
        known = _since(tx)
    if known is not None and known <= day:
        return

    def once() -> None:
        with writing(office.store) as tx:
            done = tx.execute(select(func.min(t.ledger.c.done_on))).scalar_one()
            settings.write(tx, _SINCE, min(day, done or day).isoformat())

    retrying(once)


def _since(tx: Transaction) -> date | None:
    known = settings.read(tx, _SINCE)
    return date.fromisoformat(known) if known else None


def running(tx: Transaction, agency: str, today: date) -> tuple[Period, ...]:
    """Return what an agency owes this year and has not recorded as done."""
    done = {act.said.get("key") for act in acts(tx, agency=agency, kind=YEARLY_DONE)}
    since = _since(tx) or today
    return tuple(
        period
        for period in yearly_periods(today.year)
        if period.key not in done and period.due_on >= since
    )


def record_done(
    office: Office, agency: str, kind: PeriodKind, year: int, by: str, on: date, today: date
) -> bool:
    """Record that a yearly duty is done, once: its reminders end. False where it was recorded."""
    office.world(agency, today)  # says that there is no such agency
    _refuse_unless_done(kind, year, on, today)
    who = doer(office.config, by, agency)
    act = Act(
        agency=agency,
        kind=YEARLY_DONE,
        on=on,
        said={"key": f"{kind.value}/{year}", "by": who.said},
        recorded_at=office.moment(),
    )

    def once() -> bool:
        with writing(office.store) as tx:
            return _recorded(tx, act, who.name)

    return retrying(once)


def _refuse_unless_done(kind: PeriodKind, year: int, on: date, today: date) -> None:
    if kind not in YEARLY:
        words = "和 ".join(known.value for known in YEARLY)
        raise BadUse(f"只有 {words} 用这个命令；案件的期限随办理步骤办结。")
    if on > today:
        raise BadUse(f"办结日期 {on} 还没有到（今天是 {today}）。请在办结以后再记录。")
    if year > today.year:
        raise BadUse(f"{year}年还没有到。请填写办结的年度，如今年公布的填{today.year}。")


def _recorded(tx: Transaction, act: Act, by: str) -> bool:
    chain.head(tx, act.agency)  # two that record it at once do so one after the other
    known = {one.said.get("key") for one in acts(tx, agency=act.agency, kind=YEARLY_DONE)}
    if act.said["key"] in known:
        return False
    record(tx, act)
    for task in tuple(tasks.open_tasks(tx, agency=act.agency, case=OWN)):
        if f"{task.kind.value}/{task.number}" == act.said["key"]:
            tasks.close(tx, task, act.on, by)
    return True
