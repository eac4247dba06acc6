"""The Regulation as data: complete, consistent, and strict about its file."""

from datetime import date

import pytest

from rules import (
    DataError,
    Force,
    Ground,
    Labelled,
    Law,
    LawError,
    Outcome,
    RemedyClass,
    law_on,
    load_law,
    rows_on,
    words,
)
from rules.reader import HERE
from tests.law.facts import Structure

TEXT = (HERE / "regulation" / "2019-05-15.toml").read_text(encoding="utf-8")


def test_the_regulation_is_in_force_from_15_may_2019() -> None:
    law = law_on(date(2019, 5, 15))

    assert law.effective == date(2019, 5, 15)
    assert law.decree == "国务院令第711号"
    assert law_on(date(2026, 1, 1)) is law


def test_an_earlier_request_is_outside_this_program() -> None:
    with pytest.raises(LawError, match="2019年5月15日") as refused:
        law_on(date(2019, 5, 14))

    assert refused.value.code == "no_law"
    assert refused.value.article == "56"


def test_every_article_has_its_paragraphs_and_items(law: Law, structure: Structure) -> None:
    ours = {
        str(article.number): {
            "paragraphs": article.paragraphs,
            "items": {str(paragraph): items for paragraph, items in article.items.items()},
        }
        for article in law.articles.values()
    }

    assert ours == structure
    assert list(law.articles) == list(range(1, 57))


@pytest.mark.parametrize(
    ("name", "days", "code"),
    [
        ("correction_notice", 7, "30"),
        ("reply", 20, "33.2"),
        ("extension", 20, "33.2"),
        ("third_party", 15, "32"),
        ("joint_maker", 15, "34"),
        ("payment", 20, "6"),
        ("proactive_disclosure", 20, "26"),
    ],
)
def test_a_term_has_its_days_and_its_article(law: Law, name: str, days: int, code: str) -> None:
    term = law.terms[name]

    assert (term.name, term.days, term.unit, term.cites.code) == (name, days, "working_day", code)


def test_every_term_is_cited_from_a_norm_that_has_the_place(law: Law) -> None:
    assert len(law.terms) == 7
    for term in law.terms.values():
        own = term.cites.norm == f"《{law.title}》"
        assert term.cites == law.cite(term.cites.code) if own else "信息处理费" in term.cites.norm


@pytest.mark.parametrize(
    ("ground", "code", "force", "row"),
    [
        (Ground.STATE_SECRET, "14", Force.MANDATORY, "3.3.1"),
        (Ground.PROHIBITED_BY_LAW, "14", Force.MANDATORY, "3.3.2"),
        (Ground.PUBLIC_SAFETY, "14", Force.MANDATORY, "3.3.3"),
        (Ground.TRADE_SECRET, "15", Force.CONDITIONAL, "3.3.4"),
        (Ground.PERSONAL_PRIVACY, "15", Force.CONDITIONAL, "3.3.4"),
        (Ground.THIRD_PARTY_INTEREST, "15", Force.CONDITIONAL, "3.3.4"),
        (Ground.INTERNAL_AFFAIRS, "16.1", Force.DISCRETIONARY, "3.3.5"),
        (Ground.DELIBERATIVE, "16.2", Force.DISCRETIONARY, "3.3.6"),
        (Ground.ENFORCEMENT_FILE, "16.2", Force.DISCRETIONARY, "3.3.7"),
    ],
)
def test_a_ground_has_its_article_force_and_row(
    law: Law, ground: Ground, code: str, force: Force, row: str
) -> None:
    rule = law.grounds[ground]

    assert (rule.article.code, rule.force, rule.row) == (code, force, row)
    assert rule.remedy is RemedyClass.REVIEW_FIRST
    assert rule.label == ground.label


@pytest.mark.parametrize(
    ("outcome", "code", "row"),
    [
        (Outcome.DISCLOSE, "36(2)", "3.1"),
        (Outcome.ALREADY_PUBLIC, "36(1)", "3.1"),
        (Outcome.PARTLY_DISCLOSE, "37", "3.2"),
        (Outcome.WITHHOLD, "36(3)", None),
        (Outcome.NOT_HELD, "36(4)", "3.4.1"),
        (Outcome.OTHER_AGENCY, "36(5)", "3.4.1"),
        (Outcome.REPEAT, "36(6)", "3.5.2"),
        (Outcome.SPECIAL_REGIME, "36(7)", "3.3.8"),
        (Outcome.NEEDS_PROCESSING, "38", "3.4.2"),
        (Outcome.STILL_UNCLEAR, "30", "3.4.3"),
        (Outcome.PETITION, "39.1", "3.5.1"),
        (Outcome.PUBLICATION, "39.2", "3.5.3"),
        (Outcome.EXCESSIVE, "35", "3.5.4"),
        (Outcome.REISSUE, None, "3.5.5"),
        (Outcome.NOT_GOVERNMENT_INFORMATION, "2", "3.6.3"),
        (Outcome.ARCHIVES, None, "3.4.1"),
    ],
)
def test_an_outcome_has_its_article_and_row(
    law: Law, outcome: Outcome, code: str | None, row: str | None
) -> None:
    rule = law.outcomes[outcome]

    assert (rule.article.code if rule.article else None, rule.row) == (code, row)
    assert rule.label == outcome.label


def test_every_ground_and_outcome_has_its_data(law: Law) -> None:
    rows = {row.code for row in rows_on(2021)}

    assert list(law.grounds) == list(Ground)
    assert list(law.outcomes) == list(Outcome)
    for ground in law.grounds.values():
        assert ground.row in rows
        assert all((ground.verb, ground.elements, ground.proper, ground.improper))
    assert {rule.row for rule in law.outcomes.values()} <= rows | {None}


def test_only_three_outcomes_give_something(law: Law) -> None:
    gives = {outcome for outcome, rule in law.outcomes.items() if rule.gives}

    assert gives == {Outcome.DISCLOSE, Outcome.ALREADY_PUBLIC, Outcome.PARTLY_DISCLOSE}


def test_archives_are_cited_from_their_own_law(law: Law) -> None:
    assert law.outcomes[Outcome.ARCHIVES].norm == ("archives_law", "transfer")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('decree = "', 'decreee = "', "decree 没有填写"),
        ("working_days = 7", "working_days = '7'", "terms.correction_notice.working_days"),
        ("working_days = 7", "working_days = true", "应当是整数"),
        ("working_days = 7", "working_days = 7\ncalendar = 1", "calendar 不是已知的项目"),
        ('cites = "26"', 'cites = "26.1"', "terms.proactive_disclosure.cites"),
        ('cites = "fee_method.payment"', 'cites = "fee_method.gift"', "terms.payment.cites"),
        ('force = "mandatory"', 'force = "strong"', "不认识“strong”"),
        ("[grounds.state_secret]", "[grounds.secret]", "grounds.state_secret 没有填写"),
        ('norm = "archives_law.transfer"', 'norm = "x.y"', "outcomes.archives.norm"),
        ("5 = { summary", "five = { summary", "应当以条文序号命名"),
        ("items = { 1 = 7 }", "items = { one = 7 }", "应当以款的序号命名"),
        ("items = { 1 = 7 }", "items = { 1 = '7' }", "articles.36.items.1 应当是整数"),
        ("paragraphs = 4", "paragraph = 4", "paragraph 不是已知的项目"),
    ],
)
def test_a_bad_law_file_names_file_and_key(old: str, new: str, said: str) -> None:
    assert old in TEXT
    with pytest.raises(DataError, match=r"a\.toml") as refused:
        load_law(TEXT.replace(old, new, 1), "a.toml")

    assert said in str(refused.value)


def test_words_and_labels_are_a_contract_with_stored_cases() -> None:
    kinds = [kind for kind in vars(words).values() if isinstance(kind, type)]
    for kind in kinds:
        if issubclass(kind, Labelled) and kind is not Labelled:
            for word in kind:
                assert kind(word.value) is word
                assert word == word.value == word.name.lower()
                assert word.label
    assert (len(Ground), len(Outcome)) == (9, 16)
