"""``gongkai restore``: puts a backup in the place of the database."""

from pathlib import Path
from typing import Any

import typer

from gongkai import anchors
from gongkai.backup_file import BadBackup, is_sealed
from gongkai.cli.backup import passphrase
from gongkai.cli.frame import config_file, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.config_file import ConfigFile
from gongkai.errors import DONE, REFUSED
from gongkai.keeping import source_of
from gongkai.real import settled
from gongkai.restoring import Restored
from gongkai.restoring import restore as put_back
from gongkai.store.keys import KeyRing
from gongkai.today import now

app = typer.Typer()


@app.command(help=t("用备份恢复数据库。"))
def restore(
    file: Path = typer.Argument(..., help="备份文件"),
    anchor: Path | None = typer.Option(None, help="锚点文件；不写则用配置的"),
    replace: bool = typer.Option(False, "--replace", help="代替已有的数据库（改名保留）"),
    passphrase_file: Path | None = typer.Option(None, help="口令所在的文件（取第一行）"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Prove the backup, put it in place, and say what has been lost since it was made."""
    opened = config_file()
    if not file.is_file():
        raise BadBackup(f"没有备份文件 {file}。")
    known = _anchor(opened, anchor)
    phrase = passphrase(passphrase_file, twice=False) if is_sealed(file) else ""
    source = source_of(opened, now(), KeyRing.ephemeral())  # its own are read with the backup
    done = put_back(source, file, passphrase=phrase, replace_live=replace)
    lost = done.lost(known)
    if json:
        say_json(_as_json(done, lost))
    else:
        say(f"已恢复 {done.manifest['made_at']} 的备份。")
    _tell(done, lost, anchored=known is not None)
    raise typer.Exit(REFUSED if lost or done.faults else DONE)


def _anchor(file: ConfigFile, asked: Path | None) -> Path | None:
    """Return the file of anchors; one that was asked for must be readable before anything else."""
    place = asked or Path(settled(file)[0].audit.anchors)
    if asked is None and not place.exists():
        return None
    anchors.read(place)
    return place


def _as_json(done: Restored, lost: list[str]) -> dict[str, Any]:
    return {
        "restored": dict(done.manifest),
        "aside": done.aside or None,
        "lost": lost,
        "faults": list(done.faults),
    }


def _tell(done: Restored, lost: list[str], *, anchored: bool) -> None:
    if done.aside:
        tell(f"原来的数据库改名保留：{done.aside}")
    if not anchored:
        tell("没有锚点文件，不能核对备份之后还办过什么。")
    for line in lost:
        tell(f"缺少：{line}")
    for fault in done.faults:
        tell(f"数据有问题：{fault}")
    tell(
        "所有登录已失效；对外发送已暂停：用 gongkai outbox list 核对还有什么没有发出，"
        "再用 gongkai outbox resume 恢复。"
    )
