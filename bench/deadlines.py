"""What is due, asked of a million running periods; and a sweep of many cases due at once.

``python -m bench.deadlines`` sweeps 10,000 cases once on each database and says how long it took.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from time import perf_counter
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select

from bench.measure import Benchmark, Contender
from bench.nine_steps import office_on
from bench.store import Files, Place, Server
from gongkai.office import Office
from gongkai.requesting import perform
from gongkai.store import deadlines
from gongkai.store import tables as t
from gongkai.store.engine import Store, reading, writing
from gongkai.sweep import sweep
from workflow import commands as c
from workflow.vocabulary import ApplicantKind, Channel, ConsultationKind

#: Running periods; of so many, one is due.
ROWS: Final = 1_000_000
SELDOM: Final = 10_000
#: Cases that are due at once in a round, and in the promise.
CASES: Final = 500
PROMISED: Final = 10_000

_TODAY: Final = date(2020, 10, 21)
_RECEIVED: Final = date(2020, 9, 14)
_DAY: Final = timedelta(days=1)
_CHUNK: Final = 50_000
_d: Final = t.deadlines.c
#: The same question put so that no index answers it.
_SCAN: Final = (
    select(_d.agency, _d.case_number)
    .where(func.coalesce(_d.next_on, date(9999, 1, 1)) <= bindparam("today"))
    .order_by(_d.next_on, _d.agency, _d.case_number)
)


# ── the question ─────────────────────────────────────────────────────────────


def _row(n: int) -> dict[str, Any]:
    due = n % SELDOM == 0
    return {
        "agency": f"agency-{n % 20:02}",
        "case_number": f"某政公申〔2020〕{n}号",
        "kind": "reply",
        "number": 0,
        "due_on": _TODAY + _DAY * (n % 400),
        "article": "33.2",
        "provisional": False,
        "internal": False,
        "next_on": _TODAY - _DAY * (n % 30) if due else _TODAY + _DAY * (n % 400 + 1),
    }


def _filled(place: Place) -> Store:
    store = place.store()
    for start in range(0, ROWS, _CHUNK):
        with writing(store) as tx:
            tx.execute(insert(t.deadlines), [_row(n) for n in range(start, start + _CHUNK)])
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE" if store.dialect == "postgresql" else "ANALYZE")
    return store


def _asked(store: Store) -> None:
    with reading(store) as tx:
        assert len(deadlines.due(tx, _TODAY)) == ROWS // SELDOM


def _scanned(store: Store) -> None:
    with reading(store) as tx:
        assert len(tx.execute(_SCAN, {"today": _TODAY}).all()) == ROWS // SELDOM


def _question(title: str, place: Place) -> Benchmark:
    store = _filled(place)
    place.later(store.close)
    return Benchmark(
        title=title,
        ours=Contender("from the covering index", partial(_asked, store)),
        rivals=(Contender("by reading every row", partial(_scanned, store)),),
        at_least=10,
        aim="5,000 µs",
        note=f"{ROWS:,} running periods, {ROWS // SELDOM} of them due; one transaction each.",
        after=place.close,
    )


def what_is_due_on_sqlite() -> Benchmark:
    """The question of the sweep, of a million rows in a file."""
    return _question("what is due, of 10⁶ periods on SQLite", Files())


def what_is_due_on_postgresql() -> Benchmark:
    """The question of the sweep, of a million rows on a server."""
    return _question("what is due, of 10⁶ periods on PostgreSQL", Server())


# ── many due at once ─────────────────────────────────────────────────────────


def _steps() -> Iterator[tuple[c.Command, date]]:
    """Yield what makes a third party be silent on the day of the sweep."""
    applicant = c.Applicant(kind=ApplicantKind.NATURAL_PERSON, name="王某", address="某村1号")
    yield (
        c.Register(
            agency="fushun-county-office",
            channel=Channel.IN_PERSON,
            applicants=(applicant,),
            items=(c.Item(title="2019年某村征地补偿安置方案"),),
        ),
        _RECEIVED,
    )
    yield c.Accept(), date(2020, 9, 15)
    party = ConsultationKind.THIRD_PARTY
    yield c.StartConsultation(kind=party, party="某公司", items=(1,)), date(2020, 9, 21)
    yield c.RecordConsultationReceipt(consultation=1), date(2020, 9, 23)


def prepared(office: Office, cases: int) -> None:
    """Make cases of which each has a silence to record, and reminders; every second is plainer."""
    steps = tuple(_steps())
    for n in range(cases):
        number = None
        for command, on in steps[: 4 if n % 2 else 2]:
            done = perform(office, number, command, None, on, today=on)
            number = done.case.number


class Sweeps:
    """Sweeps of cases that are due at once, each round on cases that no sweep has seen."""

    def __init__(self, place: Place, cases: int) -> None:
        self._place, self._cases = place, cases
        self._store: Store | None = None

    def renew(self) -> None:
        if self._store:
            self._store.close()
        self._store = self._place.store()
        prepared(office_on(self._store), self._cases)

    def run(self) -> int:
        assert self._store
        done = sweep(office_on(self._store), _TODAY)  # an office that remembers no case
        assert not done.failed
        assert len({deed.place for deed in done.deeds if deed.place.case_number}) == self._cases
        return len(done.deeds)


def _at_once(title: str, place: Place) -> Benchmark:
    sweeps = Sweeps(place, CASES)
    return Benchmark(
        title=title,
        ours=Contender("one case", sweeps.run, CASES, sweeps.renew),
        aim=f"{60_000_000 // PROMISED:,} µs, which is {PROMISED:,} cases in a minute",
        note=(
            f"{CASES} cases due at once, in one sweep: half with a silence to record, all with "
            "reminders; yearly duties of all agencies besides. No case is remembered from before."
        ),
        after=place.close,
    )


def cases_due_at_once_on_sqlite() -> Benchmark:
    """After an outage: everything in one sweep, on a file."""
    return _at_once("cases due at once, swept on SQLite", Files())


def cases_due_at_once_on_postgresql() -> Benchmark:
    """After an outage: everything in one sweep, on a server."""
    return _at_once("cases due at once, swept on PostgreSQL", Server())


def main() -> None:
    """Sweep as many cases as are promised, once on each database."""
    for place in (Files(), Server()):
        sweeps = Sweeps(place, PROMISED)
        sweeps.renew()
        started = perf_counter()
        deeds = sweeps.run()
        seconds = perf_counter() - started
        print(f"{type(place).__name__}: {PROMISED:,} cases, {deeds:,} deeds: {seconds:.1f} s")
        place.close()


if __name__ == "__main__":
    main()
