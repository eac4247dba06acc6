"""Hostile data in every field of every step: shown as typed or refused, never lost, never run."""

# ruff: noqa: ANN401 - values inside commands, each with its own type

import io
import zipfile
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import pytest

import notices
from gongkai.calendars import calendar_for
from gongkai.casefile import open_story
from gongkai.config import load
from gongkai.replay import Run, fresh_office, run
from gongkai.store.registry import StoredPaper
from gongkai.story import Story
from notices.document import finish
from notices.errors import PaperError
from rules.words import Outcome
from tests.papers.builders import COUNTY, replied, world
from tests.process.check_builders import complete
from workflow import commands as c
from workflow.agency import DatedName
from workflow.errors import Refused
from workflow.plain_text import refuse_unseen
from workflow.vocabulary import Delivery, Severity

ROOT: Final = Path(__file__).parents[2]
CONFIG: Final = load(ROOT / "config.toml")
CALENDAR: Final = calendar_for(CONFIG.calendar)

#: Marks of XML and of templates, line starts, rare Han, emoji, and two thousand characters.
HOSTILE: Final = (
    "起<w:p/>&amp;]]>\"'甲{{7*7}}乙{% raw %}{#x#}${7*7}\n# 一\n>> 署名\t喆堃𠀀😀"
    + "长" * 2000
    + "止"
)
REFUSED: Final = ("\x00", "\x02", "\x07", "\x1b", "\x85", "\ud800", "\uffff", "\u202e", "\u2066")
#: Words of the program, not of a person: another value is another key, and refused as such.
WORDS: Final = {"agency", "paper", "field", "topics", "about", "procedure", "draft_digest"}
#: Shorter values are part of too many other words to be recognised in a paper.
TELLING: Final = 4
LATE_DAY: Final = date(2024, 3, 15)

Place = tuple[str | int, ...]


def texts(value: Any, at: Place = ()) -> Iterator[tuple[Place, str]]:
    """Yield every free text inside a command, with the way to it."""
    if type(value) is str and value:
        yield at, value
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            yield from texts(part, (*at, number))
    elif is_dataclass(value):
        for field in fields(value):
            if field.name not in WORDS:
                yield from texts(getattr(value, field.name), (*at, field.name))


def planted(value: Any, at: Place, text: str) -> Any:
    """Return the command with ``text`` behind what stands at this place."""
    if not at:
        return value + text
    step, *rest = at
    if isinstance(step, int):
        return (*value[:step], planted(value[step], tuple(rest), text), *value[step + 1 :])
    return replace(value, **{step: planted(getattr(value, step), tuple(rest), text)})


@cache
def story(name: str) -> Story:
    return open_story(ROOT / "examples" / f"{name}.toml", CONFIG)


@cache
def clean(name: str) -> Run:
    return run(fresh_office(CONFIG, CALENDAR), story(name))


def commands(told: Story) -> list[c.Command]:
    return [told.register, *(step.command for step in told.steps)]


def fields_of_stories() -> dict[str, tuple[str, int, Place]]:
    """Find for every field of every command the first story that uses it."""
    found: dict[str, tuple[str, int, Place]] = {}
    for path in sorted((ROOT / "examples").glob("*.toml")):
        refused = {step.n for step in story(path.stem).steps if step.refused}
        for n, command in enumerate(commands(story(path.stem))):
            for at, _ in texts(command):
                name = ".".join((command.do, *(str(p) for p in at if isinstance(p, str))))
                name += f":{told(command)}"
                if n not in refused:
                    found.setdefault(name, (path.stem, n, at))
    return found


def told(command: c.Command) -> str:
    """Tell apart drafts by what they decide: each outcome prints other fields."""
    decisions = getattr(command, "decisions", ())
    return "+".join(dict.fromkeys(str(d.outcome) for d in decisions))


FIELDS: Final = fields_of_stories()


def with_planted(told_story: Story, n: int, at: Place, text: str) -> Story:
    if n == 0:
        return replace(told_story, register=planted(told_story.register, at, text))
    steps = list(told_story.steps)
    steps[n - 1] = replace(steps[n - 1], command=planted(steps[n - 1].command, at, text))
    return replace(told_story, steps=tuple(steps))


def printed(docx: bytes) -> str:
    """Return what a reader of the document sees, in the order of its parts."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        root = ET.fromstring(package.read("word/document.xml"))  # noqa: S314 - our own bytes
    word = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    signs = {f"{word}br": "\n", f"{word}tab": "\t"}
    return "".join(signs.get(one.tag, one.text or "") for one in root.iter())


def reached(papers: tuple[StoredPaper, ...], text: str) -> set[str]:
    return {paper.kind for paper in papers if text in paper.text}


@pytest.mark.parametrize("name", FIELDS)
def test_what_is_typed_is_shown_as_typed_or_refused(name: str) -> None:
    file, n, at = FIELDS[name]
    original = dict(texts(commands(story(file))[n]))[at]
    made = run(fresh_office(CONFIG, CALENDAR), with_planted(story(file), n, at, HOSTILE))
    wrong = [step for step in made.steps if not step.as_expected]
    if wrong:
        refused = wrong[0].refused
        assert refused is not None
        assert refused.code
        assert refused.mend or refused.message
        assert refused.code != "blocked_by_linter", refused.message
        return
    shown = reached(made.papers, HOSTILE)
    assert shown >= due_papers(name, original, shown)
    for paper in made.papers:
        assert "甲49乙" not in paper.text
        assert (HOSTILE in paper.text) == (HOSTILE in printed(paper.docx))


def due_papers(name: str, original: str, shown: set[str]) -> set[str]:
    """Return the papers that print this field when nothing is wrong with it."""
    file, n, at = FIELDS[name]
    due = reached(clean(file).papers, original) if len(original) >= TELLING else set()
    if shown >= due:
        return due
    # The same words stand elsewhere in the papers: only an unmistakable value tells.
    probe = run(fresh_office(CONFIG, CALENDAR), with_planted(story(file), n, at, "探针"))
    return reached(probe.papers, f"{original}探针")


def test_the_fields_of_the_stories_are_those_that_reach_papers() -> None:
    commands_seen = {name.partition(".")[0].partition(":")[0] for name in FIELDS}

    assert commands_seen >= {
        "register",
        "request_correction",
        "record_search",
        "start_consultation",
        "record_opinion",
        "request_extension",
        "request_explanation",
        "defer_reply",
        "notify_third_party",
        "draft_reply",
        "answer_on_the_spot",
        "reopen",
    }
    outcomes = {o for name in FIELDS for o in name.partition(":")[2].split("+")}
    assert outcomes >= {str(outcome) for outcome in Outcome}


@pytest.mark.parametrize("name", FIELDS)
def test_what_nobody_can_see_is_refused_and_named(name: str) -> None:
    file, n, at = FIELDS[name]
    command = commands(story(file))[n]
    for char in REFUSED:
        with pytest.raises(Refused) as refused:
            refuse_unseen(planted(command, at, f"字{char}"))
        assert refused.value.code == "unprintable"
        assert f"U+{ord(char):04X}" in refused.value.message
        assert str([p for p in at if isinstance(p, str)][-1]) in refused.value.message
        assert refused.value.mend


def test_a_story_with_what_nobody_can_see_ends_at_that_step() -> None:
    file, n, at = FIELDS["draft_reply.decisions.provide:disclose"]
    made = run(fresh_office(CONFIG, CALENDAR), with_planted(story(file), n, at, "\u202e"))
    last = made.steps[-1]

    assert (last.n, last.refused and last.refused.code) == (n, "unprintable")
    assert last.papers == ()


#: What an agency writes of itself in the configuration, and what prints it.
OWN: Final = (
    "name",
    "letterhead",
    "disclosure_office",
    "address",
    "phone",
    "online_review",
    "review_bodies",
    "courts",
)


def with_own(key: str, text: str) -> Any:
    named = key in {"review_bodies", "courts"}
    value: Any = (DatedName(name=text, since=COUNTY.courts[0].since),) if named else text
    return replace(COUNTY, **{key: value})


@pytest.mark.parametrize("key", OWN)
def test_what_the_configuration_says_is_shown_as_written(key: str) -> None:
    text = "<b>&amp;甲{{7*7}}乙 喆堃𠀀😀"
    in_world = world(LATE_DAY, with_own(key, text))
    after = replied(
        complete(Outcome.DISCLOSE),
        on=LATE_DAY,
        received_on=LATE_DAY,
        delivery=Delivery.ELECTRONIC,
    )
    made = notices.compose("reply", case=after, command=c.IssueReply(), on=LATE_DAY, world=in_world)
    paper = finish(made, number="抚县政公告〔2024〕1号")

    assert notices.lint(made, case=after, world=in_world) == ()
    assert text in paper.text
    assert text in printed(paper.docx) or key == "letterhead"


@pytest.mark.parametrize("key", OWN)
def test_what_the_configuration_cannot_print_stops_the_paper(key: str) -> None:
    in_world = world(LATE_DAY, with_own(key, "抚顺\x07"))
    after = replied(
        complete(Outcome.DISCLOSE),
        on=LATE_DAY,
        received_on=LATE_DAY,
        delivery=Delivery.ELECTRONIC,
    )
    try:
        made = notices.compose(
            "reply", case=after, command=c.IssueReply(), on=LATE_DAY, world=in_world
        )
        found = notices.lint(made, case=after, world=in_world)
        codes = {f.code for f in found if f.severity is Severity.BLOCK}
    except PaperError as error:
        codes = {error.code}

    assert codes == {"unprintable"}
