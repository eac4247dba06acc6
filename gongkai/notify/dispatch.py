"""Sending what waits in the outbox: at most once, never in quiet hours, failures become tasks."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Final

from gongkai.config import Notify
from gongkai.notify import gateway, mail
from gongkai.notify.mail import Undelivered, Unknown
from gongkai.office import Office
from gongkai.store import outbox, settings, tasks
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.outbox import Channel, Sent, Stored
from gongkai.store.tasks import TroubleKind
from gongkai.today import date_of
from workflow.reminders import ActionKind
from workflow.vocabulary import Role

#: How long a message may be on its way before nobody knows what became of it.
_LEASE: Final = timedelta(minutes=10)
_AGAIN_AFTER: Final = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_SUBJECT: Final = "【依申请公开】"
_log: Final = logging.getLogger("gongkai.notify")


@dataclass(slots=True)
class Dispatched:
    """What one round of sending came to, in messages."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    waiting: int = 0
    paused: bool = False


def quiet(notify: Notify, at: time) -> bool:
    """Whether nobody is to be disturbed at a time of day."""
    start, end = notify.quiet_from, notify.quiet_until
    if start <= end:
        return start <= at < end
    return at >= start or at < end


def dispatch(office: Office, clock: Callable[[], datetime]) -> Dispatched:
    """Send what may leave now; each message is handed over at most once.

    ``clock`` is read for each letter: a server that is slow does not make the next one late.
    """
    done, now = Dispatched(), clock()
    with writing(office.store) as tx:
        if settings.read(tx, outbox.PAUSED):
            done.paused = True
            return done
        _give_up_lost(tx, now)
    with reading(office.store) as tx:
        ready = outbox.waiting(tx, now)
    if quiet(office.config.notify, now.timetz().replace(tzinfo=None)):
        done.waiting = len(ready)
        return done
    for letter in _letters(office.config.notify, ready, now):
        _send(office, letter, clock, done)
    done.waiting = len(ready) - done.sent - done.failed - done.again
    return done


def _letters(
    notify: Notify, ready: Sequence[Stored], now: datetime
) -> Iterator[tuple[Stored, ...]]:
    """Put together what leaves as one: the digest of a recipient's day, or an urgent message."""

    def to(message: Stored) -> tuple[str, str]:
        return message.channel.value, message.recipient

    patient = sorted((m for m in ready if not m.urgent), key=to)
    for message in ready:
        if message.urgent:
            yield (message,)
    if now.timetz().replace(tzinfo=None) >= notify.digest_at:
        for _, group in groupby(patient, key=to):
            yield tuple(group)


def _send(
    office: Office, letter: tuple[Stored, ...], clock: Callable[[], datetime], done: Dispatched
) -> None:
    own = _taken(office, letter, clock())
    if not own:
        return
    try:
        _hand_over(office.config.notify, own, clock())
    except Undelivered as error:
        _settle_failure(office, own, clock(), str(error), done, certain=True)
    except Unknown as error:
        _settle_failure(office, own, clock(), str(error), done, certain=False)
    except Exception as error:  # noqa: BLE001 - one message stops no other
        _log.exception("message %s", own[0].id)
        why = f"发送时程序出错，不知是否送出：{type(error).__name__}：{error}"
        _settle_failure(office, own, clock(), why, done, certain=False)
    else:
        at = clock()
        with writing(office.store) as tx:
            done.sent += sum(outbox.mark(tx, message, Sent.SENT, at=at) for message in own)


def _taken(office: Office, letter: tuple[Stored, ...], now: datetime) -> tuple[Stored, ...]:
    """Claim messages before they leave; what another process has claimed is left to it."""
    with writing(office.store) as tx:
        own = tuple(m for m in letter if outbox.mark(tx, m, Sent.SENDING, next_at=now + _LEASE))
        return tuple(m for m in outbox.again(tx, own))


def _hand_over(notify: Notify, letter: tuple[Stored, ...], now: datetime) -> None:
    first = letter[0]
    text = "\n\n".join(message.text for message in letter)
    if first.channel is Channel.EMAIL:
        if notify.email is None:
            raise Undelivered("配置里没有邮件服务器（[notify.email]）。")
        subject = f"{_SUBJECT}{first.text}" if len(letter) == 1 else f"{_SUBJECT}{len(letter)}项"
        mail.send(notify.email, first.recipient, subject, text)
        return
    if notify.webhook is None:
        raise Undelivered("配置里没有网关（[notify.webhook]）。")
    said = {
        "to": first.recipient,
        "messages": [{"id": m.id, "case": m.case_number, "text": m.text} for m in letter],
    }
    gateway.call(notify.webhook, first.id, said, now)


def _settle_failure(
    office: Office,
    letter: tuple[Stored, ...],
    now: datetime,
    why: str,
    done: Dispatched,
    *,
    certain: bool,
) -> None:
    """Try again later what certainly did not leave; anything else is for a person to judge."""
    with writing(office.store) as tx:
        for message in letter:
            if certain and message.attempts <= len(_AGAIN_AFTER):
                later = now + _AGAIN_AFTER[message.attempts - 1]
                done.again += outbox.mark(tx, message, Sent.QUEUED, next_at=later, error=why)
            else:
                done.failed += _fail(tx, message, now, why)


def _give_up_lost(tx: Transaction, now: datetime) -> None:
    """Messages whose sender died on the way: nobody knows, so nobody sends them again."""
    for message in tuple(outbox.in_state(tx, Sent.SENDING)):
        if message.next_at is not None and message.next_at <= now:
            _fail(tx, message, now, "发送过程中程序中断，不知是否送出")


def _fail(tx: Transaction, message: Stored, now: datetime, why: str) -> bool:
    """Give a message up and ask for a call; False where somebody else was faster."""
    if not outbox.mark(tx, message, Sent.FAILED, error=why):
        return False
    today = date_of(now)
    tasks.add(
        tx,
        tasks.Task(
            agency=message.agency,
            case_number=message.case_number,
            kind=TroubleKind.DELIVERY,
            number=int(message.id[:7], 16),
            due_on=today,
            action=ActionKind.TROUBLE,
            role=Role.OFFICER,
            text=f"发给 {message.recipient} 的消息没有送出（{why}）。请电话告知：{message.text}",
            created_on=today,
        ),
    )
    return True
