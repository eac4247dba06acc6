"""Which kinds of files an office needs, and how their first bytes tell them apart."""

import re
from typing import BinaryIO, Final

from gongkai.attaching.unfit import Unfit

PDF: Final = "application/pdf"
OFD: Final = "application/ofd"
ZIP: Final = "application/zip"  # of which kind, its content says
OLE: Final = "application/x-ole-storage"  # as above
TEXT: Final = "text/plain"
CSV: Final = "text/csv"
_OOXML: Final = "application/vnd.openxmlformats-officedocument."
DOCX: Final = f"{_OOXML}wordprocessingml.document"
XLSX: Final = f"{_OOXML}spreadsheetml.sheet"
PPTX: Final = f"{_OOXML}presentationml.presentation"
DOC: Final = "application/msword"
XLS: Final = "application/vnd.ms-excel"
PPT: Final = "application/vnd.ms-powerpoint"

#: What is kept, with the endings that a name may have.
ENDINGS: Final[dict[str, tuple[str, ...]]] = {
    PDF: ("pdf",),
    OFD: ("ofd",),
    DOCX: ("docx",),
    XLSX: ("xlsx",),
    PPTX: ("pptx",),
    DOC: ("doc", "wps"),
    XLS: ("xls", "et"),
    PPT: ("ppt", "dps"),
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/tiff": ("tif", "tiff"),
    "image/gif": ("gif",),
    "image/bmp": ("bmp",),
    "image/webp": ("webp",),
    TEXT: ("txt", "csv", "log", "md"),
    "audio/mpeg": ("mp3",),
    "audio/wav": ("wav",),
    "video/mp4": ("mp4", "m4a", "m4v", "mov"),
}
#: In which nothing can be read: their marks of secrecy have to be looked for by a person.
UNREAD: Final = frozenset(
    kind for kind in ENDINGS if kind.startswith(("image/", "audio/", "video/"))
)

_BEGINNINGS: Final = (
    (rb"%PDF-\d", PDF),
    (rb"PK\x03\x04", ZIP),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (rb"\x89PNG\r\n\x1a\n", "image/png"),
    (rb"\xff\xd8\xff", "image/jpeg"),
    (rb"II\*\x00|MM\x00\*", "image/tiff"),
    (rb"GIF8[79]a", "image/gif"),
    (rb"BM.{4}\x00{4}", "image/bmp"),
    (rb"RIFF.{4}WEBP", "image/webp"),
    (rb"RIFF.{4}WAVE", "audio/wav"),
    (rb"ID3[\x02-\x04]|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]", "audio/mpeg"),
    (rb".{4}ftyp(?:isom|iso\d|mp4\d|M4A |M4V |qt  |avc1|3gp\d|MSNV)", "video/mp4"),
)
_REFUSED: Final = (
    (
        rb"Rar!\x1a\x07|7z\xbc\xaf\x27\x1c|\x1f\x8b|BZh\d|\xfd7zXZ\x00|PK\x05\x06|PK\x07\x08",
        "archive",
    ),
    (rb"\x28\xb5\x2f\xfd|\x04\x22\x4d\x18|MSCF|LZIP|\x5d\x00\x00.{2}\xff|.{257}ustar", "archive"),
    (
        rb"MZ|\x7fELF|\xca\xfe\xba\xbe|[\xfe\xcf\xce]\xfa\xed\xfe|\xfe\xed\xfa[\xce\xcf]",
        "executable",
    ),
    (rb"#!|L\x00\x00\x00\x01\x14\x02|dex\n", "executable"),
    (rb"\{\\rt", "rich_text"),
)
_IN_TEXT: Final = (
    (r"(?i)\s*(?:<!doctype|<\?xml|<html|<svg|<script|<head|<body|<xml|<!--|<\?php|<%)", "web_page"),
    (
        r"(?i)(?:(?:mime-version|received|return-path|delivered-to|message-id|x-[a-z-]+):.*\n){1}",
        "mail",
    ),
    (r"(?i)\s*(?:@echo off|windows registry editor|function\s+\w+\s*\()", "executable"),
)
_HEAD: Final = 512


def ending_of(name: str) -> str:
    """Return the ending of a name, in small letters."""
    return name.rpartition(".")[2].lower() if "." in name else ""


def beginning(file: BinaryIO) -> str:
    """Return the kind that the first bytes tell, TEXT where they tell none.

    Raises :class:`Unfit` for what is never kept, whatever it is called.
    """
    file.seek(0)
    head = file.read(_HEAD)
    if not head:
        raise Unfit("empty_file")
    for signs, code in _REFUSED:
        if re.match(signs, head, re.DOTALL):
            raise Unfit(code)
    for signs, kind in _BEGINNINGS:
        if re.match(signs, head, re.DOTALL):
            return kind
    return TEXT


def refuse_active_text(start: str) -> None:
    """Refuse a text that a program would run or load."""
    for signs, code in _IN_TEXT:
        if re.match(signs, start):
            raise Unfit(code)


def agree(ending: str, kind: str) -> str:
    """Return the kind by name and content; :class:`Unfit` where they contradict each other."""
    if ending not in ENDINGS[kind]:
        raise Unfit("name_contradicts", ending or "（没有后缀）")
    return CSV if ending == "csv" else kind
