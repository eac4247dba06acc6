"""The command line: exit codes, JSON on stdout and nothing else, the sample cases, one case."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import pytest

ROOT = Path(__file__).parents[2]

Write = Callable[[str, str], Path]


class Said(Protocol):
    """What a command said (made by the fixture ``call``)."""

    code: int
    out: str
    err: str
    json: Any


Call = Callable[..., Said]


def test_replay_prints_one_object_a_line_and_nothing_else(
    call: Call, write: Write, reply_text: str, request_text: str
) -> None:
    good = write("good.toml", reply_text)
    law = write("law.toml", request_text.replace("2020-09-14", "2018-09-14"))
    bad = write("bad.toml", request_text + "x = ")

    said = call("replay", good, bad, law, good, "--json")

    lines = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 2
    assert [line["ok"] for line in lines] == [True, False, False, True]
    assert [line["file"] for line in lines] == [str(good), str(bad), str(law), str(good)]
    assert list(lines[1]) == ["file", "ok", "errors"]
    assert lines[1]["errors"][0]["line"] == 12
    assert f"{bad} 第12行" in said.err


@pytest.mark.parametrize(("change", "code"), [("2018-09-14", 1), ("2020-09-14", 0)])
def test_the_exit_code_says_whether_the_story_came_out(
    change: str, code: int, call: Call, write: Write, request_text: str
) -> None:
    file = write("story.toml", request_text.replace("2020-09-14", change))

    assert call("replay", file).code == code


def test_replay_writes_papers_into_a_folder_named_like_the_story(
    call: Call, write: Write, home: Path, reply_text: str
) -> None:
    file = write("story.toml", reply_text)

    said = call("replay", file, "--out", "papers", "--json")

    files = [one["file"] for one in said.json["notices"]]
    assert files == ["papers/story/01-receipt.docx", "papers/story/02-reply.docx"]
    assert all((home / file).read_bytes()[:2] == b"PK" for file in files)


def test_replay_shows_timeline_deadlines_proof_and_papers(
    call: Call, write: Write, reply_text: str
) -> None:
    said = call("replay", write("story.toml", reply_text), "--proof")

    for word in ("经过", "第三十三条第二款", "逐日说明", "抚县政公告〔2020〕1号", "与故事所写一致"):
        assert word in said.out


def test_replay_as_of_an_earlier_day_refuses_what_is_still_to_come(
    call: Call, write: Write, reply_text: str
) -> None:
    said = call("replay", write("story.toml", reply_text), "--as-of", "2020-09-17", "--json")

    assert said.code == 1
    assert said.json["steps"][-1]["refused"]["code"] == "future_date"


def test_a_replay_leaves_no_database_behind(
    call: Call, write: Write, home: Path, reply_text: str
) -> None:
    call("replay", write("story.toml", reply_text))

    assert sorted(path.name for path in home.iterdir()) == ["config.toml", "story.toml"]


def test_the_demo_takes_samples_in_once(
    call: Call, write: Write, home: Path, reply_text: str
) -> None:
    write("examples/one.toml", reply_text)
    write("examples/two.toml", reply_text)

    first, second = call("demo"), call("demo")

    assert (first.code, second.code) == (0, 0)
    assert "已在数据库里" in second.out
    cases = call("case", "list", "--json").json
    assert [case["number"] for case in cases] == ["抚县政公申〔2020〕1号", "抚县政公申〔2020〕2号"]
    assert (home / "out/one/02-reply.docx").is_file()


def test_init_says_what_next(call: Call, home: Path, database: str) -> None:
    said = call("init")

    assert said.code == 0
    assert "gongkai demo" in said.out
    assert (home / "var/gongkai.sqlite").is_file() == (database == "sqlite")
    assert call("case", "list").code == 0


def test_without_a_database_a_case_cannot_be_shown(call: Call) -> None:
    said = call("case", "list")

    assert said.code == 1
    assert "gongkai init" in said.err


def test_a_case_is_handled_on_the_command_line(call: Call, write: Write, request_text: str) -> None:
    call("init")
    file = write("request.toml", request_text)
    made = call("case", "register", file, "--by", "office-officer-a", "--json").json
    number = made["case"]["number"]

    accepted = call(
        "case", "do", number, "accept", "--by", "office-officer-a", "--on", "2020-09-15", "--json"
    )
    consulted = call(
        "case", "do", number, "start_consultation", "kind=third_party", "party=某公司",
        "items=[1]", "--by", "officer:李", "--on", "2020-09-16",
    )  # fmt: skip
    shown = call("case", "show", number, "--json").json
    log = call("case", "log", number, "--json").json

    assert accepted.json["case"]["state"] == "processing"
    assert consulted.code == 0
    assert shown["case"]["state"] == "consulting"
    assert shown["version"] == 3
    assert [fact["by"] for fact in log] == ["officer:经办甲", "officer:经办甲", "officer:李"]
    assert "某公司" not in json.dumps(log, ensure_ascii=False)
    assert call("case", "show", number, "--proof").code == 0
    assert number in call("case", "list").out


def test_a_refused_step_is_exit_1_with_article_and_remedy(
    call: Call, write: Write, request_text: str
) -> None:
    call("init")
    file = write("request.toml", request_text)
    number = call("case", "register", file, "--by", "officer", "--json").json["case"]["number"]

    wrong_state = call("case", "do", number, "issue_reply", "--by", "officer")
    wrong_person = call("case", "do", number, "accept", "--by", "office-head")
    outrun = call("case", "do", number, "accept", "--by", "officer", "--version", "7")

    assert [said.code for said in (wrong_state, wrong_person, outrun)] == [1, 1, 1]
    assert "待制发" in wrong_state.err
    assert "经办人" in wrong_person.err
    assert "第7版" in outrun.err


def test_the_check_tells_its_findings(call: Call, write: Write, request_text: str) -> None:
    call("init")
    file = write("request.toml", request_text)
    number = call("case", "register", file, "--by", "officer", "--json").json["case"]["number"]
    call("case", "do", number, "accept", "--by", "officer", "--on", "2020-09-15")
    reply = write("reply.toml", '[[decisions]]\nitem = 1\noutcome = "disclose"\n')

    said = call(
        "case", "do", number, "draft_reply", f"decisions=@{reply}", "--by", "officer",
        "--on", "2020-09-16",
    )  # fmt: skip

    assert said.code == 1
    assert "不得通过 第1项" in said.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["acept"], "是否应为“accept”？"),
        (["register"], "没有“register”这个键"),
        (["accept", "items"], "键=值"),
        (["accept", "x=1"], "没有“x”这个键"),
        (["start_consultation", "kind=x", "party=y", "items=1"], "third_party（第三方）"),
        (["decide_extension", "grant=yes"], "true 或者 false"),
        (["draft_reply", "decisions=@none.toml"], "读不出来"),
    ],
)
def test_a_step_that_is_badly_written_is_exit_2(
    words: list[str], said: str, call: Call, write: Write, request_text: str
) -> None:
    call("init")
    file = write("request.toml", request_text)
    number = call("case", "register", file, "--by", "officer", "--json").json["case"]["number"]

    answer = call("case", "do", number, *words, "--by", "officer")

    assert answer.code == 2
    assert said in answer.err


def test_an_unknown_user_is_told_who_there_is(call: Call, write: Write, request_text: str) -> None:
    call("init")

    said = call("case", "register", write("request.toml", request_text), "--by", "nobody")

    assert said.code == 2
    assert "office-officer-a" in said.err


def test_papers_are_listed_and_taken_out_as_issued(
    call: Call, write: Write, home: Path, reply_text: str
) -> None:
    write("examples/one.toml", reply_text)
    call("demo")

    listed = call("notice", "list", "--json").json
    text = call("notice", "render", "抚县政公告〔2020〕1号")
    taken = call("notice", "render", "抚县政公告〔2020〕1号", "--out", "reply.docx")

    assert [one["kind"] for one in listed] == ["receipt", "reply"]
    assert "喆堃𠀀" in text.out
    assert listed[1]["sha256"] in taken.out
    assert (home / "reply.docx").read_bytes() == (home / "out/one/02-reply.docx").read_bytes()
    assert call("notice", "render", "x").code == 2
    assert "抚县政公告〔2020〕1号" in call("notice", "list").out


def test_the_catalogue_has_the_promised_keys(call: Call) -> None:
    found = call("notice", "catalogue", "--json").json

    keys = ["id", "title", "command", "template", "basis", "remedy_class", "report_row"]
    assert {tuple(one) for one in found} == {tuple(keys)}
    ids = [one["id"] for one in found]
    assert ids == sorted(set(ids))
    assert {f"N{n:02d}" for n in range(1, 47)} <= set(ids)
    assert "`issue_reply`" in call("notice", "catalogue", "--markdown").out
    assert "N04" in call("notice", "catalogue").out


def test_a_failure_of_the_system_is_exit_3_in_plain_words(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("gongkai.cli.init.open_office", fail)
    said, debugged = call("init"), call("init", "--debug")

    assert (said.code, debugged.code) == (3, 3)
    assert "系统出错：OSError：disk full" in said.err
    assert "--debug" in said.err
    assert "Traceback" not in said.err
    assert "Traceback" in debugged.err


def test_a_failure_in_one_file_lets_the_others_run(
    call: Call, write: Write, reply_text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = write("good.toml", reply_text), write("bad.toml", reply_text)

    def fail(folder: Path, _papers: object) -> list[str]:
        if folder.name == "bad":
            raise OSError("disk full")
        return []

    monkeypatch.setattr("gongkai.cli.replay.write_papers", fail)
    said = call("replay", bad, good, "--out", "papers", "--json")

    assert said.code == 3
    assert [json.loads(line)["ok"] for line in said.out.splitlines()] == [False, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["foo"], "没有“foo”这个命令"),
        (["replay"], "缺少参数 FILE…"),
        (["replay", "none.toml"], "读不出来"),
        (["replay", "x.toml", "--as-of", "x"], "不是日期"),
        (["case", "foo"], "没有“foo”这个命令"),
        (["--lang"], "缺少值"),
    ],
)
def test_a_bad_command_line_is_exit_2(words: list[str], said: str, call: Call) -> None:
    answer = call(*words)

    assert answer.code == 2
    assert said in answer.err


def test_the_version_is_told(call: Call) -> None:
    assert call("--version").out.startswith("gongkai 0.")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_names_every_command(lang: str, call: Call) -> None:
    said = call("--help", "--lang", lang)

    assert said.code == 0
    for name in ("init", "demo", "replay", "due", "calendar", "case", "notice", "process"):
        assert name in said.out
