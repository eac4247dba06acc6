"""The process page is the step table, and the one in docs/ is up to date."""

import json
import re
from pathlib import Path

import pytest

from gongkai import process_page
from gongkai.cli import run
from workflow.machine import TABLE
from workflow.vocabulary import State

ROOT = Path(__file__).parents[2]


def test_the_page_in_docs_is_made_from_the_table() -> None:
    page = (ROOT / "docs/process.md").read_text(encoding="utf-8")

    assert page == process_page.markdown(), "make it again: gongkai process --markdown"


def test_every_step_and_state_stands_on_the_page() -> None:
    page = process_page.markdown()

    assert [row.do for row in TABLE if f"| `{row.do}` |" not in page] == []
    assert [state for state in State if f"| `{state.value}` |" not in page] == []


def test_the_diagram_has_an_arrow_for_every_change_of_state_but_those_from_anywhere() -> None:
    arrows = set(re.findall(r"(\w+|\[\*\]) --> (\w+):", process_page.markdown()))
    changes = {(row.source, row.dest) for row in TABLE if row.source not in {None, row.dest}}
    left_out = {(source, dest) for source, dest in changes if (source, dest) not in arrows}

    assert ("[*]", "received") in arrows
    assert {dest for _, dest in left_out} == {State.CLOSED}


def test_the_table_is_printed_for_readers_and_programs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["process"]) == 0
    assert "第三十三条第二款" in capsys.readouterr().out
    assert run(["process", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["steps"]) == len(TABLE)
    assert run(["process", "--markdown"]) == 0
    assert capsys.readouterr().out == process_page.markdown()
