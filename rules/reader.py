"""Reads the data files strictly: every key known, every value of its type."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from rules.errors import DataError

T = TypeVar("T")
HERE: Final = Path(__file__).parent
_TYPE_NAMES: Final[Mapping[type, str]] = {
    str: "文字",
    int: "整数",
    bool: "true 或 false",
    date: "日期",
    dict: "表",
    list: "列表",
}


def _is(value: object, kind: type) -> bool:
    # bool is an int and datetime is a date in Python; in a data file neither may pass for it.
    if isinstance(value, (bool, datetime)):
        return kind is type(value)
    return isinstance(value, kind)


class Table:
    """One table of a data file, read key by key; ``done`` refuses what was not asked for."""

    __slots__ = ("_left", "file", "path")

    def __init__(self, content: Mapping[str, Any], file: str, path: str = "") -> None:
        self._left = dict(content)
        self.file = file
        self.path = path

    def wrong(self, key: str, why: str) -> DataError:
        """Return the error that names this file and ``key``."""
        return DataError(f"数据文件 {self.file} 的 {self.path}{key} {why}。", "请改正后重试。")

    def need(self, key: str, kind: type[T]) -> T:
        """Return the value of ``key``; raise ``DataError`` where absent or of another type."""
        if key not in self._left:
            raise self.wrong(key, "没有填写")
        value = self._left.pop(key)
        if not _is(value, kind):
            raise self.wrong(key, f"应当是{_TYPE_NAMES[kind]}")
        return cast("T", value)

    def get(self, key: str, kind: type[T], default: T) -> T:
        """Return the value of ``key``, or ``default`` where it is absent."""
        return self.need(key, kind) if key in self._left else default

    def optional(self, key: str, kind: type[T]) -> T | None:
        """Return the value of ``key`` or None."""
        return self.need(key, kind) if key in self._left else None

    def each(self, key: str, kind: type[T]) -> tuple[T, ...]:
        """Return the list under ``key``, every element of ``kind``; empty where absent."""
        values: list[Any] = self.get(key, list, [])
        if not all(_is(value, kind) for value in values):
            raise self.wrong(key, f"的每一项都应当是{_TYPE_NAMES[kind]}")
        return tuple(values)

    def word(self, key: str, words: Callable[[str], T]) -> T:
        """Return ``key`` as a member of the enum ``words``."""
        value = self.need(key, str)
        try:
            return words(value)
        except ValueError:
            raise self.wrong(key, f"不认识“{value}”") from None

    def table(self, key: str) -> "Table":
        """Return the table under ``key``."""
        return Table(self.need(key, dict), self.file, f"{self.path}{key}.")

    def tables(self, key: str) -> Iterator["Table"]:
        """Yield the tables listed under ``key``."""
        for number, content in enumerate(self.each(key, dict), start=1):
            yield Table(content, self.file, f"{self.path}{key}[{number}].")

    def has(self, key: str) -> bool:
        """Say whether ``key`` is there and not read yet."""
        return key in self._left

    def names(self) -> tuple[str, ...]:
        """Return the keys not read yet, in the file's order."""
        return tuple(self._left)

    def named(self) -> Iterator[tuple[str, "Table"]]:
        """Yield every remaining key with its table."""
        for key in self.names():
            yield key, self.table(key)

    def done(self) -> None:
        """Refuse keys that nobody asked for: a typo must not pass for an absent rule."""
        for key in self._left:
            raise self.wrong(key, "不是已知的项目")


def parse(text: str | bytes, name: str) -> Table:
    """Read TOML ``text``; ``name`` is the file's name for the error."""
    try:
        plain = text if isinstance(text, str) else text.decode()
        return Table(tomllib.loads(plain), name)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"数据文件 {name} 不是有效的 UTF-8 TOML 文件：{error}。") from error


def read(name: str) -> Table:
    """Read the package's own data file ``name``, a path relative to ``rules/``."""
    return parse((HERE / name).read_bytes(), f"rules/{name}")
