"""What guards and effects of all steps share: the step being taken, and small ways to refuse it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from rules.workdays import Day
from workflow.case import Case, Consultation
from workflow.commands import Command
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.findings import Finding
from workflow.people import Actor
from workflow.vocabulary import Severity
from workflow.world import World

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that somebody wants to take: ``on`` is its legal day, ``today`` the day of recording.

    ``world`` is the world of the legal day.
    """

    on: date
    actor: Actor
    world: World
    today: date


#: Raises :class:`Refused` where the law or the file forbids the step, else returns its findings.
Guard = Callable[[Case, Any, Step], tuple[Finding, ...]]
Guards = Mapping[type[Command], Guard]
#: Returns the case as the fact leaves it; the state is moved by the step table.
Effect = Callable[[Case, Any, Fact, World], Case]
Effects = Mapping[type[Command], Effect]


def the(value: T | None) -> T:
    """Return what the step table guarantees to be on file."""
    assert value is not None  # noqa: S101 - the state is only reached with it
    return value


def zh(day: date) -> str:
    """Write a date for the reader: 2020年9月14日."""
    return f"{day.year}年{day.month}月{day.day}日"


def day_text(day: Day) -> str:
    """Write a deadline, and say when it is provisional."""
    return zh(day.on) + ("（暂定）" if day.provisional else "")


def refuse_unless(ok: object, code: str, message: str, article: str, mend: str) -> None:
    """Raise :class:`Refused` unless ``ok``."""
    if not ok:
        raise Refused(code=code, message=message, article=article, mend=mend)


def not_before(day: date, floor: date, what: str, article: str) -> None:
    """Refuse a day that lies before the fact it answers."""
    refuse_unless(
        day >= floor,
        "before_its_cause",
        f"{zh(day)}早于{what}（{zh(floor)}），时间顺序不成立。",
        article,
        "请核对日期；如所答复的事实日期登记有误，请用“更正记录”更正。",
    )


def not_after_today(day: date, step: Step, article: str) -> None:
    """Refuse a day that has not come yet."""
    refuse_unless(
        day <= step.today,
        "future_date",
        f"{zh(day)}还没有到（今天是{zh(step.today)}）。",
        article,
        "请在事情发生之后再记录。",
    )


def known_items(case: Case, items: Iterable[int], article: str) -> None:
    """Refuse item numbers that the request does not have."""
    wrong = [n for n in items if not 1 <= n <= len(case.items)]
    refuse_unless(
        not wrong,
        "unknown_item",
        f"本申请共{len(case.items)}项，没有第{'、'.join(map(str, wrong))}项。",
        article,
        f"申请事项从1编号，请填写1至{len(case.items)}。",
    )


def consultation_of(case: Case, number: int) -> Consultation:
    """Return consultation ``number``; :class:`Refused` where there is none."""
    found = next((x for x in case.consultations if x.number == number), None)
    if found is None:
        raise Refused(
            code="unknown_consultation",
            message=f"没有第{number}件征求意见，本案共{len(case.consultations)}件。",
            article="32",
            mend="征求意见按发出先后从1编号，请核对编号。",
        )
    return found


def warning(code: str, message: str, article: str, mend: str = "", rule: str = "") -> Finding:
    """Make a finding that does not stop the step but is seen by head and supervisor."""
    return Finding(
        code=code, severity=Severity.WARN, message=message, article=article, mend=mend, rule=rule
    )
