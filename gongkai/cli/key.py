"""``gongkai key``: the key that seals personal data: changing it, checking it."""

from pathlib import Path

import typer

from gongkai.cli.frame import config_file, say, say_json, tell
from gongkai.cli.texts import t
from gongkai.errors import DONE, REFUSED
from gongkai.people import doer
from gongkai.real import open_office
from gongkai.rotation import Checked, Job
from gongkai.rotation import check as checked
from gongkai.rotation import rotate as rotated
from gongkai.today import today

app = typer.Typer(help=t("加密个人信息的密钥：更换、检查。"), no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))


@app.command(help="更换密钥：全部重新加密；办理不用停，中断后再运行一次即可接着做。")
def rotate(
    by: str = typer.Option(..., help="用户名，或者 角色:姓名（如 head:李）"),
    json: bool = JSON,
) -> None:
    """Change the key; progress goes to stderr."""
    office = open_office(config_file())
    job = Job(
        store=office.store,
        path=Path(office.config.security.key_file),
        folder=office.config.attachments.folder,
        by=doer(office.config, by).said,
        on=today(),
        moment=office.moment(),
    )
    done = rotated(job, lambda n, of: tell(f"重新加密 [{n}/{of}]"))
    if json:
        said = {"to": done.to, "old": list(done.old), "rows": done.rows}
        say_json({**said, "continued": done.continued})
        return
    again = "（接着上次没有完成的更换）" if done.continued else ""
    say(f"密钥已更换{again}：{done.rows}行重新加密，现用密钥 {done.to}。")
    say(f"密钥文件 {job.path} 已经改写：请重新备份它，并重新备份数据库。")
    say("以前的数据库备份仍要用当时的密钥文件才能打开，请与那些备份一同保存、一同销毁。")


@app.command(help="检查：密钥文件能不能打开数据库里的全部加密内容。")
def check(json: bool = JSON) -> None:
    """Exit 0 only where every key in use is there and opens what it sealed."""
    office = open_office(config_file())
    found = checked(office.store)
    if json:
        say_json(
            {
                "ok": found.ok,
                "current": found.current,
                "keys": list(found.keys),
                "rows": found.rows,
                "missing": list(found.missing),
                "wrong": list(found.wrong),
            }
        )
    else:
        _say(found)
    raise typer.Exit(DONE if found.ok else REFUSED)


def _say(found: Checked) -> None:
    for key in sorted({*found.keys, *found.rows}):
        mark = "（现用）" if key == found.current else ""
        say(f"{key}{mark}：{found.rows.get(key, 0)}行")
    if found.missing:
        say(f"密钥文件里没有：{'、'.join(found.missing)}。请恢复备份的密钥文件。")
    if found.wrong:
        say(f"打不开的：{'、'.join(found.wrong)}。密钥文件不是原来的那一份，或者内容被改动过。")
    if len(found.keys) > 1:
        say("上次更换密钥没有完成：请再运行一次 gongkai key rotate。")
    if found.ok:
        say("全部加密内容都有对应的密钥。")
