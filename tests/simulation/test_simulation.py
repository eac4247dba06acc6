"""400 days with jumps, outages and sweeps at once: all that is due is done, once and in time."""

import os
from collections import Counter

import pytest

from gongkai.office import Office
from tests.simulation.life import Life

#: Whoever wants more sets these; the same seed gives the same days.
SEED = int(os.environ.get("GONGKAI_SIMULATION_SEED", "2020"))
CASES = int(os.environ.get("GONGKAI_SIMULATION_CASES", "30"))


@pytest.mark.slow
def test_in_400_days_every_action_is_done_exactly_once_and_none_is_missed(office: Office) -> None:
    """Life compares all along the way; here the whole once more, and that much has happened."""
    life = Life(office, seed=SEED, cases=CASES)

    life.run()

    model = life.look(life.last, doctor=True)
    lines = model.lines
    told = Counter(
        (
            deed.place.case_number or f"@{deed.place.agency}",
            deed.period.kind.value,
            deed.period.number,
            deed.period.due_on,
            deed.action.kind.value,
        )
        for deed in life.deeds
    )
    assert set(told.values()) == {1}, "two sweeps both say that they did the same thing"
    assert set(told) <= set(lines)
    assert {line.outcome for line in lines.values()} >= {"done", "superseded", "lapsed"}
    assert {line.action for line in lines.values()} >= {"expire", "propose", "overdue_supervisor"}
    asked = [closed for task, closed in model.tasks.items() if task.action == "expire"]
    assert any(asked), "what a silence asked for was done"
    assert life.tally.most_at_once >= 4
    assert life.tally.longest_down >= 30
    assert life.tally.held
    assert life.tally.kills
