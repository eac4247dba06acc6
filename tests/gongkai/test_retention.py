"""The end of retention: one proposes, another erases, and the chain still holds."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, select, update

from gongkai import personal, requesting, retention
from gongkai.casefile import open_story
from gongkai.doctor import check_invariants
from gongkai.doctor.rebuild import differences, rebuild
from gongkai.office import Office
from gongkai.people import doer
from gongkai.replay import run
from gongkai.store import chain, journal, records
from gongkai.store import tables as t
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, reading
from gongkai.store.registry import papers_of
from gongkai.store.tracing import ERASED
from gongkai.story import Story
from tests.gongkai.conftest import ROOT
from tests.tampering import owning, unguard
from workflow.clock import reply_due
from workflow.commands import AddNote
from workflow.errors import Refused

Tell = Callable[[str], Story]

AGENCY = "fushun-county-office"
LATER = date(2026, 11, 20)
PEOPLE = ("office-head", "office-supervisor")
ARCHIVED = "third_party_silent_partly_disclosed"


@pytest.fixture
def old(office: Office) -> Office:
    """An office whose retention ends after one year, so that the published calendar suffices."""
    short = replace(office.config.retention, years=1)
    return replace(office, config=replace(office.config, retention=short))


@pytest.fixture
def number(old: Office) -> str:
    story = open_story(ROOT / "examples" / f"{ARCHIVED}.toml", old.config)
    case = run(old, story, name="old").case
    assert case is not None
    assert case.state.value == "archived"
    return case.number


def test_the_day_before_which_a_case_must_have_been_filed() -> None:
    assert retention.filed_before(date(2036, 3, 8), 10) == date(2026, 3, 8)
    assert retention.filed_before(date(2024, 2, 29), 1) == date(2023, 2, 28)


def erase(office: Office) -> retention.Erased:
    retention.propose(office, AGENCY, PEOPLE[0], today=LATER)
    return retention.erase(office, AGENCY, PEOPLE[1], today=LATER)


def test_what_is_erased_is_gone_and_everything_else_still_holds(
    old: Office, number: str, tell: Tell, request_text: str
) -> None:
    living = run(old, tell(request_text)).case
    assert living is not None
    with reading(old.store) as tx:
        row = records.case_row_of(tx, number)
        first = records.facts_of(tx, number)[1][0]
    (planned,) = retention.due(old, before=LATER, today=LATER)

    done = erase(old)

    assert (done.cases, done.personal, done.blobs, done.index) == (
        1, planned.personal, planned.blobs, planned.index
    )  # fmt: skip
    assert min(planned.personal, planned.blobs, planned.index) > 0
    with reading(old.store) as tx:
        for table in (t.personal, t.blind_index):
            left = set(tx.execute(select(table.c.case_number)).scalars())
            assert left == {living.number}
        own = {paper.sha256 for paper in papers_of(tx, number)}
        assert not own & set(tx.execute(select(t.blobs.c.sha256)).scalars())
        assert all(paper.docx for paper in papers_of(tx, living.number))
        after = records.case_row_of(tx, number)
        case = requesting.load(tx, old, number, LATER)
        links = [chain.fact_digest(one) for one in tx.execute(select(t.facts)).mappings()]
        (act,) = journal.acts(tx, kind=ERASED)
    assert row is not None
    assert after is not None
    assert {**after} == {**row, "erased_on": LATER}
    folded = records.case_row(case, reply_due(case, old.world(AGENCY, first.on)))
    assert {name: after[name] for name in folded if name != "provisional"} == {
        name: value for name, value in folded.items() if name != "provisional"
    }
    assert links
    assert act.case_number == number
    assert personal.people_of(case) == ()
    assert check_invariants(old, today=LATER).faults == ()


def test_a_command_of_an_erased_case_is_answered_as_before(old: Office, number: str) -> None:
    story = open_story(ROOT / "examples" / f"{ARCHIVED}.toml", old.config)
    before = run(old, story, name="old")
    erase(old)

    again = run(old, story, name="old")

    assert [step.refused for step in again.steps if step.refused] == [
        step.refused for step in before.steps if step.refused
    ]
    assert again.case is not None
    assert again.case.number == number


def test_nothing_more_can_be_done_to_an_erased_case(old: Office, number: str) -> None:
    erase(old)

    with pytest.raises(Refused, match="已经清除"):
        requesting.perform(old, number, AddNote(text="x"), None, LATER, today=LATER)
    with pytest.raises(Refused, match="看不到"):
        personal.unmask(old, number, "office-head", "邮寄答复书需核对收件地址", on=LATER)


def test_it_takes_two_people_of_the_right_roles(old: Office, number: str) -> None:
    with pytest.raises(Refused, match="还没有人提出"):
        retention.erase(old, AGENCY, PEOPLE[1], today=LATER)
    for by in ("office-officer-a", "education-head"):
        with pytest.raises(Refused):
            retention.propose(old, AGENCY, by, today=LATER)
    proposal = retention.propose(old, AGENCY, PEOPLE[0], today=LATER)
    for by in (PEOPLE[0], f"supervisor:{doer(old.config, PEOPLE[0], AGENCY).name}"):
        with pytest.raises(Refused, match="另一人"):
            retention.erase(old, AGENCY, by, today=LATER)

    assert [entry[0] for entry in proposal.said["cases"]] == [number]
    assert proposal.said["digest"] == retention.digest_of(proposal.said["cases"])


def test_a_list_that_has_changed_is_proposed_anew(old: Office, number: str) -> None:
    retention.propose(old, AGENCY, PEOPLE[0], today=LATER)
    requesting.perform(old, number, AddNote(text="x"), None, LATER, today=LATER)

    with pytest.raises(Refused, match="变化"):
        retention.erase(old, AGENCY, PEOPLE[1], today=LATER)
    assert erase(old).cases == 1


def test_an_interrupted_erasure_is_continued(old: Office, number: str) -> None:
    story = open_story(ROOT / "examples" / f"{ARCHIVED}.toml", old.config)
    other = replace(story, register=replace(story.register, number=""))
    assert run(old, other).case
    retention.propose(old, AGENCY, PEOPLE[0], today=LATER)

    def cut(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retention.erase(old, AGENCY, PEOPLE[1], today=LATER, tell=cut)
    assert retention.erase(old, AGENCY, PEOPLE[1], today=LATER).cases == 1
    assert retention.due(old, before=LATER, today=LATER) == ()
    assert number


def test_cut_off_before_the_last_step_the_room_is_given_back_when_it_is_run_again(
    old: Office, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are gone, and the proposal is carried out: only the cleaning up is left."""
    cleaned: list[Office] = []
    clean_up = retention.clean_up

    def noted(office: Office) -> None:
        cleaned.append(office)
        clean_up(office)

    monkeypatch.setattr(retention, "clean_up", noted)
    retention.propose(old, AGENCY, PEOPLE[0], today=LATER)

    def cut(_done: int, _of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retention.erase(old, AGENCY, PEOPLE[1], today=LATER, tell=cut)
    assert cleaned == []
    with pytest.raises(Refused, match="执行完毕"):
        retention.erase(old, AGENCY, PEOPLE[1], today=LATER)
    assert cleaned == [old]
    assert number


@pytest.mark.parametrize("row_is_there", [True, False])
def test_what_is_kept_of_an_erased_case_outlasts_the_rebuilding_of_its_row(
    old: Office, number: str, *, row_is_there: bool
) -> None:
    erase(old)
    kept = _caches(old)
    assert any(kept)
    with owning(old.store) as tx:
        unguard(tx, "cases")
        if row_is_there:
            tx.execute(update(t.cases).values(state="closed"))
    if not row_is_there:
        _lose_the_row(old.store)

    found = differences(old, today=LATER)
    assert rebuild(old, found, on=LATER) == 1

    assert _caches(old) == kept
    with reading(old.store) as tx:
        row = records.case_row_of(tx, number)
    assert row is not None
    assert (row["state"], row["erased_on"]) == ("archived", LATER)


def _caches(office: Office) -> list[list[str]]:
    tables = (t.deadlines, t.outcomes, t.outcome_items, t.outcome_grounds, t.outcome_challenges)
    with reading(office.store) as tx:
        return [sorted(map(repr, tx.execute(select(table)))) for table in tables]


def _lose_the_row(store: Store) -> None:
    """Take away a row on which others depend, as somebody with the rights of the owner can."""
    if store.dialect == "sqlite":
        with closing(sqlite3.connect(str(store.engine.url.database))) as connection, connection:
            connection.execute("DELETE FROM cases")
        return
    with owning(store) as tx:
        for table in t.metadata.sorted_tables:
            for key in table.foreign_key_constraints:
                tx.connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {key.name}")
        tx.execute(delete(t.cases))


def test_open_and_challenged_cases_are_never_erased(old: Office) -> None:
    for name in ("crosses_into_2027_still_open", "non_reply_challenged", "rectification_corrected"):
        run(old, open_story(ROOT / "examples" / f"{name}.toml", old.config))

    found = retention.due(old, before=LATER, today=LATER)

    with reading(old.store) as tx:
        states = {row["number"]: row["state"] for row in records.case_rows(tx)}
    assert {states[one.number] for one in found} <= {"archived", "decided"}
