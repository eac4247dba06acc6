"""``gongkai process``: the step table, for reading and for ``docs/process.md``."""

import typer

from gongkai import process_page
from gongkai.cli import show
from gongkai.cli.frame import say_json
from gongkai.cli.texts import t

app = typer.Typer()


@app.command(help=t("流程：每个状态可办的步骤和条文。"))
def process(
    markdown: bool = typer.Option(False, "--markdown", help="输出 docs/process.md 的内容（含图）"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Print the process."""
    if json:
        say_json(process_page.as_json())
    elif markdown:
        typer.echo(process_page.markdown(), nl=False)
    else:
        columns = ("步骤", "名称", "由谁办理", "从", "到", "依据")
        show.table("", columns, process_page.lines())
