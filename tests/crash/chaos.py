"""The long run: commands killed everywhere, clients killed at random, servers stopped.

python -m tests.crash.chaos --kills 5000 --seed 1
"""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import SystemRandom

from tests.crash.databases import NAMES
from tests.crash.scripts import words
from tests.crash.shim import Nursery, compiled
from tests.postgres import running


def say(line: str, faults: Iterable[str] = ()) -> None:
    """Print a line and what was found, at once."""
    sys.stdout.write("\n  ".join([line, *faults]) + "\n")
    sys.stdout.flush()


@contextmanager
def nurseries() -> Iterator[Nursery]:
    """Run a nursery with a PostgreSQL server."""
    with (
        tempfile.TemporaryDirectory() as name,
        running() as server,
        closing(Nursery(compiled(Path(name)), Path(name), str(server.folder))) as made,
    ):
        yield made


def everywhere(nursery: Nursery) -> list[str]:
    """Kill every command at every point."""
    violations: list[str] = []
    for database in NAMES:
        known = list(words())
        points, kills, seconds = 0, 0, 0.0
        for word in known:
            report = nursery.order("everywhere", word=word, database=database)
            points, kills = points + report["points"], kills + report["kills"]
            seconds += report["seconds"]
            if report["violations"]:
                say(f"{database} {word}", report["violations"])
                violations += report["violations"]
        say(f"{database}: {len(known)} commands, {points} points, {kills} kills, {seconds:.0f} s")
    return violations


def randomly(nursery: Nursery, databases: list[str], kills: int, seed: int) -> list[str]:
    """Kill clients at random."""
    violations: list[str] = []
    for database in databases:
        each = -(-kills // len(databases))
        report = nursery.order("randomly", database=database, kills=each, seed=seed)
        violations += report["violations"]
        say(
            f"{database}: {report['kills']} kills, {report['asked']} commands asked, "
            f"{report['done']} done, {report['refused']} refused, "
            f"{len(report['violations'])} violations, {report['seconds']:.0f} s",
            report["violations"],
        )
    return violations


def outages(nursery: Nursery, restarts: int, seed: int) -> list[str]:
    """Stop and start the server."""
    report = nursery.order("outages", restarts=restarts, seed=seed)
    violations: list[str] = report["violations"]
    each = ", ".join(f"{name} {n}" for name, n in report["restarts"].items())
    say(
        f"restarts: {each}; {report['asked']} commands asked, {report['done']} done, "
        f"{report['told']} clear errors, {len(violations)} violations, {report['seconds']:.0f} s",
        violations,
    )
    return violations


def main() -> int:
    """Run it all and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=5000)
    parser.add_argument("--restarts", type=int, default=40)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--database", choices=NAMES, action="append", help="this one only")
    parser.add_argument("--everywhere", action="store_true", help="every point of every command")
    said = parser.parse_args()
    seed = SystemRandom().randrange(10**9) if said.seed is None else said.seed
    say(f"seed {seed}")
    with nurseries() as nursery:
        found = randomly(nursery, said.database or list(NAMES), said.kills, seed)
        found += outages(nursery, said.restarts, seed) if said.restarts else []
        found += everywhere(nursery) if said.everywhere else []
    say(f"{len(found)} violations")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
