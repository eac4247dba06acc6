"""The clock against a naive oracle that walks day by day, over every mixture of its effects."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.words import FeeBasis
from tests.process.desk import DISCLOSE, WORLD, register
from workflow import commands as c
from workflow.clock import reply_due, running
from workflow.facts import Fact
from workflow.fold import fold
from workflow.people import Actor
from workflow.proof import proof
from workflow.vocabulary import (
    ConsultationKind,
    EndHow,
    Opinion,
    ReopenCause,
    SendMethod,
)
from workflow.world import World

OFFICER = Actor.parse("officer")
DAY = timedelta(days=1)


def steps_after(day: date, n: int) -> date:
    """Walk ``n`` working days on from ``day``, one calendar day at a time."""
    while n:
        day += DAY
        n -= WORLD.calendar.is_working(day)
    return day


@dataclass
class Oracle:
    """Keeps what the law says in the plainest form: a start, a number, a list of days taken out."""

    start: date
    days: int = 20
    ordered: date | None = None
    asked: list[tuple[date, date | None]] = field(default_factory=list)

    def restart(self, day: date) -> None:
        self.start, self.days, self.ordered = day, 20, None

    def due(self, today: date) -> date:
        if self.ordered:
            return self.ordered
        out = {s + DAY * k for s, e in self.asked for k in range(1, ((e or today) - s).days + 1)}
        day, left = self.start, self.days
        while left:
            day += DAY
            left -= WORLD.calendar.is_working(day) and day not in out
        return day


@dataclass
class Story:
    """Writes facts and tells the oracle the same, in the law's words instead of the program's."""

    world: World
    oracle: Oracle
    today: date
    facts: list[Fact] = field(default_factory=list)
    consultations: int = 0

    def add(self, command: c.Command, on: date) -> None:
        self.facts.append(Fact(number=len(self.facts) + 1, on=on, actor=OFFICER, command=command))
        self.today = max(self.today, on)

    def correction(self, gap: int) -> None:
        self.add(c.RequestCorrection(matters=("内容",)), self.today)
        self.today += DAY * gap
        self.add(c.ReceiveCorrection(), self.today)
        self.add(c.Accept(), self.today)
        self.oracle.restart(self.today)

    def payment(self, gap: int) -> None:
        self.add(c.ChargeFee(basis=FeeBasis.PAGES, count=68), self.today)
        self.today += DAY * gap
        self.add(c.RecordPayment(), self.today)
        self.oracle.restart(self.today)

    def extension(self, days: int) -> None:
        self.add(c.RequestExtension(working_days=days, reason="工作量大"), self.today)
        self.add(c.DecideExtension(grant=True), self.today)
        self.oracle.days += days

    def deferral(self, gap: int) -> None:
        self.add(c.RequestExplanation(reason="数量大"), self.today)
        self.add(c.RecordExplanation(text="研究需要", accepted=True), self.today)
        until = self.today + DAY * (gap + 20)
        self.add(c.DeferReply(until=until, reason="数量大"), self.today)
        self.oracle.ordered = until

    def reopening(self, gap: int) -> None:
        self.add(c.DraftReply(decisions=(DISCLOSE,)), self.today)
        self.add(c.PassReview(), self.today)
        self.add(c.ApproveReply(), self.today)
        self.add(c.IssueReply(), self.today)
        self.add(c.SendReply(method=SendMethod.IN_PERSON), self.today)
        self.today += DAY * gap
        ordered = self.today + DAY * 30 if gap % 2 else None
        self.add(c.Reopen(cause=ReopenCause.JUDGMENT, due_on=ordered), self.today)
        self.oracle.ordered = ordered or steps_after(self.today, 20)

    def consultation(self, gap: int) -> None:
        """Ask one party, or two side by side, and end it in one of the ways there are."""
        kind = list(ConsultationKind)[gap % 3]
        first = self._ask(kind, gap)
        if gap % 4 == 1:
            self._end(self._ask(ConsultationKind.THIRD_PARTY, gap // 2), gap + 5)
        self._end(first, gap)

    def _ask(self, kind: ConsultationKind, gap: int) -> tuple[int, ConsultationKind, date, date]:
        self.consultations += 1
        why = "内容涉及该机关" if kind is ConsultationKind.OTHER_AGENCY else ""
        sent = self.today
        self.add(c.StartConsultation(kind=kind, party="甲", items=(1,), why=why), sent)
        received = sent + DAY * (gap % 5)
        number = self.consultations
        self.add(c.RecordConsultationReceipt(consultation=number), received)
        return number, kind, sent, received

    def _end(self, asked: tuple[int, ConsultationKind, date, date], gap: int) -> None:
        number, kind, sent, received = asked
        dispatch = self.world.policy.consultation_starts == "dispatch"
        start = sent if dispatch else received
        last = steps_after(start if kind is ConsultationKind.OTHER_AGENCY else received, 15)
        self.today = max(self.today, received) + DAY * (gap * 2)
        if gap % 5 == 4 and kind is not ConsultationKind.OTHER_AGENCY:
            self.today = max(self.today, last + DAY)
            self.add(c.ExpireConsultation(consultation=number), self.today)
            end = last
        elif gap % 5 == 3:
            step = c.EndConsultation(consultation=number, how=EndHow.UNDELIVERABLE, reason="退回")
            self.add(step, self.today)
            end = min(self.today, last)
        else:
            opinion = c.RecordOpinion(consultation=number, opinion=Opinion.OBJECT, reasons="保密")
            self.add(opinion, self.today)
            end = min(self.today, last)
        self.oracle.asked.append((start, end))


EFFECTS = ("consultation", "extension", "correction", "payment", "deferral", "reopening")
ONCE = {"correction", "payment"}

plots = st.lists(
    st.tuples(st.sampled_from(EFFECTS), st.integers(min_value=1, max_value=20)), max_size=6
).filter(lambda plot: all(sum(e == once for e, _ in plot) <= 1 for once in ONCE))


def tell(
    received: date, plot: list[tuple[str, int]], starts: str = "receipt"
) -> tuple[Story, World]:
    """Write the story of ``plot`` for a request handed in on ``received``."""
    policy = replace(WORLD.policy, consultation_starts=starts, one_extension=False)  # type: ignore[arg-type]
    world = replace(WORLD, policy=policy)
    story = Story(world, Oracle(received), received)
    story.add(register(), received)
    story.add(c.Accept(), received)
    for effect, gap in plot:
        getattr(story, effect)(gap)
    return story, world


@settings(max_examples=600, deadline=None)
@given(
    received=st.dates(min_value=date(2021, 1, 1), max_value=date(2024, 12, 31)),
    plot=plots,
    starts=st.sampled_from(["receipt", "dispatch"]),
)
def test_the_clock_agrees_with_a_walk_day_by_day(
    received: date, plot: list[tuple[str, int]], starts: str
) -> None:
    story, world = tell(received, plot, starts)
    today = world.on(story.today)
    due = reply_due(fold(story.facts, world), today)
    assert due is not None
    assert due.on == story.oracle.due(story.today)


@settings(max_examples=200, deadline=None)
@given(received=st.dates(min_value=date(2021, 1, 1), max_value=date(2024, 12, 31)), plot=plots)
def test_the_printed_proof_ends_on_the_day_the_clock_gives(
    received: date, plot: list[tuple[str, int]]
) -> None:
    story, world = tell(received, plot)
    case = fold(story.facts, world)
    today = world.on(story.today)
    due = reply_due(case, today)
    lines = proof(case, today)
    assert due is not None
    assert lines[-1].on == due.on
    counted = [line.n for line in lines if line.n]
    assert counted == list(range(1, len(counted) + 1))


@settings(max_examples=200, deadline=None)
@given(
    received=st.dates(min_value=date(2021, 1, 1), max_value=date(2024, 12, 31)),
    plot=plots,
    later=st.integers(min_value=0, max_value=40),
)
def test_the_clock_runs_on_every_open_day_that_is_not_taken_out(
    received: date, plot: list[tuple[str, int]], later: int
) -> None:
    story, world = tell(received, plot)
    case = fold(story.facts, world)
    day = story.today + DAY * later
    inside = any(s < day <= (e or day) for s, e in story.oracle.asked)
    assert running(case, world.on(day)) is not inside


def test_while_the_answer_of_another_agency_is_awaited_its_days_are_out_up_to_today() -> None:
    story, world = tell(date(2020, 9, 14), [])
    story.add(
        c.StartConsultation(
            kind=ConsultationKind.OTHER_AGENCY, party="市局", items=(1,), why="数据由其最初获取"
        ),
        date(2020, 9, 15),
    )
    story.add(c.RecordConsultationReceipt(consultation=1), date(2020, 9, 16))
    case = fold(story.facts, world)
    due = [reply_due(case, world.on(date(2020, 9, d))) for d in (16, 17, 18, 21)]
    assert [d.on for d in due if d] == [steps_after(date(2020, 10, 16), n) for n in (0, 1, 2, 3)]


def test_beyond_the_cap_the_days_of_another_agency_count_again_until_the_head_renews() -> None:
    story, world = tell(date(2020, 6, 1), [])
    ask = c.StartConsultation(
        kind=ConsultationKind.OTHER_AGENCY, party="市局", items=(1,), why="数据由其最初获取"
    )
    story.add(ask, date(2020, 6, 1))
    story.add(c.RecordConsultationReceipt(consultation=1), date(2020, 6, 1))
    case = fold(story.facts, world)
    cap = steps_after(date(2020, 6, 1), 15)
    at_cap = reply_due(case, world.on(cap))
    after_cap = reply_due(case, world.on(cap + DAY * 30))
    assert at_cap == after_cap

    story.add(c.RenewConsultation(consultation=1, reason="对方仍在核对"), cap + DAY * 7)
    renewed = reply_due(fold(story.facts, world), world.on(steps_after(cap + DAY * 7, 3)))
    assert renewed is not None
    assert at_cap is not None
    assert renewed.on == steps_after(at_cap.on, 3)


def test_a_letter_whose_receipt_nobody_knows_stops_nothing() -> None:
    story, world = tell(date(2020, 9, 14), [])
    story.add(
        c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="甲", items=(1,)),
        date(2020, 9, 15),
    )
    due = reply_due(fold(story.facts, world), world.on(date(2020, 10, 12)))
    assert due is not None
    assert due.on == date(2020, 10, 16)
