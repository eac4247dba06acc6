"""The forms printed on demand: filled in from the case, blank where a hand must write."""

import io
from dataclasses import replace
from datetime import date

import pytest
from docx import Document

import notices
from notices import wording
from notices.catalogue import CATALOGUE
from notices.errors import PaperError
from notices.letter import Block, Mark
from notices.markup import parse
from notices.render import seal
from notices.tables import WIDTH, table
from tests.papers.builders import COMPANY, COUNTY, ON, RECEIVED, WANG, case, world
from tests.papers.gallery import filed, printed
from workflow import commands as c
from workflow.case import Case, Referral
from workflow.vocabulary import AgentKind, Channel, CloseReason, Form, State

FORMS = tuple(p.kind for p in CATALOGUE.values() if p.printed)
FROM_THE_FIRST_DAY = {
    "application_form",
    "register_sheet",
    "envelope",
    "case_cover",
    "case_index",
}


def text(kind: str, of: Case, on: date = ON) -> str:
    return notices.print_form(kind, case=of, on=on, world=world(on)).text


@pytest.mark.parametrize("kind", FORMS)
def test_a_form_has_no_number_and_nothing_left_over(kind: str) -> None:
    made = printed(kind)

    assert not made.numbered
    assert made.kind == kind
    for check in (wording.leftovers, wording.punctuation, wording.invisible):
        assert list(check(made, filed(), world())) == []
    assert notices.finish(made, number="").docx == notices.finish(made, number="").docx


@pytest.mark.parametrize("kind", FORMS)
def test_only_the_application_form_prints_id_and_telephone(kind: str) -> None:
    shown = WANG.id_document in printed(kind).text or WANG.contact in printed(kind).text

    assert shown == (kind == "application_form")


def test_a_new_case_has_the_forms_it_can_fill() -> None:
    assert set(notices.printable(case())) == FROM_THE_FIRST_DAY
    assert notices.printable(filed()) == FORMS


def test_every_form_of_a_new_case_can_be_printed() -> None:
    new = case(state=State.AWAITING_CONFIRMATION, channel=Channel.EMAIL, received_on=None)

    for kind in notices.printable(new):
        assert text(kind, new)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("reply", "unknown_form"),
        ("nothing", "unknown_form"),
        ("sign_off_sheet", "nothing_to_print"),
    ],
)
def test_what_cannot_be_printed_is_refused(kind: str, code: str) -> None:
    with pytest.raises(PaperError) as refused:
        notices.print_form(kind, case=case(), on=ON, world=world())

    assert refused.value.code == code


def test_the_application_form_never_asks_what_for() -> None:
    said = printed("application_form").text

    assert not [word for word in ("用途", "目的", "需要的原因", "科研") if word in said]


def test_the_application_form_of_an_organization_and_of_an_oral_request() -> None:
    leader = c.Agent(kind=AgentKind.LEGAL_REPRESENTATIVE, name="钱某")
    lawyer = c.Agent(kind=AgentKind.LAWYER, name="周律师", authority="授权委托书1份")
    company = text("application_form", case(applicants=(COMPANY,), agent=leader))
    oral = text(
        "application_form",
        case(
            applicants=(replace(WANG, needs_assistance=True),),
            channel=Channel.ORAL,
            agent=lawyer,
            form=Form.INSPECT,
        ),
    )

    assert "名称｜某某贸易有限公司" in company
    assert "法定代表人或者负责人｜钱某" in company
    assert "代理人" not in company
    assert "姓名｜周律师｜身份｜律师\n授权情况｜授权委托书1份" in oral
    assert "■查阅" in oral
    assert "阅读困难或者视听障碍" in oral
    assert "代为填写，并已向申请人宣读" in oral


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"channel": Channel.REGISTERED_MAIL}, "当日即为收到之日"),
        (
            {"channel": Channel.EMAIL, "acknowledged_on": RECEIVED},
            "2020年9月14日系统或者机关确认收到",
        ),
        ({"channel": Channel.EMAIL}, "2020年9月14日与申请人确认收到"),
        ({"channel": Channel.EMAIL, "received_on": None}, "尚未确认"),
    ],
)
def test_the_register_says_how_receipt_was_confirmed(changes: dict[str, object], said: str) -> None:
    assert said in text("register_sheet", case(**changes))


def test_the_register_of_a_closed_case_says_why() -> None:
    closed = case(state=State.CLOSED, close_reason=CloseReason.WITHDRAWN, closed_on=ON)

    assert "目前状态｜申请人撤回" in text("register_sheet", closed)
    assert "办结日期｜2020年10月26日" in text("case_cover", closed)


def test_the_secrecy_review_shows_marks_and_no_content() -> None:
    asked = Referral(
        on=date(2020, 10, 20), body="县保密局", question="可否公开", items=(1,), result="可以公开",
        answered_on=date(2020, 10, 21),
    )  # fmt: skip
    waiting = replace(asked, result="", answered_on=None)
    said = text("secrecy_review_sheet", replace(filed(), referrals=(asked, waiting)))

    assert "国家秘密：秘密，派生定密，保密期限至2024年5月31日" in said
    assert "2020年10月20日报请县保密局确定，2020年10月21日答复：可以公开" in said
    assert "待答复" in said
    assert "省某厅2019年第3号文件" not in said


def test_the_proof_of_service_for_a_third_party_never_names_the_applicant() -> None:
    made = printed("proof_of_service", paper="third_party_inquiry")

    assert "受送达人｜某某公司" in made.text
    assert "第三方意见征询书｜文号｜抚县政公询〔2020〕3号" in made.text
    assert WANG.name not in made.text


def test_the_proof_of_service_is_for_a_paper_of_the_case() -> None:
    assert (
        "抚县政公告〔2020〕12号"
        in printed("proof_of_service", number="抚县政公告〔2020〕12号").text
    )
    with pytest.raises(PaperError) as refused:
        printed("proof_of_service", paper="fee_notice")

    assert refused.value.code == "no_such_paper"


def test_the_envelope_shows_the_address_and_nothing_of_the_inside() -> None:
    said = printed("envelope").text
    blank = text("envelope", case(applicants=(COMPANY,)))

    assert "收件人地址：抚顺县某村3组17号" in said
    assert "王某某　收" in said
    assert "征地补偿" not in said
    assert "收件人地址：＿＿＿" in blank
    posted = notices.print_form(
        "envelope", case=case(), on=ON, world=world(agency=replace(COUNTY, postcode="113100"))
    )
    assert "邮政编码：113100" in posted.text


def test_cover_and_index_name_every_paper_in_order() -> None:
    cover, index = printed("case_cover").text, printed("case_index").text
    lines = [line.split("｜")[:4] for line in index.splitlines() if line[:1].isdigit()]

    assert "卷内文件｜6件" in cover
    assert "第1项办理结果｜部分公开" in cover
    assert lines == [
        ["1", "政府信息公开申请", "抚县政公申〔2020〕7号", "2020年9月14日"],
        ["2", "政府信息公开申请接收回执", "", "2020年9月14日"],
        ["3", "第三方意见征询书", "抚县政公询〔2020〕3号", "2020年9月21日"],
        ["4", "征求第三方意见告知书", "3号", "2020年9月21日"],
        ["5", "附件：申请人身份证明.pdf", "", "2020年9月22日"],
        ["6", "政府信息公开申请答复书", "抚县政公告〔2020〕12号", "2020年10月26日"],
    ]


def test_a_table_is_a_table_of_word_across_the_whole_line() -> None:
    paper = notices.finish(printed("register_sheet"), number="")
    tables = Document(io.BytesIO(paper.docx)).tables

    assert len(tables) == 4
    assert [cell.text for cell in tables[2].rows[0].cells][:1] == ["事项"]
    for one in tables:
        assert sum(column.width.twips for column in one.columns if column.width) == WIDTH


def _rows(filled: str) -> Block:
    (block,) = parse(filled)
    assert block.mark is Mark.TABLE
    return block


def test_strokes_and_signs_in_data_make_no_cells() -> None:
    block = _rows(
        f"| 甲 | {seal('一|二')}\n| {seal('| 三')} | {seal('# 四' + chr(10) + '|| 五')}\n"
    )

    assert [row.cells for row in block.rows] == [("甲", "一|二"), ("| 三", "# 四\n|| 五")]
    assert "□" in block.pattern


def test_widths_come_from_the_head_or_from_pairs() -> None:
    block = _rows("| 甲 | 乙\n|| 号*1 | 名*4\n| 1 | 丙\n| 一 | 二 | 三\n")

    assert [row.weights for row in block.rows] == [(2, 8), (1, 4), (1, 4), (1, 1, 1)]
    assert [row.head for row in block.rows] == [False, True, False, False]
    assert [row.listed for row in block.rows] == [False, False, True, False]


def test_data_is_escaped_in_a_table() -> None:
    drawn = table(_rows(f"| 甲 | {seal('<b>&' + chr(10) + '乙')}"))

    assert "&lt;b&gt;&amp;</w:t><w:br/>" in drawn
