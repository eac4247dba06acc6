"""The lawful set: what must be withheld, what may be, and what must be given."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rules.words import Ground, Outcome
from tests.process.check_builders import (
    MAY,
    MUST,
    REASON,
    a_case,
    a_world,
    an_authorization,
    blocks,
    codes,
    decide,
    findings,
    given,
    partly,
    reopened,
    warns,
    withheld,
)
from workflow.case import Authorization, Case
from workflow.decision import Decision, Evidence, Passage
from workflow.exemption import Verdict, blocking, cited_grounds, lawful_set
from workflow.findings import Finding
from workflow.vocabulary import Severity

INVALID = {"evidence": Evidence()}


def spoilt(passage: Passage) -> Passage:
    """Return the passage with nothing on file."""
    return replace(passage, evidence=Evidence())


def verdict_on(passage: Passage, case: Case | None = None) -> Verdict:
    return lawful_set(case or a_case(consultations=()), partly(passage), passage, a_world())


def predicates(verdict: Verdict) -> tuple[bool, bool, bool]:
    return verdict.must_withhold, verdict.may_withhold, verdict.must_disclose


def test_an_empty_verdict_is_for_disclosure() -> None:
    assert predicates(Verdict()) == (False, False, True)


@pytest.mark.parametrize(
    ("passage", "must", "may"),
    [
        (withheld(), (), ()),
        (withheld(Ground.STATE_SECRET), (Ground.STATE_SECRET,), ()),
        (withheld(Ground.PERSONAL_PRIVACY), (Ground.PERSONAL_PRIVACY,), ()),
        (withheld(Ground.DELIBERATIVE), (), (Ground.DELIBERATIVE,)),
        (
            withheld(Ground.ENFORCEMENT_FILE, Ground.PUBLIC_SAFETY, Ground.STATE_SECRET),
            (Ground.STATE_SECRET, Ground.PUBLIC_SAFETY),
            (Ground.ENFORCEMENT_FILE,),
        ),
        (spoilt(withheld(*Ground)), (), ()),
    ],
)
@pytest.mark.parametrize("disclose", [True, False])
def test_exactly_one_of_three_holds(
    passage: Passage, must: tuple[Ground, ...], may: tuple[Ground, ...], *, disclose: bool
) -> None:
    verdict = verdict_on(replace(passage, disclose=disclose))

    assert (verdict.must, verdict.may) == (must, may)
    assert predicates(verdict) == (bool(must), bool(may) and not must, not must and not may)
    assert set(verdict.defects) == set(passage.grounds) - {*must, *may}
    assert all(blocking(found) for found in verdict.defects.values())


@pytest.mark.parametrize(
    ("passage", "cited"),
    [
        (withheld(Ground.PERSONAL_PRIVACY, Ground.STATE_SECRET), MUST[:1] + MUST[4:5]),
        (withheld(Ground.DELIBERATIVE, Ground.STATE_SECRET), MUST[:1]),
        (withheld(Ground.ENFORCEMENT_FILE, Ground.INTERNAL_AFFAIRS), (MAY[0], MAY[2])),
        (withheld(Ground.STATE_SECRET, Ground.DELIBERATIVE, mark=""), MAY[1:2]),
        (withheld(Ground.STATE_SECRET, Ground.STATE_SECRET), MUST[:1]),
        (withheld(), ()),
        (given(Ground.STATE_SECRET), ()),
    ],
)
def test_the_letter_cites_all_that_binds_and_else_what_was_chosen(
    passage: Passage, cited: tuple[Ground, ...]
) -> None:
    assert cited_grounds(a_case(), partly(passage), passage, a_world()) == cited


# ── Over-withheld and under-protected ────────────────────────────────────────


def test_withheld_without_any_ground_is_over_withheld() -> None:
    [finding] = findings(partly(withheld()))

    assert (finding.code, finding.severity, finding.rule) == (
        "over_withheld",
        Severity.BLOCK,
        "X01",
    )
    assert (finding.item, finding.passage, finding.article) == (1, "附表", "13.1")
    for way in ("遮蔽姓名和号码", "事实与意见分开", "延后提供", "查阅", "只提供其中一部分"):
        assert way in finding.mend


@pytest.mark.parametrize("ground", MUST)
def test_given_on_a_ground_that_binds_is_under_protected(ground: Ground) -> None:
    found = findings(decide(Outcome.DISCLOSE, given(ground)))

    assert [(f.code, f.severity) for f in found] == [("under_protected", Severity.BLOCK)]
    assert found[0].article in {"14", "15"}


@pytest.mark.parametrize(
    "passage", [*(given(ground) for ground in MAY), *(spoilt(given(ground)) for ground in Ground)]
)
def test_considered_and_not_applied_is_at_most_worth_a_word(passage: Passage) -> None:
    found = findings(decide(Outcome.DISCLOSE, passage), a_case(consultations=()))

    assert [(f.code, f.severity) for f in found] == [("considered_not_applied", Severity.INFO)]


def test_given_without_grounds_needs_no_word() -> None:
    assert not findings(decide(Outcome.DISCLOSE, given()))


@pytest.mark.parametrize("ground", MAY)
def test_a_discretion_beside_a_duty_stays_on_file(ground: Ground) -> None:
    found = findings(partly(withheld(ground, Ground.STATE_SECRET)))

    assert [(f.code, f.severity) for f in found] == [("discretionary_left_out", Severity.INFO)]


# ── Topics ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("authorizations", "allowed"),
    [
        ((an_authorization(Ground.DELIBERATIVE),), True),
        ((an_authorization(Ground.INTERNAL_AFFAIRS),), False),
        ((an_authorization(Ground.DELIBERATIVE, label="正文"),), False),
        ((an_authorization(Ground.DELIBERATIVE, item=2),), False),
        ((), False),
    ],
)
def test_the_head_may_let_a_discretionary_ground_stand(
    authorizations: tuple[Authorization, ...], *, allowed: bool
) -> None:
    case = a_case(topics=("epidemic",), authorizations=authorizations)
    found = findings(partly(withheld(Ground.DELIBERATIVE)), case)

    assert blocking(found) is not allowed


@pytest.mark.parametrize("topics", [(), ("epidemic",)])
@pytest.mark.parametrize(
    ("passage", "refused"),
    [
        (given(), ["under_protected"]),
        (given(Ground.DELIBERATIVE), ["under_protected"]),
        (withheld(Ground.PERSONAL_PRIVACY), []),
        (withheld(), ["over_withheld"]),
    ],
)
def test_personal_data_from_epidemic_control_is_not_given_unmasked(
    topics: tuple[str, ...], passage: Passage, refused: list[str]
) -> None:
    passage = replace(passage, label="名单", epidemic_personal_data=True)
    rest = (given(), withheld(Ground.STATE_SECRET, label="乙"))
    case = a_case(topics=topics)
    draft = decide(Outcome.PARTLY_DISCLOSE, passage, *rest)

    assert blocks(findings(draft, case)) == refused
    assert lawful_set(case, draft, passage, a_world()).must_withhold is (
        refused != ["over_withheld"]
    )


# ── Art. 16: reasons that are none ───────────────────────────────────────────


@pytest.mark.parametrize(("times", "reminded"), [(0, False), (4, False), (5, True), (9, True)])
def test_a_reason_used_again_and_again_is_boilerplate(times: int, *, reminded: bool) -> None:
    world = a_world(reasons_used={REASON: times})

    for ground in MAY:
        found = findings(partly(withheld(ground, reason=f" {REASON}")), world=world)
        assert warns(found) == (["reason_boilerplate"] if reminded else [])
        assert not blocks(found)


def test_reasons_are_only_weighed_where_there_is_a_choice() -> None:
    world = a_world(reasons_used={"国家秘密": 9})

    for grounds in ((Ground.STATE_SECRET,), (Ground.STATE_SECRET, Ground.DELIBERATIVE)):
        assert not warns(findings(partly(withheld(*grounds, reason="国家秘密")), world=world))


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("属于过程性信息，可以不予公开", "reason_repeats_article"),
        ("属于工作秘密，公开会影响执法检查", "not_a_ground"),
    ],
)
def test_a_reason_that_gives_none_is_remarked(reason: str, code: str) -> None:
    found = findings(partly(withheld(Ground.DELIBERATIVE, reason=reason)))

    assert [(f.code, f.severity, f.rule) for f in found] == [(code, Severity.WARN, "X01")]


# ── After a reply was undone on the merits ───────────────────────────────────

BEFORE = partly(withheld(Ground.DELIBERATIVE, Ground.ENFORCEMENT_FILE))


@pytest.mark.parametrize(
    ("passage", "again"),
    [
        (withheld(Ground.DELIBERATIVE), True),
        (withheld(Ground.DELIBERATIVE, reason=f"{REASON} "), True),
        (withheld(Ground.STATE_SECRET, Ground.ENFORCEMENT_FILE), True),
        (withheld(Ground.INTERNAL_AFFAIRS), False),
        (withheld(Ground.DELIBERATIVE, reason="后续谈判仍在进行，公开会泄露底价"), False),
        (withheld(Ground.DELIBERATIVE, label="附表二"), False),
    ],
)
def test_the_same_refusal_is_not_made_again(passage: Passage, *, again: bool) -> None:
    found = findings(partly(passage), reopened(BEFORE))

    assert blocks(found) == (["same_again"] if again else [])
    assert [f.article for f in found if f.code == "same_again"] == ["行政诉讼法71"] * again


@pytest.mark.parametrize(
    "case",
    [
        a_case(),
        reopened(BEFORE, on_merits=False),
        reopened(BEFORE, void=True),
        reopened(replace(BEFORE, item=2)),
        reopened(partly(given(Ground.DELIBERATIVE, label="附表"))),
        reopened(),
        replace(reopened(BEFORE), replies=()),
    ],
)
def test_what_was_not_undone_on_the_merits_may_be_said_again(case: Case) -> None:
    assert not blocks(findings(BEFORE, case))


def test_a_recalled_second_reply_does_not_hide_the_one_that_was_undone() -> None:
    case = reopened(BEFORE)
    other = partly(withheld(Ground.INTERNAL_AFFAIRS))
    case = replace(case, replies=(*case.replies, *reopened(other, void=True).replies))

    assert blocks(findings(BEFORE, case)) == ["same_again"]
    assert not blocks(findings(other, case))


# ── Severities ───────────────────────────────────────────────────────────────


def a_finding(severity: Severity) -> Finding:
    return Finding(code="x", severity=severity, message="")


@pytest.mark.parametrize(
    ("found", "refused"),
    [
        ([], False),
        ([Severity.INFO, Severity.WARN], False),
        ([Severity.INFO, Severity.BLOCK], True),
    ],
)
def test_only_a_blocking_finding_refuses(found: Sequence[Severity], *, refused: bool) -> None:
    assert blocking([a_finding(severity) for severity in found]) is refused


def test_passages_of_an_outcome_that_has_none_are_not_judged() -> None:
    draft: Decision = decide(Outcome.NOT_HELD, withheld())

    assert codes(findings(draft)) == ["passages_not_allowed"]
