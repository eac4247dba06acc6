"""``gongkai notice numbers``: the runs of numbers, and where a run began outside the program."""

from dataclasses import asdict
from typing import Any

import typer

from gongkai.cli import show
from gongkai.cli.frame import config_file, say, say_json
from gongkai.cli.texts import t
from gongkai.config import SERIES
from gongkai.errors import BadUse
from gongkai.office import CASE_SERIES, RECTIFICATION_SERIES
from gongkai.real import open_office
from gongkai.registering import import_highest
from gongkai.store.engine import reading
from gongkai.store.registry import Series, series_rows
from gongkai.today import today

app = typer.Typer(help="文号：各系列用到第几号，年中启用时接续原有文号。", no_args_is_help=True)

JSON = typer.Option(False, "--json", help=t("以 JSON 输出"))
_KNOWN = (CASE_SERIES, RECTIFICATION_SERIES, *SERIES)


@app.command("list", help="各机关、各系列、各年度用到的最大号。")
def list_numbers(
    agency: str = typer.Option("", help="只看这个机关"),
    json: bool = JSON,
) -> None:
    """Print every run of numbers."""
    office = open_office(config_file())
    with reading(office.store) as tx:
        rows = series_rows(tx, agency)
    if json:
        say_json([_as_json(row) for row in rows])
        return
    columns = ("机关", "系列", "年度", "最大号", "其中接续", "本系统编号", "作废")
    show.table("", columns, (_line(row) for row in rows))


def _as_json(row: Series) -> dict[str, Any]:
    return {**asdict(row), "drawn": row.drawn, "next": row.last + 1}


def _line(row: Series) -> tuple[str, ...]:
    counts = (row.year, row.last, row.imported, row.drawn, row.void)
    return (row.agency, row.series, *map(str, counts))


@app.command("import", help="启用以前（或者恢复备份以前）已经用到第几号：本系统从下一号接着编。")
def import_number(
    series: str = typer.Argument(..., help=f"系列：{'、'.join(_KNOWN)}"),
    year: int = typer.Argument(..., min=2008, max=2200, help="年度"),
    n: int = typer.Argument(..., min=1, max=999_999, help="已经用到的最大号"),
    agency: str = typer.Option("", help="机关；只配置了一个机关时可以不写"),
) -> None:
    """Continue a run that began outside, or one of which a restore has lost the last numbers."""
    office = open_office(config_file())
    if series not in _KNOWN:
        raise BadUse(f"没有“{series}”这个系列。可用：{'、'.join(_KNOWN)}。")
    keys = list(office.config.agencies)
    key = agency or (keys[0] if len(keys) == 1 else "")
    if key not in keys:
        said = f"没有“{agency}”这个机关" if agency else "配置了几个机关，请写明是哪一个"
        raise BadUse(f"{said}。用 --agency，可用：{'、'.join(keys)}。")
    import_highest(office, key, series, year, n, on=today())
    say(f"{key} {series} {year}年：下一号是{n + 1}。")
