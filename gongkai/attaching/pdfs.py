"""PDF: no scripts, no programs, no enclosed files; its text is read for marks of secrecy."""

import re
import time
import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

import pypdfium2
import pypdfium2.raw as pdfium

from gongkai.attaching.marks import bears_mark
from gongkai.attaching.unfit import SECRET, Unfit

_STEP: Final = 1 << 20
_NEAR: Final = 4096
_MOST_OBJECTS: Final = 16 << 20
_MOST_PAGES: Final = 600
#: Seconds of work for the texts of the pages; the rest is for a person to read.
_BUDGET: Final = 0.9
_MOST_TEXT: Final = 200_000


def _name(word: str) -> str:
    """Return the pattern of a PDF name behind its slash; letters may be written as #xx."""
    return "".join(f"(?:{one}|#{ord(one):02x}|#{ord(one):02X})" for one in word)


_REFUSED: Final = {
    "script": ("active", "脚本", ("JavaScript", "Rendition")),
    "launch": ("active", "启动程序的动作", ("Launch", "ImportData")),
    "file": ("active", "夹带的文件", ("EmbeddedFile", "EmbeddedFiles", "RichMedia")),
    "lock": ("encrypted", "", ("Encrypt",)),
}
_ACTIVE: Final = re.compile(
    (
        "/(?=[JRLIE#])(?:"
        + "|".join(
            f"(?P<{group}>(?:{'|'.join(_name(word) for word in words)})(?![A-Za-z]))"
            for group, (_, _, words) in _REFUSED.items()
        )
        + ")"
    ).encode()
)
_OBJECTS: Final = re.compile(f"/{_name('ObjStm')}(?![A-Za-z])".encode())
_STREAM: Final = re.compile(rb"stream\r?\n")
_FLATE: Final = re.compile(f"/(?:{_name('FlateDecode')}|{_name('Fl')})(?![A-Za-z])".encode())
_XFA: Final = (2, 3)


def look(file: BinaryIO) -> tuple[str, ...]:
    """Return what could not be read; :class:`Unfit` for what is not kept."""
    places = list(_scanned(file))
    budget = _MOST_OBJECTS
    for place in places:
        budget = _look_into(file, place, budget)
    return _read(file)


def _scanned(file: BinaryIO) -> Iterator[int]:
    """Look through the bytes; yield where a stream of objects is announced."""
    file.seek(0)
    before, start = b"", 0
    while chunk := file.read(_STEP):
        text = before + chunk
        _refuse_active(text)
        for found in _OBJECTS.finditer(text):
            if found.end() > len(before):
                yield start - len(before) + found.start()
        start += len(chunk)
        before = text[-64:]


def _refuse_active(text: bytes) -> None:
    if found := _ACTIVE.search(text):
        code, what, _ = _REFUSED[str(found.lastgroup)]
        raise Unfit(code, what)


def _look_into(file: BinaryIO, place: int, budget: int) -> int:
    """Look through one stream of objects, unpacked; return how much may still be unpacked."""
    file.seek(max(0, place - _NEAR))
    head = file.read(2 * _NEAR)
    own = min(place, _NEAR)
    begun = _STREAM.search(head, own)
    if begun is None:
        return budget  # a word in a text
    around = head[head.rfind(b"obj", 0, own) + 3 : begun.start()]
    file.seek(max(0, place - _NEAR) + begun.end())
    if b"Filter" not in around and not _FLATE.search(around):
        return budget  # as it stands: it was looked through with the rest
    if not _FLATE.search(around):
        raise Unfit("damaged")  # packed in a way no office program uses here
    return _unpacked(file, budget)


def _unpacked(file: BinaryIO, budget: int) -> int:
    unpack, before = zlib.decompressobj(), b""
    try:
        while not unpack.eof and (chunk := unpack.unconsumed_tail or file.read(1 << 16)):
            plain = unpack.decompress(chunk, _STEP)
            budget -= len(plain)
            if budget < 0:
                raise Unfit("bomb")
            _refuse_active(before + plain)
            before = (before + plain)[-64:]
    except zlib.error as error:
        raise Unfit("damaged") from error
    return budget


def _read(file: BinaryIO) -> tuple[str, ...]:
    """Read properties and pages with a second program, which also counts scripts and files."""
    file.seek(0)
    try:
        document = pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Unfit("encrypted" if locked else "damaged") from error
    if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        raise Unfit("active", "脚本")
    if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
        raise Unfit("active", "夹带的文件")
    if pdfium.FPDF_GetFormType(document) in _XFA:
        raise Unfit("active", "动态表单")
    for said in document.get_metadata_dict().values():
        if bears_mark(said):
            raise Unfit(SECRET, "文档属性")
    return _pages(document)


def _pages(document: pypdfium2.PdfDocument) -> tuple[str, ...]:
    until = time.process_time() + _BUDGET
    whole, read, wordless = len(document), 0, 0
    while read < min(whole, _MOST_PAGES) and time.process_time() < until:
        said = _page(document, read)
        if bears_mark(said):
            raise Unfit(SECRET, f"文件第{read + 1}页")
        wordless += not said.strip()
        read += 1
    notes = []
    if wordless:
        notes.append(f"有{wordless}页没有文字（多为扫描），密级标志须由人查看")
    if read < whole:
        notes.append(f"共{whole}页，只查看了前{read}页的文字，其余须由人查看")
    return tuple(notes)


def _page(document: pypdfium2.PdfDocument, place: int) -> str:
    try:
        page = document[place]
        text = page.get_textpage()
        count = min(text.count_chars(), _MOST_TEXT)
        said = text.get_text_range(0, count) if count > 0 else ""
        text.close()
        page.close()
    except pypdfium2.PdfiumError as error:
        raise Unfit("damaged") from error
    return said
