"""People who do lawful things to cases at random, some of them late and some never."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from rules.words import FeeBasis
from tests.process.desk import DISCLOSE, MASKED
from tests.process.model_oracle import nth
from workflow import commands as c
from workflow.case import Case
from workflow.rectification import DecideRectification, RectificationResult, RegisterRectification
from workflow.vocabulary import (
    ApplicantKind,
    ChallengeKind,
    ChallengeResult,
    Channel,
    ConsultationKind,
    DeliveryResult,
    EndHow,
    Opinion,
    Reassessment,
    ReopenCause,
    SendMethod,
    State,
)

AGENCIES: Final = (
    "fushun-county-office",
    "fushun-county-natural-resources-bureau",
    "xiahe-township",
)
_DAY: Final = timedelta(days=1)
_APPLICANT: Final = c.Applicant(
    kind=ApplicantKind.NATURAL_PERSON, name="王某", contact="13900000000", address="某村1号"
)
_ITEM: Final = c.Item(title="2019年某村征地补偿安置方案")


@dataclass(frozen=True)
class Step:
    """A step somebody thinks of; ``on`` may lie before the day on which it is recorded."""

    command: c.Command
    on: date


@dataclass
class People:
    """Everybody who deals with cases; the same seed gives the same thoughts."""

    random: Random

    def arrival(self, day: date) -> Step:
        """Return a new request."""
        channel = self.random.choice([*Channel])
        noted = day if channel is Channel.INTERNET and self.random.random() < 1 / 2 else None
        agency = self.random.choice(AGENCIES)
        asked = c.Register(
            agency=agency,
            channel=channel,
            acknowledged_on=noted,
            applicants=(_APPLICANT,),
            items=(_ITEM,),
        )
        return Step(asked, self.lately(day, day - 2 * _DAY) if noted is None else day)

    def complaint(self, day: date) -> Step:
        """Return a new request for rectification."""
        asked = RegisterRectification(
            agency=self.random.choice(AGENCIES),
            channel=Channel.IN_PERSON,
            applicant=_APPLICANT,
            record="低保档案中的家庭人口",
            claim="应为三人",
            evidence=("户口簿",),
        )
        return Step(asked, day)

    def decision(self, day: date) -> Step:
        """Decide on a rectification."""
        result = RectificationResult.CORRECTED
        return Step(DecideRectification(result=result, reason="已更正为三人"), day)

    def lately(self, day: date, since: date) -> date:
        """Return a day up to today."""
        return day - _DAY * self.random.randint(0, max((day - since).days, 0))

    def thought(self, case: Case, day: date) -> Step | None:
        """Return what somebody now wants to do about a case; the gate may refuse it."""
        if self.random.random() < 1 / 12:
            return self._mistake(case, day)
        if self.random.random() < 1 / 12:
            return self._beside(case, day)
        ways = _WAYS.get(case.state)
        return self.random.choice(ways)(self, case, day) if ways else None

    # ── in the middle of things ──────────────────────────────────────────────

    def _mistake(self, case: Case, day: date) -> Step | None:
        """Correct the date of a fact."""
        fact = self.random.choice(case.facts)
        on = fact.on + _DAY * self.random.randint(-4, 4)
        if on > day or isinstance(fact.command, c.CorrectRecord):
            return None
        said = c.CorrectRecord(
            fact=fact.number, field="on", value=on.isoformat(), reason="登记有误", proof="签收单"
        )
        return Step(said, day)

    def _beside(self, case: Case, day: date) -> Step:
        asked = [n for n, x in enumerate(case.challenges, start=1) if not x.result]
        if case.state in {State.REPLIED, State.ARCHIVED, State.CLOSED} and not asked:
            return self._challenge(case, day)
        if asked and self.random.random() < 1 / 2:
            answer = c.AnswerChallenge(
                challenge=asked[-1], points=("答复合法",), evidence=("答复书",)
            )
            return Step(answer, day)
        if asked:
            result = self.random.choice([*ChallengeResult])
            return Step(c.RecordChallengeResult(challenge=asked[-1], result=result), day)
        ways = (self._co_handle, self._extension, self._withdraw)
        return self.random.choice(ways)(case, day)

    def _challenge(self, case: Case, day: date) -> Step:
        filed = self.lately(day, max(case.on, day - 9 * _DAY))
        kind = self.random.choice([*ChallengeKind])
        copy = self.lately(day, filed) if self.random.random() < 5 / 6 else None
        said = c.RecordChallenge(kind=kind, body="某市人民政府", copy_received_on=copy)
        return Step(said, filed)

    def _co_handle(self, case: Case, day: date) -> Step:
        if any(x.answered_on is None for x in case.co_handlings):
            return Step(c.AnswerCoHandle(text="本单位没有意见"), day)
        until = nth(day, self.random.randint(1, 12))
        return Step(c.CoHandle(unit="某科", question="有无此件", due_on=until), day)

    def _extension(self, case: Case, day: date) -> Step:
        if case.extensions and case.extensions[-1].decided_on is None:
            return Step(c.DecideExtension(grant=self.random.random() < 3 / 4), day)
        asked = c.RequestExtension(working_days=self.random.randint(1, 20), reason="档案多")
        return Step(asked, day)

    # ── by state ─────────────────────────────────────────────────────────────

    def _confirm(self, case: Case, day: date) -> Step:
        return Step(c.ConfirmReceipt(), self.lately(day, max(case.on, day - 3 * _DAY)))

    def _accept(self, _case: Case, day: date) -> Step:
        return Step(c.Accept(), day)

    def _ask_correction(self, _case: Case, day: date) -> Step:
        days = self.random.choice((None, 3, 10))
        got = day if self.random.random() < 3 / 4 else None
        said = c.RequestCorrection(
            matters=("请写明名称",), working_days=days, notice_received_on=got
        )
        return Step(said, day)

    def _corrected(self, _case: Case, day: date) -> Step:
        return Step(c.ReceiveCorrection(text="见附"), day)

    def _abandon(self, _case: Case, day: date) -> Step:
        return Step(c.DeemAbandoned(no_good_reason=True), day)

    def _withdraw(self, _case: Case, day: date) -> Step:
        return Step(c.Withdraw(statement="不再需要"), day)

    def _consult(self, case: Case, day: date) -> Step:
        if len(case.consultations) > 2:
            return self._draft(case, day)
        kind = self.random.choice([*ConsultationKind])
        why = "内容涉及该机关" if kind is ConsultationKind.OTHER_AGENCY else ""
        return Step(c.StartConsultation(kind=kind, party="甲公司", items=(1,), why=why), day)

    def _consulted(self, case: Case, day: date) -> Step:
        """Do something about one of the consultations."""
        n = self.random.randint(1, len(case.consultations))
        asked = case.consultations[n - 1]
        if asked.received_on is None and self.random.random() < 7 / 8:
            return Step(
                c.RecordConsultationReceipt(consultation=n), self.lately(day, asked.sent_on)
            )
        if asked.kind is ConsultationKind.OTHER_AGENCY and self.random.random() < 1 / 3:
            return Step(c.RenewConsultation(consultation=n, reason="对方仍在研究"), day)
        if self.random.random() < 1 / 3 and asked.kind is not ConsultationKind.THIRD_PARTY:
            how = self.random.choice([*EndHow])
            return Step(c.EndConsultation(consultation=n, how=how, reason="退回"), day)
        if self.random.random() < 1 / 3:
            said = self.random.choice([*Opinion])
            heard = self.lately(day, max(asked.received_on or day, day - 3 * _DAY))
            return Step(c.RecordOpinion(consultation=n, opinion=said, reasons="略"), heard)
        return Step(c.AddNote(text="催问"), day)

    def _ask_reasons(self, _case: Case, day: date) -> Step:
        return Step(c.RequestExplanation(reason="半年内四十件"), day)

    def _reasons(self, _case: Case, day: date) -> Step:
        accepted = self.random.random() < 2 / 3
        return Step(c.RecordExplanation(text="研究需要", accepted=accepted), day)

    def _defer(self, _case: Case, day: date) -> Step:
        until = day + _DAY * self.random.randint(20, 70)
        return Step(c.DeferReply(until=until, reason="数量大"), day)

    def _charge(self, _case: Case, day: date) -> Step:
        got = day if self.random.random() < 3 / 4 else None
        said = c.ChargeFee(basis=FeeBasis.PAGES, count=68, notice_received_on=got)
        return Step(said, day)

    def _pay(self, case: Case, day: date) -> Step:
        assert case.charge
        return Step(c.RecordPayment(), self.lately(day, max(case.charge.on, day - 3 * _DAY)))

    def _draft(self, _case: Case, day: date) -> Step:
        return Step(c.DraftReply(decisions=(self.random.choice((DISCLOSE, MASKED)),)), day)

    def _review(self, _case: Case, day: date) -> Step:
        back = self.random.random() < 1 / 6
        return Step(c.ReturnReply(comments="请补充") if back else c.PassReview(), day)

    def _approve(self, _case: Case, day: date) -> Step:
        return Step(c.ApproveReply(), day)

    def _issue(self, _case: Case, day: date) -> Step:
        return Step(c.IssueReply(), day)

    def _send(self, _case: Case, day: date) -> Step:
        if self.random.random() < 1 / 2:
            return Step(c.SendReply(method=SendMethod.POST, tracking="EX1"), day)
        return Step(c.SendReply(method=SendMethod.IN_PERSON), day)

    def _deliver(self, case: Case, day: date) -> Step:
        assert case.reply
        last = case.reply.sendings[-1]
        if last.result in {DeliveryResult.RETURNED, DeliveryResult.UNREACHABLE}:
            return Step(c.ResendReply(method=SendMethod.POST, tracking="EX2"), day)
        result = self.random.choice([*DeliveryResult, DeliveryResult.DELIVERED])
        return Step(c.RecordDelivery(result=result), self.lately(day, last.on))

    def _archive(self, _case: Case, day: date) -> Step:
        return Step(c.Archive(), day)

    def _reassess(self, _case: Case, day: date) -> Step:
        return Step(c.Reassess(result=Reassessment.KEEP, reason="情势未变"), day)

    def _reopen(self, _case: Case, day: date) -> Step:
        cause = self.random.choice(
            (ReopenCause.REVIEW_DECISION, ReopenCause.SUPERVISION, ReopenCause.LATE_CORRECTION)
        )
        until = nth(day, self.random.randint(5, 30)) if self.random.random() < 1 / 2 else None
        return Step(c.Reopen(cause=cause, document="某号", due_on=until), day)

    def steps(self, case: Case, day: date, most: int = 3) -> Iterator[Step]:
        """Yield some thoughts about one case."""
        for _ in range(most):
            if found := self.thought(case, day):
                yield found


_P: Final = People
Way = Callable[[People, Case, date], Step]
_REPLYING: Final[tuple[Way, ...]] = (
    _P._consult,
    _P._consult,
    _P._ask_reasons,
    _P._defer,
    _P._charge,
    _P._extension,
    _P._draft,
    _P._draft,
)
_WAYS: Final[dict[State, tuple[Way, ...]]] = {
    State.AWAITING_CONFIRMATION: (_P._confirm,),
    State.RECEIVED: (_P._accept, _P._ask_correction),
    State.AWAITING_CORRECTION: (_P._corrected, _P._abandon, _P._abandon, _P._abandon),
    State.PROCESSING: _REPLYING,
    State.CONSULTING: (_P._consulted, _P._consulted, _P._consulted, _P._consult),
    State.AWAITING_EXPLANATION: (_P._reasons,),
    State.AWAITING_PAYMENT: (_P._pay, _P._abandon, _P._abandon),
    State.IN_REVIEW: (_P._review,),
    State.AWAITING_APPROVAL: (_P._approve,),
    State.APPROVED: (_P._issue,),
    State.ISSUED: (_P._send,),
    State.REPLIED: (_P._deliver, _P._deliver, _P._archive, _P._reopen),
    State.CLOSED: (_P._archive, _P._archive, _P._reopen),
    State.ARCHIVED: (_P._reassess, _P._reassess, _P._reassess, _P._reopen),
}
