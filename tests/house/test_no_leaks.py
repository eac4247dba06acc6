"""Nothing in the repository tells where it was written or whence packages were fetched."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {".git", ".venv", ".tools", "var", "out", "dist", "__pycache__", ".hypothesis"}
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache")

LEAKS = {
    "a path of somebody's machine": re.compile(
        r"(?<![\w.\-/~*])/(?:work|root|home|Users|opt|mnt|srv|tmp)/\w|\b[A-Z]:\\Users\\"
    ),
    "a file address": re.compile(r"\bfile:/"),
    "a registry": re.compile(
        r"\b(?:pypi|pythonhosted|mirrors?|nexus|artifactory|devpi)\.[a-z]|//[^\s/]+/simple\b"
    ),
    "a place to fetch packages from": re.compile(
        r"(?<!-)--(?:index-url|extra-index-url|find-links|trusted-host)\b"
    ),
    "a key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
}


def tracked() -> list[Path]:
    """The files git knows or would add; every file outside the caches where git is silent."""
    git = shutil.which("git")
    if git:
        listing = subprocess.run(
            [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=False,
        )
        if listing.returncode == 0 and listing.stdout:
            names = listing.stdout.decode().split("\0")
            return [ROOT / name for name in names if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and ours(path)]


def ours(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not NOT_OURS.intersection(parts) and not parts[0].startswith(CACHES)


def found_in(text: str) -> list[str]:
    return [f"{what}: {match[0]}" for what, leak in LEAKS.items() for match in leak.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "home/li/case.toml",
        "C:" + "\\Users\\li",
        "file" + ":///srv",
        "--index" + "-url https://example.org",
        "https://example.org" + "/simple",
    ],
)
def test_a_leak_is_seen(text: str) -> None:
    assert found_in(text)


@pytest.mark.parametrize("text", ["--no-emit-index-url", "/etc/gongkai/config.toml", "docs/work/x"])
def test_what_is_no_leak_is_let_through(text: str) -> None:
    assert found_in(text) == []


def test_no_file_tells_where_it_was_written() -> None:
    leaks = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a document or an image
        leaks += [f"{path.relative_to(ROOT)}: {leak}" for leak in found_in(text)]

    assert leaks == []
