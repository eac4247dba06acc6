"""Small modules and small functions: the budgets of the house."""

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("rules", "workflow", "notices", "gongkai")

MODULE = 400
# One flat list of declarations, which the design keeps in one file (process.md, section 3).
LISTS = {"workflow/commands.py": 680}
MEDIAN_FUNCTION = 8
NINE_OF_TEN_FUNCTIONS = 25
ENOUGH = 20  # below this many functions a distribution says nothing

Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> list[Path]:
    folders = (*PACKAGES, "bench", "tests")
    found = (path for name in folders for path in (ROOT / name).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


def functions() -> Iterator[Function]:
    for path in modules():
        if path.relative_to(ROOT).parts[0] in PACKAGES:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, Function):
                    yield node


def length(function: Function) -> int:
    """Count the lines from ``def`` to the end; a docstring is never too long and is left out."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_is_longer_than_a_reader_keeps_in_mind(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())

    most = LISTS.get(path.relative_to(ROOT).as_posix(), MODULE)
    assert lines <= most, f"{path.relative_to(ROOT)} has {lines} lines; split it by subject"


def test_functions_are_short() -> None:
    lengths = [length(function) for function in functions()]
    if len(lengths) < ENOUGH:
        pytest.skip("too few functions to speak of a distribution")

    assert median(lengths) <= MEDIAN_FUNCTION
    assert quantiles(lengths, n=10)[-1] <= NINE_OF_TEN_FUNCTIONS
