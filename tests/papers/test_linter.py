"""The linter: each check proven by a planted fault, and silent on good letters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

import notices
from notices.letter import Block, Letter, Mark
from rules.words import Ground, Outcome
from tests.papers.builders import (
    COUNTY,
    DEPARTMENT,
    ON,
    RECEIVED,
    START,
    WANG,
    case,
    letter,
    replied,
    reply,
    world,
)
from tests.papers.test_reply import FOUR, MIXED
from tests.process.check_builders import a_consultation, complete, decide, withheld
from workflow import commands as c
from workflow.agency import DatedName
from workflow.case import Case
from workflow.commands import Item
from workflow.vocabulary import Channel, ConsultationKind, Delivery, Severity
from workflow.world import World

LATE = date(2024, 3, 15)
REGISTER = c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=())


def changed(made: Letter, old: str, new: str, *, own: bool = True) -> Letter:
    """Return the letter with one wording replaced, as a careless template would say it."""
    assert any(old in block.text for block in made.blocks)

    def change(block: Block) -> Block:
        text = block.text.replace(old, new)
        return Block(block.mark, text, text if own and text != block.text else block.pattern)

    return replace(made, blocks=tuple(change(block) for block in made.blocks))


def without(made: Letter, gone: Callable[[Block], bool]) -> Letter:
    return replace(made, blocks=tuple(block for block in made.blocks if not gone(block)))


def codes(made: Letter, after: Case, in_world: World) -> set[str]:
    return {found.code for found in notices.lint(made, case=after, world=in_world)}


AFTER = replied(*MIXED, **FOUR)
GOOD = letter("reply", c.IssueReply(), AFTER)
RECEIPT = letter("receipt", REGISTER, case(), RECEIVED)
ASKED = a_consultation(expired_on=None, received_on=None)
INQUIRY = letter(
    "third_party_inquiry",
    c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party=ASKED.party, items=(1,)),
    case(consultations=(ASKED,)),
)


def remedy(block: Block) -> bool:
    return "申请行政复议" in block.text


TOLD = next(block.text for block in GOOD.blocks if remedy(block))
REMINDERS = {"signature", "letterhead"}


FAULTS = {
    "another name": ("name_missing", changed(GOOD, "王某某", "李某某")),
    "an id number": ("private_data", changed(GOOD, "申请公开", WANG.id_document)),
    "a contact": ("private_data", changed(GOOD, "申请公开", WANG.contact)),
    "a strange date": ("date_unknown", changed(GOOD, "2020年9月14日", "2020年9月13日")),
    "a date in figures": ("date_form", changed(GOOD, "2020年9月14日", "2020-09-14")),
    "a date in Han": ("date_form", changed(GOOD, "2020年9月14日", "二〇二〇年九月十四日")),
    "another day of the letter": (
        "date_of_letter",
        changed(GOOD, "2020年10月26日", "2020年9月18日"),
    ),
    "another day of receipt": ("date_received", changed(GOOD, "2020年9月14日", "2020年10月26日")),
    "an article that does not exist": (
        "citation",
        changed(GOOD, "特此告知", "依《条例》第五十七条"),
    ),
    "a paragraph that does not exist": (
        "citation",
        changed(GOOD, "特此告知", "依《条例》第三十三条第四款"),
    ),
    "a norm not yet in force": (
        "citation",
        changed(GOOD, "特此告知", "依《政府信息公开信息处理费管理办法》第六条"),
    ),
    "a norm of another number": (
        "citation",
        changed(GOOD, "特此告知", "依法释〔2025〕8号第一条第二项"),
    ),
    "a place that is not on file": (
        "citation",
        changed(GOOD, "特此告知", "依《中华人民共和国行政复议法》第九十九条"),
    ),
    "another article": ("basis_missing", changed(GOOD, "第三十七条", "第三十八条")),
    "a ground left out": ("ground_missing", changed(GOOD, "《条例》第十五条", "有关")),
    "a ground too many": ("ground_stray", changed(GOOD, "特此告知", "依《条例》第十四条")),
    "an annex left out": ("annex_count", without(GOOD, lambda b: b.text.startswith("2. "))),
    "another annex": ("annex_count", changed(GOOD, "2. 方案全文", "2. 别的")),
    "an annex that is not there": ("annex_reference", changed(GOOD, "（见附件2）", "（见附件3）")),
    "no remedies": ("remedy_missing", without(GOOD, remedy)),
    "another review body": ("remedy_body", changed(GOOD, "抚顺市人民政府", "抚顺县教育局")),
    "another court": ("remedy_body", changed(GOOD, "抚顺市中级人民法院", "抚顺县人民法院")),
    "a shorter period": ("remedy_term", changed(GOOD, "60日内", "30日内")),
    "a longer suit": ("remedy_term", changed(GOOD, "6个月内", "12个月内")),
    "remedies about something else": (
        "remedy_scope",
        changed(GOOD, "不服本答复的", "不服本答复第一部分的"),
    ),
    "a court of other days too": (
        "remedy_body_stray",
        changed(GOOD, "向抚顺市中级人民法院", "向抚顺市中级人民法院或者抚顺县人民法院"),
    ),
    "remedies twice": ("remedy_twice", changed(GOOD, "特此告知。", f"{TOLD}特此告知。")),
    "an open brace": ("leftover", changed(GOOD, "特此告知", "特此{{ what }}")),
    "an open tag": ("leftover", changed(GOOD, "特此告知", "{% if x %}特此")),
    "None": ("leftover", changed(GOOD, "特此告知", "None 特此告知")),
    "nan": ("leftover", changed(GOOD, "特此告知", "nan页，特此告知")),
    "undefined": ("leftover", changed(GOOD, "特此告知", "特此undefined告知")),
    "a doubled comma": ("doubled_mark", changed(GOOD, "特此告知。", "特此，，告知。")),
    "a doubled enumeration mark": ("doubled_mark", changed(GOOD, "特此告知。", "特此、、告知。")),
    "a doubled semicolon": ("doubled_mark", changed(GOOD, "特此告知。", "特此；；告知。")),
    "mixed marks": ("doubled_mark", changed(GOOD, "特此告知。", "特此，。告知。")),
    "empty quotes": ("empty_marks", changed(GOOD, "特此告知。", "特此告知“”。")),
    "an empty title": ("empty_marks", changed(GOOD, "特此告知。", "特此告知《》。")),
    "empty brackets": ("empty_marks", changed(GOOD, "特此告知。", "特此告知（）。")),
    "an empty year": ("empty_marks", changed(GOOD, "特此告知。", "特此告知〔 〕。")),
    "half-width brackets": ("half_width_mark", changed(GOOD, "特此告知。", "特此(告知)。")),
    "a half-width stop": ("half_width_mark", changed(GOOD, "特此告知。", "特此告知.")),
    "half-width quotes": ("half_width_mark", changed(GOOD, "特此告知。", '特此"告知"。')),
    "a doubled mark": ("doubled_mark", changed(GOOD, "特此告知。", "特此告知。。")),
    "an empty value": ("doubled_mark", changed(GOOD, "，现答复如下：", "，，现答复如下：")),
    "a half-width mark": ("half_width_mark", changed(GOOD, "特此告知。", "特此,告知。")),
    "no title": ("part_missing", without(GOOD, lambda b: b.mark is Mark.TITLE)),
    "another title": ("title", changed(GOOD, "政府信息公开申请答复书", "政府信息不予公开告知书")),
    "a name that cannot be printed": ("unprintable", replace(GOOD, signature="抚顺县\x07")),
    "a head that cannot be printed": ("unprintable", replace(GOOD, letterhead="抚顺县\x00")),
    "another head": ("letterhead", replace(GOOD, letterhead="抚顺市人民政府")),
    "no date": ("part_missing", without(GOOD, lambda b: b.mark is Mark.DATE)),
    "no place for the number": ("number_place", without(GOOD, lambda b: b.mark is Mark.NUMBER)),
    "an empty part": ("part_empty", changed(GOOD, "特此告知。", " ")),
    "another signature": ("signature", changed(GOOD, "抚顺县人民政府", "抚顺县教育局")),
}


@pytest.mark.parametrize(("code", "made"), FAULTS.values(), ids=FAULTS)
def test_a_planted_fault_is_found(code: str, made: Letter) -> None:
    assert code in codes(made, AFTER, world())


def test_all_but_the_signature_and_hidden_marks_block() -> None:
    for code, made in FAULTS.values():
        found = notices.lint(made, case=AFTER, world=world())
        weights = {f.severity for f in found if f.code == code}
        assert weights == {Severity.WARN if code in REMINDERS else Severity.BLOCK}


def test_remedies_are_those_of_the_day() -> None:
    after = replied(
        decide(Outcome.WITHHOLD, withheld(Ground.PERSONAL_PRIVACY)),
        on=LATE,
        received_on=LATE,
        delivery=Delivery.ELECTRONIC,
    )
    made = letter("reply", c.IssueReply(), after, LATE)
    old = replace(made, on=ON)

    assert "remedy_missing" in codes(without(made, remedy), after, world(LATE))
    assert {"remedy_stray", "remedy_missing"} <= codes(old, after, world(ON))
    assert "online_missing" in codes(
        without(made, lambda b: "互联网渠道提交" in b.text), after, world(LATE)
    )


def test_a_procedural_paper_with_remedies_is_found() -> None:
    said = "不服本回执的，可以申请行政复议，也可以自收到本回执之日起6个月内起诉。"

    assert "remedy_stray" in codes(changed(RECEIPT, "特此告知。", said), case(), world(RECEIVED))


def test_a_letter_to_others_that_names_the_applicant_is_found() -> None:
    after = case(consultations=(ASKED,))
    made = changed(INQUIRY, "一件政府信息公开申请", "王某某的政府信息公开申请")

    assert codes(made, after, world()) == {"identity_told"}


def test_a_party_that_is_named_like_the_applicant_may_be_addressed() -> None:
    after = case(consultations=(replace(ASKED, party="王某某"),))
    made = letter(
        "third_party_inquiry",
        c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="王某某", items=(1,)),
        after,
    )

    assert "王某某：" in made.text


def test_a_finding_says_where_and_what_to_do() -> None:
    (found,) = [
        f
        for f in notices.lint(FAULTS["another court"][1], case=AFTER, world=world())
        if f.code == "remedy_body"
    ]

    assert found.rule == "X26"
    assert found.article == "《中华人民共和国行政复议法》第九条"
    assert "抚顺市中级人民法院" in found.message


def test_an_agency_without_bodies_is_a_finding_not_a_crash() -> None:
    after = replied(
        complete(Outcome.DISCLOSE), on=LATE, received_on=LATE, delivery=Delivery.ELECTRONIC
    )
    made = letter("reply", c.IssueReply(), after, LATE)
    nowhere = world(LATE, replace(COUNTY, online_review=""))

    assert "no_online_review" in codes(made, after, nowhere)


def test_what_may_be_chosen_is_checked_against_the_law_of_the_day() -> None:
    two = (
        DatedName(name="抚顺县人民政府", since=START),
        DatedName(name="抚顺市教育局", since=START),
    )
    agency = replace(DEPARTMENT, review_bodies=two)
    late = replied(complete(Outcome.DISCLOSE), on=LATE, received_on=LATE)
    made = notices.compose(
        "reply", case=late, command=c.IssueReply(), on=LATE, world=world(LATE, agency)
    )
    bureau = replace(agency, name="抚顺县司法局")

    assert "remedy_choice" in codes(made, late, world(LATE, agency))
    assert "remedy_choice" not in codes(made, late, world(LATE, bureau))
    reply(complete(Outcome.DISCLOSE), agency=agency)  # until 2023 the choice was the applicant's


@pytest.mark.parametrize(
    ("kind", "on", "article"),
    [
        ("receipt", RECEIVED, "《中华人民共和国行政复议法》第九条"),
        ("receipt", LATE, "国办函〔2021〕132号第三条"),
        ("fee_notice", LATE, "《政府信息公开信息处理费管理办法》第八条"),
    ],
)
def test_why_a_procedural_paper_has_no_remedies(kind: str, on: date, article: str) -> None:
    said = "不服本文书的，可以申请行政复议，也可以自收到本文书之日起6个月内起诉。"
    made = replace(changed(RECEIPT, "特此告知。", said), kind=kind, on=on)
    found = notices.lint(made, case=case(), world=world(on))

    assert [f.article for f in found if f.code == "remedy_stray"] == [article]


QUOTED = (
    "2020年13月40日",
    "2019年2月30日",
    "2019年5月6日",
    "关于《条例》第十四条的请示",
    "《中华人民共和国行政复议法》第二十三条第一款第四项如何适用",
    "不服本答复的，也可以自收到本答复之日起60日内",
    "“”（）《》,,。。nan null",
    "（见附件9）",
)


@pytest.mark.parametrize("text", QUOTED)
def test_what_people_say_in_a_case_is_not_the_letter_speaking(text: str) -> None:
    after = replied(
        complete(Outcome.NEEDS_PROCESSING, reason=text, processing=text),
        items=(Item(title=text),),
        on=LATE,
        received_on=LATE,
    )

    assert text in letter("reply", c.IssueReply(), after, LATE).text


def test_hidden_marks_are_shown_to_the_officer() -> None:
    for char in "\u200b\u202e\u2066\u00ad\u3164\ufeff\u2028\U000e0041":
        found = notices.lint(changed(GOOD, "特此", f"特{char}此"), case=AFTER, world=world())
        assert [(f.code, f.severity) for f in found] == [("invisible_mark", Severity.WARN)]


def test_data_may_look_like_leftovers() -> None:
    text = "{{7*7}}，，None,是"
    after = replied(complete(Outcome.NEEDS_PROCESSING, reason=text))

    assert text in letter("reply", c.IssueReply(), after).text
