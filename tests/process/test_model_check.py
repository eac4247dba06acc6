"""The model check: every abstract state of a case, every move, and every guard taken away once.

No dead end, every open case has an owner and a deadline, every accepted step obeys the laws, and
whatever refusal is removed, a law is broken that tells of it.
"""

import ast
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.process.desk import DISCLOSE, WORLD
from tests.process.model_explore import Attempt, Graph, attempt, everything, explore
from tests.process.model_moves import moves
from tests.process.model_oracle import sent, withholds
from tests.process.model_pieces import DAY, Move, registrations
from tests.process.model_table import LAWS, TABLE, broken, lawfully_withheld
from tests.process.model_taken import Taken
from workflow import afterwards, asking, duties, gate, intake, replying, sending, step, timing
from workflow import commands as c
from workflow.case import Case
from workflow.clock import applicant_due, confirmation_due, reply_due
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.machine import TABLE as ROWS
from workflow.people import Actor
from workflow.vocabulary import OPEN, Role, State

_MODULES: Final = (intake, asking, timing, replying, sending, afterwards, duties, gate, step)

#: Steps by which a case moves on without anybody giving up.
_ONWARD: Final[dict[State, tuple[type[c.Command], ...]]] = {
    State.AWAITING_CONFIRMATION: (c.ConfirmReceipt,),
    State.RECEIVED: (c.Accept,),
    State.AWAITING_CORRECTION: (c.DeemAbandoned, c.ReceiveCorrection),
    State.PROCESSING: (c.DraftReply,),
    State.CONSULTING: (c.ExpireConsultation, c.EndConsultation),
    State.AWAITING_EXPLANATION: (c.ExpireExplanation,),
    State.AWAITING_PAYMENT: (c.DeemAbandoned, c.RecordPayment),
    State.IN_REVIEW: (c.PassReview,),
    State.AWAITING_APPROVAL: (c.ApproveReply, c.ReturnReply),
    State.APPROVED: (c.IssueReply, c.ReturnReply),
    State.ISSUED: (c.SendReply, c.NotifyThirdParty),
}
_GIVING_UP: Final = (c.Withdraw, c.Terminate, c.Misdirect, c.AmendRequest, c.DeemAbandoned)


@pytest.fixture(scope="module")
def graph() -> Graph:
    """Explore once for all tests."""
    return everything()


# ── What is reachable ────────────────────────────────────────────────────────


def test_it_explores_widely_and_reaches_every_state(graph: Graph) -> None:
    assert len(graph.states) >= 1_500
    assert len(graph.cases) >= 1_200
    assert graph.tried >= 80_000
    assert sum(graph.accepted.values()) >= 25_000
    assert {case.state for case in graph.cases} == set(State)
    assert set(graph.accepted) == set(c.COMMANDS)


def test_the_laws_name_every_command_and_the_table_of_the_specification() -> None:
    assert set(TABLE) == set(c.COMMANDS)
    assert set(gate.GUARDS) <= set(LAWS)
    rows = {(r.do, role.value, r.source and r.source.value) for r in ROWS for role in r.roles}
    assert rows == {
        (do, role, source)
        for do, (who, at, _) in TABLE.items()
        for role in who.split()
        for source in (*at.split(), *(() if at else (None,)))
    }


def _told(graph: Graph) -> set[tuple[str, str]]:
    return {(law, t.m.do) for laws, t in graph.broken for law in laws}


def test_every_accepted_step_obeys_the_laws(graph: Graph) -> None:
    assert not _told(graph)


def test_every_attempt_is_answered(graph: Graph) -> None:
    assert not [(move, repr(error)) for _, move, error in graph.crashed]


# ── No dead end ──────────────────────────────────────────────────────────────


def _taken(case: Case, kinds: tuple[type[c.Command], ...]) -> Iterator[Taken]:
    tries = [move for move in moves(case) if isinstance(move.command, kinds)]
    for kind in kinds:
        for move in tries:
            if isinstance(move.command, kind):
                try:
                    yield attempt(case, move)
                except Refused:
                    continue


def test_every_open_case_has_an_owner_and_a_deadline(graph: Graph) -> None:
    for case in graph.cases:
        if case.state in OPEN:
            assert next(_taken(case, _ONWARD[case.state]), None), [f.kind for f in case.facts]
            day = WORLD.on(case.last_on)
            dues = (reply_due(case, day), applicant_due(case, WORLD.calendar))
            assert any((*dues, confirmation_due(case, WORLD.calendar)))
        else:
            assert next(_taken(case, (c.Reopen,)), None)


def test_every_open_case_can_be_brought_to_its_end(graph: Graph) -> None:
    for first in graph.cases:
        case, steps = first, 0
        while case.state in OPEN:
            here = case.state
            ways = [t.after for t in _taken(case, _ONWARD[here])]
            forward = [after for after in ways if after.state is not here]
            case, steps = (forward or ways)[0], steps + 1
            assert steps < 20, [f.kind for f in case.facts]


def test_every_state_but_the_ended_ones_leads_on(graph: Graph) -> None:
    onward: dict[State, set[State]] = {state: set() for state in State}
    for case, following in zip(graph.cases, graph.next_states, strict=True):
        assert following, [f.kind for f in case.facts]
        onward[case.state] |= following - {case.state}
    assert all(onward.values())
    assert onward[State.ARCHIVED] == {State.PROCESSING}


# ── Taking guards away ───────────────────────────────────────────────────────


def _allow(*_args: object, **_kwargs: object) -> tuple[()]:
    return ()


def _now_taken(tries: list[Attempt]) -> Iterator[Taken | None]:
    """Yield what is no longer refused of attempts that were; None for one that crashes."""
    for case, move in tries:
        try:
            yield attempt(case, move)
        except Refused:
            continue
        except (AssertionError, LookupError, StopIteration):
            yield None


def _noticed(tries: list[Attempt]) -> bool:
    """Say whether a law is broken, be it only that every attempt gets an answer."""
    return any(taken is None or broken(taken) for taken in _now_taken(tries))


def _refused(graph: Graph, kind: type[c.Command]) -> list[Attempt]:
    return [a for (do, _), tries in graph.refused.items() for a in tries if do == kind.do]


@pytest.mark.parametrize("kind", gate.GUARDS, ids=lambda kind: kind.do)
def test_removing_a_guard_is_noticed(
    kind: type[c.Command], graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = _refused(graph, kind)
    assert not list(_now_taken(tries))
    monkeypatch.setitem(gate.GUARDS, kind, _allow)
    assert _noticed(tries)


@pytest.mark.parametrize(
    ("module", "name", "kinds"),
    [
        (gate, "permit", tuple(c.COMMANDS.values())),
        (gate, "_in_order", tuple(c.COMMANDS.values())),
        (gate, "refuse_unseen", (c.AddNote,)),
        (gate, "_countable", (c.DeferReply,)),
        (gate, "_may_correct", (c.CorrectRecord,)),
        (intake, "may_register", (c.Register,)),
        (replying, "_four_eyes", (c.PassReview, c.ApproveReply)),
        (replying, "_superior", (c.ApproveReply,)),
        (replying, "_comments_given", (c.ReturnReply, c.RecallReply)),
        (
            replying,
            "_checked",
            (c.DraftReply, c.ApproveReply, c.IssueReply, c.AnswerOnTheSpot),
        ),
        (sending, "_by_lawful_means", (c.SendReply, c.ResendReply)),
        (sending, "_electronic_service", (c.SendReply, c.ResendReply)),
        (sending, "_third_parties_told", (c.SendReply,)),
        (timing, "_before_due", (c.RequestExtension, c.DecideExtension, c.DeferReply, c.ChargeFee)),
        (timing, "_told", (c.DecideExtension, c.DeferReply)),
        (timing, "_extension_left", (c.RequestExtension,)),
        (timing, "not_after_today", (c.DecideExtension, c.DeferReply, c.ChargeFee)),
        (timing, "not_before", (c.DecideExtension, c.DeferReply, c.ChargeFee, c.RecordPayment)),
        (intake, "not_after_today", (c.Register, c.RequestCorrection)),
        (intake, "not_before", (c.Register, c.RequestCorrection, c.ReceiveCorrection)),
        (intake, "known_items", (c.Withdraw, c.AmendRequest)),
        (intake, "_matters", (c.RequestCorrection,)),
        (intake, "_correction_term", (c.RequestCorrection,)),
        (asking, "not_before", (c.RecordConsultationReceipt, c.RecordOpinion, c.RecordExplanation)),
        (asking, "_reason_given", (c.RenewConsultation, c.EndConsultation)),
        (asking, "known_items", (c.StartConsultation,)),
        (replying, "known_items", (c.RecordSearch, c.AuthorizeGround)),
        (sending, "not_before", (c.RecordDelivery,)),
        (
            afterwards,
            "not_before",
            (c.RecordService, c.RecordChallenge, c.RecordChallengeResult),
        ),
        (afterwards, "not_after_today", (c.RecordChallenge,)),
        (afterwards, "known_items", (c.Reopen, c.CoHandle)),
    ],
    ids=lambda value: getattr(value, "__name__", value) if not isinstance(value, tuple) else "",
)
def test_removing_a_part_of_the_guards_is_noticed(
    module: ModuleType,
    name: str,
    kinds: tuple[type[c.Command], ...],
    graph: Graph,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, name, _allow)
    assert [kind.do for kind in kinds if not _noticed(_refused(graph, kind))] == []


def _codes() -> Iterator[str]:
    """Yield every code with which a guard refuses, read from the source."""
    for module in _MODULES:
        tree = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "refuse_unless":
                code = call.args[1]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


#: Codes that no sequence of commands meets, and where they are tried instead.
_ELSEWHERE: Final = {"draft_changed": "test_a_draft_altered_after_review_goes_no_further"}

#: Codes that the gate itself gives as well: the commands whose guards do.
_ONLY: Final = {"wrong_person": ("recall_draft", "correct_record")}


@pytest.mark.parametrize("code", sorted(set(_codes()) - set(_ELSEWHERE)))
def test_removing_a_single_refusal_is_noticed(
    code: str, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse = step.refuse_unless

    def lenient(ok: object, why: str, *said: str) -> None:
        if why != code:
            refuse(ok, why, *said)

    for module in _MODULES:
        monkeypatch.setattr(module, "refuse_unless", lenient)
    only = _ONLY.get(code, ())
    pairs = {do: tries for (do, why), tries in graph.refused.items() if why == code}
    pairs = {do: tries for do, tries in pairs.items() if not only or do in only}
    assert pairs
    assert [do for do, tries in pairs.items() if not _noticed(tries)] == []


@pytest.mark.parametrize("kind", [c.DraftReply, c.ApproveReply, c.IssueReply, c.AnswerOnTheSpot])
def test_removing_the_check_from_one_step_is_noticed(
    kind: type[c.Command], graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    guard, checked = gate.GUARDS[kind], replying._checked

    def unchecked(case: Case, command: c.Command, now: step.Step) -> tuple[Finding, ...]:
        with monkeypatch.context() as inside:
            inside.setattr(replying, "_checked", _allow)
            return guard(case, command, now)

    monkeypatch.setitem(gate.GUARDS, kind, unchecked)
    assert _noticed(_refused(graph, kind))
    assert replying._checked is checked


def _tampered(graph: Graph, state: State) -> list[Case]:
    """Return cases whose draft was changed behind the back of those who review and approve."""
    other = (replace(DISCLOSE, provide="另一份文件"),)
    return [
        replace(case, draft=replace(case.draft, decisions=other))
        for case in graph.cases
        if case.state is state and case.draft and len(case.to_answer) == 1
    ]


@pytest.mark.parametrize(
    ("kind", "state"),
    [(c.ApproveReply, State.AWAITING_APPROVAL), (c.IssueReply, State.APPROVED)],
)
def test_a_draft_altered_after_review_goes_no_further(
    kind: type[c.Command], state: State, graph: Graph, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Attempt] = [
        (case, move)
        for case in _tampered(graph, state)
        for move in moves(case)
        if isinstance(move.command, kind)
    ]
    assert tries
    assert not list(_now_taken(tries))
    monkeypatch.setattr(replying, "_bound", _allow)
    assert _noticed(tries)


# ── An office of two ─────────────────────────────────────────────────────────

_REPLYING: Final = (
    *(c.Accept, c.DraftReply, c.RecallDraft, c.ReturnReply, c.PassReview, c.ApproveReply),
    *(c.IssueReply, c.RecallReply, c.SendReply, c.Reopen),
)


def _of_two(case: Case) -> Iterator[Move]:
    for move in moves(case):
        if isinstance(move.command, _REPLYING) and move.office == "plain":
            yield move._replace(office="two")


def test_in_an_office_of_two_one_person_reviews_and_approves_but_never_drafts() -> None:
    first = next(move for move in registrations())
    small = explore([first], _of_two)
    assert not small.broken
    assert not small.crashed
    assert small.refused["approve_reply", "own_draft"]
    assert ("approve_reply", "own_review") not in small.refused
    waiting = [case for case in small.cases if case.state is State.AWAITING_APPROVAL]
    for case in waiting:
        assert case.draft
        assert case.draft.reviewed_by
        head = Actor(Role.HEAD, case.draft.reviewed_by.person)
        move = Move(c.ApproveReply(), head, case.last_on, case.last_on)
        with pytest.raises(Refused, match="审核人"):
            attempt(case, move)
        assert attempt(case, move._replace(office="two")).after.state is State.APPROVED


# ── Long walks ───────────────────────────────────────────────────────────────


def _walk(seed: int) -> Iterator[Case]:
    """Take forty steps from a registration, half of them on the way to a reply."""
    chance = random.Random(seed)  # noqa: S311 - a walk, not a secret
    start = chance.choice([m for m in registrations() if m.on == m.today - DAY][:11])
    case = attempt(None, start).after
    for _ in range(40):
        tries = [m for m in moves(case) if not isinstance(m.command, _GIVING_UP)]
        onward = (*_ONWARD.get(case.state, ()), c.Reopen, c.ReturnReply, c.RecallReply)
        if chance.random() < 0.6:
            tries = [m for m in tries if isinstance(m.command, onward)] or tries
        case = _any_taken(case, tries, chance)
        yield case


def _any_taken(case: Case, tries: list[Move], chance: random.Random) -> Case:
    for move in chance.sample(tries, len(tries)):
        try:
            taken = attempt(case, move)
        except Refused:
            continue
        assert not list(broken(taken))
        return taken.after
    return case


def test_no_long_walk_reaches_a_withholding_reply_past_check_review_or_approval() -> None:
    replies = 0
    for seed in range(60):
        for case in _walk(seed):
            assert lawfully_withheld(case)
            reply = sent(case)
            replies += bool(
                reply and withholds(reply.draft.decisions) and case.facts[-1].kind == "send_reply"
            )
    assert replies >= 20
