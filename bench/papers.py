"""A one-page letter as .docx, against docxtpl and python-docx; a hundred letters as PDF."""

import importlib
import importlib.util
import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from docx import Document
from docx.document import Document as DocxDocument
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

import notices
from bench.measure import Benchmark, Contender
from gongkai.pdf import office, to_pdf
from notices import layout
from notices.letter import Block, Letter, Mark
from rules import calendar
from rules.words import AgencyKind, Outcome
from workflow.agency import Agency, DatedName, Policy
from workflow.case import Case, Clock, Draft, Reply
from workflow.commands import Applicant, IssueReply, Item
from workflow.decision import Decision
from workflow.people import Actor
from workflow.vocabulary import ApplicantKind, Channel, State
from workflow.world import World

ROUNDS: Final = 10
LETTERS: Final = 100
ON: Final = date(2026, 3, 28)
START: Final = date(2019, 5, 15)
NUMBER: Final = "某政公告〔2026〕17号"
CODE: Final = "ABCDEFGHJKLM"
#: A peer of the ``bench`` extra.
HAS_DOCXTPL: Final = importlib.util.find_spec("docxtpl") is not None

Make = Callable[[], bytes]


def a_one_page_letter() -> Benchmark:
    """Case in, .docx out: law looked up, composed, laid out; rivals get the finished sentences."""
    ours, plain = _ours(), _with_python_docx(_letter())
    rivals = {"python-docx from its default template": plain}
    if HAS_DOCXTPL:
        rivals["docxtpl, a template of that kind"] = _with_docxtpl(_with_python_docx)
    return _benchmark(
        "a one-page letter: case in, .docx out",
        ("notices.compose and finish", ours),
        rivals,
        f"The whole layout of GB/T 9704-2012 in {len(ours()):,} bytes; theirs {len(plain()):,}.",
    )


def a_letter_drawn() -> Benchmark:
    """The finished sentences put into the document, which is all that docxtpl does."""
    drawn = _drawn(_letter())
    rivals = (
        {"docxtpl, our lean document as template": _with_docxtpl(_drawn)} if HAS_DOCXTPL else {}
    )
    return _benchmark(
        "the same letter: finished sentences in, .docx out",
        ("notices.finish", drawn),
        rivals,
        "The best case for docxtpl: the same layout, the same parts.",
    )


def _benchmark(title: str, ours: tuple[str, Make], rivals: dict[str, Make], note: str) -> Benchmark:
    name, make = ours
    assert all(_said(rival()) == _said(make()) for rival in rivals.values()), "not the same letter"
    missing = "" if HAS_DOCXTPL else " docxtpl is not installed and was not compared."
    return Benchmark(
        title=title,
        ours=Contender(name, _times(make), ROUNDS),
        rivals=tuple(Contender(name, _times(make), ROUNDS) for name, make in rivals.items()),
        at_least=15 if HAS_DOCXTPL else None,
        note=note + missing,
    )


def _times(make: Make) -> Callable[[], None]:
    def run() -> None:
        for _ in range(ROUNDS):
            make()

    return run


def _ours() -> Make:
    case, world = _case(), _world()

    def make() -> bytes:
        letter = notices.compose("reply", case=case, command=IssueReply(), on=ON, world=world)
        return notices.finish(letter, number=NUMBER, check_code=CODE).docx

    return make


def _drawn(letter: Letter, number: str = NUMBER) -> Make:
    def make() -> bytes:
        return notices.finish(letter, number=number, check_code=CODE).docx

    return make


def _with_docxtpl(drawing: Callable[[Letter, str], Make]) -> Make:
    """A variable in each paragraph of the letter, drawn once as the template."""
    letter = _letter()
    values = {
        f"text{n}": NUMBER if block.mark is Mark.NUMBER else block.text
        for n, block in enumerate(letter.blocks)
    }
    variables = [f"{{{{ {name} }}}}" for name in values]
    blocks = tuple(
        replace(block, text=variable)
        for block, variable in zip(letter.blocks, variables, strict=True)
    )
    number = variables[[block.mark for block in blocks].index(Mark.NUMBER)]
    template = drawing(replace(letter, blocks=blocks), number)()
    docxtpl: Any = importlib.import_module("docxtpl")

    def make() -> bytes:
        document = docxtpl.DocxTemplate(io.BytesIO(template))
        document.render(values, autoescape=True)
        return _saved(document)

    return make


def _with_python_docx(letter: Letter, number: str = NUMBER) -> Make:
    """The same page, fonts and indents, from the default template."""

    def make() -> bytes:
        document = Document()
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        for block in letter.blocks:
            _add_line(document, block, number if block.mark is Mark.NUMBER else block.text)
        return _saved(document)

    return make


def _add_line(document: DocxDocument, block: Block, text: str) -> None:
    style = layout.STYLES[block.mark]
    line = document.add_paragraph()
    line.paragraph_format.line_spacing = Pt(28.95)
    line.paragraph_format.first_line_indent = Pt(15.75 * style.first_indent)
    run = line.add_run(text)
    run.font.name, run.font.size = style.font, Pt(style.size)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), style.font)  # noqa: SLF001


def _saved(document: Any) -> bytes:  # noqa: ANN401 - python-docx's or docxtpl's
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _said(docx: bytes) -> list[str]:
    return [line.text for line in Document(io.BytesIO(docx)).paragraphs]


def _letter() -> Letter:
    return notices.compose("reply", case=_case(), command=IssueReply(), on=ON, world=_world())


def _world() -> World:
    agency = Agency(
        key="county",
        name="某县人民政府",
        kind=AgencyKind.COUNTY_GOVERNMENT,
        code="某政公",
        disclosure_office="某县人民政府办公室",
        phone="024-00000000",
        review_bodies=(DatedName(name="某市人民政府", since=START),),
        courts=(DatedName(name="某市中级人民法院", since=START),),
    )
    return World(calendar=calendar(), agency=agency, policy=Policy(), today=ON)


def _case() -> Case:
    received = date(2026, 3, 2)
    decision = Decision(item=1, outcome=Outcome.DISCLOSE, provide="方案全文")
    draft = Draft(decisions=(decision,), digest="", by=Actor.parse("officer:李"), on=ON)
    return Case(
        number="某政公申〔2026〕7号",
        agency="county",
        state=State.ISSUED,
        channel=Channel.IN_PERSON,
        on=received,
        received_on=received,
        applicants=(Applicant(kind=ApplicantKind.NATURAL_PERSON, name="王某某"),),
        items=(Item(title="2025年某村征地补偿安置方案"),),
        last_on=ON,
        clock=Clock(start=received),
        replies=(Reply(draft=draft, issued_on=ON),),
    )


def hundred_as_pdf() -> str:
    """``python -m bench.papers``: a hundred letters as PDF in one call, with progress."""
    if not office():
        return "LibreOffice is not installed: no PDF was made."
    make = _ours()
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"{n:03}.docx") for n in range(LETTERS)]
        for file in files:
            file.write_bytes(make())
        started = perf_counter()
        made = to_pdf(files, Path(folder, "pdf"), _progress)
        seconds = perf_counter() - started
    return (
        f"{len(made)} letters to PDF in one call: {seconds:.1f} s, {seconds / len(made):.3f} s each"
    )


def _progress(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


if __name__ == "__main__":
    print(hundred_as_pdf())
