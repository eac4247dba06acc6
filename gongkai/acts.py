"""Every step of every case kind: its command, its name, who takes it."""

from typing import Final

from workflow import machine, rectification
from workflow.commands import COMMANDS, Command, Register
from workflow.machine import roles_for
from workflow.rectification import RegisterRectification
from workflow.vocabulary import Role, State

#: Word → command, the requests' first.
KINDS: Final[dict[str, type[Command]]] = {**COMMANDS, **rectification.COMMANDS}
LABELS: Final = {**machine.LABELS, **rectification.LABELS}
#: The steps that open a case: they stand in a table of their own in a case file.
REGISTERING: Final = frozenset({Register.do, RegisterRectification.do})
#: The steps that may follow, by the word that opened the case.
FOLLOWING: Final = {
    Register.do: {do: machine.LABELS[do] for do in COMMANDS if do != Register.do},
    RegisterRectification.do: {
        do: label for do, label in rectification.LABELS.items() if do not in REGISTERING
    },
}


def may_take(do: str, state: State | None) -> tuple[Role, ...]:
    """Return the roles that may take a step, the usual one first."""
    if do in rectification.ROLES:
        return (rectification.ROLES[do],)
    return tuple(roles_for(do, state))
