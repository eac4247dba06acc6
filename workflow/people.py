"""Who takes a step: a role, and the person behind it."""

from dataclasses import dataclass
from typing import Self

from workflow.vocabulary import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a role. A bare role is a person of its own; a name is one in every role."""

    role: Role
    name: str = ""

    @property
    def person(self) -> str:
        """What four-eyes compares."""
        return self.name or self.role.value

    def __str__(self) -> str:
        """Return the notation of case files: ``officer`` or ``officer:李``."""
        return f"{self.role.value}:{self.name}" if self.name else self.role.value

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``role`` or ``role:name``; :class:`ValueError` for another form."""
        role, named, name = text.partition(":")
        if named and not name.strip():
            raise ValueError(text)
        return cls(Role(role.strip()), name.strip())
