"""Officers who act at the same moment: one wins, the others are told, nothing is lost."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest

from gongkai.config import Config
from gongkai.errors import Told
from gongkai.office import Conflict, Office
from gongkai.registering import import_highest
from gongkai.replay import fresh_office, run
from gongkai.requesting import Done, load, perform
from gongkai.store.engine import reading, writing
from gongkai.store.registry import next_number, series_rows
from gongkai.story import Step, Story
from rules.workdays import WorkCalendar
from tests.officers import processes_register, rows, together
from workflow.commands import Accept, RecordContact
from workflow.errors import Refused
from workflow.people import Actor
from workflow.vocabulary import Role

TODAY = date(2020, 12, 31)
COUNTY = "fushun-county-office"
Tell = Callable[[str], Story]
#: What each of the two was told, and what is kept.
Outcome = tuple[tuple[object, ...], tuple[object, ...], Mapping[str, Any]]


def register(office: Office, story: Story, command_id: str = "") -> Done:
    clerk = Actor(Role.OFFICER, "李")
    return perform(
        office, None, story.register, clerk, story.on, today=TODAY, command_id=command_id
    )


# ── one case ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("officers", "rounds"), [(2, 8), (8, 3), (32, 2)])
def test_of_officers_who_saw_the_same_version_exactly_one_wins(
    officers: int, rounds: int, office: Office, tell: Tell, request_text: str
) -> None:
    number = register(office, tell(request_text)).case.number

    def act(n: int, version: int) -> Callable[[Office], Done | Conflict]:
        def acted(own: Office) -> Done | Conflict:
            try:
                return perform(
                    own, number, RecordContact(result=f"第{n}人"), Actor(Role.OFFICER, f"第{n}人"),
                    date(2020, 9, 16), today=TODAY, expected_version=version,
                )  # fmt: skip
            except Conflict as conflict:
                return conflict

        return acted

    for version in range(1, rounds + 1):
        said = together(office, [act(n, version) for n in range(officers)])
        (winner,) = [one for one in said if not isinstance(one, Conflict)]
        losers = [one for one in said if isinstance(one, Conflict)]
        assert len(losers) == officers - 1
        who = f"（{winner.fact.actor} 于2020-09-16办理了“record_contact”）"
        assert all(who in str(one) for one in losers)
        with reading(office.store) as tx:
            assert load(tx, office, number, TODAY) == winner.case
            assert winner.case.version == version + 1


def test_the_same_command_sent_by_many_at_once_is_one_fact_with_one_answer(
    office: Office, tell: Tell, request_text: str
) -> None:
    story = tell(request_text)
    made = together(office, [lambda own: register(own, story, "same")] * 8)
    number = made[0].case.number
    order: dict[str, Any] = {"today": TODAY, "command_id": "again", "expected_version": 1}
    taken = together(
        office,
        [lambda own: perform(own, number, Accept(), None, date(2020, 9, 15), **order)] * 8,
    )

    for said in (made, taken):
        assert len({repr((one.case, one.fact, one.findings)) for one in said}) == 1
        assert [one.repeated for one in said].count(False) == 1
    with reading(office.store) as tx:
        assert len(load(tx, office, number, TODAY).facts) == 2


# ── one series of numbers ────────────────────────────────────────────────────


def test_eight_writer_processes_leave_no_gap_and_no_double(
    office: Office, request_text: str
) -> None:
    numbers = processes_register(office, request_text, processes=8, times=5)

    assert sorted(numbers) == sorted(f"抚县政公申〔2020〕{n}号" for n in range(1, 41))


def test_a_run_is_taken_over_before_or_after_a_number_is_drawn_never_between(
    office: Office,
) -> None:
    def take_over(own: Office) -> str:
        try:
            import_highest(own, COUNTY, "reply", 2020, 70, on=TODAY)
        except Refused as refused:
            return refused.code
        return "taken over"

    def draw(own: Office) -> str:
        with writing(own.store) as tx:
            return str(next_number(tx, COUNTY, "reply", 2020))

    import_highest(office, COUNTY, "reply", 2020, 30, on=TODAY)
    said, drawn = together(office, [take_over, draw])

    assert (said, drawn) in {("taken over", "71"), ("already_drawn", "31")}
    with reading(office.store) as tx:
        (series,) = series_rows(tx)
    assert (series.last, series.drawn) == (int(drawn), 1)


# ── every pair equals a serial order ─────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A state of a case, and two steps that may both be asked for in it."""

    given: str = ""
    one: str
    other: str
    #: The second step is taken in another case of the same kind.
    apart: bool = False


def step(do: str, on: str, **said: str) -> str:
    lines = [f'do = "{do}"', f"on = {on}", *(f"{name} = {value}" for name, value in said.items())]
    return "[[steps]]\n" + "\n".join(lines) + "\n"


def decided(outcome: str, **said: str) -> str:
    lines = ["item = 1", f'outcome = "{outcome}"', *(f"{k} = {v}" for k, v in said.items())]
    return "[[steps.decisions]]\n" + "\n".join(lines) + "\n"


CONTACT = step("record_contact", "2020-09-16", result='"已电话联系"')
ACCEPT = step("accept", "2020-09-15")
CORRECT = step("request_correction", "2020-09-16", matters='["请写明年度"]')
WITHDRAW = step("withdraw", "2020-09-24", statement='"不要了"')
EARLY_WITHDRAWAL = step("withdraw", "2020-09-16", statement='"不要了"')
CONSULT = step(
    "start_consultation", "2020-09-16", kind='"third_party"', party='"某公司"', items="[1]"
)
GOES = step("record_consultation_receipt", "2020-09-17", consultation="1")
AGREES = step("record_opinion", "2020-09-18", consultation="1", opinion='"consent"')
ENDS = step(
    "end_consultation", "2020-09-18", consultation="1", how='"undeliverable"', reason='"查无此人"'
)
EXTEND = step("request_extension", "2020-09-16", working_days="20", reason='"内容多"')
GRANT = step("decide_extension", "2020-09-17", grant="true")
DENY = step("decide_extension", "2020-09-17", grant="false")
DISCLOSED = decided("disclose", provide='"方案全文"')
DRAFT = step("draft_reply", "2020-09-16") + DISCLOSED
PUBLIC = decided("already_public", where='"县政府网站“政策文件”栏目；县政务服务中心一楼查阅点"')
ON_THE_SPOT = step("answer_on_the_spot", "2020-09-15") + PUBLIC
PASS = step("pass_review", "2020-09-17")
RETURN = step("return_reply", "2020-09-18", comments='"请补充依据"')
RECALL_DRAFT = step("recall_draft", "2020-09-17", comments='"重写"')
APPROVE = step("approve_reply", "2020-09-18")
ISSUE = step("issue_reply", "2020-09-21")
SEND = step("send_reply", "2020-09-22", method='"post"', tracking='"EX1"')
RECALL = step("recall_reply", "2020-09-22", reason='"附件装错"')
ARCHIVE = step("archive", "2020-10-22", service_given_up='"查不到"')
CHALLENGE = step(
    "record_challenge", "2020-10-22", kind='"reconsideration"', body='"抚顺市人民政府"'
)
DELIVERED = step("record_delivery", "2020-09-24", result='"delivered"')
REOPEN = step("reopen", "2020-10-22", cause='"own_motion"')
NOTE = step("add_note", "2020-10-22", text='"备注"')
TERMINATE = step("terminate", "2020-09-24", reason='"x"')

PAIRS = {
    "two notes of contact": Pair(one=CONTACT, other=CONTACT),
    "accepted and asked to correct": Pair(one=ACCEPT, other=CORRECT),
    "accepted twice": Pair(one=ACCEPT, other=ACCEPT),
    "accepted and withdrawn": Pair(one=ACCEPT, other=EARLY_WITHDRAWAL),
    "accepted and answered on the spot": Pair(one=ACCEPT, other=ON_THE_SPOT),
    "drafted and consulted": Pair(given=ACCEPT, one=DRAFT, other=CONSULT),
    "drafted and asked to correct": Pair(given=ACCEPT, one=DRAFT, other=CORRECT),
    "drafted twice": Pair(given=ACCEPT, one=DRAFT, other=DRAFT),
    "two extensions asked": Pair(given=ACCEPT, one=EXTEND, other=EXTEND),
    "granted and denied": Pair(given=ACCEPT + EXTEND, one=GRANT, other=DENY),
    "two consultations": Pair(given=ACCEPT, one=CONSULT, other=CONSULT),
    "agreed and given up": Pair(given=ACCEPT + CONSULT + GOES, one=AGREES, other=ENDS),
    "passed and recalled": Pair(given=ACCEPT + DRAFT, one=PASS, other=RECALL_DRAFT),
    "passed twice": Pair(given=ACCEPT + DRAFT, one=PASS, other=PASS),
    "approved and returned": Pair(given=ACCEPT + DRAFT + PASS, one=APPROVE, other=RETURN),
    "issued and withdrawn": Pair(given=ACCEPT + DRAFT + PASS + APPROVE, one=ISSUE, other=WITHDRAW),
    "issued and returned": Pair(given=ACCEPT + DRAFT + PASS + APPROVE, one=ISSUE, other=RETURN),
    "sent and recalled": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE + ISSUE, one=SEND, other=RECALL
    ),
    "sent and terminated": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE + ISSUE, one=SEND, other=TERMINATE
    ),
    "delivered and challenged": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE + ISSUE + SEND, one=DELIVERED, other=CHALLENGE
    ),
    "archived and reopened": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE + ISSUE + SEND, one=ARCHIVE, other=REOPEN
    ),
    "archived and noted": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE + ISSUE + SEND, one=ARCHIVE, other=NOTE
    ),
    "two cases accepted": Pair(one=ACCEPT, other=ACCEPT, apart=True),
    "two cases asked to correct": Pair(one=CORRECT, other=CORRECT, apart=True),
    "two replies numbered": Pair(
        given=ACCEPT + DRAFT + PASS + APPROVE, one=ISSUE, other=ISSUE, apart=True
    ),
    "a reply numbered and one given on the spot": Pair(
        given=ACCEPT, one=ON_THE_SPOT, other=ON_THE_SPOT, apart=True
    ),
}


def attempt(office: Office, number: str | None, own: Step) -> tuple[object, ...]:
    """Take a step; return what its officer is told."""
    try:
        done = perform(
            office, number, own.command, own.by, own.on, today=TODAY,
            command_id=f"{number}/{own.n}",
        )  # fmt: skip
    except Refused as refused:
        return refused.code, refused.message
    except Told as told:
        return (type(told).__name__,)
    return done.case.version, done.case.state, done.findings, done.repeated


def taken(told: tuple[object, ...]) -> bool:
    """Whether the step was taken: in the state itself, each of the two may be."""
    return isinstance(told[0], int)


class Situation:
    """The same beginning on any database, and two steps to take from there."""

    def __init__(self, pair: Pair, tell: Tell, request: str) -> None:
        whole = tell(request + pair.given + pair.one + pair.other)
        self.steps = whole.steps[-2:]
        self.given = replace(whole, steps=whole.steps[:-2])
        self.apart = pair.apart

    def begin(self, office: Office) -> tuple[str, str]:
        """Bring the case or cases into the state; return which one each step is about."""
        runs = [run(office, self.given, name=f"g{n}") for n in range(1 + self.apart)]
        assert all(one.ok for one in runs), [s.refused for one in runs for s in one.steps]
        numbers = [one.case.number for one in runs if one.case]
        return numbers[0], numbers[-1]

    def one_after_the_other(self, office: Office, order: tuple[int, int]) -> Outcome:
        """Take the steps in an order; return what was told and what is kept."""
        numbers = self.begin(office)
        said = {n: attempt(office, numbers[n], self.steps[n]) for n in order}
        return said[0], said[1], rows(office)

    def at_once(self, office: Office) -> Outcome:
        """Take both steps at the same moment."""
        numbers = self.begin(office)
        one, other = self.steps
        said = together(
            office,
            [
                lambda own: attempt(own, numbers[0], one),
                lambda own: attempt(own, numbers[1], other),
            ],
        )
        return said[0], said[1], rows(office)


@pytest.mark.parametrize("name", PAIRS)
def test_two_steps_at_the_same_moment_come_out_as_one_after_the_other(
    name: str,
    office: Office,
    config: Config,
    calendar: WorkCalendar,
    tell: Tell,
    request_text: str,
) -> None:
    situation = Situation(PAIRS[name], tell, request_text)
    serial = [
        situation.one_after_the_other(fresh_office(config, calendar), order)
        for order in ((0, 1), (1, 0))
    ]
    assert taken(serial[0][0]), serial[0][0]
    assert taken(serial[1][1]), serial[1][1]

    assert situation.at_once(office) in serial


@pytest.mark.parametrize("number", ["", "抚县政公申〔2020〕77号"])
def test_two_registrations_at_the_same_moment_come_out_as_one_after_the_other(
    number: str,
    office: Office,
    config: Config,
    calendar: WorkCalendar,
    tell: Tell,
    request_text: str,
) -> None:
    story = tell(request_text)
    steps = [
        Step(
            n=n, on=story.on, by=None, refused=None, command=replace(story.register, number=number)
        )
        for n in range(2)
    ]
    serial = []
    for order in ((0, 1), (1, 0)):
        own = fresh_office(config, calendar)
        said = {n: attempt(own, None, steps[n]) for n in order}
        serial.append((said[0], said[1], rows(own)))

    one, other = together(
        office,
        [lambda own: attempt(own, None, steps[0]), lambda own: attempt(own, None, steps[1])],
    )

    assert (one, other, rows(office)) in serial


DISCRETIONARY = (
    step("draft_reply", "2020-09-16")
    + decided("withhold", separable="false", separability_reason='"值班表全文均为内部排班"')
    + """\
[[steps.decisions.passages]]
label = "全文"
disclose = false
ground = "internal_affairs"
reason = "公开会影响内部值班安排"
evidence = { category = "internal_workflow", no_external_effect = true, override_checked = true }
"""
)


def test_two_cases_that_give_the_same_reason_at_once_are_counted_one_after_the_other(
    office: Office, config: Config, calendar: WorkCalendar, tell: Tell, request_text: str
) -> None:
    """Each reads how often the unit has given the reason: the second must see the first."""
    pair = Pair(given=ACCEPT, one=DISCRETIONARY, other=DISCRETIONARY, apart=True)
    situation = Situation(pair, tell, request_text)
    earlier = tell(request_text + ACCEPT + DISCRETIONARY)
    times = config.policy.repeated_reason_limit - 1
    serial = []
    for order in ((0, 1), (1, 0)):
        fresh = fresh_office(config, calendar)
        assert all(run(fresh, earlier, name=f"e{n}").ok for n in range(times))
        serial.append(situation.one_after_the_other(fresh, order))
    assert serial[0] != serial[1], "the count makes no difference here"
    assert all(run(office, earlier, name=f"e{n}").ok for n in range(times))
    inside = Barrier(2)

    def moment() -> None:
        """Wait for the other inside the transaction, if it ever comes that far."""
        try:
            inside.wait(0.2)
        except BrokenBarrierError:
            return

    numbers = situation.begin(office)
    meeting = replace(office, moment=moment)
    one, other = together(
        meeting,
        [
            lambda own: attempt(own, numbers[0], situation.steps[0]),
            lambda own: attempt(own, numbers[1], situation.steps[1]),
        ],
    )

    assert (one, other, rows(office)) in serial
