"""What is printed of a case: its issued papers as they are stored, and forms made on demand."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import notices
from gongkai.store.registry import StoredPaper
from notices.catalogue import CATALOGUE
from notices.errors import PaperError
from notices.forms import print_form, printable
from notices.letter import Letter
from workflow.case import Case
from workflow.errors import Refused
from workflow.world import World

_SERVICE: Final = "proof_of_service"
#: How a case is filed: what lies on top, and what follows the papers that were issued.
_FIRST: Final = ("case_cover", "case_index", "application_form", "register_sheet")
_ENVELOPE: Final = "envelope"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One thing to print."""

    kind: str
    id: str
    title: str
    docx: bytes
    number: str = ""
    #: Whether it was issued; a form is made anew each time and is no issued paper.
    issued: bool = False


def kinds(case: Case | None, papers: Iterable[StoredPaper]) -> dict[str, str]:
    """Return what can be printed, kind and title, in filing order; a rectification has no forms."""
    titles = {paper.kind: paper.title for paper in papers}
    forms = printable(case) if case else ()
    named = {kind: CATALOGUE[kind].title for kind in forms}
    order = (*_before(forms), *titles, *_behind(forms))
    return {kind: titles.get(kind) or named[kind] for kind in order}


def printing_set(
    case: Case | None,
    papers: Sequence[StoredPaper],
    wanted: Sequence[str],
    *,
    on: date,
    world: World,
) -> tuple[Sheet, ...]:
    """Return the sheets of the ``wanted`` kinds (none named: all) in filing order."""
    known = kinds(case, papers)
    if unknown := [kind for kind in wanted if kind not in known]:
        words = "、".join(f"{kind}（{title}）" for kind, title in known.items()) or "无"
        raise Refused(
            code="not_printable",
            message=f"本案没有可以打印的“{'、'.join(unknown)}”。",
            mend=f"可以打印：{words}。",
        )
    found = list(_sheets(case, papers, on=on, world=world, wanted=wanted or tuple(known)))
    return tuple(found)


def _sheets(
    case: Case | None,
    papers: Sequence[StoredPaper],
    *,
    on: date,
    world: World,
    wanted: Sequence[str],
) -> Iterator[Sheet]:
    forms = [kind for kind in (printable(case) if case else ()) if kind in wanted]
    for kind in _before(forms):
        yield form(kind, case=case, on=on, world=world)
    for paper in papers:
        if paper.kind in wanted:
            yield _issued(paper)
        if _SERVICE in forms and paper.number:
            yield from _service(paper, case, on, world)
    for kind in _behind(forms):
        if kind != _SERVICE:
            yield form(kind, case=case, on=on, world=world)


def _service(paper: StoredPaper, case: Case | None, on: date, world: World) -> Iterator[Sheet]:
    """Yield the proof of service of a paper; one that is served on nobody has none."""
    try:
        yield form(_SERVICE, case=case, on=on, world=world, paper=paper.kind, number=paper.number)
    except Refused:
        return


def form(kind: str, *, case: Case | None, on: date, world: World, **about: str) -> Sheet:
    """Make a form on demand; Refused where the case has nothing for it."""
    try:
        assert case is not None  # noqa: S101 - only requests have forms
        made: Any = print_form(kind, case=case, on=on, world=world, **about)
        paper = notices.finish(made, number="") if isinstance(made, Letter) else made
    except PaperError as error:
        raise Refused(
            code=error.code, message=error.message, article=error.article, mend=error.mend
        ) from error
    return Sheet(kind=kind, id=paper.id, title=paper.title, docx=paper.docx)


def _issued(paper: StoredPaper) -> Sheet:
    return Sheet(
        kind=paper.kind,
        id=paper.form,
        title=paper.title,
        docx=paper.docx,
        number=paper.number,
        issued=True,
    )


def _before(forms: Sequence[str]) -> tuple[str, ...]:
    return tuple(kind for kind in _FIRST if kind in forms)


def _behind(forms: Sequence[str]) -> tuple[str, ...]:
    rest = [kind for kind in forms if kind not in {*_FIRST, _ENVELOPE}]
    return (*rest, *(kind for kind in forms if kind == _ENVELOPE))
