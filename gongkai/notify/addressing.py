"""To whom a reminder goes, and by which channel."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from gongkai.config import Config, Person
from gongkai.store.deadlines import Place
from gongkai.store.outbox import Channel, Message
from workflow.periods import Period
from workflow.reminders import Action, ActionKind
from workflow.vocabulary import Role

#: What waits for the digest of the day; everything else leaves at once.
_PATIENT: Final = frozenset({ActionKind.SOON_5, ActionKind.SOON_3})


def messages(
    config: Config, place: Place, period: Period, action: Action, text: str, today: date
) -> Iterator[Message]:
    """Yield the messages by which the people in the action's roles are told."""
    about = f"{period.key}/{period.due_on}/{action.kind.value}"
    for person in told(config, place.agency, action.roles):
        for channel, recipient in _ways(config, person):
            yield Message(
                agency=place.agency,
                case_number=place.case_number,
                about=about,
                channel=channel,
                recipient=recipient,
                urgent=action.kind not in _PATIENT,
                text=text,
                created_on=today,
            )


def told(config: Config, agency: str, roles: tuple[Role, ...]) -> tuple[Person, ...]:
    """Return the people in any of the roles: the agency's own; supervisors also from above."""
    found: dict[str, Person] = {}
    for role in roles:
        own = [p for p in config.people if role in p.roles and p.agency == agency]
        if not own and role is Role.SUPERVISOR:
            own = [p for p in config.people if role in p.roles]
        for person in own:
            found.setdefault(person.user, person)
    return tuple(found.values())


def _ways(config: Config, person: Person) -> Iterator[tuple[Channel, str]]:
    if person.email and config.notify.email is not None:
        yield Channel.EMAIL, person.email
    if config.notify.webhook is not None:
        yield Channel.WEBHOOK, person.user
