"""What may not be done, in the officer's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workflow.findings import Finding


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

    def __str__(self) -> str:
        """Return the whole advice as one text."""
        return f"{self.message}{self.mend}"
