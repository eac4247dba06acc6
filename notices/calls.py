"""Which papers an accepted step calls for."""

from collections.abc import Callable
from typing import Final

from notices.supply import visits
from workflow.case import Case
from workflow.commands import (
    Command,
    DecideExtension,
    RecordDelivery,
    Register,
    StartConsultation,
)
from workflow.vocabulary import Channel, CloseReason, ConsultationKind, DeliveryResult

Papers = tuple[str, ...]

_INQUIRIES: Final[dict[ConsultationKind, Papers]] = {
    ConsultationKind.THIRD_PARTY: ("third_party_inquiry", "consultation_notice"),
    ConsultationKind.JOINT_MAKER: ("joint_maker_inquiry",),
    ConsultationKind.OTHER_AGENCY: ("agency_consultation",),
}
_CLOSINGS: Final[dict[CloseReason, Papers]] = {
    CloseReason.CORRECTION_OVERDUE: ("abandonment_notice",),
    CloseReason.PAYMENT_OVERDUE: ("unpaid_notice",),
    CloseReason.WITHDRAWN: ("withdrawal_confirmation",),
    CloseReason.TERMINATED: ("termination_notice",),
}
_UNDELIVERED: Final[dict[DeliveryResult, Papers]] = {
    DeliveryResult.REFUSED: ("undelivered_record",),
    DeliveryResult.RETURNED: ("undelivered_record", "public_collection_notice"),
    DeliveryResult.UNREACHABLE: ("undelivered_record", "public_collection_notice"),
}


def called_for(command: Command, before: Case | None, after: Case) -> Papers:
    """Return the kinds of papers that ``command``, once accepted, calls for, in order."""
    call = _CALLS.get(command.do)
    return call(command, before, after) if call else ()


def _always(kind: str) -> Callable[[Command, Case | None, Case], Papers]:
    def call(_command: Command, _before: Case | None, _after: Case) -> Papers:
        return (kind,)

    return call


def _receipt(_command: Command, before: Case | None, after: Case) -> Papers:
    was_received = before is not None and before.received_on is not None
    return ("receipt",) if after.received_on and not was_received else ()


def _registration(command: Command, before: Case | None, after: Case) -> Papers:
    oral = after.channel is Channel.ORAL or after.agent is not None
    record = ("oral_request_record",) if isinstance(command, Register) and oral else ()
    return (*record, *_receipt(command, before, after))


def _reply(_command: Command, _before: Case | None, after: Case) -> Papers:
    return ("reply", "inspection_notice") if visits(after) else ("reply",)


def _undelivered(command: Command, _before: Case | None, _after: Case) -> Papers:
    return _UNDELIVERED.get(command.result, ()) if isinstance(command, RecordDelivery) else ()


def _inquiry(command: Command, _before: Case | None, _after: Case) -> Papers:
    return _INQUIRIES[command.kind] if isinstance(command, StartConsultation) else ()


def _extension(command: Command, _before: Case | None, _after: Case) -> Papers:
    granted = isinstance(command, DecideExtension) and command.grant
    return ("extension_notice",) if granted else ()


def _closing(_command: Command, _before: Case | None, after: Case) -> Papers:
    return _CLOSINGS.get(after.close_reason, ()) if after.close_reason else ()


_CALLS: Final[dict[str, Callable[[Command, Case | None, Case], Papers]]] = {
    "register": _registration,
    "confirm_receipt": _receipt,
    "request_correction": _always("correction_notice"),
    "start_consultation": _inquiry,
    "notify_third_party": _always("third_party_release_notice"),
    "decide_extension": _extension,
    "request_explanation": _always("explanation_request"),
    "defer_reply": _always("deferral_notice"),
    "charge_fee": _always("fee_notice"),
    "deem_abandoned": _closing,
    "withdraw": _closing,
    "terminate": _closing,
    "issue_reply": _reply,
    "record_delivery": _undelivered,
    "answer_on_the_spot": _always("on_the_spot_record"),
    "refer_for_determination": _always("secrecy_referral"),
    "reassess": _always("reassessment_record"),
    "answer_suggestion": _always("suggestion_reply"),
    "answer_challenge": _always("challenge_answer"),
    "co_handle": _always("forwarding_sheet"),
    "assign": _always("forwarding_sheet"),
}
