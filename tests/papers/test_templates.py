"""The templates: named, strict, and deaf to what data looks like."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import notices
from notices.catalogue import CATALOGUE, PaperKind
from notices.errors import PaperError
from notices.letter import Mark
from notices.markup import parse
from notices.rectification import KIND as RECTIFICATION
from notices.render import OPEN, TEMPLATES, fill, seal
from rules.words import Outcome
from tests.papers.builders import ON, WANG, case, letter, reply, world
from tests.process.check_builders import complete
from workflow.commands import Item, Register
from workflow.vocabulary import Channel, Severity

FILES = sorted(TEMPLATES.glob("*.j2"))
FIRST_LINE = re.compile(r"\{# [^·]+ · [^·]*(?:第|《|条例|GB/T)[^·]* #\}")
REGISTER = Register(agency="county", channel=Channel.IN_PERSON, applicants=(), items=())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_first_line_names_the_paper_and_its_article(path: Path) -> None:
    assert FIRST_LINE.fullmatch(path.read_text(encoding="utf-8").splitlines()[0])


def test_every_template_is_used() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in FILES)
    parts = {f"_answer_{outcome}.txt.j2" for outcome in Outcome}
    used = {paper.template for paper in CATALOGUE.values()} | parts
    used.add(RECTIFICATION.template)
    used |= set(re.findall(r'include "(.+?)"', text))

    assert {path.name for path in FILES} == used


@dataclass(frozen=True)
class Nothing:
    """A context that lacks everything."""


@pytest.mark.parametrize("paper", CATALOGUE.values(), ids=lambda paper: paper.kind)
def test_a_missing_value_stops_the_paper(paper: PaperKind) -> None:
    with pytest.raises(PaperError) as stopped:
        fill(paper.template, Nothing())

    assert stopped.value.code == "missing_value"


@pytest.mark.parametrize("value", [None, True, 1.5, ("a",)])
def test_a_value_that_is_no_text_stops_the_paper(value: object) -> None:
    with pytest.raises(PaperError, match="不能印出"):
        seal(value)


@pytest.mark.parametrize(
    "line",
    ["# 标题", "@ 号", ": 抬头", "## 标题", "> 署名", ">> 日期", "- 附件", "=== 附件", "~ 注"],
)
def test_data_cannot_forge_a_line_of_the_template(line: str) -> None:
    blocks = parse(f"前文\n\n{seal(line)}\n\n{seal('一行' + chr(10) + line)}\n")

    assert [(block.mark, block.text) for block in blocks] == [
        (Mark.PARAGRAPH, "前文"),
        (Mark.PARAGRAPH, line),
        (Mark.PARAGRAPH, f"一行\n{line}"),
    ]


def test_lines_run_on_to_a_blank_line() -> None:
    blocks = parse("甲\n乙\n\n丙\n## 标题\n丁\n")

    assert [block.text for block in blocks] == ["甲乙", "丙", "标题", "丁"]


HOSTILE = [
    "{{7*7}}",
    "{% include 'reply.txt.j2' %}",
    "<w:p/>&amp;]]>",
    "# 标题",
    "> 署名\n>> 日期",
    "甲\u202e乙",
    "喆堃𠀀",
    "😀",
    "长" * 2000,
    "None，，。。,",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_comes_out_as_it_is(text: str) -> None:
    after = case(applicants=(replace(WANG, name=f"甲{text}"),), items=(Item(title=f"关于{text}"),))
    made = notices.compose("receipt", case=after, command=REGISTER, on=ON, world=world())
    found = notices.lint(made, case=after, world=world())

    assert f"关于{text}" in made.text
    assert f"甲{text}：" in made.text
    assert [b.mark for b in made.blocks][:2] == [Mark.TITLE, Mark.ADDRESSEE]
    assert [f for f in found if f.severity is Severity.BLOCK] == []
    assert bool(found) == ("\u202e" in text)


@pytest.mark.parametrize("char", ["\x00", "\x02", "\x07", "\x1b", "\ud800", "\uffff", OPEN])
def test_what_no_paper_can_show_is_refused_and_named(char: str) -> None:
    with pytest.raises(PaperError) as stopped:
        letter("receipt", REGISTER, case(items=(Item(title=f"方案{char}"),)))

    assert stopped.value.code == "unprintable"
    assert "asked" in stopped.value.message


def test_a_decision_may_hold_anything_too() -> None:
    text = "{{ case }}<b>&\n# 一"
    made = reply(complete(Outcome.NEEDS_PROCESSING, reason=text))

    assert text in made.text
