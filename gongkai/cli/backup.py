"""``gongkai backup``: a proven copy of the database while others work."""

import os
from pathlib import Path
from typing import Final

import typer

from gongkai.backup import make_backup
from gongkai.cli.frame import config_file, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.config import Config
from gongkai.config_file import ConfigFile
from gongkai.errors import DONE, REFUSED, BadUse
from gongkai.keeping import source_of, version_of
from gongkai.real import NoDatabase, settled
from gongkai.store import schema
from gongkai.today import now

app = typer.Typer()

_VARIABLE: Final = "GONGKAI_BACKUP_PASSPHRASE"
#: A first line that is longer is no passphrase but the wrong file.
_LONGEST: Final = 4096


@app.command(help=t("备份数据库（在线、一致、经过核对）。"))
def backup(
    file: Path = typer.Argument(..., help="备份写到这个文件；已有的文件不会覆盖"),
    encrypt: bool = typer.Option(False, "--encrypt", help="用口令加密"),
    passphrase_file: Path | None = typer.Option(None, help="口令所在的文件（取第一行）"),
    with_keys: bool = typer.Option(False, "--with-keys", help="连同密钥文件（必须加密）"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Write, read back and examine; a backup of a faulty database is kept, and the faults told."""
    opened = config_file()
    _refuse_none(opened)
    phrase = passphrase(passphrase_file, twice=True) if encrypt else ""
    made = make_backup(source_of(opened, now()), file, passphrase=phrase, with_keys=with_keys)
    if json:
        say_json({"file": str(made.path), **made.manifest})
    else:
        rows = sum(made.manifest["tables"].values())
        say(f"备份完成：{made.path}（版本 {made.manifest['schema']}，{rows}行，已读回核对）")
    for fault in made.faults:
        tell(f"数据有问题：{fault}")
    config, _ = settled(opened)
    tell(_about_keys(config, with_keys=with_keys))
    raise typer.Exit(REFUSED if made.faults else DONE)


def _about_keys(config: Config, *, with_keys: bool) -> str:
    if with_keys:
        return "备份里有密钥文件：请把口令与备份分开保管，丢失口令就打不开。"
    return (
        f"备份里没有密钥文件：请把 {config.security.key_file} 另行备份，并与本备份分开保管。"
        "没有它，个人信息和文书打不开。"
    )


def _refuse_none(file: ConfigFile) -> None:
    found = version_of(settled(file)[0])
    if found is None:
        raise NoDatabase("还没有数据库，没有可以备份的。请先运行 gongkai init。")
    schema.refuse_other(found)


def passphrase(file: Path | None, *, twice: bool) -> str:
    """Return the passphrase: from a file, the environment, or asked for."""
    if file is not None:
        try:
            with file.open(encoding="utf-8") as lines:
                said = lines.readline(_LONGEST).rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadUse(f"口令文件 {file} 读不了：{error}。") from None
    else:
        said = os.environ.get(_VARIABLE, "")
        said = said or typer.prompt("口令", hide_input=True, confirmation_prompt=twice)
    if not said:
        raise BadUse("口令是空的。")
    return said
