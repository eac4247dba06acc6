"""10,000 random tamperings with a database: all are found, and each where it was done."""

from collections import Counter
from io import BytesIO
from random import Random

import pytest

from gongkai.attaching.taking import Step, attach, received
from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.office import Office
from gongkai.replay import fresh_office, run
from gongkai.store.engine import writing
from gongkai.store.journal import Act, record
from gongkai.store.tracing import Anchored
from rules.workdays import WorkCalendar
from tests.forging import Anchors, Rows, entries, forge, rows_of, traced
from tests.gongkai.conftest import ROOT
from workflow.people import Actor
from workflow.vocabulary import Role

#: 4 × 2,500; every part tampers with another small database.
TAMPERINGS = 2_500
STORIES = (
    ("reply_recalled_after_issue", "rectification_corrected", "rectification_not_corrected"),
    ("several_applicants_one_agent", "on_the_spot_already_public", "rectification_directed"),
    ("third_party_consents", "withdrawn_whole", "rectification_not_corrected"),
    ("epidemic_personal_data_masked", "rectification_forwarded", "rectification_directed"),
)
AGENCY = "fushun-county-office"
OFFICER = Actor(Role.OFFICER, "李")


def told(office: Office, names: tuple[str, ...], config: Config) -> Office:
    """Run stories, with a file attached to each request, acts in between and at the end."""
    for name in names:
        story = open_story(ROOT / "examples" / f"{name}.toml", config)
        ran = run(office, story, name=name)
        assert ran.steps
        if ran.case:
            with received(BytesIO(name.encode()), "证明.txt", office.config.attachments) as got:
                step = Step(actor=OFFICER, on=story.latest, today=story.latest)
                attach(office, ran.case.number, got, step)
        with writing(office.store) as tx:
            for kind in ("unmask", "export"):
                said = {"reason": name, "kind": kind}
                record(tx, Act(agency=AGENCY, kind=kind, on=story.latest, said=said))
    return office


def anchored(rows: Rows) -> Anchors:
    """Note the ends of the chains twice: half way, and now."""
    found: dict[str, dict[int, tuple[Anchored, ...]]] = {}
    for agency, own in entries(rows).items():
        noted = {own[len(own) // 2].seq: own[len(own) // 2], own[-1].seq: own[-1]}
        found[agency] = {
            seq: (Anchored(seq, entry.row["hash"], "2026-01-01"),) for seq, entry in noted.items()
        }
    return found


@pytest.mark.parametrize("part", range(len(STORIES)))
def test_every_one_of_10_000_random_tamperings_is_found_where_it_was_done(
    part: int, config: Config, calendar: WorkCalendar
) -> None:
    office = told(fresh_office(config, calendar), STORIES[part], config)
    keys, rows, random = office.store.keys, rows_of(office.store), Random(part)  # noqa: S311 - seeded
    anchors = anchored(rows)
    assert list(traced(rows, keys, anchors)) == []
    found, by_anchor = Counter[str](), Counter[str]()

    for _ in range(TAMPERINGS):
        forged = forge(rows, random)
        faults = list(traced(forged.rows, keys))
        if not faults:
            by_anchor[forged.how] += 1
            faults = list(traced(forged.rows, keys, anchors))
        assert faults, forged.how
        assert forged.located(faults), (forged.how, forged.places, forged.facts, faults)
        found[forged.how] += 1

    assert sum(found.values()) == TAMPERINGS
    covered_up = {"truncate, covered up to 3 of 3", "rewrite, covered up to 2 of 2"}
    assert set(by_anchor) <= covered_up, "only what is covered up wholly needs the anchor"
    print(f"seed {part}: {dict(found)}, of these by the anchor alone: {dict(by_anchor)}")  # noqa: T201
