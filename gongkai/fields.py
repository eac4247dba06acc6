"""``key=value`` of the command line into a command: each value is read by the type of its field."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gongkai.acts import KINDS, REGISTERING
from gongkai.errors import BadUse
from gongkai.positions import written
from gongkai.shapes import Mistakes, type_at, unknown_key
from gongkai.story_tables import command
from rules.words import Labelled
from workflow.commands import Command


def command_from(word: str, pairs: Sequence[str]) -> Command:
    """Read a command; :class:`BadUse` says what is wrong with it.

    Texts and words stand as they are; lists, dates, numbers and booleans as in TOML
    (``items=[1,2]``, ``told_on=2020-10-09``, ``grant=true``); ``@FILE`` takes the key of that name
    from a TOML file.
    """
    kind = KINDS.get(word)
    if kind is None or word in REGISTERING:
        raise BadUse(unknown_key(word, [do for do in KINDS if do not in REGISTERING]))
    try:
        return command(kind, dict(_pair(kind, pair) for pair in pairs))
    except Mistakes as mistakes:
        said = (f"{written(m.path)}：{m.message}" for m in mistakes.found)
        raise BadUse("\n".join(said)) from None


def _pair(kind: type[Command], pair: str) -> tuple[str, Any]:
    key, equals, text = pair.partition("=")
    if not equals:
        raise BadUse(f"“{pair}”应为 键=值，如 items=[1] 或者 reason=理由。")
    return key, _from_file(key, Path(text[1:])) if text.startswith("@") else _value(kind, key, text)


def _value(kind: type[Command], key: str, text: str) -> Any:  # noqa: ANN401 - any TOML value
    wanted = type_at(kind, (key,))
    if wanted is str or (isinstance(wanted, type) and issubclass(wanted, Labelled)):
        return text
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _from_file(key: str, file: Path) -> Any:  # noqa: ANN401 - any TOML value
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadUse(f"{file}：读不出来：{error}。") from None
    if key not in table:
        raise BadUse(f"{file}：里面没有“{key}”这个键。")
    return table[key]
