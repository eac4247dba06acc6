"""The papers beside the reply: referral, re-assessment, suggestion, remedies, help, lost mail."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from notices.answers import issued
from notices.context import Occasion, without_identity
from notices.errors import PaperError
from notices.supply import visit, visits
from notices.to_applicant import number_of, present
from rules.norms import cite_norm
from workflow.case import Challenge, Reply, Sending
from workflow.case import Referral as Referred
from workflow.commands import (
    AnswerChallenge,
    AnswerSuggestion,
    Assign,
    CoHandle,
    Command,
    Reassess,
    Terminate,
)
from workflow.vocabulary import ApplicantKind, ChallengeKind, Channel, DeliveryResult, Reassessment

T = TypeVar("T", bound=Command)

#: To whom a paper goes that does not go to the applicant, and on which items.
Addressed = tuple[str, tuple[int, ...]]

_HAPPENED: Final = {
    DeliveryResult.RETURNED: "邮件被退回",
    DeliveryResult.REFUSED: "受送达人拒绝签收",
    DeliveryResult.UNREACHABLE: "无法与受送达人取得联系",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """报请确定函: what the body is asked to determine; never the content of a secret."""

    question: str


def referral(occasion: Occasion) -> Referral:
    """Ask the body named in the referral just made."""
    return Referral(question=without_identity(occasion.case, _referral(occasion).question))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassessed:
    """评估审查记录: what was withheld when, what the look at it found, and what follows."""

    replied_on: date
    number: str
    result: str
    reason: str
    to_disclose: bool


def reassessment(occasion: Occasion) -> Reassessed:
    """Record the periodic look that was just taken."""
    command, reply = _command(occasion, Reassess), issued(occasion.case)
    return Reassessed(
        replied_on=reply.issued_on,
        number=_number(occasion, reply),
        result=command.result.label,
        reason=without_identity(occasion.case, command.reason),
        to_disclose=command.result is Reassessment.DISCLOSE,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionReply:
    """主动公开建议答复书: whether it will be published, where, and why."""

    accepted: bool
    reason: str
    where: str


def suggestion_reply(occasion: Occasion) -> SuggestionReply:
    """Tell the applicant what the agency makes of the suggestion."""
    command = _command(occasion, AnswerSuggestion)
    return SuggestionReply(accepted=command.accepted, reason=command.reason, where=command.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defence:
    """答复书、答辩状: who challenges what, the points of the agency, and its evidence."""

    in_court: bool
    applicants: tuple[str, ...]
    against: str
    replied_on: date | None
    number: str
    copy_received_on: date | None
    basis: str
    points: tuple[str, ...]
    evidence: tuple[str, ...]


def defence(occasion: Occasion) -> Defence:
    """Answer the challenge that the step names."""
    found, case = challenge(occasion), occasion.case
    replies = [r for r in case.replies if r.void_on is None and r.issued_on <= found.filed_on]
    last = replies[-1] if replies and found.about != "non_reply" else None
    return Defence(
        in_court=_in_court(found),
        applicants=tuple(a.name for a in case.applicants),
        against="政府信息公开答复" if last else "没有在法定期限内作出答复的行为",
        replied_on=last.issued_on if last else None,
        number=_number(occasion, last) if last else "",
        copy_received_on=found.copy_received_on,
        basis=_basis(found, occasion),
        points=found.points,
        evidence=found.evidence,
    )


def defence_title(occasion: Occasion) -> str:
    """Return what the answer is called before the review body and before the court."""
    return "行政诉讼答辩状" if _in_court(challenge(occasion)) else "行政复议答复书"


def challenge(occasion: Occasion) -> Challenge:
    """Return the challenge that the step answers."""
    number = _command(occasion, AnswerChallenge).challenge
    found = next((x for x in occasion.case.challenges if x.number == number), None)
    return present(found, "该件复议或者诉讼的记录", "51")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undelivered:
    """未送达记录、领取公告: how the reply was sent, what became of it, where it can be had."""

    applicants: tuple[str, ...]
    who: str
    number: str
    replied_on: date
    sent_on: date
    method: str
    tracking: str
    happened: str
    noted_on: date
    proof: str
    refused: bool


def undelivered(occasion: Occasion) -> Undelivered:
    """Record what became of the last sending of the reply."""
    case, reply = occasion.case, issued(occasion.case)
    sending = _sending(reply)
    result = present(sending.result, "送达结果", "45")
    return Undelivered(
        applicants=tuple(a.name for a in case.applicants),
        who=_masked(occasion),
        number=_number(occasion, reply),
        replied_on=reply.issued_on,
        sent_on=sending.on,
        method=sending.method.label,
        tracking=sending.tracking,
        happened=_HAPPENED.get(result, result.label),
        noted_on=sending.result_on or occasion.on,
        proof=sending.result_proof,
        refused=result is DeliveryResult.REFUSED,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Termination:
    """终止办理告知书: since when the case is at an end, and why."""

    ended_on: date
    reason: str


def termination(occasion: Occasion) -> Termination:
    """Tell that nobody has taken the request over."""
    command = _command(occasion, Terminate)
    return Termination(ended_on=occasion.case.closed_on or occasion.on, reason=command.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One piece of information to be inspected or copied by hand."""

    text: str
    form: str
    when: str
    where: str
    #: Why not in the form asked for; empty where it was asked for so.
    instead: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """查阅抄录安排: what, how, when and where."""

    visits: tuple[Visit, ...]


def inspection(occasion: Occasion) -> Inspection:
    """Arrange the visits that the reply just issued promises."""
    case, place = occasion.case, occasion.world.agency.address
    found = present(visits(case) or None, "需要查阅、抄录的答复事项", "40")
    return Inspection(
        visits=tuple(
            Visit(
                text=d.provide or case.item(d.item).name,
                form=form.label,
                when=d.when,
                where=d.where or place,
                instead=_asked_form(occasion, form.label),
                reason=d.reason,
            )
            for d in found
            if (form := visit(case, d))
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OralRecord:
    """口头申请和代理情况记录: who asked or acts, and that what was written was read back."""

    oral: bool
    applicants: tuple[str, ...]
    agent: str
    capacity: str
    authority: str


def oral_record(occasion: Occasion) -> OralRecord:
    """Record an oral request, or the authority of who acts for the applicant."""
    case = occasion.case
    agent = case.agent
    return OralRecord(
        oral=case.channel is Channel.ORAL,
        applicants=tuple(a.name for a in case.applicants),
        agent=agent.name if agent else "",
        capacity=agent.kind.label if agent else "",
        authority=agent.authority if agent else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """转办单: to help with what, or to handle the whole; by when inside the house."""

    helps: bool
    question: str
    due_on: date | None


def forwarding(occasion: Occasion) -> Forwarding:
    """Hand a unit its part of the work, or a person the case."""
    command = occasion.command
    if not isinstance(command, CoHandle):
        return Forwarding(helps=False, question="", due_on=None)
    question = without_identity(occasion.case, command.question)
    return Forwarding(helps=True, question=question, due_on=command.due_on)


def _to_body(occasion: Occasion) -> Addressed:
    found = _referral(occasion)
    return found.body, found.items


def _to_judge(occasion: Occasion) -> Addressed:
    return challenge(occasion).body, _all(occasion)


def _to_unit(occasion: Occasion) -> Addressed:
    command = occasion.command
    if isinstance(command, CoHandle):
        return command.unit, command.items or _all(occasion)
    to = command.to if isinstance(command, Assign) else ""
    return to or "承办人员", _all(occasion)


def _to_own_file(occasion: Occasion) -> Addressed:
    return occasion.world.agency.disclosure_office, _all(occasion)


def _reassessed_items(occasion: Occasion) -> Addressed:
    decisions = issued(occasion.case).draft.decisions
    named = _command(occasion, Reassess).items
    items = tuple(d.item for d in decisions if d.withheld and d.item in (named or {d.item}))
    return occasion.world.agency.disclosure_office, items


def _to_public(occasion: Occasion) -> Addressed:
    return _masked(occasion), ()


#: Kinds whose addressee the step itself tells.
ADDRESSED: Final[dict[str, Callable[[Occasion], Addressed]]] = {
    "secrecy_referral": _to_body,
    "reassessment_record": _reassessed_items,
    "challenge_answer": _to_judge,
    "undelivered_record": _to_own_file,
    "public_collection_notice": _to_public,
    "forwarding_sheet": _to_unit,
}


def _command(occasion: Occasion, kind: type[T]) -> T:
    if not isinstance(occasion.command, kind):
        raise PaperError("wrong_step", "这一步不制作该文书。", mend="请核对步骤。")
    return occasion.command


def _masked(occasion: Occasion) -> str:
    """Say whom a public notice means: the case number, and of a person the family name."""
    case = occasion.case
    who = case.representative
    named = f"（{who.name[0]}＊＊）" if who.kind is ApplicantKind.NATURAL_PERSON else ""
    return f"申请编号为{case.number}的政府信息公开申请人{named}"


def _asked_form(occasion: Occasion, offered: str) -> str:
    form = occasion.case.form
    return form.label if form and form.label not in {offered, "查阅", "抄录"} else ""


def _sending(reply: Reply) -> Sending:
    return present(reply.sendings[-1] if reply.sendings else None, "送出答复书的记录", "45")


def _referral(occasion: Occasion) -> Referred:
    found = occasion.case.referrals
    return present(found[-1] if found else None, "报请确定的记录", "17.3")


def _in_court(found: Challenge) -> bool:
    return found.kind is not ChallengeKind.RECONSIDERATION


def _basis(found: Challenge, occasion: Occasion) -> str:
    norm = "litigation_law" if _in_court(found) else "reconsideration_law"
    return cite_norm(norm, "answer", occasion.on).text


def _number(occasion: Occasion, reply: Reply) -> str:
    return reply.number or number_of(occasion.case, "reply")


def _all(occasion: Occasion) -> tuple[int, ...]:
    return tuple(range(1, len(occasion.case.items) + 1))
