"""What an officer decides: outcomes, passages, the grounds claimed for them and their evidence."""

import datetime as dt
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from rules.words import Ground, NormLevel, Outcome
from workflow.personal import personal
from workflow.vocabulary import (
    DeliberativeCategory,
    InternalCategory,
    NotInformationCategory,
    SafetyInterest,
    SecrecyAuthority,
    SecrecyLevel,
    ThirdPartyInterestKind,
)

#: Read by the shell's pydantic adapter: a key that no dataclass names is an error, never dropped.
FORBID_UNKNOWN: Final = {"extra": "forbid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A norm that might order publication of what art. 16 lets agencies keep (16.2, at the end)."""

    __pydantic_config__ = FORBID_UNKNOWN

    norm: str = ""
    article: str = ""
    applies: bool = False
    why: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSecret:
    """Evidence for 国家秘密 (14). Never text, title or copy: this is a non-classified system."""

    __pydantic_config__ = FORBID_UNKNOWN

    level: SecrecyLevel | None = None
    mark: str = ""
    authority: SecrecyAuthority | None = None
    source: str = ""
    custodian: str = ""
    classified_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProhibitedByLaw:
    """Evidence for 法律、行政法规禁止公开 (art. 14)."""

    __pydantic_config__ = FORBID_UNKNOWN

    norm: str = ""
    norm_level: NormLevel | None = None
    norm_article: str = ""
    matching: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicSafety:
    """Evidence for 三安全一稳定 (art. 14)."""

    __pydantic_config__ = FORBID_UNKNOWN

    interest: SafetyInterest | None = None
    harm: str = personal()
    opinion_of: str = ""
    internal_review: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeSecret:
    """Evidence for 商业秘密 (arts 15, 32)."""

    __pydantic_config__ = FORBID_UNKNOWN

    consultation: int | None = None
    secrecy_finding: str = personal()
    objection_assessed: str = personal()
    public_interest: str = personal()
    public_interest_overrides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalPrivacy:
    """Evidence for 个人隐私 (arts 15, 32)."""

    __pydantic_config__ = FORBID_UNKNOWN

    privacy_finding: str = personal()
    masking_suffices: bool = False
    consultation: int | None = None
    objection_assessed: str = personal()
    public_interest: str = personal()
    public_interest_overrides: bool = False
    subject_is_applicant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ThirdPartyInterest:
    """Evidence for another lawful interest of a third party (art. 15 "等")."""

    __pydantic_config__ = FORBID_UNKNOWN

    interest: ThirdPartyInterestKind | None = None
    basis: str = personal()
    harm: str = personal()
    masking_suffices: bool = False
    consultation: int | None = None
    objection_assessed: str = personal()
    public_interest: str = personal()
    public_interest_overrides: bool = False
    subject_is_applicant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InternalAffairs:
    """Evidence for 内部事务信息 (art. 16.1)."""

    __pydantic_config__ = FORBID_UNKNOWN

    category: InternalCategory | None = None
    no_external_effect: bool | None = None
    override_checked: bool = False
    override: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliberative:
    """Evidence for 过程性信息 (art. 16.2)."""

    __pydantic_config__ = FORBID_UNKNOWN

    category: DeliberativeCategory | None = None
    final_act: bool = False
    process_finished: bool | None = None
    finished_on: date | None = None
    why_still: str = personal()
    override_checked: bool = False
    override: tuple[Override, ...] = ()
    harm: str = personal()


@dataclass(frozen=True, slots=True, kw_only=True)
class EnforcementFile:
    """Evidence for 行政执法案卷信息 (art. 16.2)."""

    __pydantic_config__ = FORBID_UNKNOWN

    case_number: str = personal()
    index_entry: str = personal()
    result_document: bool | None = None
    override_checked: bool = False
    override: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is on file for each ground that is claimed for a passage."""

    __pydantic_config__ = FORBID_UNKNOWN

    state_secret: StateSecret = field(default_factory=StateSecret)
    prohibited_by_law: ProhibitedByLaw = field(default_factory=ProhibitedByLaw)
    public_safety: PublicSafety = field(default_factory=PublicSafety)
    trade_secret: TradeSecret = field(default_factory=TradeSecret)
    personal_privacy: PersonalPrivacy = field(default_factory=PersonalPrivacy)
    third_party_interest: ThirdPartyInterest = field(default_factory=ThirdPartyInterest)
    internal_affairs: InternalAffairs = field(default_factory=InternalAffairs)
    deliberative: Deliberative = field(default_factory=Deliberative)
    enforcement_file: EnforcementFile = field(default_factory=EnforcementFile)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A part of a record (pages, paragraphs, fields, or the whole) and what is done with it."""

    __pydantic_config__ = FORBID_UNKNOWN

    label: str
    disclose: bool
    grounds: tuple[Ground, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    reason: str = personal()
    #: Personal data collected for epidemic control; if given: unmasked and without consent.
    epidemic_personal_data: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReply:
    """The earlier reply or supply that a repeated request refers to."""

    __pydantic_config__ = FORBID_UNKNOWN

    number: str = ""
    date: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What is answered to one item; what each outcome needs is in process.md 5.1."""

    __pydantic_config__ = FORBID_UNKNOWN

    item: int
    outcome: Outcome
    provide: str = personal()
    where: str = ""
    agency: str = ""
    agency_contact: str = ""
    agency_unknown: bool = False
    earlier: EarlierReply = field(default_factory=EarlierReply)
    unchanged: bool | None = None
    norm: str = ""
    norm_level: NormLevel | None = None
    norm_article: str = ""
    window: str = ""
    processing: str = personal()
    category: NotInformationCategory | None = None
    reason: str = personal()
    separable: bool | None = None
    separability_reason: str = personal()
    when: str = ""
    passages: tuple[Passage, ...] = ()

    @property
    def withheld(self) -> tuple[Passage, ...]:
        """The passages that are not given."""
        return tuple(p for p in self.passages if not p.disclose)

    @property
    def given(self) -> tuple[Passage, ...]:
        """The passages that are given."""
        return tuple(p for p in self.passages if p.disclose)
