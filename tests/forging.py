"""Ten thousand ways to tamper with a database, on copies of its rows; each says what it touched.

A forger here can do anything to the rows: also link everything anew. The one thing that stays out
of reach is what was noted outside the database.
"""

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from gongkai.store import chain
from gongkai.store import tables as t
from gongkai.store.engine import Store, reading
from gongkai.store.entries import Answer, Attached, Entry, Loose, Sealed, Standing
from gongkai.store.keys import KeyRing
from gongkai.store.tracing import Anchored, Fault, Trace

Row = dict[str, Any]
Rows = dict[str, list[Row]]
Anchors = Mapping[str, Mapping[int, tuple[Anchored, ...]]]

TABLES = ("facts", "acts", "personal", "commands", "papers", "attachments", "cases", "chains")
_FACT_OF = {
    "facts": "n", "personal": "n", "commands": "fact", "papers": "fact", "attachments": "fact"
}  # fmt: skip
_HANGING = ("personal", "commands", "papers", "attachments")


def rows_of(store: Store) -> Rows:
    """Read everything that a chain stands for."""
    with reading(store) as tx:
        return {
            name: [dict(row) for row in tx.execute(select(t.metadata.tables[name])).mappings()]
            for name in TABLES
        }


def copied(rows: Rows) -> Rows:
    """Return rows that can be altered without altering these."""
    return {name: [copy(row) for row in found] for name, found in rows.items()}


def _key(row: Row, column: str) -> tuple[str, str, int]:
    return row["agency"], row["case_number"], row[column]


def entries(rows: Rows) -> dict[str, list[Entry]]:
    """Put the rows together as the database does when it is asked."""
    personal = {_key(row, "n"): Sealed(row["key"], row["sealed"]) for row in rows["personal"]}
    commands = {
        _key(row, "fact"): Answer(row["command_id"], row["asked"], row["answer"])
        for row in rows["commands"]
    }
    attached = {
        _key(row, "fact"): Attached(row["sha256"], row["size"], row["media_type"])
        for row in rows["attachments"]
    }
    papers: dict[tuple[str, str, int], list[Row]] = {}
    for row in sorted(rows["papers"], key=lambda row: row["place"]):
        papers.setdefault(_key(row, "fact"), []).append(row)
    cases = {(row["agency"], row["number"]): row for row in rows["cases"]}
    found: dict[str, list[Entry]] = {}
    for row in rows["facts"]:
        case = cases.get((row["agency"], row["case_number"]))
        entry = Entry(
            seq=row["seq"],
            what="fact",
            row=row,
            personal=personal.get(_key(row, "n")),
            command=commands.get(_key(row, "n")),
            attached=attached.get(_key(row, "n")),
            case=_standing(case),
            papers=tuple(papers.get(_key(row, "n"), ())),
        )
        found.setdefault(row["agency"], []).append(entry)
    for row in rows["acts"]:
        found.setdefault(row["agency"], []).append(Entry(seq=row["seq"], what="act", row=row))
    return {agency: sorted(own, key=lambda entry: entry.seq) for agency, own in found.items()}


def _standing(case: Row | None) -> Standing | None:
    if case is None:
        return None
    return Standing(case["version"], case["head"], case["erased_on"] is not None)


def loose(rows: Rows) -> dict[str, list[Loose]]:
    """Find the rows that hang on no fact, and the cases that are ahead of theirs."""
    facts = {_key(row, "n") for row in rows["facts"]}
    found: dict[str, list[Loose]] = {}
    for table in _HANGING:
        for row in rows[table]:
            key = _key(row, _FACT_OF[table])
            if key not in facts:
                found.setdefault(key[0], []).append(Loose(table, *key[1:]))
    for row in rows["cases"]:
        if (row["agency"], row["number"], row["version"]) not in facts:
            ahead = Loose("cases", row["number"], row["version"])
            found.setdefault(row["agency"], []).append(ahead)
    return found


def traced(rows: Rows, keys: KeyRing, anchors: Anchors | None = None) -> Iterator[Fault]:
    """Follow every chain of the rows."""
    ends = {row["agency"]: row for row in rows["chains"]}
    known, hanging = entries(rows), loose(rows)
    for agency in sorted({*ends, *known, *hanging, *(anchors or {})}):
        trace = Trace(agency, keys, (anchors or {}).get(agency, {}))
        own = hanging.get(agency, ())
        yield from trace.faults(ends.get(agency), known.get(agency, ()), own)


@dataclass(slots=True)
class Forged:
    """Rows that were tampered with: how, and where."""

    rows: Rows
    how: str
    #: Places in the chains, and facts of cases, that were altered.
    places: set[tuple[str, int]] = field(default_factory=set)
    facts: set[tuple[str, str, int]] = field(default_factory=set)

    def touch(self, *rows: Row) -> None:
        """Note where a row stands, or what it hangs on."""
        for row in rows:
            if "algorithm" in row:
                self.places |= {(row["agency"], 0), (row["agency"], row["seq"])}
                continue
            column = "version" if "version" in row else "n" if "commitment" in row else "fact"
            number = row.get("case_number") or row.get("number") or ""
            if "sealed" in row:
                column = "n"
            if column in row:
                self.facts.add((row["agency"], number, row[column]))
            if "seq" in row:
                self.places.add((row["agency"], row["seq"]))

    def located(self, faults: list[Fault]) -> bool:
        """Whether a fault names an altered place, or the first entry that it breaks."""
        own = [e for found in entries(self.rows).values() for e in found if e.what == "fact"]
        named = self.facts | {
            (e.row["agency"], e.row["case_number"], e.row["n"])
            for e in own
            if (e.row["agency"], e.seq) in self.places
        }
        at = {(e.row["agency"], e.seq) for e in own if _key(dict(e.row), "n") in self.facts}
        places = self.places | at
        places |= {(agency, self._next(agency, seq)) for agency, seq in places}
        return any(
            (fault.agency, fault.case_number, fault.n) in named
            or any(
                agency == fault.agency and fault.seq <= seq <= max(fault.until, fault.seq)
                for agency, seq in places
            )
            for fault in faults
        )

    def _next(self, agency: str, seq: int) -> int:
        later = (e.seq for e in entries(self.rows).get(agency, ()) if e.seq > seq)
        return min(later, default=seq)


def other(value: Any, random: Random) -> Any:  # noqa: ANN401 - any value of a column
    """Return another value of the same kind."""
    if value is None:
        return "x"
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + random.choice((-1, 1, 7))
    if isinstance(value, date):
        return value + timedelta(days=random.choice((-1, 1, 30)))
    at = random.randrange(len(value)) if value else 0
    if isinstance(value, bytes):
        return value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    letters = [one for one in "0aZ改" if value[at : at + 1] != one]
    return value[:at] + letters[random.randrange(3)] + value[at + 1 :]  # the same draws each run


def edited(rows: Rows, random: Random) -> Forged:
    """Alter one column of one row."""
    table = random.choice([name for name in TABLES if name != "cases" and rows[name]])
    row = random.choice(rows[table])
    column = random.choice(list(row))
    forged = Forged(rows, f"edit {table}")
    forged.touch(row)
    row[column] = other(row[column], random)
    forged.touch(row)
    return forged


def deleted(rows: Rows, random: Random) -> Forged:
    """Remove one row."""
    table = random.choice([name for name in TABLES if name != "cases" and rows[name]])
    row = rows[table].pop(random.randrange(len(rows[table])))
    forged = Forged(rows, f"delete {table}")
    forged.touch(row)
    return forged


def inserted(rows: Rows, random: Random) -> Forged:
    """Add a row like another: one more fact, act, answer, paper, attachment or personal part."""
    names = ("facts", "acts", *_HANGING)
    table = random.choice([name for name in names if rows[name]])
    row = copy(random.choice(rows[table]))
    column = _FACT_OF.get(table)
    if column:
        row[column] += random.choice((1, 50))
    if table in {"facts", "acts"}:
        last = max(e.seq for e in entries(rows)[row["agency"]])
        row["seq"] = random.choice((row["seq"], last + 1, random.randrange(1, last + 1)))
    same = [r for r in rows[table] if column and _key(r, column) == _key(row, column)]
    rows[table] = [r for r in rows[table] if r not in same or table == "papers"]
    if same and table == "papers":
        row["place"] = max(r["place"] for r in same) + 1
    forged = Forged(rows, f"insert {table}")
    forged.touch(row, *same)
    rows[table].append(row)
    return forged


_SWAPPED = {
    "facts": (("seq",), ("seq", "hash"), ("kind", "on", "recorded_at", "public", "commitment")),
    "acts": (("seq",), ("seq", "hash"), ("kind", "case_number", "on", "public")),
    "personal": (("sealed", "key"), ("n",)),
    "commands": (("asked", "answer"), ("command_id",), ("fact",)),
    "papers": (("sha256", "text_sha256"), ("number", "n"), ("case_number", "fact", "place")),
    "attachments": (("sha256", "size"), ("case_number", "fact")),
}


def swapped(rows: Rows, random: Random) -> Forged | None:
    """Exchange two rows, or what two rows say."""
    table = random.choice([name for name in _SWAPPED if len(rows[name]) > 1])
    one, two = random.sample(rows[table], 2)
    columns = random.choice(_SWAPPED[table])
    if one["agency"] != two["agency"] or all(one[c] == two[c] for c in columns):
        return None
    forged = Forged(rows, f"swap {table}")
    forged.touch(one, two)
    for column in columns:
        one[column], two[column] = two[column], one[column]
    forged.touch(one, two)
    return forged


def truncated(rows: Rows, random: Random) -> Forged:
    """Cut off the end of a chain, and cover it up to some degree."""
    agency = random.choice(sorted(entries(rows)))
    own = entries(rows)[agency]
    cut = random.randrange(len(own))
    degree = random.randrange(4)
    if degree == 2 and _acts_only(own[cut:]):
        degree = 3
    forged = Forged(rows, f"truncate, covered up to {degree} of 3")
    forged.touch(*(dict(entry.row) for entry in own[cut:]))
    gone = {(entry.what, entry.seq) for entry in own[cut:]}
    for table, what in (("facts", "fact"), ("acts", "act")):
        rows[table] = [
            r for r in rows[table] if r["agency"] != agency or (what, r["seq"]) not in gone
        ]
    if degree >= 1:
        facts = {_key(row, "n") for row in rows["facts"]}
        for table in _HANGING:
            rows[table] = [r for r in rows[table] if _key(r, _FACT_OF[table]) in facts]
    if degree >= 2:
        _end(rows, agency)
    if degree == 3:
        _cases(rows)
    return forged


def _acts_only(own: list[Entry]) -> bool:
    """Whether no case is concerned: its row then needs no covering up."""
    return all(entry.what == "act" for entry in own)


def _end(rows: Rows, agency: str) -> None:
    """Make the row of a chain's end fit."""
    own = entries(rows).get(agency)
    end = next(row for row in rows["chains"] if row["agency"] == agency)
    if own:
        end["seq"], end["hash"] = own[-1].seq, own[-1].row["hash"]
    else:
        rows["chains"].remove(end)


def _cases(rows: Rows) -> None:
    """Make the rows of cases, and the voiding of papers, fit the facts."""
    recalled = {r["case_number"] for r in rows["facts"] if r["kind"] == "recall_reply"}
    for row in rows["papers"]:
        if row["case_number"] not in recalled:
            row["void_on"] = row["void_reason"] = None
    last: dict[tuple[str, str], Row] = {}
    for row in sorted(rows["facts"], key=lambda row: row["n"]):
        last[row["agency"], row["case_number"]] = row
    rows["cases"] = [row for row in rows["cases"] if (row["agency"], row["number"]) in last]
    for row in rows["cases"]:
        fact = last[row["agency"], row["number"]]
        row["version"], row["head"] = fact["n"], fact["hash"]


def rewritten(rows: Rows, random: Random) -> Forged:
    """Alter an entry and link everything after it anew, covered up to some degree."""
    agency = random.choice(sorted(entries(rows)))
    own = entries(rows)[agency]
    start = random.randrange(len(own))
    degree = random.randrange(3)
    if degree == 1 and _acts_only(own[start:]):
        degree = 2
    forged = Forged(rows, f"rewrite, covered up to {degree} of 2")
    row: Row = own[start].row  # type: ignore[assignment] # the rows of the copies are dicts
    row["recorded_at"] = "2020-01-01T00:00:00" if start % 2 else "2020-01-02T00:00:00"
    before = own[start - 1].row["hash"] if start else chain.GENESIS
    for entry in own[start:]:
        changed: Row = entry.row  # type: ignore[assignment] # as above
        digest = chain.fact_digest if entry.what == "fact" else chain.act_digest
        changed["hash"] = before = chain.link(before, digest(changed))
    forged.touch(*(dict(entry.row) for entry in own[start:]))
    if degree >= 1:
        _end(rows, agency)
    if degree == 2:
        _cases(rows)
    return forged


WAYS: tuple[Callable[[Rows, Random], Forged | None], ...] = (
    edited, edited, deleted, inserted, swapped, truncated, rewritten,
)  # fmt: skip


def forge(rows: Rows, random: Random) -> Forged:
    """Tamper with copies of the rows, one way or another."""
    while True:
        forged = random.choice(WAYS)(copied(rows), random)
        if forged and forged.rows != rows:
            return forged
