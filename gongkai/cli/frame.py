"""What all commands share: options that stand anywhere, plain output, dates, exit codes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import typer

from gongkai.cli.texts import LANGUAGES
from gongkai.config_file import ConfigFile, open_config
from gongkai.errors import BadUse

_VALUED: Final = {"--config": "config", "--lang": "lang"}
_FLAGS: Final = {"--debug": "debug"}
_WEEK: Final = "一二三四五六日"


@dataclass(slots=True)
class Options:
    """The options of every command."""

    config: Path | None = None
    lang: str | None = None
    debug: bool = False


#: The options of this process, set once before a command runs.
options: Final = Options()


def take_options(argv: Sequence[str]) -> list[str]:
    """Take the common options out of a command line, wherever they stand."""
    rest, left = [], list(argv)
    options.config, options.lang, options.debug = None, None, False
    while left:
        word = left.pop(0)
        name, equals, value = word.partition("=")
        if name in _VALUED:
            if not equals and not left:
                raise BadUse(f"{name} 后面缺少值。")
            _set(_VALUED[name], value if equals else left.pop(0))
        elif word in _FLAGS:
            options.debug = True
        else:
            rest.append(word)
    return rest


def _set(name: str, value: str) -> None:
    if name == "lang":
        if value not in LANGUAGES:
            raise BadUse(f"--lang 只能是 {'、'.join(LANGUAGES)}，写的是“{value}”。")
        options.lang = value
    else:
        options.config = Path(value)


def config_file() -> ConfigFile:
    """Open the configuration this process was told to use."""
    return open_config(options.config)


def day(text: str) -> date:
    """Read a date of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"“{text}”不是日期，应为 2020-09-25 这样的形式") from None


def day_text(on: date) -> str:
    """Write a date with its day of the week."""
    return f"{on.isoformat()}（星期{_WEEK[on.weekday()]}）"


def say(text: str = "") -> None:
    """Print a line for the reader."""
    typer.echo(text)


def tell(text: str) -> None:
    """Print a line that is no result (progress, errors) where it disturbs no program."""
    typer.echo(text, err=True)


def say_json(value: Any, *, lines: bool = False) -> None:  # noqa: ANN401 - anything JSON knows
    """Print JSON; ``lines`` puts one object on one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=None if lines else 2))
