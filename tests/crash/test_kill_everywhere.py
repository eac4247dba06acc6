"""Every command, killed at every operation and statement, is done once when it is given again."""

import pytest

from gongkai.acts import KINDS
from tests.crash.scripts import words
from tests.crash.shim import Nursery


def test_every_word_is_taken_by_some_script() -> None:
    assert set(words()) == set(KINDS)


@pytest.mark.slow
@pytest.mark.parametrize("word", list(KINDS))
def test_a_command_killed_anywhere_is_done_once_when_given_again(
    word: str, database: str, nursery: Nursery
) -> None:
    report = nursery.order("everywhere", word=word, database=database)

    assert report["violations"] == []
    assert report["kills"] >= report["points"] > 0
    assert report["found_before"] > 0
    assert report["found_after"] > 0


def test_a_command_that_commits_when_half_done_is_found(database: str, nursery: Nursery) -> None:
    report = nursery.order("everywhere", word="accept", database=database, planted=True)

    assert any("neither before nor after" in fault for fault in report["violations"])
    assert any("Conflict" in fault for fault in report["violations"])
