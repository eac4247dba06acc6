"""The entries of a chain, in order, each with the rows that hang on it; read as a stream."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, Table, and_, literal, select, union, union_all

from gongkai.store import tables as t
from gongkai.store.engine import Transaction

Row = Mapping[str, Any]

_AT_ONCE: Final = 500
_f, _p, _a, _k, _r = t.facts.c, t.personal.c, t.commands.c, t.cases.c, t.papers.c
_e = t.attachments.c
_FACT: Final = tuple(c.name for c in t.facts.c)
_ACT: Final = tuple(c.name for c in t.acts.c)
_PAPER: Final = tuple(c.name for c in t.papers.c)


class Sealed(NamedTuple):
    """The sealed personal part of a fact: which key opens it, and the bytes."""

    key: str
    sealed: bytes


class Answer(NamedTuple):
    """The row of the command that a fact was."""

    command_id: str
    asked: str
    answer: str


class Attached(NamedTuple):
    """The row of the file that a fact attached."""

    sha256: str
    size: int
    media_type: str


class Standing(NamedTuple):
    """What the row of a case says of its history."""

    version: int
    head: str
    erased: bool


@dataclass(slots=True, kw_only=True)
class Entry:
    """One place of a chain: a fact with all that hangs on it, or an act."""

    seq: int
    #: ``fact`` or ``act``.
    what: str
    row: Row
    personal: Sealed | None = None
    command: Answer | None = None
    attached: Attached | None = None
    case: Standing | None = None
    papers: tuple[Row, ...] = ()


class Loose(NamedTuple):
    """A row that hangs on no fact; of a case, that its last fact is not there."""

    table: str
    case_number: str
    fact: int


def agencies(tx: Transaction) -> tuple[str, ...]:
    """Return whose chains there are; a chain may have lost its end, or all of its entries."""
    c = t.chains.c.agency
    asked = union(select(c), select(_f.agency).distinct(), select(t.acts.c.agency).distinct())
    return tuple(sorted(tx.execute(asked).scalars()))


def end_of(tx: Transaction, agency: str) -> Row | None:
    """Return the row that notes the end of a chain."""
    found = tx.execute(select(t.chains).where(t.chains.c.agency == agency)).mappings().first()
    return dict(found) if found else None


def entries(tx: Transaction, agency: str) -> Iterator[Entry]:
    """Yield the entries of a chain in order, a few hundred in memory at a time."""
    yield from merge(_facts(tx, agency), _acts(tx, agency), key=attrgetter("seq"))


_FACTS: Final = (
    select(
        *t.facts.c,
        *(_p.key, _p.sealed),
        *(_a.command_id, _a.asked, _a.answer),
        *(_e.sha256, _e.size, _e.media_type),
        *(_k.version, _k.head, _k.erased_on),
    )
    .select_from(
        t.facts.outerjoin(
            t.personal,
            and_(_p.agency == _f.agency, _p.case_number == _f.case_number, _p.n == _f.n),
        )
        .outerjoin(
            t.commands,
            and_(_a.agency == _f.agency, _a.case_number == _f.case_number, _a.fact == _f.n),
        )
        .outerjoin(
            t.attachments,
            and_(_e.agency == _f.agency, _e.case_number == _f.case_number, _e.fact == _f.n),
        )
        .outerjoin(t.cases, and_(_k.agency == _f.agency, _k.number == _f.case_number))
    )
    .order_by(_f.seq)
    .execution_options(yield_per=_AT_ONCE)
)
_PAPERS: Final = (
    select(_f.seq, *t.papers.c)
    .join_from(
        t.papers,
        t.facts,
        and_(_f.agency == _r.agency, _f.case_number == _r.case_number, _f.n == _r.fact),
    )
    .order_by(_f.seq, _r.place)
    .execution_options(yield_per=_AT_ONCE)
)
_ACTS: Final = select(t.acts).order_by(t.acts.c.seq).execution_options(yield_per=_AT_ONCE)


def _facts(tx: Transaction, agency: str) -> Iterator[Entry]:
    papers = _by_seq(tx, agency)
    seq, issued = next(papers, (0, ()))
    for row in tx.execute(_FACTS.where(_f.agency == agency)):
        entry = _fact(row)
        while issued and seq < entry.seq:
            seq, issued = next(papers, (0, ()))
        if issued and seq == entry.seq:
            entry.papers = issued
        yield entry


def _fact(row: tuple[Any, ...]) -> Entry:
    own = dict(zip(_FACT, row, strict=False))
    key, sealed, command_id, asked, answer, *attached, version, head, erased = row[len(_FACT) :]
    return Entry(
        seq=own["seq"],
        what="fact",
        row=own,
        personal=None if sealed is None else Sealed(key, bytes(sealed)),
        command=None if command_id is None else Answer(command_id, asked, answer),
        attached=None if attached[0] is None else Attached(*attached),
        case=None if head is None else Standing(version, head, erased is not None),
    )


def _by_seq(tx: Transaction, agency: str) -> Iterator[tuple[int, tuple[Row, ...]]]:
    rows = tx.execute(_PAPERS.where(_r.agency == agency))
    for seq, found in groupby(rows, key=itemgetter(0)):
        yield seq, tuple(dict(zip(_PAPER, row[1:], strict=True)) for row in found)


def _acts(tx: Transaction, agency: str) -> Iterator[Entry]:
    for row in tx.execute(_ACTS.where(t.acts.c.agency == agency)):
        own = dict(zip(_ACT, row, strict=True))
        yield Entry(seq=own["seq"], what="act", row=own)


#: What hangs on a fact, and the column that names the fact.
HANGING: Final = (
    (t.personal, "n"),
    (t.commands, "fact"),
    (t.papers, "fact"),
    (t.attachments, "fact"),
)


def _without_fact(table: Table, column: str) -> Select[Any]:
    c = table.c
    same = and_(_f.agency == c.agency, _f.case_number == c.case_number, _f.n == c[column])
    return (
        select(literal(table.name), c.agency, c.case_number, c[column])
        .select_from(table.outerjoin(t.facts, same))
        .where(_f.n.is_(None))
    )


_AHEAD: Final = (
    select(literal("cases"), _k.agency, _k.number, _k.version)
    .select_from(
        t.cases.outerjoin(
            t.facts,
            and_(_f.agency == _k.agency, _f.case_number == _k.number, _f.n == _k.version),
        )
    )
    .where(_f.n.is_(None))
)
_LOOSE: Final = union_all(*(_without_fact(*one) for one in HANGING), _AHEAD)


def loose(tx: Transaction) -> Mapping[str, tuple[Loose, ...]]:
    """Return the rows that hang on no fact, by agency."""
    found: dict[str, list[Loose]] = {}
    for table, agency, case_number, fact in tx.execute(_LOOSE):
        found.setdefault(agency, []).append(Loose(table, case_number, fact))
    return {agency: tuple(sorted(rows)) for agency, rows in found.items()}
