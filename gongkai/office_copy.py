"""The copy of a paper that LibreOffice reads: mends what its import gets wrong.

It reads ``overflowPunct`` the wrong way round; it ignores ``autoSpaceDE`` and ``autoSpaceDN`` and
puts a fifth of an em between Han and Latin characters; it breaks lines at a ``noBreakHyphen``.
A hidden character between the two stops the gap or the break, and is in no PDF: neither to be seen
nor to be copied from it. Word and WPS read the paper itself.
"""

import re
import zipfile
from pathlib import Path
from typing import Final

_TEXT: Final = re.compile(r'(?<=<w:t xml:space="preserve">)[^<]+(?=</w:t>)')
_HAN: Final = "\u3400-\u9fff\U00020000-\U0003ffff"
_SEAM: Final = re.compile(f"[{_HAN}](?=[0-9A-Za-z])|[0-9A-Za-z](?=[{_HAN}])")
_HYPHEN: Final = '</w:t><w:noBreakHyphen/><w:t xml:space="preserve">'
_RUN: Final = re.compile(
    r"<w:r>(<w:rPr>(?:(?!</w:rPr>).)*</w:rPr>)?((?:(?!</w:r>).)*)</w:r>", re.DOTALL
)
_SPLIT: Final = (
    "</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>{hidden}</w:t></w:r>"
    '<w:r>{own}<w:t xml:space="preserve">'
)
_NO_GAP: Final = "〓"  # a line may end before it and behind it
_NO_BREAK: Final = "\N{NO-BREAK SPACE}"


def copy_for_office(paper: Path, copy: Path) -> None:
    """Write ``copy``; what is no Word file is copied as it is."""
    if not zipfile.is_zipfile(paper):
        copy.write_bytes(paper.read_bytes())
        return
    with zipfile.ZipFile(paper) as package, zipfile.ZipFile(copy, "w") as out:
        for name in package.namelist():
            out.writestr(name, _mended(name, package.read(name)), zipfile.ZIP_DEFLATED)


def _mended(name: str, part: bytes) -> bytes:
    if name == "word/styles.xml":
        return part.replace(b'<w:overflowPunct w:val="0"/>', b'<w:overflowPunct w:val="1"/>')
    if name == "word/document.xml":
        return _RUN.sub(_close_up, part.decode()).encode()
    return part


def _close_up(run: re.Match[str]) -> str:
    own = run[1] or ""
    close, hold = (_SPLIT.format(hidden=hidden, own=own) for hidden in (_NO_GAP, _NO_BREAK))
    content = _TEXT.sub(lambda text: _SEAM.sub(rf"\g<0>{close}", text[0]), run[2])
    return f"<w:r>{own}{content.replace(_HYPHEN, f'-{hold}')}</w:r>"
