"""The audit as programs read it: every figure with the cases it counts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from gongkai.config import Config
from gongkai.exemption_audit import wording
from gongkai.exemption_audit.counting import Audit, Cases, Line

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked: the period, the agencies, the dimensions of the groups."""

    since: date
    until: date
    agencies: tuple[str, ...]
    by: tuple[str, ...] = ()


def as_json(found: Audit, asked: Asked, config: Config) -> Json:
    """Return the audit as JSON."""
    natures = wording.natures(found, asked.until)
    return {
        "from": asked.since.isoformat(),
        "to": asked.until.isoformat(),
        "agencies": list(asked.agencies),
        "by": list(asked.by),
        "total": _line(found.total),
        "grounds": [_ground(line, natures.get(line.key[0])) for line in found.grounds],
        "ways": [
            {"way": word, "label": wording.way(word), **_figure(cases)}
            for word, cases in found.ways.items()
        ],
        "groups": [_group(line, asked, config) for line in found.groups],
    }


def _figure(cases: Cases) -> Json:
    return {"count": len(cases), "cases": list(cases)}


def _line(line: Line) -> Json:
    figures = {word: _figure(cases) for word, cases in line.figures.items()}
    return {**figures, "partial_to_full": line.partial_to_full}


def _ground(line: Line, nature: wording.Nature | None) -> Json:
    (word,) = line.key
    return {
        "ground": word,
        "label": wording.ground(word),
        "force": [force.value for force in nature.forces] if nature else [],
        "force_label": nature.label if nature else "",
        "article": nature.article if nature else "",
        **_line(line),
    }


def _group(line: Line, asked: Asked, config: Config) -> Json:
    key = dict(zip(asked.by, line.key, strict=True))
    label = {name: wording.value(name, word, config) for name, word in key.items()}
    return {"key": key, "label": label, **_line(line)}
