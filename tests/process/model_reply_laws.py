"""What an accepted step must satisfy, said once more: the reply and what comes after it.

Written from ``design/process.md``; none of the code that refuses steps is asked.
"""

from datetime import date
from typing import Final

from tests.process.model_oracle import (
    drafters_of_round,
    facts_of,
    releases,
    withholds,
)
from tests.process.model_taken import (
    Laws,
    Taken,
    between,
    items_known,
    passes,
    text,
)
from workflow import commands as c
from workflow.case import Case, Consultation
from workflow.clock import deadlines
from workflow.vocabulary import State

LATE: Final = Laws()

# ── The reply ────────────────────────────────────────────────────────────────


@LATE.of(c.AuthorizeGround)
def _authorized(t: Taken) -> object:
    known = t.m.ground.value in ("internal_affairs", "deliberative", "enforcement_file")
    return known and items_known(t.b, (t.m.item,)) and text(t.m.label, t.m.reasons)


@LATE.of(c.DraftReply)
def _drafted(t: Taken) -> object:
    answered = [d.item for d in t.m.decisions]
    every = set(t.b.to_answer) <= set(answered) and len(answered) == len(set(answered))
    return every and passes(t, t.m.decisions)


@LATE.of(c.AnswerOnTheSpot)
def _on_the_spot(t: Taken) -> object:
    cleared = t.move.world.agency.cleared
    return (
        all(
            d.outcome.value == "already_public"
            or (d.outcome.value == "disclose" and t.b.items[d.item - 1].name in cleared)
            for d in t.m.decisions
        )
        and not withholds(t.m.decisions)
        and passes(t, t.m.decisions)
        and _lateness_said(t)
    )


LATE[c.RecordSearch] = lambda t: (
    items_known(t.b, t.m.items) and t.m.places and t.m.keywords and text(t.m.result)
)
LATE[c.RecallDraft] = lambda t: (
    t.move.by.person == facts_of(t.b, c.DraftReply)[-1].actor.person and t.after.draft is None
)
LATE[c.ReturnReply] = lambda t: text(t.m.comments or t.m.reason) and t.after.draft is None
LATE[c.RecallReply] = lambda t: (
    text(t.m.comments or t.m.reason)
    and not t.b.replies[-1].sendings
    and t.after.draft is None
    and t.after.replies[-1].void_on == t.on
)
LATE[c.PassReview] = lambda t: t.move.by.person not in drafters_of_round(t.b.facts)


def _unaltered(t: Taken) -> bool:
    """Say whether the draft on file still is the one that was written."""
    draft = t.b.draft
    wrote = facts_of(t.b, c.DraftReply)[-1].command
    return draft is not None and getattr(wrote, "decisions", ()) == draft.decisions


@LATE.of(c.ApproveReply)
def _approved(t: Taken) -> object:
    person, agency = t.move.by.person, t.move.world.agency
    reviewer = facts_of(t.b, c.PassReview)[-1].actor.person
    return (
        person not in drafters_of_round(t.b.facts)
        and (person != reviewer or agency.office_of_two)
        and agency.superior_head in ("", person)
        and _unaltered(t)
        and t.b.draft
        and passes(t, t.b.draft.decisions)
    )


@LATE.of(c.IssueReply)
def _issued(t: Taken) -> object:
    draft = t.b.draft
    return draft and draft.approved_by and _unaltered(t) and passes(t, draft.decisions)


# ── Getting it out ───────────────────────────────────────────────────────────


def _objecting(case: Case) -> list[Consultation]:
    return [
        x
        for x in case.consultations
        if x.kind.value == "third_party" and x.opinion and x.opinion.value in ("object", "partial")
    ]


@LATE.of(c.NotifyThirdParty)
def _notified(t: Taken) -> object:
    asked = next((x for x in _objecting(t.b) if x.number == t.m.consultation), None)
    return text(t.m.reason) and asked and t.b.draft and releases(t.b.draft.decisions, asked.items)


def _by_lawful_means(t: Taken) -> bool:
    if t.m.method.value == "post":
        return text(t.m.tracking) and any(word in t.m.carrier for word in ("邮政", "EMS"))
    if t.m.method.value == "electronic":
        wished = t.b.delivery is not None and t.b.delivery.value == "electronic"
        online = t.on < date(2024, 1, 1) or bool(t.move.world.agency.online_review)
        return wished and online
    return True


def _lateness_said(t: Taken) -> bool:
    return any(f.code == "late" for f in t.findings) == (t.on > t.due)


def _objectors_told(t: Taken) -> bool:
    reply = t.b.replies[-1]
    approved = facts_of(t.b, c.ApproveReply)[-1].number
    told = {
        getattr(f.command, "consultation", 0)
        for f in facts_of(t.b, c.NotifyThirdParty)
        if f.number > approved or f.on >= t.b.facts[approved - 1].on
    }
    against = [x for x in _objecting(t.b) if releases(reply.draft.decisions, x.items)]
    return all(x.number in told for x in against)


@LATE.of(c.SendReply)
def _sent(t: Taken) -> object:
    reply = t.after.replies[-1]
    return (
        _by_lawful_means(t)
        and _objectors_told(t)
        and _lateness_said(t)
        and reply.due_on == t.due
        and reply.in_time == (t.on <= t.due)
    )


@LATE.of(c.ResendReply)
def _resent(t: Taken) -> object:
    was, now = t.b.replies[-1], t.after.replies[-1]
    came_back = was.sendings[-1].result
    back = came_back is not None and came_back.value in ("returned", "unreachable")
    return back and _by_lawful_means(t) and (now.sent_on, now.due_on) == (was.sent_on, was.due_on)


def _last_sent(case: Case) -> date:
    return facts_of(case, c.SendReply, c.ResendReply, c.AnswerOnTheSpot)[-1].on


LATE[c.RecordDelivery] = lambda t: (
    t.on >= _last_sent(t.b)
    and getattr(t.b.replies[-1].sendings[-1].result, "value", "") != "delivered"
)


@LATE.of(c.Archive)
def _archived(t: Taken) -> object:
    if t.b.state is State.CLOSED or text(t.m.service_given_up):
        return True
    last = t.b.replies[-1].sendings[-1]
    if last.method.value in ("in_person", "via_agency", "pickup"):
        return True
    served = last.result.value if last.result else ""
    return served == "delivered" or (served == "refused" and text(last.result_proof))


# ── Beside and after ─────────────────────────────────────────────────────────


LATE[c.AddNote] = lambda t: t.m.text.isprintable()


@LATE.of(c.RecordService)
def _served(t: Taken) -> object:
    kinds = {"correction_notice": c.RequestCorrection, "fee_notice": c.ChargeFee}
    papers = facts_of(t.b, kinds[t.m.paper]) if t.m.paper in kinds else []
    made = papers[-1].on if papers else t.b.on
    return made <= (t.m.sent_on or made) <= t.on


LATE[c.RecordChallenge] = lambda t: (
    t.on >= t.b.on and between(t.on, t.m.copy_received_on, t.move.today)
)
LATE[c.Reopen] = lambda t: (
    items_known(t.b, t.m.items) and t.after.draft is None and bool(t.after.to_answer)
)
LATE[c.CoHandle] = lambda t: items_known(t.b, t.m.items)
LATE[c.Attach] = lambda t: not any(mark in t.m.file for mark in ("绝密", "机密", "秘密★"))


@LATE.of(c.RecordChallengeResult)
def _judged(t: Taken) -> object:
    filed = facts_of(t.b, c.RecordChallenge)
    known = [fact.command for fact in facts_of(t.b, c.RecordChallengeResult)]
    first = all(x.challenge != t.m.challenge for x in known if isinstance(x, type(t.m)))
    return first and 1 <= t.m.challenge <= len(filed) and t.on >= filed[t.m.challenge - 1].on


@LATE.of(c.AnswerCoHandle, c.ReturnCoHandle)
def _unit_answered(t: Taken) -> object:
    return len(facts_of(t.b, c.CoHandle)) > len(facts_of(t.b, c.AnswerCoHandle, c.ReturnCoHandle))


@LATE.of(c.CorrectRecord)
def _record(t: Taken) -> object:
    old = [(d.kind, d.due_on) for d in deadlines(t.b, t.move.world)]
    moved = old != [(d.kind, d.due_on) for d in deadlines(t.after, t.move.world)]
    lawful = t.m.field in ("name", "contact", "address") or t.m.field.endswith("on")
    return (
        1 <= t.m.fact <= len(t.b.facts)
        and text(t.m.reason)
        and lawful
        and t.after.on <= t.move.today
        and (not moved or t.move.by.role.value == "head")
    )
