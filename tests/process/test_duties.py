"""Referral (17.3), re-assessment (18), suggestions (44.2) and the answer in a challenge (51)."""

from dataclasses import replace
from datetime import date

import pytest

from tests.process.desk import DISCLOSE, MASKED, Desk, processing, replied
from workflow import commands as c
from workflow.clock import deadlines
from workflow.vocabulary import ChallengeKind, Reassessment, State

DAY = date(2020, 9, 18)
REFER = c.ReferForDetermination(body="县保密局", question="附表能否公开")


def drafted() -> Desk:
    return processing().do(c.DraftReply(decisions=(MASKED,)), DAY)


def test_a_referral_takes_nothing_out_of_the_reply_period() -> None:
    desk = drafted()
    before = desk.due
    desk.do(REFER, DAY, "reviewer").do(c.RecordDetermination(result="可以公开"), date(2020, 9, 25))
    assert desk.due == before
    assert desk.case
    assert desk.case.state is State.IN_REVIEW
    assert desk.case.referrals[0].result == "可以公开"
    assert desk.case.referrals[0].items == (1,)


def test_what_was_never_referred_has_no_determination() -> None:
    refused = drafted().refusal(c.RecordDetermination(result="可以公开"), DAY)
    assert (refused.code, refused.article) == ("nothing_referred", "17.3")


@pytest.mark.parametrize("blank", [replace(REFER, body=" "), replace(REFER, question=" ")])
def test_a_referral_says_to_whom_and_what(blank: c.Command) -> None:
    assert drafted().refusal(blank, DAY, "reviewer").code == "reason_missing"


def test_only_what_was_withheld_is_assessed_again() -> None:
    look = c.Reassess(result=Reassessment.KEEP, reason="情势没有变化")
    given = replied(processing(), DAY, DISCLOSE)
    assert given.refusal(look, DAY, "head").code == "nothing_withheld"
    kept = replied(processing(), DAY, MASKED).do(look, date(2021, 9, 17), "head")
    assert kept.case
    assert kept.case.reassessed_on == (date(2021, 9, 17),)
    assert not kept.findings


def test_what_can_be_given_now_calls_for_a_new_reply() -> None:
    look = c.Reassess(result=Reassessment.DISCLOSE, reason="期限已过")
    desk = replied(processing(), DAY, MASKED).do(look, date(2021, 9, 17), "head")
    assert [f.code for f in desk.findings] == ["to_be_disclosed"]


def test_a_suggestion_that_is_taken_up_says_where_it_is_published() -> None:
    desk = replied(processing(), DAY)
    nowhere = c.AnswerSuggestion(accepted=True, reason="公众关心")
    assert desk.refusal(nowhere, DAY).code == "reason_missing"
    assert desk.do(c.AnswerSuggestion(accepted=False, reason="不涉及公众利益"), DAY).case


def challenged() -> Desk:
    filed = c.RecordChallenge(
        kind=ChallengeKind.LITIGATION, body="某法院", copy_received_on=date(2020, 10, 9)
    )
    return replied(processing(), DAY).do(filed, date(2020, 9, 28))


DEFENCE = c.AnswerChallenge(challenge=1, points=("程序合法",), evidence=("登记表", "送达回证"))


@pytest.mark.parametrize(
    ("on", "told"), [(date(2020, 10, 26), []), (date(2020, 10, 27), ["defence_late"])]
)
def test_the_answer_in_court_is_due_fifteen_days_after_the_copy(on: date, told: list[str]) -> None:
    # Fifteen calendar days from 9 October end on Saturday the 24th, so on Monday the 26th.
    desk = challenged().do(DEFENCE, on)
    assert [f.code for f in desk.findings] == told
    assert desk.case
    (found,) = [d for d in deadlines(desk.case, desk.world) if d.kind == "challenge_answer"]
    assert (found.due_on, found.met_on) == (date(2020, 10, 26), on)


def test_an_answer_is_handed_in_once_with_evidence_and_after_the_copy() -> None:
    desk = challenged()
    empty = c.AnswerChallenge(challenge=1, points=("程序合法",), evidence=())
    unknown = c.AnswerChallenge(challenge=2, points=("程序合法",), evidence=("登记表",))
    assert desk.refusal(empty, date(2020, 10, 12)).code == "evidence_missing"
    assert desk.refusal(unknown, date(2020, 10, 12)).code == "unknown_challenge"
    again = desk.do(DEFENCE, date(2020, 10, 12)).refusal(DEFENCE, date(2020, 10, 12))
    assert again.code == "answer_known"


def test_without_the_day_of_the_copy_there_is_no_period_to_keep() -> None:
    filed = c.RecordChallenge(kind=ChallengeKind.LITIGATION, body="某法院")
    desk = replied(processing(), DAY).do(filed, date(2020, 9, 28))
    assert desk.refusal(DEFENCE, date(2020, 10, 12)).code == "copy_unknown"
