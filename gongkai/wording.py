"""Words for the reader: articles in Chinese, names of periods."""

from datetime import date
from typing import Final

from rules.errors import RuleError
from rules.load import law_on

_REVISION: Final = date(2019, 5, 15)


def article_text(code: str) -> str:
    """Return ``33.2`` as 第三十三条第二款; what is no article of the Regulation stays as it is."""
    if not code[:1].isdigit():
        return code
    try:
        return law_on(_REVISION).cite(code).short
    except RuleError:
        return code


def advice(message: str, article: str, mend: str) -> str:
    """Return what is wrong, the article and what to do, as one text."""
    basis = f"（{article_text(article)}）" if article else ""
    return f"{message}{basis}{mend}"
