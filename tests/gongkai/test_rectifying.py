"""A rectification in the shell: replayed, stored beside the requests, listed, shown, decided."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai import rectifying
from gongkai.answer import answer
from gongkai.casefile import CaseFileError, open_story
from gongkai.config import Config
from gongkai.kinds import load_any
from gongkai.office import Conflict, Office
from gongkai.replay import run
from gongkai.requesting import load
from gongkai.store.engine import reading
from gongkai.store.registry import papers_of
from gongkai.story import Story
from notices import rectification as paper
from rules.words import RemedyClass
from workflow.commands import Accept
from workflow.errors import Refused
from workflow.people import Actor
from workflow.rectification import (
    DecideRectification,
    RectificationResult,
    RegisterRectification,
)
from workflow.vocabulary import Role

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("rectification_*.toml"))
TODAY = date(2021, 4, 30)
HEAD = Actor(Role.HEAD)
STORY = """\
title = "更正"
[rectification]
agency = "fushun-county-office"
channel = "in_person"
on = 2021-03-08
record = "补偿清单第17行"
claim = "面积68应为86，电话13900000001"
evidence = ["房产证"]
[rectification.applicant]
kind = "natural_person"
name = "赵某"
contact = "13900000001"
"""
DECIDE = """\
[[steps]]
do = "decide_rectification"
on = 2021-03-18
result = "corrected"
reason = "改为86"
"""
Tell = Callable[[str], Story]


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_every_sample_comes_out_with_its_letter(file: Path, office: Office, config: Config) -> None:
    done = run(office, open_story(file, config))
    said = answer(done, file.name)

    assert done.ok
    assert [one["kind"] for one in said["notices"]] == ["rectification_reply"]
    result = said["case"]["result"]
    assert file.stem == f"rectification_{result}"
    text = done.papers[0].text
    for words in ("第四十一条", "申请行政复议", "人民法院"):
        assert words in text
    assert (said["case"]["state"], said["case"]["reply_due_on"]) == ("decided", None)
    assert said["case"]["outcome_row"] is None
    assert "没有规定期限" in said["deadlines"][0]["article"]


def test_all_four_results_have_a_sample() -> None:
    assert {f.stem.removeprefix("rectification_") for f in EXAMPLES} == set(RectificationResult)


def test_the_letter_has_a_number_and_hides_contacts(office: Office, tell: Tell) -> None:
    done = run(office, tell(STORY + DECIDE))

    (letter,) = done.papers
    assert (letter.number, letter.form) == ("抚县政公通〔2021〕1号", "N40")
    assert "抚县政公更〔2021〕1号" in letter.text
    assert "13900000001" not in letter.text
    assert paper.KIND.remedy is RemedyClass.OPTIONAL


def test_a_letter_that_hides_the_result_is_stopped(office: Office, tell: Tell) -> None:
    case = run(office, tell(STORY + DECIDE)).rectification
    assert case is not None
    world = office.world(case.agency, TODAY)
    letter = paper.compose(case, on=TODAY, world=world)
    blank = replace(letter, blocks=letter.blocks[:3] + letter.blocks[-3:])

    assert paper.lint(letter, case=case, world=world) == ()
    codes = {finding.code for finding in paper.lint(blank, case=case, world=world)}
    assert {"result_missing", "remedy_body"} <= codes


def test_the_same_command_id_gives_the_same_answer_once(office: Office, tell: Tell) -> None:
    register = tell(STORY).register
    kwargs: dict[str, Any] = {"today": TODAY, "command_id": "a"}
    first = rectifying.perform(office, None, register, None, date(2021, 3, 8), **kwargs)
    again = rectifying.perform(office, None, register, None, date(2021, 3, 8), **kwargs)

    assert again.repeated
    assert (again.case, again.fact) == (first.case, first.fact)
    with pytest.raises(Conflict, match="command_id"):
        rectifying.perform(office, None, register, HEAD, date(2021, 3, 9), **kwargs)


def test_the_second_of_two_is_told_and_a_request_is_something_else(
    office: Office, tell: Tell
) -> None:
    case = run(office, tell(STORY)).rectification
    assert case is not None
    decide = DecideRectification(result=RectificationResult.NOT_CORRECTED, reason="一致")
    with pytest.raises(Conflict, match="第7版"):
        rectifying.perform(
            office, case.number, decide, HEAD, TODAY, today=TODAY, expected_version=7
        )
    with pytest.raises(Refused, match="没有“accept”"):
        rectifying.perform(office, case.number, Accept(), HEAD, TODAY, today=TODAY)
    with pytest.raises(Refused, match="还没有登记"):
        rectifying.perform(office, None, decide, HEAD, TODAY, today=TODAY)
    with reading(office.store) as connection:
        with pytest.raises(Refused, match="更正申请"):
            load(connection, office, case.number, TODAY)
        with pytest.raises(Refused, match="没有编号"):
            load_any(connection, office, "x", TODAY)
        assert papers_of(connection, case.number) == ()


def test_a_refused_letter_leaves_the_case_undecided(
    office: Office, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = run(office, tell(STORY)).rectification
    assert case is not None
    monkeypatch.setattr("gongkai.papers._finished", lambda *_: pytest.fail("a number was drawn"))
    late = date(2040, 1, 2)  # no review body, no calendar: the letter cannot be written
    decide = DecideRectification(result=RectificationResult.NOT_CORRECTED, reason="一致")

    monkeypatch.setattr("workflow.agency.Agency.review_bodies_on", lambda *_: ())
    with pytest.raises(Refused, match="行政复议机关"):
        rectifying.perform(office, case.number, decide, HEAD, TODAY, today=late)
    with reading(office.store) as connection:
        assert load_any(connection, office, case.number, TODAY) == case


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (STORY.replace("claim", "claims"), "rectification.claim"),
        (STORY.replace("fushun-county-office", "nobody"), "rectification.agency"),
        (STORY + DECIDE.replace("decide_rectification", "accept"), "steps[0].do"),
        (STORY + "[case]\non = 2021-03-08\n", "rectification"),
        (STORY.replace("on = 2021-03-08\n", ""), "rectification.on"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(text: str, path: str, tell: Tell) -> None:
    with pytest.raises(CaseFileError) as caught:
        tell(text)

    assert path in {fault.path for fault in caught.value.faults}


def test_it_is_handled_and_shown_on_the_command_line(
    call: Callable[..., Any], write: Callable[[str, str], Path]
) -> None:
    call("init")
    file = write("r.toml", STORY)
    made = call("case", "register", file, "--by", "office-officer-a", "--json").json
    number = made["case"]["number"]
    listed = call("case", "list", "--json").json
    decided = call(
        "case", "do", number, "decide_rectification", "result=corrected", "reason=改为86",
        "--by", "office-head", "--on", "2021-03-18", "--json",
    ).json  # fmt: skip
    shown = call("case", "show", number)

    assert made["case"]["kind"] == "rectification"
    assert [(one["kind"], one["reply_due_on"]) for one in listed] == [
        ("rectification", "2021-04-06")
    ]
    assert decided["case"]["result"] == "corrected"
    assert "没有规定期限" in shown.out
    assert "机关内部期限" in call("case", "list").out
    assert call("case", "show", number, "--json").json["version"] == 2
    assert "赵某" not in call("case", "log", number, "--json").out
    assert call("case", "do", number, "accept", "--by", "officer").code == 1
    assert [one["kind"] for one in call("notice", "print", number, "--json").json] == [
        "rectification_reply"
    ]


def test_its_commands_are_read_back_from_the_store(office: Office, tell: Tell) -> None:
    case = run(office, tell(STORY + DECIDE)).rectification
    assert case is not None
    with reading(office.store) as connection:
        assert load_any(connection, office, case.number, TODAY) == case
    assert isinstance(case.facts[0].command, RegisterRectification)
