"""One request from receipt to reply: the registration and eight commands, and the office for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeVar
from unittest.mock import patch

import notices
from gongkai import papers
from gongkai.calendars import calendar_for
from gongkai.config import load
from gongkai.office import Office, fixed_code
from gongkai.requesting import perform
from gongkai.store.engine import Store
from gongkai.today import now
from notices.letter import Letter
from rules.words import Outcome
from workflow import commands as c
from workflow.case import Case
from workflow.decision import Decision
from workflow.findings import Finding
from workflow.people import Actor
from workflow.vocabulary import ApplicantKind, Channel, DeliveryResult, SendMethod
from workflow.world import World

T = TypeVar("T")
Findings = tuple[Finding, ...]

_IDS: Final = (f"{n:032x}" for n in count())
_OFFICER, _REVIEWER, _HEAD = (Actor.parse(who) for who in ("officer:李", "reviewer:赵", "head:钱"))
_APPLICANT: Final = c.Applicant(
    kind=ApplicantKind.NATURAL_PERSON,
    name="王某某",
    id_document="210421198001010011",
    contact="13900000000",
    address="某县某镇某村1号",
)
_ITEM: Final = c.Item(title="2019年某村征地补偿安置方案", description="方案全文和批准文件")
_DECISION: Final = Decision(item=1, outcome=Outcome.DISCLOSE, provide="方案全文")
STEPS: Final[tuple[tuple[c.Command, Actor, date], ...]] = (
    (
        c.Register(
            agency="fushun-county-office",
            channel=Channel.INTERNET,
            applicants=(_APPLICANT,),
            items=(_ITEM,),
        ),
        _OFFICER,
        date(2020, 9, 14),
    ),
    (c.ConfirmReceipt(), _OFFICER, date(2020, 9, 15)),
    (c.Accept(), _OFFICER, date(2020, 9, 16)),
    (c.DraftReply(decisions=(_DECISION,)), _OFFICER, date(2020, 9, 17)),
    (c.PassReview(opinion="同意"), _REVIEWER, date(2020, 9, 18)),
    (c.ApproveReply(), _HEAD, date(2020, 9, 21)),
    (c.IssueReply(), _OFFICER, date(2020, 9, 22)),
    (c.SendReply(method=SendMethod.POST, tracking="EX123456789CN"), _OFFICER, date(2020, 9, 23)),
    (c.RecordDelivery(result=DeliveryResult.DELIVERED), _OFFICER, date(2020, 9, 25)),
)


def office_on(store: Store) -> Office:
    """Return the shipped office on ``store``; the same case gives the same check codes."""
    config = load(Path(__file__).parent.parent / "config.toml")
    calendar = calendar_for(config.calendar)
    return Office(store=store, config=config, calendar=calendar, check_code=fixed_code, moment=now)


def carry_out(office: Office) -> Case:
    """Take one request through its nine steps."""
    number, case = None, None
    for seen, (command, actor, on) in enumerate(STEPS):
        done = perform(
            office,
            number,
            command,
            actor,
            on,
            today=on,
            command_id=next(_IDS),  # its client makes it
            expected_version=seen or None,
        )
        number, case = done.case.number, done.case
    assert case is not None
    return case


def as_plain_data() -> list[dict[str, Any]]:
    """Return what is said in each step as other engines take it: plain data."""
    return [
        {"do": command.do, "by": str(actor), "on": on.isoformat(), **_plain(command)}
        for command, actor, on in STEPS
    ]


def _plain(command: c.Command) -> dict[str, Any]:
    """Leave out what says nothing, as our own facts do."""
    return {key: value for key, value in asdict(command).items() if value}


class ReadyMade:
    """Papers as an earlier run of the same cases made them: measuring leaves their making out.

    The first time a paper is wanted it is composed, checked against the case and drawn; after that
    it is handed out. What issuing asks for besides is asked: which papers, their numbers and codes.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[str, ...], Any] = {}

    def compose(self, kind: str, *, case: Case, **rest: Any) -> Letter:  # noqa: ANN401 - passed on
        key = ("letter", kind, case.number)
        return self._once(key, partial(notices.compose, kind, case=case, **rest))

    def lint(self, letter: Letter, *, case: Case, world: World) -> Findings:
        key = ("findings", letter.kind, case.number)
        return self._once(key, lambda: tuple(notices.lint(letter, case=case, world=world)))

    def finish(self, letter: Letter, *, number: str, check_code: str) -> notices.Paper:
        making = partial(notices.finish, letter, number=number, check_code=check_code)
        return self._once(("paper", check_code), making)

    def _once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    @contextmanager
    def handed_out(self) -> Iterator[None]:
        """Issue ready-made papers inside this block."""
        own = {name: getattr(self, name) for name in ("compose", "lint", "finish")}
        with patch.object(papers, "notices", SimpleNamespace(**{**vars(notices), **own})):
            yield
