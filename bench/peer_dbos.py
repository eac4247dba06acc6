"""DBOS: the nine steps as one of its workflows, each step kept in its own SQLite database."""

import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from bench.nine_steps import as_plain_data

#: A peer of the ``bench`` extra.
HERE: Final = importlib.util.find_spec("dbos") is not None


class Dbos:
    """The engine; its workflow takes a case straight through, which is its best case."""

    def __init__(self, journal: str) -> None:
        self._journal = journal
        self._engine: Any = importlib.import_module("dbos").DBOS
        self._steps = as_plain_data()
        self.carry_out: Callable[[], None] = self._register()

    def _register(self) -> Callable[[], None]:
        def step(case: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
            return {**case, said["do"]: said}

        def workflow(steps: list[dict[str, Any]]) -> dict[str, Any]:
            case: dict[str, Any] = {}
            for said in steps:
                case = kept(case, said)
            return case

        kept = self._engine.step(name="step")(step)
        taken = self._engine.workflow(name="request")(workflow)

        def carry_out() -> None:
            assert len(taken(self._steps)) == len(self._steps)

        return carry_out

    def open(self, file: Path) -> None:
        """Start the engine on an empty database, as durable as ours."""
        self.close()
        self._engine(
            config={
                "name": "bench",
                "system_database_url": f"sqlite:///{file}",
                "console_log_level": "ERROR",
            }
        )
        self._engine.launch()
        self._assert_durable()

    def _assert_durable(self) -> None:
        system: Any = importlib.import_module("dbos._dbos")._get_dbos_instance()._sys_db  # noqa: SLF001
        with system.engine.connect() as connection:
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous")
            ]
        assert found == [self._journal, 2], f"not as durable as ours: {found}"

    def close(self) -> None:
        """Stop the engine."""
        self._engine.destroy()
