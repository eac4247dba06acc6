"""The laws of the model check that hold for every step: who, from where to where, and in order."""

from collections.abc import Iterator
from typing import Final

from rules.errors import RuleError
from tests.process.model_duties import DUTIES
from tests.process.model_laws import EARLY
from tests.process.model_oracle import CALENDAR, seen_by_others, sent, withholds
from tests.process.model_reply_laws import LATE
from tests.process.model_taken import Taken
from workflow import commands as c
from workflow.case import Case
from workflow.clock import deadlines

_OPEN: Final = (
    "awaiting_confirmation received awaiting_correction processing consulting awaiting_explanation "
    "awaiting_payment in_review awaiting_approval approved issued"
)
_ANY: Final = f"{_OPEN} replied closed archived"
_CLOCKED: Final = (
    "received processing consulting awaiting_explanation in_review awaiting_approval approved "
    "issued"
)
_SAME: Final = "="

#: The law of each command.
LAWS: Final = EARLY | LATE | DUTIES

#: Section 3 of the specification: who, from, to (``=``: the state stays).
TABLE: Final[dict[str, tuple[str, str, str]]] = {
    "register": ("officer", "", "received awaiting_confirmation"),
    "record_contact": ("officer", _ANY, _SAME),
    "confirm_receipt": ("officer", "awaiting_confirmation", "received"),
    "accept": ("officer", "received", "processing"),
    "request_correction": ("officer", "received processing", "awaiting_correction"),
    "receive_correction": ("officer", "awaiting_correction", "received"),
    "deem_abandoned": ("head", "awaiting_correction awaiting_payment", "closed"),
    "record_search": ("officer", _OPEN, _SAME),
    "start_consultation": ("officer", "processing consulting", "consulting"),
    "record_consultation_receipt": ("officer", "consulting", _SAME),
    "record_opinion": ("officer", _OPEN, "= processing consulting"),
    "expire_consultation": ("system officer", "consulting", "processing consulting"),
    "renew_consultation": ("head", "consulting", _SAME),
    "end_consultation": ("officer", "consulting", "processing consulting"),
    "request_extension": ("officer", _CLOCKED, _SAME),
    "decide_extension": ("head", _CLOCKED, _SAME),
    "request_explanation": ("officer", "processing", "awaiting_explanation"),
    "record_explanation": ("officer", "awaiting_explanation", "processing"),
    "expire_explanation": ("system officer", "awaiting_explanation", "processing"),
    "defer_reply": ("head", "processing", _SAME),
    "charge_fee": ("head", "processing", "awaiting_payment"),
    "record_payment": ("officer", "awaiting_payment", "processing"),
    "authorize_ground": ("head", "processing", _SAME),
    "draft_reply": ("officer", "processing", "in_review"),
    "recall_draft": ("officer", "in_review", "processing"),
    "return_reply": ("reviewer head", "in_review awaiting_approval approved", "processing"),
    "pass_review": ("reviewer", "in_review", "awaiting_approval"),
    "approve_reply": ("head", "awaiting_approval", "approved"),
    "notify_third_party": ("officer", "approved issued", _SAME),
    "issue_reply": ("officer", "approved", "issued"),
    "recall_reply": ("head", "issued", "processing"),
    "send_reply": ("officer", "issued", "replied"),
    "record_delivery": ("officer", "replied", _SAME),
    "resend_reply": ("officer", "replied", _SAME),
    "record_service": ("officer", _ANY, _SAME),
    "answer_on_the_spot": ("officer", "received processing", "replied"),
    "archive": ("officer", "replied closed", "archived"),
    "misdirect": ("officer", "awaiting_confirmation received", "closed"),
    "withdraw": ("officer", _OPEN, "= closed"),
    "terminate": ("head", _OPEN, "closed"),
    "amend_request": ("officer", _OPEN, "= closed"),
    "record_challenge": ("officer", _ANY, _SAME),
    "record_challenge_result": ("officer", _ANY, _SAME),
    "reopen": ("head", "replied closed archived", "processing"),
    "refer_for_determination": ("reviewer head", "in_review awaiting_approval", _SAME),
    "record_determination": ("officer", _OPEN, _SAME),
    "reassess": ("head", "replied archived", _SAME),
    "answer_suggestion": ("officer", "replied archived", _SAME),
    "answer_challenge": ("officer", _ANY, _SAME),
    "co_handle": ("head", _OPEN, _SAME),
    "answer_co_handle": ("officer", _OPEN, _SAME),
    "return_co_handle": ("officer", _OPEN, _SAME),
    "assign": ("head", _OPEN, _SAME),
    "hand_over": ("officer", _OPEN, _SAME),
    "ask_guidance": ("officer", _ANY, _SAME),
    "give_guidance": ("supervisor", _ANY, _SAME),
    "add_note": ("officer", _ANY, _SAME),
    "attach": ("officer", _ANY, _SAME),
    "correct_record": ("officer head", _ANY.replace(" archived", ""), "= received"),
}

#: Events that may become known later than they happened; all else is the agency's own act.
_OUTSIDE: Final = frozenset(
    [
        "confirm_receipt",
        "receive_correction",
        "record_consultation_receipt",
        "record_opinion",
        "record_explanation",
        "record_payment",
        "record_delivery",
        "record_service",
        "record_challenge",
        "record_challenge_result",
    ]
)
#: The only steps that touch the reply clock.
_CLOCKS: Final = frozenset(
    [
        "register",
        "confirm_receipt",
        "receive_correction",
        "record_payment",
        "decide_extension",
        "defer_reply",
        "reopen",
        "correct_record",
    ]
)


def broken(t: Taken) -> list[str]:
    """Return the names of the laws that an accepted step breaks."""
    found = list(_global(t))
    law = LAWS.get(type(t.move.command))
    if law and not law(t):
        found.append(t.move.command.do)
    return found


def _global(t: Taken) -> Iterator[str]:
    do, before = t.move.command.do, t.before
    who, source, dest = TABLE[do]
    if t.move.by.role.value not in who.split():
        yield "wrong person"
    here = before.state.value if before else ""
    if here not in (source.split() or [""]):
        yield "wrong state"
    if t.after.state.value not in dest.replace(_SAME, here).split():
        yield "wrong way"
    if t.on > t.move.today:
        yield "future"
    if before:
        yield from _kept(t, before)
    yield from _answers_something(t)
    if not _counted(t):
        yield "deadline without calendar"
    if not lawfully_withheld(t.after, office_of_two=t.move.world.agency.office_of_two):
        yield "withheld without check, review and approval by others"


#: Laws of the specification that the process does not keep yet: reported, and expected to fail.
def _answers_something(t: Taken) -> Iterator[str]:
    if isinstance(t.m, c.DraftReply) and not t.m.decisions:
        yield "reply that answers nothing"


def _kept(t: Taken, before: Case) -> Iterator[str]:
    do = t.move.command.do
    if do not in _OUTSIDE and t.on < max(fact.on for fact in before.facts):
        yield "own act goes back"
    if t.on < before.on:
        yield "before the request"
    if t.after.facts[:-1] != before.facts or t.after.facts[-1].command is not t.move.command:
        yield "log rewritten"
    if t.after.last_on != max(before.last_on, t.on):
        yield "last day"
    if do not in _CLOCKS and t.after.clock != before.clock:
        yield "clock touched"


def _counted(t: Taken) -> bool:
    """Say whether every deadline lies in a year that has a calendar."""
    try:
        found = deadlines(t.after, t.move.world)
    except RuleError:
        return False
    return all(d.due_on <= CALENDAR.last for d in found)


def lawfully_withheld(case: Case, *, office_of_two: bool = False) -> bool:
    """Say whether the reply that has gone out withholds only what others have seen and approved."""
    reply = sent(case)
    if reply is None or not withholds(reply.draft.decisions):
        return True
    if reply.on_the_spot or not (reply.draft.reviewed_by and reply.draft.approved_by):
        return False
    return seen_by_others(case, office_of_two=office_of_two)
