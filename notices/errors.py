"""Why a paper cannot be written."""

from dataclasses import dataclass


@dataclass(eq=False)
class PaperError(Exception):
    """A value that the paper needs is missing or cannot be printed.

    ``code`` is the stable name that programs test, ``article`` the norm that asks for the value,
    ``mend`` what to do instead.
    """

    code: str
    message: str
    article: str = ""
    mend: str = ""

    def __str__(self) -> str:
        """Return the whole advice as one text."""
        return f"{self.message}{self.mend}"
