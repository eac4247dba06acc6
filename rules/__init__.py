"""The law: data and date arithmetic."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from rules.citations import Citation, chinese_number
from rules.deadlines import challenge_answer_due
from rules.errors import CalendarError, CitationError, DataError, FeeError, LawError, RuleError
from rules.fees import Fee, FeeLine, fee, fee_citation
from rules.law import Article, GroundRule, Law, OutcomeRule, Term
from rules.load import law_on, load_law
from rules.norms import cite_norm
from rules.remedies import RemedyRegime, regime_on, remedy_class
from rules.report import ReportRow, closing_row, request_row, rows_on
from rules.words import (
    AgencyKind,
    FeeBasis,
    Force,
    Ground,
    Labelled,
    NormLevel,
    Outcome,
    RemedyClass,
)
from rules.workdays import Day, DayReason, WorkCalendar
from rules.yearbook import YearNotice, load_year

if TYPE_CHECKING:
    from rules.published import build, calendar

__all__ = [
    "AgencyKind",
    "Article",
    "CalendarError",
    "Citation",
    "CitationError",
    "DataError",
    "Day",
    "DayReason",
    "Fee",
    "FeeBasis",
    "FeeError",
    "FeeLine",
    "Force",
    "Ground",
    "GroundRule",
    "Labelled",
    "Law",
    "LawError",
    "NormLevel",
    "Outcome",
    "OutcomeRule",
    "RemedyClass",
    "RemedyRegime",
    "ReportRow",
    "RuleError",
    "Term",
    "WorkCalendar",
    "YearNotice",
    "build",
    "calendar",
    "challenge_answer_due",
    "chinese_number",
    "cite_norm",
    "closing_row",
    "fee",
    "fee_citation",
    "law_on",
    "load_law",
    "load_year",
    "regime_on",
    "remedy_class",
    "request_row",
    "rows_on",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    # rules.published imports `holidays`, longer than all the rest together: only when asked for.
    if name in {"build", "calendar"}:
        return getattr(import_module("rules.published"), name)
    raise AttributeError(name)
