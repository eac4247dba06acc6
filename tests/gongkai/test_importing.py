"""Case files into the real database: wholly and once, or not at all; history as it was recorded."""

import ast
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from gongkai import rectifying, requesting
from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.importing import Imported, import_file
from gongkai.kinds import KINDS
from gongkai.office import Office
from gongkai.replay import fresh_office, run
from gongkai.requesting import perform
from gongkai.store.engine import reading
from gongkai.store.records import answers_of, facts_of
from gongkai.store.registry import papers_of, series_rows
from gongkai.store.tables import metadata
from gongkai.story import Story
from gongkai.unit import Order
from rules.workdays import WorkCalendar
from tests.gongkai.conftest import ROOT
from tests.gongkai.past import TOO_LATE, past_of
from workflow.errors import Refused
from workflow.rectification import RegisterRectification
from workflow.vocabulary import State

Tell = Callable[[str], Story]

TODAY = date(2026, 11, 20)
STORIES = sorted((ROOT / "examples").glob("*.toml"))


def take(office: Office, tell: Tell, text: str, *, as_recorded: bool = False) -> Imported:
    return import_file(office, text.encode(), tell(text), today=TODAY, as_recorded=as_recorded)


def rows(office: Office) -> dict[str, int]:
    """How many rows each table has."""
    with reading(office.store) as tx:
        return {
            name: tx.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def numbers_without_gap(office: Office) -> bool:
    """Whether the papers of every series bear exactly the numbers from 1 to the counter."""
    with reading(office.store) as tx:
        series = [row for row in series_rows(tx) if row.series not in {"case", "rectification"}]
        papers = metadata.tables["papers"].c
        drawn = tx.execute(select(papers.agency, papers.series, papers.year, papers.n)).all()
    given = Counter((a, s, y) for a, s, y, n in drawn if n)
    return given == {(row.agency, row.series, row.year): row.last for row in series} and len(
        {tuple(row) for row in drawn if row.n}
    ) == sum(given.values())


def state_of(done: Imported) -> State:
    assert done.run
    assert done.run.case
    return done.run.case.state


def numbered(text: str, number: str) -> str:
    return text.replace("[case]\n", f'[case]\nnumber = "{number}"\n')


def test_every_sample_story_is_taken_in_as_it_is_replayed_and_a_second_time_changes_nothing(
    office: Office,
) -> None:
    for file in STORIES:
        story = open_story(file, office.config)
        done = import_file(office, file.read_bytes(), story, today=TODAY)
        alone = run(fresh_office(office.config, office.calendar), story, as_of=TODAY)

        assert done.kept, file.name
        assert done.run
        assert [(s.state, s.findings) for s in done.run.steps] == [
            (s.state, s.findings) for s in alone.steps
        ]
    before = rows(office)

    again = [
        import_file(office, file.read_bytes(), open_story(file, office.config), today=TODAY)
        for file in STORIES
    ]

    assert all(done.run is None and done.known and not done.kept for done in again)
    assert rows(office) == before
    assert numbers_without_gap(office)


def test_a_file_that_is_refused_at_its_last_step_leaves_nothing(
    office: Office, tell: Tell, reply_text: str
) -> None:
    before = rows(office)

    done = take(office, tell, reply_text + TOO_LATE)

    assert not done.kept
    assert done.run
    assert done.run.steps[-1].refused
    assert done.run.steps[-1].refused.code == "wrong_state"
    assert rows(office) == before
    assert take(office, tell, reply_text).kept
    assert numbers_without_gap(office)


def test_a_file_that_expects_a_refusal_in_vain_leaves_nothing(
    office: Office, tell: Tell, request_text: str
) -> None:
    before = rows(office)

    done = take(
        office, tell, request_text + '[[steps]]\ndo = "accept"\non = 2020-09-15\nrefused = true\n'
    )

    assert not done.kept
    assert rows(office) == before


def test_a_refusal_that_the_file_expects_leaves_no_fact(
    office: Office, tell: Tell, reply_text: str
) -> None:
    done = take(office, tell, reply_text + TOO_LATE + 'refused = "wrong_state"\n')

    assert done.kept
    assert done.run
    assert done.run.case
    assert [fact.kind for fact in done.run.case.facts][-1] == "send_reply"


def test_a_number_that_is_in_the_database_is_refused(
    office: Office, tell: Tell, request_text: str
) -> None:
    assert take(office, tell, numbered(request_text, "旧2020-7")).kept

    done = take(office, tell, numbered(request_text, "旧2020-7") + "# another file\n")

    assert not done.kept
    assert done.run
    assert done.run.steps[0].refused
    assert done.run.steps[0].refused.code == "number_taken"
    assert "旧2020-7" in done.run.steps[0].refused.message


def test_a_number_of_the_own_series_that_a_file_brings_is_never_drawn_again(
    office: Office, tell: Tell, request_text: str
) -> None:
    brought = "抚县政公申〔2020〕2号"
    assert take(office, tell, numbered(request_text, brought)).kept

    drawn = []
    for place in range(3):
        done = take(office, tell, f"{request_text}# {place}\n")
        assert done.run
        assert done.run.case
        drawn.append(done.run.case.number)

    assert drawn == [f"抚县政公申〔2020〕{n}号" for n in (1, 3, 4)]


def test_eight_importers_on_one_series_make_neither_gap_nor_double(
    office: Office, tell: Tell, reply_text: str
) -> None:
    texts = [f"{reply_text}# {place}\n" for place in range(24)]

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda text: take(office, tell, text), [*texts, *texts]))

    assert sum(one.kept for one in done) == 24
    assert {one.known for one in done if one.known} <= {
        one.run.case.number for one in done if one.run and one.run.case
    }
    with reading(office.store) as tx:
        (cases,) = [row for row in series_rows(tx) if row.series == "case"]
    assert cases.last == 24
    assert numbers_without_gap(office)


@pytest.fixture
def past(reply_text: str) -> str:
    return past_of(reply_text)


def found(office: Office, number: str) -> dict[int, list[str]]:
    with reading(office.store) as tx:
        answers = answers_of(tx, number)
    return {
        n: [f["code"] for f in said["findings"]] for n, said in answers.items() if said["findings"]
    }


def test_history_keeps_what_a_gate_would_refuse_as_findings(
    office: Office, tell: Tell, past: str
) -> None:
    assert not take(office, tell, past).kept

    done = take(office, tell, past, as_recorded=True)

    assert state_of(done) is State.REPLIED
    assert done.run
    assert done.run.case
    number = done.run.case.number
    assert found(office, number) == {3: ["extension_too_long"], 5: ["own_draft"], 8: ["not_postal"]}
    with reading(office.store) as tx:
        _, facts = facts_of(tx, number)
    assert all(fact.as_recorded for fact in facts)


def test_history_makes_no_papers_and_draws_no_numbers_but_that_of_the_case(
    office: Office, tell: Tell, past: str
) -> None:
    done = take(office, tell, past, as_recorded=True)

    assert done.run
    assert done.run.case
    assert done.run.papers == ()
    with reading(office.store) as tx:
        assert papers_of(tx, done.run.case.number) == ()
        assert [row.series for row in series_rows(tx)] == ["case"]


def test_history_is_still_refused_what_the_step_table_does_not_have(
    office: Office, tell: Tell, past: str
) -> None:
    before = rows(office)

    done = take(office, tell, past + TOO_LATE, as_recorded=True)

    assert not done.kept
    assert rows(office) == before


def test_a_refusal_that_history_tells_of_is_put_to_the_gates_as_ever(
    office: Office, tell: Tell, past: str
) -> None:
    told = past.replace(
        'reason = "材料多"\n', 'reason = "材料多"\nrefused = "extension_too_long"\n'
    )

    done = take(office, tell, told, as_recorded=True)

    assert done.kept
    assert done.run
    assert done.run.case
    assert ["extension_too_long"] not in found(office, done.run.case.number).values()
    assert done.run.case.extensions == ()


def test_the_same_file_of_history_is_taken_in_once_whatever_the_option(
    office: Office, tell: Tell, past: str
) -> None:
    assert take(office, tell, past, as_recorded=True).kept

    assert take(office, tell, past, as_recorded=True).known
    assert take(office, tell, past).known


def test_a_rectification_of_the_past_is_taken_in_with_its_findings(
    office: Office, tell: Tell
) -> None:
    text = (ROOT / "examples" / "rectification_not_corrected.toml").read_text(encoding="utf-8")
    story = tell(text)
    last = story.steps[-1]
    silent = replace(last.command, reason=" ")  # type: ignore[call-arg] # a decision has a reason
    bare = replace(story, steps=(replace(last, command=silent),))

    done = import_file(office, b"bare", bare, today=TODAY, as_recorded=True)

    assert done.run
    assert done.run.rectification
    assert done.run.papers == ()
    assert found(office, done.run.rectification.number) == {2: ["reason_missing"]}


def test_cases_of_the_past_go_on_through_the_gates(config: Config, calendar: WorkCalendar) -> None:
    """Whatever a live step asks of a file without papers, it gets an answer."""
    taken = 0
    for file in STORIES[::3]:
        office, story = fresh_office(config, calendar), open_story(file, config)
        if isinstance(story.register, RegisterRectification):
            continue
        steps = tuple(step for step in story.steps if step.refused is None)
        half = replace(story, steps=steps[: len(steps) // 2])
        done = import_file(office, b"half", half, today=TODAY, as_recorded=True)
        assert done.run
        assert done.run.case
        for step in steps[len(steps) // 2 :]:
            try:
                perform(office, done.run.case.number, step.command, step.by, step.on, today=TODAY)
            except Refused:
                continue
            taken += 1
    assert taken > 50


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in (ROOT / "gongkai").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield path.relative_to(ROOT).as_posix(), node


def test_nothing_but_the_import_reaches_the_lenient_gate() -> None:
    lenient = {
        where
        for where, call in _calls()
        if ast.unparse(call.func) in {"Requests", "Rectifications"} and call.keywords
    }
    switched = {
        ast.unparse(keyword.value)
        for _, call in _calls()
        if ast.unparse(call.func).endswith("decide")
        for keyword in call.keywords
        if keyword.arg == "as_recorded"
    }

    assert lenient == {"gongkai/importing.py"}
    assert switched == {"self.as_recorded"}
    assert not any(kind.as_recorded for kind in KINDS.values())
    for door in (requesting.perform, rectifying.perform):
        assert "as_recorded" not in inspect.signature(door).parameters
    assert "as_recorded" not in inspect.signature(Order).parameters
    assert "HISTORY" not in (ROOT / "gongkai" / "cli" / "case.py").read_text(encoding="utf-8")
