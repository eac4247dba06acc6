"""SpiffWorkflow: our step table as BPMN, the case read from SQLite and written back at each."""

import importlib
import importlib.util
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from bench.nine_steps import as_plain_data
from gongkai.store.driver import sqlite3
from workflow.machine import TABLE, Row
from workflow.vocabulary import State

#: A peer of the ``bench`` extra.
HERE: Final = importlib.util.find_spec("SpiffWorkflow") is not None
_PROCESS: Final = "request"
#: The states that the nine steps lead to, as ours does.
_PATH: Final = (
    "awaiting_confirmation", "received", "processing", "in_review", "awaiting_approval",
    "approved", "issued", "replied", "replied",
)  # fmt: skip


def _bpmn() -> str:
    """Draw the process of our step table: a task for each state, then the choice among its steps.

    A step leads from the gateway of its state to the task of the state after it, under the
    condition that it is the one that was taken; so any lawful step can follow, as in ours.
    """
    flows, tasks = [], []
    for state in (None, *State):
        name, rows = _node(state), [row for row in TABLE if row.source is state]
        out = [(f"{name}_{n}", row) for n, row in enumerate(rows)]
        incoming = "".join(f"<incoming>{f}</incoming>" for f in _into(state))
        tasks.append(
            f'<manualTask id="{name}">{incoming}<outgoing>{name}_on</outgoing></manualTask>'
            f'<exclusiveGateway id="{name}_choice"><incoming>{name}_on</incoming>'
            + "".join(f"<outgoing>{flow}</outgoing>" for flow, _ in out)
            + "</exclusiveGateway>"
        )
        flows.append(_flow(f"{name}_on", name, f"{name}_choice"))
        flows += [_flow(f, f"{name}_choice", _node(row.dest), _taken(row)) for f, row in out]
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<process id="{_PROCESS}" isExecutable="true">'
        f'<startEvent id="start"><outgoing>begun</outgoing></startEvent>{"".join(tasks)}'
        f"{_flow('begun', 'start', _node(None))}{''.join(flows)}</process></definitions>"
    )


def _node(state: State | None) -> str:
    return state.value if state else "unregistered"


def _into(state: State | None) -> Iterator[str]:
    """Yield the names of the flows that lead to a state."""
    if state is None:
        yield "begun"
    for source in (None, *State):
        rows = [row for row in TABLE if row.source is source]
        yield from (f"{_node(source)}_{n}" for n, row in enumerate(rows) if row.dest is state)


def _taken(row: Row) -> str:
    return f"do == '{row.do}' and to == '{row.dest.value}'"


def _flow(name: str, source: str, target: str, condition: str = "") -> str:
    ends = f'id="{name}" sourceRef="{source}" targetRef="{target}"'
    if not condition:
        return f"<sequenceFlow {ends}/>"
    said = f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
    return f"<sequenceFlow {ends}>{said}</sequenceFlow>"


def _without_drawing(spec: Any, *, stored: bool) -> type:  # noqa: ANN401 - the engine's
    """Return a converter of cases that leaves the drawing out and puts it back."""
    module: Any = importlib.import_module("SpiffWorkflow.bpmn.serializer.default.workflow")
    whole: Any = module.BpmnWorkflowConverter

    class Converter(whole):  # type: ignore[misc]
        """The default converter, but for the drawing."""

        def to_dict(self, workflow: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
            case: dict[str, Any] = super(whole, self).to_dict(workflow)
            events = self.registry.convert(workflow.bpmn_events)
            return {**case, "subprocess_specs": {}, "subprocesses": {}, "bpmn_events": events}

        def from_dict(self, case: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
            return super().from_dict({**case, "spec": json.loads(drawn()) if stored else spec})

    @cache
    def drawn() -> str:
        bpmn: Any = importlib.import_module("SpiffWorkflow.bpmn.serializer")
        plain = bpmn.BpmnWorkflowSerializer(registry=bpmn.BpmnWorkflowSerializer.configure())
        return json.dumps(plain.to_dict(spec))

    return Converter


class SpiffWorkflow:
    """The engine with its drawing, parsed once, on a database of one table.

    ``drawing`` says where the drawing of a case that is restored comes from: out of the case, as
    its serializer does by default; restored from a copy ``stored`` once, as the example
    application of its documentation does; or ``kept`` in memory as it was parsed.
    """

    def __init__(self, journal: str, *, drawing: str = "in the case") -> None:
        self._steps, self._journal = as_plain_data(), journal
        bpmn: Any = importlib.import_module("SpiffWorkflow.bpmn")
        serializer: Any = importlib.import_module("SpiffWorkflow.bpmn.serializer")
        parser = importlib.import_module("SpiffWorkflow.bpmn.parser").BpmnParser()
        parser.add_bpmn_str(_bpmn().encode())
        self._workflow = bpmn.BpmnWorkflow
        self._spec = parser.get_spec(_PROCESS)
        known: Any = importlib.import_module("SpiffWorkflow.bpmn.serializer.config")
        config = dict(known.DEFAULT_CONFIG)
        if drawing != "in the case":
            config[bpmn.BpmnWorkflow] = _without_drawing(self._spec, stored=drawing == "stored")
        registry = serializer.BpmnWorkflowSerializer.configure(config)
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
            task.data[f"step_{place}"] = said
            task.data |= {"do": said["do"], "to": _PATH[place]}
            task.run()
            workflow.do_engine_steps()
            state = self._serializer.serialize_json(workflow)
            run("INSERT OR REPLACE INTO cases VALUES (?, ?)", (n, state))
            run("COMMIT")
        (task,) = workflow.get_tasks(manual=True, state=self._ready)
        assert task.task_spec.name == _PATH[-1]

    def close(self) -> None:
        """Close the database."""
        if self._connection:
            self._connection.close()
