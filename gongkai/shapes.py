"""Plain data (TOML) into frozen dataclasses: every key known, every value of its exact type.

Pydantic does the reading. It bends values where TOML needs no bending ("5" for 5, true for 1), so
every value is also held against the exact type of its place.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import TypeAdapter, ValidationError

from gongkai.positions import Path
from rules.words import Labelled

T = TypeVar("T")

#: Keys that the file has beside the fields of a dataclass, by its name.
Extra = Mapping[str, tuple[str, ...]]
#: A table as TOML gives it.
Table = Mapping[str, Any]

_NAMES: Final[dict[type, str]] = {
    str: "文字（写在引号里）",
    int: "整数（不加引号）",
    bool: "true 或者 false（不加引号）",
    dt.date: "日期（不加引号，如 2020-09-11）",
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong at one place of a file, and what was expected there."""

    path: Path
    message: str


class Mistakes(Exception):
    """All the mistakes that were found, in the order of the file."""

    def __init__(self, found: Sequence[Mistake]) -> None:
        self.found = tuple(found)
        super().__init__("；".join(mistake.message for mistake in found))


def adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a type, or a form such as int | None
    """Return pydantic's reader of a type, made once."""
    return _adapter(kind)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - as above
    return TypeAdapter(kind)


def read(kind: type[T], raw: object, *, extra: Extra | None = None) -> T:
    """Read ``raw`` as ``kind``; :class:`Mistakes` names every place that is wrong."""
    loose = {path: Mistake(path, _expected(kind, path, raw)) for path in _loose(kind, raw)}
    try:
        made: T = adapter(kind).validate_python(raw)
    except ValidationError as error:
        wrong = [_mistake(kind, raw, e["loc"], e["type"], extra or {}) for e in error.errors()]
        raise Mistakes([*wrong, *_besides(loose, wrong)]) from None
    typed = [Mistake((key,), unknown_key(key, names(kind, extra))) for key in _filled_in(kind, raw)]
    if loose or typed:
        raise Mistakes([*loose.values(), *typed])
    return made


def _filled_in(kind: Any, raw: object) -> list[str]:  # noqa: ANN401 - as adapter
    """Return the keys in ``raw`` that only the program itself may fill in."""
    given = raw if is_dataclass(kind) and isinstance(raw, Mapping) else {}
    return [name for name in given if name not in names(kind)]


def _besides(loose: Mapping[Path, Mistake], known: Sequence[Mistake]) -> list[Mistake]:
    said = {mistake.path for mistake in known}
    return [mistake for path, mistake in loose.items() if path not in said]


def _mistake(kind: type, raw: object, loc: Path, error: str, extra: Extra) -> Mistake:
    if error == "missing":
        return Mistake(loc, f"缺少必填的键“{loc[-1]}”，应为{describe(type_at(kind, loc))}。")
    if error == "unexpected_keyword_argument":
        owner = without_none(type_at(kind, loc[:-1]))
        return Mistake(loc, unknown_key(str(loc[-1]), names(owner, extra)))
    return Mistake(loc, _expected(kind, loc, raw))


def unknown_key(key: str, known: Sequence[str]) -> str:
    """Say that a key is not known, and which one may have been meant."""
    close = get_close_matches(key, known, n=1)
    meant = f"是否应为“{close[0]}”？" if close else ""
    return f"没有“{key}”这个键。{meant}可用的键：{'、'.join(known) or '无'}。"


def names(kind: Any, extra: Extra | None = None) -> tuple[str, ...]:  # noqa: ANN401 - as adapter
    """Return the keys a table of this kind may have."""
    if not is_dataclass(kind):
        return ()
    assert isinstance(kind, type)  # noqa: S101 - for the type checker: never an instance
    typed = (field.name for field in fields(kind) if not field.metadata.get("filled_in"))
    return (*typed, *(extra or {}).get(kind.__name__, ()))


def _expected(kind: type, path: Path, raw: object) -> str:
    wanted = type_at(kind, path)
    value = value_at(raw, path)
    if isinstance(value, str) and (words := _words(without_none(wanted))):
        close = get_close_matches(value, [word.split("（")[0] for word in words], n=1)
        meant = f"是否应为“{close[0]}”？" if close else ""
        return f"“{value}”不在可用的词中。{meant}可用：{'、'.join(words)}。"
    return f"应为{describe(wanted)}，写的是{shown(value)}。"


_SHOWN: Final[tuple[tuple[type | tuple[type, ...], str], ...]] = (
    (str, "文字“{}”"),
    (dt.datetime, "日期时间 {}"),
    (dt.date, "日期 {}"),
    ((int, float), "数字 {}"),
    (dict, "一个表"),
    ((list, tuple), "一个列表"),
)


def shown(value: object) -> str:
    """Show a value as it was written, with its kind."""
    if isinstance(value, bool):
        return "true" if value else "false"
    found = (form for kinds, form in _SHOWN if isinstance(value, kinds))
    return next(found, "别的内容").format(value)


def describe(kind: Any) -> str:  # noqa: ANN401 - as adapter
    """Say in Chinese what may stand where ``kind`` is expected."""
    plain = without_none(kind)
    if words := _words(plain):
        return "以下之一：" + "、".join(words)
    if get_origin(plain) is tuple:
        return f"列表，各项为{describe(get_args(plain)[0])}"
    if is_dataclass(plain) or get_origin(plain) is dict:
        return "一个表"
    return _NAMES.get(plain, str(plain))


def _words(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - as adapter
    if get_origin(kind) is Literal:
        return tuple(str(arg) for arg in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, Labelled):
        return tuple(f"{member.value}（{member.label}）" for member in kind)
    return ()


def without_none(kind: Any) -> Any:  # noqa: ANN401 - as adapter
    """Take ``None`` out of ``X | None``."""
    if get_origin(kind) in {Union, UnionType}:
        return next(arg for arg in get_args(kind) if arg is not NoneType)
    return kind


@cache
def hints(kind: type) -> Mapping[str, Any]:
    """Return the types of a dataclass's fields."""
    return get_type_hints(kind)


def type_at(kind: Any, path: Path) -> Any:  # noqa: ANN401 - as adapter
    """Return the type that stands at ``path`` inside ``kind``; ``object`` where nothing does."""
    for part in path:
        plain = without_none(kind)
        if is_dataclass(plain) and isinstance(plain, type):
            kind = hints(plain).get(str(part), object)
        elif args := get_args(plain):
            kind = args[0] if get_origin(plain) is tuple else args[-1]
        else:
            return object
    return kind


def value_at(raw: Any, path: Path) -> object:  # noqa: ANN401 - TOML holds anything
    """Return what was written at ``path``."""
    for part in path:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return None
    return raw


def _loose(kind: Any, raw: object, path: Path = ()) -> Iterator[Path]:  # noqa: ANN401 - as adapter
    """Yield the values that pydantic would bend into shape: not exactly of the type wanted."""
    plain = without_none(kind)
    match raw:
        case Mapping():
            for key, value in raw.items():
                yield from _loose(type_at(plain, (key,)), value, (*path, key))
        case list() | tuple():
            for index, value in enumerate(raw):
                yield from _loose(type_at(plain, (index,)), value, (*path, index))
        case _ if plain in _NAMES and type(raw) is not plain:
            yield path
