"""Text templates, filled strictly: a missing value stops the paper, data is never source."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from jinja2.ext import Extension

from notices.errors import PaperError
from rules.citations import chinese_number

TEMPLATES: Final = Path(__file__).parent / "templates"

#: Around each value and in place of its line ends. Control characters are refused in data, so a
#: value can neither forge these marks nor begin a line of its own.
OPEN: Final = "\x02"
BREAK: Final = "\x03"
CLOSE: Final = "\x04"

#: A line of text whose last word is a tag, and not a line of tags alone.
_ENDS_IN_TAG: Final = re.compile(r"^(?!\s*(?:\{[%#].*?[%#]\}\s*)+$)(.*[^+-])%\}$", re.MULTILINE)

_ALLOWED_CONTROLS: Final = "\t\n\r"
_END_MARKS: Final = "。；，、：,;.: \t\r\n\u3000"


def fill(template: str, *contexts: object) -> str:
    """Return ``template`` filled with the fields of the contexts, values sealed."""
    values = {name: value for context in contexts for name, value in _fields(context)}
    _refuse_unprintable(values)
    try:
        return _environment().get_template(template).render(values)
    except UndefinedError as error:
        raise PaperError(
            "missing_value",
            f"文书模板 {template} 需要的内容没有：{error.message}。",
            mend="请补充案件记录后重试。",
        ) from error


def zh_date(day: date) -> str:
    """Write a date as letters do: 2026年3月2日."""
    return f"{day.year}年{day.month}月{day.day}日"


def bare(text: str) -> str:
    """Return free text without the punctuation at its end: the template sets its own."""
    return text.strip().rstrip(_END_MARKS)


def booked(norm: str) -> str:
    """Return the title of a norm in 《》; a document number in 〔〕 stays as it is."""
    return norm if norm.startswith("《") or "〔" in norm else f"《{norm}》"


def either(names: tuple[str, ...]) -> str:
    """Join the names between which the reader has the choice."""
    return "或者".join(names)


def seal(value: object) -> str:
    """Turn a value into text that cannot be taken for a line of the template."""
    if isinstance(value, StrictUndefined):
        return str(value)  # raises UndefinedError, which names the value
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise PaperError("wrong_value", f"文书中有不能印出的内容：{value!r}。", mend="请检查模板。")
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    return OPEN + text.replace("\n", BREAK) + CLOSE


class LineEnds(Extension):
    """Keeps the line end after a tag behind text: trimming is for lines of tags alone."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:  # noqa: ARG002
        """Mark such tags with the ``+`` that switches trimming off."""
        return _ENDS_IN_TAG.sub(r"\1+%}", source)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - these are letters, not pages; document.py escapes for XML
        finalize=seal,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[LineEnds],
    )
    environment.filters |= {
        "zh_date": zh_date,
        "bare": bare,
        "booked": booked,
        "either": either,
        "han": chinese_number,
    }
    return environment


def _fields(context: object) -> Iterator[tuple[str, object]]:
    if not is_dataclass(context):
        raise TypeError(f"{type(context).__name__} is no context")
    derived = (name for name, made in vars(type(context)).items() if isinstance(made, property))
    names = (*(field.name for field in fields(context)), *derived)
    return ((name, getattr(context, name)) for name in names)


def _refuse_unprintable(values: Mapping[str, object]) -> None:
    for name, value in values.items():
        for path, text in _texts(name, value):
            bad = next((c for c in text if _is_unprintable(c)), None)
            if bad is not None:
                raise PaperError(
                    "unprintable",
                    f"“{path}”中有不能印在文书上的控制字符（U+{ord(bad):04X}）。",
                    mend="请更正该项内容后重试。",
                )


def _is_unprintable(char: str) -> bool:
    control = unicodedata.category(char) in {"Cc", "Cs"} and char not in _ALLOWED_CONTROLS
    return control or char in "\ufffe\uffff"


def _texts(path: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, tuple):
        for number, entry in enumerate(value, start=1):
            yield from _texts(f"{path}[{number}]", entry)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(f"{path}.{field.name}", getattr(value, field.name))
