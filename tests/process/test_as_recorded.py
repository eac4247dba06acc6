"""History taken over as it was recorded: gates make findings, the step table holds as ever."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from rules.words import Outcome
from tests.process.desk import APPLICANT, DISCLOSE, WORLD, Desk, processing, register
from tests.process.model_explore import everything
from tests.process.model_moves import moves
from tests.process.model_pieces import Move, registrations
from workflow import commands as c
from workflow import rectification
from workflow.case import Case
from workflow.clock import deadlines, reply_due, running
from workflow.decision import Decision
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.fold import fold
from workflow.gate import decide
from workflow.history import IMPOSSIBLE
from workflow.machine import roles_for
from workflow.people import Actor
from workflow.proof import proof
from workflow.vocabulary import Channel, Role, SendMethod, Severity, State

DAY = date(2020, 9, 21)
#: Refusals of steps that the table does not have, or not for this role; and unseen characters.
ALWAYS = IMPOSSIBLE | {"wrong_state", "unprintable"}
FIX = c.CorrectRecord(fact=1, field="on", value="2020-09-01", reason="")
Judged = tuple[Case, tuple[Finding, ...]]


def judged(case: Case | None, move: Move, *, as_recorded: bool) -> Judged | Refused:
    try:
        return decide(
            case, move.command, move.by, on=move.on, world=move.world, as_recorded=as_recorded
        )
    except Refused as refused:
        return refused


def plain(case: Case) -> Case:
    """The case without the mark of how its facts were recorded."""
    return replace(case, facts=tuple(replace(fact, as_recorded=False) for fact in case.facts))


def recorded(case: Case | None, command: c.Command, on: date, by: str = "officer") -> Judged:
    world = WORLD
    return decide(case, command, Actor.parse(by), on=on, world=world, as_recorded=True)


def differences(case: Case, move: Move) -> Iterator[str]:
    """What history does otherwise than it should, beside the strict gate."""
    strict, lenient = (judged(case, move, as_recorded=way) for way in (False, True))
    if not isinstance(strict, Refused):
        if isinstance(lenient, Refused):
            yield f"refused what the gate allows: {lenient.code}"
        elif (plain(lenient[0]), lenient[1]) != (plain(strict[0]), strict[1]):
            yield "does more than the gate where the gate allows"
    elif not roles_for(move.command.do, case.state) and not isinstance(lenient, Refused):
        yield "takes a step that the table does not have"
    elif move.by.role not in roles_for(move.command.do, case.state):
        if not isinstance(lenient, Refused):
            yield "lets a role take a step that the table does not give it"
    elif isinstance(lenient, Refused):
        if lenient.code == strict.code and strict.code not in ALWAYS:
            yield from _unless_uncountable(strict)
    else:
        yield from _not_noted(strict, lenient[1])


def _unless_uncountable(strict: Refused) -> Iterator[str]:
    """A day outside the calendar, or before the law, cannot be reckoned with by anybody."""
    if not isinstance(strict.__cause__, Exception):
        yield f"refuses {strict.code}"


def _not_noted(strict: Refused, findings: tuple[Finding, ...]) -> Iterator[str]:
    said = {(f.code, f.article, f.message) for f in findings}
    if (strict.code, strict.article, strict.message) not in said:
        yield f"forgets {strict.code}"
    if any(f.severity is Severity.BLOCK for f in findings):
        yield "keeps a finding that blocks"


def looked_at(case: Case) -> None:
    """Ask of a case what its page asks."""
    world = WORLD.on(case.last_on)
    deadlines(case, world)
    reply_due(case, world)
    running(case, world)
    proof(case, world)


def test_beside_the_strict_gate_history_differs_only_in_what_a_guard_refuses() -> None:
    found = {
        (move.command.do, said)
        for case in everything().cases[::3]
        for move in moves(case)
        for said in differences(case, move)
    }

    assert found == set()


def test_whatever_history_is_told_it_is_folded_again_to_the_same_case() -> None:
    draw = random.Random(20201016)  # noqa: S311 - a walk to be repeated, no secret
    starts = [
        m for m in registrations() if not isinstance(judged(None, m, as_recorded=True), Refused)
    ]
    noted = 0
    for _ in range(150):
        case, found = decide(None, (m := draw.choice(starts)).command, m.by, on=m.on,
                             world=m.world, as_recorded=True)  # fmt: skip
        for _ in range(20):
            done = judged(case, draw.choice(list(moves(case))), as_recorded=True)
            if isinstance(done, Refused):
                continue
            case, found = done
            noted += len(found)
            looked_at(case)
        assert fold(case.facts, WORLD) == case
        assert all(fact.as_recorded for fact in case.facts)

    assert noted > 100


def test_a_refusal_becomes_a_warning_with_its_code_article_message_and_mending() -> None:
    desk = processing()
    refused = desk.refusal(c.RequestExtension(working_days=30, reason="材料多"), DAY)

    case, (finding,) = recorded(
        desk.case, c.RequestExtension(working_days=30, reason="材料多"), DAY
    )

    assert finding == Finding(
        code="extension_too_long",
        severity=Severity.WARN,
        message=refused.message,
        article="33.2",
        mend=refused.mend,
    )
    assert case.extensions[-1].working_days == 30
    assert [fact.as_recorded for fact in case.facts] == [False, False, True]


def test_a_refused_draft_is_recorded_with_every_finding_of_the_check_as_a_warning() -> None:
    bare = Decision(item=1, outcome=Outcome.NOT_HELD, reason="经检索没有找到")

    case, findings = recorded(processing().case, c.DraftReply(decisions=(bare,)), DAY)

    assert [f.code for f in findings] == ["blocked_by_check", "search_missing"]
    assert {f.severity for f in findings} == {Severity.WARN}
    assert case.state is State.IN_REVIEW


def test_both_gates_are_asked_when_the_first_would_refuse() -> None:
    desk = processing()
    early = date(2020, 9, 1)

    _, findings = recorded(desk.case, c.RequestExtension(working_days=30, reason=" "), early)

    assert [f.code for f in findings] == ["date_goes_back", "reason_missing"]


def test_four_eyes_that_were_not_kept_are_told_and_the_approval_stands() -> None:
    desk = processing().do(c.DraftReply(decisions=(DISCLOSE,)), DAY, "officer:甲")

    case, (finding,) = recorded(desk.case, c.PassReview(), DAY, "reviewer:甲")

    assert finding.code == "own_draft"
    assert case.state is State.AWAITING_APPROVAL


@pytest.mark.parametrize(
    ("command", "by", "code"),
    [
        (c.SendReply(method=SendMethod.IN_PERSON), "officer", "wrong_state"),
        (c.DecideExtension(grant=True), "officer", "wrong_person"),
        (c.DecideExtension(grant=True), "head", "nothing_to_decide"),
        (c.RecordSearch(items=(9,), places=(), keywords=(), result=""), "officer", "unknown_item"),
        (c.DraftReply(decisions=(replace(DISCLOSE, item=9),)), "officer", "unknown_item"),
        (c.DraftReply(decisions=()), "officer", "unknown_item"),
        (replace(FIX, fact=9), "head", "unknown_fact"),
        (replace(FIX, field="items"), "head", "not_correctable"),
        (c.Attach(file="机密★文件.pdf"), "officer", "secrecy_mark"),
        (c.ReturnCoHandle(reason=""), "officer", "no_co_handling"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)  # fmt: skip
def test_what_is_not_on_file_or_not_in_the_table_stays_refused(
    command: c.Command, by: str, code: str
) -> None:
    with pytest.raises(Refused) as caught:
        recorded(processing().case, command, DAY, by)

    assert caught.value.code == code


def test_a_day_that_has_not_come_is_no_history() -> None:
    later = date(2027, 1, 4)
    with pytest.raises(Refused) as caught:
        recorded(processing().case, c.AddNote(text="备注"), later)
    assert caught.value.code == "future_date"

    with pytest.raises(Refused) as caught:
        recorded(processing().case, c.RequestCorrection(matters=(), notice_received_on=later), DAY)
    assert caught.value.code == "future_date"


@pytest.mark.parametrize(
    "changes", [{"applicants": ()}, {"items": ()}, {"items": (c.Item(),)}], ids=str
)
def test_a_request_of_nobody_or_for_nothing_is_no_request(changes: dict[str, object]) -> None:
    with pytest.raises(Refused) as caught:
        recorded(None, register(**changes), DAY)

    assert caught.value.code in {"no_applicant", "no_item"}


def test_a_rectification_is_recorded_with_what_its_gate_would_refuse() -> None:
    opened = rectification.RegisterRectification(
        agency="county",
        channel=Channel.IN_PERSON,
        applicant=APPLICANT,
        record="户籍登记",
        claim="",
    )
    decided = rectification.DecideRectification(
        result=rectification.RectificationResult.CORRECTED, reason=" "
    )
    officer, head = Actor(Role.OFFICER), Actor(Role.HEAD)

    case, (first,) = rectification.decide(
        None, opened, officer, on=DAY, world=WORLD, as_recorded=True
    )
    case, (second,) = rectification.decide(
        case, decided, head, on=DAY, world=WORLD, as_recorded=True
    )

    assert (first.code, second.code) == ("claim_missing", "reason_missing")
    assert case.decided
    assert all(fact.as_recorded for fact in case.facts)
    with pytest.raises(Refused) as caught:
        rectification.decide(case, decided, head, on=DAY, world=WORLD, as_recorded=True)
    assert caught.value.code == "wrong_state"


def test_the_strict_gate_marks_nothing_as_recorded() -> None:
    desk = Desk().do(register(), DAY)

    assert desk.case
    assert not desk.case.facts[0].as_recorded
