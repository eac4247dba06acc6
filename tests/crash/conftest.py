"""What the crash tests need: a C compiler, a PostgreSQL server, a process under the shim."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.databases import NAMES
from tests.crash.shim import Nursery, compiled, compiler
from tests.postgres import binaries, running


def lacking(what: str) -> None:
    """Skip for want of something that CI must have."""
    if os.environ.get("CI"):
        pytest.fail(f"no {what} on this machine")
    pytest.skip(f"no {what} on this machine: nothing was killed here")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The folder of a server; nothing where there is none."""
    if binaries() is None:
        yield ""
        return
    with running() as own:
        yield str(own.folder)


@pytest.fixture(scope="session")
def nursery(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    if compiler() is None:
        lacking("C compiler, or no Linux,")
    folder: Path = tmp_path_factory.mktemp("crash")
    made = Nursery(compiled(folder), folder, server)
    yield made
    made.close()


@pytest.fixture(params=NAMES)
def database(request: pytest.FixtureRequest, server: str) -> str:
    """The name of a kind of database that is there."""
    name: str = request.param
    if name == "postgresql" and not server:
        lacking("PostgreSQL server")
    return name
