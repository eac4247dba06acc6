"""Who does something to the data itself: a user of the agency, or somebody at the shell."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from gongkai.config import Config
from gongkai.errors import BadUse
from workflow.errors import Refused
from workflow.people import Actor
from workflow.vocabulary import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Doer:
    """A person: the name is who it is, however they came in."""

    name: str
    user: str
    roles: frozenset[Role]
    #: Not a user of the configuration: named by role and name, by somebody with the shell.
    at_shell: bool

    @property
    def said(self) -> dict[str, Any]:
        """What an act says of them."""
        roles = sorted(role.value for role in self.roles)
        return {"name": self.name, "user": self.user, "roles": roles, "at_shell": self.at_shell}


def doer(config: Config, by: str, agency: str = "") -> Doer:
    """Find who ``by`` is in an agency; without one, in any.

    Raises :class:`Refused` for a user of other agencies only, :class:`BadUse` for nobody.
    """
    own = [p for p in config.people if p.user == by and agency in {"", p.agency}]
    if own:
        roles = frozenset(role for person in own for role in person.roles)
        return Doer(name=own[0].name, user=by, roles=roles, at_shell=False)
    if any(person.user == by for person in config.people):
        raise Refused(
            code="other_agency",
            message=f"“{by}”不是本机关的人员，不能办理本机关的事项，也不能查看本机关案件的个人信息。",
            mend="请由本机关的人员办理。",
        )
    return _at_the_shell(by)


def _at_the_shell(by: str) -> Doer:
    try:
        actor = Actor.parse(by)
    except ValueError:
        actor = Actor(Role.SYSTEM)
    if not actor.name or actor.role is Role.SYSTEM:
        raise BadUse(f"“{by}”不是用户名，也不是 角色:姓名（如 head:李）。请写明是谁。")
    return Doer(name=actor.name, user="", roles=frozenset({actor.role}), at_shell=True)


def refuse_unless_one_of(who: Doer, allowed: Collection[Role], what: str) -> None:
    """Refuse somebody who holds none of the roles that may do ``what``."""
    if not who.roles & frozenset(allowed):
        names = "或者".join(role.label for role in allowed)
        raise Refused(
            code="wrong_role",
            message=f"{what}由{names}办理，“{who.name}”不能办理。",
            mend=f"请由{names}办理。",
        )
