"""Where the tables of a TOML file begin, so that a mistake can be found by line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

Path = tuple[str | int, ...]

#: What may hide a bracket (strings, comments), the brackets themselves, and line ends.
_TOKEN: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""|'
    r"'''.*?'''|"
    r'"(?:\\.|[^"\\\n])*"|'
    r"'[^'\n]*'|"
    r"#[^\n]*|[\[\]{}]|\n|[^\s]",
    re.DOTALL,
)
_HEADER: Final = re.compile(r"\[(\[?)([^\n]*?)\]\]?[ \t]*(?:#[^\n]*)?(?=\n|\Z|\r)")
_KEY: Final = re.compile(r'"((?:\\.|[^"\\])*)"|\'([^\']*)\'|([\w-]+)')


@dataclass(frozen=True, slots=True)
class Header:
    """A ``[table]`` or ``[[table of a list]]`` line."""

    line: int
    keys: tuple[str, ...]
    in_list: bool


@dataclass(slots=True)
class Positions:
    """The line of each table's header, by the table's path (list places count from 0)."""

    lines: dict[Path, int] = field(default_factory=dict)

    def of(self, path: Path) -> int:
        """Return the line of the innermost header around ``path``; 1 where there is none."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def headers(text: str) -> Iterator[Header]:
    """Yield the headers of a TOML text that is well-formed."""
    line, depth, fresh, skip_to = 1, 0, True, 0
    for token in _TOKEN.finditer(text):
        word = token[0]
        if token.start() >= skip_to:
            match = _HEADER.match(text, token.start()) if fresh and depth == 0 else None
            if match and word == "[":
                yield Header(line, _keys(match[2]), bool(match[1]))
                skip_to = match.end()
            else:
                depth += (word in "[{") - (word in "]}")
        fresh = word == "\n"
        line += word.count("\n")


def _keys(text: str) -> tuple[str, ...]:
    return tuple(a or b or c for a, b, c in _KEY.findall(text))


def positions(text: str) -> Positions:
    """Find every table of ``text``; tables inside a list of tables belong to its last entry."""
    found = Positions()
    counts: dict[Path, int] = {}
    for header in headers(text):
        path: Path = ()
        for key in header.keys[:-1]:
            path = _entered((*path, key), counts)
        path = (*path, header.keys[-1])
        if header.in_list:
            found.lines.setdefault(path, header.line)
            counts[path] = counts.get(path, -1) + 1
            path = (*path, counts[path])
        found.lines[path] = header.line
    return found


def _entered(path: Path, counts: Mapping[Path, int]) -> Path:
    return (*path, counts[path]) if path in counts else path


def written(path: Path) -> str:
    """Write a path as it stands in messages: ``steps[3].kind``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(parts).removeprefix(".")
