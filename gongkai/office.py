"""The office: the database with all that a step needs besides the case."""

import secrets
import string
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from threading import Lock
from typing import Final

from gongkai import papers
from gongkai.config import Config
from gongkai.errors import REFUSED, Told
from gongkai.store import registry
from gongkai.store.engine import Store, Transaction
from gongkai.store.records import number_taken
from notices.variants import Variants
from rules.workdays import WorkCalendar
from workflow.agency import Agency
from workflow.case import Case
from workflow.errors import Refused
from workflow.rectification import Rectification
from workflow.world import World

CASE_SERIES: Final = "case"
RECTIFICATION_SERIES: Final = "rectification"
_LETTERS: Final = string.ascii_uppercase
_CODE_LENGTH: Final = 12
_REMEMBERED: Final = 512


def random_code(_seed: str) -> str:
    """Draw a check code for a paper."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_CODE_LENGTH))


def fixed_code(seed: str) -> str:
    """Derive a check code from what the paper is: the same story gives the same bytes."""
    digest = sha256(seed.encode()).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:_CODE_LENGTH])


class Conflict(Told):
    """Somebody else was faster, or one command id stands for two different commands."""

    exit_code = REFUSED


#: The link of a case's last fact, and whether its personal data was erased.
Standing = tuple[str, bool]


class Folded:
    """Cases as they were last folded, each with the link of its last fact.

    The link stands for the whole history, so what is remembered with it cannot be out of date;
    whoever asks has read the link in their own transaction.
    """

    def __init__(self) -> None:
        self._cases: OrderedDict[str, tuple[Standing, Case | Rectification]] = OrderedDict()
        self._lock = Lock()

    def get(self, number: str, standing: Standing) -> Case | Rectification | None:
        """Return the case that bears ``number`` where it is remembered as it stands."""
        with self._lock:
            then, case = self._cases.get(number, (None, None))
            if then != standing:
                return None
            self._cases.move_to_end(number)
            return case

    def put(self, standing: Standing, case: Case | Rectification) -> None:
        """Remember a case; the one not asked for longest is forgotten."""
        with self._lock:
            self._cases[case.number] = standing, case
            self._cases.move_to_end(case.number)
            if len(self._cases) > _REMEMBERED:
                self._cases.popitem(last=False)

    def clear(self) -> None:
        """Forget all cases."""
        with self._lock:
            self._cases.clear()


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The database with all that a step needs besides the case."""

    store: Store
    config: Config
    calendar: WorkCalendar
    check_code: Callable[[str], str] = random_code
    #: The moment of recording; a replay has none.
    moment: Callable[[], datetime | None] = lambda: None
    folded: Folded = field(default_factory=Folded, repr=False, compare=False)

    def world(self, agency: str, today: date) -> World:
        """Return the world in which ``agency`` acts on ``today``."""
        found = self.config.agencies.get(agency)
        if found is None:
            raise Refused(
                code="unknown_agency",
                message=f"配置文件里没有“{agency}”这个机关。",
                mend=f"可用的机关：{'、'.join(self.config.agencies)}。",
            )
        return World(calendar=self.calendar, agency=found, policy=self.config.policy, today=today)

    def desk(self, tx: Transaction, agency: str) -> papers.Desk:
        """Return what papers of an agency need inside this transaction."""
        return papers.Desk(
            numbers=self.config.numbers,
            draw=partial(registry.next_number, tx, agency),
            check_code=self.check_code,
            variants=self.config.variants.get(agency, Variants.none()),
        )


def unknown_case(number: str) -> Refused:
    """Say that there is no such case."""
    return Refused(
        code="unknown_case",
        message=f"没有编号为“{number}”的案件。",
        mend="用 gongkai case list 查看案件编号。",
    )


def case_number(
    tx: Transaction, form: str, agency: Agency, series: str, year: int, brought: str
) -> str:
    """Return the number a new case brings, or the next that no case bears.

    Raises :class:`Refused` where the number it brings is another case's.
    """
    if not brought:
        return _next_free(tx, form, agency, series, year)
    if number_taken(tx, brought):
        raise Refused(
            code="number_taken",
            message=f"编号“{brought}”已用于另一件申请。",
            article="45",
            mend="请核对编号，或者不填编号，由系统编定。",
        )
    return brought


def _next_free(tx: Transaction, form: str, agency: Agency, series: str, year: int) -> str:
    while True:
        n = registry.next_number(tx, agency.key, series, year)
        drawn = form.format(code=agency.code, year=year, n=n)
        if not number_taken(tx, drawn):
            return drawn
