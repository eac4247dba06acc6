"""更正 (art. 41): registered by an officer, decided by the head, once, with what the law asks."""

from dataclasses import replace
from datetime import date

import pytest

from tests.process.desk import APPLICANT, WORLD
from workflow import rectification
from workflow.commands import Accept, Command
from workflow.errors import Refused
from workflow.people import Actor
from workflow.rectification import (
    POLICY,
    DecideRectification,
    Rectification,
    RectificationResult,
    RectificationState,
    RegisterRectification,
    decide,
    due,
    fold,
)
from workflow.vocabulary import Channel, Role

OFFICER, HEAD = Actor(Role.OFFICER), Actor(Role.HEAD)
REGISTER = RegisterRectification(
    agency="county",
    channel=Channel.IN_PERSON,
    number="某政公更〔2021〕1号",
    applicant=APPLICANT,
    record="补偿清单第17行",
    claim="面积68应为86",
    evidence=("房产证",),
)
DAY = date(2021, 3, 8)
CORRECTED = DecideRectification(result=RectificationResult.CORRECTED, reason="改为86")
OWN = (RectificationResult.CORRECTED, RectificationResult.NOT_CORRECTED)
OTHER = (RectificationResult.FORWARDED, RectificationResult.DIRECTED)


def registered() -> Rectification:
    case, findings = decide(None, REGISTER, OFFICER, on=DAY, world=WORLD)
    assert findings == ()
    return case


def refusal(case: Rectification | None, command: Command, actor: Actor, on: date = DAY) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(case, command, actor, on=on, world=WORLD)
    return caught.value


def test_a_registration_opens_a_case_that_the_head_decides() -> None:
    case = registered()
    done, _ = decide(case, CORRECTED, HEAD, on=date(2021, 3, 9), world=WORLD)

    assert (case.state, case.version) == (RectificationState.PROCESSING, 1)
    assert (done.state, done.version) == (RectificationState.DECIDED, 2)
    assert done.decided is not None
    assert done.decided.by == HEAD
    assert fold(done.facts) == done


@pytest.mark.parametrize("result", OWN)
def test_what_the_agency_decides_itself_needs_a_reason_and_names_no_other(
    result: RectificationResult,
) -> None:
    case = registered()

    bare = DecideRectification(result=result, reason=" ")
    assert refusal(case, bare, HEAD).code == "reason_missing"
    stray = DecideRectification(result=result, reason="属实", to="某局")
    assert refusal(case, stray, HEAD).code == "agency_stray"


@pytest.mark.parametrize("result", OTHER)
def test_what_is_not_ours_names_the_agency_that_may_correct(result: RectificationResult) -> None:
    case = registered()

    assert refusal(case, DecideRectification(result=result), HEAD).code == "agency_missing"
    own = DecideRectification(result=result, to=WORLD.agency.name)
    assert refusal(case, own, HEAD).code == "own_agency"
    done, _ = decide(case, replace(own, to="某县自然资源局"), HEAD, on=DAY, world=WORLD)
    assert done.decided is not None
    assert done.decided.to == "某县自然资源局"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.HEAD}))
def test_only_the_head_decides(role: Role) -> None:
    refused = refusal(registered(), CORRECTED, Actor(role))

    assert (refused.code, refused.article) == ("wrong_role", "41")


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OFFICER}))
def test_only_an_officer_registers(role: Role) -> None:
    assert refusal(None, REGISTER, Actor(role)).code == "wrong_role"


def test_it_is_registered_once_and_decided_once() -> None:
    case = registered()
    done, _ = decide(case, CORRECTED, HEAD, on=DAY, world=WORLD)

    assert refusal(None, CORRECTED, HEAD).code == "wrong_state"
    assert refusal(case, REGISTER, OFFICER).code == "wrong_state"
    assert refusal(done, CORRECTED, HEAD).code == "wrong_state"
    assert refusal(case, Accept(), OFFICER).code == "wrong_state"


@pytest.mark.parametrize("key", ["record", "claim"])
def test_a_registration_says_what_is_wrong_with_which_record(key: str) -> None:
    blank = replace(REGISTER, record="") if key == "record" else replace(REGISTER, claim="")

    assert refusal(None, blank, OFFICER).code == f"{key}_missing"


def test_without_a_name_nobody_can_be_told() -> None:
    nameless = replace(REGISTER, applicant=replace(APPLICANT, name=""))

    assert refusal(None, nameless, OFFICER).code == "name_missing"


def test_a_registration_without_evidence_is_taken_and_noted() -> None:
    _, findings = decide(None, replace(REGISTER, evidence=()), OFFICER, on=DAY, world=WORLD)

    assert [finding.code for finding in findings] == ["evidence_missing"]


def test_days_follow_each_other_and_are_not_to_come() -> None:
    assert refusal(registered(), CORRECTED, HEAD, date(2021, 3, 7)).code == "before_its_cause"
    assert refusal(None, REGISTER, OFFICER, date(2027, 1, 1)).code == "future_date"
    assert refusal(None, REGISTER, OFFICER, date(2018, 1, 2)).article


def test_characters_nobody_can_see_are_refused() -> None:
    assert refusal(None, replace(REGISTER, claim="a\u202eb"), OFFICER).code == "unprintable"


def test_its_day_is_policy_and_says_so() -> None:
    case = registered()

    running = due(case, 20, WORLD)
    done, _ = decide(case, CORRECTED, HEAD, on=date(2021, 3, 9), world=WORLD)

    assert (running.due_on, running.article, running.met_on) == (date(2021, 4, 6), POLICY, None)
    assert due(done, 20, WORLD).met_on == date(2021, 3, 9)


def test_only_its_own_facts_make_a_rectification() -> None:
    with pytest.raises(ValueError, match="registration"):
        fold(())
    fact = replace(registered().facts[0], command=Accept())
    with pytest.raises(ValueError, match="accept"):
        rectification.after(registered(), fact)
