"""History: recording what was done before the program came, where its gates would have refused.

What a gate refuses becomes a finding of the step, and the step is recorded. What cannot have
happened stays refused: a day still to come, an item or a consultation that is not on file.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Final

from workflow import commands as c
from workflow.afterwards import challenge_of
from workflow.case import Case
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.step import (
    Step,
    consultation_of,
    known_items,
    not_after_today,
    refuse_unless,
    warning,
)
from workflow.vocabulary import Severity

#: Refusals that history keeps: each says that something is not there or must not be kept at all.
IMPOSSIBLE: Final = frozenset(
    {
        "future_date",
        "no_applicant",
        "no_item",
        "no_co_handling",
        "not_correctable",
        "nothing_referred",
        "nothing_to_decide",
        "nothing_to_reopen",
        "secrecy_mark",
        "unknown_challenge",
        "unknown_consultation",
        "unknown_fact",
        "unknown_item",
    }
)
#: Dates of commands that name terms set for others: they may lie ahead.
_TERMS: Final = frozenset({"due_on"})


def refuse_impossible(case: Case | None, command: c.Command, step: Step) -> None:
    """Refuse a step that speaks of what is not on file, or of a day that has not come."""
    for day in _happened(command):
        not_after_today(day, step, "45")
    if isinstance(command, c.Register):
        _a_request(command)
    if case is None:
        return
    known_items(case, _items(command), "45")
    for number in _numbers(command, "consultation"):
        consultation_of(case, number)
    for number in _numbers(command, "challenge"):
        challenge_of(case, number)


def noted(refused: Refused) -> tuple[Finding, ...]:
    """Return what a gate would have refused as findings; raise it again where it is impossible."""
    if refused.code in IMPOSSIBLE:
        raise refused
    first = warning(refused.code, refused.message, refused.article, refused.mend)
    return (first, *map(_softened, refused.findings))


def _softened(finding: Finding) -> Finding:
    """Let a finding stand without stopping anything."""
    if finding.severity is Severity.BLOCK:
        return replace(finding, severity=Severity.WARN)
    return finding


def _happened(command: c.Command) -> Iterator[date]:
    for field in fields(command):
        value = getattr(command, field.name)
        if isinstance(value, date) and field.name.endswith("_on") and field.name not in _TERMS:
            yield value


def _a_request(command: c.Register) -> None:
    refuse_unless(
        command.applicants,
        "no_applicant",
        "没有申请人。",
        "29.2(1)",
        "请写明至少一名申请人的姓名或者名称。",
    )
    refuse_unless(
        command.items and all(item.name.strip() for item in command.items),
        "no_item",
        "没有申请事项，或者有事项既无名称也无描述。",
        "29.2(2)",
        "请写明所申请信息的名称或者特征性描述。",
    )


def _items(command: c.Command) -> tuple[int, ...]:
    if isinstance(command, (c.DraftReply, c.AnswerOnTheSpot)):
        refuse_unless(
            command.decisions,
            "unknown_item",
            "答复没有对任何事项作出决定。",
            "36",
            "请写明对每一事项的答复（decisions）。",
        )
        return tuple(decision.item for decision in command.decisions)
    several: tuple[int, ...] = getattr(command, "items", ())
    if isinstance(command, c.Register):
        return ()
    return (*several, *_numbers(command, "item"))


def _numbers(command: c.Command, name: str) -> tuple[int, ...]:
    """Return the number that a command gives under ``name``, if it has such a field."""
    number = getattr(command, name, None)
    return () if number is None else (number,)
