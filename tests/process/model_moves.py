"""The moves of the model check: every command, well and badly given, by the right and wrong people.

Persons: 甲 and 乙 draft, 丙 reviews, 丁 heads the office; 甲 and 丙 also appear in roles that
four-eyes must keep from them. Days are relative to the case that a move is tried on.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final, NamedTuple

from rules.words import FeeBasis, Ground, Outcome
from tests.process.desk import DISCLOSE, MASKED, WORLD, register
from tests.process.model_duties import duties
from tests.process.model_pieces import (
    BARE,
    CALENDAR,
    DAY,
    MINUTES,
    TRADE,
    Move,
    answers,
    person,
    secret_until,
)
from workflow import commands as c
from workflow.case import Case
from workflow.clock import applicant_due, correction_notice_due, running_due
from workflow.decision import (
    Decision,
)
from workflow.machine import roles_for
from workflow.vocabulary import (
    AmendHow,
    ChallengeKind,
    ChallengeResult,
    ConsultationKind,
    DeliveryResult,
    EndHow,
    Opinion,
    ReopenCause,
    Role,
    SendMethod,
)


class Try(NamedTuple):
    """A command as the moves below write it; what is not said is usual."""

    command: c.Command
    by: str = ""
    on: date | None = None
    today: date | None = None
    office: str = ""


USUAL: Final = {
    Role.OFFICER: "officer:甲",
    Role.REVIEWER: "reviewer:丙",
    Role.HEAD: "head:丁",
    Role.SUPERVISOR: "supervisor:戊",
    Role.SYSTEM: "system",
}


class Days:
    """The days that matter to a case as it stands."""

    def __init__(self, case: Case) -> None:
        """Look at the case once."""
        self.last = case.last_on
        self.next = CALENDAR.add(case.last_on, 1).on
        due = running_due(case, WORLD.on(case.last_on))
        self.due = due.on if due else self.last
        self.over = max(self.due, self.last) + DAY
        theirs = applicant_due(case, CALENDAR)
        self.theirs = theirs.on if theirs else self.last
        self.waited = max(self.theirs, self.last) + DAY
        notice = correction_notice_due(case, CALENDAR)
        self.eighth = max(notice.on if notice else self.last, self.last) + DAY
        waiting = [x.received_on for x in case.consultations if x.received_on]
        silent = CALENDAR.add(max(waiting), 15).on if waiting else self.last
        self.silent = max(silent, self.last) + DAY
        self.late_year = max(date(2024, 3, 1), self.last)


def moves(case: Case) -> Iterator[Move]:
    """Yield every move tried on ``case``; where the state is wrong one attempt is enough."""
    days = Days(case)
    seen: set[type[c.Command]] = set()
    for group in (_intake, _asking, _timing, _replying, _sending, _beside, _afterwards):
        for tried in group(case, days):
            kind = type(tried.command)
            roles = roles_for(kind.do, case.state)
            if roles or kind not in seen:
                yield _move(case, tried, roles)
            seen.add(kind)


def _move(case: Case, tried: Try, roles: tuple[Role, ...]) -> Move:
    by = person(tried.by or USUAL[roles[0] if roles else Role.OFFICER])
    on = tried.on or case.last_on
    today = tried.today or max(on, case.last_on)
    return Move(tried.command, by, on, today, tried.office or "plain")


def crossed(case: Case | None, move: Move) -> Iterator[Move]:
    """Yield a move that is allowed, given by the wrong people, before its day, and dated back."""
    roles = roles_for(move.command.do, case.state if case else None)
    for role in Role:
        if role not in roles:
            yield move._replace(by=person(f"{role.value}:戊"))
    yield move._replace(today=move.on - DAY)
    if case:
        yield move._replace(on=case.last_on - DAY, today=case.last_on)
        yield move._replace(on=case.on - DAY, today=case.last_on)


def _intake(case: Case, d: Days) -> Iterator[Try]:
    yield Try(register(), by="officer:甲")
    yield Try(c.ConfirmReceipt())
    yield Try(c.ConfirmReceipt(), on=CALENDAR.add(d.last, 3).on)
    yield Try(c.Accept())
    ask = c.RequestCorrection(matters=("写明文件名称",))
    yield Try(ask)
    yield Try(ask, on=d.eighth)
    start = d.last
    for changes in (
        {"notice_received_on": start},
        {"notice_received_on": start + DAY},
        {"notice_received_on": start - DAY},
        {"due_on": start + 20 * DAY},
        {"due_on": start},
        {"working_days": 0},
        {"working_days": 5, "due_on": start + 20 * DAY},
        {"matters": ()},
        {"matters": (" ",)},
    ):
        yield Try(replace(ask, **changes))
    yield Try(c.ReceiveCorrection(text="见附页"))
    yield Try(c.ReceiveCorrection(text="见附页"), on=d.waited)
    for finding in (True, False):
        for day in (d.last, d.theirs, d.waited):
            yield Try(c.DeemAbandoned(no_good_reason=finding), on=max(day, d.last))
    yield Try(c.Misdirect(to="县自然资源局", reason="信封写明该局收"))
    yield Try(c.Misdirect(to="县自然资源局"))
    yield Try(c.Misdirect(reason="信封写明该局收"))
    yield Try(c.Withdraw(statement="签名的撤回声明"))
    yield Try(c.Withdraw(statement="签名的撤回声明", items=(len(case.items),)))
    yield Try(c.Withdraw(statement="签名的撤回声明", items=(9,)))
    yield Try(c.Withdraw(statement=" "))
    yield Try(c.Terminate(reason="申请人死亡，无人承受"))
    yield Try(c.Terminate())
    for how in (*AmendHow, None):
        yield Try(c.AmendRequest(how=how))
    yield Try(c.AmendRequest(how=AmendHow.NARROW, items=(9,)))


def _asking(case: Case, d: Days) -> Iterator[Try]:
    kinds = ConsultationKind if not case.consultations else (ConsultationKind.THIRD_PARTY,)
    for kind in kinds if len(case.consultations) < 2 else ():
        yield Try(c.StartConsultation(kind=kind, party="某公司", items=(1,), why="涉及该方"))
    start = c.StartConsultation(kind=ConsultationKind.OTHER_AGENCY, party="某局", items=(1,))
    for bad in (
        start,
        replace(start, why="涉及", items=()),
        replace(start, why="涉及", items=(9,)),
        replace(start, why="涉及", party=""),
    ):
        yield Try(bad)
    for n in (*(x.number for x in case.consultations), 9):
        yield from _consultation(case, n, d)
    reasons = c.RequestExplanation(reason="一年内第四十次申请同类信息")
    yield Try(reasons)
    yield Try(replace(reasons, reason=""))
    yield Try(replace(reasons, working_days=0))
    for accepted in (True, False):
        yield Try(c.RecordExplanation(text="研究需要", accepted=accepted))
        yield Try(c.RecordExplanation(text="研究需要", accepted=accepted), on=d.last - DAY)
    for by in ("officer:甲", "system"):
        yield Try(c.ExpireExplanation(), by=by, on=d.waited)
    yield Try(c.ExpireExplanation(), on=max(d.theirs, d.last))


def _consultation(case: Case, n: int, d: Days) -> Iterator[Try]:
    yield Try(c.RecordConsultationReceipt(consultation=n))
    yield Try(c.RecordConsultationReceipt(consultation=n), on=case.on - DAY)
    for opinion in Opinion:
        yield Try(c.RecordOpinion(consultation=n, opinion=opinion, reasons="涉及工艺"))
    yield Try(c.RecordOpinion(consultation=n, opinion=Opinion.OBJECT), on=case.on - DAY)
    for by in ("officer:甲", "system"):
        yield Try(c.ExpireConsultation(consultation=n), by=by, on=d.silent)
    yield Try(c.ExpireConsultation(consultation=n), on=max(d.silent - DAY, d.last))
    yield Try(c.RenewConsultation(consultation=n, reason="该局尚在核对"))
    yield Try(c.RenewConsultation(consultation=n, reason=""))
    for how in EndHow:
        yield Try(c.EndConsultation(consultation=n, how=how, reason="查无下落"))
        yield Try(c.EndConsultation(consultation=n, how=how, reason=""))


def _timing(_case: Case, d: Days) -> Iterator[Try]:
    for days in (10, 20, 21, 0):
        yield Try(c.RequestExtension(working_days=days, reason="材料多"))
    yield Try(c.RequestExtension(working_days=10, reason=" "))
    yield Try(c.RequestExtension(working_days=10, reason="材料多"), on=d.over)
    yield Try(c.DecideExtension(grant=True))
    yield Try(c.DecideExtension(grant=False))
    yield Try(c.DecideExtension(grant=True), on=d.over)
    for told in (d.last - DAY, d.next, d.over):
        yield Try(c.DecideExtension(grant=True, told_on=told), today=max(told, d.last))
    yield Try(c.DecideExtension(grant=True, told_on=d.next))
    defer = c.DeferReply(until=CALENDAR.add(d.over, 10).on, reason="需要清点")
    yield Try(defer)
    yield Try(replace(defer, until=d.due))
    yield Try(replace(defer, until=date(2030, 1, 4)))
    yield Try(replace(defer, reason=""))
    yield Try(defer, on=d.over)
    yield Try(replace(defer, told_on=d.over), today=d.over)
    yield Try(replace(defer, told_on=d.last - DAY))
    yield Try(replace(defer, told_on=d.next))
    charge = c.ChargeFee(basis=FeeBasis.PAGES, count=68)
    yield Try(charge)
    yield Try(replace(charge, notice_received_on=d.last))
    yield Try(replace(charge, notice_received_on=d.last - DAY))
    yield Try(replace(charge, notice_received_on=d.next))
    yield Try(replace(charge, count=30))
    yield Try(replace(charge, count=0))
    yield Try(c.ChargeFee(basis=FeeBasis.PIECES, count=12, here=13))
    yield Try(c.ChargeFee(basis=FeeBasis.PIECES, count=12))
    yield Try(charge, on=d.over)
    yield Try(c.RecordPayment())
    yield Try(c.RecordPayment(), on=d.last - DAY)


def _replying(case: Case, d: Days) -> Iterator[Try]:
    search = c.RecordSearch(places=("档案室",), keywords=("补偿",), result="没有")
    yield Try(search)
    yield Try(replace(search, items=(9,)))
    yield Try(replace(search, places=()))
    yield Try(replace(search, result=" "))
    leave = c.AuthorizeGround(item=1, label="全文", ground=Ground.DELIBERATIVE, reasons="尚在讨论")
    yield Try(leave)
    yield Try(replace(leave, item=9))
    yield Try(replace(leave, ground=Ground.STATE_SECRET))
    yield Try(replace(leave, reasons=""))
    for first in (
        DISCLOSE,
        MASKED,
        TRADE,
        MINUTES,
        secret_until(d.last),
        Decision(item=1, outcome=Outcome.NOT_HELD, reason="检索后没有找到"),
        Decision(item=1, outcome=Outcome.EXCESSIVE, reason="没有合理理由"),
        Decision(item=1, outcome=Outcome.STILL_UNCLEAR, reason="仍不知是哪一份"),
        BARE,
        replace(MASKED, passages=()),
    ):
        yield Try(c.DraftReply(decisions=answers(case, first)))
    yield Try(c.DraftReply(decisions=()))
    yield Try(c.DraftReply(decisions=answers(case, MASKED)), by="officer:乙")
    yield Try(c.DraftReply(decisions=answers(case, MASKED)), by="officer:丙")
    yield Try(c.DraftReply(decisions=answers(case, MASKED)), on=d.over)
    yield Try(c.RecallDraft())
    yield Try(c.RecallDraft(), by="officer:乙")
    for by in ("reviewer:丙", "head:丁"):
        yield Try(c.ReturnReply(comments="理由不足"), by=by)
        yield Try(c.ReturnReply(), by=by)
    for by in ("reviewer:丙", "reviewer:甲", "reviewer:乙", "reviewer:庚"):
        yield Try(c.PassReview(), by=by)
    for by in ("head:丁", "head:甲", "head:乙", "head:丙"):
        yield Try(c.ApproveReply(), by=by)
    yield Try(c.ApproveReply(), on=d.next)
    for by in ("head:丁", "head:己"):
        yield Try(c.ApproveReply(), by=by, office="one")
    yield Try(c.IssueReply())
    yield Try(c.IssueReply(), on=d.next)
    yield Try(c.RecallReply(reason="文号有误"))
    yield Try(c.RecallReply())
    public = Decision(item=1, outcome=Outcome.ALREADY_PUBLIC, where="县政府网站公告栏2020年第3期")
    for first in (public, DISCLOSE, MASKED, replace(public, where="")):
        yield Try(c.AnswerOnTheSpot(decisions=answers(case, first)))
    yield Try(c.AnswerOnTheSpot(decisions=()))


def _sending(case: Case, d: Days) -> Iterator[Try]:
    for n in (*(x.number for x in case.consultations), 9):
        yield Try(c.NotifyThirdParty(consultation=n, reason="理由不成立"))
        yield Try(c.NotifyThirdParty(consultation=n, reason=""))
    for kind in (c.SendReply, c.ResendReply):
        yield Try(kind(method=SendMethod.POST, tracking="XA1"))
        yield Try(kind(method=SendMethod.POST, tracking="XA1"), on=d.over)
        yield Try(kind(method=SendMethod.IN_PERSON))
        yield Try(kind(method=SendMethod.ELECTRONIC))
        yield Try(kind(method=SendMethod.ELECTRONIC), on=d.late_year, office="offline")
        yield Try(kind(method=SendMethod.POST))
        yield Try(kind(method=SendMethod.POST, tracking="XA1", carrier="某快递"))
    for result in DeliveryResult:
        yield Try(c.RecordDelivery(result=result))
    yield Try(c.RecordDelivery(result=DeliveryResult.REFUSED, proof="两名见证人"))
    yield Try(c.RecordDelivery(result=DeliveryResult.DELIVERED), on=d.last - 30 * DAY)
    yield Try(c.Archive())
    yield Try(c.Archive(service_given_up="多次投递无着"))


def _beside(_case: Case, d: Days) -> Iterator[Try]:
    yield Try(c.RecordContact(means="电话", result="接通"))
    for day in (d.next, d.waited + 2 * DAY, d.silent + 2 * DAY):
        yield Try(c.RecordContact(means="电话", result="接通"), on=day)
    for unit in ((), (9,)):
        yield Try(c.CoHandle(unit="县档案局", items=unit, question="是否保存"))
    yield Try(c.AnswerCoHandle(text="没有"))
    yield Try(c.ReturnCoHandle(reason="不属本局"))
    yield Try(c.Assign(to="信息科"))
    yield Try(c.HandOver(to="乙"))
    yield Try(c.AskGuidance(text="能否延长"))
    yield Try(c.GiveGuidance(text="可以"))
    yield Try(c.AddNote(text="备注"))
    yield Try(c.AddNote(text="备\u202e注"))
    yield Try(c.Attach(file="附件.pdf"))
    yield Try(c.Attach(file="机密★文件.pdf"))


def _afterwards(case: Case, d: Days) -> Iterator[Try]:
    for paper in ("correction_notice", "fee_notice"):
        service = c.RecordService(paper=paper, result=DeliveryResult.DELIVERED)
        yield Try(service)
        yield Try(replace(service, sent_on=d.last - DAY))
    served = c.RecordService(paper="receipt", result=DeliveryResult.RETURNED)
    yield Try(served)
    yield Try(replace(served, sent_on=d.last + DAY))
    yield Try(replace(served, sent_on=case.on - DAY))
    filed = c.RecordChallenge(kind=ChallengeKind.RECONSIDERATION, body="某市人民政府")
    if not case.challenges:
        yield Try(filed)
    yield Try(replace(filed, copy_received_on=d.last - DAY))
    yield Try(replace(filed, copy_received_on=d.next))
    for n, result in ((1, ChallengeResult.REVOKED), (1, ChallengeResult.UPHELD), (9, None)):
        outcome = result or ChallengeResult.REVOKED
        yield Try(c.RecordChallengeResult(challenge=n, result=outcome))
    ended = c.RecordChallengeResult(challenge=1, result=ChallengeResult.DISMISSED)
    yield Try(ended, on=case.on)
    for cause in (ReopenCause.REVIEW_DECISION, ReopenCause.OWN_MOTION, ReopenCause.LATE_CORRECTION):
        yield Try(c.Reopen(cause=cause))
    yield Try(c.Reopen(cause=ReopenCause.JUDGMENT, due_on=d.last + 30 * DAY))
    for item in (len(case.items), 9):
        yield Try(c.Reopen(cause=ReopenCause.SUPERVISION, items=(item,)))
    yield from map(Try, duties(case))
    yield from _records(case)


def _records(case: Case) -> Iterator[Try]:
    fix = c.CorrectRecord(fact=1, field="name", value="王某某", reason="登记笔误")
    if case.version < 6:  # a correction folds the case again: enough is enough
        earlier = str(case.on - DAY)
        for change in (
            fix,
            replace(fix, field="on", value=earlier),
            replace(fix, fact=99),
            replace(fix, reason=""),
            replace(fix, field="on", value="2026-11-21"),
            replace(fix, field="on", value="昨天"),
            replace(fix, field="items", value="另一份"),
        ):
            yield Try(change, by="head:丁")
        yield Try(replace(fix, field="on", value=earlier), by="officer:甲")
