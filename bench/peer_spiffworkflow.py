"""SpiffWorkflow: the nine steps as BPMN, the case read from SQLite and written back at each."""

import importlib
import importlib.util
import sqlite3
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from bench.nine_steps import as_plain_data

#: A peer of the ``bench`` extra.
HERE: Final = importlib.util.find_spec("SpiffWorkflow") is not None
_PROCESS: Final = "request"


def _bpmn(names: list[str]) -> str:
    """Draw the steps in a row, between a start and an end."""
    places = ["start", *names, "end"]
    flows = "".join(
        f'<sequenceFlow id="to_{after}" sourceRef="{before}" targetRef="{after}"/>'
        for before, after in pairwise(places)
    )
    tasks = "".join(
        f'<manualTask id="{name}"><incoming>to_{name}</incoming>'
        f"<outgoing>to_{after}</outgoing></manualTask>"
        for name, after in zip(names, places[2:], strict=True)
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
        f'<process id="{_PROCESS}" isExecutable="true">'
        f'<startEvent id="start"><outgoing>to_{names[0]}</outgoing></startEvent>{tasks}'
        f'<endEvent id="end"><incoming>to_end</incoming></endEvent>{flows}</process></definitions>'
    )


class SpiffWorkflow:
    """The engine with its drawing, parsed once, on a database of one table."""

    def __init__(self, journal: str) -> None:
        self._steps, self._journal = as_plain_data(), journal
        bpmn: Any = importlib.import_module("SpiffWorkflow.bpmn")
        serializer: Any = importlib.import_module("SpiffWorkflow.bpmn.serializer")
        parser = importlib.import_module("SpiffWorkflow.bpmn.parser").BpmnParser()
        parser.add_bpmn_str(_bpmn([step["do"] for step in self._steps]).encode())
        self._workflow = bpmn.BpmnWorkflow
        self._spec = parser.get_spec(_PROCESS)
        registry = serializer.BpmnWorkflowSerializer.configure()
        self._serializer = serializer.BpmnWorkflowSerializer(registry=registry)
        self._ready = importlib.import_module("SpiffWorkflow").TaskState.READY
        self._connection: sqlite3.Connection | None = None
        self._cases = 0

    def open(self, file: Path) -> None:
        """Open an empty database, as durable as ours."""
        self.close()
        self._connection = sqlite3.connect(file, isolation_level=None)
        (got,) = self._connection.execute(f"PRAGMA journal_mode={self._journal}").fetchone()
        (durable,) = self._connection.execute("PRAGMA synchronous").fetchone()
        assert (got, durable) == (self._journal, 2), "not as durable as ours"
        self._connection.execute("CREATE TABLE cases (n INTEGER PRIMARY KEY, state TEXT NOT NULL)")

    def carry_out(self) -> None:
        """Take one case through its steps, each in a transaction of its own."""
        assert self._connection
        run = self._connection.execute
        self._cases += 1
        n = self._cases
        workflow: Any = self._workflow(self._spec)
        workflow.do_engine_steps()
        for place, said in enumerate(self._steps):
            run("BEGIN IMMEDIATE")
            if place:
                (state,) = run("SELECT state FROM cases WHERE n = ?", (n,)).fetchone()
                workflow = self._serializer.deserialize_json(state)
            (task,) = workflow.get_tasks(manual=True, state=self._ready)
            assert task.task_spec.name == said["do"]
            task.data[said["do"]] = said
            task.run()
            workflow.do_engine_steps()
            state = self._serializer.serialize_json(workflow)
            run("INSERT OR REPLACE INTO cases VALUES (?, ?)", (n, state))
            run("COMMIT")
        assert workflow.completed

    def close(self) -> None:
        """Close the database."""
        if self._connection:
            self._connection.close()
