"""The words of the process: each has a stored value and the label officers read."""

from rules.words import Labelled


class State(Labelled):
    """Where a request stands. Values are stored: never rename one."""

    AWAITING_CONFIRMATION = "awaiting_confirmation", "待确认收到"
    RECEIVED = "received", "待受理"
    AWAITING_CORRECTION = "awaiting_correction", "待补正"
    PROCESSING = "processing", "办理中"
    CONSULTING = "consulting", "征求意见中"
    AWAITING_EXPLANATION = "awaiting_explanation", "待说明理由"
    AWAITING_PAYMENT = "awaiting_payment", "待缴费"
    IN_REVIEW = "in_review", "审核中"
    AWAITING_APPROVAL = "awaiting_approval", "待审批"
    APPROVED = "approved", "待制发"
    ISSUED = "issued", "待送达"
    REPLIED = "replied", "已答复"
    CLOSED = "closed", "已办结"
    ARCHIVED = "archived", "已归档"


#: Before the reply has gone out and before the case has ended in another way.
OPEN = frozenset(State) - {State.REPLIED, State.CLOSED, State.ARCHIVED}

#: Open states without a reply clock: nothing is received yet, or it is the applicant's turn.
NO_REPLY_CLOCK = frozenset(
    {State.AWAITING_CONFIRMATION, State.AWAITING_CORRECTION, State.AWAITING_PAYMENT}
)


class Role(Labelled):
    """What a person may do in a case of their agency; ``system`` is the sweep."""

    OFFICER = "officer", "经办人"
    REVIEWER = "reviewer", "审核人"
    HEAD = "head", "负责人"
    SUPERVISOR = "supervisor", "主管部门"
    SYSTEM = "system", "系统"


class Channel(Labelled):
    """How the request came in (art. 31)."""

    IN_PERSON = "in_person", "当面提交"
    ORAL = "oral", "口头提出"
    REGISTERED_MAIL = "registered_mail", "挂号信等需签收的邮寄"
    ORDINARY_MAIL = "ordinary_mail", "平常信函"
    INTERNET = "internet", "互联网"
    FAX = "fax", "传真"
    EMAIL = "email", "电子邮件"
    OTHER = "other", "其他渠道"


#: Channels whose day of receipt is the day itself; all others must be confirmed with the applicant.
RECEIVED_AT_ONCE = frozenset({Channel.IN_PERSON, Channel.ORAL, Channel.REGISTERED_MAIL})


class Delivery(Labelled):
    """How the applicant wishes to get the reply (art. 29)."""

    POST = "post", "邮寄"
    IN_PERSON = "in_person", "当面领取"
    ELECTRONIC = "electronic", "电子送达"
    PICKUP = "pickup", "自行领取"


class Form(Labelled):
    """In which form the applicant wants the information (arts 29, 40)."""

    PAPER = "paper", "纸质"
    ELECTRONIC = "electronic", "电子"
    INSPECT = "inspect", "查阅"
    COPY = "copy", "抄录"


class ApplicantKind(Labelled):
    """The applicant columns of table three of the annual report."""

    NATURAL_PERSON = "natural_person", "自然人"
    COMMERCIAL_ENTERPRISE = "commercial_enterprise", "商业企业"
    RESEARCH_INSTITUTION = "research_institution", "科研机构"
    PUBLIC_WELFARE_ORGANIZATION = "public_welfare_organization", "社会公益组织"
    LEGAL_SERVICES = "legal_services", "法律服务机构"
    OTHER_ORGANIZATION = "other_organization", "其他组织"


class AgentKind(Labelled):
    """In which capacity somebody acts for the applicant."""

    LAWYER = "lawyer", "律师"
    PROXY = "proxy", "委托代理人"
    GUARDIAN = "guardian", "监护人"
    LEGAL_REPRESENTATIVE = "legal_representative", "法定代表人"


class ConsultationKind(Labelled):
    """Who is asked: a third party (32), a joint maker (34), another agency (11, 33)."""

    THIRD_PARTY = "third_party", "第三方"
    JOINT_MAKER = "joint_maker", "共同制作机关"
    OTHER_AGENCY = "other_agency", "其他机关"


class Opinion(Labelled):
    """What the party that was asked says."""

    CONSENT = "consent", "同意公开"
    OBJECT = "object", "不同意公开"
    PARTIAL = "partial", "部分同意公开"


class EndHow(Labelled):
    """How a consultation ends without an opinion and before its period."""

    WITHDRAWN = "withdrawn", "撤回征求意见"
    UNDELIVERABLE = "undeliverable", "无法送达"


class SendMethod(Labelled):
    """How the reply leaves the agency (国办公开办函〔2016〕235号)."""

    POST = "post", "邮寄"
    IN_PERSON = "in_person", "当面送达"
    VIA_AGENCY = "via_agency", "委托其他行政机关代为送达"
    ELECTRONIC = "electronic", "电子送达"
    PICKUP = "pickup", "申请人领取"


#: Methods where the addressee signs on the spot: the signature is the proof of service.
SIGNED_ON_THE_SPOT = frozenset({SendMethod.IN_PERSON, SendMethod.VIA_AGENCY, SendMethod.PICKUP})


class DeliveryResult(Labelled):
    """What became of a paper that was sent."""

    DELIVERED = "delivered", "已送达"
    RETURNED = "returned", "退回"
    REFUSED = "refused", "拒收"
    UNREACHABLE = "unreachable", "无法联系"


class ChallengeKind(Labelled):
    """The three groups of table four."""

    RECONSIDERATION = "reconsideration", "行政复议"
    LITIGATION = "litigation", "行政诉讼（未经复议直接起诉）"
    LITIGATION_AFTER_RECONSIDERATION = "litigation_after_reconsideration", "行政诉讼（复议后起诉）"


class ChallengeResult(Labelled):
    """What the reviewing body or the court actually decided."""

    UPHELD = "upheld", "维持"
    REJECTED = "rejected", "驳回"
    REVOKED = "revoked", "撤销"
    CHANGED = "changed", "变更"
    DECLARED_UNLAWFUL = "declared_unlawful", "确认违法"
    ORDERED_TO_ACT = "ordered_to_act", "责令履行"
    DISMISSED = "dismissed", "不予受理或者驳回起诉"
    WITHDRAWN = "withdrawn", "撤回"
    MEDIATED = "mediated", "调解"


class ReopenCause(Labelled):
    """Why an answered or closed case is taken up again."""

    REVIEW_DECISION = "review_decision", "行政复议决定"
    JUDGMENT = "judgment", "人民法院判决"
    SUPERVISION = "supervision", "主管部门督促"
    OWN_MOTION = "own_motion", "自行纠正"
    REASSESSMENT = "reassessment", "定期评估审查"
    LATE_CORRECTION = "late_correction", "逾期补正有正当理由"


class AmendHow(Labelled):
    """What the applicant does to the request."""

    NARROW = "narrow", "缩小范围"
    ADD = "add", "增加内容"
    REPLACE = "replace", "替换内容"


class Reassessment(Labelled):
    """What the periodic look at withheld information finds (art. 18)."""

    KEEP = "keep", "仍不予公开"
    DISCLOSE = "disclose", "可以公开"


class CloseReason(Labelled):
    """Why a case ended without a reply."""

    CORRECTION_OVERDUE = "correction_overdue", "逾期不补正，视为放弃"
    PAYMENT_OVERDUE = "payment_overdue", "逾期未缴费，视为放弃"
    WITHDRAWN = "withdrawn", "申请人撤回"
    TERMINATED = "terminated", "终止办理"
    MISDIRECTED = "misdirected", "误投转出"


class Severity(Labelled):
    """How much a finding weighs: only ``block`` refuses a draft."""

    BLOCK = "block", "不得通过"
    WARN = "warn", "提醒"
    INFO = "info", "说明"


class SecrecyLevel(Labelled):
    """Level of a state secret (保守国家秘密法)."""

    TOP_SECRET = "top_secret", "绝密"
    SECRET = "secret", "机密"
    CONFIDENTIAL = "confidential", "秘密"


class SecrecyAuthority(Labelled):
    """Where the classification comes from; a county agency has no original power of its own."""

    DERIVATIVE = "derivative", "派生定密"
    DELEGATED = "delegated", "书面授权定密"


class SafetyInterest(Labelled):
    """The four interests of art. 14 that stand beside secrecy (三安全一稳定)."""

    NATIONAL_SECURITY = "national_security", "国家安全"
    PUBLIC_SECURITY = "public_security", "公共安全"
    ECONOMIC_SECURITY = "economic_security", "经济安全"
    SOCIAL_STABILITY = "social_stability", "社会稳定"


class ThirdPartyInterestKind(Labelled):
    """Which lawful interest of a third party besides secrecy and privacy (art. 15 "等")."""

    PERSONAL_INFORMATION = "personal_information", "个人信息"
    COPYRIGHT = "copyright", "著作权"
    BUSINESS_INFORMATION = "business_information", "经营信息"
    OTHER = "other", "其他合法权益"


class InternalCategory(Labelled):
    """The three kinds of internal affairs (art. 16.1)."""

    PERSONNEL = "personnel", "人事管理"
    LOGISTICS = "logistics", "后勤管理"
    INTERNAL_WORKFLOW = "internal_workflow", "内部工作流程"


class DeliberativeCategory(Labelled):
    """The four kinds of deliberative information (art. 16.2)."""

    DISCUSSION_RECORD = "discussion_record", "讨论记录"
    DRAFT = "draft", "过程稿"
    CONSULTATION_LETTER = "consultation_letter", "磋商信函"
    REQUEST_AND_REPORT = "request_and_report", "请示报告"


class NotInformationCategory(Labelled):
    """Why something asked for is not government information (art. 2)."""

    CONSULTATION = "consultation", "咨询"
    PARTY_AFFAIRS = "party_affairs", "党务信息"
    JUDICIAL_OR_CRIMINAL = "judicial_or_criminal", "司法或者刑事司法信息"
    CIVIL_ACT = "civil_act", "民事行为形成的信息"
    PUBLIC_INSTITUTION = "public_institution", "公共企事业单位信息"
    NOT_A_RECORD = "not_a_record", "未以一定形式记录、保存的信息"
