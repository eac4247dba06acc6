"""Anchors written by several at once are one unbroken run of lines."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

from gongkai import anchors
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store.files import alone
from gongkai.story import Story

ON = date(2020, 9, 30)


def test_two_that_write_at_once_leave_lines_that_follow_each_other(
    office: Office, tell: Callable[[str], Story], request_text: str, tmp_path: Path
) -> None:
    run(office, tell(request_text), name="one")
    file = tmp_path / "anchors.jsonl"

    with ThreadPoolExecutor(4) as many:
        written = list(many.map(lambda _: anchors.write(office, ON, file), range(40)))

    read = anchors.read(file)
    assert read.faults == ()
    assert len(read.lines) == 40
    assert sorted(one.line for (one,) in written) == sorted(one.line for one in read.lines)


def test_whoever_writes_waits_for_the_other(office: Office, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    with ThreadPoolExecutor(1) as other:
        with alone(file):
            waiting = other.submit(anchors.write, office, ON, file)
            assert not file.exists()
        assert waiting.result() == ()


def test_a_line_that_was_cut_short_is_not_joined_to_the_next(
    office: Office, tell: Callable[[str], Story], request_text: str, tmp_path: Path
) -> None:
    run(office, tell(request_text), name="one")
    file = tmp_path / "anchors.jsonl"
    anchors.write(office, ON, file)
    with file.open("ab") as stream:
        stream.write(b'{"agency":"fush')

    anchors.write(office, ON, file)

    read = anchors.read(file)
    assert len(read.lines) == 2
    assert len(read.faults) == 1
    assert [json.loads(line)["seq"] for line in file.read_bytes().splitlines()[::2]] == [1, 1]
