"""How requests were answered: rows kept beside the facts, so that no audit reads the facts.

The rows follow from the case alone: :func:`rows_of` makes them, :func:`keep` writes them in the
transaction of the step that changes them, :func:`stored` reads them back for the doctor.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from sqlalchemy import delete, insert, select

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.words import Outcome
from workflow.case import Case, Challenge
from workflow.clock import law_of
from workflow.decision import Decision
from workflow.standing import challenged, grounds_of, report_row, sent_replies, standing
from workflow.vocabulary import ChallengeResult
from workflow.world import World

#: The classes of outcomes.
GIVEN: Final = "given"
PARTLY: Final = "partly"
REFUSED: Final = "refused"
OTHER: Final = "other"
#: In the place of a ground: a refusal that names none (history), and where nothing is withheld.
UNSTATED: Final = "unstated"
NONE: Final = "none"

#: 结果纠正: the results in which the agency did not prevail (table four).
OVERTURNED: Final = frozenset(
    {
        ChallengeResult.REVOKED,
        ChallengeResult.CHANGED,
        ChallengeResult.DECLARED_UNLAWFUL,
        ChallengeResult.ORDERED_TO_ACT,
    }
)

Row = dict[str, Any]
#: The rows of a case, by table.
Rows = dict[str, list[Row]]

_TABLES: Final = {
    table.name: table
    for table in (t.outcomes, t.outcome_items, t.outcome_grounds, t.outcome_challenges)
}
_ADDED: Final = {name: Statement(insert(table)) for name, table in _TABLES.items()}


def rows_of(case: Case, world: World) -> Rows:
    """Return what is kept of a case: nothing until it was answered or has ended."""
    sent = sent_replies(case)
    if not sent and not (case.close_reason and case.closed_on):
        return nothing()
    key = {"agency": case.agency, "case_number": case.number}
    decisions = standing(sent)
    made: dict[str, Iterable[Row]] = {
        "outcomes": [_outcome(case, decisions, world)],
        "outcome_items": _items(case, decisions),
        "outcome_grounds": _grounds(case, decisions),
        "outcome_challenges": _challenges(case),
    }
    return {name: [{**key, **row} for row in rows] for name, rows in made.items()}


def _outcome(case: Case, decisions: tuple[Decision, ...], world: World) -> Row:
    sent = sent_replies(case)
    first = sent[0] if sent else None
    due = first.due_on if first else None
    row = report_row(case)
    return {
        "answered_on": sent[-1].sent_on if sent else case.closed_on,
        "first_on": first.sent_on if first else None,
        "due_on": due,
        "late": bool(first and first.in_time is False),
        "provisional": bool(due and world.calendar.is_provisional(due)),
        "outcome": outcome_class(case, decisions),
        "row": row.code if row else "",
        "officer": sent[-1].draft.by.person if sent else "",
        "topics": ",".join(sorted(case.topics)),
        "as_recorded": any(fact.as_recorded for fact in case.facts),
    }


def outcome_class(case: Case, decisions: tuple[Decision, ...]) -> str:
    """Return whether a request was given, partly given, refused, or ended in another way."""
    law = law_of(case)
    gives = [law.outcomes[decision.outcome].gives for decision in decisions]
    answers = {decision.outcome for decision in decisions}
    if Outcome.PARTLY_DISCLOSE in answers or (any(gives) and not all(gives)):
        return PARTLY
    if any(gives):
        return GIVEN
    return REFUSED if Outcome.WITHHOLD in answers else OTHER


def _items(case: Case, decisions: tuple[Decision, ...]) -> Iterator[Row]:
    for decision in decisions:
        yield {"item": decision.item, "answer": decision.outcome.value}
    if not decisions and case.close_reason:
        yield {"item": 0, "answer": case.close_reason.value}


def _grounds(case: Case, decisions: tuple[Decision, ...]) -> Iterator[Row]:
    rules = law_of(case).grounds
    for decision in decisions:
        if _names_no_ground(decision):
            bare = {"item": decision.item, "passage": 0, "ground": UNSTATED}
            yield {**bare, "force": UNSTATED, "withheld": True}
        for place, passage in enumerate(decision.passages, start=1):
            for ground in sorted(set(passage.grounds)):
                row = {"item": decision.item, "passage": place, "ground": ground.value}
                yield {**row, "force": rules[ground].force.value, "withheld": not passage.disclose}


def _names_no_ground(decision: Decision) -> bool:
    """Whether something of an item is kept back without a word of why."""
    bare = any(not passage.grounds for passage in decision.withheld)
    return bare or (decision.outcome is Outcome.WITHHOLD and not decision.withheld)


def _challenges(case: Case) -> Iterator[Row]:
    for challenge in case.challenges:
        result = challenge.result
        row = {
            "challenge": challenge.number,
            "filed_on": challenge.filed_on,
            "result": result.value if result else "",
            "overturned": result in OVERTURNED,
        }
        yield from ({**row, "ground": ground} for ground in sorted(_attacked(case, challenge)))


def _attacked(case: Case, challenge: Challenge) -> set[str]:
    decisions = challenged(case, challenge)
    found = {ground.value for decision in decisions for ground in grounds_of(decision)}
    unstated = any(_names_no_ground(decision) for decision in decisions)
    return found | ({UNSTATED} if unstated else set()) or {NONE}


def keep(tx: Transaction, before: Case | None, case: Case, world: World) -> None:
    """Write the rows of a case where the step from ``before`` has changed them."""
    now = rows_of(case, world)
    if before is None:
        write(tx, now)
    elif (was := rows_of(before, world)) != now:
        if was["outcomes"]:
            forget(tx, case.agency, case.number)
        write(tx, now)


def write(tx: Transaction, rows: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
    """Write the rows of a case that has none."""
    for name, added in _ADDED.items():
        for row in rows[name]:
            tx.run(added, row)


def forget(tx: Transaction, agency: str, number: str) -> None:
    """Take the rows of a case away."""
    for table in _TABLES.values():
        c = table.c
        tx.execute(delete(table).where(c.agency == agency, c.case_number == number))


def every(tx: Transaction, agency: str = "") -> dict[tuple[str, str], Rows]:
    """Return the rows of every case as they are kept, or of one agency's."""
    found: dict[tuple[str, str], Rows] = {}
    for name, table in _TABLES.items():
        wanted = select(table).order_by(*table.primary_key)
        if agency:
            wanted = wanted.where(table.c.agency == agency)
        for row in tx.execute(wanted).mappings():
            case = found.setdefault((row["agency"], row["case_number"]), nothing())
            case[name].append(dict(row))
    return found


def nothing() -> Rows:
    """Return the rows of a case of which nothing is kept."""
    return {name: [] for name in _TABLES}


def stored(tx: Transaction, agency: str, number: str) -> Rows:
    """Return the rows of a case as they are kept."""
    return {name: list(_stored(tx, name, agency, number)) for name in _TABLES}


def _stored(tx: Transaction, name: str, agency: str, number: str) -> Iterator[Row]:
    table = _TABLES[name]
    c = table.c
    wanted = select(table).where(c.agency == agency, c.case_number == number)
    for row in tx.execute(wanted.order_by(*table.primary_key)).mappings():
        yield dict(row)
