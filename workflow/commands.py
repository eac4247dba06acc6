"""What can be done to a request: one frozen dataclass per command, nothing else.

Fields are what the person says; who says it, and on which day, travels beside the command
(:class:`workflow.people.Actor`, ``on``). Personal data is marked, so that a fact can keep it apart.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from rules.words import FeeBasis, Ground
from workflow.decision import FORBID_UNKNOWN, Decision
from workflow.personal import personal, personal_given, personal_list, personal_where
from workflow.vocabulary import (
    AgentKind,
    AmendHow,
    ApplicantKind,
    ChallengeKind,
    ChallengeResult,
    Channel,
    ConsultationKind,
    Delivery,
    DeliveryResult,
    EndHow,
    Form,
    Opinion,
    Reassessment,
    ReopenCause,
    SendMethod,
)

#: Metadata of a field that the program fills in (the digest of the draft that was read).
FILLED_IN: Final = {"filled_in": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """申请人: one of those who ask; the kind is a column of the annual report."""

    __pydantic_config__ = FORBID_UNKNOWN

    kind: ApplicantKind
    name: str = personal_given()
    id_document: str = personal()
    contact: str = personal()
    address: str = personal()
    needs_assistance: bool = False
    representative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """代理人: acts for the applicant; what authority lacks is a matter for correction."""

    __pydantic_config__ = FORBID_UNKNOWN

    kind: AgentKind
    name: str = personal_given()
    authority: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """申请事项: one piece of information asked for; items are numbered from 1 in their order."""

    __pydantic_config__ = FORBID_UNKNOWN

    title: str = personal()
    description: str = personal()
    document_number: str = personal()
    period: str = personal()
    record_kind: str = personal()
    proactive: bool = False
    clues: tuple[str, ...] = personal_list()

    @property
    def name(self) -> str:
        """What the item is called in lists and letters."""
        return self.title or self.description


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Something a person (or the sweep) wants to do to a case."""

    __pydantic_config__ = FORBID_UNKNOWN

    #: The word used in case files, on the command line and in the step table.
    do: ClassVar[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Command):
    """登记 (29, 31): ``on`` is the day it was handed in, signed for, or arrived."""

    do: ClassVar[str] = "register"
    agency: str
    channel: Channel
    acknowledged_on: date | None = None
    number: str = ""
    topics: tuple[str, ...] = ()
    delivery: Delivery | None = None
    form: Form | None = None
    applicants: tuple[Applicant, ...]
    agent: Agent | None = None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact(Command):
    """记录联系情况: an attempt to confirm, guidance by telephone. No effect on the clock."""

    do: ClassVar[str] = "record_contact"
    means: str = personal()
    result: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmReceipt(Command):
    """确认收到 (31(2), 31(3))."""

    do: ClassVar[str] = "confirm_receipt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Command):
    """受理 (45)."""

    do: ClassVar[str] = "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCorrection(Command):
    """告知补正 (30): everything at once, within seven working days of the first receipt."""

    do: ClassVar[str] = "request_correction"
    matters: tuple[str, ...] = personal_given()
    due_on: date | None = None
    working_days: int | None = None
    notice_received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveCorrection(Command):
    """收到补正 (30): the reply clock starts anew."""

    do: ClassVar[str] = "receive_correction"
    text: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeemAbandoned(Command):
    """视为放弃 (30; 信息处理费管理办法 6)."""

    do: ClassVar[str] = "deem_abandoned"
    no_good_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSearch(Command):
    """记录检索 (36(4)): the evidence for "not held". No items means all."""

    do: ClassVar[str] = "record_search"
    items: tuple[int, ...] = ()
    places: tuple[str, ...] = personal_given()
    keywords: tuple[str, ...] = personal_given()
    methods: tuple[str, ...] = personal_list()
    result: str = personal_given()
    clues: tuple[str, ...] = personal_list()


@dataclass(frozen=True, slots=True, kw_only=True)
class StartConsultation(Command):
    """征求意见 (11, 32, 33.3, 34)."""

    do: ClassVar[str] = "start_consultation"
    kind: ConsultationKind
    party: str = personal_given()
    items: tuple[int, ...]
    why: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordConsultationReceipt(Command):
    """记录征求意见书送达: the day the party received it starts its fifteen working days."""

    do: ClassVar[str] = "record_consultation_receipt"
    consultation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOpinion(Command):
    """记录意见 (32, 34)."""

    do: ClassVar[str] = "record_opinion"
    consultation: int
    opinion: Opinion
    reasons: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireConsultation(Command):
    """征求意见期满 (32, 34)."""

    do: ClassVar[str] = "expire_consultation"
    consultation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewConsultation(Command):
    """续期征求其他机关意见: beyond the cap its days count again without the head's renewal."""

    do: ClassVar[str] = "renew_consultation"
    consultation: int
    reason: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndConsultation(Command):
    """终止征求意见: withdrawn or undeliverable; the exclusion ends that day."""

    do: ClassVar[str] = "end_consultation"
    consultation: int
    how: EndHow
    reason: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExtension(Command):
    """申请延长答复期限 (33.2)."""

    do: ClassVar[str] = "request_extension"
    working_days: int
    reason: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideExtension(Command):
    """决定延长答复期限 (33.2): the head of the disclosure office agrees, the applicant is told."""

    do: ClassVar[str] = "decide_extension"
    grant: bool
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExplanation(Command):
    """要求说明理由 (35)."""

    do: ClassVar[str] = "request_explanation"
    reason: str = personal_given()
    working_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordExplanation(Command):
    """收到理由说明 (35): ``accepted`` says whether the agency finds the grounds reasonable."""

    do: ClassVar[str] = "record_explanation"
    text: str = personal_given()
    accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpireExplanation(Command):
    """说明理由期满 (35): silence is recorded."""

    do: ClassVar[str] = "expire_explanation"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeferReply(Command):
    """延迟答复 (35)."""

    do: ClassVar[str] = "defer_reply"
    until: date
    reason: str = personal_given()
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeFee(Command):
    """收取信息处理费 (42; 国办函〔2020〕109号)."""

    do: ClassVar[str] = "charge_fee"
    basis: FeeBasis
    count: int
    here: int | None = None
    notice_received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPayment(Command):
    """收到缴费: the reply clock starts anew."""

    do: ClassVar[str] = "record_payment"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizeGround(Command):
    """批准适用裁量性理由: under a topic that presumes disclosure (不予公开最小化)."""

    do: ClassVar[str] = "authorize_ground"
    item: int
    label: str
    ground: Ground
    reasons: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftReply(Command):
    """拟写答复 (36): a decision for every item."""

    do: ClassVar[str] = "draft_reply"
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comment(Command):
    comments: str = personal()
    reason: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDraft(_Comment):
    """撤回拟稿, by its drafter before the reviewer acts."""

    do: ClassVar[str] = "recall_draft"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReply(_Comment):
    """退回修改: voids review and approval."""

    do: ClassVar[str] = "return_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassReview(Command):
    """审核通过 (17): records the legality and secrecy review."""

    do: ClassVar[str] = "pass_review"
    opinion: str = personal()
    draft_digest: str = field(default="", metadata=FILLED_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveReply(Command):
    """批准答复, bound to the digest of the draft."""

    do: ClassVar[str] = "approve_reply"
    draft_digest: str = field(default="", metadata=FILLED_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyThirdParty(Command):
    """告知第三方决定公开 (32)."""

    do: ClassVar[str] = "notify_third_party"
    consultation: int
    reason: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueReply(Command):
    """制发答复书: number, bytes and fact in one transaction."""

    do: ClassVar[str] = "issue_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallReply(Command):
    """收回已制发未送达的答复书: the number stays, void, and why stands in their register."""

    do: ClassVar[str] = "recall_reply"
    comments: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sending(Command):
    method: SendMethod
    tracking: str = personal()
    carrier: str = "中国邮政"
    proof: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReply(_Sending):
    """送出答复书: this day decides whether the reply was in time."""

    do: ClassVar[str] = "send_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResendReply(_Sending):
    """重新送达: the first sending still decides timeliness."""

    do: ClassVar[str] = "resend_reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDelivery(Command):
    """记录答复书送达: remedy periods run from it."""

    do: ClassVar[str] = "record_delivery"
    result: DeliveryResult
    proof: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordService(Command):
    """记录其他文书送达: ``paper`` is the kind of the paper."""

    do: ClassVar[str] = "record_service"
    paper: str
    result: DeliveryResult
    method: SendMethod | None = None
    sent_on: date | None = None
    proof: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOnTheSpot(Command):
    """当场答复 (33.1): only what is public already or cleared for release."""

    do: ClassVar[str] = "answer_on_the_spot"
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive(Command):
    """归档 (45)."""

    do: ClassVar[str] = "archive"
    service_given_up: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdirect(Command):
    """误投转出: mail physically addressed to another agency is passed on and not counted."""

    do: ClassVar[str] = "misdirect"
    to: str = ""
    reason: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw(Command):
    """申请人撤回: wholly, or the named items."""

    do: ClassVar[str] = "withdraw"
    statement: str = personal()
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminate(Command):
    """终止办理: the applicant is gone and nobody takes over within twenty working days."""

    do: ClassVar[str] = "terminate"
    reason: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendRequest(Command):
    """变更申请内容."""

    do: ClassVar[str] = "amend_request"
    how: AmendHow | None = None
    items: tuple[int, ...] = ()
    text: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChallenge(Command):
    """记录复议、诉讼 (51), non-reply included (``about = "non_reply"``)."""

    do: ClassVar[str] = "record_challenge"
    kind: ChallengeKind
    body: str
    about: str = ""
    copy_received_on: date | None = None
    procedure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChallengeResult(Command):
    """记录复议、诉讼结果."""

    do: ClassVar[str] = "record_challenge_result"
    challenge: int
    result: ChallengeResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Command):
    """重新办理: due on the day ordered, else twenty working days from the day it was received."""

    do: ClassVar[str] = "reopen"
    cause: ReopenCause
    document: str = ""
    due_on: date | None = None
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferForDetermination(Command):
    """报请确定 (17.3): ask the competent department or the secrecy administration whether to open.

    Takes nothing out of the reply period.
    """

    do: ClassVar[str] = "refer_for_determination"
    body: str
    question: str = personal_given()
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDetermination(Command):
    """记录确定结果 (17.3)."""

    do: ClassVar[str] = "record_determination"
    result: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassess(Command):
    """定期评估审查 (18): whether what was withheld can be given now."""

    do: ClassVar[str] = "reassess"
    result: Reassessment
    reason: str = personal_given()
    items: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSuggestion(Command):
    """答复主动公开建议 (44.2): the applicant suggests to publish what was given on request."""

    do: ClassVar[str] = "answer_suggestion"
    accepted: bool
    reason: str = personal_given()
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChallenge(Command):
    """提交复议、诉讼答复 (51): the points and the evidence, with the day it was handed in."""

    do: ClassVar[str] = "answer_challenge"
    challenge: int
    points: tuple[str, ...] = personal_given()
    evidence: tuple[str, ...] = personal_given()


def of_a_day(name: str) -> bool:
    """Whether a field, as ``correct_record`` names it, holds a date."""
    own = name.rpartition(".")[2]
    return own in {"on", "until"} or own.endswith("_on")


def _names_a_person(correction: "CorrectRecord") -> bool:
    return not of_a_day(correction.field)


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectRecord(Command):
    """更正记录: dates, names and contacts only; the fold reads the new value at the old place."""

    do: ClassVar[str] = "correct_record"
    fact: int
    field: str
    value: str = personal_where(_names_a_person)
    reason: str = personal_given()
    proof: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoHandle(Command):
    """协办: ask a unit, with an internal date; no effect on the clock."""

    do: ClassVar[str] = "co_handle"
    unit: str
    items: tuple[int, ...] = ()
    question: str = personal()
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCoHandle(Command):
    """协办单位答复."""

    do: ClassVar[str] = "answer_co_handle"
    text: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnCoHandle(Command):
    """协办单位退回."""

    do: ClassVar[str] = "return_co_handle"
    reason: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGuidance(Command):
    """请示指导."""

    do: ClassVar[str] = "ask_guidance"
    text: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveGuidance(Command):
    """给予指导 (3, 47)."""

    do: ClassVar[str] = "give_guidance"
    text: str = personal_given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """转办."""

    do: ClassVar[str] = "assign"
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver(Command):
    """移交."""

    do: ClassVar[str] = "hand_over"
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddNote(Command):
    """备注."""

    do: ClassVar[str] = "add_note"
    text: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Command):
    """附件."""

    do: ClassVar[str] = "attach"
    file: str = personal()
    #: What the stored bytes are; all three empty where only a paper original is noted.
    sha256: str = field(default="", metadata=FILLED_IN)
    size: int = field(default=0, metadata=FILLED_IN)
    media_type: str = field(default="", metadata=FILLED_IN)


#: Every command by its word, in the order of this file.
COMMANDS: Final[dict[str, type[Command]]] = {
    kind.do: kind
    for kind in list(globals().values())
    if isinstance(kind, type) and issubclass(kind, Command) and "do" in vars(kind)
}
