"""A replayed story as JSON: the shape that programs read."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from gongkai.casefile import CaseFileError
from gongkai.findings import finding_as
from gongkai.runs import Run, StepResult
from gongkai.store.registry import StoredPaper
from gongkai.store.tables import RECTIFICATION
from workflow import rectification
from workflow.case import Case
from workflow.clock import Deadline, deadlines, reply_due, running
from workflow.errors import Refused
from workflow.rectification import Rectification
from workflow.standing import report_row
from workflow.world import World

Json = dict[str, Any]

#: The heading of a story that has made no case.
NO_CASE: Json = {
    "number": None,
    "state": None,
    "received_on": None,
    "reply_due_on": None,
    "running": False,
    "provisional": False,
    "replied_on": None,
    "in_time": None,
    "outcome_row": None,
}


def answer(run: Run, file: str, written: Sequence[str] = ()) -> Json:
    """Return what ``replay --json`` prints; ``written`` are the files of the papers, if any."""
    files: Sequence[str | None] = written or [None] * len(run.papers)
    return {
        "file": file,
        "ok": run.ok,
        "case": _heading(run),
        "steps": [step_as(step) for step in run.steps if step.n or step.refused],
        "deadlines": [deadline_as(one) for one in deadlines_of(run)],
        "findings": [finding_as(finding) for finding in run.draft_findings],
        "notices": [notice_as(*pair) for pair in zip(run.papers, files, strict=True)],
    }


def _heading(run: Run) -> Json:
    if run.rectification:
        return rectification_as(run.rectification)
    return case_as(run.case, run.world) if run.case else dict(NO_CASE)


def deadlines_of(run: Run) -> tuple[Deadline, ...]:
    """Return every period that ran: those of law, or the agency's own for a rectification."""
    if run.rectification:
        return (rectification.due(run.rectification, run.working_days, run.world),)
    return tuple(deadlines(run.case, run.world)) if run.case else ()


def heading_as(case: Case | Rectification, world: World) -> dict[str, Any]:
    """Return what is said of a case of either kind, before its deadlines and papers."""
    return rectification_as(case) if isinstance(case, Rectification) else case_as(case, world)


def rectification_as(case: Rectification) -> Json:
    """Return the heading of a rectification: it has no statutory period and no row in table three.

    Its own day stands among the deadlines, marked as policy.
    """
    decided = case.decided
    return {
        **NO_CASE,
        "kind": RECTIFICATION,
        "number": case.number,
        "state": case.state.value,
        "received_on": day(case.on),
        "running": decided is None,
        "replied_on": day(decided.on) if decided else None,
        "result": decided.result.value if decided else None,
    }


def fault_answer(error: CaseFileError, file: str) -> Json:
    """Return what ``replay --json`` prints for a file that is not well-formed."""
    errors = [{"path": f.path, "line": f.line, "message": f.message} for f in error.faults]
    return {"file": file, "ok": False, "errors": errors}


def case_as(case: Case, world: World) -> Json:
    """Return the heading of a case as of ``world.today``."""
    due = reply_due(case, world)
    first = next((reply for reply in case.replies if reply.sent_on), None)
    return {
        "number": case.number,
        "state": case.state.value,
        "received_on": day(case.received_on),
        "reply_due_on": day(due.on) if due else None,
        "running": running(case, world),
        "provisional": bool(due and due.provisional),
        "replied_on": day(first.sent_on) if first else None,
        "in_time": first.in_time if first else None,
        "outcome_row": outcome_row(case),
    }


def outcome_row(case: Case) -> str | None:
    """Return the row of the annual report's table three in which the case is counted."""
    row = report_row(case)
    return row.label if row else None


def step_as(step: StepResult) -> Json:
    """Return one step."""
    return {
        "n": step.n,
        "do": step.do,
        "on": day(step.on),
        "by": step.by,
        "accepted": step.refused is None,
        "state": step.state.value if step.state else None,
        "reply_due_on": day(step.reply_due_on),
        "correction_due_on": day(step.correction_due_on),
        "applicant_due_on": day(step.applicant_due_on),
        "refused": refusal_as(step.refused) if step.refused else None,
        "findings": [finding_as(finding) for finding in step.findings],
    }


def refusal_as(refused: Refused) -> Json:
    """Return a refusal without its findings, which stand at the step."""
    return {
        "code": refused.code,
        "message": refused.message,
        "article": refused.article,
        "mend": refused.mend,
    }


def deadline_as(deadline: Deadline) -> Json:
    """Return one period of a case."""
    return {
        "kind": deadline.kind,
        "due_on": day(deadline.due_on),
        "article": deadline.article,
        "provisional": deadline.provisional,
        "met_on": day(deadline.met_on),
    }


def notice_as(paper: StoredPaper, file: str | None) -> Json:
    """Return one paper."""
    return {
        "kind": paper.kind,
        "number": paper.number or None,
        "file": file,
        "sha256": paper.sha256,
    }


def day(value: date | None) -> str | None:
    """Return a date as JSON."""
    return value.isoformat() if value else None
