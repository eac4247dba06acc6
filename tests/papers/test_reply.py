"""The reply: one letter that answers every item, each as the law asks."""

# ruff: noqa: ANN401 - changes are handed on to the builders, each with its own type

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import notices
from notices.errors import PaperError
from notices.letter import Letter, Mark
from rules.words import Ground, Outcome
from tests.papers.builders import ON, RECEIVED, WANG, case, letter, replied, reply, world
from tests.process.check_builders import (
    a_case,
    a_consultation,
    a_search,
    answered,
    complete,
    decide,
    items,
    partly,
    withheld,
)
from workflow import commands as c
from workflow.case import Draft, Reopening, Reply
from workflow.decision import EarlierReply
from workflow.vocabulary import Form, Opinion, ReopenCause

DONE: dict[str, Any] = {
    "correction": a_case().correction,
    "explanation": a_case().explanation,
    "searches": (a_search(clues=("村委会说有一份",)),),
    "consultations": (a_consultation(),),
}

SAID = {
    Outcome.DISCLOSE: (
        "《条例》第三十六条第二项的规定，本机关决定予以公开。现向您提供：方案全文（见附件）。",
    ),
    Outcome.ALREADY_PUBLIC: (
        "第三十六条第一项",
        "方式、途径：https://www.example.gov.cn/zwgk/2020/03/a.html。",
    ),
    Outcome.PARTLY_DISCLOSE: (
        "《条例》第三十七条的规定，本机关决定部分公开",
        "予以公开的内容：正文。现向您提供：方案正文（见附件）。",
        "“附表”：该部分属于依法确定的国家秘密，符合《条例》第十四条规定的情形。",
        "理由是：公开会暴露农户的账户，招致冒领补偿款。",
    ),
    Outcome.WITHHOLD: (
        "《条例》第三十六条第三项的规定，本机关决定对您申请公开的上述信息不予公开",
        "《条例》第十四条",
        "不能作区分处理：只有一张表，行行都有账户。",
    ),
    Outcome.NOT_HELD: (
        "2020年9月20日，本机关检索了办公系统、档案室，以“补偿安置”“征地”“2019 某村”为关键词",
        "采用全文检索的方法",
        "线索（村委会说有一份）作了核查",
        "检索结果：没有。",
        "经上述检索，没有您申请公开的信息。原因是：检索办公系统和档案室，没有找到。",
        "第三十六条第四项的规定，告知您该政府信息不存在",
    ),
    Outcome.OTHER_AGENCY: (
        "不属于本机关负责公开，理由是：由县自然资源局制作。",
        "第三十六条第五项",
        "行政机关是抚顺县自然资源局，联系方式：024-00000000。",
    ),
    Outcome.REPEAT: (
        "2020年5月6日作出答复（抚县政公〔2020〕1号）",
        "两次申请的内容相同",
        "第三十六条第六项的规定，本机关对该申请不予重复处理",
    ),
    Outcome.SPECIAL_REGIME: (
        "《不动产登记暂行条例》第二十七条对其获取有特别规定",
        "第三十六条第七项",
        "县不动产登记中心查询窗口",
    ),
    Outcome.NEEDS_PROCESSING: (
        "没有您申请公开的现成信息",
        "即须从三百份合同中逐份统计",
        "第三十八条的规定，本机关不予提供",
    ),
    Outcome.STILL_UNCLEAR: (
        "2020年9月18日告知您补正，并于2020年9月21日收到您补正的申请",
        "申请内容仍不明确：补正后仍不能确定是哪一份文件。",
        "第三十条",
    ),
    Outcome.PETITION: ("第三十九条第一款的规定，该部分内容不作为政府信息公开申请处理",),
    Outcome.PUBLICATION: ("第三十九条第二款", "获取的途径：《抚顺年鉴2019》，县图书馆可借阅。"),
    Outcome.EXCESSIVE: (
        "2020年9月20日要求您说明理由。您在规定期限内没有说明理由。",
        "第三十五条的规定，本机关对该申请不予处理",
    ),
    Outcome.REISSUE: (
        "您已于2020年5月6日获取上述信息（抚县政公〔2020〕1号）",
        "本机关不予处理",
    ),
    Outcome.NOT_GOVERNMENT_INFORMATION: (
        "属于咨询，理由是：询问政策如何适用",
        "《条例》第二条所称的政府信息",
    ),
    Outcome.ARCHIVES: (
        "《中华人民共和国档案法》第十一条的规定移交国家档案馆保管：2010年已依法移交县档案馆。",
        "抚顺县档案馆",
    ),
}
IDS = {
    Outcome.DISCLOSE: "N20",
    Outcome.ALREADY_PUBLIC: "N19",
    Outcome.PARTLY_DISCLOSE: "N22",
    Outcome.WITHHOLD: "N23",
    Outcome.NOT_HELD: "N32",
    Outcome.OTHER_AGENCY: "N33",
    Outcome.REPEAT: "N36",
    Outcome.SPECIAL_REGIME: "N31",
    Outcome.NEEDS_PROCESSING: "N34",
    Outcome.STILL_UNCLEAR: "N35",
    Outcome.PETITION: "N37",
    Outcome.PUBLICATION: "N38",
    Outcome.EXCESSIVE: "N07",
    Outcome.REISSUE: "N39",
    Outcome.NOT_GOVERNMENT_INFORMATION: "N41",
    Outcome.ARCHIVES: "N42",
}


@pytest.mark.parametrize("outcome", list(Outcome))
def test_each_outcome_says_what_it_must(outcome: Outcome) -> None:
    made = reply(complete(outcome), **DONE)

    assert made.id == IDS[outcome]
    assert "本机关于2020年9月14日收到您当面提交的政府信息公开申请" in made.text
    assert "“2019年某村征地补偿安置方案”" in made.text
    for part in SAID[outcome]:
        assert part in made.text
    assert "不服本答复的" in made.text
    assert made.text.rstrip().splitlines()[-3:-1] == ["抚顺县人民政府", "2020年10月26日"]
    assert [b.mark for b in made.blocks if b.mark is Mark.HEADING] == []


GROUNDS = {
    Ground.STATE_SECRET: ("N23", "属于依法确定的国家秘密，符合《条例》第十四条规定"),
    Ground.PROHIBITED_BY_LAW: (
        "N24",
        "属于《中华人民共和国统计法》第二十五条禁止公开的政府信息，符合《条例》第十四条规定",
    ),
    Ground.PUBLIC_SAFETY: ("N25", "公开后可能危及公共安全，符合《条例》第十四条规定"),
    Ground.TRADE_SECRET: ("N26", "涉及第三方的商业秘密，公开会对第三方合法权益造成损害"),
    Ground.PERSONAL_PRIVACY: ("N27", "涉及第三方的个人隐私，公开会对第三方合法权益造成损害"),
    Ground.THIRD_PARTY_INTEREST: ("N27", "涉及第三方的著作权，公开会对第三方合法权益造成损害"),
    Ground.INTERNAL_AFFAIRS: ("N28", "属于后勤管理方面的内部事务信息，符合《条例》第十六条第一款"),
    Ground.DELIBERATIVE: ("N29", "讨论记录，是过程性信息，符合《条例》第十六条第二款"),
    Ground.ENFORCEMENT_FILE: ("N30", "属于行政执法案卷信息，符合《条例》第十六条第二款"),
}


@pytest.mark.parametrize("ground", list(Ground))
def test_each_ground_has_its_words_and_its_article(ground: Ground) -> None:
    made = reply(decide(Outcome.WITHHOLD, withheld(ground)), **DONE)
    by_choice = ground in list(Ground)[6:]

    assert made.id == GROUNDS[ground][0]
    assert made.title == "政府信息不予公开告知书"
    assert GROUNDS[ground][1] in made.text
    assert ("本机关经裁量决定不予公开" in made.text) == by_choice


def test_secrets_are_not_told() -> None:
    said = reply(complete(Outcome.WITHHOLD), **DONE).text

    assert "秘密★5年" not in said
    assert "省某厅" not in said


def test_what_third_parties_said_is_told_without_their_name() -> None:
    claim = withheld(Ground.TRADE_SECRET, consultation=1)
    silent = reply(decide(Outcome.WITHHOLD, claim), consultations=(a_consultation(),)).text
    objecting = reply(
        decide(Outcome.WITHHOLD, claim), consultations=(answered(Opinion.OBJECT),)
    ).text

    assert "书面征求第三方的意见，第三方在规定期限内没有提出意见。" in silent
    assert "第三方不同意公开。" in objecting
    assert "某某建设有限公司" not in silent + objecting


def test_all_binding_grounds_are_cited_and_the_others_left_out() -> None:
    claim = withheld(Ground.STATE_SECRET, Ground.PERSONAL_PRIVACY, Ground.DELIBERATIVE)
    said = reply(decide(Outcome.WITHHOLD, claim), **DONE).text

    assert "国家秘密，符合《条例》第十四条规定的情形；同时涉及第三方的个人隐私" in said
    assert "第十六条" not in said


MIXED = (
    complete(Outcome.ALREADY_PUBLIC),
    replace(partly(withheld(Ground.PERSONAL_PRIVACY), item=2), provide="工资表的金额各栏"),
    complete(Outcome.NOT_HELD, item=3),
    complete(Outcome.DISCLOSE, item=4),
)
FOUR: dict[str, Any] = {"items": items({}, {}, {}, {}), "searches": (a_search(items=(3,)),)}


def mixed(on: date = ON, **changes: Any) -> Letter:
    return reply(*MIXED, on=on, **{**FOUR, **changes})


def test_several_items_are_answered_one_by_one() -> None:
    made = mixed()
    heads = [block.text for block in made.blocks if block.mark is Mark.HEADING]

    assert made.title == "政府信息公开申请答复书"
    assert made.id == "N19+N22+N32+N20"
    assert heads == [f"{han}、关于“第{n}份文件”" for n, han in enumerate("一二三四", 1)]
    assert "申请公开以下4项内容：\n1.“第1份文件”；\n" in made.text
    assert "4.“第4份文件”。" in made.text


def test_annexes_are_counted_and_named_in_the_order_of_the_items() -> None:
    made = mixed()
    listed = [block.text for block in made.blocks if block.mark is Mark.ANNEX]

    assert made.annexes == ("工资表的金额各栏", "方案全文")
    assert listed == ["附件：1. 工资表的金额各栏", "2. 方案全文"]
    assert "工资表的金额各栏（见附件1）" in made.text
    assert "方案全文（见附件2）" in made.text


def test_a_long_item_is_not_quoted_in_its_heading() -> None:
    long = c.Item(title="长" * 30)
    made = reply(
        complete(Outcome.DISCLOSE), complete(Outcome.DISCLOSE, item=2), items=(long, *items({}))
    )

    assert "一、关于第1项申请内容" in made.text


def test_form_of_supply_and_help() -> None:
    helped = replace(WANG, needs_assistance=True)
    paper = reply(complete(Outcome.DISCLOSE), form=Form.ELECTRONIC, applicants=(helped,))
    visit = reply(complete(Outcome.DISCLOSE, when="2020年11月3日上午"), form=Form.INSPECT)

    assert "以电子形式提供上述政府信息" in paper.text
    assert "提供必要的帮助" in paper.text
    assert visit.annexes == ()
    assert (
        "安排您查阅：请携带有效身份证件，于2020年11月3日上午，到抚顺县某街1号办理。" in visit.text
    )
    assert visit.id == "N21"


def test_given_later_is_no_annex() -> None:
    made = reply(complete(Outcome.DISCLOSE, when="2020年11月底", where="县档案室窗口"))

    assert made.annexes == ()
    assert "提供的时间：2020年11月底。获取的方式、途径：县档案室窗口。" in made.text


def test_other_agency_unknown() -> None:
    unknown = complete(Outcome.OTHER_AGENCY, agency="", agency_contact="", agency_unknown=True)

    assert "本机关不能确定负责公开该信息的行政机关" in reply(unknown).text


def test_withdrawn_items_are_mentioned_and_not_answered() -> None:
    made = reply(complete(Outcome.DISCLOSE), items=items({}, {}), withdrawn_items=frozenset({2}))

    assert "其中第2项申请内容，您已经撤回，本机关不再处理。" in made.text


def again(cause: ReopenCause, number: str = "抚县政公告〔2020〕9号", **changes: Any) -> Letter:
    first = replied(complete(Outcome.NOT_HELD), on=date(2020, 9, 28), **DONE).replies[0]
    earlier = (replace(first, number=number),) if number else ()
    reopening = Reopening(
        on=date(2020, 10, 12),
        cause=cause,
        document="抚政复决〔2020〕3号",
        due_on=date(2020, 11, 10),
        items=(1,),
    )
    plain: dict[str, Any] = {**DONE, "replies": earlier, "reopenings": (reopening,), **changes}
    decisions = plain.pop("decisions", (complete(Outcome.DISCLOSE),))
    return reply(*decisions, **plain)


def test_a_reply_after_reopening_names_the_one_it_replaces() -> None:
    made = again(ReopenCause.REVIEW_DECISION)

    assert made.id == "N45"
    assert made.title == "政府信息公开申请重新答复书"
    for part in (
        "曾于2020年9月28日就该申请作出答复（抚县政公告〔2020〕9号）",
        "根据行政复议决定（抚政复决〔2020〕3号），本机关对该申请重新办理",
        "自本答复作出之日起，上述答复由本答复取代",
        "现重新答复如下",
    ):
        assert part in made.text


def test_reopening_of_some_items_leaves_the_rest() -> None:
    said = again(ReopenCause.SUPERVISION, items=items({}, {})).text

    assert "中涉及第1项申请内容的部分由本答复取代，其余部分不变" in said


@pytest.mark.parametrize(
    ("cause", "said"),
    [(ReopenCause.OWN_MOTION, "经自行核查"), (ReopenCause.REASSESSMENT, "经定期评估审查")],
)
def test_an_agency_that_gives_more_by_itself_supplements(cause: ReopenCause, said: str) -> None:
    made = again(cause, items=items({}, {}))

    assert (made.id, made.title) == ("N48", "政府信息补充公开告知书")
    assert said in made.text
    assert "本答复是对上述答复中涉及第1项申请内容的部分的补充" in made.text
    assert "是对上述答复的补充" in again(cause).text


def test_an_agency_that_corrects_itself_to_refuse_does_not_supplement() -> None:
    made = again(ReopenCause.OWN_MOTION, decisions=(complete(Outcome.PETITION),))

    assert made.id == "N45"
    assert "由本答复取代" in made.text


def test_reopening_after_no_reply() -> None:
    assert "此前没有就该申请作出答复" in again(ReopenCause.JUDGMENT, number="").text


def test_a_recalled_reply_is_not_the_earlier_one() -> None:
    void = Reply(
        draft=Draft(decisions=(), digest="", by=MIXED_BY, on=RECEIVED),
        issued_on=date(2020, 9, 28),
        void_on=date(2020, 9, 29),
    )

    assert "曾于" not in again(ReopenCause.JUDGMENT, replies=(void,)).text


MIXED_BY = replied(*MIXED, **FOUR).replies[0].draft.by


def test_not_held_without_a_search_is_refused() -> None:
    with pytest.raises(PaperError) as refused:
        reply(complete(Outcome.NOT_HELD))

    assert (refused.value.code, refused.value.article) == ("no_search", "36(4)")


@pytest.mark.parametrize("passages", [(), (withheld(Ground.STATE_SECRET, expires_on=RECEIVED),)])
def test_withholding_on_no_valid_ground_is_refused(passages: tuple[object, ...]) -> None:
    with pytest.raises(PaperError) as refused:
        reply(decide(Outcome.WITHHOLD, *passages))  # type: ignore[arg-type] # passages or none

    assert refused.value.code == "no_ground"


def test_there_is_no_letter_without_a_reply() -> None:
    with pytest.raises(PaperError, match="没有答复"):
        notices.compose("reply", case=case(), command=c.IssueReply(), on=ON, world=world())


def test_the_record_of_an_answer_on_the_spot() -> None:
    decisions = (complete(Outcome.ALREADY_PUBLIC),)
    made = letter("on_the_spot_record", c.AnswerOnTheSpot(decisions=decisions), replied(*decisions))

    assert made.id == "N47"
    assert not made.numbered
    for part in ("第三十三条第一款", "第三十六条第一项", "申请人（签名或者盖章）：", "行政复议"):
        assert part in made.text


def test_the_earlier_reply_of_a_repeat_may_lack_its_day() -> None:
    decision = complete(Outcome.REPEAT, earlier=EarlierReply(number="1号"), unchanged=False)
    said = reply(decision).text

    assert "本机关已作出答复（1号）" in said
    assert "没有变化" not in said
