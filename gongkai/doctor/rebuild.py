"""Case rows built again from the facts: the difference first, then, when told to, the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import insert, update

from gongkai.doctor.acting import outcomes_follow, sorted_rows
from gongkai.doctor.chains import chain_faults
from gongkai.doctor.folding import COLUMNS, Folded, folded, one_folded, rows_of
from gongkai.doctor.look import Found, Look
from gongkai.errors import REFUSED, Told
from gongkai.office import Office
from gongkai.store import deadlines, outcomes
from gongkai.store import tables as t
from gongkai.store.deadlines import Place, ledger
from gongkai.store.engine import reading, writing
from gongkai.store.journal import Act, acts, record
from gongkai.store.tracing import ERASED, Trouble
from workflow.periods import Period

#: The act that notes it in the chain.
REBUILT: Final = "rebuild"
_PERIODS: Final = "deadlines"
_OUTCOMES: Final = "outcomes"


class NotRebuilt(Told):
    """The facts themselves cannot be trusted."""

    exit_code = REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One column of a case's row that is not what the facts make."""

    agency: str
    case: str
    column: str
    stored: Any
    folded: Any

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        values = {"stored": _plain(self.stored), "folded": _plain(self.folded)}
        return {"agency": self.agency, "case": self.case, "column": self.column, **values}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def differences(office: Office, *, today: date) -> tuple[Difference, ...]:
    """Return every column in which a case's row is not what its facts make."""
    with reading(office.store) as tx:
        look = Look(office=office, tx=tx, today=today)
        return tuple(found for one in folded(look) for found in _differences(one))


def _differences(one: Folded | Found) -> Iterator[Difference]:
    if isinstance(one, Found):
        return
    for column, have, want in one.differences:
        yield Difference(
            agency=one.agency, case=one.number, column=column, stored=have, folded=want
        )
    if one.stored and not one.erased and one.kept != one.periods:
        yield Difference(
            agency=one.agency,
            case=one.number,
            column=_PERIODS,
            stored=_said(one.kept),
            folded=_said(one.periods),
        )

    if next(outcomes_follow(one), None):
        yield Difference(
            agency=one.agency,
            case=one.number,
            column=_OUTCOMES,
            stored=str(sorted_rows(one.audited)),
            folded=str(sorted_rows(one.outcomes)),
        )


def _said(periods: frozenset[Period]) -> str:
    return "、".join(sorted(f"{p.kind.label} {p.due_on}" for p in periods))


def rebuild(office: Office, wanted: tuple[Difference, ...], *, on: date) -> int:
    """Write the rows of the cases that differ, each with a recorded act; return how many.

    Raises :class:`NotRebuilt` where a chain is broken: from altered facts nothing is rebuilt.
    """
    cases = sorted({(one.agency, one.case) for one in wanted})
    with writing(office.store) as tx:
        look = Look(office=office, tx=tx, today=on)
        _refuse_if_broken(look, {agency for agency, _ in cases})
        for agency, number in cases:
            for one in one_folded(look, agency, number, rows_of(tx, agency, number)):
                if isinstance(one, Folded):
                    _written(look, one, on)
    return len(cases)


def _refuse_if_broken(look: Look, agencies: set[str]) -> None:
    broken = [
        fault
        for fault in chain_faults(look)
        if fault.agency in agencies and fault.what is not Trouble.CASE
    ]
    if broken:
        raise NotRebuilt(
            f"没有重建：链上有{len(broken)}处问题（{broken[0]}）。事实本身可能被改动，"
            "不能由它们重建。请先用 gongkai audit verify 查明，或者恢复备份。"
        )


def _written(look: Look, one: Folded, on: date) -> None:
    columns = [found.column for found in _differences(one)]
    if not columns:
        return  # somebody has taken a step in the meantime
    erased_on = one.stored["erased_on"] if one.stored else _erased_on(look, one)
    row = {name: one.row[name] for name in COLUMNS}
    if one.stored:
        k = t.cases.c
        here = (k.agency == one.agency) & (k.number == one.number)
        look.tx.execute(update(t.cases).where(here).values(row))
    else:
        key = {"agency": one.agency, "number": one.number, "erased_on": erased_on}
        look.tx.execute(insert(t.cases).values({**key, **row}))
    if erased_on is None:  # what is kept of it was made from what is no longer there
        _write_caches(look, one)
    act = Act(
        agency=one.agency,
        kind=REBUILT,
        on=on,
        said={"columns": columns},
        case_number=one.number,
        recorded_at=look.office.moment(),
    )
    record(look.tx, act)


def _write_caches(look: Look, one: Folded) -> None:
    place = Place(one.agency, one.number)
    deadlines.sync(look.tx, place, one.periods, look.office.calendar, ledger(look.tx, place))
    outcomes.forget(look.tx, one.agency, one.number)
    outcomes.write(look.tx, one.outcomes)


def _erased_on(look: Look, one: Folded) -> date | None:
    """Return when the personal data of a case was erased; its row is gone, the act is not."""
    found = acts(look.tx, agency=one.agency, kind=ERASED, case=one.number)
    return next((act.on for act in found), None)
