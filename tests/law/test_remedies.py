"""Remedies by date, and the days to answer a challenge."""

from datetime import date, timedelta

import pytest

from rules import (
    AgencyKind,
    LawError,
    Outcome,
    RemedyClass,
    RuleError,
    WorkCalendar,
    challenge_answer_due,
    law_on,
    regime_on,
    remedy_class,
)
from rules.remedies import not_alone, own_defendant

REFUSALS = {Outcome.WITHHOLD, Outcome.PARTLY_DISCLOSE}
LAST_OLD_DAY, FIRST_NEW_DAY = date(2023, 12, 31), date(2024, 1, 1)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_before_2024_the_applicant_chooses(outcome: Outcome) -> None:
    assert remedy_class(outcome, LAST_OLD_DAY) is RemedyClass.OPTIONAL


@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("on", [FIRST_NEW_DAY, date(2025, 5, 31), date(2025, 6, 1)])
def test_from_2024_only_refusals_go_to_review_first(outcome: Outcome, on: date) -> None:
    first = remedy_class(outcome, on) is RemedyClass.REVIEW_FIRST

    assert first is (outcome in REFUSALS)


def test_the_class_in_the_law_is_that_of_today() -> None:
    for outcome, rule in law_on(FIRST_NEW_DAY).outcomes.items():
        assert rule.remedy is remedy_class(outcome, date(2026, 1, 1))


def test_statistics_and_remedies_are_separate_facts() -> None:
    rule = law_on(FIRST_NEW_DAY).outcomes[Outcome.SPECIAL_REGIME]

    assert rule.row == "3.3.8"  # counted among the refusals
    assert rule.remedy is RemedyClass.OPTIONAL  # and yet none of articles 14 to 16


@pytest.mark.parametrize("on", [date(2019, 5, 15), LAST_OLD_DAY, FIRST_NEW_DAY, date(2026, 1, 1)])
def test_the_terms_of_remedies(on: date) -> None:
    regime = regime_on(on)

    assert (regime.review_days, regime.suit_months, regime.suit_after_review_days) == (60, 6, 15)
    assert set(regime.review_bodies) == set(AgencyKind)


def test_what_the_new_reconsideration_law_changed() -> None:
    old, new = regime_on(LAST_OLD_DAY), regime_on(FIRST_NEW_DAY)

    assert (old.review_first_since, new.review_first_since) == (None, FIRST_NEW_DAY)
    assert regime_on(date(2026, 1, 1)).review_first_since == FIRST_NEW_DAY
    assert (old.electronic_needs_online_channel, new.electronic_needs_online_channel) == (
        False,
        True,
    )
    assert (old.may_choose_superior_department, new.may_choose_superior_department) == (True, False)
    assert old.review_bodies[AgencyKind.DEPARTMENT].startswith("本级人民政府或者上一级主管部门")
    assert new.review_bodies[AgencyKind.DEPARTMENT] == "本级人民政府"
    assert old.citations["filing_term"].code == "9"
    assert new.citations["filing_term"].code == "20"
    assert "review_first" not in old.citations
    assert new.citations["review_first"].code == "23.1(4)"


def test_the_scope_of_refusals_was_open_until_june_2025() -> None:
    assert not regime_on(date(2025, 5, 31)).scope_settled
    assert regime_on(date(2025, 6, 1)).scope_settled
    scope = regime_on(date(2025, 6, 1)).citations["review_first_scope"]
    assert scope.text == "法释〔2025〕8号第一条第二项"


SPC_DAY = date(2025, 6, 1)


def test_the_court_lets_what_is_not_provided_or_processed_be_sued_directly() -> None:
    suits = regime_on(SPC_DAY).suits

    for outcome in (Outcome.NOT_HELD, Outcome.STILL_UNCLEAR, Outcome.EXCESSIVE, Outcome.REPEAT):
        assert suits[outcome].text == "法释〔2025〕8号第一条第一项"
        assert remedy_class(outcome, SPC_DAY) is RemedyClass.OPTIONAL
    assert suits[Outcome.DISCLOSE].text == "法释〔2025〕8号第一条第三项"
    assert not REFUSALS & set(suits)
    assert not regime_on(date(2025, 5, 31)).suits


def test_what_courts_are_said_to_turn_away_is_noted_and_changes_no_class() -> None:
    reported = regime_on(SPC_DAY).reported_not_accepted

    assert Outcome.REPEAT in reported
    assert Outcome.SPECIAL_REGIME in reported
    assert not REFUSALS & reported
    assert {remedy_class(outcome, SPC_DAY) for outcome in reported} == {RemedyClass.OPTIONAL}
    assert not regime_on(date(2025, 5, 31)).reported_not_accepted


@pytest.mark.parametrize(
    ("act", "last_silent", "article"),
    [
        ("fee", date(2020, 12, 31), "《政府信息公开信息处理费管理办法》第八条"),
        ("procedural", date(2021, 12, 31), "国办函〔2021〕132号第三条"),
    ],
)
def test_fees_and_procedural_acts_are_not_challenged_alone(
    act: str, last_silent: date, article: str
) -> None:
    cited = not_alone(act, last_silent + timedelta(days=1))

    assert not_alone(act, last_silent) is None
    assert cited is not None
    assert cited.text == article


def test_an_office_that_answers_in_its_own_name_is_the_defendant_from_april_2021() -> None:
    cited = own_defendant(date(2021, 4, 1))

    assert own_defendant(date(2021, 3, 31)) is None
    assert cited is not None
    assert cited.text == "法释〔2021〕5号第六条"


def test_a_paper_before_the_regulation_is_outside_this_program() -> None:
    with pytest.raises(LawError):
        regime_on(date(2019, 5, 14))


@pytest.mark.parametrize(
    ("kind", "copy", "procedure", "due"),
    [
        ("reconsideration", date(2024, 1, 2), None, date(2024, 1, 16)),
        ("reconsideration", date(2024, 1, 2), "ordinary", date(2024, 1, 16)),
        ("reconsideration", date(2024, 1, 2), "simple", date(2024, 1, 9)),
        ("reconsideration", date(2024, 1, 2), "简易", date(2024, 1, 9)),
        ("reconsideration", date(2023, 12, 29), None, date(2024, 1, 8)),
        ("reconsideration", date(2020, 9, 25), None, date(2020, 10, 9)),
        ("reconsideration", date(2020, 9, 25), "simple", date(2020, 10, 9)),
        ("litigation", date(2024, 3, 1), None, date(2024, 3, 18)),
        ("litigation", date(2020, 9, 21), None, date(2020, 10, 9)),
        ("litigation_after_reconsideration", date(2024, 3, 4), None, date(2024, 3, 19)),
    ],
)
def test_a_challenge_is_answered_by(
    work: WorkCalendar, kind: str, copy: date, procedure: str | None, due: date
) -> None:
    assert challenge_answer_due(kind, copy, procedure, work) == (due, False)


def test_an_answer_due_next_year_is_provisional(work: WorkCalendar) -> None:
    assert challenge_answer_due("litigation", date(2026, 12, 20), None, work).provisional


def test_an_unknown_challenge_is_refused(work: WorkCalendar) -> None:
    with pytest.raises(RuleError, match="petition"):
        challenge_answer_due("petition", date(2024, 1, 2), None, work)
