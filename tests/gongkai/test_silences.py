"""What a recorded silence asks of the officer until it is done; one that cannot be is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from gongkai.office import Office
from gongkai.requesting import perform
from gongkai.store import tasks
from gongkai.store.deadlines import Place
from gongkai.store.engine import reading
from gongkai.story import Story
from gongkai.sweep import Swept, sweep
from tests.gongkai.waiting import CONSULTED
from workflow.vocabulary import Role

Tell = Callable[[str], Story]
COUNTY = "fushun-county-office"

DRAFTED = """\
do = "draft_reply"
on = 2020-10-22
[[steps.decisions]]
item = 1
outcome = "disclose"
provide = "方案全文"
"""


def about(done: Swept, place: Place) -> list[tuple[str, str, str]]:
    """Return what a sweep did about a case: period, action, outcome."""
    return [
        (deed.period.key, deed.action.kind.value, deed.outcome)
        for deed in done.deeds
        if deed.place == place
    ]


def texts(office: Office, place: Place, role: Role) -> list[str]:
    with reading(office.store) as tx:
        found = tasks.open_tasks(tx, agency=place.agency, role=role, case=place.case_number)
        return [task.text for task in found]


@pytest.mark.parametrize(
    ("step", "closed"),
    [
        ('do = "add_note"\non = 2020-10-22\ntext = "已报负责人"\n', False),
        (DRAFTED, True),
        ('do = "withdraw"\non = 2020-10-22\nstatement = "撤回声明"\n', True),
    ],
    ids=["a note", "a draft", "a withdrawal"],
)
def test_what_a_silence_asks_for_is_asked_until_it_is_done_or_the_case_has_ended(
    step: str,
    closed: bool,  # noqa: FBT001 - a table
    office: Office,
    placed: Callable[[str], Place],
    tell: Tell,
    request_text: str,
) -> None:
    place = placed(CONSULTED.format(kind="third_party"))
    sweep(office, date(2020, 10, 21))
    (asked,) = (x for x in texts(office, place, Role.OFFICER) if "第三方逾期未回复" in x)

    taken = tell(f"{request_text}[[steps]]\n{step}").steps[0]
    perform(
        office, place.case_number, taken.command, None, taken.on, today=date(2020, 10, 22)
    )  # fmt: skip

    assert (asked not in texts(office, place, Role.OFFICER)) is closed
    sweep(office, date(2020, 10, 23))
    assert (asked not in texts(office, place, Role.OFFICER)) is closed


def test_where_no_day_is_set_for_the_draft_the_next_sweep_sees_that_it_was_made(
    office: Office, placed: Callable[[str], Place], tell: Tell, request_text: str
) -> None:
    """Without a period that ends with the draft the step itself does not look."""
    targets = replace(office.config.policy.targets, draft_wd=0)
    policy = replace(office.config.policy, targets=targets)
    office = replace(office, config=replace(office.config, policy=policy))
    place = placed(CONSULTED.format(kind="third_party"))
    sweep(office, date(2020, 10, 21))
    taken = tell(f"{request_text}[[steps]]\n{DRAFTED}").steps[0]
    perform(office, place.case_number, taken.command, None, taken.on, today=date(2020, 10, 22))

    sweep(office, date(2020, 10, 23))

    assert not any("第三方逾期未回复" in x for x in texts(office, place, Role.OFFICER))


def test_a_silence_that_cannot_be_recorded_is_told_as_such(
    office: Office, placed: Callable[[str], Place]
) -> None:
    """A sweep by hand for a day that lies before the last step."""
    note = '[[steps]]\ndo = "add_note"\non = 2020-11-20\ntext = "已电话催问"\n'
    place = placed(CONSULTED.format(kind="third_party") + note)

    done = sweep(office, date(2020, 10, 21))

    assert ("third_party/1", "expire", "refused") in about(done, place)
    (said,) = (x for x in texts(office, place, Role.OFFICER) if "第三方" in x)
    assert said.startswith("【期限届满】")
    assert "未能自动记录：" in said
    assert "由本机关决定" not in said
