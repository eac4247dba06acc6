"""The step table, cell by cell, against section 3 of the process as it is written down."""

from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from transitions import MachineError

from rules import law_on
from workflow.commands import COMMANDS
from workflow.errors import Refused
from workflow.machine import (
    ARTICLES,
    LABELS,
    MACHINE,
    STEPS,
    TABLE,
    Branch,
    follow,
    permit,
    roles_for,
    steps_open_to,
    usual_role,
)
from workflow.vocabulary import Role, State

S, R = State, Role
ANY = tuple(State)
OPEN = tuple(s for s in State if s not in {S.REPLIED, S.CLOSED, S.ARCHIVED})
CLOCKED = tuple(
    s for s in OPEN if s not in {S.AWAITING_CONFIRMATION, S.AWAITING_CORRECTION, S.AWAITING_PAYMENT}
)
DRAFTED = (S.IN_REVIEW, S.AWAITING_APPROVAL, S.APPROVED)
OFFICER, HEAD = (R.OFFICER,), (R.HEAD,)
SWEEP = (R.SYSTEM, R.OFFICER)

Cells = tuple[tuple[Role, ...], tuple[State | None, ...], tuple[State, ...] | None]

#: Who may, in which states, and where it leads (None: the state stays).
AS_WRITTEN: dict[str, Cells] = {
    "register": (OFFICER, (None,), (S.RECEIVED, S.AWAITING_CONFIRMATION)),
    "record_contact": (OFFICER, ANY, None),
    "confirm_receipt": (OFFICER, (S.AWAITING_CONFIRMATION,), (S.RECEIVED,)),
    "accept": (OFFICER, (S.RECEIVED,), (S.PROCESSING,)),
    "request_correction": (OFFICER, (S.RECEIVED, S.PROCESSING), (S.AWAITING_CORRECTION,)),
    "receive_correction": (OFFICER, (S.AWAITING_CORRECTION,), (S.RECEIVED,)),
    "deem_abandoned": (HEAD, (S.AWAITING_CORRECTION, S.AWAITING_PAYMENT), (S.CLOSED,)),
    "record_search": (OFFICER, OPEN, None),
    "start_consultation": (OFFICER, (S.PROCESSING, S.CONSULTING), (S.CONSULTING,)),
    "record_consultation_receipt": (OFFICER, (S.CONSULTING,), None),
    "expire_consultation": (SWEEP, (S.CONSULTING,), (S.PROCESSING, S.CONSULTING)),
    "renew_consultation": (HEAD, (S.CONSULTING,), None),
    "end_consultation": (OFFICER, (S.CONSULTING,), (S.PROCESSING, S.CONSULTING)),
    "request_extension": (OFFICER, CLOCKED, None),
    "decide_extension": (HEAD, CLOCKED, None),
    "request_explanation": (OFFICER, (S.PROCESSING,), (S.AWAITING_EXPLANATION,)),
    "record_explanation": (OFFICER, (S.AWAITING_EXPLANATION,), (S.PROCESSING,)),
    "expire_explanation": (SWEEP, (S.AWAITING_EXPLANATION,), (S.PROCESSING,)),
    "defer_reply": (HEAD, (S.PROCESSING,), None),
    "charge_fee": (HEAD, (S.PROCESSING,), (S.AWAITING_PAYMENT,)),
    "record_payment": (OFFICER, (S.AWAITING_PAYMENT,), (S.PROCESSING,)),
    "authorize_ground": (HEAD, (S.PROCESSING,), None),
    "draft_reply": (OFFICER, (S.PROCESSING,), (S.IN_REVIEW,)),
    "recall_draft": (OFFICER, (S.IN_REVIEW,), (S.PROCESSING,)),
    "return_reply": ((R.REVIEWER, R.HEAD), DRAFTED, (S.PROCESSING,)),
    "pass_review": ((R.REVIEWER,), (S.IN_REVIEW,), (S.AWAITING_APPROVAL,)),
    "approve_reply": (HEAD, (S.AWAITING_APPROVAL,), (S.APPROVED,)),
    "notify_third_party": (OFFICER, (S.APPROVED, S.ISSUED), None),
    "issue_reply": (OFFICER, (S.APPROVED,), (S.ISSUED,)),
    "recall_reply": (HEAD, (S.ISSUED,), (S.PROCESSING,)),
    "send_reply": (OFFICER, (S.ISSUED,), (S.REPLIED,)),
    "record_delivery": (OFFICER, (S.REPLIED,), None),
    "resend_reply": (OFFICER, (S.REPLIED,), None),
    "record_service": (OFFICER, ANY, None),
    "answer_on_the_spot": (OFFICER, (S.RECEIVED, S.PROCESSING), (S.REPLIED,)),
    "archive": (OFFICER, (S.REPLIED, S.CLOSED), (S.ARCHIVED,)),
    "misdirect": (OFFICER, (S.AWAITING_CONFIRMATION, S.RECEIVED), (S.CLOSED,)),
    "terminate": (HEAD, OPEN, (S.CLOSED,)),
    "record_challenge": (OFFICER, ANY, None),
    "record_challenge_result": (OFFICER, ANY, None),
    "reopen": (HEAD, (S.REPLIED, S.CLOSED, S.ARCHIVED), (S.PROCESSING,)),
    "refer_for_determination": ((R.REVIEWER, R.HEAD), (S.IN_REVIEW, S.AWAITING_APPROVAL), None),
    "record_determination": (OFFICER, OPEN, None),
    "reassess": (HEAD, (S.REPLIED, S.ARCHIVED), None),
    "answer_suggestion": (OFFICER, (S.REPLIED, S.ARCHIVED), None),
    "answer_challenge": (OFFICER, ANY, None),
    "co_handle": (HEAD, OPEN, None),
    "answer_co_handle": (OFFICER, OPEN, None),
    "return_co_handle": (OFFICER, OPEN, None),
    "assign": (HEAD, OPEN, None),
    "hand_over": (OFFICER, OPEN, None),
    "ask_guidance": (OFFICER, ANY, None),
    "give_guidance": ((R.SUPERVISOR,), ANY, None),
    "add_note": (OFFICER, ANY, None),
    "attach": (OFFICER, ANY, None),
    "correct_record": ((R.OFFICER, R.HEAD), tuple(s for s in State if s is not S.ARCHIVED), None),
}
#: Steps that may close a case or leave it where it stands.
MAY_CLOSE = ("withdraw", "amend_request")
LATE_OPINIONS: dict[tuple[State | None, Branch], State] = {
    **{(s, Branch.LATE): s for s in OPEN},
    **{(s, Branch.VOIDS_DRAFT): S.PROCESSING for s in DRAFTED},
    (S.CONSULTING, Branch.LAST_ENDS): S.PROCESSING,
    (S.CONSULTING, Branch.OTHERS_RUN): S.CONSULTING,
}


def as_written() -> Iterator[tuple[str, State | None, Role]]:
    for do, (roles, states, _) in AS_WRITTEN.items():
        yield from ((do, state, role) for state in states for role in roles)
    for do in (*MAY_CLOSE, "record_opinion"):
        yield from ((do, state, Role.OFFICER) for state in OPEN)


ALLOWED = frozenset(as_written())
STARTS = [None, *State]


def label(state: State | None) -> str:
    return state.value if state else "new"


def is_permitted(do: str, state: State | None, role: Role) -> bool:
    try:
        permit(state, do, role)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("role", Role, ids=lambda r: r.value)
@pytest.mark.parametrize("state", STARTS, ids=label)
def test_in_every_state_a_role_may_take_exactly_the_steps_that_are_written(
    state: State | None, role: Role
) -> None:
    written = {do for do, where, who in ALLOWED if (where, who) == (state, role)}

    assert {do for do in COMMANDS if is_permitted(do, state, role)} == written
    assert {do for do in COMMANDS if role in roles_for(do, state)} == written
    if state is not None:
        assert set(steps_open_to(state, role)) == written


@pytest.mark.parametrize("state", STARTS, ids=label)
def test_a_step_that_is_shut_says_so_and_one_for_others_names_them(state: State | None) -> None:
    for do, role in product(COMMANDS, Role):
        if (do, state, role) in ALLOWED:
            continue
        with pytest.raises(Refused) as caught:
            permit(state, do, role)
        roles = roles_for(do, state)
        assert caught.value.code == ("wrong_person" if roles else "wrong_state")
        assert all(r.label in caught.value.message for r in roles)
        assert caught.value.mend


@pytest.mark.parametrize("do", AS_WRITTEN)
def test_a_step_leads_where_it_is_written(do: str) -> None:
    _, states, reached = AS_WRITTEN[do]
    for state in states:
        found = {dest for (step, source, _), dest in STEPS.items() if (step, source) == (do, state)}
        expected = set(reached) if reached else {state}
        assert found == expected


def test_an_opinion_ends_the_consultation_or_comes_late_or_voids_the_draft() -> None:
    found = {(s, b): dest for (do, s, b), dest in STEPS.items() if do == "record_opinion"}

    assert found == LATE_OPINIONS


@pytest.mark.parametrize(
    ("do", "closes", "keeps"),
    [
        ("withdraw", Branch.WHOLE, Branch.PART),
        ("amend_request", Branch.REPLACES, Branch.KEEPS),
    ],
)
def test_a_withdrawal_closes_the_case_only_as_a_whole(
    do: str, closes: Branch, keeps: Branch
) -> None:
    found = {(s, b): dest for (step, s, b), dest in STEPS.items() if step == do}

    assert {s: dest for (s, b), dest in found.items() if b is closes} == dict.fromkeys(
        OPEN, S.CLOSED
    )
    assert {s: dest for (s, b), dest in found.items() if b is keeps} == {s: s for s in OPEN}
    assert len(found) == 2 * len(OPEN)


class Marker:
    """Something thrown away that bears a state; the machine never keeps it."""

    def __init__(self, state: State | None) -> None:
        self.state: State | str = state or "new"


def what_the_machine_does(do: str, state: State | None, branch: Branch) -> State | None:
    """Trigger the library's own machine; None where it refuses."""
    marker = Marker(state)
    try:
        moved = MACHINE.events[do].trigger(marker, branch)
    except MachineError:
        moved = False
    if not moved:
        assert marker.state == (state or "new")
        return None
    assert isinstance(marker.state, State)
    return marker.state


@pytest.mark.parametrize("do", COMMANDS)
def test_the_compiled_steps_are_what_the_machine_does(do: str) -> None:
    for state, branch in product(STARTS, Branch):
        done = what_the_machine_does(do, state, branch)
        assert STEPS.get((do, state, branch)) is done
        if done:
            assert follow(state, do, branch) is done
        else:
            with pytest.raises(Refused, match=r"不能办理|还没有登记"):
                follow(state, do, branch)


def test_the_machine_keeps_no_model_and_opens_no_back_door() -> None:
    what_the_machine_does("accept", S.RECEIVED, Branch.ALWAYS)

    assert MACHINE.models == []
    assert set(MACHINE.events) == set(COMMANDS)


def test_no_two_rows_of_the_table_contradict_each_other() -> None:
    cells = [(row.do, row.source, row.branch) for row in TABLE]

    assert len(cells) == len(set(cells)) == len(STEPS)
    assert all(row.dest is STEPS[row.do, row.source, row.branch] for row in TABLE)


def test_every_state_is_reached_from_registration() -> None:
    reached: set[State | None] = {None}
    while more := {d for (_, s, _), d in STEPS.items() if s in reached} - reached:
        reached |= more

    assert reached == {None, *State}


def test_out_of_every_state_a_way_leads_on() -> None:
    for state in State:
        assert any(s is state and dest is not state for (_, s, _), dest in STEPS.items())


def test_an_archived_case_can_only_be_reopened_challenged_and_annotated() -> None:
    steps = {do for role in Role for do in steps_open_to(S.ARCHIVED, role)}

    assert steps == {
        "record_contact",
        "record_service",
        "record_challenge",
        "record_challenge_result",
        "answer_challenge",
        "answer_suggestion",
        "reassess",
        "reopen",
        "ask_guidance",
        "give_guidance",
        "add_note",
        "attach",
    }


def test_the_sweep_may_only_let_periods_expire() -> None:
    steps = {do for state in State for do in steps_open_to(state, Role.SYSTEM)}

    assert steps == {"expire_consultation", "expire_explanation"}


@pytest.mark.parametrize("do", COMMANDS)
def test_every_command_has_a_row_a_label_and_an_article_that_exists(do: str) -> None:
    law = law_on(date(2020, 1, 1))

    assert LABELS[do].strip()
    assert str(law.cite(ARTICLES[do]))
    assert {row.article for row in TABLE if row.do == do} == {ARTICLES[do]}


def test_labels_tell_the_steps_apart() -> None:
    assert set(LABELS) == set(COMMANDS)
    assert len(set(LABELS.values())) == len(LABELS)


@pytest.mark.parametrize(
    ("do", "state", "role"),
    [
        ("accept", S.RECEIVED, Role.OFFICER),
        ("expire_consultation", S.CONSULTING, Role.SYSTEM),
        ("return_reply", S.APPROVED, Role.REVIEWER),
        ("decide_extension", S.PROCESSING, Role.HEAD),
        ("decide_extension", S.CLOSED, Role.HEAD),
        ("register", None, Role.OFFICER),
    ],
)
def test_a_step_without_a_name_is_taken_by_the_first_role_that_may(
    do: str, state: State | None, role: Role
) -> None:
    assert usual_role(do, state) is role
