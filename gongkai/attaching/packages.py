"""Office documents that are zip files: OOXML and OFD, read without unpacking them."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from html import unescape
from typing import BinaryIO, Final
from xml.etree import ElementTree as ET

from gongkai.attaching import kinds
from gongkai.attaching.marks import bears_mark
from gongkai.attaching.unfit import SECRET, Unfit

_MOST_ENTRIES: Final = 4000
_MOST_DIRECTORY: Final = 2 << 20
#: Unpacked, a document may be this large whatever its ratio; beyond, at most this many times.
_SMALL: Final = 8 << 20
_RATIO: Final = 100
_MOST_XML: Final = 96 << 20
_MOST_ALL: Final = 512 << 20
_MOST_RELS: Final = 256 << 10
_STEP: Final = 1 << 18
_NEAR: Final = 6000
_MOST_SIGNS: Final = 2000
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, struct.error,
    EOFError, KeyError, NotImplementedError, OSError, RuntimeError, ValueError,
)  # fmt: skip
_END: Final = b"PK\x05\x06"
_MAIN: Final = {
    f"{kinds.DOCX}.main+xml": kinds.DOCX,
    f"{kinds.XLSX}.main+xml": kinds.XLSX,
    f"{kinds.PPTX}.main+xml": kinds.PPTX,
}
_MACROS: Final = re.compile(
    r"(?i)vba(?:project|data)|macrosheets/|dialogsheets/|activex/|customui/|\.(?:xlsb|docm|xlsm|pptm)$"
)
_EMBEDDED: Final = re.compile(
    r"(?i)/embeddings/|oleobject|\.(?:exe|dll|js|vbs|hta|lnk|zip|rar|7z)$"
)
_OFD_PARTS: Final = re.compile(
    r"(?i).*\.(?:xml|png|jpe?g|bmp|tiff?|gif|jb2|ttf|otf|ttc|cff|esl|dat|cer|der|asn1?)"
)
#: The end of a paragraph, cell, cell text or object; a run within one is no end.
_BREAK: Final = re.compile(
    r"</?(?:\w+:)?(?:p|br|cr|tab|tc|tr|si|c|v|f|row|sheet|comment|oddHeader|oddFooter|evenHeader"
    r"|evenFooter|firstHeader|firstFooter|TextObject|textpath|shape|cNvPr|docPr|sdt|title|subject"
    r"|keywords|description|category|creator|lpwstr|lpstr|Company|Manager|Property|property|txbxContent|instrText)\b[^>]*>"
)
_SHOWN: Final = re.compile(
    r"""\b(?:string|name|title|descr|alt|Title|Subject)\s*=\s*(["'])(.*?)\1"""
)
_TAG: Final = re.compile(r"<[^>]*>")
_SIGN: Final = re.compile("密|&#(?:[xX]0*5[bB][cC]6|0*23494);".encode())
_DDE: Final = re.compile(rb"\bDDEAUTO\b|<(?:\w+:)?(?:ddeLink\b|instrText[^>]*>\s*DDE\b)")
_ENTITIES: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)")


def look(file: BinaryIO, size: int) -> str:
    """Return the kind of a package in which nothing is amiss; :class:`Unfit` otherwise."""
    _refuse_odd_end(file, size)
    try:
        with zipfile.ZipFile(file) as package:
            return _looked(package, size)
    except _BROKEN as error:
        raise Unfit("damaged") from error


def _refuse_odd_end(file: BinaryIO, size: int) -> None:
    """Refuse a directory that is too large to be read, or that leaves room for something else."""
    file.seek(max(0, size - 0xFFFF - 22))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:  # noqa: PLR2004 - the length of the end record
        raise Unfit("damaged")
    _, disk, first, here, count, length, start, comment = struct.unpack(
        "<4s4H2LH", tail[at : at + 22]
    )
    if (
        (disk, first) != (0, 0)
        or here != count
        or count > _MOST_ENTRIES
        or length > _MOST_DIRECTORY
    ):
        raise Unfit("bomb")
    position = size - len(tail) + at
    if start + length != position or position + 22 + comment != size:
        raise Unfit("damaged")


def _looked(package: zipfile.ZipFile, size: int) -> str:
    entries = package.infolist()
    names = [entry.filename for entry in entries]
    if "OFD.xml" not in names and "[Content_Types].xml" not in names:
        raise Unfit("archive")
    _refuse_odd_entries(entries, size)
    kind = kinds.OFD if "OFD.xml" in names else _office(package, names)
    if kind == kinds.OFD and not all(n.endswith("/") or _OFD_PARTS.fullmatch(n) for n in names):
        raise Unfit("embedded")
    xml = [e for e in entries if e.filename.lower().endswith((".xml", ".rels", ".vml"))]
    if sum(entry.file_size for entry in xml) > _MOST_XML:
        raise Unfit("bomb")
    for entry in xml:
        _read(package, entry)
    return kind


def _refuse_odd_entries(entries: list[zipfile.ZipInfo], size: int) -> None:
    names = [entry.filename for entry in entries]
    whole = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if any(entry.flag_bits & 0x41 for entry in entries):
        raise Unfit("encrypted")
    if whole > _MOST_ALL or packed > size or (whole > _SMALL and whole > _RATIO * size):
        raise Unfit("bomb")
    for entry in entries:
        if entry.file_size > _SMALL and entry.file_size > 2 * _RATIO * entry.compress_size:
            raise Unfit("bomb")
    known = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    if len({name.lower() for name in names}) < len(names) or any(
        entry.compress_type not in known or _astray(entry.filename) for entry in entries
    ):
        raise Unfit("damaged")


def _astray(name: str) -> bool:
    return name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/")


def _office(package: zipfile.ZipFile, names: list[str]) -> str:
    types = b"".join(_chunks(package, package.getinfo("[Content_Types].xml"), _MOST_RELS))
    said = types.decode("utf-8", "replace")
    if "macroEnabled" in said or any(_MACROS.search(name) for name in names):
        raise Unfit("macros")
    found = [kind for main, kind in _MAIN.items() if f'"{main}"' in said or f"'{main}'" in said]
    if len(found) != 1:
        raise Unfit("unknown_type")
    if any(_EMBEDDED.search(name) for name in names):
        raise Unfit("embedded")
    if "xl/connections.xml" in names:
        raise Unfit("loads_from_outside", "数据连接")
    return found[0]


def _chunks(package: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """Yield what an entry holds, no more than it says and never more than ``most``."""
    read = 0
    with package.open(entry) as stream:
        while chunk := stream.read(_STEP):
            read += len(chunk)
            if read > most:
                raise Unfit("bomb")
            yield chunk


def _read(package: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Look through one part: no entities, nothing loaded from outside, no mark of secrecy."""
    name = entry.filename.lower()
    most = _MOST_RELS if name.endswith(".rels") else _MOST_XML
    before, first, signs = b"", True, 0
    for chunk in _chunks(package, entry, most):
        if first and (chunk[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\0" in chunk[:64]):
            raise Unfit("damaged")  # no office program writes its parts in UTF-16
        first, text = False, before + chunk
        if _ENTITIES.search(text):
            raise Unfit("entities")
        if _DDE.search(text):
            raise Unfit("loads_from_outside", "动态数据交换")
        signs += _refuse_mark(text, len(before))
        if signs > _MOST_SIGNS:
            raise Unfit("unreadable")
        before = text[-_NEAR:]
    if name.endswith(".rels"):
        _refuse_loading(b"".join(_chunks(package, entry, _MOST_RELS)))


def _refuse_mark(text: bytes, old: int) -> int:
    """Read what stands around every sign; return how many there were in the new part."""
    found, end = 0, -1
    for sign in _SIGN.finditer(text):
        if sign.end() <= old - _NEAR // 2 or sign.start() < end:
            continue
        found += 1
        end = sign.end() + _NEAR // 4
        start = max(0, sign.start() - _NEAR // 2)
        piece = text[start : sign.end() + _NEAR // 2].decode("utf-8", "replace")
        if bears_mark(words(piece, before="文" if start else "", after="文")):
            raise Unfit(SECRET, "文件的正文、页眉页脚、工作表或者文档属性")
    return found


def words(piece: str, *, before: str = "", after: str = "") -> str:
    """Return the words of a piece of XML: a line for each paragraph, cell and shown attribute.

    ``before`` and ``after`` stand for what was cut off: a line that was cut is not a whole one.
    """
    head, _, rest = piece.partition(">")
    inside = rest if "<" not in head else piece  # cut within a tag
    shown = "\n".join(match.group(2) for match in _SHOWN.finditer(inside))
    lines = _TAG.sub("", _BREAK.sub("\n", f"{before}{inside}{after}"))
    return unescape(f"{shown}\n{lines}")


def _refuse_loading(rels: bytes) -> None:
    """Refuse relations that an office program follows by itself when it opens the file."""
    try:
        root = ET.fromstring(rels)  # noqa: S314 - entities were refused before
    except ET.ParseError as error:
        raise Unfit("damaged") from error
    for one in root.iter():
        kind = one.get("Type", "").rpartition("/")[2]
        if one.get("TargetMode", "").lower() == "external" and kind != "hyperlink":
            what = {"attachedTemplate": "外部模板", "oleObject": "外部对象", "image": "外部图片"}
            raise Unfit("loads_from_outside", what.get(kind, "外部链接"))
        if kind in {"oleObject", "vbaProject", "control"}:
            raise Unfit("macros" if kind == "vbaProject" else "embedded")
