"""The lean document that every letter of an agency starts from: made by python-docx, once."""

import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

from docx import Document
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Pt, RGBColor, Twips
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from notices import layout
from notices.layout import STYLES, Style

#: Every file of every package bears this time, so that the same letter gives the same bytes.
MOMENT: Final = (2019, 5, 15, 0, 0, 0)
DOCUMENT: Final = "word/document.xml"

_WORD: Final = "http://schemas.microsoft.com/office/word"
_BODY: Final = "THE-LETTER"
_CODE: Final = "THE-CHECK-CODE"
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}
#: What of python-docx's own template a letter needs; theme, fonts table, numbering and all go.
_NEEDED: Final = (
    "/styles",
    "/settings",
    "/header",
    "/footer",
    "/officeDocument",
    "/core-properties",
)


@dataclass(frozen=True, slots=True)
class Base:
    """A package but for the text: parts deflated once, the document and its foot still open."""

    package: bytes
    before: str
    after: str
    foot_name: str
    foot: str

    def document(self, body: str) -> bytes:
        """Return the document part around ``body``."""
        return (self.before + body + self.after).encode()

    def first_foot(self, check_code: str) -> bytes:
        """Return the foot of the first page with this check code."""
        text = f"核验码：{check_code}" if check_code else ""
        return self.foot.replace(_CODE, escape(text)).encode()


@lru_cache(maxsize=64)
def base_for(letterhead: str) -> Base:
    """Return what all letters under one letterhead share."""
    parts = _parts(_blank(letterhead))
    document = parts.pop(DOCUMENT).decode()
    foot_name = next(name for name, blob in parts.items() if _CODE.encode() in blob)
    foot = parts.pop(foot_name).decode()
    mark = document.index(_BODY)
    start = document.rindex("<w:p>", 0, mark)
    end = document.index("</w:p>", mark) + len("</w:p>")
    return Base(_packed(parts.items()), document[:start], document[end:], foot_name, foot)


def write(out: zipfile.ZipFile, name: str, blob: bytes) -> None:
    """Add one part under the fixed time."""
    entry = zipfile.ZipInfo(name, MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    out.writestr(entry, blob)


def _packed(parts: Iterable[tuple[str, bytes]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as out:
        for name, blob in parts:
            write(out, name, blob)
    return target.getvalue()


def _parts(document: DocxDocument) -> dict[str, bytes]:
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as package:
        names = sorted(package.namelist(), key=lambda name: (name[0] != "[", name))
        return {name: package.read(name) for name in names}


def _blank(letterhead: str) -> DocxDocument:
    document = Document()
    _strip(document)
    _set_properties(document, letterhead)
    _set_normal(document)
    for style in STYLES.values():
        _add_style(document, style)
    section = document.sections[0]
    _set_page(section)
    _set_head(section, letterhead)
    _set_feet(document, section)
    document.add_paragraph(_BODY)
    return document


def _strip(document: DocxDocument) -> None:
    for part in (document.part, document.part.package):
        for key, rel in list(part.rels.items()):
            if not rel.reltype.endswith(_NEEDED):
                part.rels.pop(key)
    styles = document.styles.element
    for child in list(styles):
        if child.tag != qn("w:docDefaults"):
            styles.remove(child)
    settings = document.settings.element
    for child in list(settings):
        settings.remove(child)


def _set_properties(document: DocxDocument, letterhead: str) -> None:
    about = document.core_properties
    about.author = about.last_modified_by = letterhead[:255]
    about.title = about.comments = about.keywords = ""
    about.language = "zh-CN"
    about.created = about.modified = datetime(*MOMENT, tzinfo=UTC).replace(tzinfo=None)
    about.revision = 1


def _set_normal(document: DocxDocument) -> None:
    normal = document.styles.add_style("Normal", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    normal.element.set(qn("w:default"), "1")
    _set_font(normal, layout.FANGSONG, layout.BODY_SIZE)
    run = normal.element.get_or_add_rPr()
    run.append(_element("w:spacing", val=layout.SPACING))
    run.append(_element("w:kern", val=0))
    run.append(_element("w:lang", val="en-US", eastAsia="zh-CN"))
    _order(run, "rFonts", "color", "spacing", "kern", "sz", "szCs", "lang")
    shape = normal.element.get_or_add_pPr()
    # Lines are exact: LibreOffice would stretch a line higher than the grid to two of it.
    off = ("widowControl", "overflowPunct", "autoSpaceDE", "autoSpaceDN", "snapToGrid")
    for name in off:
        shape.append(_element(f"w:{name}", val=0))
    _set_line(normal, layout.LINE)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _order(shape, *off, "spacing", "jc")
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for child in list(defaults):
        defaults.remove(child)


def _add_style(document: DocxDocument, style: Style) -> None:
    made = document.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = document.styles["Normal"]
    if style.font != layout.FANGSONG or style.size != layout.BODY_SIZE:
        _set_font(made, style.font, style.size)
    if style.line != layout.LINE:
        _set_line(made, style.line)
    shape = made.paragraph_format
    shape.keep_with_next = style.keep_with_next or None
    shape.keep_together = style.keep_lines or None
    shape.page_break_before = style.page_break or None
    shape.alignment = _ALIGN.get(style.align)
    shape.space_before = Twips(round(style.before * layout.LINE)) if style.before else None
    shape.space_after = Twips(round(style.after * layout.LINE)) if style.after else None
    shape.left_indent = Twips(round(style.left * layout.CHARACTER)) if style.left else None
    first = style.first_indent - style.hanging
    shape.first_line_indent = Twips(round(first * layout.CHARACTER)) if first else None


def _set_font(style: ParagraphStyle, name: str, size: float) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:cs"), name)


def _set_line(style: ParagraphStyle, twips: int) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Twips(twips)


def _set_page(section: Section) -> None:
    section.page_width, section.page_height = Twips(layout.PAGE_WIDTH), Twips(layout.PAGE_HEIGHT)
    section.top_margin, section.bottom_margin = (
        Twips(layout.MARGIN_TOP),
        Twips(layout.MARGIN_BOTTOM),
    )
    section.left_margin, section.right_margin = (
        Twips(layout.MARGIN_LEFT),
        Twips(layout.MARGIN_RIGHT),
    )
    section.header_distance = Twips(layout.HEADER_DISTANCE)
    section.footer_distance = Twips(layout.FOOTER_DISTANCE)
    section.different_first_page_header_footer = True
    settings = section._sectPr  # noqa: SLF001 - python-docx has no call for the grid of lines
    for grid in settings.findall(qn("w:docGrid")):
        settings.remove(grid)
    settings.append(_element("w:docGrid", type="lines", linePitch=layout.LINE))


def _set_head(section: Section, letterhead: str) -> None:
    line = _plain(section.first_page_header.paragraphs[0])
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = line.add_run(letterhead)
    run.font.name = layout.TITLE_FONT
    size = layout.mark_size(letterhead)
    run.font.size = Pt(size)
    run.font.color.rgb = RGBColor.from_string(layout.RED)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), layout.TITLE_FONT)  # noqa: SLF001
    line.paragraph_format.line_spacing = Pt(size * layout.MARK_LINE)
    gap = round(layout.MARK_TO_RULE - size * layout.BELOW_MARK)
    _rule(line, "thickThinSmallGap", gap)


def _set_feet(document: DocxDocument, section: Section) -> None:
    _set_settings(document)
    # Word and LibreOffice agree on the order of the two lines below a paragraph, not above one.
    rule = _plain(section.first_page_footer.paragraphs[0])
    rule.paragraph_format.line_spacing = Twips(layout.RULE_LINE)
    _rule(rule, "thinThickSmallGap", gap=0)
    below = _plain(section.first_page_footer.add_paragraph())
    below.paragraph_format.line_spacing = Twips(layout.CODE_LINE)
    below.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    below.add_run(_CODE).font.size = Pt(10.5)
    _page_number(section.footer.paragraphs[0], right=True)
    _page_number(section.even_page_footer.paragraphs[0], right=False)


def _set_settings(document: DocxDocument) -> None:
    document.settings.odd_and_even_pages_header_footer = True
    settings = document.settings.element
    settings.append(_element("w:characterSpacingControl", val="doNotCompress"))
    modern = _element("w:compatSetting", name="compatibilityMode", uri=_WORD, val=15)
    compatible = _element("w:compat")
    # Half-width characters are half as wide; a line that a line end closes is not stretched.
    for name in ("balanceSingleByteDoubleByteWidth", "doNotExpandShiftReturn", "useFELayout"):
        compatible.append(_element(f"w:{name}"))
    compatible.append(modern)
    settings.append(compatible)


def _page_number(line: Paragraph, *, right: bool) -> None:
    _plain(line)
    shape = line.paragraph_format
    shape.line_spacing = Twips(layout.PAGE_NUMBER_LINE)
    shape.space_after = Twips(layout.PAGE_NUMBER_LIFT)
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    side = Twips(layout.PAGE_NUMBER_SIDE)
    shape.right_indent, shape.left_indent = (side, None) if right else (None, side)
    for piece in ("— ", None, " —"):
        run = line.add_run(piece or "")
        run.font.name, run.font.size = layout.SONG, Pt(layout.PAGE_NUMBER_SIZE)
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()  # noqa: SLF001
        fonts.set(qn("w:eastAsia"), layout.SONG)
        if piece is None:
            _add_field(run._r)  # noqa: SLF001


def _add_field(run: Any) -> None:  # noqa: ANN401 - an element of lxml
    text = _element("w:instrText")
    text.text = "PAGE"
    for child in (_element("w:fldChar", fldCharType="begin"), text):
        run.append(child)
    run.append(_element("w:fldChar", fldCharType="end"))


def _plain(line: Paragraph) -> Paragraph:
    line.style = None  # python-docx names styles here that a lean document does not have
    return line


def _rule(line: Paragraph, kind: str, gap: int) -> None:
    """Draw a red double rule below the paragraph, as wide as both."""
    shape = line.paragraph_format
    shape.left_indent, shape.right_indent = Twips(layout.RULE_LEFT), Twips(layout.RULE_RIGHT)
    properties = line._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no call for borders
    border = _element("w:pBdr")
    border.append(_element("w:bottom", val=kind, sz=24, space=gap, color=layout.RED))
    properties.insert(0, border)


def _element(tag: str, **attributes: object) -> Any:  # noqa: ANN401 - an element of lxml
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(qn(f"w:{name}"), str(value))
    return made


def _order(parent: Any, *names: str) -> None:  # noqa: ANN401 - an element of lxml
    """Put the children into the order that the schema wants."""
    rank = {qn(f"w:{name}"): n for n, name in enumerate(names)}
    parent[:] = sorted(parent, key=lambda child: rank.get(child.tag, len(rank)))
