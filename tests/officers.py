"""Officers at work at the same moment: threads, and processes, each with connections of its own."""

import multiprocessing
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import Any, TypeVar

from sqlalchemy import select

from gongkai import rectifying
from gongkai.calendars import calendar_for
from gongkai.casefile import read_story
from gongkai.config import load
from gongkai.office import Folded, Office, fixed_code
from gongkai.requesting import perform
from gongkai.store import tables as t
from gongkai.store.engine import connect, reading
from gongkai.store.keys import KeyRing
from workflow.people import Actor
from workflow.rectification import RegisterRectification
from workflow.vocabulary import Role

T = TypeVar("T")

ROOT = Path(__file__).parents[1]
#: Drawn at random, or following from what was: the same two acts give others each time.
_RANDOM = frozenset({"head", "hash", "commitment", "sealed", "key", "token"})
#: What two databases must agree in. Blobs and personal parts are sealed; papers name the bytes.
_COMPARED = frozenset(t.metadata.tables) - {"blobs", "personal", "chains"}


@contextmanager
def sibling(office: Office) -> Iterator[Office]:
    """Open the database once more, as another process of the same office does."""
    url = office.store.engine.url.render_as_string(hide_password=False)
    store = connect(url, office.store.keys)
    try:
        yield replace(office, store=store, folded=Folded())
    finally:
        store.close()


def together(office: Office, works: Sequence[Callable[[Office], T]]) -> list[T]:
    """Do all works at the same moment, each in an office of its own; return what came of them."""
    barrier = Barrier(len(works))

    def one(work: Callable[[Office], T]) -> T:
        with sibling(office) as own:
            with reading(own.store):  # the connection is there before the start
                barrier.wait()
            return work(own)

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def rows(office: Office) -> Mapping[str, Any]:
    """Return all that is kept, but for what is random."""
    found = {}
    with reading(office.store) as tx:
        for name in sorted(_COMPARED):
            table = t.metadata.tables[name]
            all_ = tx.execute(select(table)).mappings()
            kept = [{key: row[key] for key in row if key not in _RANDOM} for row in all_]
            found[name] = sorted(kept, key=repr)
    return found


def _register(
    url: str, keys: tuple[str, Mapping[str, bytes]], text: str, times: int, barrier: Barrier
) -> list[str]:
    """Register a request several times and return the numbers of the cases."""
    config = load(ROOT / "config.toml")
    office = Office(
        store=connect(url, KeyRing(*keys)),
        config=config,
        calendar=calendar_for(config.calendar),
        check_code=fixed_code,
    )
    story = read_story(text, "story.toml", config)
    take: Any = rectifying.perform if isinstance(story.register, RegisterRectification) else perform
    with reading(office.store):
        barrier.wait()
    today = date(2020, 12, 31)
    clerk = Actor(Role.OFFICER, "李")
    numbers = [
        take(office, None, story.register, clerk, story.on, today=today).case.number
        for _ in range(times)
    ]
    office.store.close()
    return numbers


def processes_register(office: Office, text: str, *, processes: int, times: int) -> list[str]:
    """Let processes register at the same moment; return the numbers of all cases."""
    url = office.store.engine.url.render_as_string(hide_password=False)
    keys = (office.store.keys.current, dict(office.store.keys.keys))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.officers"])
    with context.Manager() as manager, context.Pool(processes) as pool:
        barrier: Any = manager.Barrier(processes)
        work = [(url, keys, text, times, barrier)] * processes
        numbers = [one for made in pool.starmap(_register, work, chunksize=1) for one in made]
        pool.close()
        pool.join()
    return numbers
