"""Where a finding arises: the decision or passage under check, and how it is spoken of."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from rules.law import GroundRule, Law
from rules.norms import cite_norm
from rules.words import Ground, Outcome
from workflow.case import Case
from workflow.commands import Item
from workflow.decision import Decision, Evidence, Passage
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

#: What is always open to an officer whose evidence does not suffice.
OR_DISCLOSE: Final = "补充不了的，公开该部分。"


def said(value: object) -> bool:
    """Say whether something was filled in: a blank text says nothing."""
    return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True, slots=True)
class Need:
    """Something that must be said: the key in the draft, and what officers call it."""

    key: str
    what: str
    rule: str = ""

    @property
    def code(self) -> str:
        """The code of the finding when it is not said."""
        return f"{self.key}_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A decision on an existing item, as it is being checked."""

    case: Case
    decision: Decision
    world: World
    law: Law

    @property
    def item(self) -> Item:
        """The item that is decided."""
        return self.case.item(self.decision.item)

    @property
    def received_on(self) -> date:
        """收到申请之日; before it is settled, the day on which the request came in."""
        return self.case.received_on or self.case.on

    @property
    def article(self) -> str:
        """The article behind the outcome; empty where no norm has one."""
        rule = self.law.outcomes[self.decision.outcome]
        if rule.article is None:
            return cite_norm(*rule.norm, self.world.today).text if rule.norm else ""
        return rule.article.code

    @property
    def name(self) -> str:
        """How a message calls the place; never by the item's title, which may name people."""
        return f"第{self.decision.item}项"

    def block(
        self, code: str, what: str, mend: str, *, article: str = "", rule: str = ""
    ) -> Finding:
        """Return a finding that refuses the draft."""
        return self._finding(Severity.BLOCK, code, what, mend, article or self.article, rule)

    def warn(
        self, code: str, what: str, mend: str, *, article: str = "", rule: str = ""
    ) -> Finding:
        """Return a finding that reminds."""
        return self._finding(Severity.WARN, code, what, mend, article or self.article, rule)

    def info(
        self, code: str, what: str, mend: str, *, article: str = "", rule: str = ""
    ) -> Finding:
        """Return a finding that only explains."""
        return self._finding(Severity.INFO, code, what, mend, article or self.article, rule)

    def _finding(
        self, severity: Severity, code: str, what: str, mend: str, article: str, rule: str
    ) -> Finding:
        return Finding(
            code=code,
            severity=severity,
            message=f"{self.name}{what}",
            article=article,
            mend=mend,
            item=self.decision.item,
            passage=self.label,
            rule=rule,
        )

    @property
    def label(self) -> str | None:
        """The label of the passage; None where the whole decision is meant."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Place):
    """One passage of a decision."""

    passage: Passage

    @property
    def name(self) -> str:
        """The item's number and the passage's label."""
        return f"第{self.decision.item}项“{self.passage.label}”"

    @property
    def label(self) -> str | None:
        """The label of the passage."""
        return self.passage.label

    @property
    def article(self) -> str:
        """Where a refusal must be reasoned: 37 beside what is given, else 36(3)."""
        return "37" if self.decision.outcome is Outcome.PARTLY_DISCLOSE else "36(3)"

    @property
    def claimed(self) -> tuple[Ground, ...]:
        """The grounds that stand on it, each once, in the order of the articles."""
        return tuple(ground for ground in Ground if ground in self.passage.grounds)

    def claim(self, ground: Ground) -> "Claim":
        """Return ``ground`` as it is claimed here."""
        return Claim(
            case=self.case,
            decision=self.decision,
            world=self.world,
            law=self.law,
            passage=self.passage,
            ground=ground,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Part):
    """One ground claimed for a passage: its findings cite the ground's article and name it."""

    ground: Ground

    @property
    def rule(self) -> GroundRule:
        """What the law says about the ground."""
        return self.law.grounds[self.ground]

    @property
    def article(self) -> str:
        """The article of the ground."""
        return self.rule.article.code

    @property
    def name(self) -> str:
        """The passage, and the ground that is claimed for it."""
        return f"第{self.decision.item}项“{self.passage.label}”主张{self.ground.label}，"

    @property
    def evidence(self) -> Evidence:
        """What is on file for the passage."""
        return self.passage.evidence

    @property
    def whole(self) -> Part:
        """The passage itself, for what does not depend on the ground."""
        return Part(
            case=self.case,
            decision=self.decision,
            world=self.world,
            law=self.law,
            passage=self.passage,
        )

    @property
    def presumed_open(self) -> bool:
        """Whether a topic of the case presumes the fullest disclosure."""
        topics = self.world.policy.topics
        return any(topics[key].presume_disclosure for key in self.case.topics if key in topics)

    @property
    def authorized(self) -> bool:
        """Whether the head has let this ground stand on this passage all the same."""
        here = (self.decision.item, self.passage.label, self.ground)
        return any((a.item, a.label, a.ground) == here for a in self.case.authorizations)

    def lacks(self, need: Need, *, rule: str = "") -> Finding:
        """Return the defect that something which must be said is not."""
        key = f"evidence.{self.ground.value}.{need.key}"
        return self.defect(
            need.code,
            f"没有写明{need.what}。",
            f"请补充{need.what}（{key}）；",
            rule=rule or need.rule,
        )

    def defect(
        self, code: str, what: str, mend: str, *, article: str = "", rule: str = ""
    ) -> Finding:
        """Return a defect that makes the ground invalid; the way out is always to disclose."""
        return self.block(code, what, f"{mend}{OR_DISCLOSE}", article=article, rule=rule)
