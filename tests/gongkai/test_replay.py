"""A replay prints exactly the promised JSON and keeps to what the story says."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gongkai.answer import answer
from gongkai.config import Config
from gongkai.office import Office
from gongkai.out import write_papers
from gongkai.replay import Run, fresh_office, run
from gongkai.story import Story
from rules.workdays import WorkCalendar
from workflow.vocabulary import Role, State

Tell = Callable[[str], Story]
Play = Callable[..., Run]

TOP = ["file", "ok", "case", "steps", "deadlines", "findings", "notices"]
CASE = [
    "number",
    "state",
    "received_on",
    "reply_due_on",
    "running",
    "provisional",
    "replied_on",
    "in_time",
    "outcome_row",
]
STEP = [
    "n",
    "do",
    "on",
    "by",
    "accepted",
    "state",
    "reply_due_on",
    "correction_due_on",
    "applicant_due_on",
    "refused",
    "findings",
]
REFUSED = ["code", "message", "article", "mend"]
FINDING = ["code", "severity", "item", "passage", "article", "message", "mend"]
DEADLINE = ["kind", "due_on", "article", "provisional", "met_on"]
NOTICE = ["kind", "number", "file", "sha256"]

BLOCKED = """
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "draft_reply"
on = 2020-09-16
{expected}
[[steps.decisions]]
item = 1
outcome = "disclose"
[[steps]]
do = "add_note"
on = 2020-09-17
text = "x"
"""


@pytest.fixture
def play(config: Config, calendar: WorkCalendar, tell: Tell) -> Play:
    def played(text: str, as_of: date | None = None) -> Run:
        return run(fresh_office(config, calendar), tell(text), as_of=as_of)

    return played


def blocked(request_text: str, expected: str = "") -> str:
    return request_text + BLOCKED.format(expected=expected)


def test_the_json_has_exactly_the_promised_keys_in_their_order(
    play: Play, reply_text: str, request_text: str
) -> None:
    said = answer(play(reply_text), "story.toml")
    stopped = answer(play(blocked(request_text)), "story.toml")

    assert list(said) == list(stopped) == TOP
    assert list(said["case"]) == CASE
    assert {tuple(step) for step in said["steps"]} == {tuple(STEP)}
    assert {tuple(one) for one in said["deadlines"]} == {tuple(DEADLINE)}
    assert {tuple(one) for one in said["notices"]} == {tuple(NOTICE)}
    assert list(stopped["steps"][-1]["refused"]) == REFUSED
    assert {tuple(one) for one in stopped["findings"]} == {tuple(FINDING)}


def test_a_whole_story_has_its_dates_row_and_papers(play: Play, reply_text: str) -> None:
    said = answer(play(reply_text), "story.toml")

    assert said["ok"]
    assert said["case"] == {
        "number": "抚县政公申〔2020〕1号",
        "state": "replied",
        "received_on": "2020-09-14",
        "reply_due_on": "2020-10-16",
        "running": False,
        "provisional": False,
        "replied_on": "2020-09-22",
        "in_time": True,
        "outcome_row": "予以公开",
    }
    assert [step["n"] for step in said["steps"]] == [1, 2, 3, 4, 5, 6]
    assert said["steps"][0] == {
        "n": 1,
        "do": "accept",
        "on": "2020-09-15",
        "by": "officer",
        "accepted": True,
        "state": "processing",
        "reply_due_on": "2020-10-16",
        "correction_due_on": "2020-09-23",
        "applicant_due_on": None,
        "refused": None,
        "findings": [],
    }
    reply = {"kind": "reply", "due_on": "2020-10-16", "article": "33.2"}
    assert said["deadlines"][0] == {**reply, "provisional": False, "met_on": "2020-09-22"}
    assert [one["kind"] for one in said["notices"]] == ["receipt", "reply"]
    assert [one["number"] for one in said["notices"]] == [None, "抚县政公告〔2020〕1号"]
    assert {one["file"] for one in said["notices"]} == {None}


def test_nobody_named_means_the_first_role_that_may(play: Play, reply_text: str) -> None:
    done = play(reply_text)

    roles = {step.do: step.by for step in done.steps}
    assert roles["pass_review"] == Role.REVIEWER.value
    assert roles["approve_reply"] == Role.HEAD.value
    assert roles["send_reply"] == Role.OFFICER.value


def test_a_refusal_stops_the_story(play: Play, request_text: str) -> None:
    said = answer(play(blocked(request_text)), "story.toml")

    assert not said["ok"]
    assert [step["accepted"] for step in said["steps"]] == [True, False]
    last = said["steps"][-1]
    assert last["refused"]["code"] == "blocked_by_check"
    assert last["state"] == "processing"
    assert last["findings"] == said["findings"] != []


@pytest.mark.parametrize("expected", ["refused = true", 'refused = "blocked_by_check"'])
def test_an_expected_refusal_goes_on(expected: str, play: Play, request_text: str) -> None:
    done = play(blocked(request_text, expected))

    assert done.ok
    assert [step.refused is None for step in done.steps] == [True, True, False, True]


def test_a_refusal_for_another_reason_than_expected_stops(play: Play, request_text: str) -> None:
    done = play(blocked(request_text, 'refused = "wrong_state"'))

    assert not done.ok
    assert done.steps[-1].do == "draft_reply"


def test_a_step_accepted_against_expectation_is_not_ok_and_goes_on(
    play: Play, reply_text: str
) -> None:
    done = play(reply_text.replace('do = "accept"', 'do = "accept"\nrefused = true'))

    assert not done.ok
    assert len(done.steps) == 7
    assert done.case is not None
    assert done.case.state is State.REPLIED


def test_a_refused_registration_is_step_nought_of_a_case_that_is_none(
    play: Play, request_text: str
) -> None:
    done = play(request_text.replace("2020-09-14", "2018-09-14"))
    said = answer(done, "story.toml")

    assert not said["ok"]
    assert said["case"] == {
        **dict.fromkeys(CASE),
        "running": False,
        "provisional": False,
    }
    assert [(step["n"], step["do"]) for step in said["steps"]] == [(0, "register")]
    assert said["steps"][0]["refused"]["code"] == "no_law"
    assert said["deadlines"] == said["notices"] == []


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ('[[steps]]\ndo = "send_reply"\non = 2020-09-15\nmethod = "post"\n', "wrong_state"),
        ('[[steps]]\ndo = "accept"\nby = "head"\non = 2020-09-15\n', "wrong_person"),
        ('[[steps]]\ndo = "accept"\non = 2020-09-13\n', "date_goes_back"),
        ('[[steps]]\ndo = "accept"\non = 2020-10-01\n', "future_date"),
    ],
)
def test_what_law_or_state_forbids_is_refused_with_its_code(
    steps: str, code: str, play: Play, request_text: str
) -> None:
    done = play("as_of = 2020-09-30\n" + request_text + steps)

    assert done.steps[-1].refused is not None
    assert done.steps[-1].refused.code == code
    assert done.steps[-1].refused.mend


def test_a_year_without_calendar_is_refused(play: Play, request_text: str) -> None:
    done = play(request_text.replace("2020-09-14", "2027-12-20"))

    assert done.steps[0].refused is not None
    assert done.steps[0].refused.code == "no_calendar"


def test_the_day_of_the_replay_is_the_latest_of_the_file_unless_somebody_says(
    play: Play, reply_text: str
) -> None:
    assert play(reply_text).world.today == date(2020, 9, 22)
    assert play("as_of = 2020-12-01\n" + reply_text).world.today == date(2020, 12, 1)
    said = play("as_of = 2020-12-01\n" + reply_text, as_of=date(2020, 12, 2))
    assert said.world.today == date(2020, 12, 2)


def test_the_same_story_gives_the_same_bytes(play: Play, reply_text: str) -> None:
    assert play(reply_text).papers == play(reply_text).papers


def test_papers_are_written_in_order_of_issue(tmp_path: Path, play: Play, reply_text: str) -> None:
    done = play(reply_text)

    files = write_papers(tmp_path / "story", done.papers)

    assert [Path(file).name for file in files] == ["01-receipt.docx", "02-reply.docx"]
    assert [Path(file).read_bytes() for file in files] == [paper.docx for paper in done.papers]
    notices = answer(done, "story.toml", files)["notices"]
    assert [one["file"] for one in notices] == files


def test_a_story_taken_in_twice_under_one_name_is_there_once(
    office: Office, tell: Tell, request_text: str
) -> None:
    first, second = (run(office, tell(request_text), name="demo/x") for _ in range(2))

    assert first.case == second.case


def test_a_rare_name_survives(play: Play, reply_text: str) -> None:
    texts = [paper.text for paper in play(reply_text).papers]

    assert all("喆堃𠀀" in text for text in texts)


def test_a_request_is_counted_once_over_all_its_replies(play: Play) -> None:
    said = answer(play(PARTLY_REOPENED), "story.toml")

    assert said["ok"], said["steps"]
    assert said["case"]["outcome_row"] == "部分公开"


def _reply(decision: str, month: int) -> str:
    days = {"draft_reply": 16, "pass_review": 17, "approve_reply": 18, "issue_reply": 21}
    steps = [f'[[steps]]\ndo = "{do}"\non = 2020-{month:02}-{day}\n' for do, day in days.items()]
    steps[0] += decision
    sent = f'[[steps]]\ndo = "send_reply"\non = 2020-{month:02}-22\nmethod = "in_person"\n'
    return "".join([*steps, sent])


_KEPT = """
[[steps.decisions]]
item = {item}
outcome = "withhold"
separable = false
separability_reason = "值班安排逐行记载人员，遮蔽后没有可供阅读的内容"
[[steps.decisions.passages]]
label = "值班表"
disclose = false
ground = "internal_affairs"
reason = "值班安排只供内部排班，公开会影响夜间值守人员的正常休息"
evidence = {{ category = "logistics", no_external_effect = true, override_checked = true }}
"""
_GIVEN = '[[steps.decisions]]\nitem = 2\noutcome = "disclose"\nprovide = "值班表"\n'
PARTLY_REOPENED = (
    """title = "两项不予公开，复议后公开一项"
[case]
agency = "fushun-county-office"
channel = "in_person"
on = 2020-09-14
[case.applicant]
kind = "natural_person"
name = "王某"
[[case.items]]
title = "甲表"
[[case.items]]
title = "乙表"
[[steps]]
do = "accept"
on = 2020-09-14
"""
    + _reply(_KEPT.format(item=1) + _KEPT.format(item=2), 9)
    + """[[steps]]
do = "reopen"
on = 2020-11-09
cause = "own_motion"
items = [2]
"""
    + _reply(_GIVEN, 11).replace("2020-11-21", "2020-11-20").replace("2020-11-22", "2020-11-23")
)
