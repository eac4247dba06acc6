"""The letters to third parties and other agencies: nothing in them tells who asks."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from notices.context import Occasion, without_identity
from notices.errors import PaperError
from rules.words import Outcome
from workflow.case import Consultation
from workflow.commands import NotifyThirdParty
from workflow.decision import Decision
from workflow.vocabulary import ConsultationKind, Opinion

_OPINIONS: Final = {
    Opinion.CONSENT: "你（单位）同意公开",
    Opinion.OBJECT: "你（单位）不同意公开",
    Opinion.PARTIAL: "你（单位）同意公开其中一部分",
}
_GIVES_ALL: Final = frozenset({Outcome.DISCLOSE, Outcome.ALREADY_PUBLIC})
_TERMS: Final = {
    ConsultationKind.THIRD_PARTY: "third_party",
    ConsultationKind.JOINT_MAKER: "joint_maker",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """征求意见: why, and how long the party has."""

    why: str
    working_days: int
    #: How the party speaks of itself in the reply slip.
    you_reply: str = "本人（单位）"


def inquiry(occasion: Occasion) -> Inquiry:
    """Ask for an opinion on the items of the consultation just started."""
    consultation = consultation_of(occasion)
    why = without_identity(occasion.case, consultation.why)
    return Inquiry(why=why, working_days=_working_days(consultation, occasion))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseNotice:
    """决定告知书: what the party said, what will be given nevertheless, and why."""

    sent_on: date
    opinion: str
    release: str
    reason: str


def release_notice(occasion: Occasion) -> ReleaseNotice:
    """Tell a third party what is given although it objected."""
    consultation, command = consultation_of(occasion), occasion.command
    if not isinstance(command, NotifyThirdParty):
        raise PaperError("wrong_step", "只有告知第三方的步骤才制作本告知书。", article="32")
    return ReleaseNotice(
        sent_on=consultation.sent_on,
        opinion=_opinion(consultation),
        release=_release(occasion, consultation),
        reason=without_identity(occasion.case, command.reason),
    )


def consultation_of(occasion: Occasion) -> Consultation:
    """Return the consultation that the step is about: the one named, else the one just started."""
    command, case = occasion.command, occasion.case
    number = command.consultation if isinstance(command, NotifyThirdParty) else None
    found = [c for c in case.consultations if number in (None, c.number)]
    if not found:
        raise PaperError("missing_value", "案件中没有征求意见的记录，不能制作文书。", article="32")
    return found[-1]


def _opinion(consultation: Consultation) -> str:
    if consultation.opinion is not None:
        said = _OPINIONS[consultation.opinion]
        return f"{said}，理由是：{consultation.reasons}" if consultation.reasons else said
    return (
        "你（单位）在规定期限内没有提出意见"
        if consultation.expired_on
        else "没有收到你（单位）的意见"
    )


def _release(occasion: Occasion, consultation: Consultation) -> str:
    """Say what is given: the whole of an item, or the parts that the decision lists."""
    said = [_given(d) for d in _decisions(occasion) if d.item in consultation.items]
    parts = dict.fromkeys(without_identity(occasion.case, part) for part in said if part)
    return "；".join(parts) or "公开上述政府信息"


def _decisions(occasion: Occasion) -> tuple[Decision, ...]:
    case = occasion.case
    reply = case.reply
    draft = case.draft or (reply.draft if reply else None)
    return draft.decisions if draft else ()


def _given(decision: Decision) -> str:
    if decision.outcome in _GIVES_ALL:
        return "公开上述政府信息"
    if decision.outcome is not Outcome.PARTLY_DISCLOSE:
        return ""
    parts = "、".join(p.label for p in decision.given)
    return f"公开上述政府信息中的下列内容：{parts}；其余内容不予公开"


def _working_days(consultation: Consultation, occasion: Occasion) -> int:
    term = _TERMS.get(consultation.kind)
    return occasion.law.terms[term].days if term else occasion.world.policy.other_agency_cap_wd
