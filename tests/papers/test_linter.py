"""The linter: each check proven by a planted fault, and silent on good letters."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

import notices
from notices.letter import Block, Letter, Mark
from rules.words import Ground, Outcome
from tests.papers.builders import COUNTY, ON, RECEIVED, WANG, case, letter, replied, world
from tests.papers.test_reply import FOUR, MIXED
from tests.process.check_builders import a_consultation, complete, decide, withheld
from workflow import commands as c
from workflow.case import Case
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


FAULTS = {
    "another name": ("name_missing", changed(GOOD, "王某某", "李某某")),
    "an id number": ("private_data", changed(GOOD, "申请公开", WANG.id_document)),
    "a contact": ("private_data", changed(GOOD, "申请公开", WANG.contact)),
    "a strange date": ("date_unknown", changed(GOOD, "2020年9月14日", "2020年9月13日")),
    "another article": ("basis_missing", changed(GOOD, "第三十七条", "第三十八条")),
    "a ground left out": ("ground_missing", changed(GOOD, "《条例》第十五条", "有关")),
    "a ground too many": ("ground_stray", changed(GOOD, "特此告知", "依《条例》第十四条")),
    "an annex left out": ("annex_count", without(GOOD, lambda b: b.text.startswith("2. "))),
    "another annex": ("annex_count", changed(GOOD, "2. 方案全文", "2. 别的")),
    "no remedies": ("remedy_missing", without(GOOD, remedy)),
    "another review body": ("remedy_body", changed(GOOD, "抚顺市人民政府", "抚顺县教育局")),
    "another court": ("remedy_body", changed(GOOD, "抚顺市中级人民法院", "抚顺县人民法院")),
    "an open brace": ("leftover", changed(GOOD, "特此告知", "特此{{ what }}")),
    "an open tag": ("leftover", changed(GOOD, "特此告知", "{% if x %}特此")),
    "None": ("leftover", changed(GOOD, "特此告知", "None 特此告知")),
    "a doubled mark": ("doubled_mark", changed(GOOD, "特此告知。", "特此告知。。")),
    "an empty value": ("doubled_mark", changed(GOOD, "，现答复如下：", "，，现答复如下：")),
    "a half-width mark": ("half_width_mark", changed(GOOD, "特此告知。", "特此,告知。")),
    "no title": ("part_missing", without(GOOD, lambda b: b.mark is Mark.TITLE)),
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
        assert weights == {Severity.WARN if code == "signature" else Severity.BLOCK}


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


def test_data_may_look_like_leftovers() -> None:
    text = "{{7*7}}，，None,是"
    after = replied(complete(Outcome.NEEDS_PROCESSING, reason=text))

    assert text in letter("reply", c.IssueReply(), after).text
