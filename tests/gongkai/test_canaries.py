"""Marks in every personal field are found nowhere but in letters and in what was unmasked."""

import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import tables as t
from gongkai.store.engine import Store, writing
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.gongkai.conftest import ROOT
from tests.gongkai.test_personal import PUBLIC
from tests.postgres import Server
from workflow import commands as c
from workflow.decision import StateSecret

Call = Callable[..., Any]

CANARY = re.compile(rb"zq\d{6}kx")
#: Between them they take every step that a person's words can be part of.
STORIES = (
    "third_party_silent_partly_disclosed", "several_applicants_one_agent", "review_sends_back",
    "case101_not_held_without_search_as_it_should", "email_correction_restarts_the_clock",
    "deferred_under_article_35", "extension_decided_in_time", "rectification_corrected",
    "fee_by_pages_paid", "revoked_on_review_and_not_refused_again", "withdrawn_one_item",
    "mail_room_signed_two_days_earlier", "terminated_when_nobody_takes_over",
    "toilet_subsidies_suggested_for_publication", "dam_weak_points_reassessed_and_kept",
    "refused_to_sign_two_witnesses", "explosives_store_referred_for_determination",
)  # fmt: skip


def marked(value: Any, numbers: Iterator[int]) -> Any:  # noqa: ANN401 - any value of a command
    """Return a command with a mark of its own behind every text that may name a private person.

    Which these are is written out here and in ``test_personal``: a field that the program has
    forgotten to seal is found by its mark.
    """
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changed: dict[str, Any] = {}
    for field in fields(value):
        inner = getattr(value, field.name)
        if _private(value, field.name):
            changed[field.name] = _text(inner, numbers)
        elif isinstance(inner, tuple):
            changed[field.name] = tuple(marked(one, numbers) for one in inner)
    return replace(value, **changed)


def _private(value: Any, name: str) -> bool:  # noqa: ANN401 - as above
    if isinstance(value, c.CorrectRecord) and name == "value":
        return not re.fullmatch(r"\d{4}-\d\d-\d\d", value.value)
    if name in {"reason", "comments"}:
        return not isinstance(value, c.RecallReply)
    if name == "authority":
        return not isinstance(value, StateSecret)
    return name not in PUBLIC


def _text(inner: Any, numbers: Iterator[int]) -> Any:  # noqa: ANN401 - a text, or what holds texts
    if isinstance(inner, tuple):
        return tuple(_text(one, numbers) for one in inner)
    if isinstance(inner, str) and not isinstance(inner, Enum):
        return f"{inner}zq{next(numbers):06}kx" if inner else inner
    return marked(inner, numbers)


def stories(config: Config) -> Iterator[Story]:
    numbers = count(1)
    for name in STORIES:
        story = open_story(ROOT / "examples" / f"{name}.toml", config)
        steps = [replace(s, command=marked(s.command, numbers)) for s in story.steps]
        yield replace(story, register=marked(story.register, numbers), steps=tuple(steps))


def canaries(bytes_: bytes) -> set[bytes]:
    """Return the marks in some bytes, those inside zip archives within them included."""
    found = set(CANARY.findall(bytes_))
    for header in re.finditer(rb"PK\x03\x04", bytes_):
        at = header.start()
        name = int.from_bytes(bytes_[at + 26 : at + 28], "little")
        extra = int.from_bytes(bytes_[at + 28 : at + 30], "little")
        try:
            inflated = zlib.decompressobj(-15).decompress(bytes_[at + 30 + name + extra :])
        except zlib.error:
            continue
        found |= set(CANARY.findall(inflated))
    return found


def leaks(folder: Path) -> dict[str, set[bytes]]:
    files = (file for file in folder.rglob("*") if file.is_file())
    found = {str(file): canaries(file.read_bytes()) for file in files}
    return {name: marks for name, marks in found.items() if marks}


def test_a_mark_is_seen_even_inside_a_letter(office: Office) -> None:
    done = run(office, next(stories(office.config)))

    letters = [paper.docx for paper in done.papers]
    assert set().union(*map(canaries, letters))
    assert not set().union(*(CANARY.findall(letter) for letter in letters))


def told(office: Office) -> list[str]:
    """Take every story as far as it goes; return the words of the steps that were taken."""
    done = [run(office, story) for story in stories(office.config)]
    steps = [step for one in done for step in one.steps if step.refused is None]
    assert len(steps) > 100
    return [step.do for step in steps]


def test_no_mark_lies_in_the_database_or_beside_it(
    office: Office, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    assert {"register", "record_search", "correct_record", "draft_reply"} <= set(told(office))

    if database == "sqlite":
        with writing(office.store) as tx:  # the journal stands beside the file
            tx.execute(t.settings.insert().values(name="a", value="b"))
            assert leaks(tmp_path) == {}
        assert leaks(tmp_path) == {}
    else:
        server: Server = request.getfixturevalue("postgres")
        with server.superuser() as connection:
            connection.execute("CHECKPOINT")
            (where,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        assert leaks(Path(str(where))) == {}


@pytest.fixture
def desk(call: Call, opened: Callable[[], Store], config: Config, calendar: WorkCalendar) -> None:
    """The database of the folder in which commands are run, with every story in it."""
    call("init")
    told(Office(store=opened(), config=config, calendar=calendar))


LISTINGS = (
    ("case", "list"), ("case", "list", "--json"), ("notice", "list"), ("notice", "list", "--json"),
    ("notice", "numbers", "list"), ("key", "check"),
    ("retention", "list", "--before", "2026-01-01"),
    ("case", "find", "--name", "王某", "--by", "head:丁", "--json"), ("task", "list", "--json"),
)  # fmt: skip
EACH = (
    ("case", "show"), ("case", "show", "--json"), ("case", "log"), ("case", "log", "--json"),
    ("notice", "print"),
)  # fmt: skip


@pytest.mark.usefixtures("desk")
def test_no_mark_is_listed_shown_or_told(call: Call, home: Path) -> None:
    numbers = [one["number"] for one in call("case", "list", "--json").json]
    asked = [*LISTINGS, *((*words[:2], n, *words[2:]) for n in numbers for words in EACH)]

    for words in asked:
        said = call(*words)
        assert not CANARY.findall((said.out + said.err).encode()), words
    call("--debug", "case", "do", numbers[0], "add_note", "text=zq999999kx", "--by", "nobody")
    wrong = call("--debug", "case", "do", numbers[0], "accept", "--by", "officer:李")
    assert not CANARY.findall((wrong.out + wrong.err).encode())
    assert leaks(home) == {}


@pytest.mark.usefixtures("desk")
def test_the_full_data_is_shown_to_who_asks_with_a_reason(call: Call) -> None:
    number = call("case", "list", "--json").json[0]["number"]

    said = call("case", "unmask", number, "--by", "head:丁", "--reason", "邮寄答复书需核对收件地址")

    assert CANARY.findall(said.out.encode())
