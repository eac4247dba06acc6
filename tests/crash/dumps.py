"""All that a database says, in a form in which two runs of the same commands are equal.

Salts and nonces are drawn anew in every run, and with them commitments and links: what is sealed
is opened, and what is computed is proven here and then left out.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Date

from gongkai.store import blobs, chain, records
from gongkai.store import tables as t
from gongkai.store.engine import Store, Transaction, reading
from gongkai.store.keys import KeyRing, KeyTrouble

Row = dict[str, Any]
Dump = dict[str, list[Row]]

_SALT: Final = 16
_DRAWN: Final = {
    "facts": ("hash", "commitment"),
    "acts": ("hash",),
    "chains": ("hash",),
    "cases": ("head",),
}


class Broken(Exception):
    """What the database says does not agree with itself."""


def dump(store: Store) -> Dump:
    """Return every row of every table. Raises :class:`Broken`."""
    with reading(store) as tx:
        said = {name: _rows(tx, name) for name in t.metadata.tables}
    try:
        _opened(said, store.keys)
    except KeyTrouble as trouble:
        raise Broken(str(trouble)) from trouble
    for fault in (*_commitments(said), *_links(said), *_ends(said)):
        raise Broken(fault)
    for name, columns in _DRAWN.items():
        for row in said[name]:
            row.update(dict.fromkeys(columns))
    for row in said["personal"]:
        row["sealed"] = row["sealed"][_SALT:]
    return said


def _rows(tx: Transaction, name: str) -> list[Row]:
    """Read a table on the driver's cursor: this is done twice for every kill."""
    text, names, days = _read(name)
    cursor = tx.connection.connection.cursor()
    cursor.execute(text)
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    cursor.close()
    for row in rows:
        for day in days:
            if isinstance(row[day], str):  # SQLite has no dates
                row[day] = date.fromisoformat(row[day])
    return rows


@cache
def _read(name: str) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return how a table is read: the statement, its columns, and which of them are days."""
    table = t.metadata.tables[name]
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    key = ", ".join(f'"{column.name}"' for column in table.primary_key)
    days = (column.name for column in table.columns if isinstance(column.type, Date))
    text = f'SELECT {columns} FROM "{name}" ORDER BY {key}'  # noqa: S608 - names of our own
    return text, tuple(table.columns.keys()), tuple(days)


def _opened(said: Dump, keys: KeyRing) -> None:
    for row in said["personal"]:
        place = records.place_of(row["agency"], row["case_number"], row["n"])
        row["sealed"] = keys.open(row["key"], row["sealed"], place)
    for row in said["blobs"]:
        if row["sealed"] is not None:
            place = blobs.place_of(row["agency"], row["sha256"], row["part"])
            row["sealed"] = keys.open(row["key"], row["sealed"], place)


def _commitments(said: Dump) -> Iterator[str]:
    facts = {(row["agency"], row["case_number"], row["n"]): row for row in said["facts"]}
    kept = {(row["agency"], row["case_number"], row["n"]): row for row in said["personal"]}
    for key, row in facts.items():
        if (row["commitment"] is None) != (key not in kept):
            yield f"{key}: a commitment without its personal part, or the other way round"
        elif key in kept and records.commitment(kept[key]["sealed"]) != row["commitment"]:
            yield f"{key}: not what was committed to"


def _links(said: Dump) -> Iterator[str]:
    ends = {row["agency"]: (row["seq"], row["hash"]) for row in said["chains"]}
    found: dict[str, tuple[int, str]] = {}
    for digest, row in _entries(said):
        seq, before = found.get(row["agency"], (0, chain.GENESIS))
        if (row["seq"], row["hash"]) != (seq + 1, chain.link(before, digest)):
            yield f"{row['agency']} {row['seq']}: not linked to the entry before"
        found[row["agency"]] = (row["seq"], row["hash"])
    if ends != found:
        yield f"the ends of the chains are {found}, noted are {ends}"


def _entries(said: Dump) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield digest and row of facts and acts, in the order of their chains."""
    both = [(chain.fact_digest(row), row) for row in said["facts"]]
    both += [(chain.act_digest(row), row) for row in said["acts"]]
    yield from sorted(both, key=lambda entry: (entry[1]["agency"], entry[1]["seq"]))


def _ends(said: Dump) -> Iterator[str]:
    last = {(row["agency"], row["case_number"]): row for row in said["facts"]}
    for row in said["cases"]:
        fact = last.pop((row["agency"], row["number"]), None)
        if fact is None or (row["version"], row["head"]) != (fact["n"], fact["hash"]):
            yield f"{row['number']}: its row is not at its last fact"
    for key in last:
        yield f"{key}: facts without a case"
