"""config.toml ships ready, and whatever is wrong in it is told with file, line and key."""

from datetime import date
from pathlib import Path

import pytest

from gongkai import config_file
from gongkai.config import SERIES, Config, load
from gongkai.config_file import DEFAULT, ConfigError, find
from gongkai.errors import BAD_USE
from notices.catalogue import CATALOGUE
from rules.words import AgencyKind
from workflow.vocabulary import Role

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "config.toml").read_text(encoding="utf-8")
COUNTY = "fushun-county-office"


def line_of(text: str, header: str) -> int:
    return text.splitlines().index(header) + 1


def test_the_wheel_carries_the_same_configuration() -> None:
    assert DEFAULT.read_bytes() == (ROOT / "config.toml").read_bytes()


def test_the_county_is_configured(config: Config) -> None:
    county = config.agencies[COUNTY]

    assert (county.key, county.name, county.code) == (COUNTY, "抚顺县人民政府", "抚县政公")
    assert county.kind is AgencyKind.COUNTY_GOVERNMENT
    kinds = [agency.kind for agency in config.agencies.values()]
    assert kinds.count(AgencyKind.DEPARTMENT) >= 8
    assert kinds.count(AgencyKind.TOWNSHIP) == 8
    assert config.policy.topics["epidemic"].presume_disclosure
    assert any(agency.office_of_two for agency in config.agencies.values())


@pytest.mark.parametrize("day", [date(2019, 5, 15), date(2022, 1, 1), date(2026, 12, 31)])
def test_every_agency_has_review_body_and_court_on_every_day(day: date, config: Config) -> None:
    for agency in config.agencies.values():
        assert agency.review_bodies_on(day)
        assert len(agency.courts_on(day)) == 1


@pytest.mark.parametrize(
    ("day", "court"),
    [
        (date(2021, 9, 30), "抚顺市中级人民法院"),
        (date(2021, 10, 1), "抚顺县人民法院"),
        (date(2023, 9, 27), "抚顺县人民法院"),
        (date(2023, 9, 28), "抚顺市中级人民法院"),
    ],
)
def test_suits_against_the_county_went_to_the_basic_court_for_two_years(
    day: date, court: str, config: Config
) -> None:
    assert config.agencies[COUNTY].courts_on(day) == (court,)


def test_a_department_had_two_review_bodies_before_the_reform(config: Config) -> None:
    bureau = config.agencies["fushun-county-education-bureau"]

    assert bureau.review_bodies_on(date(2021, 6, 30)) == ("抚顺县人民政府", "抚顺市教育局")
    assert bureau.review_bodies_on(date(2021, 7, 1)) == ("抚顺县人民政府",)


def test_a_role_is_held_on_one_agency(config: Config) -> None:
    person = config.person("office-head", COUNTY)

    assert person is not None
    assert person.acting(Role.HEAD).name == "负责人丁"
    assert config.person("office-head", "fushun-county-education-bureau") is None


def test_every_series_of_the_catalogue_has_its_form(config: Config) -> None:
    assert set(SERIES) == set(config.numbers.papers)
    assert {paper.series for paper in CATALOGUE.values()} - {""} == set(SERIES)


WRONG = {
    "an unknown key": (
        "one_extension = true",
        "one_extention = true",
        "[policy]",
        "policy.one_extention",
    ),
    "an unknown table": ("[notices]\npdf", "[papers]\npdf", "[papers]", "papers"),
    "a wrong type": (
        "correction_working_days = 15",
        'correction_working_days = "15"',
        "[policy]",
        "policy.correction_working_days",
    ),
    "a word in no list": (
        'consultation_starts = "receipt"',
        'consultation_starts = "later"',
        "[policy]",
        "policy.consultation_starts",
    ),
    "a kind of agency in no list": (
        'kind = "county_government"',
        'kind = "county"',
        f"[agencies.{COUNTY}]",
        f"agencies.{COUNTY}.kind",
    ),
    "a missing key": (
        'code = "抚县政公"\n',
        "",
        f"[agencies.{COUNTY}]",
        f"agencies.{COUNTY}.code",
    ),
    "a key that the program gives": (
        'code = "抚县政公"\n',
        'code = "抚县政公"\nkey = "x"\n',
        f"[agencies.{COUNTY}]",
        f"agencies.{COUNTY}.key",
    ),
    "the same code twice": (
        'code = "抚县教公"',
        'code = "抚县政公"',
        "[agencies.fushun-county-education-bureau]",
        "agencies.fushun-county-education-bureau.code",
    ),
    "a span that ends before it begins": (
        "until = 2021-09-30",
        "until = 2018-09-30",
        f"[agencies.{COUNTY}]",
        f"agencies.{COUNTY}.courts[0].until",
    ),
    "a person of an unknown agency": (
        f'agency = "{COUNTY}"',
        'agency = "fushun-city"',
        "[[people]]",
        "people[0].agency",
    ),
    "a form without a number": (
        'reply = "{code}告〔{year}〕{n}号"',
        'reply = "{code}告〔{year}〕号"',
        "[numbers.papers]",
        "numbers.papers.reply",
    ),
    "a form with an unknown place": (
        'reply = "{code}告',
        'reply = "{kode}告',
        "[numbers.papers]",
        "numbers.papers.reply",
    ),
    "two series with one form": (
        'reply = "{code}告',
        'reply = "{code}通',
        "[numbers.papers]",
        "numbers.papers.notice",
    ),
    "a series without a form": (
        'fee = "{code}费〔{year}〕{n}号"',
        "",
        "[numbers.papers]",
        "numbers.papers",
    ),
    "a series that does not exist": (
        'fee = "{code}费',
        'x = "{code}x〔{year}〕{n}号"\nfee = "{code}费',
        "[numbers.papers]",
        "numbers.papers.x",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_mistake_is_told_with_file_line_and_key(name: str, tmp_path: Path) -> None:
    old, new, header, key = WRONG[name]
    assert old in SHIPPED
    text = SHIPPED.replace(old, new, 1)
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(file)

    assert caught.value.exit_code == BAD_USE
    assert f"{file} 第{line_of(text, header)}行起：{key}：" in str(caught.value)


def test_broken_toml_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[policy\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="line 1"):
        load(file)


def test_the_first_configuration_that_exists_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GONGKAI_CONFIG", raising=False)
    monkeypatch.setattr(config_file, "_PLACES", (Path("config.toml"), tmp_path / "etc.toml"))
    one, two = tmp_path / "one.toml", tmp_path / "two.toml"

    assert find() == DEFAULT
    (tmp_path / "etc.toml").touch()
    assert find() == tmp_path / "etc.toml"
    (tmp_path / "config.toml").touch()
    assert find() == Path("config.toml")
    one.touch()
    monkeypatch.setenv("GONGKAI_CONFIG", str(one))
    assert find() == one
    two.touch()
    assert find(two) == two
    with pytest.raises(ConfigError, match=r"none\.toml"):
        find(tmp_path / "none.toml")
