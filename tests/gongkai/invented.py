"""Invented requests, many and of every sort, from a seed: steps as a case file would tell them."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from gongkai.story import Step, Story
from rules.words import Ground, Outcome
from workflow import commands as c
from workflow.decision import Decision, Passage
from workflow.people import Actor
from workflow.vocabulary import (
    AmendHow,
    ApplicantKind,
    ChallengeKind,
    ChallengeResult,
    Channel,
    DeliveryResult,
    ReopenCause,
    Role,
    SendMethod,
)

AGENCIES: Final = (
    "fushun-county-office",
    "fushun-county-natural-resources-bureau",
    "fushun-county-public-security-bureau",
    "shiwen-town",
)
OFFICERS: Final = ("甲", "乙", "丙", "")
_FIRST: Final = date(2020, 1, 6)
_BESIDE: Final = tuple(
    o for o in Outcome if o not in {Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE, Outcome.WITHHOLD}
)


def stories(seed: int, count: int) -> Iterator[Story]:
    """Yield ``count`` stories; the same seed tells the same."""
    for n in range(count):
        yield _Teller(random.Random(f"{seed}/{n}"), n).story()  # noqa: S311 - no secret


class _Teller:
    """Tells one story: a day, and the steps so far."""

    def __init__(self, draw: random.Random, n: int) -> None:
        self.draw, self.n = draw, n
        self.day = _FIRST + timedelta(days=draw.randrange(1800))
        self.on = self.day
        self.steps: list[Step] = []
        self.items = draw.choice((1, 1, 1, 2, 3))

    def story(self) -> Story:
        draw = self.draw
        topics = draw.choice(((), (), (), ("epidemic",), ("epidemic", "land")))
        opened = c.Register(
            agency=draw.choice(AGENCIES),
            channel=Channel.IN_PERSON,
            topics=topics,
            applicants=(c.Applicant(kind=ApplicantKind.NATURAL_PERSON, name=f"某{self.n}"),),
            items=tuple(c.Item(title=f"第{i}份材料") for i in range(1, self.items + 1)),
        )
        self._after_registration()
        return Story(
            title=f"invented {self.n}",
            law="",
            as_of=None,
            on=self.on,
            register=opened,
            steps=tuple(self.steps),
        )

    def _after_registration(self) -> None:
        chance = self.draw.random()
        if chance < 0.03:
            self._do(c.Misdirect(to="某局", reason="信封写明"))
            return
        if chance < 0.08:
            self._do(c.RequestCorrection(matters=("写明文件名称",)))
            self._do(c.DeemAbandoned(no_good_reason=True), days=40)
            return
        self._do(c.Accept())
        if chance < 0.20:
            self._ends_without_reply()
        elif chance < 0.24:
            decisions = tuple(self._public(item) for item in range(1, self.items + 1))
            self._do(c.AnswerOnTheSpot(decisions=decisions))
            self._afterwards()
        elif chance < 0.97:
            self._round(tuple(range(1, self.items + 1)))
            self._afterwards()

    def _ends_without_reply(self) -> None:
        way: c.Command = self.draw.choice(
            (
                c.Withdraw(statement="撤回声明"),
                c.Terminate(reason="申请人死亡"),
                c.AmendRequest(how=AmendHow.REPLACE),
            )
        )
        self._do(way)

    def _do(self, command: c.Command, by: Actor | None = None, days: int = -1) -> None:
        self.day += timedelta(days=self.draw.randrange(4) if days < 0 else days)
        n = len(self.steps) + 1
        self.steps.append(Step(n=n, on=self.day, by=by, refused=None, command=command))

    # ── Replies ──────────────────────────────────────────────────────────────

    def _round(self, items: tuple[int, ...]) -> None:
        """Draft, review, approve, issue, sometimes recall and begin again, and send."""
        if self.draw.random() < 0.15:
            self.day += timedelta(days=35)
        self._drafted(items)
        if self.draw.random() < 0.06:
            self._do(c.RecallReply(reason="文号有误"))
            self._drafted(items)
        self._do(c.SendReply(method=SendMethod.POST, tracking="EX1"))
        sent = len(self.steps) + 1  # the registration is fact 1
        if self.draw.random() < 0.06:
            earlier = str(self.day - timedelta(days=self.draw.randrange(40)))
            fix = c.CorrectRecord(fact=sent, field="on", value=earlier, reason="登记笔误")
            self._do(fix)

    def _drafted(self, items: tuple[int, ...]) -> None:
        decisions = tuple(self._decision(item) for item in items)
        self._do(c.DraftReply(decisions=decisions), self._officer())
        if self.draw.random() < 0.1:
            self._do(c.ReturnReply(comments="理由不足"))
            self._do(c.DraftReply(decisions=decisions), self._officer())
        self._do(c.PassReview())
        self._do(c.ApproveReply())
        self._do(c.IssueReply())

    def _officer(self) -> Actor:
        return Actor(Role.OFFICER, self.draw.choice(OFFICERS))

    def _public(self, item: int) -> Decision:
        return Decision(item=item, outcome=Outcome.ALREADY_PUBLIC, where="公告栏2020年第3期")

    def _decision(self, item: int) -> Decision:
        chance = self.draw.random()
        if chance < 0.25:
            return self._with(item, Outcome.DISCLOSE, given=self.draw.random() < 0.2)
        if chance < 0.50:
            return self._with(item, Outcome.PARTLY_DISCLOSE, given=True, withheld=2)
        if chance < 0.75:
            return self._with(item, Outcome.WITHHOLD, withheld=self.draw.randrange(3))
        return Decision(item=item, outcome=self.draw.choice(_BESIDE), reason="见说明")

    def _with(
        self, item: int, outcome: Outcome, *, given: bool = False, withheld: int = 0
    ) -> Decision:
        passages = [self._passage("给出", disclose=True)] if given else []
        passages += [self._passage(f"扣下{n}", disclose=False) for n in range(withheld)]
        return Decision(item=item, outcome=outcome, provide="材料", passages=tuple(passages))

    def _passage(self, label: str, *, disclose: bool) -> Passage:
        most = 1 if disclose else self.draw.choice((0, 1, 1, 1, 1, 2))
        grounds = self.draw.sample(list(Ground), most if self.draw.random() < 0.8 else 0)
        return Passage(label=label, disclose=disclose, grounds=tuple(grounds), reason="见说明")

    # ── After the reply ──────────────────────────────────────────────────────

    def _afterwards(self) -> None:
        if self.draw.random() < 0.3:
            self._do(c.RecordDelivery(result=DeliveryResult.DELIVERED))
        for number in range(1, self.draw.choice((0, 0, 0, 1, 1, 2)) + 1):
            self._challenge(number)
        if self.draw.random() < 0.25:
            self._again()

    def _challenge(self, number: int) -> None:
        kind = self.draw.choice(list(ChallengeKind))
        about: Any = "non_reply" if self.draw.random() < 0.15 else ""
        self._do(c.RecordChallenge(kind=kind, body="某市人民政府", about=about))
        if self.draw.random() < 0.8:
            result = self.draw.choice(list(ChallengeResult))
            self._do(c.RecordChallengeResult(challenge=number, result=result))

    def _again(self) -> None:
        """Reopened, wholly or in part: answered anew, left open, or ended without a reply."""
        some = tuple(sorted(self.draw.sample(range(1, self.items + 1), 1)))
        items = self.draw.choice(((), some))
        self._do(c.Reopen(cause=self.draw.choice(list(ReopenCause)), items=items))
        chance = self.draw.random()
        if chance < 0.7:
            self._round(items or tuple(range(1, self.items + 1)))
            if self.draw.random() < 0.3:
                before = sum(step.do == "record_challenge" for step in self.steps)
                self._challenge(before + 1)
        elif chance < 0.8:
            self._do(c.Withdraw(statement="撤回声明"))
