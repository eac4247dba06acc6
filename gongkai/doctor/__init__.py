"""The doctor: every invariant of the data, each one small function; the oracle of the tests."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from gongkai import anchors as anchoring
from gongkai.doctor.acting import (
    actions_are_filed,
    deadlines_follow,
    messages_left_once,
    outcomes_follow,
)
from gongkai.doctor.chains import chains_verify
from gongkai.doctor.database import database_clean, erased_is_gone
from gongkai.doctor.duties import open_cases_owned, withheld_is_approved
from gongkai.doctor.folding import Folded, folded, rows_replay
from gongkai.doctor.look import Check, Found, Look
from gongkai.doctor.numbers import numbers_run
from gongkai.doctor.papers import attachments_match, papers_match
from gongkai.doctor.steps import agencies_apart, commands_are_there, steps_agree
from gongkai.office import Office
from gongkai.store.engine import reading
from gongkai.store.failures import failure_of

__all__ = ["CHECKS", "Found", "Invariant", "Report", "check_invariants"]

#: Each invariant: its word, what it promises, and how the database is looked at.
CHECKS: Final[Mapping[str, tuple[str, Check]]] = {
    "commands": ("办理过的命令都在，结果与当时的答复相同", commands_are_there),
    "steps": ("命令、事实、状态变化一一对应", steps_agree),
    "numbers": ("每个系列的编号恰为1至n，不缺不重", numbers_run),
    "papers": ("文书原件与登记的摘要、文号、案件、日期一致", papers_match),
    "attachments": ("附件的内容都在，与登记的摘要一致", attachments_match),
    "chain": ("链完整，并且是最近一次锚点的延续", chains_verify),
    "agencies": ("没有一行跨两个机关", agencies_apart),
    "database": ("数据库本身完好，保护都在", database_clean),
    "erased": ("注销后不再留有个人信息", erased_is_gone),
    "actions": ("到期办理的每一项都在案卷里，各办一次", actions_are_filed),
    "outbox": ("消息最多发出一次", messages_left_once),
}
#: The invariants of one case, looked at while every case is folded again.
OF_CASES: Final[Mapping[str, tuple[str, Callable[[Folded], Iterator[Found]]]]] = {
    "replay": ("由事实还原的案件与案件行相同", rows_replay),
    "deadlines": ("已存的期限就是由事实算出的期限", deadlines_follow),
    "outcomes": ("为审计保存的办理结果就是由事实得出的结果", outcomes_follow),
    "open": ("每件未办结的案件都有负责的人、期限和可办的步骤", open_cases_owned),
    "withheld": ("不予公开的答复都经过审查、审核和审批，由不同的人办理", withheld_is_approved),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """One invariant as it was found."""

    name: str
    promise: str
    found: tuple[Found, ...]

    @property
    def ok(self) -> bool:
        """Whether it holds; what is only worth knowing breaks nothing."""
        return all(one.note for one in self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the doctor found."""

    checks: tuple[Invariant, ...]

    @property
    def ok(self) -> bool:
        """Whether every invariant holds."""
        return all(one.ok for one in self.checks)

    @property
    def faults(self) -> tuple[str, ...]:
        """Return every fault as one line, with the word of its invariant."""
        return tuple(
            f"{one.name}: {found}" for one in self.checks for found in one.found if not found.note
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report for programs."""
        return {
            "ok": self.ok,
            "checks": [
                {
                    "invariant": one.name,
                    "promise": one.promise,
                    "ok": one.ok,
                    "found": [
                        {"what": f.what, "where": f.where, "mend": f.mend, "note": f.note}
                        for f in one.found
                    ],
                }
                for one in self.checks
            ],
        }


def check_invariants(
    office: Office, *, anchor: Path | None = None, today: date, only_agency: str = ""
) -> Report:
    """Look at everything the data promises, in one state of the database."""
    return Report(checks=tuple(checked(office, anchor=anchor, today=today, only=only_agency)))


def checked(
    office: Office, *, anchor: Path | None = None, today: date, only: str = ""
) -> Iterator[Invariant]:
    """Yield the invariants one after the other, each as it was found."""
    read = anchoring.read(anchor) if anchor else None
    with reading(office.store) as tx:
        look = Look(office=office, tx=tx, today=today, only=only, anchors=read)
        for name, (promise, check) in CHECKS.items():
            yield Invariant(name=name, promise=promise, found=tuple(_found(check(look))))
        yield from _of_cases(look)


def _found(check: Iterator[Found]) -> Iterator[Found]:
    """Yield what a check finds; data so broken that it cannot be looked at is found as well."""
    try:
        yield from check
    except Exception as error:
        if failure_of(error):
            raise  # the database does not answer: nothing is known
        said = f"数据损坏，这一项没有查完（{type(error).__name__}：{error}）。"
        yield Found(what=said, where="数据库")


def _of_cases(look: Look) -> Iterator[Invariant]:
    found: dict[str, list[Found]] = {name: [] for name in OF_CASES}
    for one in folded(look):
        if isinstance(one, Found):
            found["replay"].append(one)
            continue
        for name, (_, check) in OF_CASES.items():
            found[name].extend(_found(check(one)))
    for name, (promise, _) in OF_CASES.items():
        yield Invariant(name=name, promise=promise, found=tuple(found[name]))
