"""Reading what is counted: the rows of requests answered in a period, never their facts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, Table, and_, select

from gongkai.exemption_audit.counting import Attack, Request
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.outcomes import UNSTATED


@dataclass(slots=True)
class _Beside:
    """What the rows beside the outcome say of one request."""

    answers: list[str] = field(default_factory=list)
    withheld: set[str] = field(default_factory=set)
    considered: set[str] = field(default_factory=set)
    attacked: defaultdict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    fell: set[int] = field(default_factory=set)
    forces: dict[str, str] = field(default_factory=dict)


def requests(
    tx: Transaction, agencies: Sequence[str], since: date, until: date
) -> Iterator[Request]:
    """Yield the requests of ``agencies`` answered, or ended, from ``since`` to ``until``."""
    for agency in agencies:
        yield from _of_agency(tx, agency, since, until)


def _of_agency(tx: Transaction, agency: str, since: date, until: date) -> Iterator[Request]:
    beside = _beside(tx, agency, since, until)
    o = t.outcomes.c
    columns = (o.case_number, o.answered_on, o.outcome, o.late, o.officer, o.topics)
    wanted = select(*columns).where(*_when(agency, since, until))
    for number, answered_on, outcome, late, officer, topics in tx.execute(wanted):
        own = beside[number]
        yield Request(
            number=number,
            agency=agency,
            answered_on=answered_on,
            outcome=outcome,
            late=late,
            officer=officer,
            topics=tuple(topics.split(",")) if topics else (),
            answers=tuple(own.answers),
            withheld=frozenset(own.withheld),
            considered=frozenset(own.considered),
            attacks=tuple(
                Attack(grounds=frozenset(grounds), overturned=challenge in own.fell)
                for challenge, grounds in own.attacked.items()
            ),
            forces=own.forces,
        )


def _when(agency: str, since: date, until: date) -> tuple[Any, ...]:
    o = t.outcomes.c
    return o.agency == agency, o.answered_on >= since, o.answered_on <= until


def _beside(tx: Transaction, agency: str, since: date, until: date) -> defaultdict[str, _Beside]:
    found: defaultdict[str, _Beside] = defaultdict(_Beside)
    when = _when(agency, since, until)
    i, g, x = t.outcome_items.c, t.outcome_grounds.c, t.outcome_challenges.c
    for number, answer in tx.execute(_joined(t.outcome_items, i.answer).where(*when)):
        found[number].answers.append(answer)
    grounds = _joined(t.outcome_grounds, g.ground, g.withheld, g.force)
    for number, ground, withheld, force in tx.execute(grounds.where(*when)):
        (found[number].withheld if withheld else found[number].considered).add(ground)
        found[number].forces |= {} if ground == UNSTATED else {ground: force}
    challenges = _joined(t.outcome_challenges, x.challenge, x.ground, x.overturned)
    for number, challenge, ground, fell in tx.execute(challenges.where(*when)):
        found[number].attacked[challenge].add(ground)
        found[number].fell |= {challenge} if fell else set()
    return found


def _joined(table: Table, *columns: Any) -> Select[Any]:  # noqa: ANN401 - columns of any type
    o = t.outcomes.c
    same = and_(o.agency == table.c.agency, o.case_number == table.c.case_number)
    return select(o.case_number, *columns).join_from(t.outcomes, table, same)
