"""不予公开最小化: the minimal-exemption check of a draft against what may lawfully be withheld."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final

from rules import law_on
from rules.words import Force, Ground, Outcome
from workflow import grounds, outcomes, severance
from workflow.case import Case
from workflow.decision import Decision, Passage
from workflow.findings import Finding
from workflow.objections import Part, Place, said
from workflow.third_parties import release_warnings, released_against_objection
from workflow.vocabulary import Severity
from workflow.wording import borrowed_label, repeats_article
from workflow.world import World

__all__ = [
    "Verdict",
    "blocking",
    "check",
    "cited_grounds",
    "lawful_set",
    "released_against_objection",
]

#: Outcomes that list passages: what is given, what is not, and why.
_WITH_PASSAGES: Final = frozenset({Outcome.DISCLOSE, Outcome.PARTLY_DISCLOSE, Outcome.WITHHOLD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the law says about one passage: exactly one of the three predicates is true.

    ``must`` and ``may`` are the valid grounds that bind and that leave a choice, in the order of
    the articles; ``defects`` says of every other ground that is claimed why it is not valid.
    """

    must: tuple[Ground, ...] = ()
    may: tuple[Ground, ...] = ()
    defects: Mapping[Ground, tuple[Finding, ...]] = field(default_factory=dict)
    #: Personal data collected for epidemic control: not to be given unmasked, whatever is claimed.
    protected: bool = False

    @property
    def must_withhold(self) -> bool:
        """Whether the passage may not be given."""
        return self.protected or bool(self.must)

    @property
    def may_withhold(self) -> bool:
        """Whether the agency may choose."""
        return bool(self.may) and not self.must_withhold

    @property
    def must_disclose(self) -> bool:
        """Whether nothing carries withholding."""
        return not (self.must_withhold or self.may)


def check(case: Case, decisions: Sequence[Decision], world: World) -> tuple[Finding, ...]:
    """Return every finding on a draft as of ``world.today``, by item and passage."""
    numbers = sorted({*case.to_answer, *(decision.item for decision in decisions)})
    return tuple(finding for n in numbers for finding in _item(case, n, decisions, world))


def blocking(findings: Sequence[Finding]) -> bool:
    """Say whether the draft is refused."""
    return any(finding.severity is Severity.BLOCK for finding in findings)


def lawful_set(case: Case, decision: Decision, passage: Passage, world: World) -> Verdict:
    """Say whether ``passage`` must be withheld, may be, or must be given."""
    return _verdict(_part(_place(case, decision, world), passage))


def cited_grounds(
    case: Case, decision: Decision, passage: Passage, world: World
) -> tuple[Ground, ...]:
    """Return the grounds that a letter cites for a withheld passage.

    All that bind; those that leave a choice only where nothing binds.
    """
    verdict = lawful_set(case, decision, passage, world)
    return () if passage.disclose else verdict.must or verdict.may


def _place(case: Case, decision: Decision, world: World) -> Place:
    law = law_on(case.received_on or case.on)
    return Place(case=case, decision=decision, world=world, law=law)


def _part(place: Place, passage: Passage) -> Part:
    return Part(
        case=place.case,
        decision=place.decision,
        world=place.world,
        law=place.law,
        passage=passage,
    )


# ── Every item is answered once (X30) ────────────────────────────────────────


def _item(case: Case, n: int, decisions: Sequence[Decision], world: World) -> Iterator[Finding]:
    answers = [decision for decision in decisions if decision.item == n]
    if not 1 <= n <= len(case.items):
        yield _coverage(n, "item_unknown", "申请中没有这一事项。", "请核对事项的序号。")
    elif n in case.withdrawn_items:
        yield _coverage(n, "item_withdrawn", "已由申请人撤回。", "请删去对该事项的答复。")
    elif not answers:
        what = "没有答复。"
        yield _coverage(n, "item_unanswered", what, "请对申请的每一事项分别作出答复。")
    else:
        if len(answers) > 1:
            what = f"有{len(answers)}个答复。"
            yield _coverage(
                n, "item_twice", what, "请只保留一个；内容不同的部分在各部分中分别写明。"
            )
        for decision in answers:
            yield from _decision(_place(case, decision, world))


def _coverage(n: int, code: str, what: str, mend: str) -> Finding:
    return Finding(
        code=code,
        severity=Severity.BLOCK,
        message=f"第{n}项{what}",
        article="36",
        mend=mend,
        item=n,
        rule="X30",
    )


def _decision(place: Place) -> Iterator[Finding]:
    yield from outcomes.findings_on(place)
    yield from severance.findings_on(place)
    yield from release_warnings(place)
    if place.decision.outcome in _WITH_PASSAGES:
        for passage in place.decision.passages:
            part = _part(place, passage)
            yield from _given(part) if passage.disclose else _withheld(part)


# ── The lawful set ───────────────────────────────────────────────────────────


def _verdict(part: Part) -> Verdict:
    defects = {ground: _defects(part, ground) for ground in part.claimed}
    valid = [ground for ground, found in defects.items() if not found]
    binding = [g for g in valid if part.law.grounds[g].force is not Force.DISCRETIONARY]
    return Verdict(
        must=tuple(binding),
        may=tuple(ground for ground in valid if ground not in binding),
        defects=MappingProxyType({ground: found for ground, found in defects.items() if found}),
        protected=part.passage.disclose and part.passage.epidemic_personal_data,
    )


def _defects(part: Part, ground: Ground) -> tuple[Finding, ...]:
    found = grounds.findings_on(part.claim(ground))
    return tuple(finding for finding in found if finding.severity is Severity.BLOCK)


# ── What is given ────────────────────────────────────────────────────────────


def _given(part: Part) -> Iterator[Finding]:
    verdict = _verdict(part)
    if part.passage.epidemic_personal_data:
        yield part.block(
            "under_protected",
            "是为疫情防控收集的个人信息，未经同意、未经遮蔽不得提供。",
            "请遮蔽姓名、证件号码、电话、住址、行踪后提供，或者列为不予公开（personal_privacy）。",
            article="15",
        )
    if verdict.must:
        names = "、".join(ground.label for ground in verdict.must)
        yield part.block(
            "under_protected",
            f"有{names}的充分依据，不得公开。",
            "请列为不予公开，或者遮盖后提供；依据有误的，请更正。"
            + grounds.NARROWER[verdict.must[0]],
            article=part.claim(verdict.must[0]).article,
        )
    elif part.claimed:
        names = "、".join(ground.label for ground in part.claimed)
        yield part.info("considered_not_applied", f"考虑过{names}，决定公开。", "", article="13.1")


# ── What is withheld ─────────────────────────────────────────────────────────


def _withheld(part: Part) -> Iterator[Finding]:
    verdict = _verdict(part)
    if verdict.must_disclose:
        yield _over_withheld(part)
    yield from _ground_findings(part, carried=not verdict.must_disclose)
    if verdict.must:
        yield from _left_out(part, verdict)
    elif verdict.may:
        yield from _wording(part)
    yield from _same_again(part)


def _over_withheld(part: Part) -> Finding:
    if part.claimed:
        names = "、".join(ground.label for ground in part.claimed)
        what = f"不予公开所主张的理由（{names}）不成立，应当公开。"
        narrower = "".join(grounds.NARROWER[ground] for ground in part.claimed)
    else:
        what = "不予公开，没有主张任何法定理由，应当公开。"
        narrower = grounds.NARROWER_IN_GENERAL
    mend = f"请公开该部分，或者补足依据和证据。更小的限制：{narrower}"
    return part.block("over_withheld", what, mend, article="13.1", rule="X01")


def _ground_findings(part: Part, *, carried: bool) -> Iterator[Finding]:
    """Yield what is said about the grounds; once one carries the passage, the rest only remind."""
    found = (f for ground in part.claimed for f in grounds.findings_on(part.claim(ground)))
    for finding in dict.fromkeys(found):  # what all grounds have in common is said once
        softened = carried and finding.severity is Severity.BLOCK
        yield replace(finding, severity=Severity.WARN) if softened else finding


def _left_out(part: Part, verdict: Verdict) -> Iterator[Finding]:
    for ground in verdict.may:
        claim = part.claim(ground)
        what = "但已有应当不予公开的理由，答复中不再引用。"
        yield claim.info("discretionary_left_out", what, "留档备查。")


def _wording(part: Part) -> Iterator[Finding]:
    reason, policy = part.passage.reason, part.world.policy
    if repeats_article(reason):
        yield part.warn(
            "reason_repeats_article",
            "的理由只重复了条文，没有说明为何行使裁量不予公开。",
            "请写明公开这部分内容会妨碍什么。",
            rule="X01",
        )
    if part.world.reasons_used.get(reason.strip(), 0) >= policy.repeated_reason_limit:
        yield part.warn(
            "reason_boilerplate",
            "的理由与本单位多份拒绝答复相同，像是套话。",
            "请针对这份信息写明理由。",
            rule="X01",
        )
    if label := borrowed_label(reason):
        yield part.warn(
            "not_a_ground",
            f"的理由提到“{label}”，条例没有这一不予公开的理由。",
            "请按所主张的法定理由说明。",
            rule="X01",
        )


def _same_again(part: Part) -> Iterator[Finding]:
    if any(_repeats(part, passage) for passage in _revoked(part)):
        yield part.block(
            "same_again",
            "以与被撤销的答复相同的理由再次不予公开。",
            "原答复已因实体问题被撤销或者变更：请公开，或者以新的事实和理由重新认定。",
            article="行政诉讼法71",
        )


def _revoked(part: Part) -> Iterator[Passage]:
    """Yield the passages withheld on this item by a reply that was undone for what it said."""
    case = part.case
    if not case.reopenings or not case.reopenings[-1].on_merits:
        return
    standing = [reply for reply in case.replies if not reply.void_on]
    for decision in standing[-1].draft.decisions if standing else ():
        if decision.item == part.decision.item:
            yield from decision.withheld


def _repeats(part: Part, earlier: Passage) -> bool:
    passage = part.passage
    return (
        passage.label.strip() == earlier.label.strip()
        and passage.reason.strip() == earlier.reason.strip()
        and said(passage.reason)
        and not set(passage.grounds).isdisjoint(earlier.grounds)
    )
