"""The case: what is on file about one request, as the fold of its facts makes it."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rules.fees import Fee
from rules.words import Ground
from workflow.commands import Agent, Applicant, Item
from workflow.decision import Decision
from workflow.facts import Fact
from workflow.people import Actor
from workflow.vocabulary import (
    ChallengeKind,
    ChallengeResult,
    Channel,
    CloseReason,
    ConsultationKind,
    Delivery,
    DeliveryResult,
    EndHow,
    Form,
    Opinion,
    ReopenCause,
    SendMethod,
    State,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """补正: the one notice that may be sent, and what came of it."""

    asked_on: date
    matters: tuple[str, ...]
    working_days: int
    #: A fixed last day given in the notice instead of a number of working days.
    fixed_due_on: date | None = None
    #: Proven receipt of the notice; None while only its sending is on file.
    notice_received_on: date | None = None
    answered_on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consultation:
    """征求意见: numbered 1, 2, 3 in order of starting."""

    number: int
    kind: ConsultationKind
    party: str
    items: tuple[int, ...]
    why: str = ""
    sent_on: date
    received_on: date | None = None
    renewed_on: tuple[date, ...] = ()
    opinion: Opinion | None = None
    reasons: str = ""
    answered_on: date | None = None
    #: The opinion came after the consultation had ended: on file, without effect on the clock.
    late: bool = False
    expired_on: date | None = None
    ended_on: date | None = None
    how: EndHow | None = None
    end_reason: str = ""

    @property
    def open(self) -> bool:
        """Whether the party may still be waited for."""
        in_time = self.answered_on is not None and not self.late
        return not (in_time or self.expired_on or self.ended_on)

    @property
    def silent(self) -> bool:
        """Whether the period ran out without a word (a late opinion ends the silence)."""
        return self.expired_on is not None and self.opinion is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """延长: asked for by the officer, decided by the head."""

    working_days: int
    reason: str
    asked_on: date
    decided_on: date | None = None
    granted: bool = False
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """说明理由 (35)."""

    asked_on: date
    reason: str
    working_days: int
    answered_on: date | None = None
    text: str = ""
    accepted: bool = False
    expired_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferral:
    """延迟答复 (35)."""

    on: date
    until: date
    reason: str
    told_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """信息处理费: what was charged, when the notice arrived, when it was paid."""

    on: date
    fee: Fee
    #: Proven receipt of the fee notice; None while only its sending is on file.
    notice_received_on: date | None = None
    paid_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """检索记录 (36(4)). ``items`` is never empty here: "all" has been spelled out."""

    on: date
    by: Actor
    items: tuple[int, ...]
    places: tuple[str, ...]
    keywords: tuple[str, ...]
    methods: tuple[str, ...]
    result: str
    clues: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """The head's leave to use a discretionary ground under a topic that presumes disclosure."""

    item: int
    label: str
    ground: Ground
    reasons: str
    by: Actor
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """拟稿: bound to its digest from review to issue."""

    decisions: tuple[Decision, ...]
    digest: str
    by: Actor
    on: date
    reviewed_by: Actor | None = None
    reviewed_on: date | None = None
    review_opinion: str = ""
    #: What reviewer and approver had before them; it must be ``digest``, or the step is void.
    reviewed_digest: str = ""
    approved_by: Actor | None = None
    approved_on: date | None = None
    approved_digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One attempt to serve the reply."""

    on: date
    method: SendMethod
    tracking: str = ""
    carrier: str = ""
    proof: str = ""
    result: DeliveryResult | None = None
    result_on: date | None = None
    result_proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """答复书 once issued; ``void_on`` when it was recalled before dispatch."""

    draft: Draft
    issued_on: date
    number: str = ""
    void_on: date | None = None
    void_reason: str = ""
    #: The day on which it was due when it was sent, and the first sending itself.
    due_on: date | None = None
    due_article: str = "33.2"
    sendings: tuple[Sending, ...] = ()
    on_the_spot: bool = False

    @property
    def sent_on(self) -> date | None:
        """The day of the first sending: it decides timeliness."""
        return self.sendings[0].on if self.sendings else None

    @property
    def in_time(self) -> bool | None:
        """Whether it was sent on or before the day it was due; None before it is sent."""
        if self.sent_on is None or self.due_on is None:
            return None
        return self.sent_on <= self.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """送达记录 of a paper other than the reply."""

    paper: str
    on: date
    result: DeliveryResult
    method: SendMethod | None = None
    sent_on: date | None = None
    proof: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyNotice:
    """告知第三方决定公开 (32)."""

    consultation: int
    on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """救济: numbered in order of recording."""

    number: int
    kind: ChallengeKind
    body: str
    filed_on: date
    about: str = ""
    copy_received_on: date | None = None
    procedure: str = ""
    #: What the agency handed in, and when.
    answered_on: date | None = None
    points: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    result: ChallengeResult | None = None
    result_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """报请确定 (17.3): asked of a competent body, and what it determined."""

    on: date
    body: str
    question: str
    items: tuple[int, ...]
    result: str = ""
    answered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopening:
    """重新办理. ``on_merits``: the earlier reply was revoked or changed for what it said."""

    on: date
    cause: ReopenCause
    document: str = ""
    due_on: date
    items: tuple[int, ...]
    on_merits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the reply deadline follows from. ``start`` is S; ``ordered_on`` stands in its place.

    ``extended_by`` counts the working days granted since the last restart (they make N).
    ``article`` is the basis of the date: 33.2, or 35 after a deferral, or that of a reopening.
    """

    start: date
    extended_by: int = 0
    ordered_on: date | None = None
    article: str = "33.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoHandling:
    """协办 with a unit inside the agency's reach."""

    unit: str
    on: date
    question: str = ""
    due_on: date | None = None
    answer: str = ""
    answered_on: date | None = None
    returned: bool = False


@dataclass(frozen=True, kw_only=True)
class Case:
    """案件: the fold of its facts. Everything here can be rebuilt from them."""

    number: str
    agency: str
    state: State
    #: What has happened, in order of recording; everything else here follows from it.
    facts: tuple[Fact, ...] = ()
    channel: Channel
    #: Handed in, signed for, or arrived.
    on: date
    acknowledged_on: date | None = None
    #: 收到申请之日 (31): the first receipt; corrected requests are in ``correction``.
    received_on: date | None = None
    topics: tuple[str, ...] = ()
    delivery: Delivery | None = None
    form: Form | None = None
    applicants: tuple[Applicant, ...]
    agent: Agent | None = None
    items: tuple[Item, ...]
    withdrawn_items: frozenset[int] = frozenset()
    #: The latest date that any fact bears: the agency's own acts may not go back behind it.
    last_on: date
    accepted_on: date | None = None
    contacts: tuple[date, ...] = ()
    clock: Clock | None = None
    correction: Correction | None = None
    consultations: tuple[Consultation, ...] = ()
    extensions: tuple[Extension, ...] = ()
    explanation: Explanation | None = None
    deferral: Deferral | None = None
    charge: Charge | None = None
    searches: tuple[Search, ...] = ()
    authorizations: tuple[Authorization, ...] = ()
    draft: Draft | None = None
    #: Persons who drafted in this round: none of them reviews or approves it.
    drafters: frozenset[str] = frozenset()
    #: Every reply that was issued, the recalled ones included, in order.
    replies: tuple[Reply, ...] = ()
    third_party_notices: tuple[ThirdPartyNotice, ...] = ()
    services: tuple[Service, ...] = ()
    close_reason: CloseReason | None = None
    closed_on: date | None = None
    challenges: tuple[Challenge, ...] = ()
    reopenings: tuple[Reopening, ...] = ()
    referrals: tuple[Referral, ...] = ()
    #: Days of the periodic looks at what was withheld (18).
    reassessed_on: tuple[date, ...] = ()
    co_handlings: tuple[CoHandling, ...] = ()

    @property
    def version(self) -> int:
        """How many facts the case is the fold of."""
        return len(self.facts)

    @property
    def representative(self) -> Applicant:
        """The applicant to whom papers go."""
        return next((a for a in self.applicants if a.representative), self.applicants[0])

    @property
    def reply(self) -> Reply | None:
        """The reply that stands: the last issued one unless it was recalled."""
        last = self.replies[-1] if self.replies else None
        return None if last is None or last.void_on else last

    @property
    def to_answer(self) -> tuple[int, ...]:
        """Numbers of the items that this round must answer."""
        scope = self.reopenings[-1].items if self.reopenings else range(1, len(self.items) + 1)
        return tuple(n for n in scope if n not in self.withdrawn_items)

    def item(self, number: int) -> Item:
        """Return item ``number`` (from 1); :class:`IndexError` when there is none."""
        if number < 1:
            raise IndexError(number)
        return self.items[number - 1]

    def consultations_on(self, item: int) -> tuple[Consultation, ...]:
        """Return the consultations that cover ``item``."""
        return tuple(c for c in self.consultations if item in c.items)


if TYPE_CHECKING:
    from dataclasses import replace

    altered = replace
else:

    def altered(case: Case, /, **changes: object) -> Case:
        """Return ``case`` with other values: ``dataclasses.replace`` without asking every field.

        A step does it several times, and a case has forty fields: it takes a fifth of the time.
        """
        other = object.__new__(Case)
        vars(other).update(vars(case), **changes)
        return other
