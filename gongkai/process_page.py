"""The process page: states, steps and a diagram, all made from the step table."""

from collections.abc import Iterator
from typing import Any

from gongkai.wording import article_text
from workflow.machine import TABLE, Row
from workflow.vocabulary import OPEN, State

_INTRO = """# 办理流程 · The process

<!-- Made from `workflow/machine.py` by `gongkai process --markdown`; a test keeps them equal. -->

一件申请从登记到归档经过的状态，每个状态可以办理的步骤、由谁办理、依据《政府信息公开条例》哪一条。
States of a request from registration to the archive, the steps open in each, who takes them,
and the article behind each.
"""


def steps() -> tuple[tuple[Row, ...], ...]:
    """Return the rows of the table, those of one step with one result together."""
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in TABLE:
        dest = "" if row.source is row.dest else row.dest.value
        groups.setdefault((row.do, dest, row.when), []).append(row)
    return tuple(tuple(rows) for rows in groups.values())


def as_json() -> dict[str, Any]:
    """Return the process for programs."""
    return {
        "states": [{"state": s.value, "label": s.label, "open": s in OPEN} for s in State],
        "steps": [
            {
                "do": row.do,
                "label": row.label,
                "roles": [role.value for role in row.roles],
                "from": row.source.value if row.source else None,
                "to": row.dest.value,
                "article": row.article,
                "when": row.when,
            }
            for row in TABLE
        ],
    }


def lines() -> Iterator[tuple[str, str, str, str, str, str]]:
    """Yield the table for readers: step, name, who, from, to, article."""
    for rows in steps():
        row = rows[0]
        who = "、".join(role.label for role in row.roles)
        when = f"（{row.when}）" if row.when else ""
        yield row.do, row.label, who, _sources(rows), _dest(row) + when, article_text(row.article)


def _sources(rows: tuple[Row, ...]) -> str:
    states = [row.source for row in rows]
    if states == [None]:
        return "新申请"
    if set(states) == set(State):
        return "任何状态"
    if set(states) == OPEN:
        return "未办结的任何状态"
    return "、".join(state.label for state in states if state)


def _dest(row: Row) -> str:
    return "不变" if row.source is row.dest else row.dest.label


def markdown() -> str:
    """Return the page as it stands in ``docs/process.md``."""
    return "\n".join((_INTRO, *_diagram(), *_states(), *_steps(), *_by_state())) + "\n"


def _diagram() -> Iterator[str]:
    yield "## 图 · Diagram\n"
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in State:
        yield f"    {state.value}: {state.label}"
    for (source, dest), labels in _arrows().items():
        yield f"    {source} --> {dest}: {'、'.join(dict.fromkeys(labels))}"
    yield "    archived --> [*]"
    yield "```\n"


def _arrows() -> dict[tuple[str, str], list[str]]:
    """Return the arrows; steps that stay, or lead away from anywhere, would hide the rest."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for row in TABLE:
        if row.source is row.dest or _sources(_together(row)) == "未办结的任何状态":
            continue
        source = row.source.value if row.source else "[*]"
        arrows.setdefault((source, row.dest.value), []).append(row.label)
    return arrows


def _together(row: Row) -> tuple[Row, ...]:
    return tuple(
        other
        for other in TABLE
        if (other.do, other.dest, other.when) == (row.do, row.dest, row.when)
    )


def _states() -> Iterator[str]:
    yield "图中未画出：不改变状态的步骤；从未办结的任何状态都可以办理的撤回、终止、替换内容。\n"
    yield "## 状态 · States\n"
    yield "| 状态 | 名称 | 未办结 |"
    yield "|---|---|---|"
    for state in State:
        yield f"| `{state.value}` | {state.label} | {'是' if state in OPEN else '否'} |"
    yield ""


def _steps() -> Iterator[str]:
    yield "## 步骤 · Steps\n"
    yield "| 步骤 | 名称 | 由谁办理 | 从 | 到 | 依据 |"
    yield "|---|---|---|---|---|---|"
    for do, *rest in lines():
        yield f"| `{do}` | {' | '.join(rest)} |"
    yield ""


def _by_state() -> Iterator[str]:
    yield "## 每个状态可办的步骤 · Steps by state\n"
    yield "| 状态 | 可以办理 |"
    yield "|---|---|"
    for state in State:
        open_here = dict.fromkeys(row.label for row in TABLE if row.source is state)
        yield f"| {state.label} | {'、'.join(open_here)} |"
