"""An empty database for a simulated office: a file, or a server of its own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gongkai.office import Office
from gongkai.store.engine import Store, open_store
from gongkai.store.keys import KeyRing, new_ring
from tests.postgres import GIVEN, Server, binaries, given, running
from tests.simulation.offices import office_on


@pytest.fixture(scope="session")
def server() -> Iterator[Server | None]:
    if os.environ.get(GIVEN):
        with given(os.environ[GIVEN]) as found:
            yield found
    elif binaries():
        with running() as own:
            yield own
    else:
        yield None


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    if request.param == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path}/gongkai.sqlite", new_ring())
        return
    server: Server | None = request.getfixturevalue("server")
    if server is None:
        said = f"NO POSTGRESQL SERVER: install postgresql, or name one in {GIVEN}"
        if os.environ.get("CI") == "true":
            pytest.fail(said)
        pytest.skip(said)
    with server.fresh() as name:
        yield from _opened(server.url(name), new_ring())


def _opened(url: str, keys: KeyRing) -> Iterator[Store]:
    made = open_store(url, keys)
    yield made
    made.close()


@pytest.fixture
def office(store: Store) -> Office:
    return office_on(store)
