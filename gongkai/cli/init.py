"""``gongkai init``: makes the database and says what next."""

import typer

from gongkai.cli.frame import config_file, say
from gongkai.cli.migrate import upgrade_if_old
from gongkai.cli.texts import t
from gongkai.real import database_file, open_office, unprotected

app = typer.Typer()


@app.command(help=t("建立数据库。"))
def init() -> None:
    """Make what is missing; what is there stays."""
    file = config_file()
    upgrade_if_old(file)
    office = open_office(file, make=True)
    say(f"数据库：{database_file(office.config) or office.store.engine.url}")
    if unprotected(office):
        say(
            "注意：没有配置 owner_url，程序的用户就是表的所有者：事实的修改和删除只由触发器阻止，"
            "少一道权限保护。见 docs/decisions/0011-two-databases.md。"
        )
    say(
        f"配置：{file.path}（{len(office.config.agencies)}个机关，{len(office.config.people)}名人员）"
    )
    settled = office.calendar.settled_until
    say(f"工作日历：{office.calendar.first} 至 {settled} 已公布，至 {office.calendar.last} 为暂定")
    say("下一步：gongkai demo 看样例；gongkai case list 看案件；gongkai process 看流程。")
