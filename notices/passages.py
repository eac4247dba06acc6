"""What is not given, passage by passage: the grounds cited and how the letter says them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from notices.context import Occasion
from notices.errors import PaperError
from notices.render import bare, booked
from rules.words import Force, Ground
from workflow.case import Consultation
from workflow.decision import Decision, Evidence, Passage
from workflow.exemption import cited_grounds
from workflow.vocabulary import EndHow, Opinion

_SAID: Final = {
    Opinion.OBJECT: "第三方不同意公开",
    Opinion.PARTIAL: "第三方只同意公开一部分",
    Opinion.CONSENT: "第三方同意公开",
}


@dataclass(frozen=True, slots=True)
class Cited:
    """One ground in the letter's words, and its place in the Regulation."""

    ground: Ground
    finding: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A passage that is not given."""

    label: str
    cited: tuple[Cited, ...]
    #: What third parties said where a ground of article 15 rests on asking them; else empty.
    consulted: str
    #: Whether only grounds that leave a choice (art. 16) carry it.
    by_choice: bool
    reason: str


def withheld(occasion: Occasion, decision: Decision) -> tuple[Withheld, ...]:
    """Return the passages of ``decision`` that are not given, with the grounds that are cited."""
    return tuple(_withheld(occasion, decision, p) for p in decision.withheld)


def grounds_of(occasion: Occasion, decision: Decision, passage: Passage) -> tuple[Ground, ...]:
    """Return the grounds that the letter cites for a passage; PaperError where none is valid."""
    world = occasion.world.on(occasion.on)
    found = cited_grounds(occasion.case, decision, passage, world)
    if not found:
        raise PaperError(
            "no_ground",
            f"第{decision.item}项中“{passage.label}”不予公开，但没有可以援引的理由。",
            article="36(3)",
            mend="请重新拟写该部分的处理意见。",
        )
    return found


def _withheld(occasion: Occasion, decision: Decision, passage: Passage) -> Withheld:
    rules = [occasion.law.grounds[g] for g in grounds_of(occasion, decision, passage)]
    return Withheld(
        label=passage.label,
        cited=tuple(
            Cited(r.ground, _FINDINGS[r.ground](passage.evidence), f"《条例》{r.article.short}")
            for r in rules
        ),
        consulted=_consulted(occasion, passage, tuple(r.ground for r in rules)),
        by_choice=all(r.force is Force.DISCRETIONARY for r in rules),
        reason=passage.reason or decision.reason,
    )


def _state_secret(_evidence: Evidence) -> str:
    return "属于依法确定的国家秘密"


def _prohibited(evidence: Evidence) -> str:
    claim = evidence.prohibited_by_law
    return f"属于{booked(claim.norm)}{claim.norm_article}禁止公开的政府信息"


def _public_safety(evidence: Evidence) -> str:
    interest = evidence.public_safety.interest
    return f"公开后可能危及{interest.label}" if interest else ""


def _trade_secret(_evidence: Evidence) -> str:
    return "涉及第三方的商业秘密，公开会对第三方合法权益造成损害"


def _personal_privacy(_evidence: Evidence) -> str:
    return "涉及第三方的个人隐私，公开会对第三方合法权益造成损害"


def _third_party_interest(evidence: Evidence) -> str:
    interest = evidence.third_party_interest.interest
    what = interest.label if interest else "合法权益"
    return f"涉及第三方的{what}，公开会对第三方合法权益造成损害"


def _internal_affairs(evidence: Evidence) -> str:
    category = evidence.internal_affairs.category
    return f"属于{category.label if category else ''}方面的内部事务信息"


def _deliberative(evidence: Evidence) -> str:
    category = evidence.deliberative.category
    return f"属于履行行政管理职能过程中形成的{category.label if category else ''}，是过程性信息"


def _enforcement_file(_evidence: Evidence) -> str:
    return "属于行政执法案卷信息"


_FINDINGS: Final[dict[Ground, Callable[[Evidence], str]]] = {
    Ground.STATE_SECRET: _state_secret,
    Ground.PROHIBITED_BY_LAW: _prohibited,
    Ground.PUBLIC_SAFETY: _public_safety,
    Ground.TRADE_SECRET: _trade_secret,
    Ground.PERSONAL_PRIVACY: _personal_privacy,
    Ground.THIRD_PARTY_INTEREST: _third_party_interest,
    Ground.INTERNAL_AFFAIRS: _internal_affairs,
    Ground.DELIBERATIVE: _deliberative,
    Ground.ENFORCEMENT_FILE: _enforcement_file,
}


def _consulted(occasion: Occasion, passage: Passage, cited: tuple[Ground, ...]) -> str:
    evidence = passage.evidence
    named = {
        Ground.TRADE_SECRET: evidence.trade_secret.consultation,
        Ground.PERSONAL_PRIVACY: evidence.personal_privacy.consultation,
        Ground.THIRD_PARTY_INTEREST: evidence.third_party_interest.consultation,
    }
    wanted = {number for ground, number in named.items() if ground in cited and number}
    said = (_said(c) for c in occasion.case.consultations if c.number in wanted)
    return "；".join(dict.fromkeys(bare(text) for text in said if text))


def _said(consultation: Consultation) -> str:
    if consultation.opinion is not None:
        return _SAID[consultation.opinion]
    if consultation.expired_on is not None:
        return "第三方在规定期限内没有提出意见"
    return "征求意见书无法送达第三方" if consultation.how is EndHow.UNDELIVERABLE else ""
