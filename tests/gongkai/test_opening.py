"""Opening the database: looked at once, over one line, and never made by looking."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event


def test_a_command_opens_the_database_once(
    home: Path, call: Callable[..., Any], database: str
) -> None:
    assert call("init").code == 0
    lines: list[object] = []

    def connected(connection: object, _record: object) -> None:
        lines.append(connection)

    event.listen(Engine, "connect", connected)
    try:
        said = call("case", "list", "--json")
    finally:
        event.remove(Engine, "connect", connected)

    assert (said.code, said.json) == (0, [])
    assert len(lines) == 1, (database, home)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # only it is a file
def test_a_file_without_tables_is_no_database_yet(home: Path, call: Callable[..., Any]) -> None:
    assert call("init").code == 0
    (home / "var" / "gongkai.sqlite").write_bytes(b"")

    said = call("case", "list")

    assert said.code == 1
    assert "gongkai init" in said.err
    assert call("init").code == 0
    assert call("case", "list", "--json").json == []
