"""Clients that are killed at random operations, again and again, and come back."""

import os
import signal
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from tests.crash import ledger
from tests.crash.databases import Database
from tests.crash.scripts import office_at
from tests.crash.shim import How, Shim
from tests.crash.workers import Memory, Worker

#: How many operations a life lasts at most: about five commands on the average.
_REACH: Final = {"sqlite": 700, "postgresql": 200}


@dataclass(slots=True)
class Score:
    """What became of it all."""

    seed: int
    kills: int = 0
    asked: int = 0
    done: int = 0
    refused: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Killer:
    """Starts clients, each with the operation at which it will die."""

    database: Database
    shim: Shim
    folder: Path
    seed: int
    workers: int = 4
    _random: Random = field(init=False)
    _lives: int = 0

    def __post_init__(self) -> None:
        self._random = Random(self.seed)  # noqa: S311 - a test that can be repeated

    def run(self, kills: int) -> Score:
        """Kill so many times, let everybody finish, and compare."""
        score = Score(self.seed)
        alive: dict[int, int] = {self._born(n, self._reach()): n for n in range(self.workers)}
        while alive:
            pid, status = os.wait()
            worker, code = alive.pop(pid), os.waitstatus_to_exitcode(status)
            score.kills += code == -signal.SIGKILL
            if code > 0:
                score.violations.append(f"worker {worker} failed")
            if code == -signal.SIGKILL:
                k = self._reach() if score.kills + len(alive) < kills else 0
                alive[self._born(worker, k)] = worker
        self._counted(score)
        return score

    def _reach(self) -> int:
        return self._random.randint(1, _REACH[self.database.store.dialect])

    def memories(self) -> Iterator[Memory]:
        """Yield what the clients remember."""
        yield from (Memory(self._memory(n)) for n in range(self.workers))

    def _memory(self, worker: int) -> Path:
        return self.folder / f"worker{worker}"

    def _born(self, worker: int, k: int) -> int:
        """Start a client that dies at operation ``k``; one of 0 only finishes."""
        self._lives += 1
        how = self._random.choice([*How])
        return forked(lambda: self._live(worker, k, how))

    def _live(self, worker: int, k: int, how: How) -> None:
        random = Random(f"{self.seed} {self._lives}")  # noqa: S311 - as above
        memory = Memory(self._memory(worker))
        client = Worker(office_at(self.database.victim), memory, f"w{worker}", random, lambda: None)
        self.shim.arm(k, how)
        client.finish()
        while k:
            client.step()

    def _counted(self, score: Score) -> None:
        memories = list(self.memories())
        answers = [answer for memory in memories for answer in memory.answers.values()]
        score.asked = sum(len(memory.plans) for memory in memories)
        score.refused = sum("refused" in answer for answer in answers)
        score.done = len(answers) - score.refused
        self.database.settled()
        score.violations += ledger.violations(office_at(self.database.store), memories)


def forked(work: Callable[[], None]) -> int:
    """Work in a child; return its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - whatever it is, the parent is told
            traceback.print_exc()
        finally:
            os._exit(code)
    return pid
