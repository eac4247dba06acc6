"""The outbox: messages written in the transaction they tell of, sent afterwards, at most once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, literal, select, update

from gongkai.codec import canonical
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.words import Labelled

#: Remembered since a restore: what the backup still had to send may have been sent since.
PAUSED: Final = "outbox_paused"


class Channel(Labelled):
    """How a message leaves the house. Values are stored: never rename one."""

    EMAIL = "email", "电子邮件"
    WEBHOOK = "webhook", "本单位网关"


class Sent(Labelled):
    """What became of a message. Values are stored: never rename one."""

    QUEUED = "queued", "等待发出"
    #: Handed to the outside; a crash here leaves it so, and nobody knows whether it went out.
    SENDING = "sending", "正在发出"
    SENT = "sent", "已经发出"
    FAILED = "failed", "没有送出"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message to one recipient; ``about`` names what it tells of and makes it unique."""

    agency: str
    case_number: str
    about: str
    channel: Channel
    recipient: str
    urgent: bool
    text: str
    created_on: date

    @property
    def id(self) -> str:
        """Return the id that two messages about the same thing to the same recipient share."""
        said = [self.agency, self.case_number, self.about, self.channel.value, self.recipient]
        return sha256(canonical(said)).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A message as the outbox keeps it."""

    agency: str
    id: str
    case_number: str
    channel: Channel
    recipient: str
    urgent: bool
    text: str
    created_on: date
    state: Sent
    attempts: int
    next_at: datetime | None = None
    sent_at: datetime | None = None
    error: str = ""


_ADDED: Final = Statement.adding_new(t.outbox)
_o = t.outbox.c


def put(tx: Transaction, messages: Iterable[Message]) -> None:
    """Queue messages; one that is there already is left as it is."""
    for message in messages:
        row = {name: value for name, value in asdict(message).items() if name != "about"}
        own = {
            "id": message.id,
            "channel": message.channel.value,
            "next_at": None,
            "state": Sent.QUEUED.value,
            "attempts": 0,
            "sent_at": None,
            "error": None,
        }
        tx.run(_ADDED, {**row, **own})


def waiting(tx: Transaction, at: datetime) -> tuple[Stored, ...]:
    """Return the queued messages that may leave at a moment, in the order of waiting."""
    rows = tx.execute(
        select(t.outbox)
        .where(
            _o.state == literal(Sent.QUEUED.value, literal_execute=True),  # as in its index
            _o.next_at.is_(None) | (_o.next_at <= bindparam("at")),
        )
        .order_by(_o.next_at, _o.agency, _o.id),
        {"at": _text(at)},
    ).mappings()
    return tuple(map(_stored, rows))


def of_case(tx: Transaction, agency: str, case_number: str) -> tuple[Stored, ...]:
    """Return the messages about a case, in the order in which they were written."""
    rows = tx.execute(
        select(t.outbox)
        .where(_o.agency == agency, _o.case_number == case_number)
        .order_by(_o.created_on, _o.sent_at, _o.id)
    ).mappings()
    return tuple(map(_stored, rows))


def in_state(tx: Transaction, *states: Sent, agency: str = "") -> Iterator[Stored]:
    """Yield the messages in some states, all or an agency's, the oldest first."""
    wanted = select(t.outbox).where(_o.state.in_([state.value for state in states]))
    if agency:
        wanted = wanted.where(_o.agency == agency)
    order = (_o.created_on, _o.agency, _o.case_number, _o.id)
    yield from map(_stored, tx.execute(wanted.order_by(*order)).mappings())


def again(tx: Transaction, messages: Iterable[Stored]) -> Iterator[Stored]:
    """Yield messages as they are now."""
    for message in messages:
        here = (_o.agency == message.agency) & (_o.id == message.id)
        yield _stored(tx.execute(select(t.outbox).where(here)).mappings().one())


def mark(
    tx: Transaction,
    message: Stored,
    state: Sent,
    *,
    at: datetime | None = None,
    next_at: datetime | None = None,
    error: str = "",
) -> bool:
    """Move a message on from the state it was read in; False where somebody else was faster."""
    moved = tx.execute(
        update(t.outbox)
        .where(_o.agency == message.agency, _o.id == message.id, _o.state == message.state.value)
        .values(
            state=state.value,
            attempts=message.attempts + (state is Sent.SENDING),
            sent_at=_text(at),
            next_at=_text(next_at),
            error=error or None,
        )
    )
    return bool(moved.rowcount)


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None


def _stored(row: Mapping[str, Any]) -> Stored:
    own = {name: row[name] for name in Stored.__slots__}
    return Stored(
        **{
            **own,
            "channel": Channel(row["channel"]),
            "state": Sent(row["state"]),
            "next_at": datetime.fromisoformat(row["next_at"]) if row["next_at"] else None,
            "sent_at": datetime.fromisoformat(row["sent_at"]) if row["sent_at"] else None,
            "error": row["error"] or "",
        }
    )
