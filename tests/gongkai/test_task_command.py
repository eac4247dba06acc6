"""Tasks on the command line: what they are about, what a person closes, and what no person does."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gongkai.cli import task as cli_task
from gongkai.store import tasks
from gongkai.store.engine import Store, reading, writing
from gongkai.store.journal import acts
from gongkai.store.tasks import Task, TroubleKind
from gongkai.sweep.closing import CLOSED
from gongkai.sweep.yearly import YEARLY_DONE
from tests.gongkai.conftest import Said
from tests.gongkai.waiting import CORRECTED
from workflow.periods import PeriodKind
from workflow.reminders import ActionKind
from workflow.vocabulary import Role

COUNTY = "fushun-county-office"
Call = Callable[..., Said]
Opened = Callable[[], Store]


@pytest.fixture
def made(call: Call) -> Call:
    """A database without a case."""
    assert call("init").code == 0
    return call


def unsent(opened: Opened, *, agency: str = COUNTY, number: int = 7) -> None:
    trouble = Task(
        agency=agency, case_number="1号", kind=TroubleKind.DELIVERY, number=number,
        due_on=date(2020, 10, 16), action=ActionKind.TROUBLE, role=Role.OFFICER,
        text="发给 a@example.gov.cn 的消息没有送出", created_on=date(2020, 10, 16),
    )  # fmt: skip
    with writing(opened()) as tx:
        tasks.add(tx, trouble)


def said_acts(opened: Opened, kind: str) -> list[dict[str, Any]]:
    with reading(opened()) as tx:
        return [dict(act.said) for act in acts(tx, kind=kind)]


def test_a_message_that_did_not_leave_is_closed_by_who_has_called(
    made: Call, opened: Opened
) -> None:
    unsent(opened)
    (task,) = made("task", "list", "--json").json
    assert task["key"] == "delivery_failed/7"
    assert task["key"] in made("task", "list").out

    words = ("task", "close", task["key"], "--by", "office-officer-a")
    assert made(*words).code == 2, "what was done about it?"
    assert made(*words, "--reason", "  ").code == 2
    assert made(*words, "--reason", "已电话告知").code == 0

    assert made("task", "list", "--json").json == []
    (said,) = said_acts(opened, CLOSED)
    assert (said["key"], said["reason"]) == (task["key"], "已电话告知")
    assert said["by"]["name"] == "经办甲"
    assert made(*words, "--reason", "已电话告知").code == 2, "it is closed"
    assert len(said_acts(opened, CLOSED)) == 1
    assert made("doctor").code == 0


@pytest.mark.parametrize(
    ("by", "code", "said"),
    [("anybody", 2, "不是用户名"), ("education-officer", 1, "不是本机关的人员")],
)
def test_a_task_is_closed_by_somebody_of_its_agency_only(
    by: str, code: int, said: str, made: Call, opened: Opened
) -> None:
    unsent(opened)

    answer = made("task", "close", "delivery_failed/7", "--by", by, "--reason", "已电话告知")

    assert answer.code == code
    assert said in answer.err
    assert said_acts(opened, CLOSED) == []


def test_what_a_step_or_a_confirmation_closes_is_not_closed_by_hand(
    made: Call, opened: Opened
) -> None:
    by = ("--by", "head:李", "--reason", "已办")
    reply = Task(
        agency=COUNTY, case_number="1号", kind=PeriodKind.REPLY, number=0,
        due_on=date(2020, 10, 16), action=ActionKind.TODAY, role=Role.OFFICER,
        text="答复", created_on=date(2020, 10, 16),
    )  # fmt: skip
    with writing(opened()) as tx:
        tasks.add(tx, reply)
    unsent(opened)
    unsent(opened, agency="xiahe-township")

    assert "随办理步骤办结" in made("task", "close", "reply/0", *by).err
    assert "没有标识为" in made("task", "close", "reply/1", *by).err
    assert "--agency" in made("task", "close", "delivery_failed/7", *by).err
    assert made("task", "close", "delivery_failed/7", "--agency", COUNTY, *by).code == 0
    assert [task["agency"] for task in made("task", "list", "--json").json] == [
        COUNTY,
        "xiahe-township",
    ]


def test_a_yearly_duty_is_recorded_as_done_once(made: Call, opened: Opened) -> None:
    words = ("task", "done", COUNTY, "annual_report", "2026", "--on", "2026-01-20")

    assert made(*words, "--by", "office-head").code == 0
    again = made(*words, "--by", "office-head")

    assert again.code == 0
    assert "没有重复" in again.out
    (said,) = said_acts(opened, YEARLY_DONE)
    assert said["key"] == "annual_report/2026"
    assert said["by"]["name"] == "负责人丁"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("annual_report", "2027", "--by", "office-head"), 2, "2027年还没有到"),
        (("annual_report", "3026", "--by", "office-head"), 2, "3026年还没有到"),
        (("annual_report", "2026", "--by", "office-head", "--on", "2099-01-01"), 2, "还没有到"),
        (("annual_report", "2026", "--by", "anybody"), 2, "不是用户名"),
        (("annual_report", "2026", "--by", "education-officer"), 1, "不是本机关的人员"),
        (("reply", "2026", "--by", "office-head"), 2, "随办理步骤办结"),
    ],
)
def test_what_cannot_have_been_done_is_not_recorded(
    words: tuple[str, ...],
    code: int,
    said: str,
    made: Call,
    opened: Opened,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cli_task, "today", lambda: date(2026, 11, 22))

    answer = made("task", "done", COUNTY, *words)

    assert answer.code == code
    assert said in answer.err
    assert said_acts(opened, YEARLY_DONE) == []


def test_a_proposal_is_printed_with_a_command_that_can_be_given(
    call: Call, write: Callable[[str, str], Any], request_text: str
) -> None:
    file = write("story.toml", request_text + CORRECTED)
    call("init")
    assert call("import", file).code == 0
    assert call("sweep", "--now", "2020-09-28").code == 0

    said = call("task", "proposals")

    (command,) = (x.strip() for x in said.out.splitlines() if x.strip().startswith("gongkai"))
    assert "['" not in said.out
    assert "拟制文书：" in said.out
    assert command.endswith("--by head:姓名")
    assert call(*command.split()[1:], "--on", "2020-09-28").code == 0
    assert call("task", "proposals", "--json").json == []


def test_the_deadlines_of_a_case_are_shown_whole(
    call: Call, write: Callable[[str, str], Any], request_text: str
) -> None:
    file = write("story.toml", request_text)
    call("init")
    call("import", file)
    (case,) = call("case", "list", "--json").json
    call("sweep", "--now", "2020-10-16")

    seen = call("deadlines", case["number"])
    said = call("deadlines", case["number"], "--json").json

    done = [line.split() for line in seen.out.splitlines() if "今日到期" in line]
    assert ["2020-10-16", "答复", "2020-10-16", "今日到期"] in done
    assert all(not key.startswith("_") for key in said)
    assert {one["period"] for one in said["done"]} >= {"答复", "受理"}
    assert {one["kind"] for one in said["all"]} >= {"reply"}
    assert said["proof"][0] == {
        "on": "2020-09-14", "n": None, "kind": "start", "why": said["proof"][0]["why"]
    }  # fmt: skip
    assert call("deadlines", "无此案件").code == 1


def test_the_deadlines_of_a_rectification_are_shown_too(
    call: Call, write: Callable[[str, str], Any]
) -> None:
    story = """\
title = "更正"
[rectification]
agency = "fushun-county-office"
on = 2022-06-06
channel = "in_person"
record = "低保档案中的家庭人口"
claim = "应为三人"
evidence = ["户口簿"]
[rectification.applicant]
kind = "natural_person"
name = "王某"
"""
    call("init")
    call("import", write("small.toml", story))
    (case,) = call("case", "list", "--json").json

    said = call("deadlines", case["number"], "--json").json

    (own,) = said["all"]
    assert (own["kind"], own["due_on"]) == ("rectification", "2022-07-04")
    assert "2022-07-04" in call("deadlines", case["number"]).out


def test_messages_are_shown_with_what_became_of_them_in_words(
    call: Call, write: Callable[[str, str], Any], request_text: str, home: Path
) -> None:
    text = (home / "config.toml").read_text(encoding="utf-8")
    mail = 'email = { host = "127.0.0.1", port = 9, sender = "gongkai@example.gov.cn" }\n'
    text = text.replace("[notify]\n", f"[notify]\n{mail}").replace(
        'user = "office-officer-a"\n', 'user = "office-officer-a"\nemail = "a@example.gov.cn"\n'
    )
    (home / "config.toml").write_text(text, encoding="utf-8")
    file = write("story.toml", request_text)
    call("init")
    call("import", file)
    (case,) = call("case", "list", "--json").json
    call("sweep", "--now", "2020-10-16")

    said = call("deadlines", case["number"]).out

    assert "等待发出" in said
    assert "queued" not in said
