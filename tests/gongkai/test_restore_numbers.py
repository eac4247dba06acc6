"""After a restore, numbers that were given meanwhile are not given twice; the advice works."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gongkai.doctor import check_invariants
from gongkai.office import Office
from gongkai.registering import SKIPPED, import_highest
from gongkai.replay import run
from gongkai.store import journal
from gongkai.store.engine import reading
from gongkai.store.registry import series_rows
from gongkai.story import Story
from gongkai.today import ZONE
from tests.gongkai.conftest import office_of
from workflow.errors import Refused

AGENCY = "fushun-county-office"
MOMENT = datetime(2026, 3, 2, 9, tzinfo=ZONE)
TODAY = date(2026, 11, 1)


@pytest.fixture
def desk(
    home: Path, call: Callable[..., Any], tell: Callable[[str], Story], reply_text: str
) -> Iterator[Office]:
    """The office of the folder: a backup of its first case, then a second one is answered."""
    assert call("init").code == 0
    office = office_of(home, MOMENT)
    run(office, tell(reply_text), name="one")
    assert call("backup", "one.backup").code == 0
    run(office, tell(reply_text), name="two")
    office.store.close()
    yield office
    office.store.close()


def numbers(office: Office) -> dict[str, tuple[int, int]]:
    with reading(office.store) as tx:
        return {row.series: (row.last, row.imported) for row in series_rows(tx)}


def advised(told: str) -> list[str]:
    found = re.search(r"gongkai (notice numbers import .+?)，", told)
    assert found
    return found[1].split()


def test_the_advice_of_a_restore_is_followed_and_no_number_is_given_twice(
    home: Path,
    desk: Office,
    call: Callable[..., Any],
    tell: Callable[[str], Story],
    reply_text: str,
) -> None:
    del home
    before = numbers(desk)
    desk.store.close()
    lost = call("restore", "one.backup", "--replace", "--json").json["lost"]
    advice = [advised(line) for line in lost if "numbers import" in line]
    assert (
        {words[3] for words in advice}
        == {name for name, (last, _) in before.items() if numbers(desk)[name][0] < last}
        != set()
    )

    said = [call(*words) for words in advice]

    assert [(one.code, one.err) for one in said] == [(0, "")] * len(advice)
    assert [call(*words).code for words in advice] == [0] * len(advice)  # nothing is left to do
    assert numbers(desk) == before
    assert check_invariants(desk, today=TODAY).faults == ()
    case = run(desk, tell(reply_text), name="three").case
    assert case is not None
    assert case.number.endswith("3号")
    assert check_invariants(desk, today=TODAY).faults == ()
    with reading(desk.store) as tx:
        acts = list(journal.acts(tx, kind=SKIPPED))
    assert sorted((act.said["series"], act.said["first"], act.said["last"]) for act in acts) == (
        sorted((words[3], 2, 2) for words in advice)
    )
    assert {act.recorded_at for act in acts} != {None}


def test_only_after_a_restore_a_run_may_go_on_behind_a_gap(desk: Office) -> None:
    with pytest.raises(Refused) as caught:
        import_highest(desk, AGENCY, "case", 2020, 9, on=TODAY)

    assert caught.value.code == "already_drawn"
    assert numbers(desk)["case"] == (2, 0)


def test_a_number_that_would_be_given_again_is_refused_even_then(
    desk: Office, call: Callable[..., Any]
) -> None:
    call("restore", "one.backup", "--replace")
    import_highest(desk, AGENCY, "case", 2020, 9, on=TODAY)

    with pytest.raises(Refused) as caught:
        import_highest(desk, AGENCY, "case", 2020, 5, on=TODAY)

    assert caught.value.code == "number_lowered"
    assert numbers(desk)["case"] == (9, 0)


def test_a_run_that_was_taken_over_is_not_taken_back(office: Office) -> None:
    import_highest(office, AGENCY, "reply", 2026, 50, on=TODAY)

    with pytest.raises(Refused, match="已经用到第50号") as caught:
        import_highest(office, AGENCY, "reply", 2026, 30, on=TODAY)

    assert caught.value.code == "number_lowered"
    import_highest(office, AGENCY, "reply", 2026, 50, on=TODAY)
    import_highest(office, AGENCY, "reply", 2026, 70, on=TODAY)
    assert numbers(office) == {"reply": (70, 70)}
