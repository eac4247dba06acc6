"""Databases as the first version of the program left them, with stories that are told now."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from gongkai.codec import Split, canonical, merged, split
from gongkai.config import Config
from gongkai.migrating import scripts
from gongkai.office import Office, fixed_code
from gongkai.replay import run
from gongkai.store import records, registry
from gongkai.store import tables as t
from gongkai.store.engine import IN_MEMORY, Store, Transaction, open_store, reading
from gongkai.store.keys import KeyRing
from gongkai.story import Story
from gongkai.today import ZONE
from rules.workdays import WorkCalendar
from tests.bare import engine_at
from workflow.commands import Command
from workflow.facts import Fact

#: The fields that were personal in the first version, by the class that had them.
PERSONAL_THEN: Mapping[str, str] = {
    "AddNote": "text",
    "Agent": "name authority",
    "AmendRequest": "text",
    "Applicant": "name id_document contact address",
    "CorrectRecord": "value",
    "DecideRectification": "reason",
    "Item": "title description clues",
    "ReceiveCorrection": "text",
    "RecordContact": "means result",
    "RecordDelivery": "proof",
    "RecordExplanation": "text",
    "RecordOpinion": "reasons",
    "RecordService": "proof",
    "RegisterRectification": "record claim evidence",
    "ResendReply": "proof",
    "SendReply": "proof",
    "StartConsultation": "party",
    "Terminate": "reason",
    "Withdraw": "statement",
}
DUMP = Path(__file__).parent / "gongkai" / "data" / "schema_0001.sql"


def version(revision: str) -> ModuleType:
    """Return the module of a version."""
    found = ScriptDirectory.from_config(scripts()).get_revision(revision)
    return found.module


def told(stories: Iterable[Story], config: Config, calendar: WorkCalendar) -> Office:
    """Run stories in memory, each step a minute after the one before."""
    start = datetime(2026, 1, 5, 9, tzinfo=ZONE)
    minutes = count()
    office = Office(
        store=open_store(IN_MEMORY, KeyRing.ephemeral()),
        config=config,
        calendar=calendar,
        check_code=fixed_code,
        moment=lambda: start + timedelta(minutes=next(minutes)),
    )
    for place, story in enumerate(stories):
        run(office, story, name=f"story-{place}")
    return office


def split_then(command: Command) -> Split:
    """Take a command apart as the first version did."""
    return _apart(command, merged(*split(command)))


def _apart(value: Any, said: Any) -> Split:  # noqa: ANN401 - any value of a command, and its JSON
    if isinstance(value, tuple):
        parts = [_apart(one, own) for one, own in zip(value, said, strict=True)]
        personal = [part.personal for part in parts]
        return Split([part.public for part in parts], personal if any(personal) else None)
    if not is_dataclass(value):
        return Split(said, None)
    then = PERSONAL_THEN.get(type(value).__name__, "").split()
    kept = {name: said[name] for name in said if name in then}
    rest = {
        name: _apart(getattr(value, name), own) for name, own in said.items() if name not in then
    }
    kept |= {name: part.personal for name, part in rest.items() if part.personal is not None}
    return Split({name: part.public for name, part in rest.items()}, kept or None)


def _texts(said: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(said, str):
        yield said
    elif said:
        for one in said.values() if isinstance(said, dict) else said:
            yield from _texts(one)


def write_old(office: Office, url: str) -> None:
    """Write everything an office holds into the tables of the first version, in the clear."""
    engine = engine_at(url)
    old = version("0001")
    with engine.begin() as connection, reading(office.store) as tx:
        if connection.dialect.name == "sqlite":
            for statement in DUMP.read_text(encoding="utf-8").split(";")[:-1]:
                connection.exec_driver_sql(statement)
        else:
            old.metadata.create_all(connection)
        rows = list(tx.execute(select(t.cases)).mappings())
        for row in rows:
            own = {name: row[name] for name in old.cases.c.keys()}  # noqa: SIM118 - columns
            connection.execute(insert(old.cases), own)
        for row in rows:
            _write_case(connection, old, tx, row["number"])
        for row in tx.execute(select(t.counters)).mappings():
            connection.execute(insert(old.counters), dict(row))
        for row in tx.execute(select(t.reasons)).mappings():
            facts = records.facts_of(tx, row["case_number"])[1]
            texts = [text for fact in facts for text in _texts(split(fact.command).personal)]
            (reason,) = {x for x in texts if sha256(x.encode()).hexdigest() == row["reason"]}
            connection.execute(insert(old.reasons), {**row, "reason": reason})
    engine.dispose()


def _write_case(connection: Connection, old: ModuleType, tx: Transaction, number: str) -> None:
    agency, facts = records.facts_of(tx, number)
    key = {"agency": agency, "case_number": number}
    recorded = select(t.facts.c.n, t.facts.c.recorded_at).where(t.facts.c.case_number == number)
    moments = dict(tx.execute(recorded).all())
    for fact in facts:
        public, personal = split_then(fact.command)
        said = {
            "actor": {"role": fact.actor.role.value, "name": fact.actor.name},
            "command": public,
            "command_id": fact.command_id,
            "papers": [{name: getattr(ref, name) for name in ref.__slots__} for ref in fact.papers],
        }
        row = {
            **key,
            "n": fact.number,
            "kind": fact.kind,
            "on": fact.on,
            "recorded_at": moments[fact.number],
            "public": canonical(said).decode(),
            "personal": None if personal is None else canonical(personal).decode(),
        }
        connection.execute(insert(old.facts), row)
        _write_answer(connection, old, tx, key, fact)
    for row in _paper_rows(tx, number):
        connection.execute(insert(old.papers), row)


def _write_answer(
    connection: Connection,
    old: ModuleType,
    tx: Transaction,
    key: dict[str, str],
    fact: Fact,
) -> None:
    public, personal = split_then(fact.command)
    filled = "number" if fact.number == 1 else "draft_digest"
    given = {name: value for name, value in public.items() if name != filled}
    number = None if fact.number == 1 else key["case_number"]
    asked = [number, fact.on.isoformat(), str(fact.actor), given, personal]
    answer = records.answers_of(tx, key["case_number"])[fact.number]
    row = {
        **key,
        "fact": fact.number,
        "command_id": fact.command_id,
        "asked": sha256(canonical(asked)).hexdigest(),
        "answer": canonical(answer).decode(),
    }
    connection.execute(insert(old.commands), row)


def _paper_rows(tx: Transaction, number: str) -> Iterator[dict[str, Any]]:
    p = t.papers.c
    wanted = select(t.papers).where(p.case_number == number).order_by(p.fact, p.place)
    rows = tx.execute(wanted).mappings().all()
    for row, paper in zip(rows, registry.papers_of(tx, number), strict=True):
        own = {name: row[name] for name in row if name != "text_sha256"}
        yield {**own, "docx": paper.docx, "text": paper.text}


def contents(store: Store) -> dict[str, Any]:
    """Return everything a database holds, as the program reads it."""
    with reading(store) as tx:
        cases = [
            dict(row) for row in tx.execute(select(t.cases).order_by(t.cases.c.number)).mappings()
        ]
        numbers = [row["number"] for row in cases]
        for row in cases:
            del row["head"]  # another chain, another link
        return {
            "cases": cases,
            "facts": {number: records.facts_of(tx, number) for number in numbers},
            "papers": {number: registry.papers_of(tx, number) for number in numbers},
            "answers": {number: records.answers_of(tx, number) for number in numbers},
            "numbers": registry.series_rows(tx),
            "reasons": sorted(tuple(row) for row in tx.execute(select(t.reasons))),
        }


def personal_words(office: Office) -> set[str]:
    """Return the longer words of every personal part: what no file may show."""
    with reading(office.store) as tx:
        found = tx.execute(select(t.personal.c.case_number).distinct()).scalars().all()
        facts = [fact for number in found for fact in records.facts_of(tx, number)[1]]
    said = json.dumps([split(fact.command).personal for fact in facts], ensure_ascii=False)
    return {word for word in said.split('"') if len(word) > 12}
