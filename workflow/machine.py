"""The process as one table: step, states, who may, the article behind it.

Buttons, command-line verbs, the process page and the tests are all derived from :data:`TABLE`.
The table is given to one shared machine of the ``transitions`` library, and the machine is compiled
once into :data:`STEPS`, which every step looks up (``tests/process`` proves the two equal).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Final

from transitions import Machine, Transition

from workflow import commands as c
from workflow.errors import Refused
from workflow.vocabulary import NO_REPLY_CLOCK, OPEN, Role, State


class Branch(Enum):
    """Where one step leads to different states: what decides. The value is said to the reader."""

    ALWAYS = ""
    RECEIVED_AT_ONCE = "当日即为收到之日"
    TO_CONFIRM = "须与申请人确认"
    LAST_ENDS = "最后一件征求意见结束"
    OTHERS_RUN = "尚有征求意见未结束"
    LATE = "征求意见已结束，作为逾期意见存卷"
    VOIDS_DRAFT = "逾期意见涉及拟稿事项，拟稿作废"
    WHOLE = "撤回全部"
    PART = "撤回部分事项"
    KEEPS = "缩小范围或者增加内容"
    REPLACES = "替换内容，另立新案"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the process: a step from state to state. ``source`` is None for a new case."""

    command: type[c.Command]
    label: str
    roles: tuple[Role, ...]
    source: State | None
    dest: State
    article: str
    branch: Branch = Branch.ALWAYS

    @property
    def do(self) -> str:
        """The word of the step."""
        return self.command.do

    @property
    def when(self) -> str:
        """What decides where one step leads to several states; empty where nothing does."""
        return self.branch.value


S = State
_OFFICER: Final = (Role.OFFICER,)
_HEAD: Final = (Role.HEAD,)
_SWEEP: Final = (Role.SYSTEM, Role.OFFICER)
_ANY: Final = tuple(State)
_OPEN: Final = tuple(s for s in State if s in OPEN)
#: Open states with a reply clock, running or excluded.
_CLOCKED: Final = tuple(s for s in _OPEN if s not in NO_REPLY_CLOCK)
_DRAFTED: Final = (S.IN_REVIEW, S.AWAITING_APPROVAL, S.APPROVED)
_ENDED: Final = (S.REPLIED, S.CLOSED, S.ARCHIVED)


def _stay(
    command: type[c.Command], label: str, roles: tuple[Role, ...], at: Iterable[State], article: str
) -> tuple[Row, ...]:
    return tuple(Row(command, label, roles, state, state, article) for state in at)


def _go(
    command: type[c.Command],
    label: str,
    roles: tuple[Role, ...],
    at: Iterable[State],
    dest: State,
    article: str,
    branch: Branch = Branch.ALWAYS,
) -> tuple[Row, ...]:
    return tuple(Row(command, label, roles, state, dest, article, branch) for state in at)


def _consultation_ends(
    command: type[c.Command], label: str, roles: tuple[Role, ...], article: str
) -> tuple[Row, ...]:
    at = (S.CONSULTING,)
    return (
        *_go(command, label, roles, at, S.PROCESSING, article, Branch.LAST_ENDS),
        *_go(command, label, roles, at, S.CONSULTING, article, Branch.OTHERS_RUN),
    )


TABLE: Final[tuple[Row, ...]] = (
    Row(c.Register, "登记", _OFFICER, None, S.RECEIVED, "31", Branch.RECEIVED_AT_ONCE),
    Row(c.Register, "登记", _OFFICER, None, S.AWAITING_CONFIRMATION, "31", Branch.TO_CONFIRM),
    *_stay(c.RecordContact, "记录联系情况", _OFFICER, _ANY, "30"),
    *_go(c.ConfirmReceipt, "确认收到", _OFFICER, (S.AWAITING_CONFIRMATION,), S.RECEIVED, "31"),
    *_go(c.Accept, "受理", _OFFICER, (S.RECEIVED,), S.PROCESSING, "45"),
    *_go(
        c.RequestCorrection,
        "告知补正",
        _OFFICER,
        (S.RECEIVED, S.PROCESSING),
        S.AWAITING_CORRECTION,
        "30",
    ),
    *_go(c.ReceiveCorrection, "收到补正", _OFFICER, (S.AWAITING_CORRECTION,), S.RECEIVED, "30"),
    *_go(
        c.DeemAbandoned,
        "视为放弃申请",
        _HEAD,
        (S.AWAITING_CORRECTION, S.AWAITING_PAYMENT),
        S.CLOSED,
        "30",
    ),
    *_stay(c.RecordSearch, "记录检索", _OFFICER, _OPEN, "36(4)"),
    *_go(
        c.StartConsultation,
        "征求意见",
        _OFFICER,
        (S.PROCESSING, S.CONSULTING),
        S.CONSULTING,
        "32",
    ),
    *_stay(c.RecordConsultationReceipt, "记录征求意见书送达", _OFFICER, (S.CONSULTING,), "32"),
    *_consultation_ends(c.RecordOpinion, "记录意见", _OFFICER, "32"),
    *_go(c.RecordOpinion, "记录意见", _OFFICER, _DRAFTED, S.PROCESSING, "32", Branch.VOIDS_DRAFT),
    *(
        Row(c.RecordOpinion, "记录意见", _OFFICER, state, state, "32", Branch.LATE)
        for state in _OPEN
    ),
    *_consultation_ends(c.ExpireConsultation, "征求意见期满", _SWEEP, "32"),
    *_stay(c.RenewConsultation, "续期征求其他机关意见", _HEAD, (S.CONSULTING,), "33.3"),
    *_consultation_ends(c.EndConsultation, "终止征求意见", _OFFICER, "32"),
    *_stay(c.RequestExtension, "申请延长答复期限", _OFFICER, _CLOCKED, "33.2"),
    *_stay(c.DecideExtension, "决定延长答复期限", _HEAD, _CLOCKED, "33.2"),
    *_go(
        c.RequestExplanation,
        "要求说明理由",
        _OFFICER,
        (S.PROCESSING,),
        S.AWAITING_EXPLANATION,
        "35",
    ),
    *_go(
        c.RecordExplanation,
        "收到理由说明",
        _OFFICER,
        (S.AWAITING_EXPLANATION,),
        S.PROCESSING,
        "35",
    ),
    *_go(
        c.ExpireExplanation, "说明理由期满", _SWEEP, (S.AWAITING_EXPLANATION,), S.PROCESSING, "35"
    ),
    *_stay(c.DeferReply, "延迟答复", _HEAD, (S.PROCESSING,), "35"),
    *_go(c.ChargeFee, "收取信息处理费", _HEAD, (S.PROCESSING,), S.AWAITING_PAYMENT, "42"),
    *_go(c.RecordPayment, "收到缴费", _OFFICER, (S.AWAITING_PAYMENT,), S.PROCESSING, "42"),
    *_stay(c.AuthorizeGround, "批准适用裁量性理由", _HEAD, (S.PROCESSING,), "16"),
    *_go(c.DraftReply, "拟写答复", _OFFICER, (S.PROCESSING,), S.IN_REVIEW, "36"),
    *_go(c.RecallDraft, "撤回拟稿", _OFFICER, (S.IN_REVIEW,), S.PROCESSING, "45"),
    *_go(c.ReturnReply, "退回修改", (Role.REVIEWER, Role.HEAD), _DRAFTED, S.PROCESSING, "45"),
    *_go(c.PassReview, "审核通过", (Role.REVIEWER,), (S.IN_REVIEW,), S.AWAITING_APPROVAL, "17"),
    *_go(c.ApproveReply, "批准答复", _HEAD, (S.AWAITING_APPROVAL,), S.APPROVED, "45"),
    *_stay(c.NotifyThirdParty, "告知第三方决定公开", _OFFICER, (S.APPROVED, S.ISSUED), "32"),
    *_go(c.IssueReply, "制发答复书", _OFFICER, (S.APPROVED,), S.ISSUED, "36"),
    *_go(c.RecallReply, "收回答复书", _HEAD, (S.ISSUED,), S.PROCESSING, "45"),
    *_go(c.SendReply, "送出答复书", _OFFICER, (S.ISSUED,), S.REPLIED, "33.2"),
    *_stay(c.RecordDelivery, "记录答复书送达", _OFFICER, (S.REPLIED,), "45"),
    *_stay(c.ResendReply, "重新送达", _OFFICER, (S.REPLIED,), "45"),
    *_stay(c.RecordService, "记录其他文书送达", _OFFICER, _ANY, "45"),
    *_go(c.AnswerOnTheSpot, "当场答复", _OFFICER, (S.RECEIVED, S.PROCESSING), S.REPLIED, "33.1"),
    *_go(c.Archive, "归档", _OFFICER, (S.REPLIED, S.CLOSED), S.ARCHIVED, "45"),
    *_go(
        c.Misdirect,
        "误投转出",
        _OFFICER,
        (S.AWAITING_CONFIRMATION, S.RECEIVED),
        S.CLOSED,
        "31",
    ),
    *_go(c.Withdraw, "申请人撤回", _OFFICER, _OPEN, S.CLOSED, "45", Branch.WHOLE),
    *(Row(c.Withdraw, "申请人撤回", _OFFICER, s, s, "45", Branch.PART) for s in _OPEN),
    *_go(c.Terminate, "终止办理", _HEAD, _OPEN, S.CLOSED, "45"),
    *(Row(c.AmendRequest, "变更申请内容", _OFFICER, s, s, "29.2", Branch.KEEPS) for s in _OPEN),
    *_go(c.AmendRequest, "变更申请内容", _OFFICER, _OPEN, S.CLOSED, "29.2", Branch.REPLACES),
    *_stay(c.RecordChallenge, "记录复议、诉讼", _OFFICER, _ANY, "51"),
    *_stay(c.RecordChallengeResult, "记录复议、诉讼结果", _OFFICER, _ANY, "51"),
    *_go(c.Reopen, "重新办理", _HEAD, _ENDED, S.PROCESSING, "51"),
    *_stay(
        c.ReferForDetermination,
        "报请确定",
        (Role.REVIEWER, Role.HEAD),
        (S.IN_REVIEW, S.AWAITING_APPROVAL),
        "17.3",
    ),
    *_stay(c.RecordDetermination, "记录确定结果", _OFFICER, _OPEN, "17.3"),
    *_stay(c.Reassess, "定期评估审查", _HEAD, (S.REPLIED, S.ARCHIVED), "18"),
    *_stay(c.AnswerSuggestion, "答复主动公开建议", _OFFICER, (S.REPLIED, S.ARCHIVED), "44.2"),
    *_stay(c.AnswerChallenge, "提交复议、诉讼答复", _OFFICER, _ANY, "51"),
    *_stay(c.CoHandle, "转协办单位", _HEAD, _OPEN, "45"),
    *_stay(c.AnswerCoHandle, "协办单位答复", _OFFICER, _OPEN, "45"),
    *_stay(c.ReturnCoHandle, "协办单位退回", _OFFICER, _OPEN, "45"),
    *_stay(c.Assign, "转办", _HEAD, _OPEN, "45"),
    *_stay(c.HandOver, "移交", _OFFICER, _OPEN, "45"),
    *_stay(c.AskGuidance, "请示指导", _OFFICER, _ANY, "47"),
    *_stay(c.GiveGuidance, "给予指导", (Role.SUPERVISOR,), _ANY, "47"),
    *_stay(c.AddNote, "备注", _OFFICER, _ANY, "45"),
    *_stay(c.Attach, "附件", _OFFICER, _ANY, "45"),
    *_stay(
        c.CorrectRecord,
        "更正记录",
        (Role.OFFICER, Role.HEAD),
        (s for s in State if s is not S.ARCHIVED),
        "45",
    ),
)

_NEW: Final = "new"


def _is(wanted: Branch, given: Branch) -> bool:
    return wanted is given


def build_machine() -> Machine:
    """Build the machine of :data:`TABLE`; no model is ever registered with it."""
    return Machine(
        model=None,
        states=[_NEW, *State],
        initial=_NEW,
        transitions=[
            {
                "trigger": row.do,
                "source": row.source or _NEW,
                "dest": row.dest,
                "conditions": [partial(_is, row.branch)],
            }
            for row in TABLE
        ],
        auto_transitions=False,  # no to_<state>() back doors around the table
    )


def compile_steps(machine: Machine) -> dict[tuple[str, State | None, Branch], State]:
    """Read the machine's own graph into the table that steps look up."""
    return {
        (event.name, _state(source), _branch(move)): _reached(move)
        for event in machine.events.values()
        for source, moves in event.transitions.items()
        for move in moves
    }


def _state(name: str) -> State | None:
    return None if name == _NEW else State[name]


def _branch(move: Transition) -> Branch:
    condition = move.conditions[0].func
    assert isinstance(condition, partial)  # noqa: S101 - build_machine has put it there
    branch: Branch = condition.args[0]
    return branch


def _reached(move: Transition) -> State:
    return State[str(move.dest)]


MACHINE: Final = build_machine()
STEPS: Final = compile_steps(MACHINE)
LABELS: Final = {row.do: row.label for row in TABLE}
ARTICLES: Final = {row.do: row.article for row in TABLE}
_ROLES: Final = {(row.do, row.source): row.roles for row in TABLE}
_ANYWHERE: Final = {row.do: row.roles for row in reversed(TABLE)}


def roles_for(do: str, state: State | None) -> tuple[Role, ...]:
    """Return who may take step ``do`` in ``state``, the usual one first; empty where not open."""
    return _ROLES.get((do, state), ())


def usual_role(do: str, state: State | None) -> Role:
    """Return the first role that may take the step, in this state or, failing that, anywhere."""
    return (roles_for(do, state) or _ANYWHERE[do])[0]


def steps_open_to(state: State, role: Role) -> tuple[str, ...]:
    """Return what ``role`` may do in ``state``, in the order of the table."""
    return tuple(do for (do, source), roles in _ROLES.items() if source is state and role in roles)


def follow(state: State | None, do: str, branch: Branch = Branch.ALWAYS) -> State:
    """Return the state that follows; :class:`Refused` where the table has no such step."""
    try:
        return STEPS[do, state, branch]
    except KeyError:
        raise _closed(state, do) from None


def permit(state: State | None, do: str, role: Role) -> None:
    """Raise :class:`Refused` unless ``role`` may take step ``do`` in ``state``."""
    roles = roles_for(do, state)
    if not roles:
        raise _closed(state, do)
    if role not in roles:
        who = "或者".join(r.label for r in roles)
        raise Refused(
            code="wrong_person",
            message=f"“{LABELS[do]}”由{who}办理，不能由{role.label}办理。",
            article=ARTICLES[do],
            mend=f"请由本机关的{who}办理这一步。",
        )


def _closed(state: State | None, do: str) -> Refused:
    if state is None:
        return Refused(
            code="wrong_state", message="申请还没有登记。", article="31", mend="请先登记。"
        )
    where = "、".join(dict.fromkeys(r.source.label for r in TABLE if r.do == do and r.source))
    return Refused(
        code="wrong_state",
        message=f"案件现为“{state.label}”，不能办理“{LABELS[do]}”。",
        article=ARTICLES[do],
        mend=f"这一步只在下列状态办理：{where}。" if where else "这一步只在登记新申请时办理。",
    )
