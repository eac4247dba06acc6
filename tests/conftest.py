"""Shared by all tests: no test may reach the network."""

import socket

import pytest


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
