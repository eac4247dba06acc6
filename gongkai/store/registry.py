"""The register of issued papers and their numbers: keeping, looking up, proving, numbering."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, and_, bindparam, func, insert, select, update

from gongkai.codec import canonical
from gongkai.store import blobs
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.keys import KeyTrouble
from gongkai.store.records import Filed, of_case
from gongkai.store.statements import Statement
from workflow.facts import Fact, PaperRef


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPaper:
    """A paper as it was issued; its bytes are kept and never made again."""

    kind: str
    form: str = ""
    title: str
    on: date
    text: str
    docx: bytes
    sha256: str
    number: str = ""
    series: str = ""
    year: int = 0
    n: int = 0
    check_code: str = ""
    void_on: date | None = None
    void_reason: str = ""

    @property
    def ref(self) -> PaperRef:
        """What the fact that issued it says about it."""
        return PaperRef(
            kind=self.kind,
            number=self.number,
            sha256=self.sha256,
            check_code=self.check_code,
            title=self.title,
        )

    @property
    def row(self) -> dict[str, Any]:
        """Its row but for where it belongs: what stays as it was issued."""
        return {
            "kind": self.kind,
            "form": self.form,
            "title": self.title,
            "on": self.on,
            "series": self.series or None,  # an unnumbered paper takes part in no unique key
            "year": self.year or None,
            "n": self.n or None,
            "number": self.number or None,
            "check_code": self.check_code or None,
            "sha256": self.sha256,
            "text_sha256": sha256(self.text.encode()).hexdigest(),
        }


_PAPER_ADDED: Final = Statement(insert(t.papers))
_k = t.counters.c
_OF: Final = (
    (_k.agency == bindparam("of"))
    & (_k.series == bindparam("in_series"))
    & (_k.year == bindparam("in_year"))
)
_DRAWN: Final = Statement(update(t.counters).where(_OF).values(n=_k.n + 1).returning(_k.n))
_BEGUN: Final = Statement(insert(t.counters))
_FIXED: Final = tuple(c.name for c in t.papers.c if c.name not in {"void_on", "void_reason"})


def row_said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stays in a paper's row as it was issued."""
    return {name: row[name] for name in _FIXED} | {"on": row["on"].isoformat()}


def row_digest(row: Mapping[str, Any]) -> str:
    """Return the digest of what stays in a paper's row; the fact that issued it names it."""
    return sha256(canonical(row_said(row))).hexdigest()


def paper_rows(
    case: Filed, fact: Fact, papers: Iterable[StoredPaper]
) -> tuple[dict[str, Any], ...]:
    """Return the rows of the papers that a fact issues."""
    key = {"agency": case.agency, "case_number": case.number, "fact": fact.number}
    return tuple(
        {**key, "place": place, **paper.row, "void_on": None, "void_reason": None}
        for place, paper in enumerate(papers, start=1)
    )


def put_bytes(tx: Transaction, agency: str, papers: Iterable[StoredPaper]) -> None:
    """Keep what papers say; the agency's chain is not held yet."""
    for paper in papers:
        blobs.put(tx, agency, paper.docx)
        blobs.put(tx, agency, paper.text.encode())


def add_papers(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep the rows of the papers that a fact issued; the fact is there."""
    for row in rows:
        tx.run(_PAPER_ADDED, row)


def papers_of(tx: Transaction, number: str) -> tuple[StoredPaper, ...]:
    """Return the papers of a case in the order of issue."""
    p = t.papers.c
    wanted = select(t.papers).where(of_case(t.papers, number)).order_by(p.fact, p.place)
    return _papers(tx, tx.execute(wanted).mappings().all())


def paper_numbered(tx: Transaction, number: str) -> StoredPaper | None:
    """Return the paper that bears ``number``."""
    rows = tx.execute(select(t.papers).where(t.papers.c.number == number)).mappings().all()
    return next(iter(_papers(tx, rows[:1])), None)


def _papers(tx: Transaction, rows: Iterable[RowMapping]) -> tuple[StoredPaper, ...]:
    kept = list(rows)
    digests = [row[name] for row in kept for name in ("sha256", "text_sha256")]
    bytes_of = blobs.get(tx, kept[0]["agency"], digests) if kept else {}
    return tuple(_paper(row, bytes_of) for row in kept)


def _paper(row: RowMapping, bytes_of: Mapping[str, bytes]) -> StoredPaper:
    """Read a paper; an absent number, code or voiding, and erased bytes, read as empty."""
    own = {key: row[key] for key in StoredPaper.__slots__ if key in row and row[key] is not None}
    text = bytes_of.get(row["text_sha256"], b"").decode()
    return StoredPaper(**own, docx=bytes_of.get(row["sha256"], b""), text=text)


def void_paper(tx: Transaction, case: Filed, number: str, *, on: date, reason: str) -> None:
    """Mark a numbered paper, and what was issued with it, as void: the numbers stay."""
    p = t.papers.c
    same = (p.agency == case.agency) & (p.number == number)
    fact = select(p.fact).where(same).scalar_subquery()
    here = (p.agency == case.agency) & (p.case_number == case.number) & (p.fact == fact)
    tx.execute(update(t.papers).where(here).values(void_on=on, void_reason=reason))


def next_number(tx: Transaction, agency: str, series: str, year: int) -> int:
    """Draw the next number of a series from its counter row: without gap, without double."""
    of = {"of": agency, "in_series": series, "in_year": year}
    drawn = tx.run(_DRAWN, of).fetchall()
    if not drawn:
        first = {"agency": agency, "series": series, "year": year, "n": 1, "imported": 0}
        tx.run(_BEGUN, first)
        return 1
    return int(drawn[0][0])


def hold_numbers(tx: Transaction, agency: str) -> None:
    """Hold the counters of an agency, in their order, for a transaction of many steps.

    Every step takes counter before chain; many steps in one transaction would take them crosswise.
    """
    of = select(t.counters.c.n).where(t.counters.c.agency == agency)
    tx.execute(of.order_by(t.counters.c.series, t.counters.c.year).with_for_update()).all()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A stored paper with the case it belongs to and what the issuing fact says of it."""

    agency: str
    case_number: str
    fact: int
    paper: StoredPaper
    #: What the issuing fact says of it.
    said: Mapping[str, Any]
    #: The digest of its row as it is now.
    row: str

    @property
    def proven(self) -> bool:
        """Whether the stored bytes, and the row, are those that the issuing fact names."""
        bytes_ = sha256(self.paper.docx).hexdigest()
        return bytes_ == self.said.get("sha256") == self.paper.sha256 and (
            self.row == self.said.get("row")
        )


def by_digest(tx: Transaction, digest: str) -> tuple[Issued, ...]:
    """Return the papers whose digest this is."""
    return tuple(_issued(tx, t.papers.c.sha256 == digest))


def by_code(tx: Transaction, code: str) -> tuple[Issued, ...]:
    """Return the papers with this check code at their foot."""
    return tuple(_issued(tx, t.papers.c.check_code == code))


def by_number(tx: Transaction, number: str) -> tuple[Issued, ...]:
    """Return the papers that bear this number."""
    return tuple(_issued(tx, t.papers.c.number == number))


def _issued(tx: Transaction, where: ColumnElement[bool]) -> Iterator[Issued]:
    p, f = t.papers.c, t.facts.c
    same = and_(f.agency == p.agency, f.case_number == p.case_number, f.n == p.fact)
    wanted = select(t.papers, f.public).join_from(t.papers, t.facts, same).where(where)
    for row in tx.execute(wanted.order_by(p.agency, p.number, p.place)).mappings():
        refs = json.loads(row["public"])["papers"]
        place = row["place"]
        paper = _as_kept(tx, row)
        yield Issued(
            agency=row["agency"],
            case_number=row["case_number"],
            fact=row["fact"],
            paper=paper,
            said=refs[place - 1] if place <= len(refs) else {},
            row=row_digest(row),
        )


def _as_kept(tx: Transaction, row: RowMapping) -> StoredPaper:
    """Read a paper; bytes that were altered prove nothing and read as empty."""
    try:
        return next(iter(_papers(tx, [row])))
    except KeyTrouble:
        return _paper(row, {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One run of numbers of one agency and year."""

    agency: str
    series: str
    year: int
    #: The last number given, here or elsewhere.
    last: int
    #: Up to which number they were given outside this program.
    imported: int
    #: How many of the papers numbered here were voided; their numbers stay.
    void: int = 0

    @property
    def drawn(self) -> int:
        """How many numbers this program has given."""
        return self.last - self.imported


def series_rows(tx: Transaction, agency: str = "") -> tuple[Series, ...]:
    """Return every run of numbers, or those of one agency."""
    c = t.counters.c
    wanted = select(t.counters).order_by(c.agency, c.series, c.year)
    if agency:
        wanted = wanted.where(c.agency == agency)
    voided = _voided(tx)
    return tuple(
        Series(
            agency=row["agency"],
            series=row["series"],
            year=row["year"],
            last=row["n"],
            imported=row["imported"],
            void=voided.get((row["agency"], row["series"], row["year"]), 0),
        )
        for row in tx.execute(wanted).mappings()
    )


def _voided(tx: Transaction) -> dict[tuple[str, str, int], int]:
    p = t.papers.c
    rows = tx.execute(
        select(p.agency, p.series, p.year, func.count())
        .where(p.void_on.is_not(None))
        .group_by(p.agency, p.series, p.year)
    )
    return {(agency, series, year): count for agency, series, year, count in rows}


def import_number(tx: Transaction, agency: str, series: str, year: int, n: int) -> bool:
    """Note that numbers up to ``n`` were given elsewhere.

    False where one has been drawn here, or where more were given elsewhere already.
    """
    c = t.counters.c
    here = (c.agency == agency) & (c.series == series) & (c.year == year)
    drawn = (
        select((c.n > c.imported) | (c.n > n)).where(here).with_for_update()
    )  # nobody draws until the end
    found = tx.execute(drawn).scalar_one_or_none()
    if found is None:
        row = {"agency": agency, "series": series, "year": year, "n": n, "imported": n}
        tx.execute(insert(t.counters).values(row))
    elif not found:
        tx.execute(update(t.counters).where(here).values(n=n, imported=n))
    return not found


def raise_number(tx: Transaction, agency: str, series: str, year: int, n: int) -> None:
    """Go on behind ``n`` in a run of which numbers have been drawn here."""
    c = t.counters.c
    here = (c.agency == agency) & (c.series == series) & (c.year == year)
    tx.execute(update(t.counters).where(here).values(n=n))
