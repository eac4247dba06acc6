"""A fault that the tests must find: a command that commits when it is half done."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from gongkai.store import registry
from gongkai.store.engine import Transaction


@contextmanager
def planted() -> Iterator[None]:
    """Commit after the fact, before its papers and its answer."""
    sound = registry.add_papers

    def hasty(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
        tx.driver.execute("COMMIT")
        tx.driver.execute("BEGIN")
        sound(tx, rows)

    registry.add_papers = hasty
    try:
        yield
    finally:
        registry.add_papers = sound
