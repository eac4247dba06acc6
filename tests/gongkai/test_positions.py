"""Headers are found where they are, and nowhere else."""

import tomllib

import pytest

from gongkai.positions import Path, Positions, positions, written

TEXT = '''\
top = "[not.a.header]" # [nor.this]
many = [
  ["a", "b"],
  [1]]
text = """
[[inside]]
\\""" still inside
[inside]
"""
raw = \'\'\'
[raw]
\'\'\'
[plain] # a comment
key = { inner = [1, 2] }
[plain."with space".'quoted']
[[list]]
[[list.inner]]
[list.inner.table]
[[list.inner]]
[[ list ]]
[[list.inner]]
'''

LINES: dict[Path, int] = {
    ("plain",): 13,
    ("plain", "with space", "quoted"): 15,
    ("list",): 16,
    ("list", 0): 16,
    ("list", 0, "inner"): 17,
    ("list", 0, "inner", 0): 17,
    ("list", 0, "inner", 0, "table"): 18,
    ("list", 0, "inner", 1): 19,
    ("list", 1): 20,
    ("list", 1, "inner"): 21,
    ("list", 1, "inner", 0): 21,
}


def test_every_header_is_found_and_no_other() -> None:
    tomllib.loads(TEXT)

    assert positions(TEXT).lines == LINES


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("list", 1, "inner", 0, "x", 3, "y"), 21),
        (("list", 1, "other"), 20),
        (("plain", "key", "inner"), 13),
        (("top",), 1),
        ((), 1),
    ],
)
def test_a_place_without_a_header_has_that_of_the_table_around_it(path: Path, line: int) -> None:
    assert positions(TEXT).of(path) == line


def test_an_empty_file_begins_at_line_one() -> None:
    assert Positions().of(("title",)) == 1


def test_a_path_is_written_as_in_the_file() -> None:
    assert written(("steps", 3, "decisions", 0, "kind")) == "steps[3].decisions[0].kind"
