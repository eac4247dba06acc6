"""What an accepted step must satisfy, said once more: from receipt to the reply period.

Written from ``design/process.md``; none of the code that refuses steps is asked.
"""

from datetime import date
from typing import Final

from tests.process.model_oracle import (
    facts_of,
    nth,
)
from tests.process.model_taken import (
    Laws,
    Taken,
    asked_of,
    between,
    ended,
    items_known,
    restarted,
    text,
)
from workflow import commands as c
from workflow.case import Case, Clock
from workflow.vocabulary import State

EARLY: Final = Laws()

# ── Taking in ────────────────────────────────────────────────────────────────


@EARLY.of(c.Register)
def _registered(t: Taken) -> object:
    m, at_once = t.m, t.m.channel.value in ("in_person", "oral", "registered_mail")
    received = t.on if at_once else m.acknowledged_on
    return (
        len(m.applicants) >= 1
        and sum(a.representative for a in m.applicants) < 2
        and len(m.items) >= 1
        and all(text(i.title or i.description) for i in m.items)
        and between(t.on, m.acknowledged_on, t.move.today)
        and t.after.received_on == received
        and t.after.clock == (Clock(start=received) if received else None)
        and (received is None or received >= date(2019, 5, 15))
    )


@EARLY.of(c.ConfirmReceipt)
def _confirmed(t: Taken) -> object:
    warned = any(f.code == "late_confirmation" for f in t.findings)
    tried = bool(facts_of(t.b, c.RecordContact))
    return (
        t.on >= t.b.on
        and t.after.received_on == t.on
        and restarted(t)
        and warned == (t.on > nth(t.b.on, 1) and not tried)
    )


@EARLY.of(c.RequestCorrection)
def _correction(t: Taken) -> object:
    busy = (c.StartConsultation, c.ChargeFee, c.RequestExplanation)
    told = t.m.notice_received_on or t.on
    return (
        not facts_of(t.b, c.RequestCorrection, c.DraftReply, *busy)
        and t.b.received_on
        and t.on <= nth(t.b.received_on, 7)
        and t.m.matters
        and text(*t.m.matters)
        and between(t.on, told, t.move.today)
        and (t.m.due_on is None or (t.m.working_days is None and t.m.due_on > told))
        and (t.m.working_days is None or t.m.working_days > 0)
    )


@EARLY.of(c.ReceiveCorrection)
def _corrected(t: Taken) -> object:
    return t.on >= facts_of(t.b, c.RequestCorrection)[-1].on and restarted(t)


@EARLY.of(c.DeemAbandoned)
def _abandoned(t: Taken) -> object:
    if t.b.state is State.AWAITING_PAYMENT:
        charge = t.b.charge
        told = charge.notice_received_on if charge else None
        return told and t.on > nth(told, 20)
    asked = t.b.correction
    if not (asked and asked.notice_received_on and t.m.no_good_reason):
        return False
    return t.on > (asked.fixed_due_on or nth(asked.notice_received_on, asked.working_days))


EARLY[c.Misdirect] = lambda t: text(t.m.to, t.m.reason)
EARLY[c.Withdraw] = lambda t: text(t.m.statement) and items_known(t.b, t.m.items)
EARLY[c.Terminate] = lambda t: text(t.m.reason)
EARLY[c.AmendRequest] = lambda t: t.m.how and items_known(t.b, t.m.items)

# ── Asking others ────────────────────────────────────────────────────────────


@EARLY.of(c.StartConsultation)
def _consulted(t: Taken) -> object:
    why = t.m.kind.value != "other_agency" or text(t.m.why)
    return text(t.m.party) and t.m.items and items_known(t.b, t.m.items) and why


@EARLY.of(c.RecordConsultationReceipt)
def _letter_came(t: Taken) -> object:
    asked = asked_of(t)
    return asked and not ended(asked) and not asked.received_on and t.on >= asked.sent_on


@EARLY.of(c.RecordOpinion)
def _opined(t: Taken) -> object:
    asked = asked_of(t)
    if not asked or asked.opinion or not asked.received_on or t.on < asked.received_on:
        return False
    drafted = {d.item for d in t.b.draft.decisions} if t.b.draft else set()
    reviewed = t.b.state.value in ("in_review", "awaiting_approval", "approved")
    if ended(asked) and reviewed and drafted & set(asked.items):
        return t.after.draft is None and t.after.state is State.PROCESSING
    return True


@EARLY.of(c.ExpireConsultation)
def _expired(t: Taken) -> object:
    asked = asked_of(t)
    if not asked or ended(asked) or asked.kind.value == "other_agency":
        return False
    return asked.received_on and t.on > nth(asked.received_on, 15)


@EARLY.of(c.RenewConsultation)
def _renewed(t: Taken) -> object:
    asked = asked_of(t)
    if not asked or ended(asked) or asked.kind.value != "other_agency":
        return False
    return asked.received_on and text(t.m.reason)


EARLY[c.EndConsultation] = lambda t: (
    (asked := asked_of(t)) and not ended(asked) and text(t.m.reason)
)


@EARLY.of(c.RequestExplanation)
def _reasons_asked(t: Taken) -> object:
    days = t.m.working_days
    return (
        not facts_of(t.b, c.RequestExplanation) and text(t.m.reason) and (days is None or days > 0)
    )


EARLY[c.RecordExplanation] = lambda t: t.on >= facts_of(t.b, c.RequestExplanation)[-1].on


@EARLY.of(c.ExpireExplanation)
def _silent(t: Taken) -> object:
    asked = t.b.explanation
    return asked and t.on > nth(asked.asked_on, asked.working_days)


# ── The reply period ─────────────────────────────────────────────────────────


def _granted(case: Case) -> list[int]:
    """Return the working days granted over the case, from the log."""
    asked, found = 0, []
    for fact in facts_of(case, c.RequestExtension, c.DecideExtension):
        if isinstance(fact.command, c.RequestExtension):
            asked = fact.command.working_days
        elif isinstance(fact.command, c.DecideExtension) and fact.command.grant:
            found.append(asked)
    return found


def _pending(case: Case) -> bool:
    facts = facts_of(case, c.RequestExtension, c.DecideExtension)
    return bool(facts) and isinstance(facts[-1].command, c.RequestExtension)


def _told_in_time(t: Taken) -> bool:
    told = t.m.told_on or t.on
    return t.on <= told <= t.move.today and told <= t.due


@EARLY.of(c.RequestExtension)
def _extension(t: Taken) -> object:
    granted = _granted(t.b)
    return (
        not _pending(t.b)
        and not granted  # the setting of this office: one extension only
        and 1 <= t.m.working_days <= 20 - sum(granted)
        and text(t.m.reason)
        and t.on <= t.due
    )


@EARLY.of(c.DecideExtension)
def _decided(t: Taken) -> object:
    if not t.m.grant:
        return _pending(t.b) and t.after.clock == t.b.clock
    was, now, days = t.b.clock, t.after.clock, sum(_granted(t.after))
    return (
        _pending(t.b)
        and _told_in_time(t)
        and days <= 20
        and was
        and now
        and now.extended_by == was.extended_by + _granted(t.after)[-1]
    )


@EARLY.of(c.DeferReply)
def _deferred(t: Taken) -> object:
    reasons = facts_of(t.b, c.RecordExplanation)
    accepted = reasons and getattr(reasons[-1].command, "accepted", False)
    due = t.after.clock and t.after.clock.ordered_on == t.m.until
    return accepted and text(t.m.reason) and t.m.until > t.due and _told_in_time(t) and due


@EARLY.of(c.ChargeFee)
def _charged(t: Taken) -> object:
    m, free = t.m, 30 if t.m.basis.value == "pages" else 10
    here = 1 if m.here is None else m.here
    wish = t.b.form.value if t.b.form else ""
    return (
        t.b.received_on
        and t.b.received_on >= date(2021, 1, 1)
        and not facts_of(t.b, c.ChargeFee)
        and not (m.basis.value == "pages" and wish == "inspect")
        and m.count > free
        and 1 <= here <= m.count
        and t.on <= t.due
        and between(t.on, m.notice_received_on, t.move.today)
    )


EARLY[c.RecordPayment] = lambda t: t.on >= facts_of(t.b, c.ChargeFee)[-1].on and restarted(t)
