"""The answer that stands: what the replies of a request, taken together, say about each item."""

from collections.abc import Iterable
from datetime import date

from rules.errors import RuleError
from rules.report import ReportRow, closing_row, request_row
from rules.words import Ground, Outcome
from workflow.case import Case, Challenge, Reply
from workflow.decision import Decision


def sent_replies(case: Case) -> tuple[Reply, ...]:
    """Return the replies that went out, in order; a recalled one never did."""
    return tuple(reply for reply in case.replies if reply.sent_on)


def standing(replies: Iterable[Reply]) -> tuple[Decision, ...]:
    """Return each item's decision in the last reply that decided it, by item."""
    last = {decision.item: decision for reply in replies for decision in reply.draft.decisions}
    return tuple(last[item] for item in sorted(last))


def grounds_of(decision: Decision) -> frozenset[Ground]:
    """Return the grounds on which anything of an item is withheld."""
    return frozenset(ground for passage in decision.withheld for ground in passage.grounds)


def challenged(case: Case, challenge: Challenge) -> tuple[Decision, ...]:
    """Return the decisions that a challenge is about: those that stood on the day it was filed.

    None where it is about the silence of the agency.
    """
    if challenge.about == "non_reply":
        return ()
    before = [r for r in sent_replies(case) if (r.sent_on or date.max) <= challenge.filed_on]
    return standing(before)


def report_row(case: Case) -> ReportRow | None:
    """Return the row of table three in which a request is counted, once (process.md 5.4).

    None while nothing has been answered, for what is not counted, and for a refusal without a
    ground, which only history knows: no row is for it.
    """
    sent = sent_replies(case)
    if sent:
        return _row(standing(sent), sent[-1].sent_on or sent[-1].issued_on)
    if case.close_reason and case.closed_on:
        return closing_row(case.close_reason.value, case.closed_on)
    return None


def _row(decisions: tuple[Decision, ...], on: date) -> ReportRow | None:
    answers = [(d.outcome, grounds_of(d)) for d in decisions]
    founded = [(d.outcome, grounds_of(d)) for d in decisions if not unfounded(d)]
    try:
        return request_row(answers, on)
    except RuleError:
        if len(founded) == len(answers):
            raise
        return request_row(founded, on) if founded else None


def unfounded(decision: Decision) -> bool:
    """Whether an item is refused without any ground."""
    return decision.outcome is Outcome.WITHHOLD and not grounds_of(decision)
