"""The audit counted naively: every fact of every case is read, nothing but facts is trusted.

Written apart from the program's own count, on purpose the long way round.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import select

from gongkai.office import Office
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.records import facts_of
from workflow import commands as c
from workflow.facts import Fact
from workflow.fold import fold
from workflow.records import corrected

Figures = dict[str, list[str]]
LOST = ("revoked", "changed", "declared_unlawful", "ordered_to_act")
GIVES = ("disclose", "already_public", "partly_disclose")


@dataclass
class Seen:
    """What one pass over the facts of a request has seen."""

    number: str
    agency: str
    topics: tuple[str, ...] = ()
    draft: Any = None
    issued: Any = None
    sent: list[tuple[date, str, tuple[Any, ...]]] = field(default_factory=list)
    challenges: list[list[Any]] = field(default_factory=list)
    ended: tuple[date, str] | None = None
    late: bool = False

    @property
    def answered_on(self) -> date | None:
        if self.sent:
            return self.sent[-1][0]
        return self.ended[0] if self.ended else None

    def decisions(self, until: date = date.max) -> dict[int, Any]:
        found: dict[int, Any] = {}
        for day, _, decisions in self.sent:
            if day <= until:
                for decision in decisions:
                    found[decision.item] = decision
        return found


def seen(number: str, agency: str, facts: tuple[Fact, ...], office: Office) -> Seen:
    """Read the facts of one request."""
    one = Seen(number, agency)
    for fact in corrected(facts):
        _look(one, fact)
    case = fold(facts, office.world(agency, date(2026, 11, 20)))
    if case.close_reason and case.closed_on:
        one.ended = (case.closed_on, case.close_reason.value)
    first = next((reply for reply in case.replies if reply.sendings), None)
    one.late = bool(first and first.due_on and first.sendings[0].on > first.due_on)
    return one


def _look(one: Seen, fact: Fact) -> None:
    match fact.command:
        case c.Register() as command:
            one.topics = command.topics
        case c.DraftReply() as command:
            one.draft = (fact.actor.name or fact.actor.role.value, command.decisions)
        case c.IssueReply():
            one.issued = one.draft
        case c.RecallReply():
            one.issued = None
        case c.SendReply():
            one.sent.append((fact.on, *one.issued))
        case c.AnswerOnTheSpot() as command:
            officer = fact.actor.name or fact.actor.role.value
            one.sent.append((fact.on, officer, command.decisions))
        case c.RecordChallenge() as command:
            one.challenges.append([fact.on, command.about == "non_reply", ""])
        case c.RecordChallengeResult() as command:
            one.challenges[command.challenge - 1][2] = command.result.value
        case _:
            pass


def grounds_in(decisions: dict[int, Any], *, disclosed: bool = False) -> set[str]:
    """The grounds named for passages that are kept back (or given), ``unstated`` included."""
    found = set()
    for decision in decisions.values():
        kept = [p for p in decision.passages if p.disclose == disclosed]
        for passage in kept:
            found |= {ground.value for ground in passage.grounds}
        if not disclosed:
            if any(not passage.grounds for passage in kept):
                found.add("unstated")
            if decision.outcome.value == "withhold" and not kept:
                found.add("unstated")
    return found


def outcome_of(one: Seen) -> str:
    answers = [decision.outcome.value for decision in one.decisions().values()]
    if "partly_disclose" in answers:
        return "partly"
    giving = [answer in GIVES for answer in answers]
    if giving and all(giving):
        return "given"
    if any(giving):
        return "partly"
    return "refused" if "withhold" in answers else "other"


def everything(office: Office) -> list[Seen]:
    """Read every request of the database from its facts."""
    with reading(office.store) as tx:
        rows = tx.execute(
            select(t.cases.c.number, t.cases.c.agency).where(t.cases.c.kind == "request")
        ).all()
        return [seen(number, agency, facts_of(tx, number)[1], office) for number, agency in rows]


def attacks(one: Seen) -> list[tuple[set[str], bool]]:
    found = []
    for filed_on, silence, result in one.challenges:
        grounds = set() if silence else grounds_in(one.decisions(until=filed_on))
        found.append((grounds or {"none"}, result in LOST))
    return found


def naive(
    all_seen: Iterable[Seen], since: date, until: date, by: tuple[str, ...]
) -> tuple[dict[tuple[str, ...], Figures], dict[str, list[str]]]:
    """Count the groups, and the ways out besides the grounds; cases in the order of answers."""
    groups: dict[tuple[str, ...], Figures] = defaultdict(lambda: defaultdict(list))
    ways: dict[str, list[str]] = defaultdict(list)
    found = [one for one in all_seen if one.answered_on and since <= one.answered_on <= until]
    for one in sorted(found, key=lambda o: (o.answered_on, o.number)):
        decisions = one.decisions()
        answers = {d.outcome.value for d in decisions.values()}
        if not one.sent and one.ended:
            answers = {one.ended[1]}
        for way in answers - {*GIVES, "withhold"}:
            ways[way].append(one.number)
        for key in _keys(one, by):
            at = by.index("ground") if "ground" in by else None
            _add(groups[key], one, None if at is None else key[at])
    return groups, ways


def _keys(one: Seen, by: tuple[str, ...]) -> list[tuple[str, ...]]:
    assert one.answered_on
    withheld = grounds_in(one.decisions())
    fought = set().union(*(grounds for grounds, _ in attacks(one)))
    every = (withheld or {"none"}) | grounds_in(one.decisions(), disclosed=True) | fought
    officer = one.sent[-1][1] if one.sent else ""
    values = {
        "ground": every,
        "agency": {one.agency},
        "officer": {f"{one.agency}/{officer}"},
        "month": {f"{one.answered_on:%Y-%m}"},
        "topic": set(one.topics) or {""},
    }
    return list(product(*(sorted(values[name]) for name in by)))


def _add(figures: Figures, one: Seen, ground: str | None) -> None:
    withheld, number = grounds_in(one.decisions()), one.number
    weighed = grounds_in(one.decisions(), disclosed=True)
    if ground is None or ground in (withheld or {"none"}):
        figures["requests"].append(number)
        figures[outcome_of(one)].append(number)
        if outcome_of(one) == "partly" and withheld:
            figures["partly_withheld"].append(number)
        if one.late:
            figures["late"].append(number)
    if ground in weighed or (ground is None and weighed):
        figures["considered"].append(number)
    fought = [lost for grounds, lost in attacks(one) if ground is None or ground in grounds]
    if fought:
        figures["challenged"].append(number)
    if any(fought):
        figures["overturned"].append(number)
