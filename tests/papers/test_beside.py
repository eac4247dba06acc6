"""The papers beside the reply: each way they can turn out, and whom they may not name."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import pytest

import notices
from notices.errors import PaperError
from notices.letter import Block, Letter
from rules.words import Outcome
from tests.papers import gallery, gallery_ways
from tests.papers.builders import COMPANY, ON, WANG, case, letter, replied, reply, world
from tests.process.check_builders import complete
from workflow import commands as c
from workflow.vocabulary import (
    AgentKind,
    ChallengeKind,
    DeliveryResult,
    Form,
    Reassessment,
)

HIDES: Final[dict[str, Callable[[], Letter]]] = {
    "referral": gallery.referral,
    "re-assessment": gallery.reassessment,
    "forwarding": gallery.forwarding,
    "collection": lambda: gallery.lost("public_collection_notice"),
}


@pytest.mark.parametrize("name", HIDES)
def test_what_leaves_the_office_does_not_tell_who_asks(name: str) -> None:
    made = HIDES[name]()

    assert not made.may_name
    assert WANG.name not in made.text
    assert WANG.address not in made.text
    planted = replace(made, blocks=tuple(_named(made)))
    found = notices.lint(planted, case=case(), world=world())
    assert "identity_told" in {f.code for f in found}


def _named(made: Letter) -> list[Block]:
    return [replace(b, text=b.text.replace("政府信息公开", WANG.name)) for b in made.blocks]


def test_a_public_notice_of_an_organization_shows_only_the_case() -> None:
    said = gallery.lost("public_collection_notice", applicants=(COMPANY,)).text

    assert "申请编号为抚县政公申〔2020〕7号的政府信息公开申请人：" in said
    assert COMPANY.name not in said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (DeliveryResult.RETURNED, "邮件被退回。凭证：退件信封。"),
        (DeliveryResult.UNREACHABLE, "无法与受送达人取得联系"),
        (DeliveryResult.REFUSED, "两名见证人签名"),
    ],
)
def test_the_record_says_what_became_of_the_mail(result: DeliveryResult, said: str) -> None:
    made = gallery.lost("undelivered_record", result)

    assert said in made.text
    assert ("见证人（签名）" in made.text) == (result is DeliveryResult.REFUSED)
    assert ("公告申请人领取" in made.text) == (result is not DeliveryResult.REFUSED)
    assert not made.numbered


def test_a_suggestion_that_is_not_taken_up() -> None:
    said = gallery.suggestion(accepted=False).text

    assert "您的建议本机关不予采纳。理由是：涉及公众利益调整。" in said
    assert "公开的途径" not in said
    assert "行政复议" not in said


def test_what_stays_withheld_is_looked_at_again() -> None:
    said = gallery.reassessment(Reassessment.KEEP).text

    assert "评估结论：仍不予公开。" in said
    assert "维持原答复，列入下一次定期评估审查" in said


def test_the_answer_in_court_has_the_words_of_the_court() -> None:
    made = gallery.defence(ChallengeKind.LITIGATION)

    assert made.title == "行政诉讼答辩状"
    for part in (
        "答辩人（被告）：抚顺县人民政府。原告：王某某。",
        "收到起诉状副本",
        "《中华人民共和国行政诉讼法》第六十七条",
    ):
        assert part in made.text


def test_the_answer_to_a_complaint_of_silence_names_no_reply() -> None:
    said = gallery.defence(about="non_reply").text

    assert "不服本机关没有在法定期限内作出答复的行为，向抚顺市人民政府申请行政复议" in said
    assert gallery.NUMBER not in said


def test_an_assignment_names_the_person() -> None:
    assert "张三：" in gallery.forwarding(c.Assign(to="张三")).text
    assert "承办人员：" in gallery.forwarding(c.Assign()).text
    assert "现转由你处承办" in gallery.forwarding(c.Assign()).text
    assert "需要答复的问题" not in gallery.forwarding(c.CoHandle(unit="档案科")).text


def test_a_termination_without_words_says_what_the_law_means() -> None:
    assert "办理过程中，申请人死亡或者终止。" in gallery.termination("").text


def test_a_visit_that_was_asked_for_needs_no_reason() -> None:
    said = gallery.inspection(Form.INSPECT).text
    plain = letter(
        "inspection_notice",
        c.IssueReply(),
        replied(complete(Outcome.DISCLOSE), form=Form.COPY),
    ).text

    assert "这是您要求的提供方式" in said
    assert "安排您抄录" in plain
    assert "工作日办公时间，请事先与本机关联系确定" in plain
    assert "地点：抚顺县某街1号" in plain


def test_another_form_than_asked_for_says_why() -> None:
    made = reply(gallery.VISIT, form=Form.PAPER)

    assert made.annexes == ()
    assert (
        "您要求以纸质形式提供；按该形式提供可能危及政府信息载体安全或者公开成本过高，"
        "具体理由是：原件纸张脆化，复印会使其损毁。根据《条例》第四十条的规定，本机关安排您查阅"
    ) in made.text
    with pytest.raises(PaperError) as refused:
        reply(replace(gallery.VISIT, reason=""), form=Form.PAPER)
    assert (refused.value.code, refused.value.article) == ("no_reason_for_form", "40")


def test_an_agent_without_authority_is_asked_for_it() -> None:
    agent = c.Agent(kind=AgentKind.LAWYER, name="钱律师")
    made = letter("oral_request_record", gallery_ways.REGISTER, case(agent=agent))

    assert "由钱律师以律师身份代为提出。授权材料尚未提交，请您补充提交。" in made.text
    assert "口头提出申请" not in made.text


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("termination_notice", "wrong_step"),
        ("secrecy_referral", "missing_value"),
        ("undelivered_record", "missing_value"),
        ("inspection_notice", "missing_value"),
    ],
)
def test_a_paper_of_another_step_is_refused(kind: str, code: str) -> None:
    with pytest.raises(PaperError) as refused:
        notices.compose(kind, case=case(), command=c.Accept(), on=ON, world=world())

    assert refused.value.code == code
