"""Whatever is asked, the office takes the step or refuses it, and the store tells the same case."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongkai.config import Config
from gongkai.office import Office
from gongkai.replay import fresh_office
from gongkai.requesting import load, perform
from gongkai.store.engine import reading
from gongkai.store.records import case_rows
from gongkai.story import Story
from rules.workdays import WorkCalendar
from workflow.commands import COMMANDS, Command, RecordContact, Register
from workflow.errors import Refused

TODAY = date(2020, 12, 31)
KINDS = [kind for kind in COMMANDS.values() if kind is not Register]

#: A step of the story, or anything at all; then how many days later.
asked = st.tuples(
    st.one_of(st.none(), st.sampled_from(KINDS).flatmap(st.from_type)),
    st.integers(-2, 20),
)


@pytest.fixture(scope="session")
def make_office(config: Config, calendar: WorkCalendar) -> Callable[[], Office]:
    return partial(fresh_office, config, calendar)


@pytest.fixture(scope="session")
def short_story(tell: Callable[[str], Story], reply_text: str) -> Story:
    return tell(reply_text)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(asked=st.lists(asked, max_size=10))
def test_a_step_is_taken_or_refused_and_the_store_agrees(
    asked: list[tuple[Command | None, int]],
    make_office: Callable[[], Office],
    short_story: Story,
) -> None:
    office, story = make_office(), short_story
    case = perform(office, None, story.register, None, story.on, today=TODAY).case
    rest, on = [step.command for step in story.steps], story.on

    for anything, days in asked:
        command = anything or (rest.pop(0) if rest else RecordContact())
        on += timedelta(days=days)
        with suppress(Refused):  # and nothing else
            case = perform(office, case.number, command, None, on, today=TODAY).case

    with reading(office.store) as connection:
        assert load(connection, office, case.number, TODAY) == case
        (row,) = case_rows(connection)
    assert (row["state"], row["version"]) == (case.state.value, case.version)
    office.store.close()
