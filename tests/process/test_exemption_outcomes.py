"""What each outcome must be able to show (process 5.1), accepted and refused."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.words import Ground, NormLevel, Outcome
from tests.process.check_builders import (
    a_case,
    a_search,
    a_world,
    blocks,
    codes,
    complete,
    decide,
    findings,
    given,
    items,
    warns,
    withheld,
)
from workflow.case import Case
from workflow.decision import EarlierReply, Passage
from workflow.objections import Need
from workflow.outcomes import NEEDS
from workflow.vocabulary import Severity

SECRET = withheld(Ground.STATE_SECRET)
WITHOUT_PASSAGES = sorted(
    set(Outcome) - {Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE, Outcome.WITHHOLD}
)


def case_with(item: Mapping[str, Any]) -> Case:
    return a_case(items=items({"title": "2019年某村征地补偿安置方案", **item}))


@pytest.mark.parametrize("outcome", Outcome)
def test_a_complete_decision_passes_without_a_word(outcome: Outcome) -> None:
    assert not findings(complete(outcome))


@pytest.mark.parametrize(
    ("outcome", "change", "code", "rule", "article"),
    [
        (Outcome.DISCLOSE, {"provide": ""}, "provide_missing", "X30", "36(2)"),
        (Outcome.ALREADY_PUBLIC, {"where": " "}, "where_missing", "X36", "36(1)"),
        (Outcome.PARTLY_DISCLOSE, {"provide": ""}, "provide_missing", "X30", "37"),
        (Outcome.WITHHOLD, {"separable": None}, "not_separable_missing", "X02", "37"),
        (Outcome.WITHHOLD, {"separable": True}, "must_be_partly", "X02", "37"),
        (
            Outcome.WITHHOLD,
            {"separability_reason": " "},
            "separability_reason_missing",
            "X02",
            "37",
        ),
        (Outcome.NOT_HELD, {"reason": ""}, "reason_missing", "X16", "36(4)"),
        (Outcome.OTHER_AGENCY, {"reason": ""}, "reason_missing", "X17", "36(5)"),
        (Outcome.OTHER_AGENCY, {"agency": ""}, "agency_missing", "X17", "36(5)"),
        (Outcome.OTHER_AGENCY, {"agency_contact": ""}, "agency_contact_missing", "X17", "36(5)"),
        (Outcome.REPEAT, {"earlier": EarlierReply()}, "earlier_missing", "X18", "36(6)"),
        (Outcome.REPEAT, {"earlier": EarlierReply(number="1")}, "earlier_missing", "X18", "36(6)"),
        (
            Outcome.REPEAT,
            {"earlier": EarlierReply(date=date(2020, 5, 6))},
            "earlier_missing",
            "X18",
            "36(6)",
        ),
        (Outcome.REPEAT, {"unchanged": None}, "change_not_checked", "X18", "36(6)"),
        (Outcome.REPEAT, {"unchanged": False}, "circumstances_changed", "X18", "36(6)"),
        (Outcome.SPECIAL_REGIME, {"norm": ""}, "norm_missing", "X20", "36(7)"),
        (Outcome.SPECIAL_REGIME, {"norm_article": ""}, "norm_article_missing", "X20", "36(7)"),
        (Outcome.SPECIAL_REGIME, {"window": ""}, "window_missing", "X20", "36(7)"),
        (Outcome.NEEDS_PROCESSING, {"reason": ""}, "reason_missing", "X21", "38"),
        (Outcome.NEEDS_PROCESSING, {"processing": ""}, "processing_missing", "X21", "38"),
        (Outcome.STILL_UNCLEAR, {"reason": ""}, "reason_missing", "X19", "30"),
        (Outcome.PETITION, {"reason": ""}, "reason_missing", "X22", "39.1"),
        (Outcome.PUBLICATION, {"where": ""}, "where_missing", "X37", "39.2"),
        (Outcome.EXCESSIVE, {"reason": ""}, "reason_missing", "X23", "35"),
        (Outcome.REISSUE, {"earlier": EarlierReply()}, "earlier_missing", "X38", ""),
        (Outcome.REISSUE, {"reason": ""}, "reason_missing", "X38", ""),
        (Outcome.NOT_GOVERNMENT_INFORMATION, {"category": None}, "category_missing", "X39", "2"),
        (Outcome.NOT_GOVERNMENT_INFORMATION, {"reason": ""}, "reason_missing", "X39", "2"),
    ],
)
def test_whatever_is_missing_refuses_the_draft(
    outcome: Outcome, change: dict[str, Any], code: str, rule: str, article: str
) -> None:
    [finding] = findings(complete(outcome, **change))

    assert (finding.code, finding.severity) == (code, Severity.BLOCK)
    assert (finding.rule, finding.article, finding.item) == (rule, article, 1)
    assert finding.mend


@pytest.mark.parametrize(
    ("outcome", "need"),
    [(outcome, need) for outcome in Outcome for need in NEEDS[outcome]],
    ids=lambda value: getattr(value, "key", str(value)),
)
def test_every_need_of_the_table_refuses_when_it_is_not_met(outcome: Outcome, need: Need) -> None:
    blank = None if need.key == "category" else " "

    assert need.code in blocks(findings(complete(outcome, **{need.key: blank})))


def test_no_outcome_asks_for_more_than_its_own_keys() -> None:
    for outcome in Outcome:
        assert not blocks(findings(complete(outcome, when="", item=1)))


# ── Passages ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("outcome", WITHOUT_PASSAGES)
@pytest.mark.parametrize("passage", [given(), SECRET])
def test_most_outcomes_have_no_passages(outcome: Outcome, passage: Passage) -> None:
    assert blocks(findings(decide(outcome, passage))) == ["passages_not_allowed"]


@pytest.mark.parametrize(
    ("outcome", "passages", "refused"),
    [
        (Outcome.DISCLOSE, (), []),
        (Outcome.DISCLOSE, (given(),), []),
        (Outcome.DISCLOSE, (given(), SECRET), ["disclose_with_withheld"]),
        (Outcome.PARTLY_DISCLOSE, (given(), SECRET), []),
        (Outcome.PARTLY_DISCLOSE, (given(),), ["nothing_withheld"]),
        (Outcome.PARTLY_DISCLOSE, (SECRET,), ["nothing_given"]),
        (Outcome.PARTLY_DISCLOSE, (), ["nothing_given", "nothing_withheld"]),
        (Outcome.WITHHOLD, (SECRET,), []),
        (Outcome.WITHHOLD, (), ["passages_missing"]),
        (Outcome.WITHHOLD, (given(), SECRET), ["withhold_with_given"]),
    ],
)
def test_passages_fit_the_outcome(
    outcome: Outcome, passages: tuple[Passage, ...], refused: list[str]
) -> None:
    assert blocks(findings(decide(outcome, *passages))) == refused


def test_two_passages_of_one_name_cannot_be_told_apart() -> None:
    found = findings(decide(Outcome.PARTLY_DISCLOSE, given(label="附表"), SECRET))

    assert codes(found) == ["label_twice"]
    assert warns(found) == ["label_twice"]


@pytest.mark.parametrize(
    ("passages", "reminded"),
    [
        ((withheld(Ground.PERSONAL_PRIVACY),), True),
        ((withheld(Ground.PERSONAL_PRIVACY, masking_suffices=False, public_interest="无"),), False),
        ((withheld(Ground.PERSONAL_PRIVACY, Ground.STATE_SECRET),), False),
        ((withheld(Ground.PERSONAL_PRIVACY), withheld(Ground.STATE_SECRET, label="乙")), False),
    ],
)
def test_where_masking_is_enough_something_can_be_given(
    passages: tuple[Passage, ...], *, reminded: bool
) -> None:
    found = findings(decide(Outcome.WITHHOLD, *passages))

    assert ("masking_leaves_rest" in warns(found)) is reminded
    assert not blocks(found)


# ── X36, X37: where it is ────────────────────────────────────────────────────


def test_a_home_page_is_no_place_yet_it_does_not_refuse() -> None:
    found = findings(decide(Outcome.ALREADY_PUBLIC, where="https://www.example.gov.cn/"))

    assert [(f.code, f.severity, f.rule) for f in found] == [
        ("where_is_home_page", Severity.WARN, "X36")
    ]


# ── X16: not held ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("searches", "clues", "refused"),
    [
        ((a_search(),), (), []),
        ((), (), ["search_missing"]),
        ((a_search(items=(2,)),), (), ["search_missing"]),
        ((a_search(),), ("档案柜三",), ["clues_unanswered"]),
        ((a_search(clues=("柜三没有",)),), ("档案柜三",), []),
        ((a_search(clues=("柜三没有",)),), ("档案柜三", "张会计经手"), ["clues_unanswered"]),
        ((a_search(clues=("柜三没有",)),) * 2, ("档案柜三", "张会计经手"), []),
        ((a_search(clues=("柜三没有", " ")),), ("档案柜三", "张会计经手"), ["clues_unanswered"]),
        (
            (a_search(clues=("无",)), a_search(items=(2,), clues=("无",))),
            ("档案柜三", "张会计经手"),
            ["clues_unanswered"],
        ),
    ],
)
def test_not_held_needs_a_search_that_answers_every_clue(
    searches: tuple[Any, ...], clues: tuple[str, ...], refused: list[str]
) -> None:
    case = replace(case_with({"clues": clues}), searches=searches)
    found = findings(complete(Outcome.NOT_HELD), case)

    assert blocks(found) == refused
    assert all(finding.rule == "X16" for finding in found)


@pytest.mark.parametrize(
    ("keywords", "reminded"),
    [
        (("2019年某村征地补偿安置方案",), True),
        (("《2019年某村征地补偿安置方案》", " 2019年某村征地补偿安置方案 "), True),
        (("2019年某村征地补偿安置方案", "补偿"), False),
        (("征地",), False),
    ],
)
def test_a_search_for_the_literal_title_alone_is_remarked(
    keywords: tuple[str, ...], *, reminded: bool
) -> None:
    case = replace(case_with({}), searches=(a_search(keywords=keywords),))
    found = findings(complete(Outcome.NOT_HELD), case)

    assert warns(found) == (["keywords_only_title"] if reminded else [])
    assert not blocks(found)


# ── X17, X20, X34 ────────────────────────────────────────────────────────────


def test_an_agency_that_cannot_be_determined_needs_no_name() -> None:
    decision = complete(Outcome.OTHER_AGENCY, agency="", agency_contact="", agency_unknown=True)

    assert not findings(decision)


@pytest.mark.parametrize(
    ("level", "found"),
    [
        (NormLevel.LAW, []),
        (NormLevel.ADMINISTRATIVE_REGULATION, []),
        (None, [("norm_level_missing", Severity.WARN)]),
        (NormLevel.LOCAL_REGULATION, [("norm_level_too_low", Severity.BLOCK)]),
        (NormLevel.DEPARTMENTAL_RULE, [("norm_level_too_low", Severity.BLOCK)]),
        (NormLevel.LOCAL_GOVERNMENT_RULE, [("norm_level_too_low", Severity.BLOCK)]),
        (NormLevel.NORMATIVE_DOCUMENT, [("norm_level_too_low", Severity.BLOCK)]),
    ],
)
def test_a_special_regime_rests_on_a_law_or_administrative_regulation(
    level: NormLevel | None, found: list[tuple[str, Severity]]
) -> None:
    decision = complete(Outcome.SPECIAL_REGIME, norm_level=level)

    assert [(f.code, f.severity) for f in findings(decision)] == found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"where": ""}, [("where_missing", Severity.BLOCK)]),
        ({"reason": "在档案馆"}, [("transfer_not_stated", Severity.WARN)]),
        (
            {"reason": ""},
            [("reason_missing", Severity.BLOCK), ("transfer_not_stated", Severity.WARN)],
        ),
    ],
)
def test_archives(change: dict[str, Any], found: list[tuple[str, Severity]]) -> None:
    decision = complete(Outcome.ARCHIVES, **change)
    got = findings(decision)

    assert [(f.code, f.severity) for f in got] == found
    assert {(f.rule, f.article) for f in got} <= {("X34", "《中华人民共和国档案法》第十一条")}


def test_the_archives_law_is_cited_as_of_the_day_of_the_draft() -> None:
    world = a_world(today=date(2021, 3, 1))
    [finding] = findings(complete(Outcome.ARCHIVES, where=""), world=world)

    assert finding.article == "《中华人民共和国档案法》第十五条"


# ── X19, X22, X23 ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("asked_on", "answered_on", "refused"),
    [
        (date(2020, 9, 23), date(2020, 9, 28), []),  # the 7th working day
        (date(2020, 9, 24), date(2020, 9, 28), ["correction_late"]),
        (date(2020, 9, 18), None, ["correction_unanswered"]),
        (date(2020, 9, 24), None, ["correction_late", "correction_unanswered"]),
    ],
)
def test_still_unclear_needs_a_correction_asked_in_time_and_answered(
    asked_on: date, answered_on: date | None, refused: list[str]
) -> None:
    correction = a_case().correction
    assert correction
    case = a_case(correction=replace(correction, asked_on=asked_on, answered_on=answered_on))
    found = findings(complete(Outcome.STILL_UNCLEAR), case)

    assert blocks(found) == refused
    assert all(finding.rule == "X19" for finding in found)


def test_still_unclear_without_any_correction_is_refused() -> None:
    found = findings(complete(Outcome.STILL_UNCLEAR), a_case(correction=None))

    assert blocks(found) == ["correction_missing"]


@pytest.mark.parametrize(
    ("item", "found"),
    [
        ({}, []),
        ({"document_number": "抚县政发〔2019〕5号"}, [("petition_names_record", Severity.BLOCK)]),
        ({"period": "2019年"}, [("petition_may_point_to_record", Severity.WARN)]),
        ({"record_kind": "会议纪要"}, [("petition_may_point_to_record", Severity.WARN)]),
        ({"clues": ("档案柜三",)}, [("petition_may_point_to_record", Severity.WARN)]),
        (
            {"document_number": "抚县政发〔2019〕5号", "period": "2019年"},
            [("petition_names_record", Severity.BLOCK)],
        ),
    ],
)
def test_a_petition_does_not_point_to_a_record(
    item: dict[str, Any], found: list[tuple[str, Severity]]
) -> None:
    got = findings(complete(Outcome.PETITION), case_with(item))

    assert [(f.code, f.severity) for f in got] == found
    assert all(finding.rule == "X22" for finding in got)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"expired_on": None}, [("explanation_open", Severity.BLOCK)]),
        ({"expired_on": None, "answered_on": date(2020, 9, 28), "text": "研究"}, []),
        (
            {"expired_on": None, "answered_on": date(2020, 9, 28), "accepted": True},
            [("explanation_accepted", Severity.WARN)],
        ),
    ],
)
def test_excessive_needs_an_explanation_that_was_asked_for(
    change: dict[str, Any], found: list[tuple[str, Severity]]
) -> None:
    explanation = a_case().explanation
    assert explanation
    case = a_case(explanation=replace(explanation, **change))
    got = findings(complete(Outcome.EXCESSIVE), case)

    assert [(f.code, f.severity) for f in got] == found
    assert all(finding.rule == "X23" for finding in got)


def test_excessive_without_asking_is_refused() -> None:
    found = findings(complete(Outcome.EXCESSIVE), a_case(explanation=None))

    assert blocks(found) == ["explanation_missing"]
