"""The last look: does the finished text agree with the case? Runs before a number is drawn."""

from collections.abc import Callable, Iterator
from typing import Final

from notices import agreement, wording
from notices.errors import PaperError
from notices.letter import Letter
from workflow.case import Case
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

Check = Callable[[Letter, Case, World], Iterator[Finding]]

_CHECKS: Final[tuple[Check, ...]] = (
    wording.shape,
    wording.leftovers,
    wording.punctuation,
    wording.printable,
    wording.invisible,
    agreement.names,
    agreement.private_data,
    agreement.dates,
    agreement.own_dates,
    agreement.grounds,
    agreement.citations,
    agreement.annex_list,
    agreement.remedies,
    agreement.online,
    agreement.signature,
)


def lint(letter: Letter, *, case: Case, world: World) -> tuple[Finding, ...]:
    """Return what is wrong with ``letter``; a blocking finding stops it before it has a number."""
    return tuple(found for check in _CHECKS for found in _run(check, letter, case, world))


def _run(check: Check, letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    try:
        yield from check(letter, case, world.on(letter.on))
    except PaperError as error:
        yield Finding(
            code=error.code,
            severity=Severity.BLOCK,
            message=error.message,
            article=error.article,
            mend=error.mend,
        )
