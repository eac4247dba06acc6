"""One step, one transaction: wholly or not at all, once, and by the one who was first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

import notices
from bench.nine_steps import STEPS
from gongkai import papers
from gongkai.office import Conflict, Office, fixed_code, random_code
from gongkai.replay import run
from gongkai.requesting import Done, load, perform
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.records import reasons_used
from gongkai.store.registry import papers_of
from gongkai.story import Story
from notices.errors import PaperError
from tests.tampering import owning, unguard
from workflow.commands import (
    Accept,
    ApproveReply,
    IssueReply,
    PassReview,
    RecallReply,
    RecordContact,
)
from workflow.errors import Refused
from workflow.findings import Finding
from workflow.people import Actor
from workflow.vocabulary import Role, Severity, State

Tell = Callable[[str], Story]

OFFICER, HEAD = Actor(Role.OFFICER), Actor(Role.HEAD)
TODAY = date(2020, 12, 31)
TABLES = (t.cases, t.facts, t.papers, t.counters, t.commands, t.reasons)


@pytest.fixture
def register(office: Office, tell: Tell, request_text: str) -> Callable[..., Done]:
    story = tell(request_text)

    def registered(command_id: str = "") -> Done:
        return perform(
            office, None, story.register, OFFICER, story.on, today=TODAY, command_id=command_id
        )

    return registered


def everything(office: Office) -> dict[str, list[tuple[Any, ...]]]:
    with reading(office.store) as connection:
        return {x.name: [tuple(row) for row in connection.execute(select(x))] for x in TABLES}


def test_a_registration_makes_a_case_with_number_paper_and_fact(
    office: Office, register: Callable[..., Done]
) -> None:
    done = register()

    assert done.case.number == "抚县政公申〔2020〕1号"
    assert (done.case.state, done.case.version) == (State.RECEIVED, 1)
    assert [paper.kind for paper in done.papers] == ["receipt"]
    with reading(office.store) as connection:
        assert load(connection, office, done.case.number, TODAY) == done.case
        assert papers_of(connection, done.case.number) == done.papers


def test_case_numbers_run_without_gap(register: Callable[..., Done]) -> None:
    numbers = [register().case.number for _ in range(3)]

    assert numbers == [f"抚县政公申〔2020〕{n}号" for n in (1, 2, 3)]


def test_the_same_command_id_gives_the_same_answer_once(
    office: Office, register: Callable[..., Done]
) -> None:
    first = register(command_id="a")
    before = everything(office)

    second = register(command_id="a")

    assert second.repeated
    assert (second.case, second.fact, second.findings) == (first.case, first.fact, first.findings)
    assert everything(office) == before


def test_the_same_command_id_with_more_to_say_is_a_conflict(office: Office) -> None:
    number = None
    for command, actor, on in STEPS[:4]:
        number = perform(office, number, command, actor, on, today=TODAY).case.number
    _, reviewer, on = STEPS[4]
    perform(office, number, PassReview(), reviewer, on, today=TODAY, command_id="a")

    told = PassReview(opinion="同意")
    with pytest.raises(Conflict, match="command_id"):
        perform(office, number, told, reviewer, on, today=TODAY, command_id="a")


def test_the_same_command_id_for_something_else_is_a_conflict(
    office: Office, register: Callable[..., Done]
) -> None:
    number = register(command_id="a").case.number

    with pytest.raises(Conflict, match="command_id"):
        perform(office, number, Accept(), OFFICER, TODAY, today=TODAY, command_id="a")


def test_a_repeated_command_is_answered_even_when_the_case_has_moved_on(
    office: Office, register: Callable[..., Done]
) -> None:
    number = register().case.number
    accept: dict[str, Any] = {"today": TODAY, "command_id": "b", "expected_version": 1}
    first = perform(office, number, Accept(), OFFICER, date(2020, 9, 15), **accept)
    perform(office, number, RecordContact(), OFFICER, date(2020, 9, 16), today=TODAY)

    again = perform(office, number, Accept(), OFFICER, date(2020, 9, 15), **accept)

    assert again.repeated
    assert again.case == first.case


def test_the_second_of_two_officers_is_told_who_was_first(
    office: Office, register: Callable[..., Done]
) -> None:
    number = register().case.number
    perform(
        office, number, Accept(), Actor(Role.OFFICER, "李"), date(2020, 9, 15), today=TODAY,
        expected_version=1,
    )  # fmt: skip
    before = everything(office)

    with pytest.raises(Conflict, match=r"officer:李.*2020-09-15.*第1版，现为第2版"):
        perform(office, number, RecordContact(), OFFICER, TODAY, today=TODAY, expected_version=1)
    assert everything(office) == before


def test_a_refused_step_leaves_nothing_behind(
    office: Office, register: Callable[..., Done]
) -> None:
    number = register().case.number
    before = everything(office)

    with pytest.raises(Refused, match="待制发"):
        perform(office, number, IssueReply(), OFFICER, TODAY, today=TODAY)

    assert everything(office) == before


def test_an_unknown_case_and_an_unknown_agency_are_told(
    office: Office, tell: Tell, request_text: str
) -> None:
    with pytest.raises(Refused, match="没有编号为"):
        perform(office, "x", Accept(), OFFICER, TODAY, today=TODAY)
    with pytest.raises(Refused, match="还没有登记"):
        perform(office, None, Accept(), OFFICER, TODAY, today=TODAY)
    wrong = replace(tell(request_text).register, agency="nobody")
    with pytest.raises(Refused, match="nobody"):
        perform(office, None, wrong, OFFICER, TODAY, today=TODAY)


def test_a_number_that_is_taken_is_refused(office: Office, tell: Tell, request_text: str) -> None:
    story = tell(request_text)
    own = replace(story.register, number="抚县政公申〔2020〕77号")
    perform(office, None, own, OFFICER, story.on, today=TODAY)

    with pytest.raises(Refused, match="已用于另一件申请"):
        perform(office, None, own, OFFICER, story.on, today=TODAY)


@pytest.mark.parametrize("at", ["compose", "lint", "finish"])
def test_a_paper_that_cannot_be_written_stops_the_step(
    at: str,
    office: Office,
    register: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = everything(office)

    def fail(*_: object, **__: object) -> None:
        raise PaperError("no_address", "申请人没有地址。", mend="请补充地址。")

    monkeypatch.setattr(notices, at, fail)
    with pytest.raises(Refused) as caught:
        register()

    assert (caught.value.code, caught.value.mend) == ("no_address", "请补充地址。")
    assert everything(office) == before


def test_a_contradiction_in_a_paper_stops_the_step_before_a_number_is_drawn(
    office: Office,
    register: Callable[..., Done],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = everything(office)
    wrong = Finding(code="wrong_name", severity=Severity.BLOCK, message="姓名与案卷不一致。")
    monkeypatch.setattr(notices, "lint", lambda *_, **__: (wrong,))
    monkeypatch.setattr(papers, "_finished", lambda *_: pytest.fail("a number was drawn"))

    with pytest.raises(Refused) as caught:
        register()

    assert caught.value.code == "blocked_by_linter"
    assert caught.value.findings == (wrong,)
    assert everything(office) == before


def test_a_crash_between_two_statements_leaves_nothing_behind(
    office: Office, register: Callable[..., Done], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = everything(office)

    def crash(*_: object) -> None:
        raise RuntimeError("power cut")

    monkeypatch.setattr("gongkai.store.records.remember", crash)
    with pytest.raises(RuntimeError):
        register()

    assert everything(office) == before


def test_a_reply_has_number_bytes_and_fact_together(
    office: Office, tell: Tell, reply_text: str
) -> None:
    done = run(office, tell(reply_text))

    assert done.case is not None
    reply = done.case.reply
    assert reply is not None
    (paper,) = [paper for paper in done.papers if paper.kind == "reply"]
    assert (reply.number, paper.number) == ("抚县政公告〔2020〕1号",) * 2
    issued = next(fact for fact in done.case.facts if fact.kind == "issue_reply")
    assert issued.papers == (paper.ref,)


def test_a_recalled_reply_keeps_its_number_void_and_the_next_one_follows(
    office: Office, tell: Tell, reply_text: str
) -> None:
    issue = reply_text.split('[[steps]]\ndo = "send_reply"', maxsplit=1)[0]
    case = run(office, tell(issue)).case
    assert case is not None
    recall = RecallReply(reason="附件装错")
    perform(office, case.number, recall, HEAD, date(2020, 9, 22), today=TODAY)

    with reading(office.store) as connection:
        (void,) = [p for p in papers_of(connection, case.number) if p.void_on]
    other = run(office, tell(reply_text))

    assert (void.number, void.void_on, void.void_reason) == (
        "抚县政公告〔2020〕1号",
        date(2020, 9, 22),
        "附件装错",
    )
    assert [p.number for p in other.papers if p.kind == "reply"] == ["抚县政公告〔2020〕2号"]


def test_every_fact_has_one_answered_command(office: Office, tell: Tell, reply_text: str) -> None:
    run(office, tell(reply_text))

    with reading(office.store) as connection:
        facts, commands = (
            connection.execute(select(func.count()).select_from(x)).scalar_one()
            for x in (t.facts, t.commands)
        )
    assert facts == commands == 7


def test_check_codes_are_twelve_letters() -> None:
    assert fixed_code("a") == fixed_code("a") != fixed_code("b")
    for code in (fixed_code("a"), random_code("a")):
        assert len(code) == 12
        assert code.isascii()
        assert code.isupper()
    assert random_code("a") != random_code("a")


DISCRETIONARY = """
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "draft_reply"
on = 2020-09-16
[[steps.decisions]]
item = 1
outcome = "withhold"
separable = false
separability_reason = "值班表全文均为内部排班"
[[steps.decisions.passages]]
label = "全文"
disclose = false
ground = "internal_affairs"
reason = "公开会影响内部值班安排"
evidence = { category = "internal_workflow", no_external_effect = true, override_checked = true }
"""


def test_a_reason_that_a_unit_repeats_is_counted_over_its_other_cases(
    office: Office, tell: Tell, request_text: str
) -> None:
    story = tell(request_text + DISCRETIONARY)
    limit = office.config.policy.repeated_reason_limit

    runs = [run(office, story) for _ in range(limit + 1)]

    assert all(done.ok for done in runs)
    with reading(office.store) as connection:
        rows = connection.execute(select(t.reasons)).all()
        used = reasons_used(connection, "fushun-county-office", "", ["公开会影响内部值班安排"])
    assert len(rows) == limit + 1
    assert used == {"公开会影响内部值班安排": limit + 1}
    assert runs[0].draft_findings != runs[-1].draft_findings


@pytest.mark.parametrize(
    ("last_done", "next_step", "actor"),
    [("pass_review", ApproveReply(), HEAD), ("approve_reply", IssueReply(), OFFICER)],
)
def test_a_draft_altered_in_the_database_after_review_goes_no_further(
    office: Office,
    tell: Tell,
    reply_text: str,
    last_done: str,
    next_step: ApproveReply | IssueReply,
    actor: Actor,
) -> None:
    before, _, after = reply_text.partition(f'do = "{last_done}"')
    case = run(office, tell(before + f'do = "{last_done}"' + after.split("[[steps]]")[0])).case
    assert case is not None
    drafted = t.facts.c.kind == "draft_reply"
    with owning(office.store) as connection:
        public = connection.execute(select(t.facts.c.public).where(drafted)).scalar_one()
        forged = public.replace('"outcome":"disclose"', '"outcome":"withhold"')
        unguard(connection, "facts")
        connection.execute(t.facts.update().where(drafted).values(public=forged))
    office.folded.clear()  # another process reads the file afresh

    with pytest.raises(Refused) as caught:
        perform(office, case.number, next_step, actor, date(2020, 9, 23), today=TODAY)

    assert caught.value.code == "draft_changed"
