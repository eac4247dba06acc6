"""A PostgreSQL server that goes away under its clients costs nobody anything but time."""

import pytest

from tests.crash.conftest import lacking
from tests.crash.outages import HOW
from tests.crash.shim import Nursery
from tests.postgres import binaries

SEED = 20190515
EACH = 5


@pytest.mark.slow
def test_a_server_stopped_and_started_under_load_loses_and_doubles_nothing(
    nursery: Nursery,
) -> None:
    if binaries() is None:
        lacking("PostgreSQL server")

    report = nursery.order("outages", restarts=EACH * len(HOW), seed=SEED)

    assert report["violations"] == []
    assert report["restarts"] == {how.name: EACH for how in HOW}
    assert report["done"] > EACH * len(HOW)
