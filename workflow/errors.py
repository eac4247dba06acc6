"""What may not be done, in the officer's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from workflow.findings import Finding


class Advice(Protocol):
    """What every error says that a rule or a paper raises."""

    code: str
    message: str
    article: str
    mend: str


@dataclass(eq=False)
class Refused(Exception):
    """A step that law or state does not allow: what is wrong, the article, what to do instead.

    ``article`` is the Regulation's (``"33.2"``) unless it names another norm.
    ``findings`` are those of the minimal-exemption check where it was the check that refused.
    """

    code: str
    message: str
    article: str = ""
    mend: str = ""
    findings: tuple[Finding, ...] = ()

    @classmethod
    def by(cls, advice: Advice) -> Self:
        """Return the refusal of a step that met an error of the rules or of a paper."""
        return cls(
            code=advice.code, message=advice.message, article=advice.article, mend=advice.mend
        )

    def __str__(self) -> str:
        """Return the whole advice as one text."""
        return f"{self.message}{self.mend}"
