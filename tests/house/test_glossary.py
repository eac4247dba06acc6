"""Every word of the program stands in the glossary: four words for 不予 are not one "refuse"."""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

from rules.words import Labelled
from workflow.commands import Command

GLOSSARY = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in GLOSSARY.splitlines()]


PACKAGES = ("rules", "workflow", "notices")


def words() -> Iterator[Labelled]:
    """Every member of every list of words, wherever it is defined."""
    for package in PACKAGES:
        for module in walk_packages(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    for kind in Labelled.__subclasses__():
        if kind.__module__.startswith(PACKAGES):
            yield from kind


def commands(parent: type[Command] = Command) -> Iterator[str]:
    for child in parent.__subclasses__():
        if "do" in vars(child):
            yield child.do
        yield from commands(child)


def test_every_label_stands_in_the_glossary_beside_its_value() -> None:
    listed = {(row[0], row[1]) for row in ROWS if len(row) > 1}

    assert [word for word in words() if (word.label, f"`{word.value}`") not in listed] == []


def test_every_command_stands_in_the_glossary() -> None:
    listed = {row[1] for row in ROWS if len(row) > 1}

    assert [name for name in commands() if f"`{name}`" not in listed] == []


def test_every_row_of_the_glossary_has_its_english() -> None:
    assert [row[0] for row in ROWS if len(row) > 2 and not row[2]] == []
