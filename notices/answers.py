"""The reply: one letter that answers every item, each with finding, basis, decision and reasons."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from notices.context import Asked, Occasion, asked, without_marks
from notices.errors import PaperError
from notices.passages import Withheld, withheld
from notices.supply import GIVES, encloses, instead, visit
from rules.norms import cite_norm
from rules.words import Outcome
from workflow.case import Case, Correction, Explanation, Reopening, Reply, Search
from workflow.decision import Decision
from workflow.vocabulary import ReopenCause

#: A heading quotes what was asked only as long as it stays one line.
_LONGEST_HEADING: Final = 22
_SEVERAL: Final = 2
_OF_ITSELF: Final = frozenset({ReopenCause.REASSESSMENT, ReopenCause.OWN_MOTION})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one item, as its part of the template says it."""

    item: int
    outcome: Outcome
    part: str
    heading: str
    asked: str
    #: The place in the Regulation or another norm; empty where no norm has one.
    basis: str
    decision: Decision
    #: 附件1, or empty where nothing is enclosed.
    annex: str
    #: Inspection or copying instead of a copy (art. 40), in the applicant's words.
    arranged: str
    #: The form that was asked for where another had to be offered; else empty.
    instead: str
    place: str
    given: tuple[str, ...]
    withheld: tuple[Withheld, ...]
    searches: tuple[Search, ...]
    correction: Correction | None
    explanation: Explanation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """The reply that this one takes the place of, and why."""

    number: str
    on: date | None
    cause: str
    document: str
    scope: tuple[int, ...]
    #: Whether it adds to the earlier reply instead of taking its place.
    adds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySheet:
    """答复书: what happened before, and the answers in the order of the items."""

    correction: Correction | None
    explanation: Explanation | None
    earlier: Earlier | None
    withdrawn: tuple[int, ...]
    several: bool
    answers: tuple[Answer, ...]
    form: str
    assistance: bool


def reply_sheet(occasion: Occasion) -> ReplySheet:
    """Collect what the letter says of every decision of the reply just issued."""
    case, reply = occasion.case, issued(occasion.case)
    answers = tuple(_answers(occasion, reply.draft.decisions))
    enclosed = any(a.annex for a in answers)
    return ReplySheet(
        correction=case.correction if case.correction and case.correction.answered_on else None,
        explanation=case.explanation,
        earlier=earlier(case),
        withdrawn=tuple(sorted(case.withdrawn_items)),
        several=len(answers) >= _SEVERAL,
        answers=answers,
        form=case.form.label if case.form and enclosed else "",
        assistance=any(a.needs_assistance for a in case.applicants),
    )


def issued(case: Case) -> Reply:
    """Return the reply that the letter is about: the last one."""
    if not case.replies:
        raise PaperError("missing_value", "案件中没有答复，不能制作答复书。", article="36")
    return case.replies[-1]


def annexes(case: Case) -> tuple[str, ...]:
    """Return the names of what is enclosed, in the order of the items."""
    return tuple(d.provide for d in issued(case).draft.decisions if encloses(case, d))


def earlier(case: Case) -> Earlier | None:
    """Return the standing reply that a reopened case replaces; None in a first round."""
    if not case.reopenings:
        return None
    reopening = case.reopenings[-1]
    before = [r for r in case.replies[:-1] if r.void_on is None and r.issued_on <= reopening.on]
    last = before[-1] if before else None
    return Earlier(
        number=last.number if last else "",
        on=last.issued_on if last else None,
        cause=_cause(reopening),
        document=reopening.document,
        scope=() if _covers_all(case, reopening) else reopening.items,
        adds=bool(last) and supplements(case),
    )


def supplements(case: Case) -> bool:
    """Whether the agency of its own accord now gives more than its earlier reply gave."""
    if not case.reopenings or case.reopenings[-1].cause not in _OF_ITSELF:
        return False
    return any(d.outcome in GIVES for d in issued(case).draft.decisions)


def _cause(reopening: Reopening) -> str:
    """Say in the letter's words why the case was taken up again."""
    words = {
        ReopenCause.REVIEW_DECISION: "根据行政复议决定",
        ReopenCause.JUDGMENT: "根据人民法院的裁判",
        ReopenCause.SUPERVISION: "根据政府信息公开工作主管部门的要求",
        ReopenCause.OWN_MOTION: "经自行核查",
        ReopenCause.REASSESSMENT: "经定期评估审查",
        ReopenCause.LATE_CORRECTION: "经审查，逾期补正有正当理由",
    }
    return words[reopening.cause]


def _covers_all(case: Case, reopening: Reopening) -> bool:
    return set(reopening.items) >= set(range(1, len(case.items) + 1))


def _answers(occasion: Occasion, decisions: tuple[Decision, ...]) -> Iterator[Answer]:
    names = annexes(occasion.case)
    enclosed = 0
    for decision in decisions:
        annex = ""
        if encloses(occasion.case, decision):
            enclosed += 1
            annex = f"附件{enclosed}" if len(names) >= _SEVERAL else "附件"
        yield _answer(occasion, decision, annex)


def _answer(occasion: Occasion, decision: Decision, annex: str) -> Answer:
    case, agency = occasion.case, occasion.world.agency
    quoted = asked(case, (decision.item,), without_marks)[0]
    here = visit(case, decision)
    return Answer(
        item=decision.item,
        outcome=decision.outcome,
        part=f"_answer_{decision.outcome}.txt.j2",
        heading=_heading(case, quoted),
        asked=quoted.text,
        basis=basis(occasion, decision),
        decision=decision,
        annex=annex,
        arranged=here.label if here else "",
        instead=instead(case, decision),
        place=decision.where or agency.address,
        given=tuple(p.label for p in decision.given),
        withheld=withheld(occasion, decision),
        searches=_searches(case, decision),
        correction=case.correction,
        explanation=case.explanation,
    )


def basis(occasion: Occasion, decision: Decision) -> str:
    """Return the place that the decision rests on, in short where it is in the Regulation."""
    rule = occasion.law.outcomes[decision.outcome]
    if rule.article is not None:
        return f"《条例》{rule.article.short}"
    if rule.norm is not None:
        return cite_norm(*rule.norm, occasion.on).text
    return ""


def _heading(case: Case, quoted: Asked) -> str:
    title = without_marks(case, case.item(quoted.number).name)
    fits = len(title) <= _LONGEST_HEADING and "\n" not in title
    return f"关于“{title}”" if fits else f"关于第{quoted.number}项申请内容"


def _searches(case: Case, decision: Decision) -> tuple[Search, ...]:
    if decision.outcome is not Outcome.NOT_HELD:
        return ()
    found = tuple(s for s in case.searches if decision.item in s.items)
    if not found:
        raise PaperError(
            "no_search",
            f"第{decision.item}项答复信息不存在，但没有检索记录。",
            article="36(4)",
            mend="请先记录检索范围、方法、关键词和结果。",
        )
    return found
