"""The papers a step calls for: composed, compared with the case, numbered, finished."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import notices
from gongkai.config import Numbers
from gongkai.store.records import Filed
from gongkai.store.registry import StoredPaper
from notices import rectification
from notices.letter import Letter
from notices.variants import Variants
from workflow.case import Case
from workflow.commands import Command
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.rectification import Rectification
from workflow.vocabulary import Severity
from workflow.world import World

#: Draws the next number of (series, year).
Draw = Callable[[str, int], int]
#: Makes the check code of a paper from the case, its kind and its number.
CheckCode = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What is needed to put papers into the world: forms of numbers, counters, check codes."""

    numbers: Numbers
    draw: Draw
    check_code: CheckCode
    #: What the agency adds to its papers.
    variants: Variants = field(default_factory=Variants.none)


def issue(
    command: Command, before: Case | None, after: Case, *, on: date, world: World, desk: Desk
) -> tuple[tuple[StoredPaper, ...], tuple[Finding, ...]]:
    """Make every paper that a step calls for; a contradiction with the case refuses the step."""
    letters = [
        notices.compose(
            kind, case=after, command=command, on=on, world=world, variants=desk.variants
        )
        for kind in notices.called_for(command, before, after)
    ]
    findings = [
        finding for letter in letters for finding in notices.lint(letter, case=after, world=world)
    ]
    return _put_out(letters, findings, after, world, desk)


def issue_rectification(
    case: Rectification, *, on: date, world: World, desk: Desk
) -> tuple[tuple[StoredPaper, ...], tuple[Finding, ...]]:
    """Make the letter that tells the decision, once there is one."""
    if case.decided is None:
        return (), ()
    letter = rectification.compose(case, on=on, world=world)
    findings = list(rectification.lint(letter, case=case, world=world))
    return _put_out([letter], findings, case, world, desk)


def _put_out(
    letters: list[Letter], findings: list[Finding], case: Filed, world: World, desk: Desk
) -> tuple[tuple[StoredPaper, ...], tuple[Finding, ...]]:
    _stop_on(findings)
    # Numbers are drawn last: a paper that is refused has never had one.
    papers = tuple(_finished(letter, case, world, desk) for letter in letters)
    return papers, tuple(findings)


def _stop_on(findings: list[Finding]) -> None:
    blocking = [finding for finding in findings if finding.severity is Severity.BLOCK]
    if blocking:
        raise Refused(
            code="blocked_by_linter",
            message="文书与案卷不一致：" + "；".join(finding.message for finding in blocking),
            article=blocking[0].article,
            mend=blocking[0].mend or "请核对案卷后重新办理。",
            findings=tuple(findings),
        )


def _series(kind: str) -> str:
    own = rectification.KIND
    return own.series if kind == own.kind else notices.series(kind)


def _finished(letter: Letter, case: Filed, world: World, desk: Desk) -> StoredPaper:
    series = _series(letter.kind) if letter.numbered else ""
    year = letter.on.year if series else 0
    n = desk.draw(series, year) if series else 0
    form = desk.numbers.papers[series] if series else ""
    number = notices.number(form, code=world.agency.code, year=year, n=n) if series else ""
    code = desk.check_code(f"{case.agency} {case.number} {case.version} {letter.kind} {number}")
    paper = notices.finish(letter, number=number, check_code=code)
    return StoredPaper(
        kind=paper.kind,
        form=paper.id,
        title=paper.title,
        on=paper.on,
        text=paper.text,
        docx=paper.docx,
        sha256=paper.sha256,
        number=number,
        series=series,
        year=year,
        n=n,
        check_code=code,
    )
