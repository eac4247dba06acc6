"""A line to a PostgreSQL server that can be cut at the COMMIT."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from threading import Thread
from typing import Final

from psycopg.conninfo import conninfo_to_dict

_COMMIT: Final = b"COMMIT\0"
_PORT: Final = 5432


class Cut(Enum):
    """Where the line breaks."""

    #: The server never hears of the COMMIT.
    BEFORE = "before"
    #: The COMMIT is on its way when the line breaks; nobody knows whether it arrives.
    AT = "at"
    #: The server has committed and its answer is lost.
    AFTER = "after"


class Line:
    """Passes everything on, and is cut once where it was told to be."""

    def __init__(self, conninfo: str, folder: Path) -> None:
        said = conninfo_to_dict(conninfo)
        self._host, self._port = str(said.get("host", "")), int(str(said.get("port", _PORT)))
        self.folder = folder
        self.cut: Cut | None = None
        self.cuts = 0
        self._open: list[socket.socket] = []
        self._threads: list[Thread] = []
        self._ears = socket.socket(socket.AF_UNIX)
        self._ears.bind(str(folder / f".s.PGSQL.{_PORT}"))
        self._ears.listen()
        self._start(self._accept)

    def _start(self, work: object, *words: object) -> None:
        thread = Thread(target=work, args=words, daemon=True)  # type: ignore[arg-type] # a function
        self._threads.append(thread)
        thread.start()

    def _server(self) -> socket.socket:
        if self._host.startswith("/"):
            server = socket.socket(socket.AF_UNIX)
            server.connect(f"{self._host}/.s.PGSQL.{self._port}")
            return server
        return socket.create_connection((self._host, self._port))

    def _accept(self) -> None:
        with suppress(OSError):  # closed
            while True:
                client, _ = self._ears.accept()
                server = self._server()
                self._open += [client, server]
                self._start(self._to_server, client, server)
                self._start(self._to_client, server, client)

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(65536):
                cut = self.cut if _COMMIT in said else None
                if cut is None:
                    server.sendall(said)
                    continue
                self.cut = None
                self.cuts += 1
                if cut is Cut.AFTER:  # to a connection that is gone to the client
                    client.shutdown(socket.SHUT_WR)
                if cut is not Cut.BEFORE:
                    server.sendall(said)
                if cut is Cut.AFTER:
                    server.shutdown(socket.SHUT_WR)
                    continue
                break
        _end(client, server)

    def _to_client(self, server: socket.socket, client: socket.socket) -> None:
        with suppress(OSError):
            while said := server.recv(65536):
                client.sendall(said)
        _end(client, server)

    def close(self) -> None:
        """Break every line and answer no more."""
        with suppress(OSError):
            self._ears.shutdown(socket.SHUT_RDWR)
        _end(*self._open)
        for thread in self._threads:
            thread.join()
        for end in (self._ears, *self._open):
            end.close()


def _end(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def line(conninfo: str, folder: Path) -> Iterator[Line]:
    """Lay a line to the server, which is reached through the socket in ``folder``."""
    laid = Line(conninfo, folder)
    try:
        yield laid
    finally:
        laid.close()
