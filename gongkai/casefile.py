"""The case file: one TOML file in, one story out, or everything that is wrong with the file."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gongkai import positions
from gongkai.config import Config
from gongkai.errors import BAD_USE, Told
from gongkai.positions import Positions
from gongkai.shapes import Mistake, Mistakes, Table, shown
from gongkai.story import Step, Story
from gongkai.story_tables import OPENING, Gathered, day_of, rectification, register, step, top
from workflow.commands import Register
from workflow.rectification import RegisterRectification

_AT_LINE: Final = "at line "


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a file: key path, line, what was expected."""

    path: str
    line: int
    message: str
    #: The same place as the officer counts it: （第4步）.
    counted: str = ""

    def __str__(self) -> str:
        """Return one line for the officer."""
        where = f"{self.path}{self.counted}：" if self.path else ""
        return f"第{self.line}行：{where}{self.message}"


class CaseFileError(Told):
    """A case file that is not well-formed: all faults that were found."""

    exit_code = BAD_USE

    def __init__(self, file: str, faults: tuple[Fault, ...]) -> None:
        self.file, self.faults = file, faults
        super().__init__("\n".join(f"{file} {fault}" for fault in faults))


def open_story(path: Path, config: Config) -> Story:
    """Read a case file; :class:`CaseFileError` lists everything that is wrong with it."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault("", 1, f"读不出来：{error}。请核对文件名，并存为 UTF-8 文本。")
        raise CaseFileError(str(path), (fault,)) from None
    return read_story(text, str(path), config)


def read_story(text: str, name: str, config: Config) -> Story:
    """Read the text of a case file called ``name``."""
    text = text.replace("\r\n", "\n")
    try:
        return _story(tomllib.loads(text), config)
    except tomllib.TOMLDecodeError as error:
        raise CaseFileError(name, (_syntax(error, text),)) from None
    except Mistakes as mistakes:
        lines = positions.positions(text)
        raise CaseFileError(name, tuple(_fault(m, lines) for m in mistakes.found)) from None


def _syntax(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    said = str(error)
    _, found, rest = said.partition(_AT_LINE)
    number = rest.split(",")[0]
    line = int(number) if found and number.isdigit() else text.count("\n") + 1
    what = "日期不存在或者写法不对" if "date" in said else "TOML 语法错误"
    return Fault("", line, f"{what}（{said}）。日期不加引号，文字写在引号里，一行一个键。")


def _fault(mistake: Mistake, lines: Positions) -> Fault:
    path = positions.written(mistake.path)
    return Fault(path, lines.of(mistake.path), mistake.message, _counted(mistake.path))


def _counted(path: positions.Path) -> str:
    """Say a place as the officer counts it."""
    match path:
        case ("steps", int(index), *_):
            return f"（第{index + 1}步）"
        case ("case", "items", int(index), *_):
            return f"（第{index + 1}项）"
    return ""


def _story(data: Table, config: Config) -> Story:
    found = Gathered()
    head = found.run((), lambda: top(data))
    word = "rectification" if "rectification" in data and "case" not in data else "case"
    table = found.run((), lambda: _opening_table(data, word))
    on = found.run((word,), lambda: day_of(table or {})) if table is not None else None
    made = (
        found.run((word,), lambda: _opened(word, table or {}, config))
        if table is not None
        else None
    )
    steps = tuple(_steps(data, found, OPENING[word]))
    found.done()
    assert head and on and made  # noqa: S101, PT018 - done() raises otherwise
    return Story(
        title=head.title, law=head.law, as_of=head.as_of, on=on, register=made, steps=steps
    )


def _opening_table(data: Table, word: str) -> Mapping[str, Any]:
    if all(key in data for key in OPENING):
        raise Mistakes([Mistake(("rectification",), "[case] 和 [rectification] 只能写一个。")])
    table = data.get(word)
    if isinstance(table, Mapping):
        return table
    said = f"缺少 [{word}] 表" if table is None else f"写的是{shown(table)}"
    raise Mistakes([Mistake((word,), f"{said}，应为 [{word}]，写明 agency、channel、on。")])


def _opened(word: str, table: Table, config: Config) -> Register | RegisterRectification:
    if word == "rectification":
        return rectification(table, config.agencies)
    return register(table, config.agencies, config.policy)


def _steps(data: Table, found: Gathered, opened_by: str) -> Iterator[Step]:
    tables = data.get("steps", [])
    if not isinstance(tables, list):
        message = f"应为 [[steps]]（双方括号），写的是{shown(tables)}。"
        found.mistakes.append(Mistake(("steps",), message))
        return
    for index, table in enumerate(tables):
        made = found.run(("steps", index), lambda: step(table, index + 1, opened_by))  # noqa: B023 - run at once
        if made is not None:
            yield made
