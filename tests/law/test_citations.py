"""Citations: what exists, on which day, and how it is written."""

import pickle
from datetime import date

import pytest

from rules import CitationError, Law, chinese_number, cite_norm
from rules.norms import entries, points


@pytest.mark.parametrize(
    ("n", "written"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (36, "三十六"),
        (100, "一百"),
        (101, "一百零一"),
        (110, "一百一十"),
        (201, "二百零一"),
        (999, "九百九十九"),
        (1032, "一千零三十二"),
    ],
)
def test_numbers_are_written_as_articles_are_numbered(n: int, written: str) -> None:
    assert chinese_number(n) == written


@pytest.mark.parametrize("n", [0, -3, 10_000])
def test_other_numbers_number_no_article(n: int) -> None:
    with pytest.raises(CitationError):
        chinese_number(n)


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("14", "第十四条"),
        ("16.1", "第十六条第一款"),
        ("33.2", "第三十三条第二款"),
        ("33", "第三十三条"),
        ("36(4)", "第三十六条第四项"),
        ("20(15)", "第二十条第十五项"),
        ("29.2(1)", "第二十九条第二款第一项"),
        ("56", "第五十六条"),
    ],
)
def test_a_place_is_cited_in_full_and_in_short(law: Law, code: str, short: str) -> None:
    place = law.cite(code)

    assert place.code == code
    assert place.short == short
    assert place.text == str(place) == f"《中华人民共和国政府信息公开条例》{short}"


@pytest.mark.parametrize("code", ["14.1", "15.1", "30.1", "36.1", "36.1(4)", "31.1"])
def test_an_article_of_one_paragraph_is_cited_without_it(law: Law, code: str) -> None:
    with pytest.raises(CitationError, match="只有一款"):
        law.cite(code)


@pytest.mark.parametrize(
    "code", ["57", "33.4", "16.3", "36(8)", "20(16)", "14(1)", "29(1)", "29.1(1)", "29.2(4)"]
)
def test_what_does_not_exist_cannot_be_cited(law: Law, code: str) -> None:
    with pytest.raises(CitationError) as refused:
        law.cite(code)

    assert refused.value.code == "no_citation"


@pytest.mark.parametrize("code", ["", "0", "33.0", "33(0)", "三十三", "33,2", "33.2.1", " 33"])
def test_a_code_has_one_spelling(law: Law, code: str) -> None:
    with pytest.raises(CitationError, match="不是条款编号"):
        law.cite(code)


@pytest.mark.parametrize(
    ("key", "point", "day", "code"),
    [
        ("state_secrets_law", "authority", date(2024, 4, 30), "13"),
        ("state_secrets_law", "authority", date(2024, 5, 1), "17"),
        ("state_secrets_law", "term", date(2024, 5, 1), "20"),
        ("state_secrets_law", "mark", date(2024, 5, 1), "22"),
        ("state_secrets_law", "declassification", date(2024, 5, 1), "24"),
        ("state_secrets_law", "uncertain", date(2020, 9, 25), "20"),
        ("reconsideration_law", "filing_term", date(2023, 12, 31), "9"),
        ("reconsideration_law", "filing_term", date(2024, 1, 1), "20"),
        ("reconsideration_law", "review_first", date(2024, 1, 1), "23.1(4)"),
        ("reconsideration_law", "electronic_channel", date(2024, 1, 1), "22.2"),
        ("reconsideration_law", "department_body", date(2020, 1, 1), "12.1"),
        ("reconsideration_law", "department_body", date(2024, 1, 1), "24.1(1)"),
        ("litigation_law", "filing_term", date(2020, 1, 1), "46"),
        ("litigation_law", "after_review", date(2026, 1, 1), "45"),
        ("fee_method", "payment", date(2021, 1, 1), "6"),
        ("archives_law", "transfer", date(2020, 12, 31), "11"),
        ("archives_law", "transfer", date(2021, 1, 1), "15"),
        ("civil_code", "period_start", date(2020, 9, 25), "201"),
        ("postal_law", "official_documents", date(2020, 9, 25), "55"),
        ("administrative_penalty_law", "publication", date(2021, 7, 15), "48"),
        ("spc_disclosure_cases", "archives", date(2025, 5, 31), "7"),
        ("spc_disclosure_cases", "review_first_scope", date(2025, 6, 1), "1(2)"),
    ],
)
def test_another_norm_is_cited_as_it_stood_that_day(
    key: str, point: str, day: date, code: str
) -> None:
    assert cite_norm(key, point, day).code == code


def test_the_norm_has_the_name_of_its_day() -> None:
    before = cite_norm("civil_code", "period_start", date(2020, 12, 31))
    after = cite_norm("civil_code", "period_start", date(2021, 1, 1))

    assert before.text == "《中华人民共和国民法总则》第二百零一条"
    assert after.text == "《中华人民共和国民法典》第二百零一条"
    assert cite_norm("delivery_letter", "moment", date(2020, 1, 1)).short == "第四点"


@pytest.mark.parametrize(
    ("key", "point", "day"),
    [
        ("fee_method", "pieces", date(2020, 12, 31)),
        ("reconsideration_law", "review_first", date(2023, 12, 31)),
        ("state_secrets_law", "work_secrets", date(2024, 4, 30)),
        ("state_secrets_regulation", "written_authorization", date(2024, 8, 31)),
        ("administrative_penalty_law", "publication", date(2021, 7, 14)),
        ("personal_information_law", "sensitive", date(2021, 10, 31)),
        ("civil_code", "privacy", date(2020, 12, 31)),
        ("spc_disclosure_cases", "archives", date(2025, 6, 1)),
        ("spc_disclosure_cases", "suable", date(2025, 5, 31)),
    ],
)
def test_a_norm_is_not_cited_outside_its_life(key: str, point: str, day: date) -> None:
    with pytest.raises(CitationError, match=f"{day}没有可以援引的规定"):
        cite_norm(key, point, day)


def test_an_unknown_norm_or_point_is_refused() -> None:
    for key, point in (("no_such_law", "x"), ("fee_method", "no_such_point")):
        with pytest.raises(CitationError, match=key):
            cite_norm(key, point, date(2024, 1, 1))


def test_every_entry_is_citable_on_its_first_and_last_day() -> None:
    for key, point in points():
        for entry in entries(key, point):
            for day in (entry.since, entry.until or date(2026, 6, 1)):
                assert cite_norm(key, point, day) == entry.citation
            assert entry.citation.text


def test_an_error_survives_a_pickle() -> None:
    error = CitationError("错了。", mend="改。", article="第三条")

    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes, a moment ago

    assert isinstance(again, CitationError)
    assert vars(again) == vars(error)
    assert str(again) == "错了。改。"
