"""Every case folded again from its facts: what its row should say, and how it came there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import and_, select

from gongkai.doctor.look import REBUILD, Found, Look
from gongkai.office import Office
from gongkai.rectifying import RECTIFICATIONS
from gongkai.requesting import REQUESTS
from gongkai.store import outcomes
from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.store.failures import failure_of
from gongkai.store.records import fact_from
from gongkai.today import date_of
from gongkai.unit import Kind
from workflow.case import Case
from workflow.commands import IssueReply
from workflow.facts import Fact
from workflow.periods import Period
from workflow.rectification import Rectification
from workflow.world import World

#: What a row of a case says besides whose it is.
COLUMNS: Final = tuple(c.name for c in t.cases.c if c.name not in {"agency", "number", "erased_on"})
#: What depends on the day on which it is looked at, where another agency is waited for.
_MOVING: Final = frozenset({"reply_due_on", "provisional"})

_f, _p, _k = t.facts.c, t.personal.c, t.cases.c
_ROWS: Final = (
    select(t.facts, _p.key, _p.sealed, *(c.label(f"of_{c.name}") for c in t.cases.c))
    .select_from(
        t.facts.outerjoin(
            t.personal,
            and_(_p.agency == _f.agency, _p.case_number == _f.case_number, _p.n == _f.n),
        ).outerjoin(t.cases, and_(_k.agency == _f.agency, _k.number == _f.case_number))
    )
    .order_by(_f.agency, _f.case_number, _f.n)
    .execution_options(yield_per=500)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A case as its facts make it, beside the row that is stored of it."""

    agency: str
    number: str
    facts: tuple[Fact, ...]
    case: Case | Rectification
    kind: Kind[Any]
    office: Office
    world: World
    #: The stored row; empty where there is none.
    stored: Mapping[str, Any]
    #: What the row should say.
    row: Mapping[str, Any]
    #: The periods that are stored of it, and those that should be.
    kept: frozenset[Period]
    periods: frozenset[Period]
    #: What is kept of it for the audit, and what should be.
    audited: outcomes.Rows
    outcomes: outcomes.Rows
    #: The case as it was before each reply was issued.
    before: Mapping[int, Case] = field(default_factory=dict)

    @property
    def erased(self) -> bool:
        """Whether its personal data was erased."""
        return self.stored.get("erased_on") is not None

    @property
    def where(self) -> str:
        """Where it is, as it is said."""
        return f"{self.agency} 案件 {self.number}"

    @property
    def differences(self) -> Iterator[tuple[str, Any, Any]]:
        """Yield the columns in which the stored row is not what the facts make: both values."""
        for name in COLUMNS:
            have, want = self.stored.get(name), self.row[name]
            if have != want:
                yield name, have, want


def folded(look: Look) -> Iterator[Folded | Found]:
    """Yield every case with facts, folded; what cannot be folded is found.

    A row without any fact is found where commands, facts and rows are counted.
    """
    rows = look.rows(_ROWS.where(look.of(_f.agency))).mappings()
    for (agency, number), found in groupby(rows, key=itemgetter("agency", "case_number")):
        yield from one_folded(look, agency, number, list(found))


def one_folded(
    look: Look, agency: str, number: str, rows: list[Mapping[str, Any]]
) -> Iterator[Folded | Found]:
    """Fold one case from the rows of its facts."""
    try:
        yield _folded(look, agency, number, rows)
    except Exception as error:
        if failure_of(error):
            raise  # the database does not answer: nothing is known of the case
        said = f"由事实还原不了案件（{type(error).__name__}：{error}）。"
        yield Found(what=said, where=f"{agency} 案件 {number}")


def _folded(look: Look, agency: str, number: str, rows: list[Mapping[str, Any]]) -> Folded:
    facts = tuple(fact_from(look.tx, row) for row in rows)
    stored = {c.name: rows[0][f"of_{c.name}"] for c in t.cases.c}
    kind = kind_of(facts)
    world = look.office.world(agency, look.today)
    case, before = _stepped(kind, facts, world)
    whole = partial(_row, look.office, kind, case, rows[-1]["hash"])
    row = whole(world)
    kept = look.periods.get(Place(agency, number), frozenset())
    running = frozenset(kind.periods(case, look.office, world))
    for day in _days(facts[-1]):
        if all(stored[name] == row[name] for name in _MOVING) and kept == running:
            break
        row = {**row, **whole(world.on(day))}
        running = frozenset(kind.periods(case, look.office, world.on(day)))
    return Folded(
        agency=agency,
        number=number,
        facts=facts,
        case=case,
        kind=kind,
        office=look.office,
        world=world,
        stored=stored if stored["number"] is not None else {},
        row=row,
        kept=kept,
        periods=running,
        audited=look.outcomes.get((agency, number), outcomes.nothing()),
        outcomes=outcomes.rows_of(case, world) if isinstance(case, Case) else outcomes.nothing(),
        before=before,
    )


def kind_of(facts: tuple[Fact, ...]) -> Kind[Any]:
    """Return the kind of case that a registration opens."""
    first = facts[0].kind
    return RECTIFICATIONS if first == "register_rectification" else REQUESTS


def _stepped(
    kind: Kind[Any], facts: tuple[Fact, ...], world: World
) -> tuple[Case | Rectification, Mapping[int, Case]]:
    case: Any = None
    before: dict[int, Case] = {}
    for fact in facts:
        if isinstance(fact.command, IssueReply):
            before[fact.number] = case
        case = kind.after(case, fact, world)
    return case, before


def _row(
    office: Office, kind: Kind[Any], case: Case | Rectification, head: str, world: World
) -> dict[str, Any]:
    return {**kind.row(case, office, world), "head": head}


def _days(last: Fact) -> Iterator[date]:
    """Yield the days of which the row may be: the recording of the last fact, its own date."""
    if last.recorded_at:
        yield date_of(last.recorded_at)
    yield last.on


def rows_replay(one: Folded) -> Iterator[Found]:
    """The row of a case is what its facts make."""
    if not one.stored:
        yield Found(what="有事实，没有案件行。", where=one.where, mend=REBUILD)
        return
    key = (one.case.agency, one.case.number)
    if key != (one.agency, one.number):
        yield Found(what=f"事实写的是 {key[0]} 案件 {key[1]}。", where=one.where)
    for name, have, want in one.differences:
        said = f"案件行的 {name} 是“{have}”，由事实还原为“{want}”。"
        yield Found(what=said, where=one.where, mend=REBUILD)


def rows_of(tx: Transaction, agency: str, number: str) -> list[Mapping[str, Any]]:
    """Return the rows of one case's facts."""
    here = (_f.agency == agency) & (_f.case_number == number)
    return list(tx.execute(_ROWS.where(here)).mappings())
