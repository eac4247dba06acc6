"""What the shell tells its user, and the exit code that goes with it."""

from typing import ClassVar, Final

DONE: Final = 0
REFUSED: Final = 1
BAD_USE: Final = 2
BROKEN: Final = 3


class Told(Exception):
    """Something that went wrong and is told in the officer's words."""

    exit_code: ClassVar[int] = BROKEN


class BadUse(Told):
    """A command line that does not say what it must."""

    exit_code = BAD_USE
