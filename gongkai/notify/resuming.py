"""Letting messages leave again after a restore, once a person has looked at what waits."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.people import Doer, doer
from gongkai.store import outbox, settings
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import INSTALLATION, Act, record
from gongkai.store.outbox import Sent, Stored

#: The recorded act that messages leave again.
RESUMED: Final = "outbox_resumed"


def paused(tx: Transaction) -> bool:
    """Whether nothing leaves since a restore."""
    return bool(settings.read(tx, outbox.PAUSED))


def unsent(tx: Transaction, agency: str = "") -> Iterator[Stored]:
    """Yield what has not left, or not for sure, the oldest first."""
    return outbox.in_state(tx, Sent.QUEUED, Sent.SENDING, Sent.FAILED, agency=agency)


def resume(office: Office, by: str, on: date, *, discard: bool = False) -> int:
    """Let messages leave again, a recorded act; return how many wait.

    With ``discard`` those that wait are given up: what a backup still had to send may have been
    sent since it was made.
    """
    who = doer(office.config, by)
    return retrying(lambda: _resumed(office, who, on, discard=discard))


def _resumed(office: Office, who: Doer, on: date, *, discard: bool) -> int:
    with writing(office.store) as tx:
        if not settings.lock(tx, outbox.PAUSED):
            raise BadUse("对外发送没有暂停，不需要恢复。")
        waiting = list(outbox.in_state(tx, Sent.QUEUED))
        for message in waiting if discard else ():
            why = f"恢复备份以后，{who.name}决定不再发出"
            outbox.mark(tx, message, Sent.FAILED, error=why)
        settings.drop(tx, outbox.PAUSED)
        left = 0 if discard else len(waiting)
        said = {"by": who.said, "waiting": left, "discarded": len(waiting) - left}
        act = Act(agency=INSTALLATION, kind=RESUMED, on=on, said=said, recorded_at=office.moment())
        record(tx, act)
        return left
