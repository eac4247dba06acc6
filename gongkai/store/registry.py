"""The register of issued papers and their numbers: looking up, proving, numbering."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, and_, func, insert, select, update

from gongkai.store import tables as t
from gongkai.store.records import StoredPaper, paper_from
from workflow.facts import PaperRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A stored paper with the case it belongs to and what the issuing fact says of it."""

    agency: str
    case_number: str
    fact: int
    paper: StoredPaper
    ref: PaperRef | None

    @property
    def proven(self) -> bool:
        """Whether the stored bytes are those that the issuing fact names."""
        said = self.ref.sha256 if self.ref else ""
        return sha256(self.paper.docx).hexdigest() == said == self.paper.sha256


def by_digest(connection: Connection, digest: str) -> tuple[Issued, ...]:
    """Return the papers whose digest this is."""
    return tuple(_issued(connection, t.papers.c.sha256 == digest))


def by_code(connection: Connection, code: str) -> tuple[Issued, ...]:
    """Return the papers with this check code at their foot."""
    return tuple(_issued(connection, t.papers.c.check_code == code))


def by_number(connection: Connection, number: str) -> tuple[Issued, ...]:
    """Return the papers that bear this number."""
    return tuple(_issued(connection, t.papers.c.number == number))


def _issued(connection: Connection, where: ColumnElement[bool]) -> Iterator[Issued]:
    p, f = t.papers.c, t.facts.c
    same = and_(f.agency == p.agency, f.case_number == p.case_number, f.n == p.fact)
    wanted = select(t.papers, f.public).join_from(t.papers, t.facts, same).where(where)
    for row in connection.execute(wanted.order_by(p.agency, p.number, p.place)).mappings():
        refs = json.loads(row["public"])["papers"]
        place = row["place"]
        yield Issued(
            agency=row["agency"],
            case_number=row["case_number"],
            fact=row["fact"],
            paper=paper_from(row),
            ref=PaperRef(**refs[place - 1]) if place <= len(refs) else None,
        )


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


def series_rows(connection: Connection, agency: str = "") -> tuple[Series, ...]:
    """Return every run of numbers, or those of one agency."""
    c = t.counters.c
    wanted = select(t.counters).order_by(c.agency, c.series, c.year)
    if agency:
        wanted = wanted.where(c.agency == agency)
    voided = _voided(connection)
    return tuple(
        Series(
            agency=row["agency"],
            series=row["series"],
            year=row["year"],
            last=row["n"],
            imported=row["imported"],
            void=voided.get((row["agency"], row["series"], row["year"]), 0),
        )
        for row in connection.execute(wanted).mappings()
    )


def _voided(connection: Connection) -> dict[tuple[str, str, int], int]:
    p = t.papers.c
    rows = connection.execute(
        select(p.agency, p.series, p.year, func.count())
        .where(p.void_on.is_not(None))
        .group_by(p.agency, p.series, p.year)
    )
    return {(agency, series, year): count for agency, series, year, count in rows}


def import_number(connection: Connection, agency: str, series: str, year: int, n: int) -> None:
    """Note that numbers up to ``n`` were given elsewhere; nothing may have been drawn here."""
    c = t.counters.c
    here = (c.agency == agency) & (c.series == series) & (c.year == year)
    noted = connection.execute(update(t.counters).where(here).values(n=n, imported=n))
    if noted.rowcount == 0:
        row = {"agency": agency, "series": series, "year": year, "n": n, "imported": n}
        connection.execute(insert(t.counters).values(row))
