"""The world a step is judged in: calendar, agency, policy and the day, all of them given."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from rules.workdays import WorkCalendar
from workflow.agency import Agency, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a decision may look at besides the case.

    ``today`` is the day on which the case is looked at; ``reasons_used`` counts, per reason text,
    in how many other refusals the agency has used it for a discretionary ground (art. 16).
    """

    calendar: WorkCalendar
    agency: Agency
    policy: Policy
    today: date
    reasons_used: Mapping[str, int] = field(default_factory=dict)

    def on(self, day: date) -> Self:
        """Return the same world on another day."""
        return self if day == self.today else replace(self, today=day)
