"""Each open case has an owner, a deadline and something to do; nothing is withheld unapproved."""

from collections.abc import Iterator
from typing import Final

from gongkai.doctor.folding import Folded
from gongkai.doctor.look import Found
from rules.words import Outcome
from workflow.case import Case, Draft
from workflow.commands import AnswerOnTheSpot, IssueReply
from workflow.decision import Decision
from workflow.digest import digest_of
from workflow.exemption import blocking, check
from workflow.facts import Fact
from workflow.machine import TABLE
from workflow.rectification import ROLES, DecideRectification, RectificationState
from workflow.vocabulary import OPEN, Role, State

#: Who may move a case on, by its state: they own it.
OWNERS: Final[dict[str, tuple[Role, ...]]] = {
    **{
        state.value: tuple(
            dict.fromkeys(
                role
                for row in TABLE
                if row.source is state and row.dest is not state
                for role in row.roles
            )
        )
        for state in OPEN
    },
    RectificationState.PROCESSING.value: (ROLES[DecideRectification.do],),
}
_ENDED: Final = frozenset(
    {
        *(state.value for state in State if state not in OPEN),
        RectificationState.DECIDED.value,
    }
)
_MEND: Final = "请核对案件行和办理流程（gongkai process）。"


def open_cases_owned(one: Folded) -> Iterator[Found]:
    """Each open case has an owner role, a deadline and a step that can be taken."""
    for state in {one.stored.get("state", one.case.state.value), one.case.state.value}:
        if state in _ENDED:
            continue
        if not OWNERS.get(state):
            said = f"案件的状态是“{state}”，没有人负责，也没有可以办理的步骤。"
            yield Found(what=said, where=one.where, mend=_MEND)
        elif not has_deadline(one):
            said = f"案件的状态是“{one.case.state.label}”，没有任何期限。"
            yield Found(what=said, where=one.where, mend=_MEND)


def has_deadline(one: Folded) -> bool:
    """Whether some period runs in a case."""
    return bool(one.periods)


def withheld_is_approved(one: Folded) -> Iterator[Found]:
    """Nothing was withheld without check, review and approval, by different people."""
    for fact in one.facts:
        if fact.as_recorded:
            continue  # history: the paper left the house before this program knew of it
        for said in _unapproved(one, fact):
            where = f"{one.where} 第{fact.number}项事实"
            yield Found(what=said, where=where, mend="请立即报告负责人，依法撤回或者重新办理。")


def _unapproved(one: Folded, fact: Fact) -> Iterator[str]:
    if isinstance(fact.command, AnswerOnTheSpot) and _withholds(fact.command.decisions):
        yield "当场答复有不予公开的内容，没有经过审核、审批。"
    if isinstance(fact.command, IssueReply):
        case = one.before[fact.number]
        draft = case.draft
        if draft is None:
            yield "制发了答复书，案卷里却没有拟稿。"
        elif _withholds(draft.decisions):
            yield from _signed(one, case, draft)
            if not one.erased and blocking(check(case, draft.decisions, one.world.on(fact.on))):
                yield "不予公开的内容没有通过最小化审查。"


def _withholds(decisions: tuple[Decision, ...]) -> bool:
    kept_back = {Outcome.WITHHOLD, Outcome.PARTLY_DISCLOSE}
    return any(one.withheld or one.outcome in kept_back for one in decisions)


def _signed(one: Folded, case: Case, draft: Draft) -> Iterator[str]:
    if draft.reviewed_by is None or draft.approved_by is None:
        yield "不予公开的答复没有经过审核和审批。"
        return
    drafters = {*case.drafters, draft.by.person}
    if drafters & {draft.reviewed_by.person, draft.approved_by.person}:
        yield "审核人或者审批人参与了拟稿。"
    same = draft.reviewed_by.person == draft.approved_by.person
    if same and not one.world.agency.office_of_two:
        yield "审核人和审批人是同一人。"
    now = draft.reviewed_digest if one.erased else digest_of(draft.decisions)
    if {now, draft.reviewed_digest, draft.approved_digest} != {now}:
        yield "审核、审批以后拟稿又有改动。"
