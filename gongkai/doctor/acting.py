"""Deadlines are those of the facts; what the sweep did is in the file; messages left once."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import and_, or_, select

from gongkai.doctor.folding import Folded
from gongkai.doctor.look import REBUILD, Found, Look
from gongkai.store import tables as t
from gongkai.store.outbox import Sent
from gongkai.store.outcomes import Rows
from workflow.periods import Period
from workflow.reminders import ActionKind
from workflow.vocabulary import Role

_MEND: Final = (
    "日历或者内部期限改过的，运行 gongkai sweep 会重新计算；"
    "仍不一致的，用 gongkai doctor --rebuild --yes 由事实重建。"
)
_l, _f, _o = t.ledger.c, t.facts.c, t.outbox.c
_MADE: Final = (
    select(_l.agency, _l.case_number, _l.kind, _l.fact, _f.kind, _f.public)
    .select_from(
        t.ledger.outerjoin(
            t.facts,
            and_(_f.agency == _l.agency, _f.case_number == _l.case_number, _f.n == _l.fact),
        )
    )
    .where(_l.action == ActionKind.EXPIRE.value, _l.fact.is_not(None))
)
_SYSTEM: Final = f'"role":"{Role.SYSTEM.value}"'


def actions_are_filed(look: Look) -> Iterator[Found]:
    """What the sweep says it recorded is a fact of the case, made by the sweep."""
    for agency, number, period, n, kind, public in look.rows(_MADE.where(look.of(_l.agency))):
        if kind is None or not kind.startswith("expire_") or _SYSTEM not in public:
            said = f"到期处理记录说第{n}条事实是期满自动记录的（{period}），案卷里不是。"
            yield Found(what=said, where=f"{agency} 案件 {number}")


def messages_left_once(look: Look) -> Iterator[Found]:
    """A message that left has its moment and was handed over; one that waits has none."""
    left = and_(_o.state == Sent.SENT.value, or_(_o.sent_at.is_(None), _o.attempts < 1))
    waits = and_(_o.state == Sent.QUEUED.value, _o.sent_at.is_not(None))
    unknown = _o.state.not_in([state.value for state in Sent])
    wanted = select(_o.agency, _o.case_number, _o.id, _o.state).where(or_(left, waits, unknown))
    for agency, number, key, state in look.rows(wanted.where(look.of(_o.agency))):
        said = f"消息 {key[:8]} 的状态“{state}”与发送记录不符，可能会重复发送。"
        yield Found(what=said, where=f"{agency} 案件 {number}", mend="请人工核对后处理这条消息。")


def deadlines_follow(one: Folded) -> Iterator[Found]:
    """The stored periods of a case are those that its facts make."""
    if one.erased or not one.stored:
        return
    for period in one.kept - one.periods:
        yield _not_so(one, period, "已存的期限按事实并不存在")
    for period in one.periods - one.kept:
        yield _not_so(one, period, "按事实应有的期限没有存下来")


def outcomes_follow(one: Folded) -> Iterator[Found]:
    """What is kept of a case for the audit is what its facts make."""
    if one.stored and not one.erased and sorted_rows(one.audited) != sorted_rows(one.outcomes):
        said = "为审计保存的办理结果与事实不符，统计数字会出错。"
        yield Found(what=said, where=one.where, mend=REBUILD)


def sorted_rows(rows: Rows) -> dict[str, list[str]]:
    """Return the rows of a case so that two sets of them can be compared."""
    return {name: sorted(repr(sorted(row.items())) for row in rows[name]) for name in rows}


def _not_so(one: Folded, period: Period, what: str) -> Found:
    said = f"{what}：{period.kind.label} {period.due_on}。"
    return Found(what=said, where=one.where, mend=_MEND)
