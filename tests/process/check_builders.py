"""A request ready to be answered, and drafts that may or may not answer it."""

# ruff: noqa: ANN401 - changes are handed on to dataclasses, each key with its own type

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from rules import calendar
from rules.words import AgencyKind, Ground, NormLevel, Outcome
from workflow.agency import Agency, Policy, Topic
from workflow.case import (
    Authorization,
    Case,
    Consultation,
    Correction,
    Draft,
    Explanation,
    Reopening,
    Reply,
    Search,
)
from workflow.commands import Applicant, Item
from workflow.decision import (
    Decision,
    Deliberative,
    EarlierReply,
    EnforcementFile,
    Evidence,
    InternalAffairs,
    Passage,
    PersonalPrivacy,
    ProhibitedByLaw,
    PublicSafety,
    StateSecret,
    ThirdPartyInterest,
    TradeSecret,
)
from workflow.exemption import check
from workflow.findings import Finding
from workflow.people import Actor
from workflow.vocabulary import (
    ApplicantKind,
    Channel,
    ConsultationKind,
    DeliberativeCategory,
    EndHow,
    InternalCategory,
    NotInformationCategory,
    Opinion,
    ReopenCause,
    Role,
    SafetyInterest,
    SecrecyAuthority,
    SecrecyLevel,
    Severity,
    State,
    ThirdPartyInterestKind,
)
from workflow.world import World

RECEIVED: Final = date(2020, 9, 14)
TODAY: Final = date(2020, 10, 26)
OFFICER: Final = Actor(Role.OFFICER, "李")
HEAD: Final = Actor(Role.HEAD, "赵")
REASON: Final = "公开会暴露农户的账户，招致冒领补偿款"

MUST: Final = tuple(Ground)[:6]
MAY: Final = tuple(Ground)[6:]

#: Evidence that makes each ground valid in ``a_case`` (its consultation 1 ended in silence).
EVIDENCE: Final[Mapping[Ground, Any]] = MappingProxyType(
    {
        Ground.STATE_SECRET: StateSecret(
            level=SecrecyLevel.CONFIDENTIAL,
            mark="秘密★5年",
            authority=SecrecyAuthority.DERIVATIVE,
            source="省某厅2019年第3号文件",
            classified_on=date(2019, 6, 1),
            expires_on=date(2024, 5, 31),
        ),
        Ground.PROHIBITED_BY_LAW: ProhibitedByLaw(
            norm="中华人民共和国统计法",
            norm_level=NormLevel.LAW,
            norm_article="第二十五条",
            matching="附表是能够识别单个统计调查对象的资料",
        ),
        Ground.PUBLIC_SAFETY: PublicSafety(
            interest=SafetyInterest.PUBLIC_SECURITY,
            harm="暴露水库监控的盲区，可能被用来破坏",
            opinion_of="县公安局",
        ),
        Ground.TRADE_SECRET: TradeSecret(
            secrecy_finding="工艺参数不为公众所知悉，有商业价值，企业签有保密协议",
            public_interest="不公开不影响公共利益",
        ),
        Ground.PERSONAL_PRIVACY: PersonalPrivacy(
            privacy_finding="姓名与账户合在一起能识别个人", masking_suffices=True
        ),
        Ground.THIRD_PARTY_INTEREST: ThirdPartyInterest(
            interest=ThirdPartyInterestKind.COPYRIGHT,
            basis="著作权法第十条",
            harm="设计图一经复制即可使用",
            public_interest="不公开不影响公共利益",
        ),
        Ground.INTERNAL_AFFAIRS: InternalAffairs(
            category=InternalCategory.LOGISTICS, no_external_effect=True, override_checked=True
        ),
        Ground.DELIBERATIVE: Deliberative(
            category=DeliberativeCategory.DISCUSSION_RECORD,
            process_finished=False,
            override_checked=True,
            harm="妨碍与会者坦率发表意见",
        ),
        Ground.ENFORCEMENT_FILE: EnforcementFile(
            case_number="抚县环罚〔2020〕3号",
            index_entry="卷内第12页",
            result_document=False,
            override_checked=True,
        ),
    }
)

#: A complete decision on item 1 for each outcome.
COMPLETE: Final[Mapping[Outcome, Mapping[str, Any]]] = MappingProxyType(
    {
        Outcome.DISCLOSE: {"provide": "方案全文"},
        Outcome.ALREADY_PUBLIC: {"where": "https://www.example.gov.cn/zwgk/2020/03/a.html"},
        Outcome.PARTLY_DISCLOSE: {"provide": "方案正文"},
        Outcome.WITHHOLD: {"separable": False, "separability_reason": "只有一张表，行行都有账户"},
        Outcome.NOT_HELD: {"reason": "检索办公系统和档案室，没有找到"},
        Outcome.OTHER_AGENCY: {
            "reason": "由县自然资源局制作",
            "agency": "抚顺县自然资源局",
            "agency_contact": "024-00000000",
        },
        Outcome.REPEAT: {
            "earlier": EarlierReply(number="抚县政公〔2020〕1号", date=date(2020, 5, 6)),
            "unchanged": True,
        },
        Outcome.SPECIAL_REGIME: {
            "norm": "不动产登记暂行条例",
            "norm_level": NormLevel.ADMINISTRATIVE_REGULATION,
            "norm_article": "第二十七条",
            "window": "县不动产登记中心查询窗口",
        },
        Outcome.NEEDS_PROCESSING: {
            "reason": "没有现成的汇总",
            "processing": "须从三百份合同中逐份统计",
        },
        Outcome.STILL_UNCLEAR: {"reason": "补正后仍不能确定是哪一份文件"},
        Outcome.PETITION: {"reason": "要求查处村干部，不指向信息"},
        Outcome.PUBLICATION: {"where": "《抚顺年鉴2019》，县图书馆可借阅"},
        Outcome.EXCESSIVE: {"reason": "一年内第四十次申请同类信息，未说明理由"},
        Outcome.REISSUE: {
            "earlier": EarlierReply(number="抚县政公〔2020〕1号", date=date(2020, 5, 6)),
            "reason": "申请人已取得该文件，要求重新盖章",
        },
        Outcome.NOT_GOVERNMENT_INFORMATION: {
            "category": NotInformationCategory.CONSULTATION,
            "reason": "询问政策如何适用，没有记录在任何载体上",
        },
        Outcome.ARCHIVES: {"where": "抚顺县档案馆", "reason": "2010年已依法移交县档案馆"},
    }
)


def a_consultation(number: int = 1, **said: Any) -> Consultation:
    """Return a consultation on item 1 that ended in silence; ``said`` changes it."""
    silent: dict[str, Any] = {
        "kind": ConsultationKind.THIRD_PARTY,
        "party": "某某建设有限公司",
        "items": (1,),
        "sent_on": date(2020, 9, 21),
        "received_on": date(2020, 9, 23),
        "expired_on": date(2020, 10, 21),
    }
    return Consultation(number=number, **{**silent, **said})


def answered(opinion: Opinion, **said: Any) -> Consultation:
    """Return a consultation that was answered in time."""
    return a_consultation(opinion=opinion, answered_on=date(2020, 10, 9), expired_on=None, **said)


def ended(how: EndHow, **said: Any) -> Consultation:
    """Return a consultation that was ended before its period."""
    return a_consultation(how=how, ended_on=date(2020, 10, 9), expired_on=None, **said)


def a_search(**said: Any) -> Search:
    """Return a search for item 1 in two places by three keywords."""
    done: dict[str, Any] = {
        "on": date(2020, 9, 20),
        "by": OFFICER,
        "items": (1,),
        "places": ("办公系统", "档案室"),
        "keywords": ("补偿安置", "征地", "2019 某村"),
        "methods": ("全文检索",),
        "result": "没有",
        "clues": (),
    }
    return Search(**{**done, **said})


def a_case(**changes: Any) -> Case:
    """Return a case with one item in which everything that any outcome needs has been done."""
    case = Case(
        number="2020-1",
        agency="fushun-county-office",
        state=State.PROCESSING,
        channel=Channel.IN_PERSON,
        on=RECEIVED,
        received_on=RECEIVED,
        applicants=(Applicant(kind=ApplicantKind.NATURAL_PERSON, name="王某"),),
        items=(Item(title="2019年某村征地补偿安置方案"),),
        last_on=TODAY,
        correction=Correction(
            asked_on=date(2020, 9, 18),
            matters=("文件名称",),
            working_days=15,
            answered_on=date(2020, 9, 21),
        ),
        consultations=(a_consultation(),),
        explanation=Explanation(
            asked_on=date(2020, 9, 20),
            reason="次数过多",
            working_days=5,
            expired_on=date(2020, 9, 30),
        ),
        searches=(a_search(),),
    )
    return replace(case, **changes)


def items(*changes: Mapping[str, Any]) -> tuple[Item, ...]:
    """Return one item for each of ``changes``."""
    return tuple(Item(**{"title": f"第{n}份文件", **one}) for n, one in enumerate(changes, 1))


def a_world(**changes: Any) -> World:
    """Return the world of the county's government office on the day of the draft."""
    world = World(
        calendar=calendar(),
        agency=Agency(
            key="fushun-county-office",
            name="抚顺县人民政府",
            kind=AgencyKind.COUNTY_GOVERNMENT,
            code="抚县政公",
            disclosure_office="抚顺县人民政府办公室",
        ),
        policy=Policy(topics={"epidemic": Topic(label="疫情", presume_disclosure=True)}),
        today=TODAY,
    )
    return replace(world, **changes)


def evidence_for(*grounds: Ground, **changes: Any) -> Evidence:
    """Return valid evidence for ``grounds``; ``changes`` apply to the first."""
    found = {ground.value: EVIDENCE[ground] for ground in grounds}
    if changes:
        found[grounds[0].value] = replace(found[grounds[0].value], **changes)
    return Evidence(**found)


def withheld(
    *grounds: Ground, label: str = "附表", reason: str = REASON, **changes: Any
) -> Passage:
    """Return a passage withheld on ``grounds``; ``changes`` spoil the evidence of the first."""
    return Passage(
        label=label,
        disclose=False,
        grounds=grounds,
        evidence=evidence_for(*grounds, **changes),
        reason=reason,
    )


def given(*grounds: Ground, label: str = "正文", **changes: Any) -> Passage:
    """Return a passage that is given, with grounds that were considered."""
    return replace(withheld(*grounds, label=label, **changes), disclose=True)


def decide(outcome: Outcome, *passages: Passage, item: int = 1, **changes: Any) -> Decision:
    """Return the complete decision of this outcome; ``changes`` spoil it."""
    content = {**COMPLETE[outcome], **changes}
    return Decision(item=item, outcome=outcome, passages=passages, **content)


def complete(outcome: Outcome, **changes: Any) -> Decision:
    """Return the complete decision with the passages that this outcome must have."""
    secret = withheld(Ground.STATE_SECRET)
    passages = {Outcome.PARTLY_DISCLOSE: (given(), secret), Outcome.WITHHOLD: (secret,)}
    return decide(outcome, *passages.get(outcome, ()), **changes)


def partly(*passages: Passage, item: int = 1) -> Decision:
    """Return a partial disclosure that gives the text and treats ``passages`` as they say."""
    return decide(Outcome.PARTLY_DISCLOSE, given(), *passages, item=item)


def findings(
    decisions: Decision | Sequence[Decision], case: Case | None = None, world: World | None = None
) -> tuple[Finding, ...]:
    """Run the check."""
    draft = (decisions,) if isinstance(decisions, Decision) else tuple(decisions)
    return check(case or a_case(), draft, world or a_world())


def codes(found: Sequence[Finding], severity: Severity | None = None) -> list[str]:
    """Return the codes of what was found, of one severity or of all."""
    return [f.code for f in found if severity in {None, f.severity}]


def blocks(found: Sequence[Finding]) -> list[str]:
    """Return the codes of what refuses the draft."""
    return codes(found, Severity.BLOCK)


def warns(found: Sequence[Finding]) -> list[str]:
    """Return the codes of what only reminds."""
    return codes(found, Severity.WARN)


def an_authorization(ground: Ground, label: str = "附表", item: int = 1) -> Authorization:
    """Return the head's leave to use ``ground``."""
    return Authorization(item=item, label=label, ground=ground, reasons="必要", by=HEAD, on=TODAY)


def reopened(*decisions: Decision, on_merits: bool = True, void: bool = False) -> Case:
    """Return a case whose reply with ``decisions`` was sent, undone, and is to be made again."""
    draft = Draft(decisions=decisions, digest="", by=OFFICER, on=date(2020, 9, 28))
    reply = Reply(
        draft=draft, issued_on=date(2020, 9, 29), void_on=date(2020, 9, 29) if void else None
    )
    reopening = Reopening(
        on=date(2020, 10, 20),
        cause=ReopenCause.REVIEW_DECISION,
        due_on=date(2020, 11, 20),
        items=(1,),
        on_merits=on_merits,
    )
    return a_case(replies=(reply,), reopenings=(reopening,))
