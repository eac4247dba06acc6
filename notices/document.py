"""Letter in, .docx out: the base of the letterhead, and the letter's own text."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from notices.base import DOCUMENT, base_for, write
from notices.errors import PaperError
from notices.layout import CHARACTER, LINE, STYLES, closing_indents
from notices.letter import Block, Letter, Mark, Paper

_BREAKS: Final = {
    "\n": '</w:t><w:br/><w:t xml:space="preserve">',
    "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
}
_BEFORE_CLOSING: Final = frozenset({Mark.ANNEX, Mark.SIGNATURE})


def finish(letter: Letter, *, number: str, check_code: str = "") -> Paper:
    """Draw ``letter`` under its number; the same input gives the same bytes."""
    if letter.numbered != bool(number):
        what = "应当有文号" if letter.numbered else "不编文号"
        raise PaperError("wrong_number", f"{letter.title}{what}。", mend="请检查文号的编排。")
    docx = draw(letter, number, check_code)
    return Paper(
        kind=letter.kind,
        id=letter.id,
        title=letter.title,
        number=number,
        on=letter.on,
        text=letter.text_with(number, check_code),
        docx=docx,
        sha256=hashlib.sha256(docx).hexdigest(),
        check_code=check_code,
        annexes=letter.annexes,
    )


def draw(letter: Letter, number: str, check_code: str) -> bytes:
    """Return the bytes of the document."""
    base = base_for(letter.letterhead)
    package = io.BytesIO(base.package)
    with zipfile.ZipFile(package, "a") as out:
        write(out, base.foot_name, base.first_foot(check_code))
        write(out, DOCUMENT, base.document("".join(_body(letter, number))))
    return package.getvalue()


def _body(letter: Letter, number: str) -> Iterator[str]:
    closing = _closing(letter)
    following = (*letter.blocks[1:], None)
    previous: Block | None = None
    for block, after in zip(letter.blocks, following, strict=True):
        keep = block.mark is Mark.PARAGRAPH and after is not None and after.mark in _BEFORE_CLOSING
        text = number if block.mark is Mark.NUMBER else block.text
        if text or block.mark is not Mark.NUMBER:
            own = closing.get(block.mark, "") or _annex_shape(block, previous)
            yield _paragraph(block.mark, text, ("<w:keepNext/>" if keep else "") + own)
        previous = block


def _paragraph(mark: Mark, text: str, own: str) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{STYLES[mark].name}"/>{own}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{_escaped(text)}</w:t></w:r></w:p>'
    )


def _escaped(text: str) -> str:
    return escape(text, _BREAKS)


def _closing(letter: Letter) -> dict[Mark, str]:
    dates = [b.text for b in letter.blocks if b.mark is Mark.DATE]
    if not dates:
        return {}
    name, day = closing_indents(letter.signature, dates[0])
    return {
        Mark.SIGNATURE: f'<w:ind w:right="{name}"/>',
        Mark.DATE: f'<w:ind w:right="{day}"/>',
    }


def _annex_shape(block: Block, previous: Block | None) -> str:
    """The list of annexes stands one line below the text; further names align with the first."""
    if block.mark is not Mark.ANNEX:
        return ""
    if previous is not None and previous.mark is Mark.ANNEX:
        return f'<w:ind w:left="{5 * CHARACTER}" w:firstLine="0"/>'
    return f'<w:spacing w:before="{LINE}"/>'
