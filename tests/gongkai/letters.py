"""Messages to send in tests, and what became of them."""

from datetime import date, datetime

from gongkai.notify.dispatch import Dispatched
from gongkai.notify.dispatch import dispatch as dispatched
from gongkai.office import Office
from gongkai.store import outbox, tasks
from gongkai.store.engine import reading, writing
from gongkai.store.outbox import Channel, Message, Stored
from gongkai.store.tasks import TroubleKind
from gongkai.today import ZONE

MORNING = datetime(2020, 10, 16, 9, 0, tzinfo=ZONE)


def dispatch(office: Office, now: datetime) -> Dispatched:
    """Send what may leave at a moment at which the clock stands still."""
    return dispatched(office, lambda: now)


def message(about: str, *, urgent: bool = True, recipient: str = "a@example.gov.cn") -> Message:
    return Message(
        agency="fushun-county-office", case_number="1号", about=about, channel=Channel.EMAIL,
        recipient=recipient, urgent=urgent, text=f"【今日到期】1号：{about}",
        created_on=date(2020, 10, 16),
    )  # fmt: skip


def queue(office: Office, *messages: Message) -> None:
    with writing(office.store) as tx:
        outbox.put(tx, messages)


def kept(office: Office) -> list[Stored]:
    with reading(office.store) as tx:
        return list(outbox.of_case(tx, "fushun-county-office", "1号"))


def troubles(office: Office) -> list[str]:
    with reading(office.store) as tx:
        return [x.text for x in tasks.open_tasks(tx) if x.kind is TroubleKind.DELIVERY]
