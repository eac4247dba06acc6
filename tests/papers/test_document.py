"""The document: deterministic, lean, and laid out as a letter of GB/T 9704-2012."""

import io
import re
import zipfile
from dataclasses import replace
from hashlib import sha256
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from docx.oxml.ns import qn

import notices
from notices.errors import PaperError
from notices.layout import CHARACTER, closing_indents, mark_size, width
from rules.words import Outcome
from tests.papers.builders import COUNTY, RECEIVED, WANG, case, letter, reply
from tests.papers.test_linter import GOOD, INQUIRY, REGISTER
from tests.process.check_builders import complete
from workflow import commands as c

NUMBER = "抚县政公告〔2020〕12号"
CODE = "ABCDEFGHJKLM"
PAPER = notices.finish(GOOD, number=NUMBER, check_code=CODE)


def parts(docx: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        return {name: package.read(name).decode() for name in package.namelist()}


def said(docx: bytes) -> str:
    return "\n".join(p.text for p in Document(io.BytesIO(docx)).paragraphs)


def test_the_same_letter_gives_the_same_bytes() -> None:
    again = notices.finish(GOOD, number=NUMBER, check_code=CODE)

    assert again == PAPER
    assert again.sha256 == sha256(PAPER.docx).hexdigest()
    assert notices.finish(GOOD, number=NUMBER).docx != PAPER.docx
    assert notices.finish(GOOD, number="抚县政公告〔2020〕13号").sha256 != PAPER.sha256


def test_the_package_bears_one_time_and_no_part_twice() -> None:
    with zipfile.ZipFile(io.BytesIO(PAPER.docx)) as package:
        entries = package.infolist()
        assert package.testzip() is None

    assert {entry.date_time for entry in entries} == {(2019, 5, 15, 0, 0, 0)}
    assert len({entry.filename for entry in entries}) == len(entries)
    assert entries[0].filename == "[Content_Types].xml"
    assert len(PAPER.docx) < 12_000


def test_every_part_is_xml_and_every_style_exists() -> None:
    found = parts(PAPER.docx)
    for text in found.values():
        ET.fromstring(text)  # noqa: S314 - our own output
    styles = set(re.findall(r'w:styleId="(\w+)"', found["word/styles.xml"]))

    assert set(re.findall(r'w:pStyle w:val="(\w+)"', found["word/document.xml"])) <= styles


def test_text_number_and_code_are_in_the_document() -> None:
    found = parts(PAPER.docx)

    assert PAPER.text.startswith(f"抚顺县人民政府\n{NUMBER}\n政府信息公开申请答复书\n")
    assert PAPER.text.endswith(f"核验码：{CODE}\n")
    assert said(PAPER.docx) in PAPER.text
    assert f"核验码：{CODE}" in found["word/footer1.xml"]
    assert PAPER.title == GOOD.title
    assert PAPER.annexes == GOOD.annexes


def test_the_page_is_that_of_the_standard() -> None:
    section = Document(io.BytesIO(PAPER.docx)).sections[0]
    measures = {
        "page": (section.page_width, section.page_height),
        "margins": (section.top_margin, section.bottom_margin),
        "sides": (section.left_margin, section.right_margin),
    }
    in_mm = {name: tuple(round(m.mm) for m in both if m) for name, both in measures.items()}

    assert in_mm == {"page": (210, 297), "margins": (37, 35), "sides": (28, 26)}
    assert section.different_first_page_header_footer
    grid = section._sectPr.find(qn("w:docGrid"))
    assert (grid.get(qn("w:type")), grid.get(qn("w:linePitch"))) == ("lines", "579")


def test_fonts_name_east_asia_and_latin() -> None:
    styles = parts(PAPER.docx)["word/styles.xml"]
    body = re.search(r'w:styleId="Normal".*?</w:style>', styles)

    assert body is not None
    for part in (
        'w:ascii="仿宋_GB2312"',
        'w:hAnsi="仿宋_GB2312"',
        'w:eastAsia="仿宋_GB2312"',
        '<w:sz w:val="32"/>',
        '<w:spacing w:val="-5"/>',
        'w:lineRule="exact" w:line="579"',
    ):
        assert part in body[0]
    for font in ("方正小标宋简体", "黑体", "楷体_GB2312"):
        assert f'w:eastAsia="{font}"' in styles


def test_head_and_foot_of_the_first_page() -> None:
    found = parts(PAPER.docx)

    assert "抚顺县人民政府" in found["word/header1.xml"]
    assert 'w:val="thickThinSmallGap"' in found["word/header1.xml"]
    assert 'w:color="FF0000"' in found["word/header1.xml"]
    assert 'w:val="thinThickSmallGap"' in found["word/footer1.xml"]
    assert "PAGE" not in found["word/footer1.xml"]


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages() -> None:
    found = parts(PAPER.docx)
    document = found["word/document.xml"]
    relations = dict(re.findall(r'(?:Id="(rId\d+)"|Target="(\w+\.xml)")', ""))
    rels = found["word/_rels/document.xml.rels"]
    for match in re.finditer(r"<Relationship [^>]+>", rels):
        key, target = re.search(r'Id="(\w+)"', match[0]), re.search(r'Target="(\S+)"', match[0])
        assert key and target  # noqa: PT018 - both or neither
        relations[key[1]] = target[1]
    feet = dict(re.findall(r'footerReference w:type="(\w+)" r:id="(\w+)"', document))

    odd = found[f"word/{relations[feet['default']]}"]
    even = found[f"word/{relations[feet['even']]}"]
    assert "— " in odd
    assert '<w:jc w:val="right"/>' in odd
    assert '<w:jc w:val="left"/>' in even
    assert "<w:evenAndOddHeaders/>" in found["word/settings.xml"]


def test_the_name_is_centred_above_the_date_four_characters_in() -> None:
    name, day = closing_indents("抚顺县人民政府", "2020年10月26日")

    assert day == 4 * CHARACTER
    assert name == round(CHARACTER * (4 + (width("2020年10月26日") - 7) / 2))
    long_name, long_day = closing_indents("某" * 20, "2020年1月2日")
    assert long_name == 0
    assert long_day > day


def test_a_long_name_in_the_head_gets_smaller() -> None:
    assert mark_size("抚顺县人民政府") == 36
    assert mark_size("某" * 30) < 17


def test_closing_stays_with_the_last_paragraph() -> None:
    paragraphs = Document(io.BytesIO(PAPER.docx)).paragraphs
    last = next(p for p in paragraphs if p.text == "特此告知。")

    assert last.paragraph_format.keep_with_next


def test_the_reply_slip_begins_a_page() -> None:
    paper = notices.finish(INQUIRY, number="抚县政公询〔2020〕1号")
    document = Document(io.BytesIO(paper.docx))
    (mark,) = [p for p in document.paragraphs if p.style and p.style.name == "AnnexMark"]

    assert mark.text == "附件"
    assert mark.style is not None
    assert document.styles["AnnexMark"].paragraph_format.page_break_before


@pytest.mark.parametrize("name", ["喆堃𠀀", "😀某", "<张>&三", "{{7*7}}", "]]>"])
def test_rare_and_hostile_characters_survive(name: str) -> None:
    after = case(applicants=(replace(WANG, name=name),))
    paper = notices.finish(letter("receipt", REGISTER, after, RECEIVED), number="")

    assert f"{name}：" in said(paper.docx)
    assert f"{name}：" in paper.text


def test_line_ends_in_data_stay_line_ends() -> None:
    made = reply(complete(Outcome.NEEDS_PROCESSING, reason="甲\n乙\t丙"))

    assert "甲\n乙\t丙" in said(notices.finish(made, number=NUMBER).docx)


def test_a_numbered_paper_needs_its_number_and_no_other_has_one() -> None:
    receipt = letter("receipt", REGISTER, case(), RECEIVED)
    for made, number in ((GOOD, ""), (receipt, NUMBER)):
        with pytest.raises(PaperError) as refused:
            notices.finish(made, number=number)
        assert refused.value.code == "wrong_number"


def test_two_agencies_have_two_heads() -> None:
    other = replace(COUNTY, letterhead="抚顺县人民政府办公室")
    made = letter("receipt", REGISTER, case(), RECEIVED, other)

    assert "抚顺县人民政府办公室" in parts(notices.finish(made, number="").docx)["word/header1.xml"]
    assert c.Register.do == "register"
