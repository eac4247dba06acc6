"""Exploring the process: breadth first through the gate, one case kept per abstract state."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.process.desk import WORLD
from tests.process.model_moves import crossed, moves
from tests.process.model_oracle import nth, releases, withholds
from tests.process.model_pieces import DAY, Move, registrations
from tests.process.model_table import broken
from tests.process.model_taken import Taken
from workflow.case import Case, Consultation
from workflow.clock import applicant_due, running_due
from workflow.errors import Refused
from workflow.gate import decide
from workflow.machine import roles_for
from workflow.vocabulary import SIGNED_ON_THE_SPOT, State

#: Refused attempts kept for each command, code and state: enough to try a removed guard on.
KEPT = 400
#: How many accepted moves of each command and state are also tried by the wrong people,
#: and how often a step is tried in a state that does not have it.
CROSSED = 6

Key = tuple[Hashable, ...]
Attempt = tuple[Case | None, Move]


def attempt(case: Case | None, move: Move) -> Taken:
    """Take a move through the gate; :class:`Refused` where it is refused."""
    after, findings = decide(case, move.command, move.by, on=move.on, world=move.world)
    return Taken(case, move, after, findings)


# ── The abstraction ──────────────────────────────────────────────────────────


_DRAFTED = (State.IN_REVIEW, State.AWAITING_APPROVAL, State.APPROVED, State.ISSUED)


def _content(case: Case) -> Hashable:
    """Return what the draft says: its grounds or its outcome while it is worked on."""
    if case.draft is None or case.state not in (*_DRAFTED, State.REPLIED):
        return None
    if case.state is State.REPLIED:
        return withholds(case.draft.decisions)
    grounds = {g.value for d in case.draft.decisions for p in d.withheld for g in p.grounds}
    outcomes = tuple(d.outcome.value for d in case.draft.decisions[:1])
    return tuple(sorted(grounds)) or outcomes


def _round(case: Case) -> Hashable:
    return bool(case.reopenings) and (True, case.reopenings[-1].on_merits)


def _reply(case: Case) -> Hashable:
    if not case.replies or case.replies[-1].void_on:
        return len(case.replies) > 0
    last = case.replies[-1]
    if not last.sendings or case.state is not State.REPLIED:
        return (bool(last.sendings), last.on_the_spot)
    sending = last.sendings[-1]
    signed = sending.method in SIGNED_ON_THE_SPOT
    return (len(last.sendings) > 1, signed, sending.result, bool(sending.result_proof))


def _asked(x: Consultation) -> Hashable:
    return (x.kind, bool(x.received_on), x.opinion, x.open, x.late, x.how, bool(x.renewed_on))


def facets(case: Case) -> Iterator[Key]:
    """Yield what is abstractly true of a case; a case with something new is explored further."""
    where = (case.state, bool(case.reopenings))
    yield ("core", case.state, _content(case), _reply(case), case.close_reason, _round(case))
    if case.version < 4:
        yield ("new", case.state, case.channel, case.delivery, len(case.items), case.topics)
    yield ("wish", case.state, case.delivery, len(case.items) > 1)
    yield ("fees", case.state, case.form, case.received_on and case.received_on.year > 2020)
    yield ("receipt", case.state, case.received_on is not None)
    yield ("year", case.state, case.last_on.year > 2023)
    due = running_due(case, WORLD.on(case.last_on))
    yield ("overdue", *where, due is not None and case.last_on > due.on)
    theirs = applicant_due(case, WORLD.calendar)
    limits = [nth(x.received_on, 15) for x in case.consultations if x.received_on]
    waited = [*([theirs.on] if theirs else []), *limits]
    proven = [x for x in (case.correction, case.charge) if x and x.notice_received_on]
    long = bool(waited) and case.last_on > max(waited) + 2 * DAY
    yield ("waited", case.state, long, bool(proven))
    yield from _history(case)
    yield from _asked_others(case)
    yield from _beside(case)


def _history(case: Case) -> Iterator[Key]:
    where = (case.state, bool(case.reopenings))
    if x := case.correction:
        proven = bool(x.notice_received_on)
        yield ("correction", case.state, proven, bool(x.answered_on), bool(x.fixed_due_on))
    if charge := case.charge:
        yield ("charge", case.state, bool(charge.notice_received_on), bool(charge.paid_on))
    if reasons := case.explanation:
        answered = bool(reasons.answered_on)
        yield ("reasons", case.state, answered, reasons.accepted, bool(reasons.expired_on))
    if case.extensions:
        last = case.extensions[-1]
        again = len(case.extensions) > 1
        yield ("extension", case.state, again, bool(last.decided_on), last.granted)
    yield ("deferred", *where, case.deferral is not None)
    yield ("searched", case.state, bool(case.searches), bool(case.contacts))
    yield ("leave", case.state, case.topics, bool(case.authorizations))
    yield ("drafters", *where, min(len(case.drafters), 2), bool(case.draft))
    yield ("who", case.state, case.draft and case.draft.by.person)


def _asked_others(case: Case) -> Iterator[Key]:
    if not case.consultations:
        return
    first = case.consultations[0]
    open_ones = sum(x.open for x in case.consultations)
    yield ("several", case.state, len(case.consultations), open_ones)
    if case.state in (State.CONSULTING, State.PROCESSING):
        yield ("asked", case.state, _asked(first))
    elif case.state in _DRAFTED:
        told = bool(case.third_party_notices)
        yield ("told", case.state, first.opinion, first.late, told)
        decisions = case.draft.decisions if case.draft else ()
        against = any(x.opinion and releases(decisions, x.items) for x in case.consultations)
        yield ("against", case.state, against, told)


def _beside(case: Case) -> Iterator[Key]:
    answered = any(x.answered_on for x in case.co_handlings)
    yield ("unit", case.state, bool(case.co_handlings), answered)
    words = Counter(fact.kind for fact in case.facts)
    pending = words["ask_guidance"] > words["give_guidance"]
    yield ("guidance", case.state, pending, words["give_guidance"] > 0)
    yield ("fixed", case.state, words["correct_record"] > 0)
    yield ("items", case.state, bool(case.withdrawn_items), len(case.to_answer))
    first = case.challenges[0].result if case.challenges else None
    yield ("challenge", case.state, bool(case.challenges), first)
    copies = [x for x in case.challenges if x.copy_received_on]
    late = any(case.last_on > x.copy_received_on + 20 * DAY for x in copies if x.copy_received_on)
    yield ("defence", case.state, bool(copies), late, any(x.answered_on for x in copies))
    pending = any(not r.result for r in case.referrals)
    yield ("referred", case.state, bool(case.referrals), pending)


# ── The exploration ──────────────────────────────────────────────────────────


@dataclass(repr=False)
class Graph:
    """What was found: abstract states, a case for each, what was refused and what was broken."""

    states: set[Key] = field(default_factory=set)
    cases: list[Case] = field(default_factory=list)
    #: For each kept case the states that one accepted step leads to.
    next_states: list[set[State]] = field(default_factory=list)
    refused: dict[tuple[str, str], list[Attempt]] = field(default_factory=lambda: defaultdict(list))
    kept: Counter[Key] = field(default_factory=Counter)
    crossed: Counter[Key] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[list[str], Taken]] = field(default_factory=list)
    #: Attempts that were neither taken nor refused, with the error.
    crashed: list[tuple[Case | None, Move, Exception]] = field(default_factory=list)
    tried: int = 0

    def add(self, case: Case) -> bool:
        """Keep ``case`` if anything is abstractly new about it."""
        new = set(facets(case)) - self.states
        self.states |= new
        if new:
            self.cases.append(case)
            self.next_states.append(set())
        return bool(new)


Choice = Callable[[Case], Iterable[Move]]


def explore(starts: Iterable[Move], choice: Choice = moves) -> Graph:
    """Try every move on one case of every abstract state until nothing new appears."""
    graph = Graph()
    waiting: deque[int] = deque()
    for start in starts:
        _try(graph, waiting, None, start)
    while waiting:
        at = waiting.popleft()
        case = graph.cases[at]
        for move in choice(case):
            taken = _try(graph, waiting, case, move)
            if taken:
                graph.next_states[at].add(taken.after.state)
    return graph


def _try(graph: Graph, waiting: deque[int], case: Case | None, move: Move) -> Taken | None:
    if case and not roles_for(move.command.do, case.state) and _closed(graph, case, move):
        return None
    graph.tried += 1
    try:
        taken = attempt(case, move)
    except Refused as refused:
        _keep(graph, case, move, refused.code)
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is no answer to an officer
        graph.crashed.append((case, move, error))
        return None
    graph.accepted[move.command.do] += 1
    _cross(graph, case, move)
    if laws := broken(taken):
        graph.broken.append((laws, taken))
    if graph.add(taken.after):
        waiting.append(len(graph.cases) - 1)
    return taken


def _closed(graph: Graph, case: Case, move: Move) -> bool:
    """Say whether this step has been tried often enough in a state that does not have it."""
    place = (move.command.do, case.state, "closed")
    graph.crossed[place] += 1
    return graph.crossed[place] > CROSSED


def _cross(graph: Graph, case: Case | None, move: Move) -> None:
    place = (move.command.do, case and (case.state, move.on == case.last_on))
    graph.crossed[place] += 1
    if graph.crossed[place] <= CROSSED:
        for wrong in crossed(case, move):
            graph.tried += 1
            try:
                taken = attempt(case, wrong)
            except Refused as refused:
                _keep(graph, case, wrong, refused.code)
                continue
            if laws := broken(taken):
                graph.broken.append((laws, taken))


def _keep(graph: Graph, case: Case | None, move: Move, code: str) -> None:
    do, state = move.command.do, case.state if case else None
    place = (do, code, state, move.on > move.today)
    graph.kept[place] += 1
    if graph.kept[place] <= KEPT:
        graph.refused[do, code].append((case, move))


def everything() -> Graph:
    """Explore from every registration with every move."""
    return explore(registrations())
