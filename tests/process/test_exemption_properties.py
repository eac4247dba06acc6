"""不予公开最小化 as a property: whatever the draft, what passes is what the law allows."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rules.words import Ground, Outcome
from tests.process.check_builders import (
    COMPLETE,
    EVIDENCE,
    REASON,
    a_case,
    a_consultation,
    a_world,
    an_authorization,
    answered,
    blocks,
    complete,
    decide,
    ended,
    items,
    reopened,
)
from workflow.case import Case
from workflow.decision import Decision, Evidence, Passage
from workflow.exemption import Verdict, blocking, check, cited_grounds, lawful_set
from workflow.vocabulary import ConsultationKind, EndHow, Opinion, Severity
from workflow.world import World

Drawn = tuple[Case, Decision, World]

#: Values that spoil, or turn, a piece of evidence of this type.
TURNS: dict[type, tuple[Any, ...]] = {str: ("", " ", "有"), bool: (True, False), tuple: ((),)}
CONSULTATIONS = (
    a_consultation(),
    a_consultation(expired_on=None),
    a_consultation(kind=ConsultationKind.JOINT_MAKER),
    a_consultation(items=(2,)),
    *(answered(opinion) for opinion in Opinion),
    *(ended(how) for how in EndHow),
)
TODAY = (date(2020, 10, 26), date(2024, 5, 31), date(2024, 6, 1))


@st.composite
def evidence(draw: st.DrawFn, ground: Ground) -> Any:  # noqa: ANN401 - each has its own
    """Draw evidence for ``ground``: complete, or with up to two answers turned."""
    full = EVIDENCE[ground]
    changes: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from([f.name for f in fields(full)]), max_size=2)):
        kind = type(getattr(full, key))
        changes[key] = draw(st.sampled_from((*TURNS.get(kind, ()), getattr(full, key))))
    if hasattr(full, "consultation"):
        changes["consultation"] = draw(st.sampled_from((None, None, 1, 2)))
    return replace(full, **changes)


@st.composite
def passages(draw: st.DrawFn, label: str) -> Passage:
    """Draw a passage that is more often right than wrong."""
    grounds = tuple(draw(st.lists(st.sampled_from(Ground), max_size=3)))
    return Passage(
        label=label,
        disclose=draw(st.booleans()),
        grounds=grounds,
        evidence=Evidence(**{ground.value: draw(evidence(ground)) for ground in set(grounds)}),
        reason=draw(st.sampled_from((REASON, REASON, REASON, "过程性信息", ""))),
        epidemic_personal_data=draw(st.sampled_from((False, False, False, True))),
    )


def fitting(*parts: Passage) -> Decision:
    """Return the decision whose outcome fits what is given and what is not."""
    kinds = {part.disclose for part in parts}
    outcome = {frozenset({True}): Outcome.DISCLOSE, frozenset({False}): Outcome.WITHHOLD}
    return decide(outcome.get(frozenset(kinds), Outcome.PARTLY_DISCLOSE), *parts)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw the case: who was asked, the topic, the duty to publish, what the head allowed."""
    base = draw(
        st.sampled_from(
            (a_case(), a_case(), reopened(decide(Outcome.WITHHOLD, draw(passages("甲")))))
        )
    )
    allowed = draw(st.lists(st.sampled_from(Ground), max_size=2))
    return replace(
        base,
        items=items({"proactive": draw(st.sampled_from((False, False, True)))}),
        consultations=tuple(draw(st.lists(st.sampled_from(CONSULTATIONS), max_size=2))),
        topics=draw(st.sampled_from(((), (), ("epidemic",)))),
        authorizations=tuple(an_authorization(ground, label="甲") for ground in allowed),
    )


@st.composite
def drafts(draw: st.DrawFn) -> Drawn:
    """Draw a case, a draft on its one item, and the world on a day."""
    labels = ("甲", "乙", "丙")[: draw(st.integers(1, 3))]
    parts = tuple(draw(passages(label)) for label in labels)
    return draw(cases()), fitting(*parts), a_world(today=draw(st.sampled_from(TODAY)))


@st.composite
def lawful_drafts(draw: st.DrawFn) -> Drawn:
    """Draw a draft and give or withhold each passage as the lawful set wants it."""
    case, decision, world = draw(drafts())
    parts = []
    for passage in decision.passages:
        verdict = lawful_set(case, decision, replace(passage, disclose=False), world)
        choice = draw(st.booleans()) if verdict.may_withhold else verdict.must_disclose
        given_away = choice and passage.epidemic_personal_data
        parts.append(replace(passage, disclose=choice and not given_away))
    return case, fitting(*parts), world


def turned(decision: Decision, passage: Passage) -> tuple[Decision, Passage]:
    """Return the decision with ``passage`` given where it was withheld, or the reverse."""
    other = replace(passage, disclose=not passage.disclose)
    return fitting(*(other if p is passage else p for p in decision.passages)), other


def verdicts(case: Case, decision: Decision, world: World) -> list[tuple[Passage, Verdict]]:
    return [(p, lawful_set(case, decision, p, world)) for p in decision.passages]


@given(lawful_drafts())
@settings(deadline=None)
def test_what_passes_lies_between_what_must_and_what_may_be_withheld(draft: Drawn) -> None:
    case, decision, world = draft
    assume(not blocking(check(case, (decision,), world)))

    for passage, verdict in verdicts(case, decision, world):
        assert passage.disclose or verdict.must_withhold or verdict.may_withhold
        assert not (passage.disclose and verdict.must_withhold)


@given(lawful_drafts())
@settings(deadline=None)
def test_what_is_withheld_by_choice_names_its_ground_and_reason(draft: Drawn) -> None:
    case, decision, world = draft
    assume(not blocking(check(case, (decision,), world)))

    for passage, verdict in verdicts(case, decision, world):
        if verdict.may_withhold and not passage.disclose:
            assert passage.reason.strip()
            assert cited_grounds(case, decision, passage, world) == verdict.may


@given(lawful_drafts())
@settings(deadline=None)
def test_turning_a_passage_the_wrong_way_changes_the_verdict(draft: Drawn) -> None:
    case, decision, world = draft
    assume(not blocking(check(case, (decision,), world)))

    for passage, verdict in verdicts(case, decision, world):
        if verdict.may_withhold:
            continue
        wrong, other = turned(decision, passage)
        found = [f for f in check(case, (wrong,), world) if f.passage == other.label]
        code = "under_protected" if verdict.must_withhold else "over_withheld"
        assert code in blocks(found)


@given(drafts())
@settings(deadline=None)
def test_a_draft_is_refused_for_a_passage_exactly_when_the_law_is(draft: Drawn) -> None:
    case, decision, world = draft
    found = check(case, (decision,), world)

    for passage, verdict in verdicts(case, decision, world):
        wrong = verdict.must_withhold if passage.disclose else verdict.must_disclose
        here = [f for f in found if f.passage == passage.label and f.code != "same_again"]
        assert blocking(here) is wrong


@given(drafts())
@settings(deadline=None)
def test_each_passage_has_exactly_one_place_in_the_lawful_set(draft: Drawn) -> None:
    case, decision, world = draft

    for passage, verdict in verdicts(case, decision, world):
        places = (verdict.must_withhold, verdict.may_withhold, verdict.must_disclose)
        assert places.count(True) == 1
        claimed = (*verdict.must, *verdict.may, *verdict.defects)
        assert sorted(claimed) == sorted(set(passage.grounds))
        cited = cited_grounds(case, decision, passage, world)
        assert bool(cited) is not (passage.disclose or verdict.must_disclose)


@given(drafts())
@settings(deadline=None)
def test_every_refusal_can_be_mended_and_points_to_its_place(draft: Drawn) -> None:
    case, decision, world = draft
    for finding in check(case, (decision,), world):
        assert finding.item == 1
        assert finding.message.endswith("。")
        assert finding.mend or finding.severity is Severity.INFO
        assert finding.article


@given(st.sampled_from(Outcome), st.data())
@settings(deadline=None)
def test_taking_away_whatever_is_required_refuses(outcome: Outcome, data: st.DataObject) -> None:
    optional = {(Outcome.SPECIAL_REGIME, "norm_level")}
    required = [key for key in COMPLETE[outcome] if (outcome, key) not in optional]
    key = data.draw(st.sampled_from(required))
    blank = getattr(Decision(item=1, outcome=outcome), key)

    assert blocking(check(a_case(), (complete(outcome, **{key: blank}),), a_world()))
