"""What may stand in a text: anything a reader can see, so that every paper can print it."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final

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
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name), field.name)
