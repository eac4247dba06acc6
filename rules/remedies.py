"""救济: what the applicant may do against a paper, by the date printed on it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from rules.citations import Citation
from rules.errors import LawError
from rules.norms import cite_norm
from rules.reader import Table, read
from rules.words import AgencyKind, Outcome, RemedyClass


@dataclass(frozen=True, slots=True)
class AnswerTerms:
    """Days the agency has to answer a challenge, from receipt of the copy.

    ``reconsideration`` and ``simple`` are working days where ``in_working_days``, else
    calendar days; ``litigation`` is always calendar days.
    """

    reconsideration: int
    simple: int
    in_working_days: bool
    litigation: int


@dataclass(frozen=True, slots=True, eq=False)
class RemedyRegime:
    """The remedies of one period.

    Terms run from delivery: ``review_days`` calendar days to file for reconsideration,
    ``suit_months`` months to sue directly, ``suit_after_review_days`` calendar days to sue after
    reconsideration. ``review_first_since`` is the day from which refusals must go to
    reconsideration first, None where they need not. ``scope_settled`` is False while no judicial
    text says which answers are refusals. ``review_bodies`` describes the body by kind of agency;
    its name is the agency's own dated configuration. ``cites`` names the article of each point.
    ``suits`` says under which item of the court's reading an answer can be sued directly;
    ``reported_not_accepted`` are answers that courts are said to turn away. That list is not
    verified and changes no letter: whether a suit is heard is for the court to say.
    """

    name: str
    since: date
    review_first_since: date | None
    review_first: frozenset[Outcome]
    review_days: int
    suit_months: int
    suit_after_review_days: int
    electronic_needs_online_channel: bool
    may_choose_superior_department: bool
    scope_settled: bool
    answers: AnswerTerms
    review_bodies: Mapping[AgencyKind, str]
    citations: Mapping[str, Citation]
    suits: Mapping[Outcome, Citation]
    reported_not_accepted: frozenset[Outcome]


def remedy_class(outcome: Outcome, on: date) -> RemedyClass:
    """Return the class of the remedy paragraph for ``outcome`` in a paper dated ``on``.

    Before 2024-01-01 reconsideration or suit, freely; from then refusals under articles 14 to
    16, whole or in part, go to reconsideration first (行政复议法 23(1)(4)). Raises LawError
    before 2019-05-15.
    """
    first = outcome in regime_on(on).review_first
    return RemedyClass.REVIEW_FIRST if first else RemedyClass.OPTIONAL


def regime_on(on: date) -> RemedyRegime:
    """Return the remedies for a paper dated ``on``; LawError before 2019-05-15."""
    for regime in reversed(_regimes()):
        if regime.since <= on:
            return regime
    first = _regimes()[0].since
    raise LawError(
        f"{on}的文书不在本系统办理范围：现行条例自{first}起施行。", "请按当时的规定告知救济途径。"
    )


def not_alone(act: str, on: date) -> Citation | None:
    """Return what says that ``act`` ("fee" or "procedural") cannot be challenged on its own.

    None while no text says so; papers about such acts carry no remedies on any day.
    """
    return _since(_data().not_alone[act], on)


def own_defendant(on: date) -> Citation | None:
    """Return what makes an office that answers in its own name the defendant (法释〔2021〕5号 6).

    None before 2021-04-01, when suits went against the government that set it up.
    """
    return _since(_data().own_name, on)


@dataclass(frozen=True, slots=True)
class _Dated:
    since: date
    citation: Citation


@dataclass(frozen=True, slots=True)
class _Data:
    regimes: tuple[RemedyRegime, ...]
    not_alone: Mapping[str, _Dated]
    own_name: _Dated


def _since(entry: _Dated, on: date) -> Citation | None:
    return entry.citation if entry.since <= on else None


def _regimes() -> tuple[RemedyRegime, ...]:
    return _data().regimes


@cache
def _data() -> _Data:
    table = read("remedies.toml")
    alone = {one.need("act", str): _dated(one) for one in table.tables("not_alone")}
    own_name = _dated(table.table("own_name"))
    found: list[RemedyRegime] = []
    for one in table.tables("regimes"):
        found.append(_regime(one, found[-1].review_first_since if found else None))
    table.done()
    return _Data(tuple(found), MappingProxyType(alone), own_name)


def _dated(table: Table) -> _Dated:
    since = table.need("from", date)
    dated = _Dated(since, _place(table.need("cites", str), since))
    table.done()
    return dated


def _place(name: str, on: date) -> Citation:
    key, _, point = name.partition(".")
    return cite_norm(key, point, on)


def _outcomes(table: Table, key: str) -> frozenset[Outcome]:
    return frozenset(Outcome(value) for value in table.each(key, str))


def _regime(table: Table, first_since: date | None) -> RemedyRegime:
    since = table.need("from", date)
    first = _outcomes(table, "review_first")
    regime = RemedyRegime(
        name=table.need("name", str),
        since=since,
        review_first_since=(first_since or since) if first else None,
        review_first=first,
        review_days=table.need("review_days", int),
        suit_months=table.need("suit_months", int),
        suit_after_review_days=table.need("suit_after_review_days", int),
        electronic_needs_online_channel=table.need("electronic_needs_online_channel", bool),
        may_choose_superior_department=table.need("may_choose_superior_department", bool),
        scope_settled=table.need("scope_settled", bool),
        answers=_answers(table.table("answers")),
        review_bodies=_bodies(table.table("review_bodies")),
        citations=_cited(table.table("cites"), since),
        suits=_suits(table, since),
        reported_not_accepted=_reported(table),
    )
    table.done()
    return regime


def _answers(table: Table) -> AnswerTerms:
    terms = AnswerTerms(
        reconsideration=table.need("reconsideration", int),
        simple=table.need("simple", int),
        in_working_days=table.need("reconsideration_unit", str) == "working_day",
        litigation=table.need("litigation", int),
    )
    table.done()
    return terms


def _bodies(table: Table) -> Mapping[AgencyKind, str]:
    bodies = {kind: table.need(kind.value, str) for kind in AgencyKind}
    table.done()
    return MappingProxyType(bodies)


def _cited(table: Table, on: date) -> Mapping[str, Citation]:
    return MappingProxyType({name: _place(table.need(name, str), on) for name in table.names()})


def _suits(table: Table, on: date) -> Mapping[Outcome, Citation]:
    found: dict[Outcome, Citation] = {}
    for one in table.tables("suits"):
        place = _place(one.need("cites", str), on)
        found |= dict.fromkeys(_outcomes(one, "outcomes"), place)
        one.done()
    return MappingProxyType(found)


def _reported(table: Table) -> frozenset[Outcome]:
    if not table.has("reported_not_accepted"):
        return frozenset()
    reported = table.table("reported_not_accepted")
    reported.need("source", str)
    found = _outcomes(reported, "outcomes")
    reported.done()
    return found
