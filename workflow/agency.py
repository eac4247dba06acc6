"""Who acts: the agency that answers in its own name, its bodies as dated lists, its policies."""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from rules.words import AgencyKind
from workflow.decision import FORBID_UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedName:
    """A body named for a span of days (both ends included; no ``until`` means still so)."""

    __pydantic_config__ = FORBID_UNKNOWN

    name: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether this entry is the right one on ``day``."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agency:
    """机关: a legal subject that answers in its own name.

    ``review_bodies`` may hold several entries for one day where the applicant has the choice.
    A gap in the lists is an error when a paper needs them, never a guess.
    """

    __pydantic_config__ = FORBID_UNKNOWN

    key: str
    name: str
    kind: AgencyKind
    #: Name at the head and foot of its papers; the name itself when not given.
    letterhead: str = ""
    #: 机关代字 for numbers, e.g. 抚县政公.
    code: str
    #: Administrative superior in whose name appeals are heard; informative.
    parent: str = ""
    disclosure_office: str
    address: str = ""
    phone: str = ""
    postcode: str = ""
    review_bodies: tuple[DatedName, ...] = ()
    courts: tuple[DatedName, ...] = ()
    #: Where a reconsideration may be filed online (行政复议法 22.2).
    #: Empty: no electronic service from 2024.
    online_review: str = ""
    #: Where a fee is paid.
    payment: str = ""
    #: A unit so small that reviewer and approver may be one person (not the drafter).
    office_of_two: bool = False
    #: A unit of one: the head of a superior unit who approves.
    superior_head: str = ""
    #: What officers may hand out on the spot (art. 33.1), by title.
    cleared: tuple[str, ...] = ()

    @property
    def head_name(self) -> str:
        """The name on the letterhead."""
        return self.letterhead or self.name

    def review_bodies_on(self, day: date) -> tuple[str, ...]:
        """Names of the bodies that hear a reconsideration filed because of a paper of ``day``."""
        return tuple(entry.name for entry in self.review_bodies if entry.holds_on(day))

    def courts_on(self, day: date) -> tuple[str, ...]:
        """Names of the courts that hear a suit because of a paper of ``day``."""
        return tuple(entry.name for entry in self.courts if entry.holds_on(day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A subject matter with a rule of its own, e.g. the county's for epidemic-related requests."""

    __pydantic_config__ = FORBID_UNKNOWN

    label: str
    presume_disclosure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """内部期限: what the agency asks of itself; no law sets these. 0 switches one off."""

    __pydantic_config__ = FORBID_UNKNOWN

    acceptance_wd: int = 3
    draft_wd: int = 10
    service_proof_wd: int = 10
    filing_wd: int = 20
    reassessment_months: int = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the law leaves to the agency. Periods are working days."""

    __pydantic_config__ = FORBID_UNKNOWN

    correction_working_days: int = 15
    explanation_working_days: int = 5
    one_extension: bool = True
    consultation_starts: Literal["receipt", "dispatch"] = "receipt"
    other_agency_cap_wd: int = 15
    third_party_notice_wd: int = 5
    repeated_reason_limit: int = 5
    topics: dict[str, Topic] = field(default_factory=dict)
    targets: Targets = field(default_factory=Targets)
