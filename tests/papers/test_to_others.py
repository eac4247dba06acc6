"""The letters to third parties and other agencies: their periods, and nothing about who asks."""

# ruff: noqa: ANN401 - changes are handed on to the builders, each with its own type

from dataclasses import replace
from typing import Any

import pytest

import notices
from notices.errors import PaperError
from notices.letter import Letter, Mark
from rules.words import Ground, Outcome
from tests.papers.builders import ON, WANG, case, letter, replied, world
from tests.process.check_builders import a_consultation, answered, complete, given, partly, withheld
from workflow import commands as c
from workflow.commands import Item
from workflow.vocabulary import ConsultationKind, EndHow, Opinion

FULL = "《中华人民共和国政府信息公开条例》"


def inquiry(kind: ConsultationKind, **changes: Any) -> Letter:
    asked = a_consultation(kind=kind, expired_on=None, received_on=None, **changes)
    command = c.StartConsultation(kind=kind, party=asked.party, items=asked.items)
    papers = {
        ConsultationKind.THIRD_PARTY: "third_party_inquiry",
        ConsultationKind.JOINT_MAKER: "joint_maker_inquiry",
        ConsultationKind.OTHER_AGENCY: "agency_consultation",
    }
    about = Item(title="王某某申请的2019年某村征地补偿安置方案")
    return letter(papers[kind], command, case(consultations=(asked,), items=(about,)))


@pytest.mark.parametrize("kind", list(ConsultationKind))
def test_the_letter_does_not_tell_who_asks(kind: ConsultationKind) -> None:
    made = inquiry(kind, why="王某某（13900001111）住抚顺县某村3组17号，想知道补偿标准")

    assert "某某建设有限公司：" in made.text
    assert "“申请人申请的2019年某村征地补偿安置方案”" in made.text
    assert "申请人（（略））住（略），想知道补偿标准" in made.text
    for mark in (WANG.name, WANG.contact, WANG.address, WANG.id_document):
        assert mark not in made.text
    assert "行政复议" not in made.text


def test_third_party_inquiry_says_the_period_and_what_silence_means() -> None:
    said = inquiry(ConsultationKind.THIRD_PARTY).text

    assert f"{FULL}第十五条、第三十二条" in said
    assert "自收到本征求意见书之日起15个工作日内" in said
    assert f"逾期没有提出意见的，由本机关依照{FULL}的规定决定是否公开" in said
    assert "视为同意" not in said


def test_the_reply_slip_is_a_page_of_the_inquiry() -> None:
    made = inquiry(ConsultationKind.THIRD_PARTY)
    marks = [block.mark for block in made.blocks]
    slip = made.text.partition("第三方意见回执\n")[2]

    assert marks.index(Mark.PAGE) > marks.index(Mark.DATE)
    for part in ("□ 同意公开。", "□ 不同意公开。", "□ 同意公开下列部分：", "理由：", "盖章"):
        assert part in slip
    assert all(len(block.text) <= 26 for block in made.blocks if "＿＿" in block.text[-2:])


def test_the_slip_alone_is_the_inquiry() -> None:
    asked = a_consultation(expired_on=None)
    command = c.StartConsultation(kind=asked.kind, party=asked.party, items=asked.items)
    made = letter("third_party_reply_slip", command, case(consultations=(asked,)))

    assert made.kind == "third_party_inquiry"


def test_joint_maker_silence_is_consent() -> None:
    said = inquiry(ConsultationKind.JOINT_MAKER).text

    assert f"{FULL}第三十四条" in said
    assert "自收到本函之日起15个工作日内" in said
    assert "逾期没有提出意见的，视为同意公开" in said


def test_agency_consultation_says_what_and_by_when() -> None:
    said = inquiry(ConsultationKind.OTHER_AGENCY, why="水位数据由贵局测定。").text

    assert f"{FULL}第十一条第一款" in said
    assert "需要协商、确认的事项：水位数据由贵局测定。" in said
    assert "15个工作日内书面回复" in said


NOTIFY = c.NotifyThirdParty(consultation=1, reason="关系下游居民饮水安全。")


def released(*decisions: object, **said: object) -> str:
    asked = answered(Opinion.OBJECT, reasons="影响商誉")
    after = replied(*decisions, consultations=(replace(asked, **said),))  # type: ignore[arg-type] # as told
    return letter("third_party_release_notice", NOTIFY, after).text


def test_release_notice_tells_what_why_and_the_remedies() -> None:
    said = released(complete(Outcome.DISCLOSE))

    for part in (
        "2020年9月21日就下列政府信息是否公开书面征求你（单位）的意见",
        "你（单位）不同意公开，理由是：影响商誉",
        f"{FULL}第三十二条的规定，本机关决定公开上述政府信息",
        "理由是：关系下游居民饮水安全。",
        "不服上述公开决定的，可以自收到本告知书之日起60日内向抚顺市人民政府申请行政复议",
    ):
        assert part in said
    assert WANG.name not in said


def test_release_notice_lists_the_parts_that_are_given() -> None:
    said = released(
        partly(given(Ground.TRADE_SECRET, label="整改清单"), withheld(Ground.STATE_SECRET)),
        opinion=Opinion.PARTIAL,
    )

    assert "公开上述政府信息中的下列内容：正文、整改清单；其余内容不予公开" in said
    assert "你（单位）同意公开其中一部分" in said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"expired_on": ON}, "你（单位）在规定期限内没有提出意见"),
        ({"ended_on": ON, "how": EndHow.UNDELIVERABLE}, "没有收到你（单位）的意见"),
        ({"opinion": Opinion.CONSENT}, "你（单位）同意公开"),
    ],
)
def test_release_notice_says_what_the_party_said(changes: dict[str, object], said: str) -> None:
    silent = {"opinion": None, "reasons": "", "answered_on": None}

    assert said in released(complete(Outcome.DISCLOSE), **{**silent, **changes})


def test_a_letter_about_no_consultation_is_refused() -> None:
    with pytest.raises(PaperError, match="没有征求意见的记录"):
        notices.compose(
            "third_party_release_notice", case=case(), command=NOTIFY, on=ON, world=world()
        )
