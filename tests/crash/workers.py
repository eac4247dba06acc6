"""A client: it writes down what it will ask, asks, writes down the answer, and may die anywhere."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

from sqlalchemy import select

from gongkai.kinds import load_any
from gongkai.office import Conflict, Office
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.failures import Unavailable
from tests.crash.scripts import Asked, Done, Fold, Script, scripts
from workflow import commands as c
from workflow.case import Case
from workflow.errors import Refused

#: What may be done at any time, and leaves the way of the script as it was.
_BESIDE: Final[tuple[c.Command, ...]] = (
    c.AddNote(text="已电话联系申请人"),
    c.AskGuidance(text="能否公开"),
    c.Attach(file="申请表.pdf"),
)
_BESIDE_OFTEN: Final = 0.2
_NEW_OFTEN: Final = 0.06
#: The cases of an agency's last so many facts are the handful that is worked on.
_LOOKED_BACK: Final = 40

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A command by where it stands, so that it can be written down."""

    id: str
    script: str
    #: The place of a step in the script; a negative one is a command beside.
    place: int
    number: str | None = None
    version: int | None = None
    on: str = ""

    def order(self) -> Asked:
        """Return the command."""
        script = scripts()[self.script]
        if self.place >= 0:
            step = script.steps[self.place]
            command, by, on = step.command, step.by, step.on
        else:
            command, by, on = _BESIDE[self.place], None, date.fromisoformat(self.on)
        return Asked(
            id=self.id,
            number=self.number,
            command=command,
            by=by,
            on=on,
            today=script.today,
            version=self.version,
        )


@dataclass(slots=True)
class Memory:
    """What a client has asked, and what it was answered: lines added to a file of its own."""

    path: Path
    plans: dict[str, Plan] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8").splitlines():
                said = json.loads(line)
                if "plan" in said:
                    self.plans[said["id"]] = Plan(id=said["id"], **said["plan"])
                else:
                    self.answers[said["id"]] = said["answer"]

    def ask(self, plan: Plan) -> None:
        """Note a command before it is given."""
        self.plans[plan.id] = plan
        said = {name: getattr(plan, name) for name in Plan.__slots__ if name != "id"}
        self._add({"id": plan.id, "plan": said})

    def answer(self, id_: str, answer: Answer) -> None:
        """Note an answer."""
        self.answers[id_] = answer
        self._add({"id": id_, "answer": answer})

    def open(self) -> list[Plan]:
        """Return what was asked and not answered: at most one."""
        return [plan for id_, plan in self.plans.items() if id_ not in self.answers]

    def _add(self, said: Answer) -> None:
        """Add a line in one write, which is there or not."""
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, (json.dumps(said, ensure_ascii=False) + "\n").encode())
        os.close(handle)


def answered(done: Done) -> Answer:
    """Say what an answer says."""
    return {
        "case": done.case.number,
        "version": done.case.version,
        "kind": done.fact.kind,
        "findings": sorted(finding.code for finding in done.findings),
        "papers": [[ref.number, ref.sha256] for ref in done.fact.papers],
    }


def give(office: Office, order: Asked) -> Answer:
    """Give a command; a refusal is an answer too, an unavailable database is none."""
    try:
        return answered(order.give(office))
    except Refused as refused:
        return {"refused": refused.code}
    except Conflict:
        return {"refused": "conflict"}


@dataclass(slots=True)
class Worker:
    """One client of the office; ``wait`` is called while the database does not answer."""

    office: Office
    memory: Memory
    name: str
    random: Random
    wait: Callable[[], None]
    #: How many commands a connection is used for; 0 where it is kept.
    recycled: int = 0

    def finish(self) -> None:
        """Ask again what was not answered."""
        for plan in self.memory.open():
            self._settle(plan)

    def step(self) -> None:
        """Think of a command and give it."""
        plan = self._insisting(self._thought_of)
        self.memory.ask(plan)
        self._settle(plan)
        if self.recycled and len(self.memory.plans) % self.recycled == 0:
            self.office.store.close()

    def _settle(self, plan: Plan) -> None:
        order = plan.order()
        self.memory.answer(plan.id, self._insisting(lambda: give(self.office, order)))

    def _insisting(self, work: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the work returns
        while True:
            try:
                return work()
            except Unavailable:
                pass
            self.office.store.close()
            self.wait()

    def _thought_of(self) -> Plan:
        script = self.random.choice([*scripts().values()])
        numbers = self._handful(script.agency)
        if not numbers or self.random.random() < _NEW_OFTEN:
            return self._plan(script, 0, None)
        case = self._loaded(self.random.choice(numbers))
        own = scripts()[case.facts[0].command_id.partition("|")[0]]
        if isinstance(case, Case) and self.random.random() < _BESIDE_OFTEN:
            return self._plan(own, self.random.randrange(-len(_BESIDE), 0), case)
        place = sum("|+" not in fact.command_id for fact in case.facts)
        if place >= len(own.steps):
            return self._plan(script, 0, None)
        return self._plan(own, place, case)

    def _plan(self, script: Script, place: int, case: Fold | None) -> Plan:
        beside = "+" if place < 0 else ""
        return Plan(
            id=f"{script.name}|{beside}{self.name}-{len(self.memory.plans)}",
            script=script.name,
            place=place,
            number=case.number if case else None,
            version=case.version if case else None,
            on=case.last_on.isoformat() if case else "",
        )

    def _handful(self, agency: str) -> list[str]:
        """Return the cases of an agency that were worked on last."""
        f = t.facts.c
        end = select(t.chains.c.seq).where(t.chains.c.agency == agency).scalar_subquery()
        recent = (f.agency == agency) & (f.seq > end - _LOOKED_BACK)
        with reading(self.office.store) as tx:
            return sorted(set(tx.execute(select(f.case_number).where(recent)).scalars()))

    def _loaded(self, number: str) -> Fold:
        with reading(self.office.store) as tx:
            return load_any(tx, self.office, number, date(2026, 11, 20))


@contextmanager
def gate(path: Path) -> Iterator[None]:
    """Keep waiting clients waiting."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def waiting(path: Path) -> None:
    """Wait until the gate is open."""
    with path.open(encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
