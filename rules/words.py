"""The words of the law: stored value and Chinese label, side by side."""

from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A stored value with its Chinese label; values are a contract with stored cases."""

    label: str

    # A default, so that type checkers accept looking a member up by its value alone.
    def __new__(cls, value: str, label: str = "") -> Self:
        """Keep ``value`` as the member's text and ``label`` beside it."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class Ground(Labelled):
    """不予公开的理由: a ground of articles 14 to 16."""

    STATE_SECRET = "state_secret", "国家秘密"
    PROHIBITED_BY_LAW = "prohibited_by_law", "法律、行政法规禁止公开"
    PUBLIC_SAFETY = "public_safety", "危及“三安全一稳定”"
    TRADE_SECRET = "trade_secret", "商业秘密"
    PERSONAL_PRIVACY = "personal_privacy", "个人隐私"
    THIRD_PARTY_INTEREST = "third_party_interest", "其他第三方合法权益"
    INTERNAL_AFFAIRS = "internal_affairs", "内部事务信息"
    DELIBERATIVE = "deliberative", "过程性信息"
    ENFORCEMENT_FILE = "enforcement_file", "行政执法案卷信息"


class Outcome(Labelled):
    """答复类型: what the agency decides on one item of a request."""

    DISCLOSE = "disclose", "予以公开"
    ALREADY_PUBLIC = "already_public", "已主动公开"
    PARTLY_DISCLOSE = "partly_disclose", "部分公开"
    WITHHOLD = "withhold", "不予公开"
    NOT_HELD = "not_held", "信息不存在"
    OTHER_AGENCY = "other_agency", "非本机关负责公开"
    REPEAT = "repeat", "不予重复处理"
    SPECIAL_REGIME = "special_regime", "依照特别规定办理"
    NEEDS_PROCESSING = "needs_processing", "需加工、分析，不予提供"
    STILL_UNCLEAR = "still_unclear", "补正后仍不明确"
    PETITION = "petition", "信访、投诉、举报，不作为申请处理"
    PUBLICATION = "publication", "公开出版物"
    EXCESSIVE = "excessive", "数量、频次明显超过合理范围，不予处理"
    REISSUE = "reissue", "要求确认或者重新出具已获取信息"
    NOT_GOVERNMENT_INFORMATION = "not_government_information", "不属于政府信息"
    ARCHIVES = "archives", "已移交国家档案馆"


class Force(Labelled):
    """How far a ground binds the agency."""

    MANDATORY = "mandatory", "应当不予公开"
    CONDITIONAL = "conditional", "附条件不得公开"
    DISCRETIONARY = "discretionary", "可以不予公开"


class AgencyKind(Labelled):
    """机关类别: decides the review body."""

    COUNTY_GOVERNMENT = "county_government", "县级人民政府"
    DEPARTMENT = "department", "人民政府工作部门"
    TOWNSHIP = "township", "乡镇人民政府"
    VERTICAL = "vertical", "垂直领导机关"
    DISPATCHED_OFFICE = "dispatched_office", "派出机构"
    AUTHORIZED_ORGANIZATION = "authorized_organization", "法律、法规授权的组织"


class NormLevel(Labelled):
    """规范层级, from the highest down."""

    LAW = "law", "法律"
    ADMINISTRATIVE_REGULATION = "administrative_regulation", "行政法规"
    LOCAL_REGULATION = "local_regulation", "地方性法规"
    DEPARTMENTAL_RULE = "departmental_rule", "部门规章"
    LOCAL_GOVERNMENT_RULE = "local_government_rule", "地方政府规章"
    NORMATIVE_DOCUMENT = "normative_document", "规范性文件"


class RemedyClass(Labelled):
    """救济类别: what the remedy paragraph must say."""

    REVIEW_FIRST = "review_first", "复议前置"
    OPTIONAL = "optional", "复议或者诉讼"
    NONE = "none", "无"


class FeeBasis(Labelled):
    """信息处理费的计收方式; never both for one request."""

    PIECES = "pieces", "按件"
    PAGES = "pages", "按量"
