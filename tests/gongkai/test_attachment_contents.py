"""What is kept of what people hand in: by content, never by name, and nothing that is secret."""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Final

import pytest

from gongkai.attaching import kinds
from gongkai.attaching.kinds import ENDINGS
from gongkai.attaching.looking import SECONDS, look
from gongkai.attaching.marks import bears_mark
from gongkai.attaching.names import cleaned
from gongkai.attaching.refusals import refused
from gongkai.attaching.taking import received
from gongkai.attaching.unfit import Unfit
from gongkai.config import AttachmentSettings
from tests.gongkai import attachment_files as make
from workflow.errors import Refused

MARKED: Final = (
    "机密★10年", "秘密★", "绝密★启用前",
    "机 密 ★ 10 年", "機密★長期", "絕密", "机密级", "【机密】",
    "机　密", "密级：机密", "密级： 秘密", "密级（机密）",
    "000012  机密★5年  特急", "000012 机密 特急",
    "秘密 10年", "机\u200b密★", "ＮＯ．１２ 机密", "秘密☆5年",
    "标题\n机密\n正文", "机\n密\n", "绝密文件",
    "机密*10年", "&C机密★10年", "内容" * 500 + "\n机密★5年\n" + "内容" * 500,
)  # fmt: skip
TALKING: Final = (
    "国家秘密", "保守国家秘密法", "是否涉及秘密", "不得泄露国家秘密。", "商业秘密",
    "工作秘密", "密",
    "该信息属于机密级国家秘密，不予公开", "密级分为绝密、机密、秘密三级", "密级：绝密、机密、秘密",
    "绝密级不超过三十年，机密级不超过二十年，秘密级不超过十年", "商业秘密★10年", "密级★保密期限",
    "保密审查意见：经审查，不涉及国家秘密、商业秘密。", "秘密事项一览",
    "内容" * 80 + "机密" + "内容" * 90,
)  # fmt: skip

GOOD: Final[dict[str, bytes]] = {
    "申请表.docx": make.docx("申请公开某村征地补偿安置方案", "是否涉及国家秘密：否"),
    "清单.xlsx": make.xlsx("序号", "商业秘密"),
    "说明.pptx": make.office(
        {"ppt/slides/slide1.xml": "<p><a:p><a:t>说明</a:t></a:p></p>"}, make.PPTX
    ),
    "发票.ofd": make.ofd("电子发票"),
    "旧.doc": make.doc("是否涉及国家秘密：否"),
    "旧.wps": make.doc("说明"),
    "旧.xls": make.xls("商业秘密"),
    "旧.et": make.xls("金额"),
    "旧.ppt": make.ppt("汇报".encode("utf-16-le")),
    "扫描.pdf": make.pdf(),
    "文字.pdf": make.pdf("不涉及国家秘密"),
    "图.png": b"\x89PNG\r\n\x1a\n" + bytes(64),
    "图.jpg": b"\xff\xd8\xff\xe0" + bytes(64),
    "图.tif": b"II*\0" + bytes(64),
    "图.gif": b"GIF89a" + bytes(64),
    "图.bmp": b"BM" + bytes(64),
    "图.webp": b"RIFF\0\0\0\0WEBPVP8 " + bytes(64),
    "文.txt": "不涉及国家秘密".encode(),
    "文.csv": "姓名,事由\n喆堃𠀀,征地\n".encode("gb18030"),
    "记.txt": "记事本".encode("utf-16"),
    "录音.mp3": b"ID3\x03" + bytes(64),
    "录音.wav": b"RIFF\0\0\0\0WAVEfmt " + bytes(64),
    "录像.mp4": b"\0\0\0\x20ftypisom" + bytes(64),
}


def looked(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    seen = look(io.BytesIO(data), len(data), kinds.ending_of(name))
    return seen.media_type, seen.notes


def unfit(data: bytes, name: str) -> str:
    with pytest.raises(Unfit) as caught:
        looked(data, name)
    refusal = refused(caught.value.code, caught.value.what)
    assert refusal.mend
    assert "文件没有保存" in refusal.message
    return refusal.code


@pytest.mark.parametrize("name", GOOD)
def test_what_an_office_needs_is_kept(name: str) -> None:
    media_type, _ = looked(GOOD[name], name)

    assert media_type in {*ENDINGS, kinds.CSV}


def test_what_nobody_can_read_by_program_is_kept_and_said_so() -> None:
    assert looked(GOOD["图.png"], "图.png")[1]
    assert "没有文字" in looked(GOOD["扫描.pdf"], "扫描.pdf")[1][0]
    assert looked(GOOD["文字.pdf"], "文字.pdf")[1] == ()


@pytest.mark.parametrize("text", MARKED)
def test_a_mark_of_secrecy_is_seen(text: str) -> None:
    assert bears_mark(text)


@pytest.mark.parametrize("text", TALKING)
def test_a_text_that_talks_about_secrets_bears_no_mark(text: str) -> None:
    assert not bears_mark(text)


HEADER: Final = make.document(make.paragraph("机", " 密", "★", "10年"))
SECRET: Final[dict[str, tuple[str, bytes]]] = {
    "text": ("a.txt", "正文\n机密★10年\n".encode()),
    "text in GB18030": ("a.txt", "秘 密★".encode("gb18030")),
    "text in UTF-16": ("a.txt", "绝密★".encode("utf-16")),
    "far into a long text": ("a.csv", ("一行，内容\n" * 60000 + "机密★5年\n").encode()),
    "paragraph": ("a.docx", make.docx("关于某事的通知", "机密")),
    "runs": ("a.docx", make.office({"word/document.xml": HEADER})),
    "header": ("a.docx", make.docx("正文", word__header1=HEADER)),
    "text box": ("a.docx", make.docx(f"<w:txbxContent>{make.paragraph('绝密')}</w:txbxContent>")),
    "watermark": ("a.docx", make.docx("正文", word__header2='<v:textpath string="机密"/>')),
    "reference": ("a.docx", make.docx("机&#x5BC6;★10年")),
    "properties": ("a.docx", make.docx("正文", docProps__core="<c><dc:title>机密</dc:title></c>")),
    "cell": ("a.xlsx", make.xlsx("序号", "秘密★5年")),
    "sheet name": ("a.xlsx", make.xlsx("序号", sheet="机密")),
    "ofd": ("a.ofd", make.ofd("机密★10年")),
    "ofd, a character an object": ("a.ofd", make.ofd("机", "密")),
    "pdf": ("a.pdf", make.pdf("机密★10年")),
    "pdf, spaced": ("a.pdf", make.pdf("机 密")),
    "pdf, properties": ("a.pdf", make.pdf("正文", title="秘密★")),
    "doc": ("a.doc", make.doc("机密★10年\r正文")),
    "doc, alone on a line": ("a.wps", make.doc("关于某事的通知\r机密\r正文")),
    "xls": ("a.xls", make.xls("秘密")),
    "ppt": ("a.ppt", make.ppt(bytes(4) + "绝密".encode("utf-16-le"))),
}  # fmt: skip


@pytest.mark.parametrize("where", SECRET)
def test_a_file_that_bears_a_mark_of_secrecy_is_refused(where: str) -> None:
    name, data = SECRET[where]

    assert unfit(data, name) == "secrecy_mark"


@pytest.mark.parametrize(
    "name",
    ["机密文件.docx", "绝 密.pdf", "机密★10年.txt", "秘密★.txt",
     "關於某事（機密）.pdf", "ＡＢ机　密.txt"],
)  # fmt: skip
def test_a_name_that_bears_a_mark_is_refused(name: str) -> None:
    with pytest.raises(Unfit) as caught:
        cleaned(name)
    assert caught.value.code == "secrecy_mark"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/申请表.pdf", "申请表.pdf"),
        ("C:\\文件\\申请表.pdf", "申请表.pdf"),
        (" 喆堃𠀀.docx. ", "喆堃𠀀.docx"),
        ("国家秘密审查意见.docx", "国家秘密审查意见.docx"),
        ("=cmd|'!A1.xlsx", "=cmd|'!A1.xlsx"),
    ],
)
def test_a_name_is_kept_as_it_was_given(given: str, kept: str) -> None:
    assert cleaned(given) == kept


@pytest.mark.parametrize(
    "name",
    ["甲\0.pdf", "甲\u202efdp.exe", "甲\n.pdf", "甲\x1b[2J.pdf", "..", "", "长" * 300],
)
def test_a_name_that_hides_something_is_refused(name: str) -> None:
    with pytest.raises(Unfit) as caught:
        cleaned(name)
    assert caught.value.code == "bad_name"


def nested(kind: str, target: str) -> bytes:
    return make.office(make.relation(kind, target))


def parts(name: str, main: str = make.DOCX) -> bytes:
    return make.office({"word/document.xml": make.document(), name: b"\0"}, main)


def locked_zip() -> bytes:
    data = bytearray(make.docx("正文"))
    at = 0
    for sign, place in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = 0
        while (at := data.find(sign, at)) >= 0:
            data[at + place] |= 1
            at += 4
    return bytes(data)


OUTSIDE: Final = "loads_from_outside"
MACROS: Final = "application/vnd.ms-word.document.macroEnabled"
HIDDEN: Final = "/OpenAction << /S /J#61vaScript /JS (app.alert\\(1\\)) >>"
PACKED: Final = make.packed_objects(b"9 0 << /S /JavaScript >>")
ENTITIES: Final = '<!DOCTYPE a [<!ENTITY a "xx"><!ENTITY b "&a;&a;&a;">]><a>&b;</a>'
ACTION: Final = "/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
PROJECT: Final = (
    b"\x1f\0\xff\3\x14\0\0\0\2\0\0\4\x0c\0\0\0" + bytes(4) + b"\1\0\0\0" + bytes(4)
)  # fmt: skip
HOSTILE: Final[dict[str, tuple[str, str, bytes]]] = {
    "nothing": ("empty_file", "a.txt", b""),
    "zip": ("archive", "a.zip", make.package({"a.txt": "a"})),
    "zip named docx": ("archive", "a.docx", make.package({"a.txt": "a"})),
    "rar": ("archive", "a.rar", b"Rar!\x1a\x07\1\0" + bytes(64)),
    "7z": ("archive", "a.7z", b"7z\xbc\xaf\x27\x1c" + bytes(64)),
    "gz": ("archive", "a.gz", b"\x1f\x8b\x08" + bytes(64)),
    "bz2": ("archive", "a.bz2", b"BZh91AY" + bytes(64)),
    "xz": ("archive", "a.xz", b"\xfd7zXZ\0" + bytes(64)),
    "tar": ("archive", "a.tar", b"a".ljust(257, b"\0") + b"ustar\x0000" + bytes(300)),
    "exe": ("executable", "a.exe", b"MZ" + bytes(64)),
    "exe named pdf": ("executable", "a.pdf", b"MZ" + bytes(64)),
    "elf": ("executable", "a", b"\x7fELF" + bytes(64)),
    "shell": ("executable", "a.txt", b"#!/bin/sh\nrm -rf /\n"),
    "batch": ("executable", "a.txt", b"@echo off\r\n"),
    "html": ("web_page", "a.txt", b"<!DOCTYPE html><script>alert(1)</script>"),
    "svg": ("web_page", "a.svg", b'<svg onload="alert(1)"/>'),
    "mail": ("mail", "a.txt", b"Received: from a by b\nSubject: c\n\n"),
    "rtf": ("rich_text", "a.doc", b"{\\rtf1 {\\object}}"),
    "noise": ("unknown_type", "a.bin", bytes(range(1, 200))),
    "png named pdf": ("name_contradicts", "a.pdf", GOOD["图.png"]),
    "pdf named png": ("name_contradicts", "a.png", make.pdf()),
    "docx named xlsx": ("name_contradicts", "a.xlsx", make.docx("正文")),
    "text named js": ("name_contradicts", "a.js", b"alert(1)"),
    "no ending": ("name_contradicts", "a", b"text"),
    "picture with a rar": ("embedded", "a.jpg", GOOD["图.jpg"] + b"Rar!\x1a\x07\1\0"),
    "picture with a zip": ("embedded", "a.png", GOOD["图.png"] + make.package({"a": "a"})),
    "macros": ("macros", "a.docx", parts("word/vbaProject.bin")),
    "docm": ("macros", "a.docx", make.office({}, f"{MACROS}.main+xml")),
    "sheet of macros": ("macros", "a.xlsx", parts("xl/macrosheets/sheet1.xml", make.XLSX)),
    "embedded": ("embedded", "a.docx", parts("word/embeddings/oleObject1.bin")),
    "template": (OUTSIDE, "a.docx", nested("attachedTemplate", "http://198.51.100.1/a.dotm")),
    "external object": (OUTSIDE, "a.docx", nested("oleObject", "//198.51.100.1/a")),
    "external picture": (OUTSIDE, "a.docx", nested("image", "http://198.51.100.1/a.png")),
    "dde": (OUTSIDE, "a.docx", make.docx("</w:t><w:instrText>DDEAUTO c</w:instrText><w:t>")),
    "entities": ("entities", "a.docx", make.docx("正文", word__footer1=ENTITIES)),
    "locked zip": ("encrypted", "a.docx", locked_zip()),
    "locked docx": ("encrypted", "a.docx", make.compound({"EncryptedPackage": b""})),
    "path": ("damaged", "a.docx", make.office({"../../a.xml": "<a/>"})),
    "cut off": ("damaged", "a.docx", make.docx("正文")[:-10]),
    "something before": ("damaged", "a.docx", make.docx("正")[:4] + b"\0" * 100 + make.docx("正")),
    "ofd with a program": ("embedded", "a.ofd", make.ofd("正文", Doc_0__Attachs__a_dot_exe=b"MZ")),
    "doc with macros": ("macros", "a.doc", make.doc("正文", storages=["Macros"])),
    "doc with objects": ("embedded", "a.doc", make.doc("正文", storages=["ObjectPool"])),
    "doc with a password": ("encrypted", "a.doc", make.doc("正文", flags=0x100)),
    "xls with macros": ("macros", "a.xls", make.xls("正文", (0x85, bytes(5) + b"\1" + bytes(6)))),
    "xls with a password": ("encrypted", "a.xls", make.xls("正文", (0x2F, bytes(6)))),
    "ppt with macros": ("macros", "a.ppt", make.ppt(PROJECT)),
    "ppt with an object": ("embedded", "a.ppt", make.ppt(b"\x0f\0\xcc\x0f\x10\0\0\0")),
    "msi": ("unknown_type", "a.doc", make.compound({"Property": b""})),
    "doc cut off": ("damaged", "a.doc", make.doc("正文")[:700]),
    "pdf with a script": ("active", "a.pdf", make.pdf("正文", catalog=ACTION)),
    "pdf with a hidden script": ("active", "a.pdf", make.pdf(catalog=HIDDEN)),
    "pdf with a packed script": ("active", "a.pdf", make.pdf(objects=[PACKED])),
    "pdf that launches": ("active", "a.pdf", make.pdf(catalog="/OpenAction << /S /Launch >>")),
    "pdf with a file": ("active", "a.pdf", make.pdf(catalog="/Names << /EmbeddedFiles << >> >>")),
    "locked pdf": ("encrypted", "a.pdf", make.pdf(catalog="/Encrypt 9 0 R")),
    "pdf of nothing": ("damaged", "a.pdf", b"%PDF-1.7\n" + bytes(100)),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_what_may_do_harm_is_refused_and_said_what_to_do(what: str) -> None:
    code, name, data = HOSTILE[what]

    assert unfit(data, name) == code


def docx_bomb() -> bytes:
    """215 kB that unpack to 220 MB."""
    return make.office({"word/document.xml": b"<a>" + b"A" * (220 << 20) + b"</a>"})


def many_entries() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", "<a/>")
        for number in range(20_000):
            made.writestr(f"word/{number}.xml", "")
    return out.getvalue()


def lying_size() -> bytes:
    """A part that says it is small."""
    data = bytearray(make.office({"word/document.xml": b"<a>" + b"A" * (30 << 20) + b"</a>"}))
    at = data.rfind(b"PK\1\2")
    data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    return bytes(data)


def object_bomb() -> bytes:
    return make.pdf(objects=[make.packed_objects(bytes(100 << 20))])


def page_bomb() -> bytes:
    """A page whose content unpacks to 300 MB."""
    data = zlib.compress(b"0 0 m " * (50 << 20), 1)
    about = b"<< /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream" % (len(data), data)
    return make.pdf().replace(b"/Contents 4 0 R", b"/Contents 9 0 R") + b"9 0 obj\n" + about


def many_signs() -> bytes:
    return make.docx(*["密" + "机" * 600] * 9000)


def endless_chain() -> bytes:
    data = bytearray(make.doc("正文"))
    data[-512 * 2 :] = b"\0\0\0\0" * 256
    return bytes(data)


BOMBS: Final = {
    "a.docx": docx_bomb,
    "b.docx": many_entries,
    "c.docx": lying_size,
    "d.docx": many_signs,
    "e.pdf": object_bomb,
    "f.pdf": page_bomb,
    "g.doc": endless_chain,
}


#: A small process between: what a process has used counts the memory of the one that began it.
MEASURE: Final = """
import json, os, subprocess, sys
looking = subprocess.Popen([sys.executable, "-I", "-m", "gongkai.attaching.looking", sys.argv[1]],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
said = looking.stdout.read().decode()
_, status, used = os.wait4(looking.pid, 0)
looking.returncode = status
print(json.dumps([said, status, used.ru_maxrss, used.ru_utime + used.ru_stime]))
"""


@pytest.mark.parametrize("name", BOMBS)
def test_no_file_costs_more_than_its_allowance(name: str, tmp_path: Path) -> None:
    """Work and memory are counted by the system, for the whole process that looks."""
    file = tmp_path / name
    file.write_bytes(BOMBS[name]())
    with file.open("rb") as stream:
        told = subprocess.run(
            [sys.executable, "-I", "-c", MEASURE, kinds.ending_of(name)],
            stdin=stream,
            capture_output=True,
            check=True,
        )
    said, status, memory, work = json.loads(told.stdout)

    assert memory <= 200 << 10  # of kB
    assert work <= SECONDS + 0.5
    assert status != 0 or {"unfit", "media_type"} & set(json.loads(said))


@pytest.mark.parametrize("name", ["a.docx", "b.docx", "c.docx", "e.pdf", "g.doc"])
def test_a_bomb_is_refused(name: str) -> None:
    data = BOMBS[name]()

    with pytest.raises(Refused) as caught, received(io.BytesIO(data), name, AttachmentSettings()):
        pass
    assert caught.value.code in {"bomb", "damaged", "unreadable"}


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    endless = io.BytesIO(bytes(8 << 20))

    with (
        pytest.raises(Refused, match="1兆") as caught,
        received(endless, "a.txt", AttachmentSettings(max_mb=1)),
    ):
        pass
    assert caught.value.code == "file_too_large"
    assert endless.tell() <= 3 << 20


def test_a_secret_leaves_no_trace_and_is_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    secret = make.docx("机密★10年", "某处的布防")

    with (
        pytest.raises(Refused) as caught,
        received(io.BytesIO(secret), "通知.docx", AttachmentSettings()),
    ):
        pass
    assert caught.value.article == "14"
    assert "布防" not in str(caught.value)
    assert "通知" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []
    assert "".join(capfd.readouterr()) == ""
