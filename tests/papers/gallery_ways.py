"""Samples of the papers on the way to a reply, and the facts that keep papers."""

from dataclasses import replace
from datetime import date
from typing import Any, Final

from notices.letter import Letter
from rules.fees import fee
from rules.words import FeeBasis, Outcome
from tests.papers.builders import (
    OFFICER,
    ON,
    WANG,
    case,
    letter,
    replied,
)
from tests.process.check_builders import (
    a_consultation,
    answered,
    complete,
)
from workflow import commands as c
from workflow.case import (
    Case,
    Charge,
    Correction,
    Deferral,
    Explanation,
)
from workflow.facts import Fact, PaperRef
from workflow.people import Actor
from workflow.vocabulary import (
    Channel,
    CloseReason,
    ConsultationKind,
    Opinion,
    State,
)

LATER: Final = date(2021, 3, 30)
REGISTER: Final = c.Register(
    agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=()
)


def fact(number: int, on: date, actor: Actor, command: c.Command, *papers: PaperRef) -> Fact:
    """Return one fact with the papers that were issued with it."""
    return Fact(number=number, on=on, actor=actor, command=command, papers=papers)


def ref(kind: str, number: str = "") -> PaperRef:
    """Return what a fact keeps of a paper."""
    return PaperRef(kind=kind, number=number, sha256="0" * 64)


def correction_notice() -> Letter:
    """Ask for everything at once."""
    asked = Correction(asked_on=date(2020, 9, 18), matters=("文件名称",), working_days=15)
    command = c.RequestCorrection(matters=("文件名称",))
    return letter("correction_notice", command, case(correction=asked), date(2020, 9, 18))


def abandonment() -> Letter:
    """End a case whose correction never came."""
    asked = Correction(
        asked_on=date(2020, 9, 18),
        matters=("文件名称",),
        working_days=15,
        notice_received_on=date(2020, 9, 21),
    )
    sent = fact(1, date(2020, 9, 18), OFFICER, REGISTER, ref("correction_notice", "抚县政公补1号"))
    closed = case(state=State.CLOSED, close_reason=CloseReason.CORRECTION_OVERDUE, closed_on=ON)
    after = replace(closed, correction=asked, facts=(sent,))
    return letter("abandonment_notice", c.DeemAbandoned(no_good_reason=True), after)


def explanation() -> Letter:
    """Ask why so many requests."""
    asked = Explanation(asked_on=date(2020, 9, 20), reason="一年内第四十次申请", working_days=5)
    command = c.RequestExplanation(reason="一年内第四十次申请")
    return letter("explanation_request", command, case(explanation=asked), date(2020, 9, 20))


def deferral() -> Letter:
    """Put the reply off under article 35."""
    until = date(2020, 12, 1)
    asked = Explanation(
        asked_on=date(2020, 9, 20), reason="多", working_days=5, answered_on=date(2020, 9, 24)
    )
    put_off = Deferral(on=ON, until=until, reason="卷宗有三百册", told_on=ON)
    command = c.DeferReply(until=until, reason="卷宗有三百册")
    return letter("deferral_notice", command, case(explanation=asked, deferral=put_off))


def inquiry(kind: ConsultationKind, paper: str) -> Letter:
    """Ask somebody, by the paper of this kind."""
    asked = a_consultation(kind=kind, expired_on=None, received_on=None, why="数据由贵局测定")
    command = c.StartConsultation(kind=kind, party=asked.party, items=(1,))
    return letter(paper, command, case(consultations=(asked,)))


def release() -> Letter:
    """Tell a third party that it will be given all the same."""
    asked = answered(Opinion.OBJECT, reasons="影响商誉")
    after = replied(complete(Outcome.DISCLOSE), consultations=(asked,))
    reason = "不公开可能对公共利益造成重大影响，关系饮水安全"
    return letter(
        "third_party_release_notice", c.NotifyThirdParty(consultation=1, reason=reason), after
    )


def charged(**changes: Any) -> Case:  # noqa: ANN401 - handed on to dataclasses
    """Return a case with a fee."""
    charge = Charge(on=LATER, fee=fee(FeeBasis.PIECES, count=12, received_on=LATER), **changes)
    return case(on=LATER, received_on=LATER, charge=charge)


def fee_notice() -> Letter:
    """Charge the fee."""
    command = c.ChargeFee(basis=FeeBasis.PIECES, count=12)
    return letter("fee_notice", command, charged(), LATER)


def unpaid() -> Letter:
    """End a case whose fee never came."""
    sent = fact(1, LATER, OFFICER, REGISTER, ref("fee_notice", "抚县政公费1号"))
    after = replace(charged(notice_received_on=date(2021, 4, 1)), facts=(sent,))
    return letter("unpaid_notice", c.DeemAbandoned(), after, date(2021, 5, 20))


def withdrawal() -> Letter:
    """Confirm that the applicant has withdrawn."""
    after = case(state=State.CLOSED, close_reason=CloseReason.WITHDRAWN, closed_on=ON)
    return letter("withdrawal_confirmation", c.Withdraw(), after)
