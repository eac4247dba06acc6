"""Cases on the terminal: timeline, deadlines, findings, papers."""

import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from rich.console import Console
from rich.table import Table

from gongkai.cli.texts import t
from gongkai.store.registry import StoredPaper
from gongkai.timeline import Line
from gongkai.wording import COUNTING, advice, article_text
from workflow.clock import Deadline
from workflow.findings import Finding
from workflow.periods import PeriodKind
from workflow.proof import ProofLine

#: Columns of a pipe or a file, where no terminal says how wide it is.
_WIDE: Final = 150

#: Names of persons may hold brackets and colons: nothing in a text is markup.
console: Final = Console(
    markup=False,
    emoji=False,
    highlight=False,
    width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else _WIDE,
)

#: What came of an action of the sweep.
OUTCOMES: Final = {
    "done": "",
    "superseded": "（已由更近的提醒代替）",
    "lapsed": "（期限已过，不再提醒）",
    "refused": "（未能办理，已提请经办人处理）",
}


def heading(title: str, subtitle: str = "") -> None:
    """Print the title of a case."""
    console.rule(f"{title}　{subtitle}" if subtitle else title, align="left")


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table, unless it is empty."""
    made = Table(title=t(title), title_justify="left", box=None, pad_edge=False)
    for place, column in enumerate(columns, start=1):
        made.add_column(t(column), overflow="fold", no_wrap=place == 1)
    for row in rows:
        made.add_row(*row)
    if made.row_count:
        console.print(made)
        console.print()


def timeline(lines: Iterable[Line]) -> None:
    """Print what happened, and below it why steps were refused."""
    found = list(lines)
    columns = ("", "日期", "步骤", "办理人", "之后的状态", "答复期限")
    table("经过", columns, (_row(line) for line in found))
    for line in found:
        if line.refused:
            said = advice(line.refused.message, line.refused.article, line.refused.mend)
            mark = "" if line.expected else "（意料之外）"
            console.print(
                f"{t('拒绝')}{mark}：第{line.n}步 {line.label}，{line.refused.code}：{said}"
            )
    if any(line.refused for line in found):
        console.print()


def _row(line: Line) -> Sequence[str]:
    state = line.state.label if line.state else "—"
    mark = f"{line.label}（{t('拒绝')}）" if line.refused else line.label
    return (str(line.n), _day(line.on), mark, line.by, state, _day(line.reply_due_on))


def deadlines(found: Iterable[Deadline]) -> None:
    """Print every period that ran, with its article."""
    table(
        "期限",
        ("期限种类", "最后一天", "条文", "办结日", ""),
        (
            (
                PeriodKind(one.kind).label,
                _day(one.due_on) + (f"（{t('暂定')}）" if one.provisional else ""),
                article_text(one.article),
                _day(one.met_on),
                t("超期") if one.met_on and one.met_on > one.due_on else "",
            )
            for one in found
        ),
    )


def proof(lines: Iterable[ProofLine]) -> None:
    """Print the day-by-day proof of the reply deadline."""
    table(
        "逐日说明",
        ("日期", "", "", ""),
        (
            (_day(line.on), t(COUNTING[line.kind]), f"第{line.n}日" if line.n else "", line.why)
            for line in lines
        ),
    )


def findings(found: Iterable[tuple[str, Finding]]) -> None:
    """Print findings, each with the step it was found at."""
    table(
        "审查意见",
        ("步骤", "", "", ""),
        (
            (
                step,
                finding.severity.label,
                _place(finding),
                f"{finding.code}：{advice(finding.message, finding.article, finding.mend)}",
            )
            for step, finding in found
        ),
    )


def _place(finding: Finding) -> str:
    item = f"第{finding.item}项" if finding.item else ""
    return f"{item}{f'“{finding.passage}”' if finding.passage else ''}"


def papers(found: Iterable[tuple[StoredPaper, str]]) -> None:
    """Print the papers, each with the file it was written to."""
    table(
        "文书",
        ("日期", "文书", "文号", "文件"),
        (
            (_day(one.on), one.title + ("（作废）" if one.void_on else ""), one.number or "—", file)
            for one, file in found
        ),
    )


def _day(on: date | None) -> str:
    return on.isoformat() if on else "—"
