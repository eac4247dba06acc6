"""Who acts on the command line: a user of the configuration, or a role and a name."""

from gongkai.acts import may_take
from gongkai.errors import BadUse
from gongkai.office import Office
from workflow.commands import Command
from workflow.people import Actor
from workflow.vocabulary import State


def actor_of(office: Office, agency: str, state: State | None, command: Command, by: str) -> Actor:
    """Find who ``by`` is: a user in the role that may take the step, or role and name as given."""
    person = office.config.person(by, agency)
    if person is not None:
        may = [role for role in may_take(command.do, state) if role in person.roles]
        return person.acting((may or list(person.roles))[0])
    try:
        return Actor.parse(by)
    except ValueError:
        users = "、".join(p.user for p in office.config.people if p.agency == agency) or "无"
        raise BadUse(
            f"本机关没有“{by}”这名用户。可用的用户：{users}；或者写 角色:姓名，如 officer:李。"
        ) from None
