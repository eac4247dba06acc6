"""``gongkai migrate``: brings the database of an older program to this one's tables."""

import typer

from gongkai.cli.frame import config_file, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.config_file import ConfigFile
from gongkai.keeping import Upgraded, upgrade
from gongkai.real import NoDatabase
from gongkai.today import now

app = typer.Typer()


@app.command(help=t("升级数据库的结构（先自动备份）。"))
def migrate(json: bool = typer.Option(False, "--json", help=t("以 JSON 输出"))) -> None:
    """Back up, then migrate in one transaction; run again after any interruption."""
    done = upgrade(config_file(), now())
    if done is None:
        raise NoDatabase("还没有数据库。请先运行 gongkai init。")
    path = str(done.backup.path) if done.backup else None
    if json:
        say_json({"from": done.before, "to": done.after, "backup": path})
    elif path is None:
        say(f"数据库已是最新版本（{done.after}），不需要升级。")
    else:
        say(f"数据库已从 {done.before} 升级到 {done.after}。升级前的备份：{path}")
    _warn(done)


def upgrade_if_old(file: ConfigFile) -> None:
    """Migrate an older database before a command that makes what is missing, and say so."""
    done = upgrade(file, now())
    if done and done.backup:
        tell(f"数据库已从 {done.before} 升级到 {done.after}。升级前的备份：{done.backup.path}")
        _warn(done)


def _warn(done: Upgraded) -> None:
    if done.readable:
        tell(
            "注意：旧版本的数据没有加密，这份备份里能读到个人信息。"
            "请妥善保管，确认升级后的数据无误后删除。"
        )
