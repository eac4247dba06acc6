"""A new year's notice that several processes learn of at the same moment moves each case once."""

from dataclasses import replace
from datetime import date

from gongkai.office import Folded, Office
from gongkai.requesting import perform
from gongkai.store import deadlines
from gongkai.store.engine import reading
from gongkai.store.journal import acts
from gongkai.sweep import firming, sweep
from rules.published import build
from rules.yearbook import load_year
from tests.officers import together
from tests.process.desk import APPLICANT, ITEM
from workflow import commands as c
from workflow.periods import PeriodKind
from workflow.vocabulary import Channel

RECEIVED = date(2026, 12, 15)
NOTICE_2027 = """\
year = 2027
[[notices]]
number = "国办发明电〔2026〕1号"
working = [2027-01-09]
days_off = [{ name = "元旦", from = 2027-01-01, to = 2027-01-05 }]
"""


def registered(office: Office) -> str:
    """Register a request whose reply is due in the next year."""
    register = c.Register(
        agency="fushun-county-office",
        channel=Channel.IN_PERSON,
        applicants=(APPLICANT,),
        items=(ITEM,),
    )
    return perform(office, None, register, None, RECEIVED, today=RECEIVED).case.number


def test_sweepers_that_learn_of_a_notice_at_once_record_each_difference_once(
    office: Office,
) -> None:
    numbers = [registered(office) for _ in range(3)]
    sweep(office, RECEIVED)
    entered = build((load_year(NOTICE_2027, "2027.toml"),))

    together(
        office,
        [lambda own: sweep(replace(own, calendar=entered), date(2026, 12, 16))] * 4,
    )

    with reading(office.store) as tx:
        found = list(acts(tx, kind=firming.MOVED))
    assert sorted(act.case_number for act in found) == sorted(numbers)
    for act in found:
        moved = {one["period"]: (one["before"], one["after"]) for one in act.said["moved"]}
        assert moved["reply/0"] == ("2027-01-13", "2027-01-14")


def test_sweepers_of_which_some_do_not_know_the_notice_move_nothing_back(office: Office) -> None:
    """They were opened before it was imported, or run on a machine on which it was not."""
    numbers = [registered(office) for _ in range(3)]
    sweep(office, RECEIVED)
    entered = build((load_year(NOTICE_2027, "2027.toml"),))
    sweep(replace(office, calendar=entered, folded=Folded()), date(2026, 12, 16))

    def early(own: Office) -> bool:
        try:
            sweep(own, date(2026, 12, 28))
        except firming.OldCalendar:
            return False
        return True

    def late(own: Office) -> bool:
        return bool(sweep(replace(own, calendar=entered), date(2026, 12, 28)))

    assert together(office, [early, late, early, late]) == [False, True, False, True]

    with reading(office.store) as tx:
        assert len(list(acts(tx, kind=firming.MOVED))) == len(numbers)
        due = {
            period.due_on
            for place in deadlines.places(tx)
            for period, _ in deadlines.periods_of(tx, place)
            if period.kind is PeriodKind.REPLY
        }
    assert due == {date(2027, 1, 14)}
