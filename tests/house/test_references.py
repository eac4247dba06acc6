"""What the texts point at exists, and the two READMEs say the same."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
GUIDES = (ENGLISH, CHINESE, ROOT / "CONTRIBUTING.md")
PAGES = sorted({*GUIDES, *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")})

FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
SPAN = re.compile(r"`([^`\n]+)`")
LOOKS_LIKE_A_PATH = re.compile(r"\.?[\w.-]+(?:/[\w.-]+)*(?:/|\.(?:md|toml|py|lock|csv|j2))")
MADE_BY_THE_PROGRAM = ("out/", "var/", "dist/", ".venv/")


def prose(page: Path) -> str:
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def blocks(page: Path) -> list[str]:
    return FENCE.findall(page.read_text(encoding="utf-8"))


def headings(page: Path) -> list[str]:
    return [line.partition(" ")[0] for line in prose(page).splitlines() if line.startswith("#")]


def links(page: Path) -> Iterator[Path]:
    for target in LINK.findall(prose(page)):
        if "://" not in target and not target.startswith("mailto:"):
            yield page.parent / target


def paths(page: Path) -> Iterator[Path]:
    for span in SPAN.findall(prose(page)):
        if LOOKS_LIKE_A_PATH.fullmatch(span) and not span.startswith(MADE_BY_THE_PROGRAM):
            yield ROOT / span


def commands(block: str) -> list[str]:
    """The lines somebody types: commands are the same in every language."""
    return [line.split("#")[0].strip() for line in block.splitlines() if line.startswith("$ ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [str(target) for target in links(page) if not target.exists()] == []


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert [str(path) for path in paths(page) if not path.exists()] == []


def test_the_two_readmes_have_the_same_headings_and_blocks() -> None:
    assert headings(ENGLISH) == headings(CHINESE)
    assert len(blocks(ENGLISH)) == len(blocks(CHINESE))


def test_the_two_readmes_name_the_same_commands_and_files() -> None:
    assert [commands(block) for block in blocks(ENGLISH)] == [
        commands(block) for block in blocks(CHINESE)
    ]
    assert set(paths(ENGLISH)) == set(paths(CHINESE))


def test_the_readme_opens_with_the_two_commands() -> None:
    first = blocks(ENGLISH)[0]

    assert "make demo" in first
    assert "make test" in first
