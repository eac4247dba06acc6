"""Facts linked into a chain, personal data and papers sealed, history guarded by triggers."""

import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from alembic import op
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    RowMapping,
    Select,
    Table,
    Text,
    UniqueConstraint,
    collate,
    func,
    insert,
    inspect,
    select,
    update,
)

from gongkai.codec import Split, canonical, join, merged, split
from gongkai.store import chain
from gongkai.store.keys import KeyRing

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

#: The tables as they are from this version on, whatever becomes of them later.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TEXT: Final = Text().with_variant(Text(collation="C"), "postgresql")

cases: Final = Table(
    "cases",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("number", _TEXT, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("version", Integer, nullable=False),
    Column("head", _TEXT, nullable=False),
    Column("state", _TEXT, nullable=False),
    Column("channel", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("received_on", Date),
    Column("reply_due_on", Date),
    Column("provisional", Boolean, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("erased_on", Date),
    UniqueConstraint("number"),
    Index(None, "agency", "state", "reply_due_on"),
)

facts: Final = Table(
    "facts",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("kind", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("recorded_at", _TEXT),
    Column("public", _TEXT, nullable=False),
    Column("commitment", _TEXT),
    Column("hash", _TEXT, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    UniqueConstraint("agency", "seq"),
    CheckConstraint("n >= 1", name="n_from_1"),
)

personal: Final = Table(
    "personal",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "n"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    Index(None, "key"),
)

acts: Final = Table(
    "acts",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("seq", BigInteger, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("case_number", _TEXT),
    Column("on", Date, nullable=False),
    Column("recorded_at", _TEXT),
    Column("public", _TEXT, nullable=False),
    Column("hash", _TEXT, nullable=False),
    Index(None, "agency", "kind"),
    Index(None, "agency", "case_number"),
)

chains: Final = Table(
    "chains",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("algorithm", _TEXT, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", _TEXT, nullable=False),
)

papers: Final = Table(
    "papers",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("kind", _TEXT, nullable=False),
    Column("form", _TEXT, nullable=False),
    Column("title", _TEXT, nullable=False),
    Column("on", Date, nullable=False),
    Column("series", _TEXT),
    Column("year", Integer),
    Column("n", Integer),
    Column("number", _TEXT),
    Column("check_code", _TEXT),
    Column("sha256", _TEXT, nullable=False),
    Column("text_sha256", _TEXT, nullable=False),
    Column("void_on", Date),
    Column("void_reason", _TEXT),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    UniqueConstraint("agency", "series", "year", "n"),
    UniqueConstraint("agency", "number"),
    Index(None, "sha256"),
    Index(None, "check_code"),
)

attachments: Final = Table(
    "attachments",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("fact", Integer, primary_key=True),
    Column("sha256", _TEXT, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", _TEXT, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    Index(None, "agency", "sha256"),
)

blobs: Final = Table(
    "blobs",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("sha256", _TEXT, primary_key=True),
    Column("part", Integer, primary_key=True),
    Column("key", _TEXT, nullable=False),
    Column("sealed", LargeBinary),
    Column("file", _TEXT),
    CheckConstraint("(sealed IS NULL) <> (file IS NULL)", name="one_place"),
    Index(None, "key"),
)

blind_index: Final = Table(
    "blind_index",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("field", _TEXT, primary_key=True),
    Column("token", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    Column("key", _TEXT, nullable=False),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
    Index(None, "agency", "case_number"),
    Index(None, "key"),
)

counters: Final = Table(
    "counters",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("series", _TEXT, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("imported", Integer, nullable=False),
)

commands: Final = Table(
    "commands",
    metadata,
    Column("command_id", _TEXT, primary_key=True),
    Column("agency", _TEXT, nullable=False),
    Column("case_number", _TEXT, nullable=False),
    Column("fact", Integer, nullable=False),
    Column("asked", _TEXT, nullable=False),
    Column("answer", _TEXT, nullable=False),
    ForeignKeyConstraint(
        ["agency", "case_number", "fact"], ["facts.agency", "facts.case_number", "facts.n"]
    ),
    UniqueConstraint("agency", "case_number", "fact"),
)

reasons: Final = Table(
    "reasons",
    metadata,
    Column("agency", _TEXT, primary_key=True),
    Column("reason", _TEXT, primary_key=True),
    Column("case_number", _TEXT, primary_key=True),
    ForeignKeyConstraint(["agency", "case_number"], ["cases.agency", "cases.number"]),
)

settings: Final = Table(
    "settings",
    metadata,
    Column("name", _TEXT, primary_key=True),
    Column("value", _TEXT, nullable=False),
)

#: What the database refuses from this version on: name, table, operation, condition.
_FOREVER: Final = ("facts", "acts", "commands", "attachments")
_VOIDED: Final = (
    "agency", "case_number", "fact", "place", "kind", "form", "title", "on", "series", "year",
    "n", "number", "check_code", "sha256", "text_sha256",
)  # fmt: skip
_NOT_ERASED: Final = (
    "NOT EXISTS (SELECT 1 FROM cases c WHERE c.agency = OLD.agency"
    " AND c.number = OLD.case_number AND c.erased_on IS NOT NULL)"
)


def rules(same: str) -> Iterator[tuple[str, str, str, str]]:
    for table in _FOREVER:
        yield f"{table}_no_update", table, "UPDATE", ""
        yield f"{table}_no_delete", table, "DELETE", ""
    fixed = " AND ".join(f'NEW."{name}" {same} OLD."{name}"' for name in _VOIDED)
    yield "papers_only_voided", "papers", "UPDATE", f"NOT ({fixed} AND OLD.void_on IS NULL)"
    yield "papers_no_delete", "papers", "DELETE", ""
    yield "personal_only_resealed", "personal", "UPDATE", "NEW.n <> OLD.n OR NEW.key = OLD.key"
    yield "personal_only_erased", "personal", "DELETE", _NOT_ERASED
    yield "chains_only_longer", "chains", "UPDATE", "NEW.seq <> OLD.seq + 1"
    yield "chains_no_delete", "chains", "DELETE", ""
    yield "counters_only_up", "counters", "UPDATE", "NEW.n < OLD.n"
    yield "counters_no_delete", "counters", "DELETE", ""
    yield "cases_no_delete", "cases", "DELETE", ""


def guards(dialect: str) -> Iterator[str]:
    if dialect == "postgresql":
        yield from _postgresql()
        return
    for name, table, operation, condition in rules("IS"):
        when = f" WHEN {condition}" if condition else ""
        yield (
            f"CREATE TRIGGER guard_{name} BEFORE {operation} ON {table}{when}"
            f" BEGIN SELECT RAISE(ABORT, 'gongkai: {name}'); END"
        )


def _postgresql() -> Iterator[str]:
    code = "ERRCODE = 'integrity_constraint_violation'"
    yield (
        "CREATE OR REPLACE FUNCTION gongkai_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION USING MESSAGE = 'gongkai: ' || TG_ARGV[0], {code}; END $$"
    )
    tables = set()
    for name, table, operation, condition in rules("IS NOT DISTINCT FROM"):
        tables.add(table)
        refuse, when = f"gongkai_refuse('{name}')", f" WHEN ({condition})" if condition else ""
        if "SELECT" in condition:
            refuse, when = f"gongkai_{name}()", ""
            yield (
                f"CREATE OR REPLACE FUNCTION {refuse} RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN IF {condition} THEN RAISE EXCEPTION USING"
                f" MESSAGE = 'gongkai: {name}', {code}; END IF; RETURN OLD; END $$"
            )
        yield (
            f"CREATE TRIGGER guard_{name} BEFORE {operation} ON {table}"
            f" FOR EACH ROW{when} EXECUTE FUNCTION {refuse}"
        )
    for table in sorted(tables):
        yield (
            f"CREATE TRIGGER guard_{table}_no_truncate BEFORE TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION gongkai_refuse('{table}_no_truncate')"
        )


# ── the step from 0001 ────────────────────────────────────────────────────────

#: Children first: the order in which the old tables can be dropped.
_OLD: Final = ("reasons", "commands", "counters", "papers", "facts", "cases")
_SALT: Final = 16
_MANY: Final = 200


class Old(NamedTuple):
    """The old tables, out of the way under other names."""

    cases: Table
    facts: Table
    papers: Table
    counters: Table
    commands: Table
    reasons: Table


class Paper(NamedTuple):
    """What the new rows say of a paper whose bytes were moved into blobs."""

    row: str
    text: str


def upgrade() -> None:
    connection = op.get_bind()
    context = op.get_context().config
    assert context is not None  # noqa: S101 - Alembic runs versions with a configuration
    keys: KeyRing = context.attributes["keys"]
    old = _put_aside(connection)
    metadata.create_all(connection)
    _move_cases(connection, old)
    papers_of = _seal_papers(connection, keys, old)
    _chain_facts(connection, keys, old, papers_of)
    _move_papers(connection, old, papers_of)
    _move_commands(connection, old)
    names = [column.name for column in counters.columns]
    rows = select(*(old.counters.c[name] for name in names))
    connection.execute(insert(counters).from_select(names, rows))
    _digest_reasons(connection, old)
    for name in _OLD:
        op.drop_table(f"old_{name}")
    for statement in guards(connection.dialect.name):
        connection.exec_driver_sql(statement)


def _put_aside(connection: Connection) -> Old:
    """Rename the old tables and free the names of their keys and indexes."""
    there = inspect(connection)
    for name in _OLD:
        for index in there.get_indexes(name):
            if index["name"] and not index.get("duplicates_constraint"):
                op.drop_index(index["name"], table_name=name)
        if connection.dialect.name == "postgresql":
            _drop_constraints(connection, name)
        op.rename_table(name, f"old_{name}")
    moved = MetaData()
    return Old(*(Table(f"old_{name}", moved, autoload_with=connection) for name in Old._fields))


def _drop_constraints(connection: Connection, table: str) -> None:
    """Drop every constraint, what others refer to last: _OLD has the children first."""
    found = connection.exec_driver_sql(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype <> 'n'"
        " ORDER BY contype = 'p', contype = 'u'",
        (table,),
    )
    for (name,) in found.all():
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')


def _stream(connection: Connection, wanted: Select[Any]) -> Iterator[RowMapping]:
    yield from connection.execute(wanted.execution_options(yield_per=_MANY)).mappings()


def _move_cases(connection: Connection, old: Old) -> None:
    """Move the rows of the cases; ``head`` follows with the facts."""
    for row in _stream(connection, select(old.cases)):
        connection.execute(insert(cases), {**row, "head": "", "erased_on": None})


# papers: docx and text become sealed blobs; the fact names the digest of the rest of the row

_FIXED: Final = tuple(c.name for c in papers.c if c.name not in {"void_on", "void_reason"})
_Key = tuple[str, str, int]


def _seal_papers(connection: Connection, keys: KeyRing, old: Old) -> dict[_Key, dict[int, Paper]]:
    found: dict[_Key, dict[int, Paper]] = {}
    kept: set[tuple[str, str]] = set()
    for row in _stream(connection, select(old.papers)):
        text = row["text"].encode()
        new = {**row, "text_sha256": hashlib.sha256(text).hexdigest()}
        said = {name: new[name] for name in _FIXED} | {"on": row["on"].isoformat()}
        key = (row["agency"], row["case_number"], row["fact"])
        paper = Paper(hashlib.sha256(canonical(said)).hexdigest(), new["text_sha256"])
        found.setdefault(key, {})[row["place"]] = paper
        for data in (row["docx"], text):
            _seal_blob(connection, keys, row["agency"], data, kept)
    return found


def _seal_blob(
    connection: Connection,
    keys: KeyRing,
    agency: str,
    data: bytes,
    kept: set[tuple[str, str]],
) -> None:
    address = hashlib.sha256(data).hexdigest()
    if (agency, address) in kept:
        return
    kept.add((agency, address))
    key, sealed = keys.seal(data, f"blobs/{agency}/{address}/1")
    row = {"agency": agency, "sha256": address, "part": 1, "key": key, "sealed": sealed}
    connection.execute(insert(blobs), {**row, "file": None})


def _move_papers(
    connection: Connection, old: Old, papers_of: Mapping[_Key, Mapping[int, Paper]]
) -> None:
    light = [column for column in old.papers.c if column.name not in {"docx", "text"}]
    for row in _stream(connection, select(*light)):
        paper = papers_of[row["agency"], row["case_number"], row["fact"]][row["place"]]
        connection.execute(insert(papers), {**row, "text_sha256": paper.text})


# facts: their order becomes the order of the chain; their personal part is sealed beside them


def in_order(facts_: Table) -> Select[Any]:
    """Return the facts of each agency in the order in which they were recorded.

    By moment of recording (none: before all that have one), then by day, case and number. A case's
    facts keep their order whatever a clock said: each counts from the latest before it.
    """
    f = facts_.c
    binary = "BINARY" if op.get_bind().dialect.name == "sqlite" else "C"
    case = (f.agency, f.case_number)
    moment: ColumnElement[Any] = func.max(collate(func.coalesce(f.recorded_at, ""), binary))
    keys = (
        moment.over(partition_by=case, order_by=f.n),
        func.max(f.on).over(partition_by=case, order_by=f.n),
        collate(f.case_number, binary),
        f.n,
    )
    return select(facts_).order_by(f.agency, *keys)


def _chain_facts(
    connection: Connection,
    keys: KeyRing,
    old: Old,
    papers_of: Mapping[_Key, Mapping[int, Paper]],
) -> None:
    ends: dict[str, chain.Head] = {}
    heads: dict[tuple[str, str], str] = {}
    for row in _stream(connection, in_order(old.facts)):
        agency, number = row["agency"], row["case_number"]
        end = ends.get(agency, chain.Head(0, chain.GENESIS))
        own = papers_of.get((agency, number, row["n"]), {})
        new, salted = _linked(row, end, [own[place].row for place in sorted(own)])
        connection.execute(insert(facts), new)
        if salted:
            _seal_personal(connection, keys, new, salted)
        ends[agency] = chain.Head(new["seq"], new["hash"])
        heads[agency, number] = new["hash"]
    for agency, end in ends.items():
        row_ = {"agency": agency, "algorithm": chain.ALGORITHM, **end._asdict()}
        connection.execute(insert(chains), row_)
    for (agency, number), link in heads.items():
        here = (cases.c.agency == agency) & (cases.c.number == number)
        connection.execute(update(cases).where(here).values(head=link))


def apart(row: RowMapping) -> Split:
    """Take the command of an old fact apart as today: more of it is personal than when it was kept.

    Today's codec does it, not a copy of it: the chain fixes for good what is public.
    """
    personal_ = json.loads(row["personal"]) if row["personal"] else None
    return split(join(json.loads(row["public"])["command"], personal_))


def _linked(row: RowMapping, end: chain.Head, digests: list[str]) -> tuple[dict[str, Any], bytes]:
    public, said = json.loads(row["public"]), apart(row)
    public["command"] = said.public
    refs = zip(public["papers"], digests, strict=True)
    public["papers"] = [{**ref, "row": digest} for ref, digest in refs]
    salted = b"" if said.personal is None else os.urandom(_SALT) + canonical(said.personal)
    new = {name: row[name] for name in row if name != "personal"}
    new |= {
        "seq": end.seq + 1,
        "public": canonical(public).decode(),
        "commitment": _commitment(salted) if salted else None,
    }
    new["hash"] = chain.link(end.hash, chain.fact_digest(new))
    return new, salted


def _commitment(salted: bytes) -> str:
    return hmac.digest(salted[:_SALT], salted[_SALT:], hashlib.sha256).hex()


def _seal_personal(
    connection: Connection, keys: KeyRing, row: Mapping[str, Any], salted: bytes
) -> None:
    own = {name: row[name] for name in ("agency", "case_number", "n")}
    key, sealed = keys.seal(salted, "/".join(["personal", *map(str, own.values())]))
    connection.execute(insert(personal), {**own, "key": key, "sealed": sealed})


# commands: the digest of what was asked covered the personal part too, without salt, and would
# outlive its erasure; it is made again without it, so that a command given again is still known


def _move_commands(connection: Connection, old: Old) -> None:
    c, f = old.commands.c, old.facts.c
    same = (f.agency == c.agency) & (f.case_number == c.case_number) & (f.n == c.fact)
    wanted = select(old.commands, f.on, f.public, f.personal).join_from(
        old.commands, old.facts, same
    )
    for row in _stream(connection, wanted):
        new = {column.name: row[column.name] for column in commands.c}
        connection.execute(insert(commands), {**new, "asked": _asked(row)})


def _asked(row: RowMapping) -> str:
    """Find what the old digest was made of, and digest it without its personal part."""
    personal_ = json.loads(row["personal"]) if row["personal"] else None
    old = json.loads(row["public"])["command"]
    ways = list(zip(_ways(row, old), _ways(row, apart(row).public), strict=True))
    for then, now in ways:
        if _sha([*then, personal_]) == row["asked"]:
            return _sha(now)
    return _sha(ways[0][1])


def _ways(row: RowMapping, command: Mapping[str, Any]) -> Iterator[list[Any]]:
    """Yield how the command may have been given: by name or not, numbered or not."""
    actor = json.loads(row["public"])["actor"]
    named = f"{actor['role']}:{actor['name']}" if actor["name"] else actor["role"]
    filled = "number" if row["fact"] == 1 else "draft_digest"
    number = None if row["fact"] == 1 else row["case_number"]
    bare = {name: value for name, value in command.items() if name != filled}
    for who in (named, None):
        for given in (bare, command):
            yield [number, row["on"].isoformat(), who, given]


def _sha(said: list[Any]) -> str:
    return hashlib.sha256(canonical(said)).hexdigest()


# reasons: only ever compared, and they may name somebody


def _digest_reasons(connection: Connection, old: Old) -> None:
    for row in _stream(connection, select(old.reasons)):
        digest = hashlib.sha256(row["reason"].encode()).hexdigest()
        connection.execute(insert(reasons), {**row, "reason": digest})


# ── what must be the same before and after ────────────────────────────────────


def expected(connection: Connection) -> dict[str, int]:
    """Count, in the version before, the rows that each table must have after the step."""
    asked = {
        "cases": "SELECT count(*) FROM cases",
        "facts": "SELECT count(*) FROM facts",
        "papers": "SELECT count(*) FROM papers",
        "counters": "SELECT count(*) FROM counters",
        "commands": "SELECT count(*) FROM commands",
        "reasons": "SELECT count(*) FROM reasons",
        "chains": "SELECT count(DISTINCT agency) FROM facts",
    }
    counts = {name: connection.exec_driver_sql(text).scalar_one() for name, text in asked.items()}
    old = connection.exec_driver_sql("SELECT public, personal FROM facts").mappings()
    counts["personal"] = sum(apart(row).personal is not None for row in old)
    return counts | dict.fromkeys(("acts", "attachments", "blind_index", "settings"), 0)


def history(connection: Connection, keys: KeyRing) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the same as the version before, read from the new tables."""
    for row in _stream(connection, select(cases)):
        said = {name: row[name] for name in row if name not in {"head", "erased_on"}}
        yield f"case {row['number']}", said
    yield from _facts(connection, keys)
    yield from _papers(connection, keys)
    for row in _stream(connection, select(commands)):
        said = {name: row[name] for name in row if name != "asked"}
        yield f"commands {row['case_number']}", said
    for table in (counters, reasons):
        for row in _stream(connection, select(table)):
            yield table.name, dict(row)


def _facts(connection: Connection, keys: KeyRing) -> Iterator[tuple[str, Mapping[str, Any]]]:
    f, p = facts.c, personal.c
    same = (p.agency == f.agency) & (p.case_number == f.case_number) & (p.n == f.n)
    wanted = select(facts, p.key, p.sealed).join_from(facts, personal, same, isouter=True)
    added = {"seq", "hash", "commitment", "key", "sealed"}
    for row in _stream(connection, wanted):
        place = f"personal/{row['agency']}/{row['case_number']}/{row['n']}"
        said = {name: row[name] for name in row if name not in added}
        said["public"] = json.loads(row["public"])
        for ref in said["public"]["papers"]:
            del ref["row"]
        own = row["sealed"] and json.loads(keys.open(row["key"], row["sealed"], place)[_SALT:])
        said["public"]["command"] = merged(said["public"]["command"], own)
        said["personal"] = None
        yield f"facts {row['case_number']}", said


def _papers(connection: Connection, keys: KeyRing) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for row in _stream(connection, select(papers)):
        said = {name: row[name] for name in row if name != "text_sha256"}
        said["docx"] = _digest_of(connection, keys, row["agency"], row["sha256"])
        said["text"] = _digest_of(connection, keys, row["agency"], row["text_sha256"])
        yield f"papers {row['case_number']}", said


def _digest_of(connection: Connection, keys: KeyRing, agency: str, address: str) -> str | None:
    """Digest the bytes that are kept under an address; None where there are none to be read."""
    b = blobs.c
    wanted = select(b.part, b.key, b.sealed).where(b.agency == agency, b.sha256 == address)
    rows = connection.execute(wanted.order_by(b.part)).all()
    if not rows or any(sealed is None for _, _, sealed in rows):
        return None
    parts = (
        keys.open(key, sealed, f"blobs/{agency}/{address}/{part}") for part, key, sealed in rows
    )
    return hashlib.sha256(b"".join(parts)).hexdigest()
