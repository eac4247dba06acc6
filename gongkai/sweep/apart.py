"""One case stops no other: what goes wrong about it is told beside what was done."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from gongkai.errors import Told
from gongkai.store.deadlines import Place
from gongkai.store.failures import Unavailable, failure_of
from gongkai.wording import advice
from notices.errors import PaperError
from rules.errors import RuleError
from workflow.errors import Refused

_log: Final = logging.getLogger("gongkai.sweep")

#: About which cases nothing could be done, and why.
Failed = dict[Place, str]


@contextmanager
def apart(failed: Failed, place: Place) -> Iterator[None]:
    """Note in ``failed`` what goes wrong about a case; a database that is away ends everything."""
    try:
        yield
    except Unavailable:
        raise
    except Exception as error:
        if failure_of(error):
            raise
        failed[place] = _said(error)
        expected = isinstance(error, Told | Refused | RuleError | PaperError)
        name = place.case_number or place.agency
        _log.error("%s: %s", name, failed[place], exc_info=None if expected else error)


def _said(error: Exception) -> str:
    if isinstance(error, Refused | RuleError | PaperError):
        return advice(error.message, error.article, error.mend)
    return str(error) if isinstance(error, Told) else f"{type(error).__name__}：{error}"
