"""Third parties: asked, heard, weighed (15, 32; X07 to X10, X40)."""

from datetime import date
from typing import Any

import pytest

from rules.words import Ground, Outcome
from tests.process.check_builders import (
    a_case,
    a_consultation,
    a_world,
    answered,
    blocks,
    codes,
    decide,
    ended,
    findings,
    given,
    items,
    partly,
    withheld,
)
from workflow.case import Consultation
from workflow.decision import Decision
from workflow.exemption import lawful_set, released_against_objection
from workflow.vocabulary import ConsultationKind, EndHow, Opinion, Severity

OPEN = a_consultation(expired_on=None)
SILENT = a_consultation()
OBJECTS, PARTIAL, CONSENTS = (
    answered(o) for o in (Opinion.OBJECT, Opinion.PARTIAL, Opinion.CONSENT)
)
LATE: dict[str, Any] = {"answered_on": date(2020, 10, 22), "late": True}
OBJECTS_LATE = a_consultation(opinion=Opinion.OBJECT, **LATE)
CONSENTS_LATE = a_consultation(opinion=Opinion.CONSENT, **LATE)
UNDELIVERABLE, WITHDRAWN = ended(EndHow.UNDELIVERABLE), ended(EndHow.WITHDRAWN)
JOINT = a_consultation(kind=ConsultationKind.JOINT_MAKER)
ELSEWHERE = a_consultation(items=(2,))

#: Each ground of article 15 as it stands when only a consultation can carry it.
ASKING: dict[Ground, dict[str, Any]] = {
    Ground.TRADE_SECRET: {},
    Ground.PERSONAL_PRIVACY: {"masking_suffices": False, "public_interest": "不影响公共利益"},
    Ground.THIRD_PARTY_INTEREST: {},
}
MASKABLE = (Ground.PERSONAL_PRIVACY, Ground.THIRD_PARTY_INTEREST)
TWO_ITEMS = items({}, {})


def check_with(ground: Ground, *consultations: Consultation, **changes: object) -> list[str]:
    passage = withheld(ground, **{**ASKING[ground], "objection_assessed": "成立", **changes})
    case = a_case(consultations=consultations, items=items({}))
    return blocks(findings(partly(passage), case))


@pytest.mark.parametrize("ground", ASKING)
@pytest.mark.parametrize(
    ("consultation", "defect"),
    [
        (SILENT, None),
        (OBJECTS, None),
        (PARTIAL, None),
        (OBJECTS_LATE, None),
        (UNDELIVERABLE, None),
        (OPEN, "consultation_open"),
        (WITHDRAWN, "consultation_withdrawn"),
        (CONSENTS, "third_party_consents"),
        (CONSENTS_LATE, "third_party_consents"),
        (None, "consultation_missing"),
        (JOINT, "consultation_missing"),
        (ELSEWHERE, "consultation_missing"),
    ],
)
@pytest.mark.parametrize("named", [None, 1])
def test_a_consultation_carries_the_ground_when_it_is_over_and_no_consent(
    ground: Ground, consultation: Consultation | None, defect: str | None, named: int | None
) -> None:
    consultations = (consultation,) if consultation else ()
    wrong = {
        (None, 1): "consultation_unknown",
        (JOINT, 1): "consultation_not_third_party",
        (ELSEWHERE, 1): "consultation_other_item",
    }
    expected = wrong.get((consultation, named or 0), defect)

    found = check_with(ground, *consultations, consultation=named)

    assert found == (["over_withheld", expected] if expected else [])


@pytest.mark.parametrize("ground", ASKING)
def test_of_several_third_parties_one_that_does_not_consent_suffices(ground: Ground) -> None:
    consents = answered(Opinion.CONSENT, number=2)

    assert not check_with(ground, OBJECTS, consents)
    assert not check_with(ground, OBJECTS, consents, consultation=1)
    assert check_with(ground, OBJECTS, consents, consultation=2)[1] == "third_party_consents"


@pytest.mark.parametrize("ground", MASKABLE)
@pytest.mark.parametrize("consultations", [(), (OPEN,), (WITHDRAWN,), (SILENT,), (CONSENTS,)])
def test_where_masking_is_enough_nobody_is_asked(
    ground: Ground, consultations: tuple[Consultation, ...]
) -> None:
    assert not check_with(ground, *consultations, masking_suffices=True, public_interest="")


@pytest.mark.parametrize("ground", MASKABLE)
def test_where_masking_is_enough_it_does_not_matter_which_consultation_is_named(
    ground: Ground,
) -> None:
    assert not check_with(ground, masking_suffices=True, consultation=5)


@pytest.mark.parametrize("ground", MASKABLE)
def test_even_masking_yields_to_a_consent_that_is_named(ground: Ground) -> None:
    found = check_with(ground, CONSENTS, masking_suffices=True, consultation=1)

    assert found == ["over_withheld", "third_party_consents"]


@pytest.mark.parametrize(
    ("ground", "changes", "defect", "rule"),
    [
        *(
            (ground, {"public_interest": " "}, "public_interest_missing", "X09")
            for ground in ASKING
        ),
        *(
            (ground, {"public_interest_overrides": True}, "public_interest_overrides", "X09")
            for ground in ASKING
        ),
        *(
            (ground, {"subject_is_applicant": True}, "subject_is_applicant", "X40")
            for ground in MASKABLE
        ),
        *(
            (ground, {"masking_suffices": True, **change}, defect, rule)
            for ground in MASKABLE
            for change, defect, rule in (
                ({"public_interest_overrides": True}, "public_interest_overrides", "X09"),
                ({"subject_is_applicant": True}, "subject_is_applicant", "X40"),
            )
        ),
    ],
)
def test_exceptions_make_the_ground_invalid(
    ground: Ground, changes: dict[str, Any], defect: str, rule: str
) -> None:
    passage = withheld(ground, **{**ASKING[ground], **changes})
    over, found = findings(partly(passage))

    assert over.code == "over_withheld"
    assert (found.code, found.severity, found.rule) == (defect, Severity.BLOCK, rule)


@pytest.mark.parametrize("ground", ASKING)
@pytest.mark.parametrize("consultation", [SILENT, OBJECTS, PARTIAL, OBJECTS_LATE, UNDELIVERABLE])
@pytest.mark.parametrize("named", [None, 1])
def test_an_objection_must_be_assessed_or_the_officer_is_reminded(
    ground: Ground, consultation: Consultation, named: int | None
) -> None:
    case = a_case(consultations=(consultation,))
    passage = withheld(ground, **ASKING[ground], consultation=named)
    reminded = [f for f in findings(partly(passage), case) if f.code == "objection_not_assessed"]

    assert bool(reminded) is (consultation.opinion is not None)
    assert {(f.severity, f.rule) for f in reminded} <= {(Severity.WARN, "X09")}
    assert not blocks(findings(partly(passage), case))


@pytest.mark.parametrize(
    ("consultation", "rule"), [(OBJECTS, "X09"), (UNDELIVERABLE, "X09"), (SILENT, "X08")]
)
def test_neither_objection_nor_silence_replaces_the_agency_s_own_finding(
    consultation: Consultation, rule: str
) -> None:
    case = a_case(consultations=(consultation,))
    passage = withheld(Ground.TRADE_SECRET, secrecy_finding="", objection_assessed="成立")
    found = [f for f in findings(partly(passage), case) if f.passage]

    assert [(f.code, f.rule) for f in found] == [
        ("over_withheld", "X01"),
        ("secrecy_finding_missing", rule),
    ]


def test_silence_is_beside_the_point_where_nobody_had_to_be_asked() -> None:
    found = findings(partly(withheld(Ground.PERSONAL_PRIVACY, privacy_finding="")))

    assert [f.rule for f in found if f.code == "privacy_finding_missing"] == ["X09"]


def test_findings_about_asking_cite_article_32() -> None:
    passage = withheld(Ground.TRADE_SECRET)
    found = findings(partly(passage), a_case(consultations=()))

    assert [(f.article, f.rule) for f in found] == [("13.1", "X01"), ("32", "X07")]


# ── X10: release against an objection ────────────────────────────────────────


@pytest.mark.parametrize(
    ("consultation", "told"),
    [
        (OBJECTS, True),
        (PARTIAL, True),
        (OBJECTS_LATE, True),
        (SILENT, False),
        (CONSENTS, False),
        (UNDELIVERABLE, False),
        (OPEN, False),
        (answered(Opinion.OBJECT, kind=ConsultationKind.JOINT_MAKER), False),
        (answered(Opinion.OBJECT, kind=ConsultationKind.OTHER_AGENCY), False),
        (answered(Opinion.OBJECT, items=(2,)), False),
    ],
)
@pytest.mark.parametrize(
    ("draft", "gives"),
    [
        (decide(Outcome.DISCLOSE), True),
        (partly(withheld(Ground.STATE_SECRET)), True),
        (decide(Outcome.WITHHOLD, withheld(Ground.STATE_SECRET)), False),
        (decide(Outcome.NOT_HELD), False),
        (decide(Outcome.ALREADY_PUBLIC), False),
    ],
)
def test_who_objects_is_told_before_a_release(
    consultation: Consultation, draft: Decision, *, told: bool, gives: bool
) -> None:
    case = a_case(consultations=(consultation,))
    found = findings(draft, case)

    assert released_against_objection(case, (draft,)) == ((1,) if told and gives else ())
    assert codes(found) == (["release_against_objection"] if told and gives else [])
    assert {(f.severity, f.rule, f.article) for f in found} <= {(Severity.WARN, "X10", "32")}
    assert all("notify_third_party" in f.mend for f in found)


def test_every_objector_of_every_item_is_named() -> None:
    case = a_case(
        items=TWO_ITEMS,
        consultations=(
            answered(Opinion.OBJECT),
            answered(Opinion.PARTIAL, number=2, items=(1, 2)),
            answered(Opinion.OBJECT, number=3, items=(2,)),
            answered(Opinion.CONSENT, number=4, items=(1, 2)),
        ),
    )
    first, second = (decide(Outcome.DISCLOSE, item=n) for n in (1, 2))
    not_held = decide(Outcome.OTHER_AGENCY, item=2)

    assert released_against_objection(case, (first, second)) == (1, 2, 3)
    assert released_against_objection(case, (first, not_held)) == (1, 2)
    assert released_against_objection(case, (second,)) == (2, 3)
    assert released_against_objection(case, ()) == ()


@pytest.mark.parametrize(
    "finding",
    [{"public_interest_overrides": True}, {"secrecy_finding": "", "objection_assessed": "不成立"}],
)
def test_a_release_for_the_public_interest_or_on_a_bad_objection_passes(
    finding: dict[str, Any],
) -> None:
    case = a_case(consultations=(OBJECTS,))
    passage = given(Ground.TRADE_SECRET, **finding)
    draft = decide(Outcome.DISCLOSE, passage)

    assert not blocks(findings(draft, case))
    assert lawful_set(case, draft, passage, a_world()).must_disclose
