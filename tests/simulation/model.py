"""What sweeps must have done: a pure function of the facts and of the times of the sweeps.

Written the plain way and apart from the program: every case is folded anew at every sweep, days are
counted one by one, and nothing is remembered but what was done.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Final, NamedTuple

from tests.process.model_oracle import CALENDAR, due_of, nth
from workflow import commands as c
from workflow import fold, rectification
from workflow.agency import Policy
from workflow.case import Case, Consultation
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.gate import decide
from workflow.people import Actor
from workflow.rectification import Rectification, RectificationState
from workflow.vocabulary import (
    NO_REPLY_CLOCK,
    OPEN,
    RECEIVED_AT_ONCE,
    Channel,
    ConsultationKind,
    DeliveryResult,
    Role,
    SendMethod,
    State,
)
from workflow.world import World

_DAY: Final = timedelta(days=1)
_SYSTEM: Final = Actor(Role.SYSTEM)
_UNTOUCHED: Final = (
    c.RequestCorrection,
    c.StartConsultation,
    c.RequestExplanation,
    c.ChargeFee,
    c.DraftReply,
    c.Reopen,
)
_SIGNED: Final = (SendMethod.IN_PERSON, SendMethod.VIA_AGENCY, SendMethod.PICKUP)

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


class Due(NamedTuple):
    """A running period."""

    kind: str
    number: int
    on: date


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


# ── which periods run ────────────────────────────────────────────────────────


def running(case: Case | Rectification, policy: Policy, today: date) -> Iterator[Due]:
    """Yield the periods that run in a case on a day."""
    if isinstance(case, Rectification):
        if case.state is RectificationState.PROCESSING:
            yield Due("rectification", 0, nth(case.on, 20))
        return
    yield from _at_first(case)
    yield from _reply(case, today)
    if case.state in OPEN:
        yield from _asked(case)
    yield from _applicant(case)
    yield from _after(case, policy)
    for n, challenge in enumerate(case.challenges, start=1):
        copy = challenge.copy_received_on
        if copy and not challenge.answered_on and not challenge.result:
            calendar_days = 10 if challenge.kind.value == "reconsideration" else 15
            yield Due("challenge_answer", n, _on_or_after(copy + _DAY * calendar_days))


def _on_or_after(day: date) -> date:
    return day if CALENDAR.is_working(day) else nth(day, 1)


def _at_first(case: Case) -> Iterator[Due]:
    if case.state is State.AWAITING_CONFIRMATION and case.channel not in RECEIVED_AT_ONCE:
        mail = case.channel is Channel.ORDINARY_MAIL
        yield Due("confirmation", 0, _on_or_after(case.on) if mail else nth(case.on, 1))
    if case.state is State.RECEIVED and case.clock:
        yield Due("acceptance", 0, nth(case.clock.start, 3))
    touched = any(isinstance(fact.command, _UNTOUCHED) for fact in case.facts)
    if case.state in {State.RECEIVED, State.PROCESSING} and not touched:
        assert case.received_on
        yield Due("correction_notice", 0, nth(case.received_on, 7))


def _reply(case: Case, today: date) -> Iterator[Due]:
    if case.clock is None or case.state not in OPEN or case.state in NO_REPLY_CLOCK:
        return
    round_ = sum(isinstance(fact.command, c.Reopen) for fact in case.facts)
    ordered = case.clock.ordered_on is not None
    last = [f.command for f in case.facts if isinstance(f.command, (c.DeferReply, c.Reopen))][-1:]
    deferred = ordered and isinstance(last[0], c.DeferReply)
    kind = "deferred_reply" if deferred else "renewed_reply" if ordered else "reply"
    yield Due(kind, round_, due_of(case, today))
    if not ordered and case.state in {State.RECEIVED, State.PROCESSING, State.CONSULTING}:
        yield Due("draft", round_, nth(case.clock.start, 10))


def _asked(case: Case) -> Iterator[Due]:
    for n, asked in enumerate(case.consultations, start=1):
        answered = asked.answered_on and not asked.late
        if asked.received_on and not (answered or asked.expired_on or asked.ended_on):
            yield Due(asked.kind.value, n, _limit(asked, asked.received_on))
    for n, unit in enumerate(case.co_handlings, start=1):
        if unit.due_on and not unit.answered_on:
            yield Due("co_handling", n, unit.due_on)


def _limit(asked: Consultation, received: date) -> date:
    end = nth(received, 15)
    if asked.kind is ConsultationKind.OTHER_AGENCY:
        for renewed in asked.renewed_on:
            end = nth(max(renewed, end), 15)
    return end


def _applicant(case: Case) -> Iterator[Due]:
    if case.state is State.AWAITING_CORRECTION and (asked := case.correction):
        begin = asked.notice_received_on or asked.asked_on
        yield Due("correction", 0, asked.fixed_due_on or nth(begin, asked.working_days))
    if case.state is State.AWAITING_EXPLANATION and case.explanation:
        yield Due("explanation", 0, nth(case.explanation.asked_on, case.explanation.working_days))
    if case.state is State.AWAITING_PAYMENT and (charge := case.charge):
        yield Due("payment", 0, nth(charge.notice_received_on or charge.on, 20))


def _after(case: Case, policy: Policy) -> Iterator[Due]:
    if case.state is State.CLOSED and case.closed_on:
        yield Due("filing", 0, nth(case.closed_on, 20))
    reply = case.reply
    if reply is None or case.state not in {State.REPLIED, State.ARCHIVED}:
        return
    if case.state is State.REPLIED:
        last = reply.sendings[-1]
        reached = last.method in _SIGNED or last.result is DeliveryResult.DELIVERED
        if reached or reply.on_the_spot:
            yield Due("filing", len(case.replies), nth(last.result_on or last.on, 20))
        else:
            yield Due("service_proof", len(reply.sendings), nth(last.on, 10))
    if reply.sendings and any(not p.disclose for d in reply.draft.decisions for p in d.passages):
        looks = case.reassessed_on
        since = max([reply.sendings[0].on, *looks])
        assert policy.targets.reassessment_months == 12
        yield Due("reassessment", len(looks) + 1, _next_year(since))


def _next_year(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


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
    _open: dict[str, set[Asked]] = field(default_factory=dict)
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
        self._close(event.case, live, event.fact.on, str(event.fact.actor))

    def _sweep(self, sweep: Swept) -> None:
        for case in self.facts:
            if not sweep.held:
                while self._silent(case, sweep.today):
                    pass
            live = list(self.running(case, sweep.today))
            for due in live:
                self._remind(case, due, sweep)
            self._close(case, set(live), sweep.today, str(_SYSTEM))
        for agency in self.worlds:
            live = list(_yearly(sweep.today.year))
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
            later = any(set(act.roles) <= set(x.roles) for x in wanted[n + 1 :] if not x.legal)
            outcome = "superseded" if later else "done"
            if due.kind == "correction_notice" and due.on < sweep.today:
                outcome = "lapsed"
            self._write(case, due, act, sweep.today, outcome, None)

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
            if act.what != "expire":  # what silence asks of a person stays
                self._open.setdefault(case, set()).add(task)
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


def _yearly(year: int) -> Iterator[Due]:
    yield Due("annual_report", year, date(year, 1, 31))
    yield Due("yearly_score", year, date(year, 3, 31))
