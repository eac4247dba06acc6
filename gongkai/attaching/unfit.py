"""A file that is not kept; why, in the officer's words, stands in :mod:`refusals`."""

from typing import Final

#: The code of what bears a mark of state secrecy.
SECRET: Final = "secrecy_mark"  # noqa: S105 - no password


class Unfit(Exception):
    """A file that is not kept; ``what`` names the place, never words of the file."""

    def __init__(self, code: str, what: str = "") -> None:
        super().__init__(code, what)
        self.code, self.what = code, what
