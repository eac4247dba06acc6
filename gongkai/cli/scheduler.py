"""``gongkai scheduler``: wakes the sweep, alone; several may run, on several machines."""

import logging

import typer

from gongkai.cli.frame import config_file, say
from gongkai.cli.texts import t
from gongkai.real import open_office
from gongkai.scheduler import Reopened, build

app = typer.Typer()


@app.command(help=t("定时到期处理；Ctrl-C 停止。"))
def scheduler() -> None:
    """Run until stopped."""
    logging.basicConfig(format="%(asctime)s %(message)s", level=logging.INFO)
    office = open_office(config_file())
    times = "、".join(f"{at:%H:%M}" for at in office.config.scheduler.times)
    say(f"启动时办理一次，此后每天 {times} 各办理一次。")
    build(Reopened(office, config_file), blocking=True).start()
