"""The outbox: messages written in the transaction they tell of, sent afterwards, at most once."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from gongkai.codec import canonical
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement


class Channel(StrEnum):
    """How a message leaves the house."""

    EMAIL = "email"
    WEBHOOK = "webhook"


class Sent(StrEnum):
    """What became of a message. Values are stored: never rename one."""

    QUEUED = "queued"
    #: Handed to the outside; a crash here leaves it so, and nobody knows whether it went out.
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


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
    next_at: datetime | None = None

    @property
    def id(self) -> str:
        """Return the id that two messages about the same thing to the same recipient share."""
        said = [self.case_number, self.about, self.channel.value, self.recipient]
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


_ADDED: Final = {
    "sqlite": Statement(sqlite.insert(t.outbox).on_conflict_do_nothing()),
    "postgresql": Statement(postgresql.insert(t.outbox).on_conflict_do_nothing()),
}
_o = t.outbox.c


def put(tx: Transaction, messages: Iterable[Message]) -> None:
    """Queue messages; one that is there already is left as it is."""
    added = _ADDED[tx.connection.dialect.name]
    for message in messages:
        row = {name: value for name, value in asdict(message).items() if name != "about"}
        own = {
            "id": message.id,
            "channel": message.channel.value,
            "next_at": _text(message.next_at),
            "state": Sent.QUEUED.value,
            "attempts": 0,
            "sent_at": None,
            "error": None,
        }
        tx.run(added, {**row, **own})


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


def in_state(tx: Transaction, state: Sent) -> Iterator[Stored]:
    """Yield the messages in a state."""
    wanted = select(t.outbox).where(_o.state == state.value).order_by(_o.agency, _o.id)
    yield from map(_stored, tx.execute(wanted).mappings())


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
