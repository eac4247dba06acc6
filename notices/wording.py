"""What a finished text must not show, whatever the case: leftovers, doubled or half-width marks."""

import re
from collections.abc import Iterator
from typing import Final

from notices.letter import LABELS, Letter, Mark
from notices.markup import VALUE
from workflow.case import Case
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

_LEFTOVERS: Final = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}|\b(?:None|Undefined|True|False)\b")
_DOUBLED: Final = re.compile(r"[。，；、：]{2,}")
_HAN: Final = f"[\u4e00-\u9fff{VALUE}”》）]"
_HALF_WIDTH: Final = re.compile(f"(?<={_HAN})[,;:?!](?={_HAN}|$)")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c]")
_ONCE: Final = (Mark.TITLE, Mark.ADDRESSEE, Mark.SIGNATURE, Mark.DATE)


def shape(letter: Letter, _case: Case, _world: World) -> Iterator[Finding]:
    """Every letter has its title, addressee, name and date, and a place for its number."""
    marks = [block.mark for block in letter.blocks]
    for mark in _ONCE:
        if mark not in marks:
            yield block_finding("part_missing", f"文书缺少{LABELS[mark]}。", "请检查模板。")
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
        if found := _HALF_WIDTH.search(text):
            where = f"文书中有半角标点“{found[0]}”：{text[:40]}"
            yield block_finding("half_width_mark", where, "请改用全角标点。")


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


def block_finding(code: str, message: str, mend: str, article: str = "", rule: str = "") -> Finding:
    """Return a finding that stops the paper."""
    return Finding(
        code=code, severity=Severity.BLOCK, message=message, article=article, mend=mend, rule=rule
    )


def _own_words(letter: Letter) -> Iterator[str]:
    """The text without the values from the case: these may hold anything and stay as they are."""
    return (block.pattern for block in letter.blocks)
