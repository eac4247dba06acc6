"""Rows and facts: the only translation between them, and the only place that writes SQL."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from gongkai.codec import canonical, join, split
from gongkai.store import tables as t
from rules.workdays import Day
from workflow.case import Case
from workflow.clock import Deadline
from workflow.facts import Fact, PaperRef
from workflow.people import Actor
from workflow.rectification import Rectification
from workflow.vocabulary import Role


class Filed(Protocol):
    """What every kind of case has: whose it is, its number, how many facts."""

    @property
    def agency(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def version(self) -> int: ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A command that was carried out before: where, and what was answered."""

    case_number: str
    fact: int
    asked: str
    answer: Mapping[str, Any]


def facts_of(connection: Connection, number: str) -> tuple[str, tuple[Fact, ...]]:
    """Return the agency of a case and its facts in order; no facts where there is no such case."""
    rows = connection.execute(
        select(t.facts).where(t.facts.c.case_number == number).order_by(t.facts.c.n)
    ).mappings()
    found = list(rows)
    return (found[0]["agency"] if found else ""), tuple(_fact(row) for row in found)


def _fact(row: RowMapping) -> Fact:
    public = json.loads(row["public"])
    personal = json.loads(row["personal"]) if row["personal"] else None
    return Fact(
        number=row["n"],
        on=row["on"],
        actor=Actor(Role(public["actor"]["role"]), public["actor"]["name"]),
        command=join(public["command"], personal),
        command_id=public["command_id"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]) if row["recorded_at"] else None,
        papers=tuple(PaperRef(**ref) for ref in public["papers"]),
    )


def add_fact(connection: Connection, case: Filed, fact: Fact) -> None:
    """Append a fact of ``case``."""
    public, personal = split(fact.command)
    said = {
        "actor": {"role": fact.actor.role.value, "name": fact.actor.name},
        "command": public,
        "command_id": fact.command_id,
        "papers": [asdict(ref) for ref in fact.papers],
    }
    row = {
        "agency": case.agency,
        "case_number": case.number,
        "n": fact.number,
        "kind": fact.kind,
        "on": fact.on,
        "recorded_at": fact.recorded_at.isoformat() if fact.recorded_at else None,
        "public": canonical(said).decode(),
        "personal": None if personal is None else canonical(personal).decode(),
    }
    connection.execute(insert(t.facts).values(row))


def put_case(connection: Connection, case: Case, due: Day | None) -> None:
    """Write the row of a case: a cache of the fold."""
    row = {
        "version": case.version,
        "state": case.state.value,
        "channel": case.channel.value,
        "on": case.on,
        "received_on": case.received_on,
        "reply_due_on": due.on if due else None,
        "provisional": bool(due and due.provisional),
        "last_on": case.last_on,
    }
    _put_row(connection, case, row)


def put_rectification(connection: Connection, case: Rectification, due: Deadline) -> None:
    """Write the row of a rectification; its day is the agency's own."""
    row = {
        "kind": t.RECTIFICATION,
        "version": case.version,
        "state": case.state.value,
        "channel": case.channel.value,
        "on": case.on,
        "received_on": case.on,
        "reply_due_on": due.due_on,
        "provisional": due.provisional,
        "last_on": case.last_on,
    }
    _put_row(connection, case, row)


def _put_row(connection: Connection, case: Filed, row: Mapping[str, Any]) -> None:
    if case.version == 1:
        connection.execute(insert(t.cases).values(agency=case.agency, number=case.number, **row))
    else:
        here = (t.cases.c.agency == case.agency) & (t.cases.c.number == case.number)
        connection.execute(update(t.cases).where(here).values(row))


def add_papers(
    connection: Connection, case: Filed, fact: Fact, papers: Iterable[StoredPaper]
) -> None:
    """Keep the papers that a fact issued, bytes and all."""
    for place, paper in enumerate(papers, start=1):
        row = {
            **asdict(paper),
            "agency": case.agency,
            "case_number": case.number,
            "fact": fact.number,
            "place": place,
        }
        for key in ("number", "series", "year", "n", "check_code", "void_reason"):
            row[key] = row[key] or None  # an unnumbered paper takes part in no unique key
        connection.execute(insert(t.papers).values(row))


def papers_of(connection: Connection, number: str) -> tuple[StoredPaper, ...]:
    """Return the papers of a case in the order of issue."""
    rows = connection.execute(
        select(t.papers)
        .where(t.papers.c.case_number == number)
        .order_by(t.papers.c.fact, t.papers.c.place)
    ).mappings()
    return tuple(paper_from(row) for row in rows)


def paper_numbered(connection: Connection, number: str) -> StoredPaper | None:
    """Return the paper that bears ``number``."""
    found = connection.execute(select(t.papers).where(t.papers.c.number == number)).mappings()
    row = found.first()
    return paper_from(row) if row else None


def paper_from(row: RowMapping) -> StoredPaper:
    """Read a paper; an absent number, code or voiding reads as empty."""
    own = {key: row[key] for key in StoredPaper.__slots__ if key in row and row[key] is not None}
    return StoredPaper(**own)


def void_paper(connection: Connection, case: Case, number: str, *, on: date, reason: str) -> None:
    """Mark a numbered paper, and what was issued with it, as void: the numbers stay."""
    p = t.papers.c
    same = (p.agency == case.agency) & (p.number == number)
    fact = select(p.fact).where(same).scalar_subquery()
    here = (p.agency == case.agency) & (p.case_number == case.number) & (p.fact == fact)
    connection.execute(update(t.papers).where(here).values(void_on=on, void_reason=reason))


def next_number(connection: Connection, agency: str, series: str, year: int) -> int:
    """Draw the next number of a series from its counter row: without gap, without double."""
    c = t.counters.c
    here = (c.agency == agency) & (c.series == series) & (c.year == year)
    drawn = connection.execute(update(t.counters).where(here).values(n=c.n + 1))
    if drawn.rowcount == 0:
        connection.execute(insert(t.counters).values(agency=agency, series=series, year=year, n=1))
    return int(connection.execute(select(c.n).where(here)).scalar_one())


def answered(connection: Connection, command_id: str) -> Answered | None:
    """Return what was answered to a command before."""
    found = connection.execute(select(t.commands).where(t.commands.c.command_id == command_id))
    row = found.mappings().first()
    if row is None:
        return None
    return Answered(
        case_number=row["case_number"],
        fact=row["fact"],
        asked=row["asked"],
        answer=json.loads(row["answer"]),
    )


def remember(
    connection: Connection, case: Filed, fact: Fact, asked: str, answer: Mapping[str, Any]
) -> None:
    """Keep the answer to a command, so that asking again changes nothing."""
    connection.execute(
        insert(t.commands).values(
            command_id=fact.command_id,
            agency=case.agency,
            case_number=case.number,
            fact=fact.number,
            asked=asked,
            answer=canonical(answer).decode(),
        )
    )


def answers_of(connection: Connection, number: str) -> dict[int, Mapping[str, Any]]:
    """Return what was answered to each step of a case, by the number of its fact."""
    c = t.commands.c
    rows = connection.execute(select(c.fact, c.answer).where(c.case_number == number))
    return {fact: json.loads(answer) for fact, answer in rows}


def reasons_used(
    connection: Connection, agency: str, number: str, texts: Iterable[str]
) -> dict[str, int]:
    """Return in how many other cases of the agency each reason has been given."""
    c = t.reasons.c
    rows = connection.execute(
        select(c.reason, func.count())
        .where(c.agency == agency, c.case_number != number, c.reason.in_(sorted(set(texts))))
        .group_by(c.reason)
    )
    return {reason: int(count) for reason, count in rows}


def keep_reasons(connection: Connection, case: Case, texts: Iterable[str]) -> None:
    """Note the reasons a case gives for discretionary refusals, in place of earlier ones."""
    c = t.reasons.c
    connection.execute(
        delete(t.reasons).where(c.agency == case.agency, c.case_number == case.number)
    )
    for text in sorted(set(texts)):
        connection.execute(
            insert(t.reasons).values(agency=case.agency, case_number=case.number, reason=text)
        )


def case_rows(connection: Connection, agency: str = "") -> Iterator[RowMapping]:
    """Yield the rows of all cases, or of one agency's, by number."""
    wanted = select(t.cases).order_by(t.cases.c.agency, t.cases.c.on, t.cases.c.number)
    if agency:
        wanted = wanted.where(t.cases.c.agency == agency)
    yield from connection.execute(wanted).mappings()


def number_taken(connection: Connection, number: str) -> bool:
    """Whether a case already bears ``number``."""
    wanted = select(t.cases.c.number).where(t.cases.c.number == number)
    return connection.execute(wanted).first() is not None
