"""``gongkai import``: what the command says of each file, and the exit code it leaves with."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.gongkai.conftest import Said
from tests.gongkai.past import TOO_LATE, past_of


def test_the_command_says_of_each_file_what_became_of_it_and_leaves_with_the_worst(
    call: Callable[..., Said], write: Callable[[str, str], Path], reply_text: str, request_text: str
) -> None:
    good = write("good.toml", reply_text)
    bad = write("bad.toml", reply_text + TOO_LATE)
    broken = write("broken.toml", request_text + "[[steps]]\n")
    call("init")

    first = call("import", good)
    assert (first.code, first.err) == (0, "")
    assert "抚县政公申〔2020〕1号" in first.out
    assert "录入1件，此前已录入0件，没有录入0件" in first.out

    second = call("import", good, bad)
    assert second.code == 1
    assert "此前已经录入（抚县政公申〔2020〕1号），没有改动" in second.out
    assert "第7步“申请延长答复期限”被拒绝，wrong_state" in second.out
    assert "[2/2]" in second.err

    third = call("import", bad, broken, good)
    assert third.code == 2
    assert "broken.toml 第" in third.err
    assert "录入0件，此前已录入1件，没有录入2件" in third.out


def test_the_command_prints_one_object_a_line_for_each_file(
    call: Callable[..., Said], write: Callable[[str, str], Path], reply_text: str
) -> None:
    good, bad = write("good.toml", reply_text), write("bad.toml", reply_text + TOO_LATE)
    call("init")

    said = call("import", good, bad, good, "--json")
    first, second, third = map(json.loads, said.out.splitlines())

    assert said.code == 1
    assert (first["ok"], first["imported"], first["repeated"]) == (True, True, False)
    assert first["case"]["state"] == "replied"
    assert [notice["kind"] for notice in first["notices"]][-1] == "reply"
    assert (second["ok"], second["imported"]) == (False, False)
    assert second["case"]["number"] is None
    assert second["notices"] == []
    assert second["steps"][-1]["refused"]["code"] == "wrong_state"
    assert (third["ok"], third["imported"], third["repeated"]) == (True, False, True)
    assert third["case"] == first["case"]


def test_what_history_would_not_have_been_allowed_is_shown_with_the_case(
    call: Callable[..., Said], write: Callable[[str, str], Path], reply_text: str
) -> None:
    past = past_of(reply_text)
    call("init")
    assert call("import", write("past.toml", past)).code == 1

    taken = call("import", write("past.toml", past), "--as-recorded")

    assert taken.code == 0
    assert "3条审查意见" in taken.out
    number = "抚县政公申〔2020〕1号"
    shown = call("case", "show", number)
    assert "extension_too_long" in shown.out
    assert "按历史记录" in shown.out
    assert (
        call("case", "show", number, "--json").json["findings"][0]["code"] == "extension_too_long"
    )
    log = call("case", "log", number, "--json").json
    assert {row["as_recorded"] for row in log} == {True}
    assert call("case", "do", number, "record_delivery", "result=delivered", "--by", "officer:李",
                "--on", "2020-09-25").code == 0  # fmt: skip
    assert call("case", "log", number, "--json").json[-1]["as_recorded"] is False


def test_without_a_database_the_command_says_what_to_do(
    call: Callable[..., Said], write: Callable[[str, str], Path], request_text: str
) -> None:
    said = call("import", write("one.toml", request_text))

    assert said.code == 1
    assert "gongkai init" in said.err
