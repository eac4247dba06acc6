"""The calendar of this installation: the published notices, imported years, local days off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gongkai.config_file import ConfigError, ConfigFile
from rules.published import build, calendar
from rules.workdays import WorkCalendar
from rules.yearbook import YearNotice, load_year


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOff:
    """A local day off and why."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read by pydantic, never changed

    on: date
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSettings:
    """Where imported notices lie, and the local days off."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - as above

    notices: str = "var/years"
    days_off: tuple[DayOff, ...] = ()


def settings_of(file: ConfigFile) -> CalendarSettings:
    """Read the ``[calendar]`` table alone, without the machinery that reads the rest."""
    table = file.data.get("calendar", {})
    try:
        days = tuple(_day_off(**entry) for entry in table.get("days_off", ()))
        settings = CalendarSettings(**{**table, "days_off": days})
        Path(settings.notices)
    except (TypeError, AttributeError, ValueError) as error:
        raise ConfigError(
            f"{file.path}：[calendar] 写得不对（{error}）。"
            '只有 notices（目录）和 days_off（如 [{ on = 2026-08-08, name = "县庆" }]）两个键。'
        ) from None
    return settings


def _day_off(**entry: Any) -> DayOff:  # noqa: ANN401 - as TOML gave it
    if type(entry.get("on")) is not date or not isinstance(entry.get("name"), str):
        raise ValueError("days_off 的每一项要有日期 on 和文字 name")
    return DayOff(**entry)


def imported(folder: Path) -> tuple[YearNotice, ...]:
    """Read the year notices that `gongkai calendar import` has put into ``folder``."""
    files: Iterable[Path] = sorted(folder.glob("*.toml")) if folder.is_dir() else ()
    return tuple(load_year(file.read_bytes(), str(file)) for file in files)


def calendar_for(settings: CalendarSettings) -> WorkCalendar:
    """Return the working-day calendar that all periods of this installation are counted on."""
    extra = imported(Path(settings.notices))
    base = build(extra) if extra else calendar()
    local: Mapping[date, str] = {day.on: day.name for day in settings.days_off}
    return base.with_days_off(local) if local else base
