"""The grounds of articles 14 to 16: when each is valid for the passage for which it is claimed."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rules.norms import cite_norm
from rules.words import Force, Ground, NormLevel
from workflow.decision import Deliberative, EnforcementFile, InternalAffairs
from workflow.findings import Finding
from workflow.objections import OR_DISCLOSE, Claim, Need, said
from workflow.third_parties import Interest, objections, relied_on

#: 法律、行政法规: what article 14 and article 36(7) mean by a norm.
HIGH_ENOUGH: Final = frozenset({NormLevel.LAW, NormLevel.ADMINISTRATIVE_REGULATION})

#: What must be said for each ground; what it must say is in the functions below.
NEEDS: Final[Mapping[Ground, tuple[Need, ...]]] = MappingProxyType(
    {
        Ground.STATE_SECRET: (
            Need("level", "密级", "X03"),
            Need("mark", "国家秘密标志或者书面定密通知", "X03"),
            Need("authority", "定密权限（派生定密或者书面授权）", "X03"),
            Need("source", "定密依据的来源", "X03"),
            Need("expires_on", "保密期限届满之日", "X03"),
        ),
        Ground.PROHIBITED_BY_LAW: (
            Need("norm", "禁止公开的法律或者行政法规的名称", "X05"),
            Need("norm_level", "该规范的层级", "X05"),
            Need("norm_article", "禁止公开的具体条款", "X05"),
            Need("matching", "该条款与本部分内容的逐项比对", "X05"),
        ),
        Ground.PUBLIC_SAFETY: (
            Need("interest", "危及的是国家安全、公共安全、经济安全、社会稳定中的哪一项", "X06"),
            Need("harm", "公开会引起的具体后果", "X06"),
        ),
        Ground.TRADE_SECRET: (Need("secrecy_finding", "本机关对是否构成商业秘密的认定", "X09"),),
        Ground.PERSONAL_PRIVACY: (
            Need("privacy_finding", "本机关对是否构成个人隐私的认定", "X09"),
        ),
        Ground.THIRD_PARTY_INTEREST: (
            Need("interest", "权益的种类", "X09"),
            Need("basis", "保护该权益的法律依据", "X09"),
            Need("harm", "公开会给第三方造成的损害", "X09"),
        ),
        Ground.INTERNAL_AFFAIRS: (
            Need("category", "属于人事管理、后勤管理、内部工作流程中的哪一类", "X11"),
            Need("no_external_effect", "对外是否产生影响", "X11"),
        ),
        Ground.DELIBERATIVE: (
            Need("category", "属于讨论记录、过程稿、磋商信函、请示报告中的哪一类", "X12"),
            Need("process_finished", "相应的行政过程是否已经结束", "X12"),
            Need("harm", "公开会造成的妨害", "X12"),
        ),
        Ground.ENFORCEMENT_FILE: (
            Need("case_number", "执法案件编号", "X14"),
            Need("index_entry", "卷内目录的条目", "X14"),
            Need("result_document", "是否为处罚决定等结果文书", "X14"),
        ),
    }
)

#: The smaller interference to offer where a ground does not carry the whole passage.
NARROWER: Final[Mapping[Ground, str]] = MappingProxyType(
    {
        Ground.STATE_SECRET: "只遮盖标明的密点，其余提供；期限将满的，告知解密后提供的时间。",
        Ground.PROHIBITED_BY_LAW: "只遮盖该条款禁止的内容，其余提供。",
        Ground.PUBLIC_SAFETY: "只遮盖会引起后果的细节；或者待风险消除后提供；或者安排查阅。",
        Ground.TRADE_SECRET: "遮蔽价格、工艺等要素后提供其余部分。",
        Ground.PERSONAL_PRIVACY: "遮蔽姓名、证件号码、电话、住址、账号后提供。",
        Ground.THIRD_PARTY_INTEREST: "遮蔽可识别第三方的名称和号码后提供；涉及著作权的，安排查阅。",
        Ground.INTERNAL_AFFAIRS: "提供对外适用的部分，只遮盖纯内部的安排。",
        Ground.DELIBERATIVE: "把事实材料与意见分开，提供事实部分；或者过程结束后提供。",
        Ground.ENFORCEMENT_FILE: "提供结果文书；当事人、利害关系人告知阅卷途径。",
    }
)
NARROWER_IN_GENERAL: Final = (
    "遮蔽姓名和号码、把事实与意见分开、延后提供、安排查阅，或者只提供其中一部分。"
)


def findings_on(claim: Claim) -> tuple[Finding, ...]:
    """Return everything to be said about a claim; those that block make the ground invalid."""
    return (
        *_unreasoned(claim),
        *_unsaid(claim),
        *_SPECIAL[claim.ground](claim),
        *(_discretion(claim) if claim.rule.force is Force.DISCRETIONARY else ()),
    )


def _unreasoned(claim: Claim) -> Iterator[Finding]:
    # A reason explains a refusal and exercises a discretion. A secret that is given is one without.
    if claim.passage.disclose and claim.rule.force is not Force.DISCRETIONARY:
        return
    if not said(claim.passage.reason):
        yield claim.whole.block(
            "reason_missing",
            "不予公开，没有说明理由。",
            f"请写明事实理由（reason），不能只写条文；{OR_DISCLOSE}",
            rule="X01",
        )


def _unsaid(claim: Claim) -> Iterator[Finding]:
    evidence = getattr(claim.evidence, claim.ground.value)
    for need in NEEDS[claim.ground]:
        if not said(getattr(evidence, need.key)):
            # X08: after silence nothing but the agency's own finding can carry the ground.
            yield claim.lacks(need, rule="X08" if need.rule == "X09" and _silent(claim) else "")


def _silent(claim: Claim) -> bool:
    evidence: Interest = getattr(claim.evidence, claim.ground.value)
    return any(consultation.silent for consultation in relied_on(claim, evidence))


def _state_secret(claim: Claim) -> Iterator[Finding]:
    evidence, today = claim.evidence.state_secret, claim.world.today
    if evidence.expires_on and evidence.expires_on < today:
        basis = cite_norm("state_secrets_law", "declassification", today).text
        yield claim.defect(
            "secrecy_expired",
            f"但保密期限已满，依{basis}自行解密。",
            "期限已依法延长的，请补充新的届满之日和文件；",
            rule="X04",
        )
    if evidence.classified_on and evidence.classified_on > claim.received_on:
        yield claim.warn(
            "classified_after_request",
            "定密日期晚于收到申请之日，属于事后定密。",
            "请核对定密日期和依据；为答复申请而补定的密级在复议、诉讼中不被认可。",
            rule="X03",
        )


def _prohibited_by_law(claim: Claim) -> Iterator[Finding]:
    level = claim.evidence.prohibited_by_law.norm_level
    if level and level not in HIGH_ENOUGH:
        yield claim.defect(
            "norm_level_too_low",
            f"但所引规范是{level.label}，第十四条只认法律、行政法规。",
            "请改引禁止公开的法律或者行政法规；",
            rule="X05",
        )


def _public_safety(claim: Claim) -> Iterator[Finding]:
    evidence = claim.evidence.public_safety
    if not (said(evidence.opinion_of) or said(evidence.internal_review)):
        yield claim.defect(
            "safety_review_missing",
            "没有主管部门的意见，也没有内部审查记录。",
            "请补充主管部门（opinion_of）或者内部审查记录（internal_review）；",
            rule="X06",
        )


def _trade_secret(claim: Claim) -> Iterator[Finding]:
    return objections(claim, claim.evidence.trade_secret)


def _personal_privacy(claim: Claim) -> Iterator[Finding]:
    return objections(claim, claim.evidence.personal_privacy)


def _third_party_interest(claim: Claim) -> Iterator[Finding]:
    return objections(claim, claim.evidence.third_party_interest)


def _internal_affairs(claim: Claim) -> Iterator[Finding]:
    evidence = claim.evidence.internal_affairs
    if evidence.no_external_effect is False:
        yield claim.defect(
            "external_effect",
            "但该内容对外产生影响，不是内部事务。",
            "作为对外管理依据的内部文件、纪要应当公开；",
            rule="X11",
        )
    yield from _overridden(claim, evidence, "X11")


def _deliberative(claim: Claim) -> Iterator[Finding]:
    evidence = claim.evidence.deliberative
    if evidence.final_act:
        yield claim.defect(
            "final_act",
            "但该内容是批复、决定本身，不是过程性信息。",
            "批复、决定作出后应当公开；其起草、讨论材料可以另列；",
            rule="X12",
        )
    if evidence.process_finished:
        yield from _finished(claim, evidence)
    yield from _overridden(claim, evidence, "X12")


def _finished(claim: Claim, evidence: Deliberative) -> Iterator[Finding]:
    if not said(evidence.why_still):
        yield claim.lacks(Need("why_still", "行政过程结束后为何仍不公开", "X12"))
    if evidence.finished_on is None:
        yield claim.warn(
            "finished_on_missing",
            "没有写明行政过程结束的日期。",
            "请补充结束日期（finished_on），复议、诉讼中会被问到。",
            rule="X12",
        )


def _enforcement_file(claim: Claim) -> Iterator[Finding]:
    evidence = claim.evidence.enforcement_file
    if evidence.result_document:
        yield claim.defect(
            "result_document",
            "但该内容是处罚决定等结果文书，不是案卷信息。",
            "结果文书应当公开，其中的个人信息可以遮蔽；",
            rule="X14",
        )
    yield from _overridden(claim, evidence, "X14")


def _overridden(
    claim: Claim, evidence: InternalAffairs | Deliberative | EnforcementFile, rule: str
) -> Iterator[Finding]:
    if not evidence.override_checked:
        yield claim.defect(
            "override_not_checked",
            "没有核对法律、法规、规章是否要求公开。",
            "请核对并记录（override_checked、override）；",
            rule=rule,
        )
    if any(override.applies for override in evidence.override):
        yield claim.defect(
            "override_applies",
            "但有法律、法规、规章要求公开，从其规定。",
            "请改为公开；该规定不适用的，更正（override.applies）并说明原因（why）；",
            rule="X13",
        )
    if any(not override.applies and not said(override.why) for override in evidence.override):
        yield claim.warn(
            "override_unexplained",
            "列出了可能要求公开的规定，没有说明为何不适用。",
            "请补充不适用的原因（override.why）。",
            rule="X13",
        )


def _discretion(claim: Claim) -> Iterator[Finding]:
    if claim.item.proactive:
        yield claim.defect(
            "proactive_item",
            "但本事项属于应当主动公开的信息，不适用第十六条。",
            "请改为提供或者告知获取途径；确有第十四条、第十五条情形的，改引该条并举证；",
            rule="X15",
        )
    if claim.presumed_open and not claim.authorized:
        yield claim.defect(
            "topic_presumes_disclosure",
            "但本案主题推定最大限度公开，裁量性理由须经负责人批准。",
            "请负责人 authorize_ground；",
        )


_SPECIAL: Final[Mapping[Ground, Callable[[Claim], Iterator[Finding]]]] = MappingProxyType(
    {
        Ground.STATE_SECRET: _state_secret,
        Ground.PROHIBITED_BY_LAW: _prohibited_by_law,
        Ground.PUBLIC_SAFETY: _public_safety,
        Ground.TRADE_SECRET: _trade_secret,
        Ground.PERSONAL_PRIVACY: _personal_privacy,
        Ground.THIRD_PARTY_INTEREST: _third_party_interest,
        Ground.INTERNAL_AFFAIRS: _internal_affairs,
        Ground.DELIBERATIVE: _deliberative,
        Ground.ENFORCEMENT_FILE: _enforcement_file,
    }
)
