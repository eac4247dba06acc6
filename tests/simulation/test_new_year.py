"""A new year's notice that several processes learn of at the same moment moves each case once."""

from dataclasses import replace
from datetime import date

from gongkai.office import Office
from gongkai.requesting import perform
from gongkai.store.engine import reading
from gongkai.store.journal import acts
from gongkai.sweep import firming, sweep
from rules.published import build
from rules.yearbook import load_year
from tests.officers import together
from tests.process.desk import APPLICANT, ITEM
from workflow import commands as c
from workflow.vocabulary import Channel

RECEIVED = date(2026, 12, 15)
NOTICE_2027 = """\
year = 2027
[[notices]]
number = "国办发明电〔2026〕1号"
working = [2027-01-09]
days_off = [{ name = "元旦", from = 2027-01-01, to = 2027-01-05 }]
"""


def test_sweepers_that_learn_of_a_notice_at_once_record_each_difference_once(
    office: Office,
) -> None:
    numbers = []
    for _ in range(3):
        register = c.Register(
            agency="fushun-county-office",
            channel=Channel.IN_PERSON,
            applicants=(APPLICANT,),
            items=(ITEM,),
        )
        done = perform(office, None, register, None, RECEIVED, today=RECEIVED)
        numbers.append(done.case.number)
    sweep(office, RECEIVED)
    entered = build((load_year(NOTICE_2027, "2027.toml"),))

    together(
        office,
        [lambda own: sweep(replace(own, calendar=entered), date(2026, 12, 16))] * 4,
    )

    with reading(office.store) as tx:
        found = list(acts(tx, kind=firming.ENTERED))
    assert sorted(act.case_number for act in found) == sorted(numbers)
    for act in found:
        moved = {one["period"]: (one["before"], one["after"]) for one in act.said["moved"]}
        assert moved["reply/0"] == ("2027-01-13", "2027-01-14")
