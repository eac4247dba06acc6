"""What is let go of when a command ends, however it ends."""

from contextlib import ExitStack
from typing import Final

#: Whoever opens something for the length of a command puts its closing here.
at_end: Final = ExitStack()
