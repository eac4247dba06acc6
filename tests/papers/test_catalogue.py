"""Which step calls for which paper, and under which number."""

from datetime import date

import pytest

import notices
from notices.catalogue import AGAIN, BY_GROUNDS, BY_OUTCOMES
from notices.errors import PaperError
from notices.render import TEMPLATES
from rules.fees import Fee
from rules.words import FeeBasis, Ground, Outcome, RemedyClass
from tests.papers.builders import RECEIVED, WANG, case
from workflow import commands as c
from workflow.vocabulary import Channel, CloseReason, ConsultationKind, SendMethod, State

REGISTER = c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=())
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
    ],
)
def test_a_case_that_ends_calls_for_its_paper(reason: CloseReason, papers: tuple[str, ...]) -> None:
    after = case(state=State.CLOSED, close_reason=reason)

    assert notices.called_for(c.DeemAbandoned(), case(), after) == papers
    assert notices.called_for(c.Withdraw(), case(), after) == papers
    assert notices.called_for(c.Terminate(), case(), after) == ()


def test_no_receipt_before_the_request_is_received_and_none_twice() -> None:
    waiting = case(received_on=None, state=State.AWAITING_CONFIRMATION)

    assert notices.called_for(REGISTER, None, waiting) == ()
    assert notices.called_for(c.ConfirmReceipt(), waiting, case()) == ("receipt",)
    assert notices.called_for(c.ConfirmReceipt(), case(), case()) == ()


def test_the_catalogue_agrees_with_the_calls() -> None:
    commands = {paper.command for paper in notices.CATALOGUE.values()}

    assert {word for entry in commands for word in entry.split("、")} <= set(c.COMMANDS)
    for kind, paper in notices.CATALOGUE.items():
        assert paper.kind == kind
        assert (TEMPLATES / paper.template).exists()
        assert notices.series(kind) in {"", "reply", "notice", "inquiry", "fee"}
        assert paper.numbered == bool(notices.series(kind))


def test_every_outcome_and_ground_has_its_paper() -> None:
    forms = [*BY_OUTCOMES.values(), *BY_GROUNDS.values(), AGAIN]

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
