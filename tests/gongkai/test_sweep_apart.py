"""One case stops no other; a batch holds all its cases before anything else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import tables as t
from gongkai.store.deadlines import Place
from gongkai.store.engine import writing
from gongkai.story import Story
from gongkai.sweep import sweep
from tests.gongkai.waiting import CONSULTED
from tests.hearing import heard
from tests.officers import sibling

Tell = Callable[[str], Story]
COUNTY = "fushun-county-office"

OTHER_AGENCY = CONSULTED.format(kind="other_agency").replace(
    "items = [1]", 'items = [1]\nwhy = "涉及该局的地类认定"'
)


def test_a_case_that_cannot_be_read_stops_no_other(
    office: Office, placed: Callable[[str], Place]
) -> None:
    broken, sound = placed(""), placed("")
    with writing(office.store) as tx:
        tx.execute(t.personal.update().values(key="lost"))
        office.folded.clear()
    third = placed("")

    done = sweep(office, date(2020, 10, 16))

    assert {place for place, _ in done.failed} == {broken, sound}
    assert any(deed.place == third for deed in done.deeds)


def test_an_agency_that_was_taken_out_of_the_configuration_stops_no_other(
    office: Office, placed: Callable[[str], Place], tell: Tell, request_text: str
) -> None:
    place = placed(OTHER_AGENCY)  # its days move with each sweep
    text = request_text.replace(COUNTY, "xiahe-township")
    done = run(office, tell(text), as_of=date(2020, 12, 31))
    assert done.case
    other = Place(done.case.agency, done.case.number)
    sweep(office, date(2020, 9, 24))
    left = {key: one for key, one in office.config.agencies.items() if key != COUNTY}
    fewer = replace(office, config=replace(office.config, agencies=left))

    swept = sweep(fewer, date(2020, 10, 16))

    assert [one for one, _ in swept.failed] == [place]
    assert f"没有“{COUNTY}”这个机关" in swept.failed[0][1]
    assert any(deed.place == other for deed in swept.deeds)


def test_a_batch_holds_all_its_cases_before_it_touches_a_chain(
    office: Office, placed: Callable[[str], Place]
) -> None:
    """Whoever takes a step holds a case, then the chain; the other way round they would block."""
    silent = [placed(CONSULTED.format(kind="third_party")) for _ in range(2)]
    with sibling(office) as own, heard(own) as said:
        sweep(own, date(2020, 10, 21))

    chained = next(n for n, text in enumerate(said) if "FROM chains" in text)
    for place in silent:
        held = next(n for n, x in enumerate(said) if "FROM cases" in x and place.case_number in x)
        assert held < chained
