"""What a check has to say: code, weight, place, article, what is wrong and what would mend it."""

from dataclasses import dataclass

from workflow.vocabulary import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One objection or remark. ``rule`` names the evidence rule (X01 … X40) behind it, if any."""

    code: str
    severity: Severity
    message: str
    article: str = ""
    mend: str = ""
    item: int | None = None
    passage: str | None = None
    rule: str = ""
