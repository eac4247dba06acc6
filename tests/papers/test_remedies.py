"""Remedies by the date of the paper, the class of its decisions and the kind of agency."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from notices.catalogue import CATALOGUE
from notices.errors import PaperError
from notices.letter import Letter
from notices.render import TEMPLATES
from rules.remedies import own_defendant
from rules.words import AgencyKind, Ground, Outcome, RemedyClass
from tests.papers.builders import (
    COUNTY,
    DEPARTMENT,
    START,
    TOWNSHIP,
    VERTICAL,
    case,
    letter,
    reply,
)
from tests.papers.test_reply import FOUR, mixed
from tests.process.check_builders import (
    a_search,
    complete,
    decide,
    items,
    partly,
    withheld,
)
from workflow import commands as c
from workflow.agency import Agency, DatedName
from workflow.case import Clock, Correction
from workflow.decision import Decision
from workflow.vocabulary import Delivery

EXPECTED = Path(__file__).parent / "expected" / "remedies.txt"
DATES = (date(2020, 10, 26), date(2022, 6, 15), date(2024, 3, 15), date(2025, 7, 15))
MATRIX_DATES = (
    date(2020, 10, 15),
    date(2022, 6, 15),
    date(2023, 6, 15),
    date(2023, 11, 15),
    date(2024, 3, 15),
    date(2025, 7, 15),
    date(2026, 5, 15),
)
ANSWERS = {
    "予以公开": complete(Outcome.DISCLOSE),
    "部分公开": partly(withheld(Ground.PERSONAL_PRIVACY)),
    "不予公开": decide(Outcome.WITHHOLD, withheld(Ground.PERSONAL_PRIVACY)),
    "信息不存在": complete(Outcome.NOT_HELD),
    "不予重复处理": complete(Outcome.REPEAT),
    "信访事项": complete(Outcome.PETITION),
    "特别规定": complete(Outcome.SPECIAL_REGIME),
}
#: Papers without remedies of their own that speak of those of others.
ABOUT_CHALLENGES = {"challenge_answer"}
#: The county's office where it answers in its own name: before April 2021 suits went against the
#: county, since then against the office itself (法释〔2021〕5号 6).
OFFICE = replace(
    COUNTY,
    key="office",
    name="抚顺县人民政府办公室",
    kind=AgencyKind.DEPARTMENT,
    review_bodies=(
        DatedName(name="抚顺市人民政府", since=START, until=date(2021, 3, 31)),
        DatedName(name="抚顺县人民政府", since=date(2021, 4, 1)),
    ),
    courts=(
        DatedName(name="抚顺市中级人民法院", since=START, until=date(2021, 3, 31)),
        DatedName(name="抚顺县人民法院", since=date(2021, 4, 1)),
    ),
)
MATRIX_AGENCIES = (COUNTY, OFFICE, DEPARTMENT, TOWNSHIP, VERTICAL)


def paragraphs(decision: Decision, on: date, agency: Agency, **changes: object) -> list[str]:
    changes.setdefault("searches", (a_search(),))
    return told(reply(decision, on=on, agency=agency, **changes))


def told(made: Letter) -> list[str]:
    return [block.text for block in made.blocks if "行政复议" in block.text]


def mixed_of(on: date, agency: Agency, **changes: object) -> list[str]:
    """Return the remedies of a letter of four parts: given, refused, partly given, not held."""
    four = ("予以公开", "不予公开", "部分公开", "信息不存在")
    decisions = [replace(ANSWERS[label], item=n) for n, label in enumerate(four, start=1)]
    asked = items({}, {}, {}, {})
    search = a_search(items=(4,))
    made = reply(*decisions, on=on, agency=agency, items=asked, searches=(search,), **changes)
    return told(made)


def grouped(on: date, agency: Agency) -> Iterator[str]:
    """Say each text once, under all the answers that it belongs to."""
    said = {label: tuple(paragraphs(answer, on, agency)) for label, answer in ANSWERS.items()}
    said["一函四项（公开、不公开、部分公开、不存在）"] = tuple(mixed_of(on, agency))
    for text in dict.fromkeys(said.values()):
        yield "、".join(label for label, own in said.items() if own == text) + "："
        yield from (f"    {paragraph}" for paragraph in text)


def others(on: date) -> Iterator[str]:
    """Say the remedies of the other papers, and with electronic service."""
    asked = Correction(asked_on=on, matters=("文件名称",), working_days=15)
    closed = case(on=on, received_on=on, clock=Clock(start=on), correction=asked)
    made = letter("abandonment_notice", c.DeemAbandoned(), closed, on)
    yield "不再处理告知书（逾期不补正）："
    yield from (f"    {paragraph}" for paragraph in told(made))
    yield "电子送达的答复书（予以公开）："
    online = paragraphs(ANSWERS["予以公开"], on, COUNTY, delivery=Delivery.ELECTRONIC)
    yield from (f"    {paragraph}" for paragraph in online)


def matrix() -> str:
    """Return the remedy paragraphs for every date, agency and answer."""
    lines = [
        "救济途径全文：文书日期 × 机关 × 答复类型。相同的文字只列一次，冒号前是它适用的答复。",
        "机关：县政府；县政府办公室以自己的名义；县政府部门；乡镇；垂直领导机关。",
    ]
    for on in MATRIX_DATES:
        lines += ["", f"════ {on} ════"]
        for agency in MATRIX_AGENCIES:
            lines += ["", f"【{on} {agency.name}】", *grouped(on, agency)]
        lines += ["", f"【{on} {COUNTY.name}，其他文书】", *others(on)]
    return "\n".join(lines) + "\n"


def test_the_golden_texts() -> None:
    assert matrix() == EXPECTED.read_text(encoding="utf-8")


def test_an_office_in_its_own_name_is_sued_itself_from_april_2021() -> None:
    for on, court in (
        (date(2021, 3, 31), "抚顺市中级人民法院"),
        (date(2021, 4, 1), "抚顺县人民法院"),
    ):
        (said,) = paragraphs(ANSWERS["信息不存在"], on, OFFICE)
        assert f"直接向{court}提起行政诉讼" in said
        assert (own_defendant(on) is None) == (court in COUNTY.courts_on(on))


@pytest.mark.parametrize(
    "kind",
    [p.kind for p in CATALOGUE.values() if p.remedy is RemedyClass.NONE and not p.printed],
)
def test_no_template_of_a_procedural_paper_has_a_place_for_remedies(kind: str) -> None:
    source = (TEMPLATES / CATALOGUE[kind].template).read_text(encoding="utf-8")

    assert "_remedies" not in source
    assert "行政诉讼" not in source or kind in ABOUT_CHALLENGES


def test_the_fee_decision_is_not_challenged_alone_but_what_follows_from_it_is() -> None:
    assert CATALOGUE["fee_notice"].remedy is RemedyClass.NONE
    assert CATALOGUE["unpaid_notice"].remedy is RemedyClass.OPTIONAL


@pytest.mark.parametrize("agency", MATRIX_AGENCIES, ids=lambda agency: agency.key)
@pytest.mark.parametrize("on", [date(2024, 1, 1), date(2025, 5, 31), date(2025, 6, 1)])
def test_one_paragraph_for_each_class_in_a_mixed_letter(agency: Agency, on: date) -> None:
    first, free = mixed_of(on, agency)

    assert first.startswith("不服本答复第二部分以及第三部分中不予公开的内容的，应当先")
    assert free.startswith("不服本答复第一、四部分以及第三部分中其他内容的，可以")


@pytest.mark.parametrize("label", ["信息不存在", "不予重复处理", "信访事项", "特别规定"])
@pytest.mark.parametrize("on", [date(2024, 1, 1), date(2025, 6, 1), date(2026, 5, 15)])
def test_what_is_no_refusal_keeps_the_free_choice(label: str, on: date) -> None:
    (said,) = paragraphs(ANSWERS[label], on, TOWNSHIP)

    assert said.startswith("不服本答复的，可以")


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
