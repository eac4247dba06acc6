"""Another calendar or policy: open cases move once, with a recorded difference, and never back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from gongkai.doctor import check_invariants
from gongkai.office import Folded, Office
from gongkai.replay import run
from gongkai.store import deadlines
from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import reading, writing
from gongkai.store.journal import Act, acts
from gongkai.store.records import case_rows
from gongkai.story import Story
from gongkai.sweep import firming, sweep
from rules.published import build
from rules.yearbook import load_year
from workflow.periods import PeriodKind

Tell = Callable[[str], Story]
COUNTY = "fushun-county-office"
DECEMBER = date(2026, 12, 15)
NEXT = date(2026, 12, 16)
NOTICE_2027 = """\
year = 2027
[[notices]]
number = "国办发明电〔2026〕1号"
working = [2027-01-09]
days_off = [{ name = "元旦", from = 2027-01-01, to = 2027-01-05 }]
"""


@pytest.fixture
def place(office: Office, tell: Tell, request_text: str) -> Place:
    """A request of December, whose reply is due in the year to come."""
    text = request_text.replace("2020-09-14", "2026-12-15")
    done = run(office, tell(text), as_of=DECEMBER)
    assert done.case
    sweep(office, DECEMBER)
    return Place(done.case.agency, done.case.number)


@pytest.fixture
def entered(office: Office) -> Office:
    """The office once the notice of the next year is known."""
    calendar = build((load_year(NOTICE_2027, "2027.toml"),))
    return replace(office, calendar=calendar, folded=Folded())


def by_policy(office: Office, **targets: int) -> Office:
    own = replace(office.config.policy.targets, **targets)
    config = replace(office.config, policy=replace(office.config.policy, targets=own))
    return replace(office, config=config, folded=Folded())


def recorded(office: Office) -> list[Act]:
    with reading(office.store) as tx:
        return list(acts(tx, kind=firming.MOVED))


def due(office: Office, place: Place, kind: PeriodKind) -> date | None:
    with reading(office.store) as tx:
        found = {period.kind: period.due_on for period, _ in deadlines.periods_of(tx, place)}
    return found.get(kind)


def test_a_new_years_notice_moves_open_cases_with_a_recorded_difference(
    office: Office, place: Place, entered: Office
) -> None:
    seen = firming.preview(entered, NEXT)
    moved = firming.apply(entered, NEXT)

    assert seen == moved
    (reply,) = (m for m in moved.moved if m.kind is PeriodKind.REPLY)
    assert (reply.place, reply.before, reply.after) == (
        place,
        date(2027, 1, 13),
        date(2027, 1, 14),
    )
    assert not reply.provisional
    assert firming.preview(entered, NEXT) == firming.Firmed()
    (act,) = recorded(office)
    with reading(office.store) as tx:
        (row,) = case_rows(tx)
    assert act.agency == COUNTY
    assert (act.case_number, act.said["moved"][0]["before"]) == (place.case_number, "2026-12-29")
    assert (row["reply_due_on"], row["provisional"]) == (date(2027, 1, 14), False)


def test_what_does_not_move_is_reminded_of_by_the_new_calendar(office: Office) -> None:
    """The last of January stays; five working days before it is another day by then."""
    own = Place(COUNTY, deadlines.OWN)
    late = NOTICE_2027.replace("2027-01-01, to = 2027-01-05", "2027-01-25, to = 2027-01-27")
    calendar = build((load_year(late, "2027.toml"),))

    def looked() -> date | None:
        with reading(office.store) as tx:
            found = {period.kind: on for period, on in deadlines.periods_of(tx, own)}
        return found[PeriodKind.ANNUAL_REPORT]

    sweep(office, date(2027, 1, 4))
    before = looked()
    sweep(replace(office, calendar=calendar, folded=Folded()), date(2027, 1, 4))

    assert before == date(2027, 1, 22)
    assert looked() == date(2027, 1, 19)


def test_a_program_that_does_not_know_the_notice_moves_nothing_back(
    office: Office, place: Place, entered: Office
) -> None:
    sweep(entered, NEXT)

    for _ in range(2):
        with pytest.raises(firming.OldCalendar, match="gongkai calendar import"):
            sweep(office, NEXT)
        sweep(entered, NEXT)

    assert due(office, place, PeriodKind.REPLY) == date(2027, 1, 14)
    assert len(recorded(office)) == 1


def test_a_notice_that_is_taken_back_on_purpose_moves_them_back(
    office: Office, place: Place, entered: Office
) -> None:
    sweep(entered, NEXT)

    firming.apply(office, NEXT)

    sweep(office, NEXT)
    assert due(office, place, PeriodKind.REPLY) == date(2027, 1, 13)
    assert len(recorded(office)) == 2


def test_another_period_of_the_agencys_own_moves_open_cases_at_the_next_sweep(
    office: Office, place: Place
) -> None:
    before = due(office, place, PeriodKind.DRAFT)
    shorter = by_policy(office, draft_wd=6)

    faults = check_invariants(shorter, today=NEXT).faults
    assert any("gongkai sweep" in fault for fault in faults)
    sweep(shorter, NEXT)

    assert before == date(2026, 12, 29)
    assert due(office, place, PeriodKind.DRAFT) == date(2026, 12, 23)
    assert check_invariants(shorter, today=NEXT).ok
    (act,) = recorded(office)
    assert act.said["moved"] == [
        {"period": "draft/0", "before": "2026-12-29", "after": "2026-12-23", "provisional": False}
    ]
    sweep(shorter, NEXT)
    assert len(recorded(office)) == 1


def test_a_period_that_exists_by_the_new_policy_only_is_added_and_another_ends(
    office: Office, place: Place
) -> None:
    none = by_policy(office, draft_wd=0)
    sweep(none, NEXT)
    assert due(office, place, PeriodKind.DRAFT) is None

    sweep(office, NEXT)

    assert due(office, place, PeriodKind.DRAFT) == date(2026, 12, 29)
    moved = [one for act in recorded(office) for one in act.said["moved"]]
    assert [(one["before"], one["after"]) for one in moved] == [
        ("2026-12-29", None),
        (None, "2026-12-29"),
    ]


def test_a_case_that_cannot_be_read_is_told_and_tried_again_at_each_sweep(
    office: Office, place: Place, entered: Office, tell: Tell, request_text: str
) -> None:
    text = request_text.replace("2020-09-14", "2026-12-15")
    done = run(office, tell(text), as_of=DECEMBER)
    assert done.case
    other = Place(done.case.agency, done.case.number)
    with reading(office.store) as tx:
        keys = {row["n"]: row["key"] for row in tx.execute(t.personal.select()).mappings()}
    broken = t.personal.update().where(t.personal.c.case_number == place.case_number)
    with writing(office.store) as tx:
        tx.execute(broken.values(key="lost"))
    entered.folded.clear()

    assert [one for one, _ in firming.preview(entered, NEXT).failed] == [place]
    assert place in dict(sweep(entered, NEXT).failed)
    assert due(office, other, PeriodKind.REPLY) == date(2027, 1, 14)
    assert due(office, place, PeriodKind.REPLY) == date(2027, 1, 13)

    with writing(office.store) as tx:
        tx.execute(broken.values(key=keys[1]))
    assert sweep(entered, NEXT).failed == ()
    assert due(office, place, PeriodKind.REPLY) == date(2027, 1, 14)
    with reading(office.store) as tx:
        known = firming.known_basis(tx)
    assert known
    assert known.left == ()
