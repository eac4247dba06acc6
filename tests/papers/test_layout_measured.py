"""GB/T 9704-2012 as it comes out of LibreOffice: measured on the rendered page, in millimetres.

Tolerances: 0.5 mm for rules and margins, which ink draws exactly; 1 mm where the ink of a character
stands for its square, because each font fills its squares a little differently; 1.5 mm where the
width of a date counts.
"""

import itertools
import os
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Final

import pytest

import notices
from gongkai import pdf
from gongkai.fonts import gaps
from notices.letter import Block, Letter, Mark
from tests.papers.sheets import POINT, Sheet, fonts, sheets

fcntl = pytest.importorskip("fcntl", reason="one renderer at a time needs POSIX locks")

NUMBER: Final = "抚县政公告〔2026〕17号"
CODE: Final = "ABCDEFGHJKLM"
OFFICE: Final = "抚顺县人民政府办公室"
LONG: Final = "抚顺县自然资源和规划局政府信息公开工作领导小组办公室"
DATE: Final = "2026年3月28日"
HAN: Final = "县人民政府收到申请人提出的公开征地补偿安置方案及其批准文件要求经审查认为属于本机关"
NOTE: Final = "（承办机构：抚顺县人民政府办公室；联系电话：024-00000000）"
ANNEXES: Final = ("附件：1. 某镇某村2024年度征地补偿安置方案及其批准文件和说明图", "2. 批准文件")
CHARACTER: Final = 15.75 * POINT
EDGE: Final = 0.5
INK: Final = 1.0
DIGITS: Final = 1.5  # seven digits that a stand-in font draws wider than half a character
LEFT, RIGHT = 28.0, 28.0 + 28 * CHARACTER

Blocks = tuple[Block, ...]


def text(paragraph: str) -> Block:
    return Block(Mark.PARAGRAPH, paragraph)


def letter(*body: Block, name: str = OFFICE, head: str = OFFICE, to: str = "王某某") -> Letter:
    opening = (
        Block(Mark.NUMBER, ""),
        Block(Mark.TITLE, "政府信息公开申请答复书"),
        Block(Mark.ADDRESSEE, f"{to}："),
    )
    closing = (Block(Mark.SIGNATURE, name), Block(Mark.DATE, DATE))
    blocks = [*opening, *body]
    rest = next((n for n, b in enumerate(blocks) if b.mark in {Mark.NOTE, Mark.PAGE}), len(blocks))
    return Letter(
        kind="reply",
        id="N1",
        title="政府信息公开申请答复书",
        addressee=to,
        on=date(2026, 3, 28),
        letterhead=head,
        signature=name,
        numbered=True,
        blocks=(*blocks[:rest], *closing, *blocks[rest:]),
    )


def draw(made: Letter, *, sealed: bool = True) -> bytes:
    return notices.finish(made, number=NUMBER, check_code=CODE, sealed=sealed).docx


def documents() -> dict[str, bytes]:
    """All that is measured here, rendered in one call."""
    run = text((HAN * 60)[: 28 * 22 * 2 + 100])
    annexes = [Block(Mark.ANNEX, line) for line in ANNEXES]
    page = (Block(Mark.PAGE, "附件1"), Block(Mark.PAGE_TITLE, "征地补偿安置方案"), text(HAN))
    end = text("特此告知。")
    mixed = text(HAN[:25] + "，编号024-00000000，" + HAN[:3] + "2026年" + HAN[:26] + "，" + HAN[:9])
    faces = (
        Block(Mark.HEADING, "一、关于准予公开的内容"),
        Block(Mark.SUBHEADING, "（一）关于方案"),
    )
    long = letter(*faces, run, end, *annexes, Block(Mark.NOTE, NOTE), *page)
    return {
        "long": draw(long),
        "mixed": draw(letter(mixed, end, Block(Mark.NOTE, NOTE))),
        "long_head": draw(letter(end, head=LONG, name=LONG)),
        "unsealed": draw(letter(end), sealed=False),
        "unsealed_short": draw(letter(end, name="某局"), sealed=False),
        "rare": draw(letter(end, to="喆堃𠀀")),
    }


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """Render once, whichever of pytest's workers comes first; the others wait for it."""
    if not pdf.office() or not shutil.which("pdftoppm"):
        missing = "LibreOffice or poppler is not installed: the layout is not measured"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "layout"
    place.mkdir(exist_ok=True)
    wanted = {name: place / f"{name}.pdf" for name in documents()}
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(path.exists() for path in wanted.values()):
            for name, docx in documents().items():
                (place / f"{name}.docx").write_bytes(docx)
            pdf.to_pdf([place / f"{name}.docx" for name in wanted], place)
    return wanted


@pytest.fixture(scope="session")
def long(rendered: Mapping[str, Path]) -> tuple[Sheet, ...]:
    return sheets(rendered["long"])


@pytest.fixture(scope="session")
def pages(rendered: Mapping[str, Path]) -> Mapping[str, tuple[Sheet, ...]]:
    return {name: sheets(path) for name, path in rendered.items() if name != "long"}


def near(value: float, tolerance: float = EDGE) -> object:
    return pytest.approx(value, abs=tolerance)


def test_the_mark_begins_30_mm_below_the_edge_and_is_centred(long: tuple[Sheet, ...]) -> None:
    mark = long[0].red[0]

    assert mark.top == near(30)
    assert (mark.left + mark.right) / 2 == near(105, INK)


@pytest.mark.parametrize("name", ["mixed", "long_head"])
def test_the_upper_rule_thick_above_thin_stands_4_mm_below_the_mark(
    name: str, pages: Mapping[str, tuple[Sheet, ...]]
) -> None:
    mark, thick, thin, *_ = pages[name][0].red

    assert mark.top == near(30)
    assert mark.width < 170
    assert thick.top - mark.bottom == near(4)
    assert thick.bottom - thick.top > 2 * (thin.bottom - thin.top)
    for rule in (thick, thin):
        assert (rule.left, rule.right) == (near(20), near(190))


def test_the_lower_rule_thin_above_thick_stands_20_mm_above_the_edge(
    long: tuple[Sheet, ...],
) -> None:
    thin, thick = long[0].red[-2:]

    assert thick.bottom == near(297 - 20)
    assert thick.bottom - thick.top > 2 * (thin.bottom - thin.top)
    for rule in (thick, thin):
        assert (rule.left, rule.right) == (near(20), near(190))
    assert not any(page.red for page in long[1:])


def test_the_number_is_flush_right_seven_eighths_of_a_character_below_the_rule(
    long: tuple[Sheet, ...],
) -> None:
    thin, number = long[0].red[2], long[0].black[0]

    assert number.top - thin.bottom == near(14 * POINT, INK)
    assert number.right == near(RIGHT, INK)
    assert long[0].lines[1].text == NUMBER


def test_the_title_is_centred_two_lines_below_and_the_addressee_one_below_it(
    long: tuple[Sheet, ...],
) -> None:
    number, title, addressee, *_ = long[0].black
    line = 28.95 * POINT

    assert 2 * line <= title.top - number.bottom <= 3 * line
    assert (title.left + title.right) / 2 == near((LEFT + 184) / 2, INK)
    assert line <= addressee.top - title.bottom <= 2 * line
    assert addressee.left == near(LEFT, INK)


def test_a_full_page_has_22_lines_of_28_characters_within_the_margins(
    long: tuple[Sheet, ...],
) -> None:
    body = [line for line in long[1].lines if not line.text.startswith("—")]
    ink = long[1].black[:22]

    assert [len(line.text) for line in body] == [28] * 22
    assert {round(line.left, 1) for line in body} == {LEFT}
    assert all(line.right <= 184 + 0.1 for line in body)
    assert ink[0].top >= 37
    assert ink[0].top == near(37 + 9.1 * POINT + 0.3, INK)
    assert ink[-1].bottom <= 297 - 35 + 0.1
    pitches = [b.bottom - a.bottom for a, b in itertools.pairwise(ink)]
    assert sum(pitches) / len(pitches) == near(28.95 * POINT, 0.05)


def test_paragraphs_begin_two_characters_in(pages: Mapping[str, tuple[Sheet, ...]]) -> None:
    page = pages["mixed"][0]

    assert page.line("县人民政府").left == near(LEFT + 2 * CHARACTER)
    assert page.line("特此告知").left == near(LEFT + 2 * CHARACTER)
    assert page.line("王某某：").left == near(LEFT)


def test_digits_stand_close_and_no_line_leaves_the_margins(
    pages: Mapping[str, tuple[Sheet, ...]],
) -> None:
    page = pages["mixed"][0]
    below_head = [band for band in page.black if band.bottom < 275]

    assert all(band.left >= LEFT - 0.5 and band.right <= 184.5 for band in below_head)
    day = page.line(DATE)
    # 3 Han characters and 7 digits of a half: stand-ins draw digits wider, a gap is 1.1 mm each.
    assert day.right - day.left == near(6.5 * CHARACTER, 2.5)


def test_a_telephone_number_is_not_broken(pages: Mapping[str, tuple[Sheet, ...]]) -> None:
    lines = [line.text for page in pages["mixed"] for line in page.lines]

    assert sum("024-00000000" in line for line in lines) == 2


def test_page_numbers_odd_right_even_left_none_on_the_first(long: tuple[Sheet, ...]) -> None:
    character = 14 * POINT

    assert not any(line.text.startswith("—") for line in long[0].lines)
    assert long[1].line("—").text == "—2—"
    assert long[1].line("—").left == near(LEFT + character)
    assert long[2].line("—").text == "—3—"
    assert long[2].line("—").right == near(184 - character)
    for page in long[1:3]:
        digits = page.black[-1]
        assert (digits.top + digits.bottom) / 2 == near(297 - 35 + 7, INK)


def test_a_sealed_closing_leaves_room_for_the_seal(long: tuple[Sheet, ...]) -> None:
    page = next(page for page in long if any(line.text == DATE for line in page.lines))
    name, day = page.line(OFFICE), page.line(DATE)

    assert 184 - day.right == near(4 * CHARACTER, 0.6)
    assert (name.left + name.right) / 2 == near((day.left + day.right) / 2, DIGITS)
    assert any(line.text.startswith("特此告知") for line in page.lines)
    note = page.line("（承办机构")
    assert note.left == near(LEFT + 2 * CHARACTER)


def test_a_seal_of_42_mm_fits_between_text_and_note(
    pages: Mapping[str, tuple[Sheet, ...]],
) -> None:
    bands = pages["mixed"][0].black
    closing = next(n for n, band in enumerate(bands) if band.left > 100 and n > 3)
    text_end, name, note = bands[closing - 1].bottom, bands[closing], bands[closing + 2].top

    top = (name.top + name.bottom) / 2 - 21
    assert 0 < top - text_end <= 28.95 * POINT
    assert note > top + 42


def test_a_name_longer_than_the_date_stays_within_the_margins(
    pages: Mapping[str, tuple[Sheet, ...]],
) -> None:
    page = pages["long_head"][0]
    name = [line for line in page.lines if line.text == LONG][-1]
    day = page.line(DATE)

    assert name.right == near(RIGHT, INK)
    assert (name.left + name.right) / 2 == near((day.left + day.right) / 2, DIGITS)


def test_an_unsealed_closing(pages: Mapping[str, tuple[Sheet, ...]]) -> None:
    page = pages["unsealed"][0]
    name, day = [line for line in page.lines if line.text == OFFICE][-1], page.line(DATE)

    assert 184 - name.right == near(2 * CHARACTER, 0.6)
    assert day.left - name.left == near(2 * CHARACTER, 2.5)
    # One line is left free between text and name, none between name and date.
    end, above, below = page.black[-4:-1]
    assert above.bottom - end.bottom == near(2 * 28.95 * POINT, INK)
    assert below.bottom - above.bottom == near(28.95 * POINT, INK)


def test_an_unsealed_date_longer_than_the_name(pages: Mapping[str, tuple[Sheet, ...]]) -> None:
    page = pages["unsealed_short"][0]
    name, day = page.line("某局"), page.line(DATE)

    assert 184 - day.right == near(2 * CHARACTER, 0.6)
    assert day.left - name.left == near(2 * CHARACTER, 2.5)


def test_annexes_are_named_two_characters_in_and_their_names_align(
    long: tuple[Sheet, ...],
) -> None:
    page = next(page for page in long if any(line.text == DATE for line in page.lines))
    first, second = page.line("附件："), page.line("2.批准文件")
    turned = page.lines[[line.text for line in page.lines].index(first.text) + 1]

    assert first.left == near(LEFT + 2 * CHARACTER)
    assert second.left == near(LEFT + 5 * CHARACTER)
    assert turned.left == near(LEFT + 6.5 * CHARACTER)


def test_an_annex_begins_a_page_and_its_title_stands_on_line_three(
    long: tuple[Sheet, ...],
) -> None:
    page = long[-1]
    mark, title = page.black[:2]

    assert page.lines[0].text == "附件1"
    assert page.lines[0].left == near(LEFT)
    assert title.bottom - mark.bottom == near((2 * 28.95 + 0.8 * 34 - 0.8 * 28.95) * POINT, INK)
    assert (title.left + title.right) / 2 == near((LEFT + 184) / 2, INK)


def test_the_check_code_stands_below_the_lower_rule(long: tuple[Sheet, ...]) -> None:
    assert long[0].line("核验码").text == f"核验码：{CODE}"
    assert long[0].black[-1].top > 277
    assert not any(line.text.startswith("核验码") for page in long[1:] for line in page.lines)


def test_no_official_font_falls_to_a_stranger(rendered: Mapping[str, Path]) -> None:
    found = fonts(rendered["long"])

    serif = ("NotoSerifCJK", "FangSong", "FZFangSong", "STFangsong")
    sans = ("NotoSansCJK", "SimHei", "FZHei", "STHeiti")
    assert any(name in found for name in serif)
    assert any(name in found for name in sans)
    assert "DejaVu" not in found
    assert found.count(" yes yes yes ") == len(found.splitlines()) - 2


def test_a_rare_name_is_drawn_and_can_be_copied(
    pages: Mapping[str, tuple[Sheet, ...]],
) -> None:
    assert "喆堃𠀀：" in [line.text for line in pages["rare"][0].lines]
    assert not gaps("喆堃𠀀").missing
