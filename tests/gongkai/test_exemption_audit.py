"""The supervisor's audit equals a naive count over the facts, figure by figure, case by case."""

import json
from collections.abc import Callable
from datetime import date
from itertools import combinations
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.exemption_audit.counting import DIMENSIONS, FIGURES, Audit, Line, audit
from gongkai.exemption_audit.reading import requests
from gongkai.importing import import_file
from gongkai.office import Office
from gongkai.replay import fresh_office
from gongkai.requesting import load
from gongkai.store import outcomes
from gongkai.store.engine import reading
from gongkai.store.tables import cases
from rules.workdays import WorkCalendar
from tests.gongkai.conftest import ROOT, Said
from tests.gongkai.invented import AGENCIES, stories
from tests.gongkai.naive_audit import Seen, everything, naive

TODAY = date(2026, 11, 20)
SEED = 20_201_016
MANY = 2_000
EVER = (date(2019, 5, 15), date(2026, 12, 31))
BYS = ((), *((name,) for name in DIMENSIONS), *combinations(DIMENSIONS, 2), DIMENSIONS)


def filled(office: Office, count: int) -> Office:
    for n, story in enumerate(stories(SEED, count)):
        done = import_file(office, str(n).encode(), story, today=TODAY, as_recorded=True)
        assert done.kept, done.run and [step.refused for step in done.run.steps][-1]
    return office


def counted(
    office: Office, since: date, until: date, by: tuple[str, ...] = (), agency: str = ""
) -> Audit:
    agencies = (agency,) if agency else tuple(office.config.agencies)
    with reading(office.store) as tx:
        return audit(requests(tx, agencies, since, until), by)


def plain(line: Line) -> dict[str, list[str]]:
    return {word: list(numbers) for word, numbers in line.figures.items() if numbers}


def compared(
    office: Office, all_seen: list[Seen], since: date, until: date, by: tuple[str, ...]
) -> int:
    """Compare everything that is counted; return how many figures there were."""
    found = counted(office, since, until, by)
    groups, ways = naive(all_seen, since, until, by)

    assert {way: list(numbers) for way, numbers in found.ways.items()} == ways
    assert {line.key: plain(line) for line in found.groups if by} == (groups if by else {})
    if not by:
        assert plain(found.total) == groups.get((), {})
    if by == ("ground",):
        groups.pop(("none",), None)
        assert {line.key: plain(line) for line in found.grounds} == groups
    return (len(found.groups) + len(found.grounds) + 1) * len(FIGURES) + len(ways)


@pytest.mark.slow
def test_over_two_thousand_invented_requests_every_figure_equals_the_naive_count(
    config: Config, calendar: WorkCalendar
) -> None:
    """All in one test: the requests are invented once, however many processes run tests."""
    office = filled(fresh_office(config, calendar), MANY)
    all_seen = everything(office)

    assert len(all_seen) == MANY
    for by in (*BYS[: len(DIMENSIONS) + 1], DIMENSIONS):
        assert compared(office, all_seen, *EVER, by) > 100
    for since, until in ((date(2022, 1, 1), date(2022, 12, 31)), (date(2023, 3, 1),) * 2):
        compared(office, all_seen, since, until, DIMENSIONS)
    something_in_every_figure(office)
    for agency in AGENCIES:
        one_agency_is_counted_as_its_group(office, agency)
    the_rows_are_those_that_the_facts_make(office)


def something_in_every_figure(office: Office) -> None:
    found = counted(office, *EVER)

    assert all(len(numbers) > 20 for numbers in found.total.figures.values())
    assert len(found.grounds) == 10  # nine of the law, and none stated
    for line in found.grounds:
        assert all(len(line.figures[word]) > 5 for word in ("refused", "late", "overturned"))
    assert len(found.ways) == 12 + 4  # answers, and ends without one


def one_agency_is_counted_as_its_group(office: Office, agency: str) -> None:
    (line,) = [one for one in counted(office, *EVER, ("agency",)).groups if one.key == (agency,)]

    assert plain(counted(office, *EVER, agency=agency).total) == plain(line)


def the_rows_are_those_that_the_facts_make(office: Office) -> None:
    with reading(office.store) as tx:
        for agency, number in tx.execute(select(cases.c.agency, cases.c.number)).all()[::4]:
            case = load(tx, office, number, TODAY)
            made = outcomes.rows_of(case, office.world(agency, TODAY))
            assert outcomes.stored(tx, agency, number) == made, number


def test_on_both_databases_the_audit_equals_the_naive_count(office: Office) -> None:
    filled(office, 120)
    all_seen = everything(office)

    for by in ((), ("ground",), DIMENSIONS):
        assert compared(office, all_seen, *EVER, by) > 50


def test_over_the_sample_stories_the_audit_equals_the_naive_count(office: Office) -> None:
    for file in sorted((ROOT / "examples").glob("*.toml")):
        story = open_story(file, office.config)
        assert import_file(office, file.read_bytes(), story, today=TODAY).kept
    all_seen = everything(office)

    for by in BYS:
        compared(office, all_seen, *EVER, by)
    total = counted(office, *EVER).total.figures
    assert [len(total[word]) for word in ("given", "partly", "refused", "late", "overturned")] == [
        35, 23, 6, 6, 4,
    ]  # fmt: skip


def test_a_rectification_is_not_counted(office: Office) -> None:
    file = ROOT / "examples" / "rectification_corrected.toml"
    import_file(office, file.read_bytes(), open_story(file, office.config), today=TODAY)

    assert counted(office, *EVER).total.figures["requests"] == ()


# ── The command ──────────────────────────────────────────────────────────────


@pytest.fixture
def stocked(call: Callable[..., Said]) -> Callable[..., Said]:
    """A database with four sample stories."""
    names = (
        "revoked_on_review_and_not_refused_again",
        "third_party_objects_and_the_agency_agrees",
        "late_reply_returned_and_resent",
        "withdrawn_whole",
    )
    call("init")
    files = [ROOT / "examples" / f"{name}.toml" for name in names]
    assert call("import", *files).code == 0
    return call


PERIOD = ("--from", "2019-05-15", "--to", "2026-12-31")


def test_the_command_prints_each_ground_with_its_nature_and_the_ways_out(
    stocked: Callable[..., Said],
) -> None:
    said = stocked("audit", "exemptions", *PERIOD)

    assert said.code == 0
    assert "商业秘密" in said.out
    assert "附条件不得公开" in said.out
    assert "第十五条" in said.out
    assert "申请人撤回" in said.out


def test_every_figure_lists_its_cases(stocked: Callable[..., Said]) -> None:
    said = stocked("audit", "exemptions", *PERIOD, "--cases", "--by", "month,agency")
    data = stocked("audit", "exemptions", *PERIOD, "--json", "--by", "month,agency").json

    assert "申请人撤回 申请：抚县政公申〔2022〕1号" in said.out
    assert data["ways"] == [
        {
            "way": "withdrawn",
            "label": "申请人撤回",
            "count": 1,
            "cases": ["抚县政公申〔2022〕1号"],
        }
    ]
    figures = [data["total"], *data["grounds"], *data["groups"]]
    for line in figures:
        for word in FIGURES:
            assert line[word]["count"] == len(line[word]["cases"])
    assert data["groups"][0]["key"]["agency"] == "fushun-county-office"
    assert data["groups"][0]["label"]["agency"] == "抚顺县人民政府"


def test_a_ground_that_fell_on_review_is_told_though_the_new_reply_names_it_no_more(
    stocked: Callable[..., Said],
) -> None:
    data = stocked("audit", "exemptions", *PERIOD, "--json").json

    (trade,) = [line for line in data["grounds"] if line["ground"] == "trade_secret"]
    assert trade["overturned"]["cases"] == ["抚县政公申〔2024〕1号"]
    assert trade["force"] == ["conditional"]


def test_the_workbook_holds_the_tables_and_the_cases_as_plain_text(
    stocked: Callable[..., Said], home: Path
) -> None:
    said = stocked("audit", "exemptions", *PERIOD, "--xlsx", home / "a.xlsx", "--by", "officer")

    assert said.code == 0
    with ZipFile(home / "a.xlsx") as book:
        names = book.read("xl/workbook.xml").decode()
        texts = book.read("xl/sharedStrings.xml").decode()
        sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert all(f'name="{name}"' in names for name in ("合计", "不予公开的理由", "按拟稿人", "案件"))
    assert "抚县政公申〔2022〕1号" in texts
    assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)


def test_a_workbook_that_cannot_be_written_is_told(
    stocked: Callable[..., Said], home: Path
) -> None:
    said = stocked("audit", "exemptions", *PERIOD, "--xlsx", home / "nowhere" / "a.xlsx")

    assert said.code == 1
    assert "a.xlsx 写不了" in said.err
    assert "系统出错" not in said.err


def test_no_applicant_is_named(stocked: Callable[..., Said]) -> None:
    said = stocked("audit", "exemptions", *PERIOD, "--json", "--by", ",".join(DIMENSIONS)).out
    assert json.loads(said)["total"]["requests"]["count"] > 0

    for name in ("revoked_on_review_and_not_refused_again", "withdrawn_whole"):
        text = (ROOT / "examples" / f"{name}.toml").read_text(encoding="utf-8")
        (applicant,) = [line for line in text.splitlines() if line.startswith("name = ")][:1]
        assert applicant.partition('"')[2].rstrip('"') not in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "colour"), "--by 不能是“colour”，应为：ground（理由）"),
        (("--agency", "nowhere"), "没有“nowhere”这个机关"),
        (("--from", "2027-01-01"), "晚于 --to"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_question_is_said_to_be_one(
    call: Callable[..., Said], words: tuple[str, ...], said: str
) -> None:
    call("init")

    answer = call("audit", "exemptions", *PERIOD, *words)

    assert answer.code == 2
    assert said in answer.err
