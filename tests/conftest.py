"""Shared by all tests: no test may reach the network."""

import os
import socket

import pytest
from hypothesis import settings

# In CI the same examples every time: a red run can be repeated. Elsewhere they vary and find more.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("desk", deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test talk to loopback and local sockets only."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else "localhost"
        if host not in {"127.0.0.1", "::1", "localhost"}:
            pytest.fail(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type] # passed on as it came

    monkeypatch.setattr(socket.socket, "connect", guarded)
