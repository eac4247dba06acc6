"""Third parties (15, 32): whether their opinion was sought, and what it does to a decision."""

from collections.abc import Iterator, Sequence
from typing import Final

from rules.words import Ground, Outcome
from workflow.case import Case, Consultation
from workflow.decision import (
    Decision,
    Passage,
    PersonalPrivacy,
    ThirdPartyInterest,
    TradeSecret,
)
from workflow.findings import Finding
from workflow.objections import Claim, Place, said
from workflow.vocabulary import ConsultationKind, EndHow, Opinion

#: Evidence of any ground of article 15.
Interest = TradeSecret | PersonalPrivacy | ThirdPartyInterest

OBJECTIONS: Final = frozenset({Opinion.OBJECT, Opinion.PARTIAL})
#: Outcomes by which a third party's information may leave the agency.
RELEASES: Final = frozenset({Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE})
_ARTICLE: Final = "32"
_ASK: Final = (
    "请先书面征求第三方意见（start_consultation）并等其答复或者期满；能遮蔽后提供的，遮蔽后提供；"
)


def objects(consultation: Consultation) -> bool:
    """Say whether a third party does not want the information released, or not all of it."""
    third_party = consultation.kind is ConsultationKind.THIRD_PARTY
    return third_party and consultation.opinion in OBJECTIONS


def qualifies(consultation: Consultation) -> bool:
    """Say whether a ground of article 15 may rest on it: asked, over, and no consent.

    Silence is neither consent nor objection: it leaves the decision to the agency.
    """
    return (
        consultation.kind is ConsultationKind.THIRD_PARTY
        and not consultation.open
        and consultation.how is not EndHow.WITHDRAWN
        and consultation.opinion is not Opinion.CONSENT
    )


def released_against_objection(case: Case, decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Numbers of the consultations whose party objects to what is given: each must be told (32)."""
    given = {decision.item for decision in decisions if decision.outcome in RELEASES}
    return tuple(c.number for c in case.consultations if objects(c) and given & set(c.items))


def to_be_told(case: Case, decisions: Sequence[Decision]) -> tuple[int, ...]:
    """Numbers of the consultations whose party must be told before the reply is sent (32).

    An objection that the agency follows is not released against: where a passage is withheld on the
    strength of that very consultation, what else is given of the item is not what was objected to.
    """
    return tuple(
        number
        for number in released_against_objection(case, decisions)
        if not all(
            _follows(decision, number)
            for decision in decisions
            if decision.outcome in RELEASES
            and decision.item in case.consultations[number - 1].items
        )
    )


def _follows(decision: Decision, number: int) -> bool:
    named = [_rests_on(passage, number) for passage in decision.given]
    return not any(named) and any(_rests_on(passage, number) for passage in decision.withheld)


def _rests_on(passage: Passage, number: int) -> bool:
    kept = passage.evidence
    interests: dict[Ground, Interest] = {
        Ground.TRADE_SECRET: kept.trade_secret,
        Ground.PERSONAL_PRIVACY: kept.personal_privacy,
        Ground.THIRD_PARTY_INTEREST: kept.third_party_interest,
    }
    claimed = [evidence for ground, evidence in interests.items() if ground in passage.grounds]
    return any(
        evidence.consultation == number or (evidence.consultation is None and not masks(evidence))
        for evidence in claimed
    )


def release_warnings(place: Place) -> Iterator[Finding]:
    """Yield a reminder for every objection that this decision does not follow (X10)."""
    for number in released_against_objection(place.case, (place.decision,)):
        yield place.warn(
            "release_against_objection",
            f"拟提供信息，而第{number}件征求意见的第三方不同意公开或者只同意部分公开。",
            "公开须有异议理由不成立的认定，或者不公开会对公共利益造成重大影响的认定；"
            f"发出答复前须书面告知第三方（notify_third_party，consultation = {number}）。",
            article=_ARTICLE,
            rule="X10",
        )


def masks(evidence: Interest) -> bool:
    """遮蔽: masking is enough, so that nobody needs to be asked; never for trade secrets."""
    return not isinstance(evidence, TradeSecret) and evidence.masking_suffices


def objections(claim: Claim, evidence: Interest) -> Iterator[Finding]:
    """Yield what speaks against a ground of article 15 besides its own elements."""
    yield from _exceptions(claim, evidence)
    yield from _asked(claim, evidence)
    if not masks(evidence) and not said(evidence.public_interest):
        yield claim.defect(
            "public_interest_missing",
            "没有衡量公共利益。",
            "请写明不公开是否会对公共利益造成重大影响（public_interest）；",
            rule="X09",
        )
    if any(objects(c) for c in relied_on(claim, evidence)) and not said(
        evidence.objection_assessed
    ):
        yield claim.warn(
            "objection_not_assessed",
            "第三方提出了异议，没有评议其理由是否合理。",
            "请写明异议理由是否成立（objection_assessed）：第三方不同意不能代替本机关的判断。",
            article=_ARTICLE,
            rule="X09",
        )


def relied_on(claim: Claim, evidence: Interest) -> tuple[Consultation, ...]:
    """Return the consultations that carry the claim: the one named, else all that qualify."""
    if evidence.consultation is None and masks(evidence):
        return ()
    asked = claim.case.consultations_on(claim.decision.item)
    named = evidence.consultation
    return tuple(c for c in asked if qualifies(c) and named in {None, c.number})


def _exceptions(claim: Claim, evidence: Interest) -> Iterator[Finding]:
    if evidence.public_interest_overrides:
        yield claim.defect(
            "public_interest_overrides",
            "但已认定不公开会对公共利益造成重大影响，应当公开。",
            "请改为公开，并在发出前书面告知第三方；如认定有误，请更正该项认定；",
            rule="X09",
        )
    if not isinstance(evidence, TradeSecret) and evidence.subject_is_applicant:
        yield claim.defect(
            "subject_is_applicant",
            "但信息主体就是申请人本人，不能以其本人的权益拒绝本人。",
            "请改为向申请人提供；含有他人信息的，把他人部分另列并遮蔽；",
            rule="X40",
        )


def _asked(claim: Claim, evidence: Interest) -> Iterator[Finding]:
    if evidence.consultation is not None:
        yield from _named(claim, evidence.consultation, masked=masks(evidence))
    elif not masks(evidence) and not relied_on(claim, evidence):
        asked = claim.case.consultations_on(claim.decision.item)
        third = [c for c in asked if c.kind is ConsultationKind.THIRD_PARTY]
        yield _unfit(claim, third[-1] if third else None)


def _named(claim: Claim, number: int, *, masked: bool) -> Iterator[Finding]:
    found = next((c for c in claim.case.consultations if c.number == number), None)
    if masked:
        if found and found.opinion is Opinion.CONSENT:
            yield _unfit(claim, found)
    elif found is None:
        yield _unsought(claim, "consultation_unknown", f"但没有第{number}件征求意见。")
    elif found.kind is not ConsultationKind.THIRD_PARTY:
        what = f"但第{number}件征求意见问的不是第三方。"
        yield _unsought(claim, "consultation_not_third_party", what)
    elif claim.decision.item not in found.items:
        what = f"但第{number}件征求意见没有问到本事项。"
        yield _unsought(claim, "consultation_other_item", what)
    elif not qualifies(found):
        yield _unfit(claim, found)


def _unfit(claim: Claim, found: Consultation | None) -> Finding:
    if found is None:
        return _unsought(claim, "consultation_missing", "没有书面征求第三方意见。")
    if found.opinion is Opinion.CONSENT:
        return claim.defect(
            "third_party_consents",
            f"但第{found.number}件征求意见的第三方已同意公开。",
            "请改为公开；同意只及于部分内容的，把其余部分另列；",
        )
    if found.how is EndHow.WITHDRAWN:
        what = f"但第{found.number}件征求意见已撤回，等于没有征求。"
        return _unsought(claim, "consultation_withdrawn", what)
    what = f"但第{found.number}件征求意见尚未结束。"
    return _unsought(claim, "consultation_open", what)


def _unsought(claim: Claim, code: str, what: str) -> Finding:
    return claim.defect(code, what, _ASK, article=_ARTICLE, rule="X07")
