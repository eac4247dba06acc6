"""区分处理 (37): which passages an outcome lists, and why the rest cannot be given."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rules.words import Ground, Outcome
from workflow.decision import Passage
from workflow.findings import Finding
from workflow.objections import Place, said


def findings_on(place: Place) -> Iterator[Finding]:
    """Yield what is wrong with the passages as a whole, their grounds apart."""
    yield from _SHAPES.get(place.decision.outcome, _no_passages)(place)
    if place.decision.outcome is Outcome.WITHHOLD:
        yield from _inseparable(place)
    yield from _labels_twice(place)


def _no_passages(place: Place) -> Iterator[Finding]:
    if place.decision.passages:
        yield place.block(
            "passages_not_allowed",
            f"答复为{place.decision.outcome.label}，不应列出各部分的公开与否。",
            "请删去各部分；要提供或者拒绝其中内容的，改用予以公开、部分公开或者不予公开。",
            rule="X30",
        )


def _all_given(place: Place) -> Iterator[Finding]:
    if place.decision.withheld:
        yield place.block(
            "disclose_with_withheld",
            "答复为予以公开，却有不予公开的部分。",
            "请改为部分公开（partly_disclose），或者公开该部分。",
            rule="X02",
        )


def _some_given(place: Place) -> Iterator[Finding]:
    if not place.decision.given:
        yield place.block(
            "nothing_given",
            "答复为部分公开，没有列出提供的部分。",
            "请列出提供的部分；没有的，改为不予公开并说明为何不能区分。",
            rule="X02",
        )
    if not place.decision.withheld:
        yield place.block(
            "nothing_withheld",
            "答复为部分公开，没有列出不予公开的部分。",
            "请列出不予公开的部分及其理由；没有的，改为予以公开。",
            rule="X02",
        )


def _none_given(place: Place) -> Iterator[Finding]:
    if not place.decision.passages:
        yield place.block(
            "passages_missing",
            "答复为不予公开，没有列出不予公开的部分。",
            "请逐部分列出，并写明理由和证据；整份为一部分的，列为一部分。",
            rule="X02",
        )
    if place.decision.given:
        yield place.block(
            "withhold_with_given",
            "答复为不予公开，却有提供的部分。",
            "请改为部分公开（partly_disclose）。",
            article="37",
            rule="X02",
        )


def _labels_twice(place: Place) -> Iterator[Finding]:
    labels = Counter(passage.label.strip() for passage in place.decision.passages)
    if any(count > 1 for count in labels.values()):
        yield place.warn(
            "label_twice",
            "有两个部分名称相同，答复中无法分辨。",
            "请给每一部分不同的名称（label）。",
            article="37",
        )


def _inseparable(place: Place) -> Iterator[Finding]:
    if place.decision.separable is None:
        yield place.block(
            "not_separable_missing",
            "全部不予公开，没有认定能否作区分处理。",
            "请逐部分审查；确实不能区分的，写明 separable = false 和原因，能区分的改为部分公开。",
            article="37",
            rule="X02",
        )
    elif place.decision.separable:
        yield place.block(
            "must_be_partly",
            "能够作区分处理，不得全部不予公开。",
            "请改为部分公开（partly_disclose）：提供可以公开的内容，对其余内容说明理由。",
            article="37",
            rule="X02",
        )
    if not said(place.decision.separability_reason):
        yield place.block(
            "separability_reason_missing",
            "全部不予公开，没有说明为何不能作区分处理。",
            "请补充不能区分的原因（separability_reason），或者改为部分公开。",
            article="37",
            rule="X02",
        )
    if place.decision.withheld and all(map(_only_masked, place.decision.withheld)):
        yield place.warn(
            "masking_leaves_rest",
            "全部不予公开，而各部分都只需遮蔽即可保护第三方。",
            "请核对遮蔽以外有无可以提供的内容；有的，改为部分公开。",
            article="37",
            rule="X02",
        )


def _only_masked(passage: Passage) -> bool:
    evidence = passage.evidence
    masked: Mapping[Ground, bool] = {
        Ground.PERSONAL_PRIVACY: evidence.personal_privacy.masking_suffices,
        Ground.THIRD_PARTY_INTEREST: evidence.third_party_interest.masking_suffices,
    }
    return bool(passage.grounds) and all(masked.get(ground, False) for ground in passage.grounds)


_SHAPES: Final[Mapping[Outcome, Callable[[Place], Iterator[Finding]]]] = MappingProxyType(
    {
        Outcome.DISCLOSE: _all_given,
        Outcome.PARTLY_DISCLOSE: _some_given,
        Outcome.WITHHOLD: _none_given,
    }
)
