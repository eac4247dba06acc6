"""Many days of an office: people act, clocks jump, sweeps come late, at once, and are killed."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import select

from gongkai import rectifying, requesting
from gongkai.doctor import check_invariants
from gongkai.office import Office
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.outbox import Channel, Message
from gongkai.store.records import facts_of
from gongkai.sweep import Deed, guard
from gongkai.today import Reading
from rules.errors import RuleError
from tests.simulation import model
from tests.simulation.clockwork import Clockwork
from tests.simulation.doomed import Doomed
from tests.simulation.model import Asked, Line, Model, Recorded, Swept, Told
from tests.simulation.people import People, Step
from tests.simulation.periods import Due
from tests.simulation.sweepers import at_once
from workflow.case import Case
from workflow.errors import Refused
from workflow.rectification import Rectification, RectificationState
from workflow.vocabulary import Role, State

_DAY: Final = timedelta(days=1)
_BEGIN: Final = date(2020, 3, 2)
_MOST_DOWN: Final = 60
#: Sweeps are killed before statements so far apart, and of so many; busy sweeps have that many.
_STRIDE: Final = 28
_DEEPEST: Final = 211
#: Where little happens any more.
_ENDED: Final = (State.CLOSED, State.ARCHIVED)


@dataclass
class Tally:
    """What came about: a simulation in which nothing happens shows nothing."""

    sweeps: int = 0
    held: int = 0
    kills: int = 0
    #: Before how many different statements a sweep was killed.
    places: set[int] = field(default_factory=set)
    longest_down: int = 0
    most_at_once: int = 0


@dataclass
class Life:
    """One office through many days."""

    office: Office
    seed: int
    days: int = 400
    cases: int = 30
    journal: list[model.Event] = field(default_factory=list)
    deeds: list[Deed] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def last(self) -> date:
        """The last day."""
        return _BEGIN + _DAY * self.days

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311 - a test that can be repeated
        self.people = People(Random(self.seed + 1))  # noqa: S311 - as above
        self.clock = Clockwork(Random(self.seed + 2))  # noqa: S311 - as above
        self.known: list[Case | Rectification] = []
        self.pace: dict[str, float] = {}
        self._next_kill = 1
        self._wanted: Model | None = None
        self._seen = 0

    def run(self) -> None:
        """Live all the days; look at everything now and then, and at the end."""
        url = self.office.store.engine.url.render_as_string(hide_password=False)
        with closing(Doomed(url, self.office.store.keys)) as doomed:
            self._live(doomed)

    def _live(self, doomed: Doomed) -> None:
        wait = 0
        for n in range(self.days):
            day = _BEGIN + _DAY * n
            self._work(day)
            if wait:
                wait -= 1
                continue
            self._sweep(day, doomed)
            if self.tally.sweeps % 10 == 0:
                self.look(day)
            wait = self._down(day)
        self._put_right(self.last)
        self._sweep(self.last, doomed)

    def _down(self, day: date) -> int:
        """Return for how many days no sweep comes; the machine may be started again, or jump."""
        long = self.random.random() < 1 / 16
        wait = self.random.randint(8, _MOST_DOWN) if long else self.random.choice((0, 0, 1, 2, 4))
        self.tally.longest_down = max(self.tally.longest_down, wait)
        if self.clock.doubt:
            if self.random.random() < 1 / 3:
                self._put_right(day)
        elif long and self.random.random() < 1 / 2:
            self.clock.restart(day + _DAY)
            wait += 1
        elif self.random.random() < 1 / 12:
            self.clock.jump()
        return wait

    def _put_right(self, day: date) -> None:
        if not self.clock.doubt:
            return
        self.clock.mend()
        if guard.check(self.office, self.clock.at(day)):
            guard.confirm(self.office, self.clock.at(day), "supervisor:管理员")

    # ── people ───────────────────────────────────────────────────────────────

    def _work(self, day: date) -> None:
        if len(self.known) < self.cases and self.random.random() < self.cases * 1.6 / self.days:
            small = self.random.random() < 1 / 12
            step = self.people.complaint(day) if small else self.people.arrival(day)
            self._do(None, step, day)
        for n, case in enumerate(self.known):
            ended = case.state in _ENDED
            if self.random.random() >= self.pace[case.number] / (8 if ended else 1):
                continue
            if isinstance(case, Rectification):
                if case.state is RectificationState.PROCESSING:
                    self._do(n, self.people.decision(day), day)
                continue
            for step in self.people.steps(self._now(case, day), day):
                if self._do(n, step, day):
                    break

    def _now(self, case: Case, day: date) -> Case:
        with reading(self.office.store) as tx:
            return requesting.load(tx, self.office, case.number, day)

    def _do(self, n: int | None, step: Step, day: date) -> bool:
        """Take a step, where it is lawful; whether it was."""
        known = None if n is None else self.known[n]
        small = step.command.do.endswith("rectification")
        take: Any = rectifying.perform if small else requesting.perform
        number = known.number if known else None
        try:
            done = take(self.office, number, step.command, None, step.on, today=day)
        except (Refused, RuleError):
            return False
        case = done.case
        if n is None:
            self.known.append(case)
            self.pace[case.number] = self.random.choice((0.04, 0.08, 0.16, 0.4))
        else:
            self.known[n] = case
        self.journal.append(Recorded(case.agency, case.number, done.fact, day))
        return True

    # ── sweeps ───────────────────────────────────────────────────────────────

    def _sweep(self, day: date, doomed: Doomed) -> None:
        now = self.clock.at(day)
        sweepers = self.random.randint(1, 4)
        for _ in range(self.random.randint(0, 1)):
            self._kill(doomed, now)
        last = sweepers > 1 and self.random.random() < 1 / 2
        if last:  # one of those at work at the same moment dies
            doomed.start(now, self._next_kill)
        found = at_once(self.office, now, sweepers)
        if last:
            self._died(killed=doomed.ended())
        self.deeds += found
        self.journal.append(Swept(now.wall.date(), self.clock.doubt))
        self.tally.sweeps += 1
        self.tally.held += self.clock.doubt
        self.tally.most_at_once = max(self.tally.most_at_once, sweepers + last)

    def _kill(self, doomed: Doomed, now: Reading) -> None:
        doomed.start(now, self._next_kill)
        self._died(killed=doomed.ended())

    def _died(self, *, killed: bool) -> None:
        if killed:
            self.tally.kills += 1
            self.tally.places.add(self._next_kill)
        self._next_kill = (self._next_kill + _STRIDE) % _DEEPEST + 1

    # ── looking ──────────────────────────────────────────────────────────────

    def look(self, day: date, *, doctor: bool = False) -> Model:
        """Compare everything with what must be there."""
        worlds = {key: self.office.world(key, day) for key in self.office.config.agencies}
        people = tuple(
            (p.agency, role.value, p.user) for p in self.office.config.people for role in p.roles
        )
        wanted = self._wanted = self._wanted or Model(worlds, people)
        wanted.happen(self.journal[self._seen :])
        self._seen = len(self.journal)
        _same("ledger", self._ledger(), wanted.lines.values())
        _same("tasks", self._tasks(), wanted.tasks.items())
        _same("outbox", self._outbox(), self._wanted_mail(wanted))
        self._facts(wanted)
        self._rows(wanted, day)
        if doctor:
            assert check_invariants(self.office, today=day).faults == ()
        return wanted

    def _all(self, table: Any) -> list[Any]:  # noqa: ANN401 - rows of any table
        with reading(self.office.store) as tx:
            return list(tx.execute(select(table)).mappings())

    def _ledger(self) -> Iterator[Line]:
        for row in self._all(t.ledger):
            yield Line(
                row["case_number"] or f"@{row['agency']}", row["kind"], row["number"],
                row["due_on"], row["action"], row["done_on"], row["outcome"], row["fact"],
            )  # fmt: skip

    def _tasks(self) -> Iterator[tuple[Asked, tuple[date, str] | None]]:
        for row in self._all(t.tasks):
            if row["kind"] == "clock_in_doubt":
                continue
            case = row["case_number"] or f"@{row['agency']}"
            asked = Asked(
                case, row["kind"], row["number"], row["due_on"], row["action"], row["role"],
                row["created_on"],
            )  # fmt: skip
            yield asked, (row["closed_on"], row["closed_by"]) if row["closed_on"] else None

    def _outbox(self) -> list[tuple[str, ...]]:
        """Return every message: its id says what it tells of, and to whom."""
        return [
            (row["agency"], row["case_number"], row["id"], row["recipient"], str(row["created_on"]))
            for row in self._all(t.outbox)
        ]

    def _wanted_mail(self, wanted: Model) -> list[tuple[str, ...]]:
        address = {p.user: p.email for p in self.office.config.people}
        return [_mail(told, address[told.user]) for told in wanted.told]

    def _facts(self, wanted: Model) -> None:
        """Compare the facts: silences are recorded by the sweep, once, and by nobody else."""
        for case, facts in wanted.facts.items():
            with reading(self.office.store) as tx:
                _, stored = facts_of(tx, case)
            assert [(f.on, f.actor, f.command) for f in stored] == [
                (f.on, f.actor, f.command) for f in facts
            ]
            for fact in stored:
                assert fact.kind.startswith("expire_") == (fact.actor.role is Role.SYSTEM)

    def _rows(self, wanted: Model, day: date) -> None:
        """Compare the running periods, where none moves from day to day."""
        if self.clock.doubt:
            return
        stored: dict[str, set[Due]] = {}
        for row in self._all(t.deadlines):
            due = Due(row["kind"], row["number"], row["due_on"])
            stored.setdefault(row["case_number"], set()).add(due)
        for case in wanted.facts:
            assert stored.get(case, set()) == set(wanted.running(case, day))


def _same(what: str, found: Iterable[object], wanted: Iterable[object]) -> None:
    """Compare, each thing as often as it is there; say what is too much and what is missing."""
    there, meant = Counter(found), Counter(wanted)
    too_much, missing = sorted(there - meant, key=str), sorted(meant - there, key=str)
    assert not too_much, f"{what}: not meant to be there: {too_much[:4]}; missing: {missing[:4]}"
    assert not missing, f"{what}: missing: {missing[:4]}"


def _mail(told: Told, address: str) -> tuple[str, ...]:
    case = "" if told.case.startswith("@") else told.case
    message = Message(
        agency=told.agency,
        case_number=case,
        about=f"{told.period}/{told.action}",
        channel=Channel.EMAIL,
        recipient=address,
        urgent=False,
        text="",
        created_on=told.created_on,
    )
    return (told.agency, case, message.id, address, str(told.created_on))
