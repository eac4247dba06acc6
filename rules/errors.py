"""What the law does not allow, in the officer's words."""

from dataclasses import dataclass


@dataclass(eq=False)
class RuleError(Exception):
    """A question the rules cannot answer, or an answer they forbid.

    ``message`` says what is wrong, ``article`` which article says so (may be empty),
    ``mend`` what to do instead; ``code`` is the stable name that programs test.
    """

    message: str
    mend: str = ""
    article: str = ""
    code: str = "rule"

    def __str__(self) -> str:
        return self.message + self.mend

    def __reduce__(self) -> tuple[type["RuleError"], tuple[str, str, str, str]]:
        # BaseException keeps positional arguments only; keywords would be lost in a pickle.
        return type(self), (self.message, self.mend, self.article, self.code)


@dataclass(eq=False)
class CalendarError(RuleError):
    """A day whose year has no calendar."""

    code: str = "no_calendar"


@dataclass(eq=False)
class LawError(RuleError):
    """A day before the Regulation as revised, in force from 2019-05-15."""

    code: str = "no_law"


@dataclass(eq=False)
class CitationError(RuleError):
    """An article, paragraph or item that does not exist, or not on that day."""

    code: str = "no_citation"


@dataclass(eq=False)
class FeeError(RuleError):
    """A processing fee that may not be charged."""

    code: str = "no_fee"


@dataclass(eq=False)
class DataError(RuleError):
    """A data file that does not say what it must; the text names file and key."""

    code: str = "bad_data"
