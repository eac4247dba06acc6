"""What a finished text must not show, whatever the case: leftovers, doubled or half-width marks."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Final

from notices.letter import LABELS, Letter, Mark
from notices.markup import VALUE
from rules.citations import Citation
from rules.law import Article, Law
from rules.norms import DatedCitation, entries, points
from workflow.case import Case
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

_LEFTOVERS: Final = re.compile(
    r"\{\{|\}\}|\{%|%\}|\{#|#\}"
    r"|(?<![A-Za-z])(?:None|[Uu]ndefined|True|False|nan|NaN|null|NULL)(?![A-Za-z])"
)
_DOUBLED: Final = re.compile(r"[。，；、：！？]{2,}|([“”《》])\1")
_EMPTY: Final = re.compile(r"“\s*”|‘\s*’|《\s*》|（\s*）|〔\s*〕|【\s*】|\(\s*\)|\[\s*\]")
_HAN: Final = f"[\u4e00-\u9fff{VALUE}”》）]"
_HALF_WIDTH: Final = re.compile(
    f"(?<={_HAN})[,;:?!](?={_HAN}|$)"
    r"|(?<=[\u4e00-\u9fff])[.()\"'](?=[\u4e00-\u9fff]|$)|^[()\"'](?=[\u4e00-\u9fff])"
)
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff"
    "\ufff9-\ufffb\uffa0\U000e0000-\U000e007f]"
)
#: A norm in 《》 or by its document number, and the place in it.
_CITATION: Final = re.compile(
    r"(《[^《》]+》|(?:法释|国办函|国办公开办函|国办发)〔\d{4}〕\d+号)"
    r"(第[一二三四五六七八九十百千零]+[条点]"
    r"(?:第[一二三四五六七八九十]+款)?(?:第[一二三四五六七八九十]+项)?)"
)
_CONTROL: Final = frozenset({"Cc", "Cs"})
_ONCE: Final = (Mark.TITLE, Mark.ADDRESSEE, Mark.SIGNATURE, Mark.DATE)


def shape(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """Every letter has its title, addressee, name and date, and a place for its number."""
    marks = [block.mark for block in letter.blocks]
    for mark in _ONCE:
        if mark not in marks:
            yield block_finding("part_missing", f"文书缺少{LABELS[mark]}。", "请检查模板。")
    if any(b.mark is Mark.TITLE and b.text != letter.title for b in letter.blocks):
        yield block_finding("title", f"文书的标题不是“{letter.title}”。", "请检查模板。")
    if (Mark.NUMBER in marks) != letter.numbered:
        yield block_finding("number_place", "文书中文号的位置与文书目录不符。", "请检查模板。")
    for block in letter.blocks:
        if not block.text.strip() and block.mark is not Mark.NUMBER:
            yield block_finding(
                "part_empty", f"文书的{LABELS[block.mark]}是空的。", "请补充案件记录。"
            )


def leftovers(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """No template code is left, and no value that a program prints for nothing."""
    for text in _own_words(letter):
        if found := _LEFTOVERS.search(text):
            where = f"文书中残留“{found[0]}”：{text[:40]}"
            yield block_finding("leftover", where, "请检查模板。")


def punctuation(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """No doubled marks (a sign of an empty value) and no half-width ones between Han."""
    for text in _own_words(letter):
        if found := _DOUBLED.search(text):
            where = f"文书中标点“{found[0]}”重复：{text[:40]}"
            yield block_finding("doubled_mark", where, "请补充所缺内容，或者删去多余标点。")
        if found := _EMPTY.search(text):
            where = f"文书中“{found[0]}”里面没有内容：{text[:40]}"
            yield block_finding("empty_marks", where, "请补充所缺内容。")
        if found := _HALF_WIDTH.search(text):
            where = f"文书中有半角标点“{found[0]}”：{text[:40]}"
            yield block_finding("half_width_mark", where, "请改用全角标点。")


def printable(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """Head and name can be printed: they come from the configuration, past the gate."""
    for label, text in (("版头", letter.letterhead), ("署名", letter.signature)):
        if found := next((c for c in text if unicodedata.category(c) in _CONTROL), None):
            yield block_finding(
                "unprintable",
                f"{label}中有不能印出的控制字符（U+{ord(found):04X}）。",
                "请更正 config.toml 中机关的名称和版头。",
            )


def invisible(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """Marks that turn or hide text are shown to the officer: the paper may read otherwise."""
    for block in letter.blocks:
        if found := _INVISIBLE.search(block.text):
            yield Finding(
                code="invisible_mark",
                severity=Severity.WARN,
                message=f"{LABELS[block.mark]}中有看不见的字符（U+{ord(found[0]):04X}）。",
                mend="请核对显示的文字与登记的内容是否一致。",
            )


def cited_in(text: str) -> tuple[tuple[str, str], ...]:
    """Return every (norm, place) that a text cites, each once."""
    return tuple(dict.fromkeys((norm, place) for norm, place in _CITATION.findall(text)))


def wrong_citation(norm: str, place: str, law: Law, on: date) -> str:
    """Say what is wrong with citing ``place`` on ``on``; empty for a norm that is not on file."""
    if norm in {"《条例》", f"《{law.title}》"}:
        return "" if place in _places_of(law) else f"{norm}没有{place}。"
    known = _places_on_file().get(norm)
    if known is None:
        return ""
    entries = known.get(place, ())
    if any(entry.covers(on) for entry in entries):
        return ""
    lives = "；".join(entry.life for entry in entries)
    return f"{on}不能援引{norm}{place}" + (f"（{lives}）。" if lives else "：规则数据中没有。")


@cache
def _places_of(law: Law) -> frozenset[str]:
    """Return every place of the Regulation; an article of one paragraph is cited without it."""
    return frozenset(place for article in law.articles.values() for place in _within(article))


def _within(article: Article) -> Iterator[str]:
    yield Citation("", article.number).short
    for paragraph in range(1, article.paragraphs + 1):
        named = paragraph if article.paragraphs > 1 else None
        for item in (None, *range(1, article.items.get(paragraph, 0) + 1)):
            yield Citation("", article.number, named, item).short


@cache
def _places_on_file() -> dict[str, dict[str, tuple[DatedCitation, ...]]]:
    found: dict[str, dict[str, tuple[DatedCitation, ...]]] = {}
    for key, point in points():
        for entry in entries(key, point):
            places = found.setdefault(entry.citation.norm, {})
            short = entry.citation.short
            places[short] = (*places.get(short, ()), entry)
    return found


def block_finding(code: str, message: str, mend: str, article: str = "", rule: str = "") -> Finding:
    """Return a finding that stops the paper."""
    return Finding(
        code=code, severity=Severity.BLOCK, message=message, article=article, mend=mend, rule=rule
    )


def _own_words(letter: Letter) -> Iterator[str]:
    """The text without the values from the case: these may hold anything and stay as they are."""
    return (block.pattern for block in letter.blocks)
