"""Finding config.toml and reading it as plain data; nothing heavy is imported here."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from gongkai.errors import BAD_USE, Told

DEFAULT: Final = Path(__file__).with_name("default_config.toml")
_PLACES: Final = (Path("config.toml"), Path("/etc/gongkai/config.toml"))
_VARIABLE: Final = "GONGKAI_CONFIG"


class ConfigError(Told):
    """A configuration that cannot be used: file, line, key and what was expected."""

    exit_code = BAD_USE


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration as it is written."""

    path: Path
    text: str
    data: Mapping[str, Any]


def find(asked: Path | None = None) -> Path:
    """Return --config, $GONGKAI_CONFIG, or the first of ./config.toml, /etc, the shipped one."""
    named = asked or (Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            raise ConfigError(f"找不到配置文件 {named}。请核对 --config 或者环境变量 {_VARIABLE}。")
        return named
    return next((place for place in _PLACES if place.is_file()), DEFAULT)


def open_config(asked: Path | None = None) -> ConfigFile:
    """Find and parse the configuration."""
    path = find(asked)
    try:
        text = path.read_text(encoding="utf-8")
        return ConfigFile(path, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}：TOML 语法错误：{error}。") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}：读不出来：{error}。请存为 UTF-8 文本。") from None
