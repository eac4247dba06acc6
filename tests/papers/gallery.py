"""One sample of every paper of the catalogue, made from cases as the process leaves them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any, Final

import notices
from notices.letter import Letter
from rules.words import Ground, Outcome
from tests.papers import gallery_ways as ways
from tests.papers.builders import (
    OFFICER,
    ON,
    RECEIVED,
    case,
    extended,
    letter,
    replied,
    reply,
    world,
)
from tests.process.check_builders import (
    a_case,
    a_consultation,
    a_search,
    complete,
    decide,
    partly,
    withheld,
)
from workflow import commands as c
from workflow.case import (
    Case,
    Challenge,
    CoHandling,
    Referral,
    Reopening,
    Sending,
)
from workflow.people import Actor
from workflow.vocabulary import (
    AgentKind,
    ChallengeKind,
    Channel,
    CloseReason,
    ConsultationKind,
    Delivery,
    DeliveryResult,
    Form,
    Reassessment,
    ReopenCause,
    SendMethod,
    State,
)

OWN: Final = (ReopenCause.OWN_MOTION, ReopenCause.REASSESSMENT)
LATER: Final = date(2021, 3, 30)
NUMBER: Final = "抚县政公告〔2020〕12号"
DONE: Final[dict[str, Any]] = {
    "correction": a_case().correction,
    "explanation": a_case().explanation,
    "searches": (a_search(),),
    "consultations": (a_consultation(),),
}
REVIEWER, HEAD = Actor.parse("reviewer:孙"), Actor.parse("head:赵")


def filed() -> Case:
    """Return a case that went the whole way, with its facts and papers."""
    decision = partly(withheld(Ground.STATE_SECRET))
    made = replied(decision, form=Form.PAPER, delivery=Delivery.POST)
    asked = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某某公司", items=(1,))
    sent = Sending(
        on=date(2020, 10, 27),
        method=SendMethod.POST,
        tracking="XA123",
        result=DeliveryResult.DELIVERED,
        result_on=date(2020, 10, 29),
    )
    done = replace(made.replies[0], number=NUMBER, sendings=(sent,), due_on=date(2020, 10, 30))
    draft = replace(
        done.draft,
        reviewed_by=REVIEWER,
        reviewed_on=date(2020, 10, 22),
        review_opinion="同意，附表不公开",
        approved_by=HEAD,
        approved_on=date(2020, 10, 23),
    )
    inquiry = ways.ref("third_party_inquiry", "抚县政公询〔2020〕3号")
    facts = (
        ways.fact(1, RECEIVED, OFFICER, ways.REGISTER, ways.ref("receipt")),
        ways.fact(
            2, date(2020, 9, 21), OFFICER, asked, inquiry, ways.ref("consultation_notice", "3号")
        ),
        ways.fact(3, date(2020, 9, 22), OFFICER, c.Attach(file="王某某身份证明.pdf")),
        ways.fact(4, date(2020, 10, 21), OFFICER, c.DraftReply(decisions=(decision,))),
        ways.fact(5, date(2020, 10, 22), REVIEWER, c.PassReview(opinion="同意，附表不公开")),
        ways.fact(6, date(2020, 10, 23), HEAD, c.ApproveReply()),
        ways.fact(7, ON, OFFICER, c.IssueReply(), ways.ref("reply", NUMBER)),
    )
    return replace(
        made,
        state=State.REPLIED,
        facts=facts,
        replies=(replace(done, draft=draft),),
        consultations=(a_consultation(),),
    )


def printed(kind: str, **about: str) -> Letter:
    """Return a form printed for :func:`filed`."""
    return notices.print_form(kind, case=filed(), on=ON, world=world(), **about)


def _after(outcome: Outcome) -> Letter:
    return reply(complete(outcome), **DONE)


def _refusal(ground: Ground) -> Letter:
    return reply(decide(Outcome.WITHHOLD, withheld(ground)), **DONE)


def again(cause: ReopenCause, outcome: Outcome = Outcome.DISCLOSE) -> Letter:
    """Return the reply of a case that was taken up again."""
    first = replied(complete(Outcome.NOT_HELD), on=date(2020, 9, 28), **DONE).replies[0]
    reopening = Reopening(
        on=date(2020, 10, 12),
        cause=cause,
        document="" if cause in OWN else "抚政复决〔2020〕3号",
        due_on=date(2020, 11, 10),
        items=(1,),
    )
    earlier = replace(first, number="抚县政公告〔2020〕9号")
    return reply(complete(outcome), **DONE, replies=(earlier,), reopenings=(reopening,))


VISIT: Final = complete(
    Outcome.DISCLOSE,
    provide="1953年土地房产所有证存根",
    where="县档案馆查阅室",
    when="2020年11月3日上午",
    reason="原件纸张脆化，复印会使其损毁",
)


def inspection(form: Form = Form.PAPER) -> Letter:
    """Return the arrangement of a visit that stands in place of a copy."""
    return letter("inspection_notice", c.IssueReply(), replied(VISIT, form=form))


def _on_the_spot() -> Letter:
    decisions = (complete(Outcome.ALREADY_PUBLIC),)
    return letter("on_the_spot_record", c.AnswerOnTheSpot(decisions=decisions), replied(*decisions))


def oral_record() -> Letter:
    """Return the record of an oral request made through an agent."""
    agent = c.Agent(kind=AgentKind.GUARDIAN, name="王父", authority="户口簿证明监护关系")
    after = case(channel=Channel.ORAL, agent=agent)
    return letter(
        "oral_request_record", replace(ways.REGISTER, channel=Channel.ORAL), after, RECEIVED
    )


def forwarding(command: c.Command | None = None) -> Letter:
    """Return the sheet that asks a unit for help, or hands the case to somebody."""
    due = date(2020, 10, 20)
    help_ = c.CoHandle(unit="档案科", question="有无王某某所称的方案？", due_on=due)
    asked = CoHandling(unit="档案科", on=ON, question=help_.question, due_on=due)
    return letter("forwarding_sheet", command or help_, case(co_handlings=(asked,)))


def referral() -> Letter:
    """Return the letter to the body that determines whether something may be opened."""
    question = "上述文件是否可以公开"
    asked = Referral(on=ON, body="抚顺县国家保密局", question=question, items=(1,))
    command = c.ReferForDetermination(body=asked.body, question=question)
    return letter("secrecy_referral", command, case(referrals=(asked,)))


def suggestion(*, accepted: bool = True) -> Letter:
    """Return the answer to a suggestion of proactive disclosure."""
    command = c.AnswerSuggestion(
        accepted=accepted, reason="涉及公众利益调整", where="县政府网站征地信息专栏"
    )
    return letter("suggestion_reply", command, replied(complete(Outcome.DISCLOSE)))


def reassessment(result: Reassessment = Reassessment.DISCLOSE) -> Letter:
    """Return the record of a periodic look at what was withheld."""
    after = replied(complete(Outcome.WITHHOLD))
    after = replace(after, replies=(replace(after.replies[0], number=NUMBER),), reassessed_on=(ON,))
    command = c.Reassess(result=result, reason="王某某所涉项目已经竣工")
    return letter("reassessment_record", command, after)


def defence(kind: ChallengeKind = ChallengeKind.RECONSIDERATION, about: str = "") -> Letter:
    """Return the answer of the agency to a challenge."""
    after = replied(complete(Outcome.WITHHOLD), on=date(2020, 10, 12))
    found = Challenge(
        number=1,
        kind=kind,
        body="抚顺市人民政府",
        filed_on=date(2020, 10, 19),
        about=about,
        copy_received_on=date(2020, 10, 21),
        answered_on=ON,
        points=("答复期限合法", "附表属于国家秘密"),
        evidence=("登记表", "答复书及送达回证"),
    )
    after = replace(after, replies=(replace(after.replies[0], number=NUMBER),), challenges=(found,))
    command = c.AnswerChallenge(challenge=1, points=found.points, evidence=found.evidence)
    return letter("challenge_answer", command, after)


def lost(paper: str, result: DeliveryResult = DeliveryResult.RETURNED, **changes: Any) -> Letter:  # noqa: ANN401 - handed on
    """Return what a reply that did not arrive calls for."""
    after = replied(complete(Outcome.DISCLOSE), on=date(2020, 10, 12), **changes)
    sending = Sending(
        on=date(2020, 10, 13),
        method=SendMethod.POST,
        tracking="XA123",
        result=result,
        result_on=date(2020, 10, 20),
        result_proof="退件信封",
    )
    done = replace(after.replies[0], number=NUMBER, sendings=(sending,))
    after = replace(after, replies=(done,))
    return letter(paper, c.RecordDelivery(result=result), after)


def termination(reason: str = "申请人于9月30日去世") -> Letter:
    """Return the end of a case that nobody takes over."""
    after = case(state=State.CLOSED, close_reason=CloseReason.TERMINATED, closed_on=ON)
    return letter("termination_notice", c.Terminate(reason=reason), after)


_NOT_DISCLOSED: Final = {
    "N23": Ground.STATE_SECRET,
    "N24": Ground.PROHIBITED_BY_LAW,
    "N25": Ground.PUBLIC_SAFETY,
    "N26": Ground.TRADE_SECRET,
    "N27": Ground.PERSONAL_PRIVACY,
    "N28": Ground.INTERNAL_AFFAIRS,
    "N29": Ground.DELIBERATIVE,
    "N30": Ground.ENFORCEMENT_FILE,
}
_ANSWERED: Final = {
    "N07": Outcome.EXCESSIVE,
    "N19": Outcome.ALREADY_PUBLIC,
    "N20": Outcome.DISCLOSE,
    "N22": Outcome.PARTLY_DISCLOSE,
    "N31": Outcome.SPECIAL_REGIME,
    "N32": Outcome.NOT_HELD,
    "N33": Outcome.OTHER_AGENCY,
    "N34": Outcome.NEEDS_PROCESSING,
    "N35": Outcome.STILL_UNCLEAR,
    "N36": Outcome.REPEAT,
    "N37": Outcome.PETITION,
    "N38": Outcome.PUBLICATION,
    "N39": Outcome.REISSUE,
    "N41": Outcome.NOT_GOVERNMENT_INFORMATION,
    "N42": Outcome.ARCHIVES,
}


def _made() -> dict[str, tuple[Callable[[], Letter], ...]]:
    third, joint, other = ConsultationKind
    return {
        "N01": (lambda: printed("application_form"),),
        "N02": (lambda: printed("register_sheet"),),
        "N03": (lambda: letter("receipt", ways.REGISTER, case(), RECEIVED),),
        "N04": (ways.correction_notice,),
        "N05": (ways.abandonment,),
        "N06": (ways.explanation,),
        "N08": (ways.deferral,),
        "N09": (
            lambda: letter(
                "extension_notice", c.DecideExtension(grant=True), extended(), date(2020, 9, 29)
            ),
        ),
        "N10": (lambda: ways.inquiry(third, "third_party_inquiry"),),
        "N11": (lambda: ways.inquiry(third, "third_party_reply_slip"),),
        "N12": (lambda: ways.inquiry(third, "consultation_notice"),),
        "N13": (ways.release,),
        "N14": (lambda: ways.inquiry(joint, "joint_maker_inquiry"),),
        "N15": (lambda: ways.inquiry(other, "agency_consultation"),),
        "N16": (referral, lambda: printed("secrecy_review_sheet")),
        "N17": (ways.fee_notice,),
        "N18": (ways.unpaid,),
        "N21": (lambda: reply(complete(Outcome.DISCLOSE, when="2020年11月底", where="窗口")),),
        "N43": (lambda: printed("proof_of_service", paper="reply"),),
        "N44": (ways.withdrawal,),
        "N45": (lambda: again(ReopenCause.REVIEW_DECISION),),
        "N46": (inspection,),
        "N47": (_on_the_spot,),
        "N48": (lambda: again(ReopenCause.REASSESSMENT),),
        "N49": (oral_record,),
        "N50": (forwarding, lambda: printed("sign_off_sheet")),
        "N53": (suggestion,),
        "N54": (reassessment,),
        "N55": (defence,),
        "N56": (
            lambda: lost("undelivered_record", DeliveryResult.REFUSED),
            lambda: lost("public_collection_notice"),
        ),
        "N57": (termination,),
    }


#: Catalogue id → what makes its samples; ids with two kinds have two.
GALLERY: Final[dict[str, tuple[Callable[[], Letter], ...]]] = {
    **_made(),
    **{id_: (partial(_after, outcome),) for id_, outcome in _ANSWERED.items()},
    **{id_: (partial(_refusal, ground),) for id_, ground in _NOT_DISCLOSED.items()},
}
