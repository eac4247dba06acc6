"""What each ground must be able to show (process 5.2): valid, and each way of not being valid."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from rules.words import Ground, NormLevel, Outcome
from tests.process.check_builders import (
    EVIDENCE,
    MAY,
    MUST,
    a_case,
    a_world,
    blocks,
    codes,
    decide,
    findings,
    given,
    items,
    partly,
    warns,
    withheld,
)
from workflow.decision import Evidence, Override, Passage
from workflow.exemption import lawful_set
from workflow.grounds import NARROWER, NEEDS
from workflow.objections import Need
from workflow.vocabulary import Severity

APPLIES = Override(norm="国有土地上房屋征收与补偿条例", article="第二十九条", applies=True)
EXPLAINED = Override(norm="行政处罚法", why="本件不是处罚决定")
UNEXPLAINED = Override(norm="行政处罚法")
BASIS = {Ground.STATE_SECRET: "14", Ground.PROHIBITED_BY_LAW: "14", Ground.PUBLIC_SAFETY: "14"}
ARTICLE = {
    **BASIS,
    **dict.fromkeys(MUST[3:], "15"),
    Ground.INTERNAL_AFFAIRS: "16.1",
    Ground.DELIBERATIVE: "16.2",
    Ground.ENFORCEMENT_FILE: "16.2",
}


def test_evidence_is_kept_under_the_name_of_its_ground() -> None:
    assert {field.name for field in fields(Evidence)} == {ground.value for ground in Ground}


def test_every_ground_has_needs_that_its_evidence_can_meet_and_a_narrower_way() -> None:
    for ground in Ground:
        keys = {field.name for field in fields(EVIDENCE[ground])}
        assert {need.key for need in NEEDS[ground]} <= keys
        assert NARROWER[ground]


@pytest.mark.parametrize("ground", Ground)
def test_with_its_evidence_each_ground_carries_a_passage(ground: Ground) -> None:
    assert not findings(partly(withheld(ground)))


@pytest.mark.parametrize("ground", Ground)
def test_without_any_evidence_no_ground_does(ground: Ground) -> None:
    bare = replace(withheld(ground), evidence=Evidence())
    found = findings(partly(bare), a_case(consultations=()))

    assert blocks(found)[0] == "over_withheld"
    assert len(blocks(found)) > 1


@pytest.mark.parametrize(
    ("ground", "need"),
    [(ground, need) for ground in Ground for need in NEEDS[ground]],
    ids=lambda value: getattr(value, "key", str(value)),
)
def test_each_missing_key_makes_the_ground_invalid(ground: Ground, need: Need) -> None:
    value = getattr(EVIDENCE[ground], need.key)
    changes: dict[str, Any] = {need.key: "　" if type(value) is str else None}

    over, defect = findings(partly(withheld(ground, **changes)))

    assert (over.code, over.severity) == ("over_withheld", Severity.BLOCK)
    assert (defect.code, defect.severity) == (f"{need.key}_missing", Severity.BLOCK)
    assert defect.article == ARTICLE[ground]
    assert need.what in defect.message
    assert f"evidence.{ground.value}.{need.key}" in defect.mend
    assert NARROWER[ground] in over.mend


@pytest.mark.parametrize(
    ("ground", "changes", "code", "rule"),
    [
        (Ground.STATE_SECRET, {"expires_on": date(2020, 10, 25)}, "secrecy_expired", "X04"),
        (
            Ground.PROHIBITED_BY_LAW,
            {"norm_level": NormLevel.LOCAL_REGULATION},
            "norm_level_too_low",
            "X05",
        ),
        (
            Ground.PROHIBITED_BY_LAW,
            {"norm_level": NormLevel.DEPARTMENTAL_RULE},
            "norm_level_too_low",
            "X05",
        ),
        (
            Ground.PROHIBITED_BY_LAW,
            {"norm_level": NormLevel.LOCAL_GOVERNMENT_RULE},
            "norm_level_too_low",
            "X05",
        ),
        (
            Ground.PROHIBITED_BY_LAW,
            {"norm_level": NormLevel.NORMATIVE_DOCUMENT},
            "norm_level_too_low",
            "X05",
        ),
        (Ground.PUBLIC_SAFETY, {"opinion_of": ""}, "safety_review_missing", "X06"),
        (Ground.INTERNAL_AFFAIRS, {"no_external_effect": False}, "external_effect", "X11"),
        (Ground.INTERNAL_AFFAIRS, {"override_checked": False}, "override_not_checked", "X11"),
        (Ground.INTERNAL_AFFAIRS, {"override": (APPLIES,)}, "override_applies", "X13"),
        (Ground.DELIBERATIVE, {"final_act": True}, "final_act", "X12"),
        (
            Ground.DELIBERATIVE,
            {"process_finished": True, "finished_on": date(2020, 3, 1)},
            "why_still_missing",
            "X12",
        ),
        (Ground.DELIBERATIVE, {"override_checked": False}, "override_not_checked", "X12"),
        (Ground.DELIBERATIVE, {"override": (EXPLAINED, APPLIES)}, "override_applies", "X13"),
        (Ground.ENFORCEMENT_FILE, {"result_document": True}, "result_document", "X14"),
        (Ground.ENFORCEMENT_FILE, {"override_checked": False}, "override_not_checked", "X14"),
        (Ground.ENFORCEMENT_FILE, {"override": (APPLIES,)}, "override_applies", "X13"),
    ],
)
def test_each_wrong_answer_makes_the_ground_invalid(
    ground: Ground, changes: dict[str, Any], code: str, rule: str
) -> None:
    over, defect = findings(partly(withheld(ground, **changes)))

    assert over.code == "over_withheld"
    assert (defect.code, defect.severity, defect.rule) == (code, Severity.BLOCK, rule)
    assert "公开" in defect.mend


@pytest.mark.parametrize(
    ("ground", "changes"),
    [
        (Ground.STATE_SECRET, {"expires_on": date(2020, 10, 26)}),  # the last day
        (Ground.STATE_SECRET, {"classified_on": None, "custodian": ""}),
        (Ground.PROHIBITED_BY_LAW, {"norm_level": NormLevel.ADMINISTRATIVE_REGULATION}),
        (Ground.PUBLIC_SAFETY, {"opinion_of": "", "internal_review": "9月20日会审记录"}),
        (Ground.INTERNAL_AFFAIRS, {"override": (EXPLAINED,)}),
        (
            Ground.DELIBERATIVE,
            {
                "process_finished": True,
                "finished_on": date(2020, 3, 1),
                "why_still": "同一事项的后续谈判仍在进行",
            },
        ),
        (Ground.DELIBERATIVE, {"override": (EXPLAINED,)}),
        (Ground.ENFORCEMENT_FILE, {"override": (EXPLAINED,)}),
    ],
)
def test_each_right_answer_keeps_the_ground_valid(ground: Ground, changes: dict[str, Any]) -> None:
    assert not findings(partly(withheld(ground, **changes)))


@pytest.mark.parametrize(
    ("ground", "changes", "code", "rule"),
    [
        (
            Ground.STATE_SECRET,
            {"classified_on": date(2020, 9, 15)},
            "classified_after_request",
            "X03",
        ),
        (
            Ground.DELIBERATIVE,
            {"process_finished": True, "why_still": "后续谈判仍在进行"},
            "finished_on_missing",
            "X12",
        ),
        (Ground.DELIBERATIVE, {"override": (UNEXPLAINED,)}, "override_unexplained", "X13"),
    ],
)
def test_what_is_only_doubtful_reminds(
    ground: Ground, changes: dict[str, Any], code: str, rule: str
) -> None:
    [finding] = findings(partly(withheld(ground, **changes)))

    assert (finding.code, finding.severity, finding.rule) == (code, Severity.WARN, rule)


def test_classified_on_the_day_of_receipt_is_in_time() -> None:
    assert not findings(partly(withheld(Ground.STATE_SECRET, classified_on=date(2020, 9, 14))))


@pytest.mark.parametrize("ground", Ground)
def test_a_draft_is_judged_as_of_its_day(ground: Ground) -> None:
    later = findings(partly(withheld(ground)), world=a_world(today=date(2024, 6, 1)))

    assert ("secrecy_expired" in blocks(later)) is (ground is Ground.STATE_SECRET)
    assert ("第二十四条" in "".join(f.message for f in later)) is (ground is Ground.STATE_SECRET)


# ── X01: a reason ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("reason", ["", " ", "　\n"])
def test_without_a_reason_nothing_is_withheld(ground: Ground, reason: str) -> None:
    over, defect = findings(partly(withheld(ground, reason=reason)))

    assert over.code == "over_withheld"
    assert (defect.code, defect.rule, defect.article) == ("reason_missing", "X01", "37")


def test_the_reason_of_a_whole_refusal_is_due_under_another_item() -> None:
    found = findings(decide(Outcome.WITHHOLD, withheld(Ground.STATE_SECRET, reason="")))

    assert ("reason_missing", "36(3)") in [(f.code, f.article) for f in found]


def test_a_missing_reason_is_said_once_however_many_grounds_are_claimed() -> None:
    assert blocks(findings(partly(withheld(*MUST, reason="")))) == [
        "over_withheld",
        "reason_missing",
    ]


@pytest.mark.parametrize("ground", MUST)
def test_a_secret_that_is_given_is_protected_with_or_without_a_reason(ground: Ground) -> None:
    for reason in ("", "有理由"):
        draft = decide(Outcome.DISCLOSE, given(ground, reason=reason))
        assert blocks(findings(draft)) == ["under_protected"]


@pytest.mark.parametrize("ground", MAY)
def test_a_discretion_without_a_reason_is_not_exercised(ground: Ground) -> None:
    passage = given(ground, reason="")

    assert lawful_set(a_case(), partly(passage), passage, a_world()).must_disclose


# ── X15: what must be published anyway ───────────────────────────────────────


@pytest.mark.parametrize("ground", Ground)
def test_discretion_ends_where_publication_is_a_duty(ground: Ground) -> None:
    case = a_case(items=items({"proactive": True}))
    found = findings(partly(withheld(ground)), case)

    assert codes(found) == (["over_withheld", "proactive_item"] if ground in MAY else [])
    assert {f.rule for f in found} <= {"X01", "X15"}


# ── Topics ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("topics", [(), ("other",), ("epidemic",), ("other", "epidemic")])
def test_a_topic_may_presume_disclosure(ground: Ground, topics: tuple[str, ...]) -> None:
    found = findings(partly(withheld(ground)), a_case(topics=topics))
    refused = ground in MAY and "epidemic" in topics

    assert blocks(found) == (["over_withheld", "topic_presumes_disclosure"] if refused else [])
    assert not warns(found)
    assert not refused or "authorize_ground" in found[-1].mend


def mixed() -> Passage:
    return withheld(Ground.STATE_SECRET, Ground.DELIBERATIVE, mark="")


def test_where_one_ground_carries_the_others_only_remind_and_are_left_out() -> None:
    found = findings(partly(mixed()))
    verdict = lawful_set(a_case(), partly(mixed()), mixed(), a_world())

    assert [(f.code, f.severity) for f in found] == [("mark_missing", Severity.WARN)]
    assert verdict.may == (Ground.DELIBERATIVE,)
    assert [f.severity for f in verdict.defects[Ground.STATE_SECRET]] == [Severity.BLOCK]
