"""文号: the number of a paper from the agency's form."""

import re
from typing import Final

from notices.errors import PaperError

_PLACE: Final = re.compile(r"\{(\w*)\}")
_NEEDED: Final = frozenset({"year", "n"})
_KNOWN: Final = _NEEDED | {"code"}


def number(form: str, *, code: str, year: int, n: int) -> str:
    """Return the ``n``-th number of ``year`` in ``form``, e.g. ``{code}告〔{year}〕{n}号``."""
    places = set(_PLACE.findall(form))
    stray = set(_PLACE.sub("", form)) & set("{}")
    if stray or not places <= _KNOWN or not places >= _NEEDED:
        raise PaperError(
            "bad_number_form",
            f"文号格式“{form}”不对：应当含有{{year}}和{{n}}，可以含有{{code}}，没有其他花括号。",
            mend="例如“{code}告〔{year}〕{n}号”。",
        )
    values = {"code": code, "year": str(year), "n": str(n)}
    return _PLACE.sub(lambda place: values[place[1]], form)
