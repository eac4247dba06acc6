"""The papers to the applicant on the way to a reply, and what each must say."""

from dataclasses import replace
from datetime import date

import pytest

import notices
from notices.errors import PaperError
from rules.fees import fee
from rules.words import FeeBasis
from tests.papers.builders import (
    COMPANY,
    COUNTY,
    DEPARTMENT,
    OFFICER,
    ON,
    RECEIVED,
    WANG,
    case,
    extended,
    letter,
    world,
)
from tests.process.check_builders import a_consultation, items
from workflow import commands as c
from workflow.case import Case, Charge, Clock, Correction, Deferral, Explanation
from workflow.facts import Fact, PaperRef
from workflow.vocabulary import Channel, CloseReason, ConsultationKind, Delivery, State

REGISTER = c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=())
FIRST = "本机关于2020年9月14日收到您当面提交的政府信息公开申请（申请编号：抚县政公申〔2020〕7号）"


def text(kind: str, command: c.Command, after: Case, on: date = ON) -> str:
    return letter(kind, command, after, on).text


def test_receipt_says_when_received_and_when_due() -> None:
    said = text("receipt", REGISTER, case(), RECEIVED)

    assert "王某某：" in said
    assert FIRST in said
    assert "“2019年某村征地补偿安置方案”" in said
    assert "第三十一条的规定，2020年9月14日为本机关收到申请之日" in said
    assert "2020年10月16日前（含当日）" in said
    assert said.rstrip().splitlines()[-3:-1] == ["抚顺县人民政府", "2020年9月14日"]


def test_receipt_after_confirmation_says_both_days() -> None:
    after = case(channel=Channel.INTERNET, on=date(2020, 9, 11))
    said = text("receipt", c.ConfirmReceipt(), after, RECEIVED)

    assert "该申请于2020年9月11日送达本机关，双方于2020年9月14日确认收到" in said
    assert "确认之日为收到申请之日" in said
    assert "通过互联网渠道提交" in said


def test_receipt_of_an_acknowledged_request() -> None:
    after = case(channel=Channel.EMAIL, acknowledged_on=RECEIVED)

    assert "本机关于2020年9月14日确认收到" in text("receipt", REGISTER, after, RECEIVED)


def test_receipt_says_when_its_day_is_provisional() -> None:
    day = date(2026, 12, 15)
    after = case(on=day, received_on=day, clock=Clock(start=day))
    said = letter("receipt", REGISTER, after, day).text

    assert "2027年1月13日" in said
    assert "节假日安排尚未公布" in said


def correction(**changes: object) -> Case:
    asked = Correction(
        asked_on=date(2020, 9, 18), matters=("写明文件名称。", "附身份证明；"), working_days=15
    )
    made = replace(asked, **changes)  # type: ignore[arg-type] # each test names its own fields
    return case(state=State.AWAITING_CORRECTION, correction=made)


REQUEST = c.RequestCorrection(matters=("文号",))


def test_correction_notice_says_everything_at_once() -> None:
    made = letter("correction_notice", REQUEST, correction(), date(2020, 9, 18))
    paragraphs = [block.text for block in made.blocks]

    assert "1.写明文件名称；" in paragraphs
    assert "2.附身份证明。" in paragraphs
    for part in (
        "第三十条",
        "第二十九条",
        "名称、文号或者便于本机关查询的其他特征",
        "予以指导和说明",
        "自收到本告知书之日起15个工作日内",
        "答复期限自收到补正的申请之日起计算",
        "无正当理由逾期不补正的，视为放弃申请，本机关不再处理该申请",
    ):
        assert part in made.text
    assert "行政复议" not in made.text


def test_correction_notice_names_the_last_day_only_when_it_is_known() -> None:
    unknown = text("correction_notice", REQUEST, correction())
    served = text("correction_notice", REQUEST, correction(notice_received_on=date(2020, 9, 21)))
    fixed = text("correction_notice", REQUEST, correction(fixed_due_on=date(2020, 10, 20)))

    assert "前（含当日）" not in unknown
    assert "15个工作日内，即于2020年10月16日前（含当日）" in served
    assert "请您于2020年10月20日前（含当日）提交" in fixed


def test_extension_notice_says_from_when_to_when_why_and_who_agreed() -> None:
    said = text("extension_notice", c.DecideExtension(grant=True), extended(), date(2020, 9, 29))

    for part in (
        "2020年9月14日收到",
        "原应于2020年10月16日前（含当日）答复",
        "因需要向档案馆调取1998年的卷宗，",
        "第三十三条第二款",
        "政府信息公开工作机构（抚顺县人民政府办公室）负责人同意",
        "延长20个工作日，延长至2020年11月13日（含当日）",
    ):
        assert part in said
    assert "节假日安排尚未公布" not in said
    assert "行政复议" not in said


def test_extension_over_the_end_of_the_year_is_provisional() -> None:
    day = date(2026, 11, 18)
    after = extended(on=day, received_on=day, clock=Clock(start=day, extended_by=20))
    made = notices.compose(
        "extension_notice",
        case=after,
        command=c.DecideExtension(grant=True),
        on=date(2026, 11, 20),
        world=world(date(2026, 11, 20)),
    )

    assert "2027年1月14日" in made.text
    assert "节假日安排尚未公布" in made.text


def test_explanation_request_and_deferral() -> None:
    asked = Explanation(asked_on=date(2020, 9, 20), reason="本月已提出42件申请", working_days=5)
    waiting = case(state=State.AWAITING_EXPLANATION, explanation=asked)
    said = text("explanation_request", c.RequestExplanation(reason="x"), waiting, asked.asked_on)

    assert "具体情况是：本月已提出42件申请" in said
    assert "第三十五条" in said
    assert "5个工作日内，即于2020年9月25日前（含当日）" in said

    answered = replace(asked, answered_on=date(2020, 9, 24), accepted=True)
    deferral = Deferral(on=ON, until=date(2020, 12, 18), reason="需要逐页核对两万页", told_on=ON)
    after = case(explanation=answered, deferral=deferral)
    said = text("deferral_notice", c.DeferReply(until=deferral.until, reason="x"), after)

    assert "2020年9月20日要求您说明理由。您于2020年9月24日作出说明" in said
    assert "原因是：需要逐页核对两万页" in said
    assert "延迟至2020年12月18日前（含当日）" in said


DAY = date(2021, 3, 1)
CHARGE = c.ChargeFee(basis=FeeBasis.PAGES, count=250)


def charged(basis: FeeBasis, count: int, here: int = 1, **changes: object) -> Case:
    received = date(2021, 2, 18)
    amount = fee(basis, count=count, here=here, received_on=received)
    charge = replace(Charge(on=DAY, fee=amount), **changes)  # type: ignore[arg-type] # as above
    return case(on=received, received_on=received, state=State.AWAITING_PAYMENT, charge=charge)


def test_fee_notice_shows_the_computation() -> None:
    made = letter("fee_notice", CHARGE, charged(FeeBasis.PAGES, 250), DAY)

    for part in (
        "第四十二条",
        "《政府信息公开信息处理费管理办法》第五条",
        "按量计收",
        "共250页",
        "1.第1至30页：30页，免费；",
        "2.第31至100页：70页，每页10元，计700元；",
        "4.第201页起：50页，每页40元，计2000元。",
        "人民币4700元",
        "自收到本通知书次日起20个工作日内缴纳",
        "缴纳方式：到县财政局指定的银行缴纳",
        "逾期未缴纳的，视为放弃申请，本机关不再处理该申请",
        "第七条的规定，申请处理期限自完成缴费次日起重新计算",
    ):
        assert part in made.text
    assert "行政复议" not in made.text
    assert notices.series("fee_notice") == "fee"


def test_fee_by_pieces_and_proven_receipt() -> None:
    after = charged(FeeBasis.PIECES, 12, 2, notice_received_on=DAY)
    said = letter("fee_notice", CHARGE, after, DAY).text

    assert "当月累计申请12件（含本次），其中本次申请2件" in said
    assert "按件计收" in said
    assert "即于2021年3月29日前（含当日）缴纳" in said


def test_fee_notice_needs_a_way_to_pay() -> None:
    with pytest.raises(PaperError) as refused:
        letter("fee_notice", CHARGE, charged(FeeBasis.PAGES, 250), DAY, DEPARTMENT)

    assert refused.value.code == "no_payment"
    assert "agencies.education.payment" in refused.value.mend


def test_abandonment_tells_the_course_and_the_remedies() -> None:
    asked = correction(notice_received_on=date(2020, 9, 21)).correction
    after = case(state=State.CLOSED, correction=asked, close_reason=CloseReason.CORRECTION_OVERDUE)
    said = text("abandonment_notice", c.DeemAbandoned(no_good_reason=True), after)

    for part in (
        "2020年9月18日作出补正告知书，该告知书于2020年9月21日送达您",
        "补正期限至2020年10月16日届满",
        "第三十条的规定，您的上述申请视为放弃，本机关不再处理",
        "不服上述处理的，可以自收到本告知书之日起60日内向抚顺市人民政府申请行政复议",
    ):
        assert part in said


def test_abandonment_names_the_number_of_the_notice() -> None:
    paper = PaperRef(kind="correction_notice", number="抚县政公通〔2020〕3号", sha256="")
    fact = Fact(number=3, on=date(2020, 9, 18), actor=OFFICER, command=REQUEST, papers=(paper,))
    after = replace(
        correction(notice_received_on=date(2020, 9, 21)),
        facts=(fact,),
        state=State.CLOSED,
        close_reason=CloseReason.CORRECTION_OVERDUE,
    )

    assert "作出补正告知书（抚县政公通〔2020〕3号），该告知书于" in text(
        "abandonment_notice", c.DeemAbandoned(no_good_reason=True), after
    )


def test_unpaid_notice() -> None:
    after = replace(
        charged(FeeBasis.PAGES, 250, notice_received_on=DAY),
        state=State.CLOSED,
        close_reason=CloseReason.PAYMENT_OVERDUE,
    )
    said = letter("unpaid_notice", c.DeemAbandoned(), after, date(2021, 3, 30)).text

    assert "信息处理费4700元" in said
    assert "缴费期限至2021年3月29日届满" in said
    assert "《政府信息公开信息处理费管理办法》第六条" in said
    assert "抚顺市中级人民法院" in said


def test_withdrawal_confirmation() -> None:
    after = case(state=State.CLOSED, close_reason=CloseReason.WITHDRAWN, closed_on=ON)
    said = text("withdrawal_confirmation", c.Withdraw(statement="撤回"), after)

    assert "2020年10月26日，您向本机关表示撤回上述申请" in said
    assert "终止办理" in said
    assert "行政复议" not in said


def test_consultation_notice_does_not_name_the_third_party() -> None:
    asked = a_consultation(expired_on=None, received_on=None)
    command = c.StartConsultation(
        kind=ConsultationKind.THIRD_PARTY, party=asked.party, items=asked.items
    )
    one = text("consultation_notice", command, case(consultations=(asked,)))
    two = text("consultation_notice", command, case(consultations=(asked,), items=items({}, {})))

    assert "所申请的政府信息公开后可能损害第三方合法权益" in one
    assert "上述第1项政府信息公开后可能损害" in two
    assert "第三十三条第三款" in one
    assert "不计算在答复期限内" in one
    assert asked.party not in one


@pytest.mark.parametrize(
    ("applicants", "head", "you"),
    [
        ((WANG,), "王某某：", "收到您当面提交"),
        ((COMPANY,), "某某贸易有限公司：", "收到你单位当面提交"),
        ((WANG, COMPANY), "王某某、某某贸易有限公司：", "收到你们当面提交"),
    ],
)
def test_all_applicants_are_addressed(
    applicants: tuple[c.Applicant, ...], head: str, you: str
) -> None:
    said = text("receipt", REGISTER, case(applicants=applicants), RECEIVED)

    assert f"\n{head}\n" in said
    assert you in said


def test_id_numbers_and_contacts_are_never_printed() -> None:
    typed = c.Item(title="本人（210421198001011234，13900001111）的宅基地批复")
    said = text("receipt", REGISTER, case(items=(typed,)), RECEIVED)

    assert "本人（（略），（略））的宅基地批复" in said


@pytest.mark.parametrize(
    "kind", ["correction_notice", "explanation_request", "deferral_notice", "fee_notice"]
)
def test_a_paper_without_its_record_is_refused(kind: str) -> None:
    with pytest.raises(PaperError) as refused:
        notices.compose(kind, case=case(), command=REQUEST, on=ON, world=world())

    assert refused.value.code == "missing_value"


def test_electronic_service_of_a_paper_with_remedies_names_the_channel() -> None:
    day = date(2024, 5, 20)
    asked = replace(correction().correction, asked_on=date(2024, 4, 8))  # type: ignore[type-var] # made above
    after = case(
        state=State.CLOSED,
        correction=asked,
        close_reason=CloseReason.CORRECTION_OVERDUE,
        delivery=Delivery.ELECTRONIC,
    )
    command = c.DeemAbandoned(no_good_reason=True)

    assert (
        "互联网渠道提交行政复议申请书：司法部掌上复议小程序"
        in letter("abandonment_notice", command, after, day).text
    )
    with pytest.raises(PaperError, match="电子送达"):
        letter("abandonment_notice", command, after, day, replace(COUNTY, online_review=""))
