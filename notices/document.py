"""Letter in, .docx out: the base of the letterhead, and the letter's own text."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.sax.saxutils import escape

from notices.base import DOCUMENT, base_for, write
from notices.errors import PaperError
from notices.layout import CHARACTER, LINE, STYLES, closing_indents, width
from notices.letter import Block, Letter, Mark, Paper
from notices.tables import table

_BREAKS: Final = {
    "\n": '</w:t><w:br/><w:t xml:space="preserve">',
    "\t": '</w:t><w:tab/><w:t xml:space="preserve">',
}
#: A telephone or case number is not broken at its hyphen.
_TELEPHONE: Final = re.compile(r"(?<=\d)-(?=\d)")
_NO_BREAK: Final = '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">'
#: What stays on one page: the last paragraph with the closing, the date with the note below it.
_TOGETHER: Final = frozenset(
    {
        (Mark.PARAGRAPH, Mark.ANNEX),
        (Mark.PARAGRAPH, Mark.SIGNATURE),
        (Mark.DATE, Mark.NOTE),
    }
)
_LABEL: Final = re.compile(r"^附件：")
_NUMBER: Final = re.compile(r"(?:^|(?<=附件：))\d+\. ")
#: Two characters in, and three of “附件：”.
_NAMES: Final = 5.0


def finish(letter: Letter, *, number: str, check_code: str = "", sealed: bool = True) -> Paper:
    """Draw ``letter`` under its number; the same input gives the same bytes.

    A paper that bears no seal (``sealed=False``) closes without a place for one.
    """
    if letter.numbered != bool(number):
        what = "应当有文号" if letter.numbered else "不编文号"
        raise PaperError("wrong_number", f"{letter.title}{what}。", mend="请检查文号的编排。")
    docx = draw(letter, number, check_code, sealed=sealed)
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


def draw(letter: Letter, number: str, check_code: str, *, sealed: bool = True) -> bytes:
    """Return the bytes of the document."""
    base = base_for(letter.letterhead)
    package = io.BytesIO(base.package)
    with zipfile.ZipFile(package, "a") as out:
        write(out, base.foot_name, base.first_foot(check_code))
        write(out, DOCUMENT, base.document("".join(_body(letter, number, sealed=sealed))))
    return package.getvalue()


def _body(letter: Letter, number: str, *, sealed: bool) -> Iterator[str]:
    closing = _closing(letter, sealed=sealed)
    following = (*letter.blocks[1:], None)
    previous: Block | None = None
    for block, after in zip(letter.blocks, following, strict=True):
        text = number if block.mark is Mark.NUMBER else block.text
        if block.mark is Mark.TABLE:
            yield table(block)
        elif text or block.mark is not Mark.NUMBER:
            own = closing.get(block.mark, "") or _annex_shape(block, previous)
            yield _paragraph(block.mark, text, _keep(block, after) + own)
        previous = block


def _paragraph(mark: Mark, text: str, own: str) -> str:
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{STYLES[mark].name}"/>{own}</w:pPr>'
        f'<w:r><w:t xml:space="preserve">{_escaped(text)}</w:t></w:r></w:p>'
    )


def _escaped(text: str) -> str:
    return _TELEPHONE.sub(_NO_BREAK, escape(text, _BREAKS))


def _keep(block: Block, after: Block | None) -> str:
    """No closing on a page without text, no note without the date above it."""
    kept = after is not None and (block.mark, after.mark) in _TOGETHER
    return "<w:keepNext/>" if kept else ""


def _closing(letter: Letter, *, sealed: bool) -> dict[Mark, str]:
    dates = [b.text for b in letter.blocks if b.mark is Mark.DATE]
    if not dates:
        return {}
    name, day = closing_indents(letter.signature, dates[0], sealed=sealed)
    # A seal reaches above the name: two lines are left to it, one where there is none.
    near = "" if sealed else f'<w:spacing w:before="{LINE}"/>'
    return {
        Mark.SIGNATURE: f'{near}<w:ind w:right="{name}"/>',
        Mark.DATE: f'<w:ind w:right="{day}"/>',
    }


def _annex_shape(block: Block, previous: Block | None) -> str:
    """The list of annexes stands one line below the text; all names begin in one column."""
    if block.mark is not Mark.ANNEX:
        return ""
    label, number = _width_of(_LABEL, block.text), _width_of(_NUMBER, block.text)
    if previous is not None and previous.mark is Mark.ANNEX:
        return _hanging(_NAMES + number, number)
    return f'<w:spacing w:before="{LINE}"/>' + _hanging(_NAMES + number, label + number)


def _width_of(part: re.Pattern[str], text: str) -> float:
    found = part.search(text)
    return width(found[0]) if found else 0.0


def _hanging(left: float, by: float) -> str:
    measures = f'w:left="{round(left * CHARACTER)}" w:hanging="{round(by * CHARACTER)}"'
    return f"<w:ind {measures}/>"
