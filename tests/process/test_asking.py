"""Asking others: consultations (11, 32, 33.3, 34) and the applicant's reasons (35)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rules.words import Ground, Outcome
from tests.process.desk import DISCLOSE, ITEM, WORLD, Desk, approved, processing, replied
from workflow import commands as c
from workflow.agency import Policy
from workflow.clock import applicant_due, reply_due, running
from workflow.decision import Decision, Evidence, Passage, TradeSecret
from workflow.vocabulary import ConsultationKind, EndHow, Opinion, State

SENT, ARRIVED = date(2020, 9, 21), date(2020, 9, 23)
PLAIN_DUE = date(2020, 10, 16)
LIMIT, AFTER_LIMIT = date(2020, 10, 20), date(2020, 10, 21)
SILENT_DUE = date(2020, 11, 6)
TWO_ITEMS = (ITEM, c.Item(title="征地公告"))

THIRD, JOINT, OTHER = ConsultationKind
ASK_THIRD = c.StartConsultation(kind=THIRD, party="某公司", items=(1,))
ASK_OTHER = c.StartConsultation(kind=OTHER, party="市局", items=(1,), why="方案由市局提供")
REPLY_ON = c.RecordOpinion(consultation=1, opinion=Opinion.OBJECT, reasons="商业秘密")
EXPIRE = c.ExpireConsultation(consultation=1)
END = c.EndConsultation(consultation=1, how=EndHow.WITHDRAWN, reason="无须征求")


def state(desk: Desk) -> State:
    assert desk.case
    return desk.case.state


def due_on(desk: Desk, day: date) -> date:
    """The reply deadline as it is seen on ``day``."""
    assert desk.case
    due = reply_due(desk.case, desk.world.on(day))
    assert due
    return due.on


def sent(command: c.StartConsultation = ASK_THIRD, /, **case: object) -> Desk:
    return processing(**case).do(command, SENT)  # type: ignore[arg-type] # fields of the case


def asking(kind: ConsultationKind = THIRD, /, **case: object) -> Desk:
    """A letter that the party received on 23 September."""
    letter = replace(ASK_OTHER, kind=kind)
    return sent(letter, **case).do(c.RecordConsultationReceipt(consultation=1), ARRIVED)


@pytest.mark.parametrize("kind", ConsultationKind)
def test_asking_someone_stops_no_clock_before_the_letter_arrives(kind: ConsultationKind) -> None:
    desk = sent(replace(ASK_OTHER, kind=kind))

    assert (state(desk), due_on(desk, date(2020, 10, 9))) == (State.CONSULTING, PLAIN_DUE)
    assert desk.case
    assert running(desk.case, WORLD.on(date(2020, 10, 9)))


@pytest.mark.parametrize(
    ("command", "code", "article"),
    [
        (replace(ASK_THIRD, party=" "), "party_or_items_missing", "32"),
        (replace(ASK_THIRD, items=()), "party_or_items_missing", "32"),
        (replace(ASK_THIRD, items=(1, 2)), "unknown_item", "32"),
        (replace(ASK_OTHER, why=" "), "why_missing", "11.1"),
    ],
    ids=["party", "items", "unknown item", "why"],
)
def test_a_letter_that_says_too_little_is_refused(
    command: c.StartConsultation, code: str, article: str
) -> None:
    refused = processing().refusal(command, SENT)

    assert (refused.code, refused.article) == (code, article)


def test_the_days_between_letter_and_answer_are_not_counted() -> None:
    desk = asking()
    assert desk.case
    assert not running(desk.case, WORLD.on(date(2020, 10, 9)))

    desk.do(REPLY_ON, date(2020, 10, 12))

    assert (state(desk), desk.due) == (State.PROCESSING, date(2020, 10, 29))
    assert running(desk.case, WORLD.on(date(2020, 10, 13)))


def test_silence_ends_on_the_fifteenth_working_day_whenever_it_is_recorded() -> None:
    desk = asking()
    early = desk.refusal(EXPIRE, LIMIT)
    assert due_on(desk, date(2020, 10, 9)) == SILENT_DUE

    desk.do(EXPIRE, date(2020, 10, 30))

    assert (early.code, early.article) == ("not_yet_expired", "32")
    assert "2020年10月20日" in early.message
    assert (state(desk), desk.due) == (State.PROCESSING, SILENT_DUE)
    assert desk.case
    assert desk.case.consultations[0].silent


@pytest.mark.parametrize("by", ["system", "officer"])
@pytest.mark.parametrize("kind", [THIRD, JOINT])
def test_a_period_expires_on_the_day_after_its_last(kind: ConsultationKind, by: str) -> None:
    desk = asking(kind).do(EXPIRE, AFTER_LIMIT, by)

    assert (state(desk), desk.due) == (State.PROCESSING, SILENT_DUE)


def test_an_answer_after_the_last_day_stops_the_clock_no_longer_than_silence() -> None:
    desk = asking().do(REPLY_ON, date(2020, 10, 26))

    assert (state(desk), desk.due) == (State.PROCESSING, SILENT_DUE)


def test_a_joint_maker_is_held_to_article_34() -> None:
    assert asking(JOINT).refusal(EXPIRE, LIMIT).article == "34"


SECRET = Decision(
    item=1,
    outcome=Outcome.WITHHOLD,
    separable=False,
    separability_reason="工艺参数逐页出现",
    passages=(
        Passage(
            label="全文",
            disclose=False,
            grounds=(Ground.TRADE_SECRET,),
            reason="公开会使竞争者取得工艺参数",
            evidence=Evidence(
                trade_secret=TradeSecret(
                    secrecy_finding="不为公众所知悉，有商业价值，采取了保密措施",
                    public_interest="不公开不影响公共利益",
                )
            ),
        ),
    ),
)


def test_a_third_partys_silence_leaves_the_decision_to_the_agency() -> None:
    withheld = asking().do(EXPIRE, AFTER_LIMIT)
    disclosed = asking().do(EXPIRE, AFTER_LIMIT)

    withheld.do(c.DraftReply(decisions=(SECRET,)), AFTER_LIMIT)
    disclosed.do(c.DraftReply(decisions=(DISCLOSE,)), AFTER_LIMIT)

    assert (state(withheld), state(disclosed)) == (State.IN_REVIEW, State.IN_REVIEW)


def test_a_joint_makers_silence_is_consent_and_carries_no_refusal() -> None:
    desk = asking(JOINT).do(EXPIRE, AFTER_LIMIT)

    assert desk.refusal(c.DraftReply(decisions=(SECRET,)), AFTER_LIMIT).code == "blocked_by_check"
    assert state(desk.do(c.DraftReply(decisions=(DISCLOSE,)), AFTER_LIMIT)) is State.IN_REVIEW


def test_several_letters_run_side_by_side_and_a_day_is_taken_out_once() -> None:
    second = replace(ASK_THIRD, party="另一公司")
    desk = asking().do(second, ARRIVED)
    desk.do(c.RecordConsultationReceipt(consultation=2), date(2020, 9, 25))

    desk.do(REPLY_ON, date(2020, 10, 12))
    assert state(desk) is State.CONSULTING
    desk.do(replace(REPLY_ON, consultation=2), date(2020, 10, 13))

    assert (state(desk), desk.due) == (State.PROCESSING, date(2020, 10, 30))


@pytest.mark.parametrize(
    ("command", "code", "article"),
    [
        (c.RecordConsultationReceipt(consultation=2), "unknown_consultation", "32"),
        (replace(REPLY_ON, consultation=2), "unknown_consultation", "32"),
        (replace(EXPIRE, consultation=0), "unknown_consultation", "32"),
        (replace(END, consultation=2), "unknown_consultation", "32"),
        (REPLY_ON, "receipt_unknown", "32"),
        (EXPIRE, "receipt_unknown", "32"),
        (replace(END, reason=" "), "reason_missing", "32"),
    ],
    ids=lambda x: x.do if isinstance(x, c.Command) else "",
)
def test_before_the_letter_has_arrived_little_can_be_recorded(
    command: c.Command, code: str, article: str
) -> None:
    refused = sent().refusal(command, date(2020, 11, 30))

    assert (refused.code, refused.article) == (code, article)


def test_a_letter_arrives_once_and_not_before_it_was_sent() -> None:
    arrival = c.RecordConsultationReceipt(consultation=1)

    early = sent().refusal(arrival, date(2020, 9, 18))
    again = asking().refusal(arrival, date(2020, 9, 24))

    assert early.code == "before_its_cause"
    assert "2020年9月21日" in early.message
    assert again.code == "receipt_known"


def test_an_opinion_is_given_once_and_not_before_the_letter_arrived() -> None:
    desk = asking()
    early = desk.refusal(REPLY_ON, date(2020, 9, 22))
    desk.do(REPLY_ON, date(2020, 9, 25))

    assert early.code == "before_its_cause"
    assert "2020年9月23日" in early.message
    assert desk.refusal(REPLY_ON, date(2020, 9, 28)).code == "opinion_known"


@pytest.mark.parametrize("command", [EXPIRE, END], ids=["expire", "end"])
def test_what_has_ended_does_not_end_again(command: c.Command) -> None:
    desk = asking().do(replace(ASK_THIRD, party="另一公司"), ARRIVED)
    desk.do(REPLY_ON, date(2020, 9, 25))

    assert desk.refusal(command, date(2020, 11, 30)).code == "consultation_ended"


@pytest.mark.parametrize("how", EndHow)
def test_ending_a_consultation_ends_the_exclusion_that_day(how: EndHow) -> None:
    desk = asking().do(replace(END, how=how), date(2020, 9, 30))

    assert (state(desk), desk.due) == (State.PROCESSING, date(2020, 10, 26))


def test_a_letter_that_never_arrived_excludes_nothing() -> None:
    desk = sent().do(replace(END, how=EndHow.UNDELIVERABLE), date(2020, 10, 9))

    assert (state(desk), desk.due) == (State.PROCESSING, PLAIN_DUE)


def test_another_agency_has_no_period_that_could_expire() -> None:
    refused = asking(OTHER).refusal(EXPIRE, date(2021, 3, 1))

    assert (refused.code, refused.article) == ("no_statutory_period", "33.3")


def test_another_agencys_days_count_again_beyond_the_cap() -> None:
    desk = asking(OTHER)

    assert due_on(desk, LIMIT) == SILENT_DUE
    assert due_on(desk, date(2020, 11, 4)) == SILENT_DUE
    assert desk.case
    assert not running(desk.case, WORLD.on(LIMIT))
    assert running(desk.case, WORLD.on(AFTER_LIMIT))


def test_the_heads_renewal_keeps_another_agencys_days_out() -> None:
    desk = asking(OTHER)
    renewal = c.RenewConsultation(consultation=1, reason="市局仍在核对")
    assert desk.refusal(renewal, LIMIT).code == "wrong_person"

    desk.do(renewal, LIMIT, "head")

    assert state(desk) is State.CONSULTING
    assert due_on(desk, date(2020, 10, 30)) == date(2020, 11, 18)


@pytest.mark.parametrize(
    ("start", "reason", "code", "article"),
    [
        (asking, "仍在核对", "nothing_to_renew", "32"),
        (lambda: sent(ASK_OTHER), "仍在核对", "receipt_unknown", "33.3"),
        (lambda: asking(OTHER), " ", "reason_missing", "33.3"),
    ],
    ids=["statutory period", "no receipt", "no reason"],
)
def test_a_renewal_that_cannot_stand_is_refused(
    start: Callable[[], Desk], reason: str, code: str, article: str
) -> None:
    command = c.RenewConsultation(consultation=1, reason=reason)

    refused = start().refusal(command, LIMIT, "head")

    assert (refused.code, refused.article) == (code, article)


def test_under_the_other_setting_the_exclusion_starts_at_dispatch() -> None:
    policy = Policy(consultation_starts="dispatch")
    desk = sent()
    desk.world = replace(WORLD, policy=policy)

    assert due_on(desk, date(2020, 9, 25)) == date(2020, 10, 22)  # 22 to 25 September so far
    desk.do(c.RecordConsultationReceipt(consultation=1), ARRIVED)

    assert due_on(desk, date(2020, 9, 25)) == date(2020, 11, 10)  # 22 September to 20 October


def expired(**case: object) -> Desk:
    return asking(THIRD, **case).do(EXPIRE, AFTER_LIMIT)


def test_a_late_opinion_is_kept_without_moving_the_clock() -> None:
    desk = expired().do(REPLY_ON, date(2020, 10, 22))

    assert (state(desk), desk.due) == (State.PROCESSING, SILENT_DUE)
    assert desk.case
    found = desk.case.consultations[0]
    assert (found.late, found.opinion, found.silent) == (True, Opinion.OBJECT, False)


DRAFTING: list[tuple[c.Command, str]] = [
    (c.DraftReply(decisions=(DISCLOSE, replace(DISCLOSE, item=2))), "officer"),
    (c.PassReview(), "reviewer"),
    (c.ApproveReply(), "head"),
]


@pytest.mark.parametrize("steps", [1, 2, 3], ids=["in review", "to approve", "approved"])
def test_a_late_opinion_voids_a_draft_that_touches_its_items(steps: int) -> None:
    desk = expired(items=TWO_ITEMS)
    for command, by in DRAFTING[:steps]:
        desk.do(command, AFTER_LIMIT, by)

    desk.do(REPLY_ON, date(2020, 10, 22))

    assert desk.case
    assert (desk.case.state, desk.case.draft, desk.due) == (State.PROCESSING, None, SILENT_DUE)


def test_a_late_opinion_on_an_item_that_is_no_longer_answered_leaves_the_draft_alone() -> None:
    desk = expired(items=TWO_ITEMS).do(c.Withdraw(statement="撤回", items=(1,)), AFTER_LIMIT)
    desk.do(c.DraftReply(decisions=(replace(DISCLOSE, item=2),)), AFTER_LIMIT)

    desk.do(REPLY_ON, date(2020, 10, 22))

    assert state(desk) is State.IN_REVIEW


def test_an_issued_reply_stands_and_a_sent_one_takes_no_opinion_any_more() -> None:
    issued = approved(expired(), AFTER_LIMIT).do(c.IssueReply(), AFTER_LIMIT)
    issued.do(REPLY_ON, date(2020, 10, 22))

    refused = replied(expired(), AFTER_LIMIT).refusal(REPLY_ON, date(2020, 10, 22))

    assert (state(issued), refused.code) == (State.ISSUED, "wrong_state")


ASK_WHY = c.RequestExplanation(reason="九月申请40件")


def explaining(working_days: int | None = None) -> Desk:
    return processing().do(replace(ASK_WHY, working_days=working_days), date(2020, 9, 18))


@pytest.mark.parametrize(
    ("days", "due"), [(None, date(2020, 9, 25)), (1, date(2020, 9, 21))], ids=["five", "one"]
)
def test_the_reply_clock_runs_while_the_applicant_explains(days: int | None, due: date) -> None:
    desk = explaining(days)

    assert desk.case
    asked = applicant_due(desk.case, WORLD.calendar)
    assert asked
    assert asked.on == due
    assert (desk.case.state, desk.due) == (State.AWAITING_EXPLANATION, PLAIN_DUE)
    assert running(desk.case, WORLD.on(date(2020, 9, 21)))


def test_an_explanation_or_its_lack_brings_the_case_back() -> None:
    told = explaining().do(c.RecordExplanation(text="研究用", accepted=True), date(2020, 9, 22))
    silent = explaining().do(c.ExpireExplanation(), date(2020, 9, 26), "system")

    assert told.case
    assert told.case.explanation
    assert (told.case.explanation.accepted, told.due) == (True, PLAIN_DUE)
    assert silent.case
    assert silent.case.explanation
    assert silent.case.explanation.expired_on == date(2020, 9, 26)
    assert (state(told), state(silent)) == (State.PROCESSING, State.PROCESSING)


def test_reasons_are_not_overdue_on_their_last_day_nor_given_before_they_are_asked() -> None:
    overdue = explaining().refusal(c.ExpireExplanation(), date(2020, 9, 25))
    early = explaining().refusal(c.RecordExplanation(text="研究用"), date(2020, 9, 17))

    assert (overdue.code, overdue.article) == ("not_yet_expired", "35")
    assert "2020年9月25日" in overdue.message
    assert (early.code, early.article) == ("before_its_cause", "35")


@pytest.mark.parametrize("blank", [{"reason": " "}, {"working_days": 0}], ids=["facts", "time"])
def test_reasons_are_asked_for_with_facts_and_time(blank: dict[str, Any]) -> None:
    refused = processing().refusal(replace(ASK_WHY, **blank), SENT)

    assert (refused.code, refused.article) == ("reason_missing", "35")


def test_reasons_are_asked_for_once() -> None:
    desk = explaining().do(c.RecordExplanation(text="研究用"), SENT)

    assert desk.refusal(ASK_WHY, SENT).code == "explained_once"
