"""``gongkai due`` answers at once, proves every day, and refuses in plain words."""

import json
import subprocess
import sys
from typing import Any

import pytest

from gongkai.cli import run

TWO_AT_ONCE = "--consult 2020-09-23..2020-10-09 --consult 2020-09-28..2020-10-12"
#: What takes longer to import than a deadline to count (pydantic is typer's own need).
HEAVY = {"sqlalchemy", "docx", "jinja2", "rich", "transitions"}


def ask(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run(["due", *words])
    out, err = capsys.readouterr()
    return code, out, err


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    code, out, err = ask(capsys, *words, "--json")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("--received 2020-09-25", ("2020-10-12", "2020-10-29", None, False)),
        ("--received 2020-09-25 --extension 20", ("2020-10-12", "2020-10-29", "2020-11-26", False)),
        ("--received 2022-09-30", ("2022-10-14", "2022-11-02", None, False)),
        ("--received 2026-12-15", ("2026-12-24", "2027-01-13", None, True)),
        (
            "--received 2020-05-06 --correction 2020-05-22",
            ("2020-05-14", "2020-06-19", None, False),
        ),
        (
            "--received 2020-09-14 --consult 2020-09-23..2020-10-20",
            ("2020-09-23", "2020-11-06", None, False),
        ),
        (
            "--received 2020-09-14 --consult 2020-09-23..2020-10-12",
            ("2020-09-23", "2020-10-29", None, False),
        ),
        (
            f"--received 2020-09-14 {TWO_AT_ONCE}",
            ("2020-09-23", "2020-10-29", None, False),
        ),
    ],
)
def test_the_days(
    words: str,
    expected: tuple[str, str, str | None, bool],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, *words.split())

    keys = ("correction_due_on", "reply_due_on", "extended_due_on", "provisional")
    assert tuple(found[key] for key in keys) == expected


def test_the_json_has_exactly_the_promised_keys(capsys: pytest.CaptureFixture[str]) -> None:
    keys = [
        "received_on",
        "correction_due_on",
        "reply_due_on",
        "extended_due_on",
        "provisional",
        "calendar",
        "law",
    ]
    assert list(answer(capsys, "--received", "2020-09-25")) == keys
    proved = answer(capsys, "--received", "2020-09-25", "--proof")
    assert list(proved) == [*keys, "proof"]
    assert {tuple(line) for line in proved["proof"]} == {("on", "n", "kind", "why")}


def test_the_proof_says_of_every_day_what_became_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = "--received 2020-09-25 --extension 20 --consult 2020-10-09..2020-10-12 --proof"
    found = answer(capsys, *words.split())
    lines = found["proof"]

    assert [line["kind"] for line in lines].count("start") == 1
    counted = [line for line in lines if line["kind"] == "counted"]
    assert [line["n"] for line in counted] == list(range(1, 41))
    assert lines[-1]["on"] == found["extended_due_on"]
    excluded = [line["on"] for line in lines if line["kind"] == "excluded"]
    assert excluded == ["2020-10-10", "2020-10-12"]
    by_day = {line["on"]: line for line in lines}
    assert "国办发明电〔2019〕16号" in by_day["2020-10-01"]["why"]
    assert by_day["2020-09-27"]["kind"] == "counted"
    assert "调休上班" in by_day["2020-09-27"]["why"]


def test_the_reader_gets_each_day_with_its_article(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = ask(
        capsys, "--received", "2020-09-25", "--extension", "20", "--channel", "internet"
    )

    assert code == 0
    assert "告知补正，最迟 2020-10-12（星期一）　第三十条" in out
    assert "答复，最迟 2020-10-29（星期四）　第三十三条第二款" in out
    assert "延长20个工作日后，最迟 2020-11-26" in out
    assert "以与申请人确认之日为收到之日" in out


def test_a_provisional_day_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = ask(capsys, "--received", "2026-12-15", "--proof")

    assert "2027-01-13（星期三）（暂定）" in out
    assert "2027年的放假通知尚未公布" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--received 2019-05-14", "2019年5月15日"),
        ("--received 2027-12-20", "没有工作日历"),
        ("--received 2020-09-25 --extension 21", "不得超过20个工作日"),
        ("--received 2020-09-25 --extension -1", "不得超过20个工作日"),
    ],
)
def test_what_the_law_does_not_allow_is_exit_1(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(capsys, *words.split(), "--json")

    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "缺少选项 --received"),
        ("--received 2020-02-30", "不是日期"),
        ("--received tomorrow", "不是日期"),
        ("--recieved 2020-09-25", "没有 --recieved 这个选项"),
        ("--received 2020-09-25 --channel pigeon", "in_person"),
        ("--received 2020-09-25 --consult 2020-10-01", "起日..止日"),
        ("--received 2020-09-25 --consult 2020-10-09..2020-10-01", "早于起日"),
        ("--received 2020-09-25 --consult 2020-09-01..2020-10-01", "早于 --received"),
        ("--received 2020-09-25 --correction 2020-09-24", "早于 --received"),
        ("--received 2020-09-25 --extension many", "--extension"),
        ("--received 2020-09-25 --config none.toml", "none.toml"),
        ("--received 2020-09-25 --lang fr", "zh、en"),
        ("--received 2020-09-25 --lang", "缺少值"),
        ("--received 2020-09-25 again", "多余的参数"),
    ],
)
def test_a_bad_command_line_is_exit_2(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = ask(capsys, *words.split())

    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize("words", [["--lang", "en"], ["--lang=en"]])
def test_the_frame_is_english_on_request(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    _, out, _ = ask(capsys, "--received", "2020-09-25", *words)

    assert "Reply by 2020-10-29" in out


def test_the_frame_is_english_when_the_environment_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GONGKAI_LANG", "en")

    _, out, _ = ask(capsys, "--received", "2020-09-25")

    assert "Reply by 2020-10-29" in out


def test_nothing_heavy_is_imported_for_a_deadline() -> None:
    code = (
        "import sys; from gongkai.cli import run; "
        "code = run(['due', '--received', '2020-09-25', '--proof']); "
        f"sys.exit(code or ', '.join({HEAVY!r} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
