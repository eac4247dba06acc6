"""The short way of writing a passage: one ``ground`` with its evidence beside it."""

from collections.abc import Mapping
from typing import Any, Final

from gongkai.positions import Path
from gongkai.shapes import Mistake, Table, value_at
from rules.words import Ground

_GROUNDS: Final = frozenset(ground.value for ground in Ground)
#: ("decisions", 0, "passages", 1): how long the path of a passage is.
_DEPTH: Final = 4


def unfolded(table: Table) -> tuple[dict[str, Any], list[Mistake]]:
    """Write every passage of a step the long way: ``grounds``, and evidence keyed by ground."""
    raw = dict(table)
    wrong: list[Mistake] = []
    if isinstance(decisions := raw.get("decisions"), list):
        raw["decisions"] = [
            _decision(one, ("decisions", index), wrong) for index, one in enumerate(decisions)
        ]
    return raw, wrong


def _decision(decision: object, path: Path, wrong: list[Mistake]) -> object:
    if not isinstance(decision, Mapping) or not isinstance(decision.get("passages"), list):
        return decision
    passages = enumerate(decision["passages"])
    long = [_passage(one, (*path, "passages", index), wrong) for index, one in passages]
    return {**decision, "passages": long}


def _passage(passage: object, path: Path, wrong: list[Mistake]) -> object:
    if not isinstance(passage, Mapping) or "ground" not in passage:
        return passage
    if "grounds" in passage:
        wrong.append(Mistake((*path, "ground"), "“ground”与“grounds”只能写一个。"))
    long = {key: value for key, value in passage.items() if key not in {"ground", "evidence"}}
    ground = passage["ground"]
    long["grounds"] = [ground]
    if "evidence" in passage and isinstance(ground, str) and ground in _GROUNDS:
        long["evidence"] = {ground: passage["evidence"]}
    return long


def as_written(path: Path, table: Table) -> Path:
    """Return the place that ``path`` of the long way has in the file."""
    inner = path[_DEPTH:]
    passage = value_at(table, path[:_DEPTH])
    if path[:1] != ("decisions",) or not isinstance(passage, Mapping) or "ground" not in passage:
        return path
    match inner:
        case ("grounds", *_):
            return (*path[:_DEPTH], "ground")
        case ("evidence", _, *rest):
            return (*path[:_DEPTH], "evidence", *rest)
    return path
