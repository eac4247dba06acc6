"""Remedies by the date of the paper, the class of its decisions and the kind of agency."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from notices.errors import PaperError
from rules.words import Ground, Outcome
from tests.papers.builders import AGENCIES, COUNTY, DEPARTMENT, reply
from tests.papers.test_reply import FOUR, mixed
from tests.process.check_builders import complete, decide, partly, withheld
from workflow.agency import Agency, DatedName
from workflow.decision import Decision
from workflow.vocabulary import Delivery

EXPECTED = Path(__file__).parent / "expected" / "remedies.txt"
DATES = (date(2020, 10, 26), date(2022, 6, 15), date(2024, 3, 15), date(2025, 7, 15))
ANSWERS = {
    "予以公开": complete(Outcome.DISCLOSE),
    "不予公开": decide(Outcome.WITHHOLD, withheld(Ground.PERSONAL_PRIVACY)),
    "部分公开": partly(withheld(Ground.PERSONAL_PRIVACY)),
    "特别规定": complete(Outcome.SPECIAL_REGIME),
}


def paragraphs(decision: Decision, on: date, agency: Agency, **changes: object) -> list[str]:
    made = reply(decision, on=on, agency=agency, **changes)
    return [block.text for block in made.blocks if "行政复议" in block.text]


def matrix() -> str:
    """Return the remedy paragraphs for every date, agency and answer."""
    lines = []
    for on in DATES:
        for agency in AGENCIES:
            for label, decision in ANSWERS.items():
                lines += [f"【{on} {agency.name} {label}】", *paragraphs(decision, on, agency), ""]
    return "\n".join(lines)


def test_the_golden_texts() -> None:
    assert matrix() == EXPECTED.read_text(encoding="utf-8")


@pytest.mark.parametrize("on", DATES[:2])
def test_before_2024_the_choice_is_free(on: date) -> None:
    (said,) = paragraphs(ANSWERS["不予公开"], on, COUNTY)

    assert "60日内向抚顺市人民政府申请行政复议，也可以" in said
    assert "应当先" not in said


@pytest.mark.parametrize("on", DATES[2:])
def test_from_2024_refusals_go_to_review_first(on: date) -> None:
    (said,) = paragraphs(ANSWERS["不予公开"], on, COUNTY)

    assert said.startswith("不服本答复的，应当先向抚顺市人民政府申请行政复议")
    assert "不能直接提起行政诉讼" in said
    assert "15日内" in said


@pytest.mark.parametrize("on", DATES[2:])
def test_from_2024_a_partial_disclosure_has_both_for_its_two_parts(on: date) -> None:
    first, free = paragraphs(ANSWERS["部分公开"], on, COUNTY)

    assert first.startswith("不服本答复中不予公开的内容的，应当先")
    assert free.startswith("不服本答复中其他内容的，可以")


def test_special_regimes_are_no_refusal() -> None:
    (said,) = paragraphs(ANSWERS["特别规定"], DATES[3], COUNTY)

    assert "应当先" not in said


def test_two_review_bodies_leave_the_choice() -> None:
    (said,) = paragraphs(ANSWERS["予以公开"], DATES[0], DEPARTMENT)

    assert "向抚顺县人民政府或者抚顺市教育局申请行政复议" in said


def test_a_mixed_letter_has_one_paragraph_for_each_class_naming_its_parts() -> None:
    said = [b.text for b in mixed(DATES[2]).blocks if "申请行政复议" in b.text]

    assert len(said) == 2
    assert said[0].startswith("不服本答复第二部分中不予公开的内容的，应当先")
    assert said[1].startswith("不服本答复第一、三、四部分以及第二部分中其他内容的，可以")


def test_a_mixed_letter_before_2024_has_one_paragraph() -> None:
    said = [b.text for b in mixed().blocks if "申请行政复议" in b.text]

    assert len(said) == 1
    assert said[0].startswith("不服本答复的，可以")


def test_whole_refusals_in_a_mixed_letter_are_named() -> None:
    made = reply(
        complete(Outcome.DISCLOSE),
        replace(ANSWERS["不予公开"], item=2),
        on=DATES[2],
        items=FOUR["items"][:2],
    )
    said = [b.text for b in made.blocks if "申请行政复议" in b.text]

    assert said[0].startswith("不服本答复第二部分的，应当先")
    assert said[1].startswith("不服本答复第一部分的，可以")


def test_electronic_service_names_the_online_channel_from_2024() -> None:
    before = reply(ANSWERS["予以公开"], on=DATES[1], delivery=Delivery.ELECTRONIC).text
    after = reply(ANSWERS["予以公开"], on=DATES[2], delivery=Delivery.ELECTRONIC).text

    assert "互联网渠道" not in before
    assert "您可以通过以下互联网渠道提交行政复议申请书：司法部掌上复议小程序。" in after


def test_electronic_service_without_a_channel_is_refused() -> None:
    agency = replace(COUNTY, online_review="")
    with pytest.raises(PaperError) as refused:
        reply(ANSWERS["予以公开"], on=DATES[2], agency=agency, delivery=Delivery.ELECTRONIC)

    assert refused.value.code == "no_online_review"
    assert refused.value.article == "《中华人民共和国行政复议法》第二十二条第二款"


GAP = (DatedName(name="某机关", since=date(2019, 5, 15), until=date(2020, 10, 25)),)


@pytest.mark.parametrize(
    ("key", "code"), [("review_bodies", "no_review_body"), ("courts", "no_court")]
)
def test_a_day_without_a_name_is_an_error_and_no_guess(key: str, code: str) -> None:
    agency = replace(COUNTY, **{key: GAP})  # type: ignore[arg-type] # one of the two lists
    with pytest.raises(PaperError) as refused:
        reply(ANSWERS["予以公开"], on=DATES[0], agency=agency)

    assert refused.value.code == code
    assert "抚顺县人民政府" in refused.value.message
    assert "2020-10-26" in refused.value.message
    assert f"agencies.county.{key}" in refused.value.mend
    assert str(refused.value) == refused.value.message + refused.value.mend
