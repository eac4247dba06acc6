"""Acknowledged commands are there; commands = facts = state changes; nothing links two agencies."""

import json
from collections.abc import Iterator
from typing import Final

from sqlalchemy import and_, func, literal, or_, select, union_all

from gongkai.doctor.look import Found, Look
from gongkai.store import tables as t
from gongkai.store.entries import Answer
from gongkai.store.hanging import unlike_answer

_f, _a, _k = t.facts.c, t.commands.c, t.cases.c
_OWN: Final = and_(_a.agency == _f.agency, _a.case_number == _f.case_number, _a.fact == _f.n)
_ANSWERS: Final = (
    select(_f.agency, _f.case_number, _f.n, _f.public, _a.command_id, _a.asked, _a.answer)
    .select_from(t.facts.outerjoin(t.commands, _OWN))
    .execution_options(yield_per=500)
)


def commands_are_there(look: Look) -> Iterator[Found]:
    """Every fact has the command that it was, with the answer that was given."""
    for agency, number, n, public, command_id, asked, answer in look.rows(
        _ANSWERS.where(look.of(_f.agency))
    ):
        kept = None if command_id is None else Answer(command_id, asked, answer)
        wrong = unlike_answer(_said(public), kept)
        if kept and not wrong and _said(answer).get("version") != n:
            wrong = "命令的结果写的不是这一项事实。"
        if wrong:
            yield Found(what=wrong, where=f"{agency} 案件 {number} 第{n}项事实")


def _said(public: str) -> dict[str, object]:
    try:
        said = json.loads(public)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


_FACTS: Final = (
    select(
        _f.agency,
        _f.case_number,
        func.count().label("facts"),
        func.min(_f.n).label("first"),
        func.max(_f.n).label("last"),
    )
    .group_by(_f.agency, _f.case_number)
    .subquery()
)
_COMMANDS: Final = (
    select(_a.agency, _a.case_number, func.count().label("commands"))
    .group_by(_a.agency, _a.case_number)
    .subquery()
)
_n, _c = _FACTS.c, _COMMANDS.c
_COUNTS: Final = (
    select(_k.agency, _k.number, _k.version, _n.facts, _n.first, _n.last, _c.commands)
    .select_from(
        t.cases.outerjoin(
            _FACTS, and_(_n.agency == _k.agency, _n.case_number == _k.number)
        ).outerjoin(_COMMANDS, and_(_c.agency == _k.agency, _c.case_number == _k.number))
    )
    .where(
        or_(
            _n.facts.is_(None),
            _c.commands.is_(None),
            _n.facts != _k.version,
            _n.first != 1,
            _n.last != _k.version,
            _c.commands != _k.version,
        )
    )
)


def steps_agree(look: Look) -> Iterator[Found]:
    """Each case has as many commands as facts as changes of its state, numbered 1 to n.

    Facts without a row of their case are found where the rows are folded.
    """
    for agency, number, version, facts, first, last, commands in look.rows(
        _COUNTS.where(look.of(_k.agency))
    ):
        said = (
            f"案件为第{version}版，有{facts or 0}项事实（{first}至{last}）、{commands or 0}个命令。"
        )
        yield Found(what=said, where=f"{agency} 案件 {number}")


#: Every table whose rows belong to a case, and its column with the case's number.
OWNED: Final = tuple(
    (table, table.c.case_number)
    for table in t.metadata.sorted_tables
    if "case_number" in table.c and "agency" in table.c
)
_STRANGERS: Final = union_all(
    *(
        select(
            literal(table.name).label("of"),
            table.c.agency.label("agency"),
            _k.agency.label("owner"),
            number.label("number"),
        )
        .select_from(table.join(t.cases, _k.number == number))
        .where(_k.agency != table.c.agency)
        .distinct()
        for table, number in OWNED
    )
)
_BROUGHT: Final = select(_f.agency, _f.case_number, _f.public).where(_f.n == 1)


def agencies_apart(look: Look) -> Iterator[Found]:
    """No row of one agency belongs to a case of another."""
    for table, agency, owner, number in look.rows(_STRANGERS):
        if look.only in {"", agency, owner}:
            said = f"{table} 表的一行属于 {agency}，案件却是 {owner} 的。"
            yield Found(what=said, where=f"{agency} 案件 {number}")
    for agency, number, public in look.rows(_BROUGHT.where(look.of(_f.agency))):
        command = _said(public).get("command")
        own = command.get("agency") if isinstance(command, dict) else None
        if own != agency:
            said = f"登记写的机关是“{own}”，案件存在“{agency}”名下。"
            yield Found(what=said, where=f"{agency} 案件 {number}")
