"""信息更正处理告知书 (art. 41): the one letter of a rectification, and its last look."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from notices import agreement, wording
from notices.catalogue import PaperKind
from notices.context import Occasion, sheet, without_marks
from notices.errors import PaperError
from notices.letter import Letter
from notices.markup import parse
from notices.remedies import single_remedy
from notices.render import fill
from notices.wording import block_finding
from rules.norms import cite_norm
from rules.words import RemedyClass
from workflow.case import Case
from workflow.commands import AddNote, Item
from workflow.findings import Finding
from workflow.rectification import Decided, Rectification, RectificationResult
from workflow.vocabulary import Severity, State
from workflow.world import World

Check = Callable[[Letter, Case, World], Iterator[Finding]]

KIND: Final = PaperKind(
    "rectification_reply",
    "N40",
    "政府信息更正申请处理告知书",
    "decide_rectification",
    "条例41",
    remedy=RemedyClass.OPTIONAL,
)

_CHECKS: Final[tuple[Check, ...]] = (
    wording.shape,
    wording.leftovers,
    wording.punctuation,
    wording.invisible,
    agreement.names,
    agreement.private_data,
    agreement.dates,
    agreement.signature,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationReply:
    """What was asked, what the examination found, and what follows under art. 41."""

    record: str
    claim: str
    evidence: tuple[str, ...]
    result: str
    reason: str
    to: str


def compose(case: Rectification, *, on: date, world: World) -> Letter:
    """Write the letter that tells the decision; PaperError where it cannot be written."""
    decided = _decided(case)
    request = _as_request(case)
    # A sheet is drawn for a step of a request; here it takes nothing from the step itself.
    values = sheet(Occasion(case=request, command=AddNote(), on=on, world=world), KIND.title)
    remedies = single_remedy("上述处理", on, world.agency, request)
    values = replace(values, remedies=remedies)
    own = RectificationReply(
        record=without_marks(request, case.record),
        claim=without_marks(request, case.claim),
        evidence=tuple(without_marks(request, one) for one in case.evidence if one.strip()),
        result=decided.result.value,
        reason=without_marks(request, decided.reason),
        to=decided.to,
    )
    return Letter(
        kind=KIND.kind,
        id=KIND.id,
        title=KIND.title,
        addressee=values.addressee,
        on=on,
        letterhead=world.agency.head_name,
        signature=world.agency.name,
        numbered=KIND.numbered,
        blocks=parse(fill(KIND.template, values, own)),
        remedies=remedies,
    )


def lint(letter: Letter, *, case: Rectification, world: World) -> tuple[Finding, ...]:
    """Return what is wrong with ``letter``; a blocking finding stops it before it has a number."""
    request = _as_request(case)
    there = world.on(letter.on)
    found = [finding for check in _CHECKS for finding in _run(check, letter, request, there)]
    return (*found, *_result(letter, _decided(case)), *_remedies(letter, there))


def _run(check: Check, letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    try:
        yield from check(letter, case, world)
    except PaperError as error:
        yield Finding(
            code=error.code,
            severity=Severity.BLOCK,
            message=error.message,
            article=error.article,
            mend=error.mend,
        )


def _decided(case: Rectification) -> Decided:
    if case.decided is None:
        raise PaperError(
            "not_decided", "更正申请还没有决定，不能制作文书。", "41", "请先由负责人决定。"
        )
    return case.decided


def _as_request(case: Rectification) -> Case:
    """Return the case as the shared parts of letters know one: who, when, how, about what."""
    return Case(
        number=case.number,
        agency=case.agency,
        state=State.PROCESSING,
        channel=case.channel,
        on=case.on,
        received_on=case.on,
        delivery=case.delivery,
        applicants=case.applicants,
        items=(Item(title=case.record, description=case.claim),),
        last_on=case.last_on if case.facts else case.on,
    )


_SAID: Final = {
    RectificationResult.CORRECTED: "予以更正",
    RectificationResult.NOT_CORRECTED: "不予更正",
    RectificationResult.FORWARDED: "转送",
    RectificationResult.DIRECTED: "向该机关提出",
}


def _result(letter: Letter, decided: Decided) -> Iterator[Finding]:
    """Check that the letter says this result, and names the agency that may correct."""
    for text in (_SAID[decided.result], decided.to):
        if text and text not in letter.text:
            yield block_finding(
                "result_missing", f"文书没有写明“{text}”。", "请使文书与决定一致。", "41"
            )


def _remedies(letter: Letter, world: World) -> Iterator[Finding]:
    """Check that review body and court are named: a decision on rectification may be contested."""
    agency = world.agency
    for name in (*agency.review_bodies_on(letter.on), *agency.courts_on(letter.on)):
        if name not in letter.text:
            article = cite_norm("reconsideration_law", "filing_term", letter.on).text
            message = f"救济途径中没有写明“{name}”。"
            yield block_finding(
                "remedy_body", message, "请按作出文书之日的规定告知救济途径。", article, "X26"
            )
