"""How what is given reaches the applicant (arts 36(2), 40): enclosed, later, or to be seen here."""

from typing import Final

from notices.errors import PaperError
from rules.words import Outcome
from workflow.case import Case
from workflow.decision import Decision
from workflow.vocabulary import Form

GIVES: Final = frozenset({Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE})
_ON_THE_SPOT: Final = frozenset({Form.INSPECT, Form.COPY})


def visit(case: Case, decision: Decision) -> Form | None:
    """Return whether something given is to be inspected or copied by hand here, and which.

    It is where the applicant asked for that, or where the decision offers it at a set time in
    place of the form asked for; the decision says so in its own words (``where``, ``provide``).
    """
    if decision.outcome not in GIVES:
        return None
    return case.form if case.form in _ON_THE_SPOT else _offered(decision)


def _offered(decision: Decision) -> Form | None:
    if not decision.when:
        return None
    said = f"{decision.where}{decision.provide}"
    return next((form for form in (Form.INSPECT, Form.COPY) if form.label in said), None)


def instead(case: Case, decision: Decision) -> str:
    """Return the form asked for where another is offered in its place (art. 40), else nothing."""
    offered = visit(case, decision)
    if offered is None or case.form in {None, *_ON_THE_SPOT}:
        return ""
    if not decision.reason:
        raise PaperError(
            "no_reason_for_form",
            f"第{decision.item}项没有按申请人要求的形式提供，但没有写明理由。",
            article="40",
            mend="请写明按要求的形式提供如何可能危及政府信息载体安全，或者成本如何过高。",
        )
    return case.form.label if case.form else ""


def visits(case: Case) -> tuple[Decision, ...]:
    """Return the decisions of the standing reply that invite the applicant to come and see."""
    reply = case.reply
    return tuple(d for d in reply.draft.decisions if visit(case, d)) if reply else ()


def encloses(case: Case, decision: Decision) -> bool:
    """Whether copies go with the letter: not for inspection, and not where given later."""
    here = decision.outcome in GIVES and bool(decision.provide) and not decision.when
    return here and visit(case, decision) is None
