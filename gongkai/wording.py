"""Words for the reader: articles in Chinese, what a period rests on, lines of a proof."""

from datetime import date
from typing import Any, Final

from rules.errors import RuleError
from rules.load import law_on
from workflow.periods import Period, PeriodKind
from workflow.proof import ProofLine

_REVISION: Final = date(2019, 5, 15)
#: What the agency has set itself.
_OWN: Final = "机关内部期限"
#: The Regulation sends the challenge there (51) and names no period.
_CHALLENGE: Final = "行政复议法、行政诉讼法"

#: What becomes of a day in a proof.
COUNTING: Final = {"start": "起算", "counted": "计入", "skipped": "跳过", "excluded": "扣除"}


def article_text(code: str) -> str:
    """Return ``33.2`` as 第三十三条第二款; what is no article of the Regulation stays as it is."""
    if not code[:1].isdigit():
        return code
    try:
        return law_on(_REVISION).cite(code).short
    except RuleError:
        return code


def basis_text(period: Period) -> str:
    """Return what a period rests on: its article, another law, or the agency itself."""
    if period.internal:
        return _OWN
    if period.kind is PeriodKind.CHALLENGE_ANSWER:
        return _CHALLENGE
    return article_text(period.article)


def provisional_text(period: Period) -> str:
    """Return the mark of a day that the next holiday notice may move."""
    return "（暂定）" if period.provisional else ""


def advice(message: str, article: str, mend: str) -> str:
    """Return what is wrong, the article and what to do, as one text."""
    basis = f"（{article_text(article)}）" if article else ""
    return f"{message}{basis}{mend}"


def proof_as(line: ProofLine) -> dict[str, Any]:
    """Return a line of a proof as JSON."""
    return {"on": line.on.isoformat(), "n": line.n, "kind": line.kind, "why": line.why}
