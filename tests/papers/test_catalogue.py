"""Which step calls for which paper, and under which number."""

from datetime import date
from typing import Any

import pytest

import notices
from notices.catalogue import AGAIN, BY_GROUNDS, BY_OUTCOMES, LATER, PRINT, SUPPLEMENT
from notices.errors import PaperError
from notices.render import TEMPLATES
from rules.fees import Fee
from rules.words import FeeBasis, Ground, Outcome, RemedyClass
from tests.papers.builders import RECEIVED, WANG, case, replied
from tests.process.check_builders import complete
from workflow import commands as c
from workflow.vocabulary import (
    AgentKind,
    Channel,
    CloseReason,
    ConsultationKind,
    DeliveryResult,
    Form,
    Reassessment,
    SendMethod,
    State,
)

REGISTER = c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=())
LOST = ("undelivered_record", "public_collection_notice")
FEE = Fee(100, FeeBasis.PIECES, 11, 1, ())


def consult(kind: ConsultationKind) -> c.StartConsultation:
    return c.StartConsultation(kind=kind, party="某公司", items=(1,))


CALLS = {
    "register at the counter": (REGISTER, ("receipt",)),
    "confirm": (c.ConfirmReceipt(), ("receipt",)),
    "correction": (c.RequestCorrection(matters=("文号",)), ("correction_notice",)),
    "third party": (
        consult(ConsultationKind.THIRD_PARTY),
        ("third_party_inquiry", "consultation_notice"),
    ),
    "joint maker": (consult(ConsultationKind.JOINT_MAKER), ("joint_maker_inquiry",)),
    "other agency": (consult(ConsultationKind.OTHER_AGENCY), ("agency_consultation",)),
    "release": (
        c.NotifyThirdParty(consultation=1, reason="公共利益"),
        ("third_party_release_notice",),
    ),
    "extension": (c.DecideExtension(grant=True), ("extension_notice",)),
    "no extension": (c.DecideExtension(grant=False), ()),
    "explanation": (c.RequestExplanation(reason="多"), ("explanation_request",)),
    "deferral": (c.DeferReply(until=date(2020, 12, 1), reason="多"), ("deferral_notice",)),
    "fee": (c.ChargeFee(basis=FeeBasis.PIECES, count=11), ("fee_notice",)),
    "reply": (c.IssueReply(), ("reply",)),
    "on the spot": (c.AnswerOnTheSpot(decisions=()), ("on_the_spot_record",)),
    "referral": (c.ReferForDetermination(body="局", question="否"), ("secrecy_referral",)),
    "reassess": (c.Reassess(result=Reassessment.KEEP, reason="无"), ("reassessment_record",)),
    "suggestion": (c.AnswerSuggestion(accepted=False, reason="否"), ("suggestion_reply",)),
    "defence": (
        c.AnswerChallenge(challenge=1, points=("一",), evidence=("甲",)),
        ("challenge_answer",),
    ),
    "help": (c.CoHandle(unit="档案科"), ("forwarding_sheet",)),
    "assign": (c.Assign(to="李"), ("forwarding_sheet",)),
    "delivered": (c.RecordDelivery(result=DeliveryResult.DELIVERED), ()),
    "refused": (c.RecordDelivery(result=DeliveryResult.REFUSED), ("undelivered_record",)),
    "returned": (c.RecordDelivery(result=DeliveryResult.RETURNED), LOST),
    "unreachable": (c.RecordDelivery(result=DeliveryResult.UNREACHABLE), LOST),
    "accept": (c.Accept(), ()),
    "send": (c.SendReply(method=SendMethod.POST, tracking="1"), ()),
    "withdraw one item": (c.Withdraw(items=(1,)), ()),
}


@pytest.mark.parametrize(("command", "papers"), CALLS.values(), ids=CALLS)
def test_a_step_calls_for_its_papers(command: c.Command, papers: tuple[str, ...]) -> None:
    assert notices.called_for(command, None, case()) == papers
    assert set(papers) <= set(notices.CATALOGUE)


@pytest.mark.parametrize(
    ("reason", "papers"),
    [
        (CloseReason.CORRECTION_OVERDUE, ("abandonment_notice",)),
        (CloseReason.PAYMENT_OVERDUE, ("unpaid_notice",)),
        (CloseReason.WITHDRAWN, ("withdrawal_confirmation",)),
        (CloseReason.TERMINATED, ("termination_notice",)),
    ],
)
def test_a_case_that_ends_calls_for_its_paper(reason: CloseReason, papers: tuple[str, ...]) -> None:
    after = case(state=State.CLOSED, close_reason=reason)

    assert notices.called_for(c.DeemAbandoned(), case(), after) == papers
    assert notices.called_for(c.Withdraw(), case(), after) == papers
    assert notices.called_for(c.Terminate(), case(), after) == papers
    assert notices.called_for(c.Accept(), case(), after) == ()


@pytest.mark.parametrize(
    "changes",
    [{"channel": Channel.ORAL}, {"agent": c.Agent(kind=AgentKind.LAWYER, name="钱某")}],
)
def test_an_oral_request_or_an_agent_calls_for_a_record(changes: dict[str, Any]) -> None:
    after = case(**changes)

    assert notices.called_for(REGISTER, None, after) == ("oral_request_record", "receipt")


def test_what_is_to_be_inspected_calls_for_an_arrangement() -> None:
    seen = replied(complete(Outcome.DISCLOSE), form=Form.INSPECT)
    refused = replied(complete(Outcome.PETITION), form=Form.INSPECT)

    assert notices.called_for(c.IssueReply(), None, seen) == ("reply", "inspection_notice")
    assert notices.called_for(c.IssueReply(), None, refused) == ("reply",)


def test_no_receipt_before_the_request_is_received_and_none_twice() -> None:
    waiting = case(received_on=None, state=State.AWAITING_CONFIRMATION)

    assert notices.called_for(REGISTER, None, waiting) == ()
    assert notices.called_for(c.ConfirmReceipt(), waiting, case()) == ("receipt",)
    assert notices.called_for(c.ConfirmReceipt(), case(), case()) == ()


def test_the_catalogue_agrees_with_the_calls() -> None:
    commands = {paper.command for paper in notices.CATALOGUE.values()}

    assert {word for entry in commands for word in entry.split("、")} <= {*c.COMMANDS, PRINT}
    for kind, paper in notices.CATALOGUE.items():
        assert paper.kind == kind
        assert (TEMPLATES / paper.template).exists()
        assert notices.series(kind) in {"", "reply", "notice", "inquiry", "fee"}
        assert paper.numbered == bool(notices.series(kind))


def test_every_outcome_and_ground_has_its_paper() -> None:
    forms = [*BY_OUTCOMES.values(), *BY_GROUNDS.values(), AGAIN, LATER, SUPPLEMENT]

    assert set(BY_OUTCOMES) == set(Outcome) - {Outcome.WITHHOLD}
    assert set(BY_GROUNDS) == set(Ground)
    assert all(form.kind == "reply" and form.series == "reply" for form in forms)
    assert {form.remedy for form in BY_GROUNDS.values()} == {RemedyClass.REVIEW_FIRST}


def test_a_number_follows_the_form() -> None:
    form = "{code}告〔{year}〕{n}号"

    assert notices.number(form, code="抚县政公", year=2020, n=12) == "抚县政公告〔2020〕12号"
    assert notices.number("{year}-{n}", code="x", year=2020, n=1) == "2020-1"
    assert notices.number(form, code="{n}", year=2020, n=3) == "{n}告〔2020〕3号"


@pytest.mark.parametrize(
    "form", ["{code}{n}号", "{year}", "{year}{n}{x}", "{year}{n}{", "{n!r}{year}"]
)
def test_a_form_that_gives_no_unique_number_is_refused(form: str) -> None:
    with pytest.raises(PaperError) as refused:
        notices.number(form, code="x", year=2020, n=1)

    assert refused.value.code == "bad_number_form"


def test_an_unknown_paper_is_refused() -> None:
    with pytest.raises(PaperError, match="文书目录中没有"):
        notices.compose(
            "nothing",
            case=case(),
            command=REGISTER,
            on=RECEIVED,
            world=None,  # type: ignore[arg-type] # never looked at
        )


def test_a_form_is_not_composed() -> None:
    with pytest.raises(PaperError, match="按需打印"):
        notices.compose(
            "envelope",
            case=case(),
            command=REGISTER,
            on=RECEIVED,
            world=None,  # type: ignore[arg-type] # never looked at
        )
