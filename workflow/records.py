"""Correcting the record: the old fact stays, and is read with the corrected value."""

from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import date
from typing import Any, Final

from workflow import commands as c
from workflow.errors import Refused
from workflow.facts import Fact

#: What may be corrected besides dates: names and contacts.
_NAMES: Final = frozenset(
    {"name", "contact", "address", "id_document", "party", "body", "authority", "carrier", "to"}
)
_DATES: Final = frozenset({"on", "until"})


def corrected(facts: Iterable[Fact]) -> list[Fact]:
    """Return the facts as they are to be read: each correction applied at the place it names."""
    read = list(facts)
    for fact in list(read):
        if isinstance(fact.command, c.CorrectRecord):
            place = fact.command.fact - 1
            read[place] = with_value(read[place], fact.command.field, fact.command.value)
    return read


def happened_date(correction: c.CorrectRecord) -> date | None:
    """Return the corrected date of something that happened; None for terms set and for names."""
    field = correction.field
    happened = field == "on" or (field.endswith("_on") and field != "due_on")
    return _day(field, correction.value) if happened else None


def with_value(fact: Fact, field: str, value: str) -> Fact:
    """Return ``fact`` with one value corrected; :class:`Refused` where that is not allowed."""
    whose, _, name = field.rpartition(".")
    if name not in _NAMES and name not in _DATES and not name.endswith("_on"):
        raise _refused(field, "更正记录只限日期、姓名或者名称、联系方式。")
    if name == "on":
        return replace(fact, on=_day(field, value))
    command = fact.command
    if isinstance(command, c.Register) and whose == "agent" and command.agent:
        changed: dict[str, Any] = {name: value}
        return replace(fact, command=replace(command, agent=replace(command.agent, **changed)))
    if isinstance(command, c.Register) and name in {f.name for f in fields(c.Applicant)}:
        return replace(fact, command=_with_applicant(command, name, value))
    if name not in {f.name for f in fields(command)}:
        raise _refused(field, f"第{fact.number}项事实没有“{field}”这一项。")
    new: Any = _day(field, value) if name in _DATES or name.endswith("_on") else value
    return replace(fact, command=replace(command, **{name: new}))


def _with_applicant(command: c.Register, name: str, value: str) -> c.Register:
    """Correct the representative, to whom papers go."""
    who = next((i for i, a in enumerate(command.applicants) if a.representative), 0)
    people = list(command.applicants)
    changes: dict[str, Any] = {name: value}
    people[who] = replace(people[who], **changes)
    return replace(command, applicants=tuple(people))


def _day(field: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise _refused(field, f"“{value}”不是日期，应写作2020-09-14。") from None


def _refused(field: str, message: str) -> Refused:
    return Refused(
        code="not_correctable",
        message=message,
        article="45",
        mend=f"请核对要更正的项目“{field}”；内容上的改变应当另办一步，不能改写已有事实。",
    )
