"""The linter and the sample stories: silent on every letter, and never too late to stop one."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

import notices
from gongkai import papers
from gongkai.calendars import calendar_for
from gongkai.casefile import open_story
from gongkai.config import Config, load
from gongkai.replay import Run, fresh_office, run
from notices.catalogue import CATALOGUE
from notices.letter import Block, Letter, Mark
from notices.wording import cited_in
from rules.norms import entries, points
from workflow.case import Case
from workflow.errors import Refused
from workflow.vocabulary import Severity
from workflow.world import World

ROOT = Path(__file__).parents[2]
STORIES = sorted((ROOT / "examples").glob("*.toml"))
CONFIG = load(ROOT / "config.toml")


@dataclass(frozen=True)
class Seen:
    """A letter as the linter saw it."""

    story: str
    letter: Letter
    case: Case
    world: World


@pytest.fixture(scope="module")
def seen() -> list[Seen]:
    """Replay all stories and note every letter that came before the linter."""
    noted: list[Seen] = []
    story = ""

    def note(letter: Letter, *, case: Case, world: World) -> object:
        noted.append(Seen(story, letter, case, world))
        return lint(letter, case=case, world=world)

    lint = notices.lint
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notices, "lint", note)
        for path in STORIES:
            story = path.stem
            assert played(path, CONFIG).ok, story
    return noted


def played(path: Path, config: Config) -> Run:
    office = fresh_office(config, calendar_for(config.calendar))
    return run(office, open_story(path, config))


def test_no_letter_of_a_story_is_blocked(seen: list[Seen]) -> None:
    assert len(seen) > len(STORIES)
    for one in seen:
        found = notices.lint(one.letter, case=one.case, world=one.world)
        assert [f for f in found if f.severity is Severity.BLOCK] == [], one.story


def change(made: Letter, edit: Callable[[Block], Block | None]) -> Letter:
    blocks = (edit(block) for block in made.blocks)
    return replace(made, blocks=tuple(block for block in blocks if block is not None))


def worded(old: str, new: str, mark: Mark) -> Callable[[Letter], Letter]:
    def edit(block: Block) -> Block:
        text, pattern = (t.replace(old, new) for t in (block.text, block.pattern))
        return replace(block, text=text, pattern=pattern) if block.mark is mark else block

    return lambda made: change(made, edit)


def added(text: str) -> Callable[[Letter], Letter]:
    """Put a paragraph before the closing, as a careless template would."""

    def edit(made: Letter) -> Letter:
        at = next(n for n, b in enumerate(made.blocks) if b.mark is Mark.SIGNATURE)
        own = Block(Mark.PARAGRAPH, text, text)
        return replace(made, blocks=(*made.blocks[:at], own, *made.blocks[at:]))

    return edit


#: Faults that any letter may have, with the code that finds them.
ANYWHERE: dict[str, Callable[[Letter], Letter]] = {
    "leftover": added("按{{ d.reason }}办理。"),
    "doubled_mark": added("请知悉。。"),
    "half_width_mark": added("请知悉,谢谢。"),
    "empty_marks": added("关于“”的申请。"),
    "part_empty": added(" "),
    "date_unknown": added("请于1999年12月31日前办理。"),
    "date_form": added("请于1999-12-31前办理。"),
    "citation": added("根据《中华人民共和国政府信息公开条例》第五十七条的规定。"),
    "title": worded("政府信息", "政务信息", Mark.TITLE),
    "date_of_letter": worded("年", "年1", Mark.DATE),
    "signature": lambda made: change(
        made, lambda b: replace(b, text="某机关") if b.mark is Mark.SIGNATURE else b
    ),
    "letterhead": lambda made: replace(made, letterhead="某机关"),
}


@pytest.mark.parametrize("code", ANYWHERE)
def test_a_fault_is_found_in_every_letter(code: str, seen: list[Seen]) -> None:
    for one in seen:
        if CATALOGUE[one.letter.kind].addressee == "本机关":
            continue
        made = ANYWHERE[code](one.letter)
        if made == one.letter:
            continue  # a title without the words that the fault changes
        found = notices.lint(made, case=one.case, world=one.world)
        assert code in {f.code for f in found}, (one.story, one.letter.kind)


def remedies_of(made: Letter) -> list[Block]:
    signs = ("未经行政复议，不能直接提起行政诉讼", "也可以自收到")
    return [b for b in made.blocks if any(sign in b.pattern for sign in signs)]


def test_remedies_left_out_or_of_another_period_are_found_in_every_letter(
    seen: list[Seen],
) -> None:
    told = [one for one in seen if remedies_of(one.letter)]
    assert len(told) > len(STORIES) // 2
    for one in told:
        gone = remedies_of(one.letter)
        kept = tuple(block for block in one.letter.blocks if block not in gone)
        for code, made in (
            ("remedy_missing", replace(one.letter, blocks=kept)),
            ("remedy_term", worded("60日", "90日", Mark.PARAGRAPH)(one.letter)),
            ("remedy_body", worded("向抚顺", "向沈阳", Mark.PARAGRAPH)(one.letter)),
        ):
            found = notices.lint(made, case=one.case, world=one.world)
            agency_elsewhere = code == "remedy_body" and "向抚顺" not in gone[0].text
            assert agency_elsewhere or code in {f.code for f in found}, (one.story, code)


def test_every_citation_of_a_story_was_in_force_on_the_day(seen: list[Seen]) -> None:
    cited = [(one, norm, place) for one in seen for norm, place in cited_in(one.letter.text)]
    assert len(cited) > len(seen)
    for one, norm, place in cited:
        places = [e for key, point in points() for e in entries(key, point)]
        known = [e for e in places if e.citation.norm == norm]
        there = [e for e in known if e.citation.short == place]
        alive = any(e.covers(one.letter.on) for e in there or known)
        assert alive or not known, (one.story, norm, place)
        assert there or not known or own_statute(one.case, norm, place), (one.story, norm, place)


def own_statute(case: Case, norm: str, place: str) -> bool:
    """Say whether a decision itself rests on a place that the rules do not know."""
    decisions = case.replies[-1].draft.decisions if case.replies else ()
    return any((f"《{d.norm.strip('《》')}》", d.norm_article) == (norm, place) for d in decisions)


def test_a_blocked_letter_stops_the_step_before_a_number_is_drawn(
    seen: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = next(s for s in seen if s.letter.kind == "correction_notice")
    drawn: list[tuple[str, int]] = []

    def draw(series: str, year: int) -> int:
        drawn.append((series, year))
        return 1

    desk = papers.Desk(numbers=CONFIG.numbers, draw=draw, check_code=lambda _what: "code")
    bad = ANYWHERE["leftover"](one.letter)
    monkeypatch.setattr(notices, "compose", lambda *_, **__: bad)
    asked = next(f for f in one.case.facts if f.command.do == "request_correction")

    with pytest.raises(Refused) as refused:
        papers.issue(
            asked.command, one.case, one.case, on=one.letter.on, world=one.world, desk=desk
        )

    assert refused.value.code == "blocked_by_linter"
    assert "残留" in refused.value.message
    assert {f.code for f in refused.value.findings} == {"leftover"}
    assert drawn == []


NORM = re.compile(r"《(?!条例》)[^《》{}]+》")


def names_in(text: str) -> Iterator[str]:
    """Yield the norms that a template names itself, its first line (a comment) aside."""
    yield from NORM.findall("\n".join(text.splitlines()[1:]))


def test_no_template_names_a_norm_that_may_have_another_day() -> None:
    on_file = {entry.citation.norm for key, point in points() for entry in entries(key, point)}
    folder = Path(notices.__file__).parent / "templates"
    for path in sorted(folder.glob("*.j2")):
        named = set(names_in(path.read_text(encoding="utf-8")))
        assert not named & on_file, path.name
