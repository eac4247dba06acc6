"""What sweeps must have done: a pure function of the facts and of the times of the sweeps.

Written the plain way and apart from the program: every case is folded anew at every sweep, days are
counted one by one, and nothing is remembered but what was done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple

from tests.process.model_oracle import CALENDAR, nth
from tests.simulation.periods import Due, running, yearly
from workflow import commands as c
from workflow import fold, rectification
from workflow.case import Case
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.gate import decide
from workflow.people import Actor
from workflow.rectification import Rectification
from workflow.vocabulary import Role, State
from workflow.world import World

_DAY: Final = timedelta(days=1)
_SYSTEM: Final = Actor(Role.SYSTEM)
#: What is said about each kind of period: action, working days from the due day, who is told.
_SOON: Final = (("soon_5", -5, "o"), ("soon_3", -3, "o"), ("soon_1", -1, "oh"))
_LATE: Final = (
    ("today", 0, "oh"),
    ("overdue_officer", 1, "o"),
    ("overdue_head", 2, "h"),
    ("overdue_supervisor", 3, "s"),
)
_HOUSE: Final = (("today", 0, "o"), ("overdue_officer", 1, "o"), ("overdue_head", 3, "h"))
_ASK: Final = (("soon_1", -1, "o"), ("today", 0, "o"))
_TOLD: Final = {
    **dict.fromkeys(
        ("reply", "deferred_reply", "renewed_reply", "challenge_answer", "annual_report"),
        _SOON + _LATE,
    ),
    "confirmation": _LATE,
    **dict.fromkeys(("correction_notice", "other_agency"), _ASK),
    **dict.fromkeys(
        (
            "acceptance",
            "draft",
            "co_handling",
            "service_proof",
            "filing",
            "reassessment",
            "rectification",
            "yearly_score",
        ),
        _HOUSE,
    ),
}
_ROLES: Final = {"o": "officer", "h": "head", "s": "supervisor"}
_SILENCE: Final = ("third_party", "joint_maker", "explanation")
_PROPOSED: Final = ("correction", "payment")


class Act(NamedTuple):
    """Something to do about a period: silence and proposals wait while the clock is in doubt."""

    what: str
    on: date
    roles: str

    @property
    def legal(self) -> bool:
        return self.what in {"expire", "propose"}


class Line(NamedTuple):
    """One line of the ledger."""

    case: str
    kind: str
    number: int
    due_on: date
    action: str
    done_on: date
    outcome: str
    fact: int | None


class Asked(NamedTuple):
    """One task, but for whether it is closed."""

    case: str
    kind: str
    number: int
    due_on: date
    action: str
    role: str
    created_on: date


class Told(NamedTuple):
    """One message to one person."""

    agency: str
    case: str
    period: str
    action: str
    user: str
    created_on: date


@dataclass(frozen=True)
class Recorded:
    """A fact that people recorded, on the day on which they did."""

    agency: str
    case: str
    fact: Fact
    today: date


@dataclass(frozen=True)
class Swept:
    """The time of a sweep, as its clock said, and whether that clock was in doubt."""

    today: date
    held: bool


Event = Recorded | Swept


@cache
def away(day: date, n: int) -> date:
    """Return the day ``n`` working days from another; before it, so many lie between and it."""
    if n >= 0:
        return nth(day, n) if n else day
    passed = 0
    while True:
        passed += CALENDAR.is_working(day)
        day -= _DAY
        if passed >= -n and CALENDAR.is_working(day):
            return day


def acts(due: Due) -> Iterator[Act]:
    """Yield all that is to be done about a period, in order."""
    for what, days, roles in _TOLD.get(due.kind, ()):
        yield Act(what, away(due.on, days), roles)
    if due.kind in _SILENCE:
        yield Act("expire", due.on + _DAY, "o")
    if due.kind in _PROPOSED:
        yield Act("propose", due.on + _DAY, "oh")


# ── what the sweeps do ───────────────────────────────────────────────────────


@dataclass
class Model:
    """What must be there after some events."""

    worlds: dict[str, World]
    #: Who has which roles, and an address: agency, role, user.
    people: tuple[tuple[str, str, str], ...]
    agency_of: dict[str, str] = field(default_factory=dict)
    facts: dict[str, list[Fact]] = field(default_factory=dict)
    lines: dict[tuple[str, str, int, date, str], Line] = field(default_factory=dict)
    #: Each task with the day on which it was closed and by whom, if it was.
    tasks: dict[Asked, tuple[date, str] | None] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    #: The first day on which a sweep came: what was due each year before is nobody's any more.
    since: date = date.max
    _open: dict[str, set[Asked]] = field(default_factory=dict)
    #: What a recorded silence asks for, with the number of its fact.
    _silences: dict[str, dict[Asked, int]] = field(default_factory=dict)
    #: What ran in a case when something last happened in it.
    _ran: dict[str, set[Due]] = field(default_factory=dict)
    _folded: dict[tuple[str, int], Case | Rectification] = field(default_factory=dict)

    def happen(self, events: Iterable[Event]) -> "Model":
        """Let events pass, in their order."""
        for event in events:
            if isinstance(event, Recorded):
                self._record(event)
            else:
                self._sweep(event)
        return self

    def _record(self, event: Recorded) -> None:
        known = self.facts.setdefault(event.case, [])
        assert event.fact.number == len(known) + 1, f"{event.case}: a fact nobody knew of"
        self.agency_of[event.case] = event.agency
        known.append(event.fact)
        live = set(self.running(event.case, event.today))
        if self._ran.get(event.case, set()) - live:
            self._close(event.case, live, event.fact.on, str(event.fact.actor))
        self._ran[event.case] = live

    def _sweep(self, sweep: Swept) -> None:
        self.since = min(self.since, sweep.today)
        for case in self.facts:
            if not sweep.held:
                while self._silent(case, sweep.today):
                    pass
            live = list(self.running(case, sweep.today))
            for due in live:
                self._remind(case, due, sweep)
            self._close(case, set(live), sweep.today, str(_SYSTEM))
            self._ran[case] = set(live)
        for agency in self.worlds:
            live = [due for due in yearly(sweep.today.year) if due.on >= self.since]
            for due in live:
                self._remind(f"@{agency}", due, sweep)
            self._close(f"@{agency}", set(live), sweep.today, str(_SYSTEM))

    def running(self, case: str, today: date) -> Iterator[Due]:
        """Yield what runs in a case, folded anew."""
        return running(self.folded(case, today), self._world(case, today).policy, today)

    def folded(self, case: str, today: date) -> Case | Rectification:
        """Return a case as all of its facts make it."""
        facts = self.facts[case]
        known = self._folded.get((case, len(facts)))
        if known is None:
            if isinstance(facts[0].command, rectification.RegisterRectification):
                known = rectification.fold(facts)
            else:
                known = fold.fold(facts, self._world(case, today))
            self._folded[case, len(facts)] = known
        return known

    def _world(self, case: str, today: date) -> World:
        return replace(self.worlds[self.agency_of[case]], today=today)

    def _silent(self, case: str, today: date) -> bool:
        """Record one silence, the oldest first; whether there was one."""
        found = self.running(case, today)
        for due in sorted(found, key=lambda due: (due.on, f"{due.kind}/{due.number}")):
            if due.kind in _SILENCE and due.on < today and self._new(case, due, "expire"):
                fact = self._fact(case, due, today)
                self._note(case, due, Act("expire", today, "o"), today, fact)
                return True
        return False

    def _fact(self, case: str, due: Due, today: date) -> Fact | None:
        step: c.Command = c.ExpireExplanation()
        if due.kind != "explanation":
            step = c.ExpireConsultation(consultation=due.number)
        world, before = self._world(case, today), self.folded(case, today)
        assert isinstance(before, Case)
        try:
            decide(before, step, _SYSTEM, on=today, world=world)
        except Refused:
            return None
        fact = Fact(number=len(self.facts[case]) + 1, on=today, actor=_SYSTEM, command=step)
        self.facts[case].append(fact)
        return fact

    def _note(self, case: str, due: Due, act: Act, today: date, fact: Fact | None) -> None:
        outcome = "done" if fact else "refused"
        self._write(case, due, act, today, outcome, fact.number if fact else None)

    def _new(self, case: str, due: Due, action: str) -> bool:
        return (case, due.kind, due.number, due.on, action) not in self.lines

    def _remind(self, case: str, due: Due, sweep: Swept) -> None:
        wanted = [a for a in acts(due) if a.on <= sweep.today and self._new(case, due, a.what)]
        for n, act in enumerate(wanted):
            if act.what == "expire" or (act.legal and sweep.held):
                continue
            later = "".join(x.roles for x in wanted[n + 1 :] if not x.legal)
            left = "".join(role for role in act.roles if role not in later)
            outcome = "done" if left else "superseded"
            if due.kind == "correction_notice" and due.on < sweep.today:
                outcome = "lapsed"
            self._write(case, due, act._replace(roles=left), sweep.today, outcome, None)

    def _write(
        self, case: str, due: Due, act: Act, today: date, outcome: str, fact: int | None
    ) -> None:
        line = Line(case, *due, act.what, today, outcome, fact)
        self.lines[line[:5]] = line
        if outcome in {"superseded", "lapsed"}:
            return
        agency = case[1:] if case.startswith("@") else self.agency_of[case]
        users: set[str] = set()
        for role in (_ROLES[r] for r in act.roles):
            task = Asked(case, *due, act.what, role, today)
            self.tasks[task] = None
            if fact is None:
                self._open.setdefault(case, set()).add(task)
            else:
                self._silences.setdefault(case, {})[task] = fact
            users |= self._told(agency, role)
        about = f"{due.kind}/{due.number}/{due.on}"
        self.told += [Told(agency, case, about, act.what, user, today) for user in users]

    def _told(self, agency: str, role: str) -> set[str]:
        own = {user for at, has, user in self.people if (at, has) == (agency, role)}
        above = {user for _, has, user in self.people if has == role == "supervisor"}
        return own or above

    def _close(self, case: str, live: set[Due], on: date, by: str) -> None:
        for task in tuple(self._open.get(case, ())):
            if Due(task.kind, task.number, task.due_on) not in live:
                self.tasks[task] = (on, by)
                self._open[case].remove(task)
        for task, fact in tuple(self._silences.get(case, {}).items()):
            if self._answered(case, fact):
                self.tasks[task] = (on, by)
                del self._silences[case][task]

    def _answered(self, case: str, silence: int) -> bool:
        """Whether the draft that a silence asks for was made, or the case is no longer open."""
        later = self.facts[case][silence:]
        if any(isinstance(fact.command, c.DraftReply) for fact in later):
            return True
        folded = self.folded(case, self.facts[case][-1].on)
        return folded.state in {State.REPLIED, State.CLOSED, State.ARCHIVED}
