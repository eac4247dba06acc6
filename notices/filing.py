"""What the file of a case itself needs: register, review, opinions, service, cover and index."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from notices.answers import basis
from notices.catalogue import CATALOGUE
from notices.context import Occasion, asked, without_identity, without_marks
from notices.render import zh_date
from rules.words import Ground
from workflow.case import Case, Draft, Reply, Sending
from workflow.clock import Deadline, deadlines, law_of
from workflow.commands import DecideExtension, IssueReply
from workflow.decision import Decision, StateSecret
from workflow.facts import Fact, PaperRef
from workflow.machine import LABELS
from workflow.people import Actor
from workflow.vocabulary import RECEIVED_AT_ONCE, ConsultationKind
from workflow.world import World

_PERIODS: Final = {
    "reply": "答复",
    "confirmation": "确认收到",
    "correction_notice": "告知补正",
    "correction": "申请人补正",
    "explanation": "申请人说明理由",
    "payment": "申请人缴费",
    "challenge_answer": "提交复议、诉讼答复",
    **{kind.value: f"征求{kind.label}意见" for kind in ConsultationKind},
}
#: Steps whose opinions a sign-off sheet collects.
_OPINIONS: Final = (
    "request_extension", "decide_extension", "authorize_ground", "defer_reply", "charge_fee",
    "draft_reply", "recall_draft", "return_reply", "refer_for_determination",
    "record_determination", "pass_review", "approve_reply", "issue_reply",
)  # fmt: skip
_SPOKEN: Final = ("opinion", "comments", "reason", "reasons", "question", "result")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a form is printed for: the case, the day, the world, and perhaps one of its papers."""

    case: Case
    on: date
    world: World
    paper: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """One period in the register."""

    what: str
    until: str
    article: str
    met_on: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is, or is to be, answered to one item."""

    number: int
    asked: str
    outcome: str
    basis: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSheet:
    """登记表: one page of the register, from receipt to the archive."""

    arrived_on: date
    channel: str
    received_on: date | None
    proof: str
    kinds: str
    items: tuple[str, ...]
    officer: str
    reviewer: str
    head: str
    periods: tuple[Period, ...]
    results: tuple[Outcome, ...]
    replied_on: date | None
    number: str
    sent: str
    state: str


def register_sheet(about: About) -> RegisterSheet:
    """Write down the whole course of the case as it stands."""
    case = about.case
    draft, reply = draft_of(case), case.reply
    return RegisterSheet(
        arrived_on=case.on,
        channel=case.channel.label,
        received_on=case.received_on,
        proof=_proof(case),
        kinds="、".join(dict.fromkeys(a.kind.label for a in case.applicants)),
        items=_items(case),
        officer=_name(draft.by) if draft else _first(case),
        reviewer=_signed(draft.reviewed_by, draft.reviewed_on) if draft else "",
        head=_signed(draft.approved_by, draft.approved_on) if draft else "",
        periods=tuple(_period(case, d) for d in deadlines(case, about.world.on(about.on))),
        results=_outcomes(about),
        replied_on=reply.issued_on if reply else None,
        number=_number(case, reply) if reply else "",
        sent="；".join(_sent(s) for s in reply.sendings) if reply else "",
        state=case.close_reason.label if case.close_reason else case.state.label,
    )


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """One opinion: which step, what was said, who, when."""

    step: str
    said: str
    who: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOffSheet:
    """呈批单: what is proposed, and the opinions step by step."""

    proposed: tuple[Outcome, ...]
    opinions: tuple[OpinionLine, ...]
    received_on: date | None


def sign_off_sheet(about: About) -> SignOffSheet:
    """Collect the opinions on the reply from the steps that were taken."""
    facts = (fact for fact in about.case.facts if fact.kind in _OPINIONS)
    return SignOffSheet(
        proposed=_outcomes(about),
        opinions=tuple(_opinion(fact) for fact in facts),
        received_on=about.case.received_on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyReview:
    """保密审查表: what is to be opened, the reviewer's opinion; marks only, never a secret."""

    proposed: tuple[Outcome, ...]
    referrals: tuple[str, ...]
    opinion: str
    reviewer: str


def secrecy_review_sheet(about: About) -> SecrecyReview:
    """Record the review of article 17 before something is opened."""
    draft = draft_of(about.case)
    return SecrecyReview(
        proposed=_outcomes(about),
        referrals=tuple(_referred(about.case)),
        opinion=draft.review_opinion if draft else "",
        reviewer=_signed(draft.reviewed_by, draft.reviewed_on) if draft else "",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCover:
    """案卷封面: what the file is about, from when to when, what came of it."""

    items: tuple[str, ...]
    arrived_on: date
    ended_on: date | None
    officer: str
    results: tuple[Outcome, ...]
    number: str
    state: str
    pieces: int


def case_cover(about: About) -> CaseCover:
    """Name the file; the archive's own numbers are left blank."""
    case = about.case
    reply = case.reply
    return CaseCover(
        items=_items(case),
        arrived_on=case.on,
        ended_on=reply.issued_on if reply else case.closed_on,
        officer=_first(case),
        results=_outcomes(about),
        number=_number(case, reply) if reply else "",
        state=case.close_reason.label if case.close_reason else case.state.label,
        pieces=len(tuple(_entries(case))),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the index."""

    number: int
    title: str
    paper_number: str
    on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIndex:
    """卷内目录: every paper in the order in which it came into the file."""

    entries: tuple[Entry, ...]


def case_index(about: About) -> CaseIndex:
    """List the request, the papers made and the files attached; pages are counted by hand."""
    found = enumerate(_entries(about.case), start=1)
    return CaseIndex(entries=tuple(Entry(n, *line) for n, line in found))


def draft_of(case: Case) -> Draft | None:
    """Return the draft under way, else that of the reply that stands."""
    return case.draft or (case.reply.draft if case.reply else None)


def decisions_of(case: Case) -> tuple[Decision, ...]:
    """Return what is, or is to be, answered."""
    draft = draft_of(case)
    return draft.decisions if draft else ()


def _items(case: Case) -> tuple[str, ...]:
    return tuple(one.text for one in asked(case, range(1, len(case.items) + 1), without_marks))


def _outcomes(about: About) -> tuple[Outcome, ...]:
    case = about.case
    occasion = Occasion(case=case, command=IssueReply(), on=about.on, world=about.world)
    return tuple(
        Outcome(
            number=d.item,
            asked=asked(case, (d.item,), without_marks)[0].text,
            outcome=d.outcome.label,
            basis=basis(occasion, d),
            secret=_secrecy(d),
        )
        for d in decisions_of(case)
    )


def _secrecy(decision: Decision) -> str:
    marks = [
        _marks(p.evidence.state_secret)
        for p in decision.withheld
        if Ground.STATE_SECRET in p.grounds
    ]
    return "；".join(dict.fromkeys(marks)) or "未认定含有国家秘密"


def _marks(secret: StateSecret) -> str:
    known = (
        secret.level.label if secret.level else "",
        secret.authority.label if secret.authority else "",
        f"保密期限至{zh_date(secret.expires_on)}" if secret.expires_on else "",
    )
    return "国家秘密：" + "，".join(word for word in known if word)


def _referred(case: Case) -> Iterator[str]:
    for one in case.referrals:
        asked_on = f"{zh_date(one.on)}报请{one.body}确定"
        answer = (
            f"，{zh_date(one.answered_on)}答复：{one.result}" if one.answered_on else "，待答复"
        )
        yield asked_on + answer


def _proof(case: Case) -> str:
    if case.channel in RECEIVED_AT_ONCE:
        return f"{case.channel.label}，当日即为收到之日"
    if case.acknowledged_on:
        return f"{zh_date(case.acknowledged_on)}系统或者机关确认收到"
    if case.received_on:
        return f"{zh_date(case.received_on)}与申请人确认收到"
    return "尚未确认"


def _period(case: Case, deadline: Deadline) -> Period:
    return Period(
        _PERIODS.get(deadline.kind, deadline.kind),
        zh_date(deadline.due_on) + ("（暂定）" if deadline.provisional else ""),
        law_of(case).cite(deadline.article).short,
        zh_date(deadline.met_on) if deadline.met_on else "",
    )


def _sent(sending: Sending) -> str:
    said = f"{zh_date(sending.on)}{sending.method.label}"
    said += f"（{sending.tracking}）" if sending.tracking else ""
    if sending.result and sending.result_on:
        said += f"，{zh_date(sending.result_on)}{sending.result.label}"
    return said


def _opinion(fact: Fact) -> OpinionLine:
    command = fact.command
    said = next((v for name in _SPOKEN if (v := getattr(command, name, ""))), "")
    if isinstance(command, DecideExtension):
        said = "同意" if command.grant else "不同意"
    return OpinionLine(LABELS[fact.kind], said, _name(fact.actor), zh_date(fact.on))


def _name(actor: Actor) -> str:
    return f"{actor.name}（{actor.role.label}）" if actor.name else actor.role.label


def _signed(actor: Actor | None, on: date | None) -> str:
    return f"{_name(actor)}，{zh_date(on)}" if actor and on else ""


def _first(case: Case) -> str:
    return _name(case.facts[0].actor) if case.facts else ""


def _number(case: Case, reply: Reply) -> str:
    """Return the number under which the reply went out."""
    issued = (ref for fact in reversed(case.facts) for ref in fact.papers if ref.kind == "reply")
    return reply.number or next((ref.number for ref in issued), "")


def title_of(ref: PaperRef) -> str:
    """Return the title that a paper went out under."""
    return ref.title or (CATALOGUE[ref.kind].title if ref.kind in CATALOGUE else ref.kind)


def _entries(case: Case) -> Iterator[tuple[str, str, str]]:
    yield "政府信息公开申请", case.number, zh_date(case.on)
    for fact in case.facts:
        for ref in fact.papers:
            yield title_of(ref), ref.number, zh_date(fact.on)
        if file := getattr(fact.command, "file", ""):
            yield f"附件：{without_identity(case, file)}", "", zh_date(fact.on)
