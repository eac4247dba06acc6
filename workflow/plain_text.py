"""What may stand in a text: anything a reader can see, so that every paper can print it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Final

from workflow.commands import Command
from workflow.errors import Refused

#: Control characters (line breaks and tabs are text), surrogates, non-characters, and the marks
#: that turn the direction of writing around.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def refuse_unseen(command: Command) -> None:
    """Refuse a command with characters nobody can see; nothing is dropped silently."""
    for name, text in _texts(command, ""):
        refuse_unseen_in(name, text)


def refuse_unseen_in(name: str, text: str) -> None:
    """Refuse one such text; ``name`` is what it is."""
    if found := _UNSEEN.search(text):
        raise Refused(
            code="unprintable",
            message=f"“{name}”中有看不见的字符（U+{ord(found.group()):04X}），不能写入文书。",
            article="45",
            mend="请删去这个字符（多半是复制粘贴带来的）后重新填写。",
        )


def _texts(value: object, name: str) -> Iterator[tuple[str, str]]:
    """Yield every text inside ``value`` with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part, name)
    else:
        kind: Any = type(value)
        for own in _names_of(kind):
            yield from _texts(getattr(value, own), own)


@cache
def _names_of(kind: Any) -> tuple[str, ...]:  # noqa: ANN401 - a type
    """Return the names of a dataclass's fields; anything else has none."""
    return tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
