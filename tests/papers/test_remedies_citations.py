"""Every norm that a paper cites is in force on its day: all papers, month by month."""

# ruff: noqa: ANN401 - changes are handed on to dataclasses, each key with its own type

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

import notices
from notices.letter import Letter
from notices.wording import cited_in
from rules import fee, law_on, remedy_class
from rules.norms import cite_norm, entries, points
from rules.remedies import not_alone, own_defendant, regime_on
from rules.words import FeeBasis, Ground, Outcome, RemedyClass
from tests.papers.builders import COUNTY, WANG, case, letter, replied, world
from tests.process.check_builders import a_case, a_consultation, complete, decide, withheld
from workflow import commands as c
from workflow.case import Charge, Clock, Correction, Deferral, Explanation
from workflow.vocabulary import Channel, CloseReason, ConsultationKind, Delivery, State

MONTHS = [date(2019 + n // 12, n % 12 + 1, 15) for n in range(5, 7 * 12 + 11)]
#: Statutes that the decisions of the builders rest on: the officer's, not the program's.
OFFICERS = {"《不动产登记暂行条例》", "《中华人民共和国统计法》"}
CHARGED = date(2021, 1, 1)


def requested(on: date, **changes: Any) -> Any:
    """Return a case of this day and what has been asked in it."""
    plain: dict[str, Any] = {
        "on": on,
        "received_on": on,
        "last_on": on,
        "clock": Clock(start=on),
        "correction": Correction(asked_on=on, matters=("文件名称",), working_days=15),
        "explanation": Explanation(asked_on=on, reason="次数过多", working_days=5),
        "deferral": Deferral(on=on, until=on + timedelta(days=30), reason="卷宗多", told_on=on),
        "consultations": (
            a_consultation(sent_on=on, received_on=None, expired_on=None),
            a_consultation(2, sent_on=on, received_on=None, expired_on=None),
        ),
    }
    return case(**{**plain, **changes})


ASKED = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
STEPS: dict[str, c.Command] = {
    "receipt": c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=()),
    "correction_notice": c.RequestCorrection(matters=("文件名称",)),
    "abandonment_notice": c.DeemAbandoned(),
    "explanation_request": c.RequestExplanation(reason="次数过多"),
    "third_party_inquiry": ASKED,
    "joint_maker_inquiry": ASKED,
    "agency_consultation": ASKED,
    "consultation_notice": ASKED,
    "third_party_release_notice": c.NotifyThirdParty(consultation=1, reason="公共利益所需"),
    "deferral_notice": c.DeferReply(until=date(2030, 1, 1), reason="卷宗多"),
    "withdrawal_confirmation": c.Withdraw(),
}


def on_the_way(on: date) -> list[Letter]:
    """Return the letters before the reply; the fee's only from when there is a fee."""
    made = [letter(kind, command, requested(on), on) for kind, command in STEPS.items()]
    if on >= CHARGED:
        charge = Charge(on=on, fee=fee(FeeBasis.PAGES, count=50, received_on=on))
        unpaid = requested(
            on, charge=charge, state=State.CLOSED, close_reason=CloseReason.PAYMENT_OVERDUE
        )
        kinds = {"fee_notice": c.ChargeFee(basis=FeeBasis.PAGES, count=50)}
        made += [letter(kind, command, unpaid, on) for kind, command in kinds.items()]
        made.append(letter("unpaid_notice", c.DeemAbandoned(), unpaid, on))
    return made


def replies(on: date) -> list[Letter]:
    """Return a reply of each outcome and a refusal on each ground."""
    secret: dict[str, Any] = {"classified_on": on, "expires_on": on + timedelta(days=365)}
    refusals = [
        decide(
            Outcome.WITHHOLD,
            withheld(ground, **(secret if ground is Ground.STATE_SECRET else {})),
        )
        for ground in Ground
    ]
    of_state = withheld(Ground.STATE_SECRET, **secret)
    partly = decide(
        Outcome.PARTLY_DISCLOSE, replace(of_state, disclose=True, label="正文"), of_state
    )
    others = [complete(o) for o in Outcome if o not in {Outcome.WITHHOLD, Outcome.PARTLY_DISCLOSE}]
    return [answered(decision, on) for decision in (*refusals, partly, *others)]


def answered(decision: Any, on: date) -> Letter:
    done = {key: getattr(a_case(), key) for key in ("explanation", "searches", "consultations")}
    after = replied(decision, on=on, received_on=on, delivery=Delivery.ELECTRONIC, **done)
    made = notices.compose("reply", case=after, command=c.IssueReply(), on=on, world=world(on))
    found = notices.lint(made, case=after, world=world(on, COUNTY))
    assert [f.code for f in found] == []
    return made


@pytest.mark.parametrize("on", MONTHS, ids=lambda day: f"{day:%Y-%m}")
def test_every_paper_of_a_month_cites_what_is_in_force(on: date) -> None:
    places = {(e.citation.norm, e.citation.short): e for e in every_place() if e.covers(on)}
    law = law_on(on)
    for made in (*on_the_way(on), *replies(on)):
        for norm, place in cited_in(made.text):
            if norm in {"《条例》", f"《{law.title}》"}:
                assert made.on >= law.effective
            elif norm not in OFFICERS:
                assert (norm, place) in places, (made.kind, made.id, norm, place)


def every_place() -> list[Any]:
    return [entry for key, point in points() for entry in entries(key, point)]


@pytest.mark.parametrize("on", MONTHS, ids=lambda day: f"{day:%Y-%m}")
def test_the_remedies_of_a_month_rest_on_what_is_in_force(on: date) -> None:
    regime = regime_on(on)
    rest = [*regime.citations.values(), *regime.suits.values()]
    rest += [found for act in ("fee", "procedural") if (found := not_alone(act, on))]
    rest += [found] if (found := own_defendant(on)) else []
    alive = {entry.citation for entry in every_place() if entry.covers(on)}

    assert set(rest) <= alive
    assert cite_norm("reconsideration_law", "filing_term", on) in alive


@pytest.mark.parametrize("on", MONTHS, ids=lambda day: f"{day:%Y-%m}")
def test_no_month_sends_anybody_to_review_first_before_2024(on: date) -> None:
    first = {o for o in Outcome if remedy_class(o, on) is RemedyClass.REVIEW_FIRST}

    assert first == ({Outcome.WITHHOLD, Outcome.PARTLY_DISCLOSE} if on.year >= 2024 else set())
    assert {RemedyClass.NONE}.isdisjoint(remedy_class(o, on) for o in Outcome)
