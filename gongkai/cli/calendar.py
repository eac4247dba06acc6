"""``gongkai calendar``: the working-day calendar, its sources, and next year's notice."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import typer

from gongkai.calendars import CalendarSettings, calendar_for, imported, settings_of
from gongkai.cli.frame import config_file, day_text, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.errors import BAD_USE, DONE, REFUSED, Told
from gongkai.notify.feed import feed
from gongkai.office import Folded
from gongkai.out import told_of
from gongkai.real import NoDatabase, open_office
from gongkai.store.engine import reading
from gongkai.store.files import durable
from gongkai.sweep import firming
from gongkai.sweep.firming import Firmed, Moved
from gongkai.today import now, today
from rules.errors import CalendarError, RuleError
from rules.published import build
from rules.workdays import DayReason, WorkCalendar
from rules.yearbook import YearNotice, load_year

app = typer.Typer(help=t("工作日历：查看、检查、导入放假通知。"), no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
_SATURDAY: Final = 5
#: A reply that is due with its full extension, counted from today.
_LOOK_AHEAD: Final = 40


class BadNotice(Told):
    """A year notice that cannot be read."""

    exit_code = BAD_USE


@app.command(help="一年中与周一至周五不同的日子，及其通知。")
def show(year: int = typer.Argument(...), json: bool = JSON) -> None:
    """Print the days of a year that do not follow the week."""
    calendar = calendar_for(settings_of(config_file()))
    days = list(_special(calendar, year))
    if json:
        say_json({**_summary(calendar), "year": year, "days": [_day(on, why) for on, why in days]})
        return
    for on, reason in days:
        work = "上班" if reason.working else "放假"
        say(f"{day_text(on)}  {work}  {reason.why}{f'　{reason.notice}' if reason.notice else ''}")
    say(_until(calendar))


def _special(calendar: WorkCalendar, year: int) -> Iterator[tuple[date, DayReason]]:
    day = date(year, 1, 1)
    calendar.reason(day)  # a year without calendar is said at once
    while day.year == year:
        reason = calendar.reason(day)
        if reason.working != (day.weekday() < _SATURDAY) or reason.notice:
            yield day, reason
        day += timedelta(days=1)


def _day(on: date, reason: DayReason) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "working": reason.working,
        "why": reason.why,
        "notice": reason.notice,
        "provisional": reason.provisional,
    }


def _summary(calendar: WorkCalendar) -> dict[str, Any]:
    return {
        "version": calendar.version,
        "first": calendar.first.isoformat(),
        "settled_until": calendar.settled_until.isoformat(),
        "last": calendar.last.isoformat(),
    }


def _until(calendar: WorkCalendar) -> str:
    return (
        f"工作日历 {calendar.version}：{calendar.first} 起；{calendar.settled_until} 以前"
        f"依已公布的通知，此后至 {calendar.last} 为暂定。"
    )


@app.command(help="检查日历是否够用：今天收到的申请，期限是否已能确定。")
def check(json: bool = JSON) -> None:
    """Exit 1 where a request of today would get a provisional date."""
    calendar = calendar_for(settings_of(config_file()))
    found = _problem(calendar, today())
    if json:
        say_json({**_summary(calendar), "ok": not found, "problem": found})
    else:
        say(_until(calendar))
        say(found or f"今天（{today()}）收到的申请，期限（含延长）都能确定。")
    raise typer.Exit(REFUSED if found else DONE)


def _problem(calendar: WorkCalendar, on: date) -> str | None:
    year = calendar.settled_until.year + 1
    mend = f"{year}年放假通知公布后，请用 gongkai calendar import FILE 导入。"
    try:
        due = calendar.add(on, _LOOK_AHEAD)
    except CalendarError as error:
        return f"{error.message}{error.mend}"
    return f"今天收到的申请，期限可能到 {due.on}，为暂定。{mend}" if due.provisional else None


@app.command("feed", help="一个机关在办案件的期限，供手机和电脑日历订阅（.ics）。")
def write_feed(
    agency: str = typer.Option(..., help="机关"),
    out: Path = typer.Option(..., help="写到这个 .ics 文件"),
) -> None:
    """Write the calendar file of an agency."""
    office = open_office(config_file())
    office.world(agency, today())
    with reading(office.store) as tx:
        made = feed(tx, office, agency, now())
    with told_of(out):
        out.write_bytes(made)
    say(f"已写出：{out}")


@app.command("import", help="导入一年的放假通知（TOML），并显示它改变了哪些日子。")
def import_notice(
    file: Path = typer.Argument(...),
    dry_run: bool = typer.Option(False, "--dry-run", help="只检查，不存放"),
    json: bool = JSON,
) -> None:
    """Check a year's notice, show what it changes, and keep it in the data directory."""
    settings = settings_of(config_file())
    notice = _read(file)
    place = _place(settings, notice.year)
    before, after = calendar_for(settings), _with(settings, notice.year, notice)
    if not dry_run:  # first: days must never be those of a notice that is not kept
        _keep(file, place)
    firmed = _firmed(after, keep=not dry_run)
    if json:
        kept = None if dry_run else str(place)
        say_json({"year": notice.year, **_changed(before, after, firmed), "file": kept})
        return
    _show(before, after, firmed)
    say("只是检查，没有存放。" if dry_run else f"已存放：{place}")


@app.command(help="撤销误导入的一年放假通知，在办案件的期限随之恢复。")
def remove(year: int = typer.Argument(..., help="年份"), json: bool = JSON) -> None:
    """Take an imported notice back; the days of open cases go back with it, recorded."""
    settings = settings_of(config_file())
    before, after = calendar_for(settings), _with(settings, year)
    place = _place(settings, year)
    with told_of(place):
        place.unlink(missing_ok=True)
    firmed = _firmed(after, keep=True)
    if json:
        say_json({"year": year, **_changed(before, after, firmed), "file": None})
        return
    _show(before, after, firmed)
    say(f"本机没有导入的{year}年放假通知了。")


def _firmed(after: WorkCalendar, *, keep: bool) -> Firmed:
    """Return which periods of open cases a calendar moves; with ``keep`` they are moved."""
    try:
        office = replace(open_office(config_file()), calendar=after, folded=Folded())
    except NoDatabase:
        return Firmed()
    return firming.apply(office, today()) if keep else firming.preview(office, today())


def _changed(before: WorkCalendar, after: WorkCalendar, firmed: Firmed) -> dict[str, Any]:
    failed = [
        {"agency": place.agency, "case": place.case_number, "why": why}
        for place, why in firmed.failed
    ]
    return {
        **_summary(after),
        "changes": [_day(on, reason) for on, reason in _changes(before, after)],
        "moved": [_moved_as(one) for one in firmed.moved],
        "failed": failed,
    }


def _moved_as(one: Moved) -> dict[str, Any]:
    return {
        "agency": one.place.agency,
        "case": one.place.case_number,
        "period": f"{one.kind.value}/{one.number}",
        "label": one.kind.label,
        "before": one.before.isoformat() if one.before else None,
        "after": one.after.isoformat() if one.after else None,
        "provisional": one.provisional,
    }


def _show(before: WorkCalendar, after: WorkCalendar, firmed: Firmed) -> None:
    changes = list(_changes(before, after))
    for on, reason in changes:
        say(f"{day_text(on)}  改为{'上班' if reason.working else '放假'}  {reason.why}")
    say(f"改变{len(changes)}天。{_until(after)}")
    for one in firmed.moved:
        say(f"{one.place.case_number}  {one.kind.label}：{_difference(one)}")
    settled = sum(one.settled for one in firmed.moved)
    also = f"，另有{settled}项日期不变、是否暂定有变" if settled else ""
    say(f"在办案件的期限变动{len(firmed.moved) - settled}项{also}。")
    for place, why in firmed.failed:
        tell(f"{place.case_number}：期限没有重新计算：{why}")


def _difference(one: Moved) -> str:
    mark = "（暂定）" if one.provisional else "（已确定）"
    if one.settled:
        return f"{one.after}{mark}"
    after = f"{one.after}{mark}" if one.after else "不再计算"
    return f"{one.before or '新增'} → {after}"


def _place(settings: CalendarSettings, year: int) -> Path:
    return Path(settings.notices) / f"{year}.toml"


def _read(file: Path) -> YearNotice:
    try:
        return load_year(file.read_bytes(), str(file))
    except OSError as error:
        raise BadNotice(f"{file}：读不出来：{error}。") from None
    except RuleError as error:
        raise BadNotice(f"{error.message}{error.mend}") from None


def _with(settings: CalendarSettings, year: int, notice: YearNotice | None = None) -> WorkCalendar:
    """Return the calendar with this notice, or with none, as the imported one of a year."""
    others = [one for one in imported(Path(settings.notices)) if one.year != year]
    calendar = build((*others, notice) if notice else others)
    local = {day.on: day.name for day in settings.days_off}
    return calendar.with_days_off(local) if local else calendar


def _changes(before: WorkCalendar, after: WorkCalendar) -> Iterator[tuple[date, DayReason]]:
    day = before.first
    while day <= min(before.last, after.last):
        if before.is_working(day) != after.is_working(day):
            yield day, after.reason(day)
        day += timedelta(days=1)


def _keep(file: Path, place: Path) -> None:
    new = place.with_suffix(".new")
    with told_of(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with new.open("wb") as target:
            target.write(file.read_bytes())
            target.flush()
            os.fsync(target.fileno())
        new.replace(place)  # the calendar is never seen half-written
        durable(place.parent)
