"""What the audit's words are called."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from gongkai.config import Config
from gongkai.exemption_audit.counting import GROUND, Audit
from gongkai.store.outcomes import NONE, UNSTATED
from rules.load import law_on
from rules.words import Force, Ground, Outcome
from workflow.vocabulary import CloseReason

FIGURES: Final[Mapping[str, str]] = {
    "requests": "申请",
    "given": "予以公开",
    "partly": "部分公开",
    "refused": "不予公开",
    "other": "其他",
    "partly_withheld": "部分不予公开",
    "considered": "考虑后公开",
    "late": "逾期答复",
    "challenged": "复议诉讼",
    "overturned": "结果纠正",
}
DIMENSIONS: Final[Mapping[str, str]] = {
    GROUND: "理由",
    "agency": "机关",
    "officer": "拟稿人",
    "month": "月份",
    "topic": "专题",
}
RATIO: Final = "部分∶全部"
_NOBODY: Final = "—"
_GROUNDS: Final = {
    **{ground.value: ground.label for ground in Ground},
    UNSTATED: "没有写明理由",
    NONE: "没有不予公开的内容",
}
_WAYS: Final = {
    **{outcome.value: outcome.label for outcome in Outcome},
    **{reason.value: reason.label for reason in CloseReason},
}


@dataclass(frozen=True, slots=True)
class Nature:
    """How far a ground binds the agency: once, or more often where the law has changed since."""

    forces: tuple[Force, ...]
    article: str

    @property
    def label(self) -> str:
        """Its name."""
        return "、".join(force.label for force in self.forces)


def way(word: str) -> str:
    """Name a way out besides the grounds."""
    return _WAYS[word]


def ground(word: str) -> str:
    """Name a ground."""
    return _GROUNDS[word]


def natures(found: Audit, until: date) -> dict[str, Nature]:
    """Return for each ground how far it binds: as its cases say, else as the law of ``until``."""
    words = {line.key[0] for line in found.grounds} - {UNSTATED}
    law = law_on(until).grounds if words else {}
    rules = {word: law[Ground(word)] for word in sorted(words)}
    return {
        word: Nature(
            tuple(map(Force, found.forces.get(word, (rule.force.value,)))), rule.article.short
        )
        for word, rule in rules.items()
    }


def value(dimension: str, word: str, config: Config) -> str:
    """Name the value of a dimension."""
    match dimension:
        case "agency":
            return _agency(word, config)
        case "officer":
            agency, _, officer = word.partition("/")
            return f"{_agency(agency, config)} {officer or _NOBODY}"
        case "topic":
            topic = config.policy.topics.get(word)
            return topic.label if topic else word or _NOBODY
        case "month":
            return word
        case _:
            return ground(word)


def _agency(key: str, config: Config) -> str:
    found = config.agencies.get(key)
    return found.name if found else key
