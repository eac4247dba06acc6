"""DBOS: how a request desk on it would carry the nine commands, in the ways of its documentation.

``Dbos``: each command is a workflow of its own under the command's id, which reads the case
from the desk's table, applies the step and writes it in one transaction of a DBOS datasource; the
answer is the workflow's result. ``DbosWaiting``: one workflow a case waits for each command with
``recv`` and answers with ``set_event``. ``DbosStraight``: one workflow takes a case through all its
steps without anybody handing them in: no desk, the least that DBOS can do.
"""

import importlib
import importlib.util
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import text

from bench.nine_steps import as_plain_data
from gongkai.store.driver import sqlite3

#: A peer of the ``bench`` extra.
HERE: Final = importlib.util.find_spec("dbos") is not None
Said = dict[str, Any]
_TABLE: Final = "CREATE TABLE cases (number TEXT PRIMARY KEY, version INTEGER, state TEXT NOT NULL)"
_READ: Final = text("SELECT version, state FROM cases WHERE number = :number")
_FIRST: Final = text("INSERT INTO cases (number, version, state) VALUES (:number, 1, :state)")
_NEXT: Final = text(
    "UPDATE cases SET version = version + 1, state = :state"
    " WHERE number = :number AND version = :seen"
)
#: Nobody hands in a command for this long: then the waiting workflow only waits again.
_PATIENCE: Final = 86_400.0


class _Engine(ABC):
    """DBOS on an empty database, as durable as ours."""

    #: What is set besides its defaults.
    settings: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, journal: str) -> None:
        self._journal, self._steps, self._cases = journal, as_plain_data(), 0
        self._dbos: Any = importlib.import_module("dbos")
        self._engine: Any = self._dbos.DBOS
        self._register()

    @abstractmethod
    def _register(self) -> None:
        """Tell DBOS the workflows, once."""

    @abstractmethod
    def carry_out(self) -> None:
        """Take one case through its steps."""

    def open(self, file: Path) -> None:
        """Start the engine on an empty database."""
        self.close()
        with sqlite3.connect(file, isolation_level=None) as connection:
            connection.execute(f"PRAGMA journal_mode={self._journal}")  # stays with the file
            connection.execute(_TABLE)
        connection.close()
        self.resume(file)

    def resume(self, file: Path) -> None:
        """Start the engine on a database that is there, as after a restart."""
        self._configure(file)
        self._engine.launch()
        system: Any = importlib.import_module("dbos._dbos")._get_dbos_instance()._sys_db  # noqa: SLF001
        self._assert_durable(system.engine)

    def _configure(self, file: Path) -> None:
        config = {
            "name": "bench",
            "system_database_url": f"sqlite:///{file}",
            "console_log_level": "ERROR",
            **self.settings,
        }
        self._engine(config=config)

    def _assert_durable(self, engine: Any) -> None:  # noqa: ANN401 - SQLAlchemy's, from DBOS
        with engine.connect() as connection:
            found = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous")
            ]
        assert found == [self._journal, 2], f"not as durable as ours: {found}"

    def _named(self, function: str) -> str:
        return f"{function} of {type(self).__name__} in {self._journal}"

    def _next_case(self) -> str:
        self._cases += 1
        return f"case-{self._cases}"

    def close(self) -> None:
        """Stop the engine."""
        self._engine.destroy()


class Dbos(_Engine):
    """Each command a workflow of its own; what it did is its result, kept under its id."""

    def _register(self) -> None:
        def command(number: str, said: Said) -> dict[str, Any]:
            done: dict[str, Any] = self._datasource.run_tx_step(
                {"name": "apply"}, self._apply, number, said
            )
            return done

        self._datasource: Any = None
        self._command = self._engine.workflow(name=self._named("command"))(command)

    def _configure(self, file: Path) -> None:
        """Open the desk's own table beside the engine, in the same file."""
        super()._configure(file)
        self._datasource = self._dbos.SQLAlchemyDatasource.create(f"sqlite:///{file}")
        self._assert_durable(self._datasource.engine)

    def _apply(self, number: str, said: Said) -> dict[str, Any]:
        session = self._datasource.sql_session()
        row = session.execute(_READ, {"number": number}).first()
        seen, state = row or (0, "{}")
        case = json.dumps({**json.loads(state), said["do"]: said}, ensure_ascii=False)
        values = {"number": number, "state": case, "seen": seen}
        written = session.execute(_NEXT if seen else _FIRST, values)
        assert written.rowcount == 1, "another officer was first"
        return {"number": number, "version": seen + 1, "done": said["do"]}

    def hand_in(self, command_id: str, number: str, said: Said) -> dict[str, Any]:
        """Do a command, or answer as before if it was done."""
        with self._dbos.SetWorkflowID(command_id):
            answer: dict[str, Any] = self._command(number, said)
        return answer

    def carry_out(self) -> None:
        """Take one case through its steps, each handed in."""
        number = self._next_case()
        for version, said in enumerate(self._steps, start=1):
            answer = self.hand_in(f"{number}/{version}", number, said)
            assert answer["version"] == version

    def close(self) -> None:
        """Stop the engine and let go of the table."""
        super().close()
        if self._datasource:
            self._datasource.engine.dispose()
            self._datasource = None


class DbosWaiting(_Engine):
    """One workflow a case, waiting for each command and answering it by an event."""

    #: The least that it allows: by default it looks once a second.
    settings = MappingProxyType({"notification_listener_polling_interval_sec": 0.001})

    def _register(self) -> None:
        def case_of(number: str, steps: int) -> dict[str, Any]:
            case: dict[str, Any] = {}
            while len(case) < steps:
                handed_in = self._engine.recv("command", timeout_seconds=_PATIENCE)
                if handed_in is None:
                    continue
                said = handed_in["said"]
                case = {**case, said["do"]: said}
                answer = {"number": number, "version": len(case), "done": said["do"]}
                self._engine.set_event(handed_in["id"], answer)
            return case

        self._case_of = self._engine.workflow(name=self._named("case"))(case_of)

    def begin(self, number: str) -> None:
        """Start the case's workflow; it waits for its registration first."""
        with self._dbos.SetWorkflowID(number):
            self._engine.start_workflow(self._case_of, number, len(self._steps))

    def hand_in(self, command_id: str, number: str, said: Said) -> dict[str, Any]:
        """Do a command, or answer as before if it was done."""
        handed_in = {"id": command_id, "said": said}
        self._engine.send(number, handed_in, "command", idempotency_key=command_id)
        answer: dict[str, Any] = self._engine.get_event(number, command_id, timeout_seconds=60)
        return answer

    def carry_out(self) -> None:
        """Take one case through its steps, each handed in."""
        number = self._next_case()
        self.begin(number)
        for version, said in enumerate(self._steps, start=1):
            answer = self.hand_in(f"{number}/{version}", number, said)
            assert answer["version"] == version
        case = self._engine.retrieve_workflow(number).get_result(polling_interval_sec=0.001)
        assert len(case) == len(self._steps)


class DbosStraight(_Engine):
    """One workflow takes a case straight through: nobody hands in anything."""

    def _register(self) -> None:
        def step(case: dict[str, Any], said: Said) -> dict[str, Any]:
            return {**case, said["do"]: said}

        def request(steps: list[Said]) -> dict[str, Any]:
            case: dict[str, Any] = {}
            for said in steps:
                case = kept(case, said)
            return case

        kept = self._engine.step(name=self._named("step"))(step)
        self._request = self._engine.workflow(name=self._named("request"))(request)

    def carry_out(self) -> None:
        """Take one case through its steps."""
        assert len(self._request(self._steps)) == len(self._steps)
