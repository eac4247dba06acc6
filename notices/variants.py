"""An agency's own paragraphs: added at fixed places of a letter, never instead of fixed text.

The places (islands) lie between the statutory parts, and a paragraph is put in after the template
has been filled: it is text, never source, and nothing that a template says can be taken away.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from notices.catalogue import CATALOGUE, PaperKind
from notices.letter import Block, Mark
from rules.reader import Table, parse
from rules.words import RemedyClass

_OWN: Final = "本机关"
_LONGEST: Final = 500
_REMEDY_WORDS: Final = ("申请行政复议", "提起行政诉讼")

#: What a paragraph must not hold, and why: the fixed text says it, or nobody should.
_REFUSED: Final = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (r"\{\{|\}\}|\{%|%\}|\{#|#\}|[{}]", "含有模板符号“{found}”，这里只能写文字"),
        (
            r"(?<![A-Za-z])(?:None|True|False|nan|NaN|[Uu]ndefined|null)(?![A-Za-z])|待[填补]|X{2,}",
            "残留“{found}”，请写完整",
        ),
        (r"复议|诉讼|起诉|人民法院", "写有“{found}”：救济途径由固定文字告知"),
        (
            r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]|\d{1,2}月\d{1,2}日",
            "写有日期“{found}”：日期由案件决定",
        ),
        (
            r"[\d０-９一二三四五六七八九十百两]+\s*个?\s*(?:工作日|自然日|日|天|月内|个月|年内)",
            "写有期限“{found}”：期限由固定文字告知",
        ),
        (r"第[\d０-９一二三四五六七八九十百零]+[条款项]", "援引“{found}”：法律依据由固定文字写明"),
        (
            r"视为|不予公开|不予处理|不再处理|不予提供|决定公开|\d\s*元",
            "写有“{found}”：处理决定和法律后果由固定文字写明",
        ),
        (r"[。，；、：]{2,}|“”|‘’|《》|（）|〔〕|\(\)|\[\]", "标点“{found}”重复或者是空的"),
    )
)


class Island(StrEnum):
    """A place between fixed parts where an agency may add paragraphs, in the order of a letter."""

    AFTER_OPENING = "after_opening"
    BEFORE_REMEDIES = "before_remedies"
    BEFORE_CLOSING = "before_closing"


#: Where each place is, in the agency's words.
WHERE: Final = {
    Island.AFTER_OPENING: "第一段（收到申请或者来由）之后",
    Island.BEFORE_REMEDIES: "救济途径之前",
    Island.BEFORE_CLOSING: "“特此告知”和落款之前",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """What an agency adds at one place of one paper, from a day to a day (both included)."""

    paper: str
    island: Island
    version: str
    text: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether a letter of ``day`` has this text."""
        return self.since <= day and (self.until is None or day <= self.until)

    def meets(self, other: "Variant") -> bool:
        """Say whether both claim one place on one day."""
        same = (self.paper, self.island) == (other.paper, other.island)
        first, last = sorted((self, other), key=lambda v: v.since)
        return same and (first.until is None or first.until >= last.since)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The paragraphs, word for word; the linter reads them like a template's own words."""
        lines = (line.strip() for line in self.text.split("\n"))
        return tuple(Block(Mark.PARAGRAPH, line, line) for line in lines if line)


@dataclass(frozen=True, slots=True)
class Variants:
    """All that one agency adds to its papers."""

    entries: tuple[Variant, ...] = ()

    @classmethod
    def none(cls) -> "Variants":
        """Return what an agency has that adds nothing."""
        return cls()

    def of(self, paper: str, day: date) -> tuple[Variant, ...]:
        """Return what is added to ``paper`` on ``day``, in the order of the places."""
        held = {v.island: v for v in self.entries if v.paper == paper and v.holds_on(day)}
        return tuple(held[island] for island in Island if island in held)


def read_variants(text: str, name: str) -> Variants:
    """Read an agency's TOML file called ``name``; DataError names the file and the key.

    Refused are an unknown paper or place, two texts for one place on one day, template code and
    other leftovers, and what only the fixed text may say: remedies, periods, dates, decisions.
    """
    table = parse(text, name)
    found: list[Variant] = []
    for entry in table.tables("paragraphs"):
        found.append(_variant(entry, found))
    table.done()
    return Variants(tuple(found))


def insert(blocks: tuple[Block, ...], variants: tuple[Variant, ...]) -> tuple[Block, ...]:
    """Return the letter with ``variants`` at their places; every block of it stays, in order."""
    places = [(_PLACES[variant.island](blocks), variant) for variant in variants]
    return tuple(block for n in range(len(blocks)) for block in _at(n, blocks, places))


def recorded(variants: tuple[Variant, ...]) -> str:
    """Return what a letter notes of its variants, e.g. ``before_closing@2020-1``."""
    return "，".join(f"{variant.island}@{variant.version}" for variant in variants)


def _at(n: int, blocks: tuple[Block, ...], places: list[tuple[int, Variant]]) -> Iterator[Block]:
    for place, variant in places:
        if place == n:
            yield from variant.blocks
    yield blocks[n]


def _after_opening(blocks: tuple[Block, ...]) -> int:
    """After the first paragraph; a list that it announces stays with it."""
    first = _first(blocks, Mark.PARAGRAPH)
    while blocks[first].text.endswith(("：", "；")):
        first += 1
    return min(first + 1, _before_closing(blocks))


def _before_remedies(blocks: tuple[Block, ...]) -> int:
    told = (n for n, b in enumerate(blocks) if all(w in b.pattern for w in _REMEDY_WORDS))
    return next(told, _before_closing(blocks))


def _before_closing(blocks: tuple[Block, ...]) -> int:
    closing = min(_first(blocks, Mark.ANNEX), _first(blocks, Mark.SIGNATURE))
    return closing - 1 if blocks[closing - 1].pattern.startswith("特此") else closing


def _first(blocks: tuple[Block, ...], mark: Mark) -> int:
    return next((n for n, block in enumerate(blocks) if block.mark is mark), len(blocks) - 1)


_PLACES: Final[dict[Island, Callable[[tuple[Block, ...]], int]]] = {
    Island.AFTER_OPENING: _after_opening,
    Island.BEFORE_REMEDIES: _before_remedies,
    Island.BEFORE_CLOSING: _before_closing,
}


def _variant(table: Table, before: list[Variant]) -> Variant:
    paper = _paper(table)
    variant = Variant(
        paper=paper.kind,
        island=_island(table, paper),
        version=_version(table),
        text=_text(table),
        since=table.need("since", date),
        until=table.optional("until", date),
    )
    table.done()
    _check_days(table, variant, before)
    return variant


def _paper(table: Table) -> PaperKind:
    kind = table.need("paper", str)
    paper = CATALOGUE.get(kind)
    if paper is None or not _is_letter(paper):
        known = "、".join(p.kind for p in CATALOGUE.values() if _is_letter(p))
        raise table.wrong("paper", f"不是可以增加段落的文书（“{kind}”）。可用：{known}")
    return paper


def _is_letter(paper: PaperKind) -> bool:
    return paper.addressee != _OWN and not paper.printed


def _island(table: Table, paper: PaperKind) -> Island:
    island = table.word("island", Island)
    if island is Island.BEFORE_REMEDIES and paper.remedy is RemedyClass.NONE:
        raise table.wrong("island", f"不能是“{island}”：{paper.title}不写救济途径")
    return island


def _version(table: Table) -> str:
    version = table.need("version", str)
    if not re.fullmatch(r"[\w.-]{1,40}", version):
        raise table.wrong("version", f"“{version}”应当是文字、数字、点和横线，不超过40字")
    return version


def _text(table: Table) -> str:
    text = table.need("text", str).replace("\r\n", "\n").strip()
    if not text or len(text) > _LONGEST:
        raise table.wrong("text", f"应当有内容，不超过{_LONGEST}字，现有{len(text)}字")
    hidden = next((c for c in text if c != "\n" and unicodedata.category(c)[0] == "C"), None)
    if hidden is not None:
        raise table.wrong("text", f"有看不见的字符（U+{ord(hidden):04X}）")
    for pattern, why in _REFUSED:
        if found := pattern.search(text):
            raise table.wrong("text", why.replace("{found}", found[0]))
    if not text.endswith(("。", "！")):
        raise table.wrong("text", "应当以句号结束")
    return text


def _check_days(table: Table, variant: Variant, before: list[Variant]) -> None:
    if variant.until is not None and variant.until < variant.since:
        raise table.wrong("until", f"{variant.until}早于 since 的{variant.since}")
    for other in before:
        if variant.meets(other):
            raise table.wrong("since", f"与版本“{other.version}”在同一位置的有效期重叠")
        same = (variant.paper, variant.island, variant.version)
        if same == (other.paper, other.island, other.version):
            raise table.wrong("version", f"“{variant.version}”在同一位置已经用过")
