"""The shapes of the facts on file."""

from datetime import date
from typing import Any, NamedTuple

Vectors = dict[str, list[dict[str, Any]]]
Structure = dict[str, dict[str, Any]]


class DayOnFile(NamedTuple):
    """One row of the published calendar; ``notice`` is None where the week decides."""

    on: date
    working: bool
    notice: str | None
