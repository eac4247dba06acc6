"""Files to attach, good and hostile, made from their formats and from nothing else."""

# ruff: noqa: ISC004 - an object of a PDF is one item, written over two lines

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

_NS: Final = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPES: Final = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN: Final = "application/vnd.openxmlformats-officedocument."
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DOCX: Final = f"{_MAIN}wordprocessingml.document.main+xml"
XLSX: Final = f"{_MAIN}spreadsheetml.sheet.main+xml"
PPTX: Final = f"{_MAIN}presentationml.presentation.main+xml"

Parts = Mapping[str, bytes]


def package(parts: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            about = zipfile.ZipInfo(name)  # a fixed time: the same parts are the same bytes
            about.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(about, content)
    return out.getvalue()


def office(parts: Mapping[str, str | bytes], main: str = DOCX) -> bytes:
    types = f'<Types xmlns="{_TYPES}"><Override PartName="/main.xml" ContentType="{main}"/></Types>'
    return package({"[Content_Types].xml": types, **parts})


def paragraph(*runs: str) -> str:
    inner = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{run}</w:t></w:r>" for run in runs)
    return f"<w:p>{inner}</w:p>"


def document(*paragraphs: str) -> str:
    body = "".join(paragraphs)
    return f'<?xml version="1.0"?><w:document xmlns:w="{_NS}"><w:body>{body}</w:body></w:document>'


def docx(*texts: str, **parts: str) -> bytes:
    """A document of one paragraph a text; ``word__header1`` names word/header1.xml."""
    more = {f"{name.replace('__', '/')}.xml": content for name, content in parts.items()}
    return office({"word/document.xml": document(*map(paragraph, texts)), **more})


def xlsx(*cells: str, sheet: str = "Sheet1") -> bytes:
    shared = "".join(f"<si><t>{cell}</t></si>" for cell in cells)
    workbook = f'<workbook><sheets><sheet name="{sheet}" sheetId="1"/></sheets></workbook>'
    return office(
        {"xl/workbook.xml": workbook, "xl/sharedStrings.xml": f"<sst>{shared}</sst>"}, XLSX
    )


def ofd(*texts: str, **more: str | bytes) -> bytes:
    codes = "".join(f'<ofd:TextObject><ofd:TextCode X="0">{one}</ofd:TextCode></ofd:TextObject>'
                    for one in texts)  # fmt: skip
    content = f'<ofd:Page xmlns:ofd="http://www.ofdspec.org/2016">{codes}</ofd:Page>'
    extra = {name.replace("__", "/").replace("_dot_", "."): said for name, said in more.items()}
    return package({"OFD.xml": "<ofd:OFD/>", "Doc_0/Pages/Page_0/Content.xml": content, **extra})


def relation(kind: str, target: str) -> dict[str, str]:
    one = f'<Relationship Id="r1" Type="{_OFFICE}/{kind}" Target="{target}" TargetMode="External"/>'
    text = f'<Relationships xmlns="{_RELS}">{one}</Relationships>'
    return {
        "word/document.xml": document(paragraph("正文")),
        "word/_rels/settings.xml.rels": text,
    }


def pdf(
    text: str = "", *, catalog: str = "", objects: Iterable[bytes] = (), title: str = ""
) -> bytes:
    words = text.encode("utf-16-be").hex()
    content = f"BT /F1 16 Tf 50 700 Td <{words}> Tj ET".encode()
    info = ("feff" + title.encode("utf-16-be").hex()).encode()
    bodies = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /FontDescriptor 7 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 0 1000 1000]"
        b" /ItalicAngle 0 /Ascent 800 /Descent -200 /CapHeight 700 /StemV 80 >>",
        b"<< /Title <%s> >>" % info,
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 8 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(bodies) + 1,
        start,
    )
    return bytes(out)


def packed_objects(inner: bytes, head: bytes = b"/Type /ObjStm") -> bytes:
    """A stream of objects whose content only shows when it is unpacked."""
    data = zlib.compress(inner)
    about = b"<< %s /N 1 /First 4 /Filter /FlateDecode /Length %d >>" % (head, len(data))
    return about + b"\nstream\n" + data + b"\nendstream"


def compound(streams: Mapping[str, bytes], storages: Iterable[str] = ()) -> bytes:
    """A compound file of sectors of 512 bytes; every stream is at least 4096 long."""
    table: list[int] = []
    sectors: list[bytes] = []

    def put(data: bytes) -> int:
        start = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        table.extend([*range(start + 1, start + len(pieces)), 0xFFFFFFFE])
        return start

    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, data in streams.items():
        whole = data.ljust(4096, b"\0")
        entries.append((name, 2, put(whole), len(whole)))
    entries += [(name, 1, 0, 0) for name in storages]
    directory = put(b"".join(_entry(*one) for one in entries))
    count = (len(table) + 127) // 127 + 1
    first = len(sectors)
    whole_table = [*table, *[0xFFFFFFFD] * count]
    whole_table += [0xFFFFFFFF] * (count * 128 - len(whole_table))
    packed = struct.pack(f"<{len(whole_table)}L", *whole_table)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<LL", 0, count) + struct.pack("<LLL", directory, 0, 4096)
    head += struct.pack("<4L", 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    places = [*range(first, first + count), *[0xFFFFFFFF] * (109 - count)]
    return head + struct.pack("<109L", *places) + b"".join(sectors) + packed


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    own = name.encode("utf-16-le")
    said = own.ljust(64, b"\0") + struct.pack("<HBB", len(own) + 2, kind, 1)
    return said + b"\xff" * 12 + bytes(36) + struct.pack("<LLL", start, size, 0)


def doc(text: str, *, flags: int = 0, storages: Iterable[str] = ()) -> bytes:
    head = struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0, 0, flags)
    return compound({"WordDocument": head + bytes(500) + f"{text}\r".encode("utf-16-le")}, storages)


def xls(text: str, *records: tuple[int, bytes]) -> bytes:
    own = b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)
    begin = struct.pack("<HHHH", 0x809, 16, 0x600, 5) + bytes(12)
    said = struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")
    table = struct.pack("<HHLL", 0xFC, 8 + len(said), 1, 1) + said
    return compound({"Workbook": begin + own + table + struct.pack("<HH", 0x0A, 0)})


def ppt(data: bytes = b"") -> bytes:
    return compound({"PowerPoint Document": data})
