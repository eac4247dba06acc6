"""``gongkai export``: one case as a file for a court, which verifies itself."""

from pathlib import Path

import typer

from gongkai.cli.case import BY, NUMBER
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.cli.who import actor_of
from gongkai.errors import BadUse
from gongkai.export.making import export as make
from gongkai.kinds import load_any
from gongkai.real import open_office
from gongkai.store.engine import reading
from gongkai.today import today
from workflow.commands import AddNote

app = typer.Typer()


@app.command(help="导出一件案件供法院、复议机关使用：含个人信息明文，带核验程序；导出会被记录。")
def export(
    number: str = NUMBER,
    out: Path = typer.Option(..., help="写到这个 zip 文件；已有的文件不覆盖"),
    by: str = BY,
    reason: str = typer.Option(..., help="导出的理由，如法院的调取函号；不要写个人信息"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Write the file."""
    if not reason.strip():
        raise BadUse("请用 --reason 写明导出的理由。")
    office = open_office(config_file())
    with reading(office.store) as tx:
        case = load_any(tx, office, number, today())
    actor = actor_of(office, case.agency, None, AddNote(text=""), by)
    done = make(office, number, out, by=actor, reason=reason, today=today())
    if json:
        say_json({"out": str(out), "sha256": done.sha256, "head": done.head._asdict()})
        return
    say(f"{out}：{done.files}个文件，链尾第{done.head.seq}项。")
    say(f"压缩包的 SHA-256：{done.sha256}")
    say("请把这个摘要另行告知法院；解压后运行 python3 -I -S verify.py 核验。")
