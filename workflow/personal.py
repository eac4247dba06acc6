"""Which fields may hold data about a person: they go into a fact's personal part.

What people write in their own words may name somebody: all of it counts as personal. Public are
words of a list, dates, numbers, and what names an authority, a norm or a document of one.
"""

from collections.abc import Callable
from dataclasses import field
from typing import Any, Final

#: Metadata of a field that may hold data about a person. In the place of True a function may
#: stand that says so of one value.
PERSONAL: Final = {"personal": True}


def personal(default: str = "") -> Any:  # noqa: ANN401 - dataclasses.field is typed the same way
    """Return a text field whose content belongs to the personal part of a fact."""
    return field(default=default, metadata=PERSONAL)


def personal_list() -> Any:  # noqa: ANN401 - as above
    """Return such a field of several texts, which may be empty."""
    return field(default=(), metadata=PERSONAL)


def personal_given() -> Any:  # noqa: ANN401 - as above
    """Return such a field, of one text or several, where it must be given."""
    return field(metadata=PERSONAL)


def personal_where(mark: Callable[[Any], bool]) -> Any:  # noqa: ANN401 - as above
    """Return such a field of which ``mark`` says, from all that is said, whether it is personal."""
    return field(metadata={"personal": mark})
