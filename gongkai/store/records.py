"""Cases, facts and answers: rows on one side, what they mean on the other."""

import hmac
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, Protocol

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from gongkai.codec import Split, canonical, join
from gongkai.store import chain
from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.statements import Statement
from rules.workdays import Day
from workflow.case import Case
from workflow.clock import Deadline
from workflow.facts import Fact, PaperRef
from workflow.people import Actor
from workflow.plain_text import refuse_unseen_in
from workflow.rectification import Rectification
from workflow.vocabulary import Role

_SALT: Final = 16


class Filed(Protocol):
    """What every kind of case has: whose it is, its number, how many facts."""

    @property
    def agency(self) -> str: ...

    @property
    def number(self) -> str: ...

    @property
    def version(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What the row of a case says of its history, without reading it."""

    agency: str
    number: str
    kind: str
    version: int
    #: The link of the last fact: it stands for every fact up to it.
    head: str
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A command that was carried out before: where, and what was answered."""

    case_number: str
    fact: int
    asked: str
    answer: Mapping[str, Any]


_k = t.cases.c
_HEADING: Final = (_k.agency, _k.number, _k.kind, _k.version, _k.head, _k.erased_on.is_not(None))
_LOCKED: Final = Statement(
    select(*_HEADING).where(_k.number == bindparam("number")).with_for_update()
)
_CASE_ADDED: Final = Statement(insert(t.cases))
_CASE_MOVED: Final = Statement(
    update(t.cases)
    .where(_k.agency == bindparam("of"), _k.number == bindparam("numbered"))
    .values(
        {
            name: bindparam(name)
            for name in (
                "version",
                "head",
                "state",
                "channel",
                "on",
                "received_on",
                "reply_due_on",
                "provisional",
                "last_on",
            )
        }
    )
)
_FACT_ADDED: Final = Statement(insert(t.facts))
_PERSONAL_ADDED: Final = Statement(insert(t.personal))
_a = t.commands.c
_ANSWERED: Final = Statement(
    select(_a.case_number, _a.fact, _a.asked, _a.answer).where(
        _a.command_id == bindparam("command_id")
    )
)
_REMEMBERED: Final = Statement(insert(t.commands))
_NUMBER: Final = Statement(select(_k.number).where(_k.number == bindparam("number")))
_r = t.reasons.c
_REASONS_DROPPED: Final = Statement(
    delete(t.reasons).where(_r.agency == bindparam("of"), _r.case_number == bindparam("numbered"))
)
_REASON_ADDED: Final = Statement(insert(t.reasons))


def lock(tx: Transaction, number: str) -> Heading | None:
    """Return the heading of a case, held until the end of the transaction."""
    refuse_unseen_in("案件编号", number)
    return _heading(tx.run(_LOCKED, {"number": number}).fetchone())


def heading(tx: Transaction, number: str) -> Heading | None:
    """Return the heading of a case."""
    refuse_unseen_in("案件编号", number)
    return _heading(tx.execute(select(*_HEADING).where(_k.number == number)).first())


def _heading(row: Sequence[Any] | None) -> Heading | None:
    if row is None:
        return None
    agency, own, kind, version, head, erased = row
    return Heading(
        agency=agency, number=own, kind=kind, version=version, head=head, erased=bool(erased)
    )


def of_case(table: Table, number: str) -> ColumnElement[bool]:
    """Return the condition for the rows of a case: by its agency, which leads every key."""
    whose = select(_k.agency).where(_k.number == number).scalar_subquery()
    return and_(table.c.agency == whose, table.c.case_number == number)


def facts_of(tx: Transaction, number: str) -> tuple[str, tuple[Fact, ...]]:
    """Return the agency of a case and its facts in order; no facts where there is no such case."""
    found = fact_rows(tx, number)
    return (found[0]["agency"] if found else ""), tuple(fact_from(tx, row) for row in found)


def fact_rows(tx: Transaction, number: str) -> Sequence[Mapping[str, Any]]:
    """Return the rows of a case's facts in order, each with its personal part as it is sealed."""
    f, p = t.facts.c, t.personal.c
    same = (p.agency == f.agency) & (p.case_number == f.case_number) & (p.n == f.n)
    wanted = (
        select(t.facts, p.key, p.sealed)
        .join_from(t.facts, t.personal, same, isouter=True)
        .where(of_case(t.facts, number))
        .order_by(f.n)
    )
    rows: Sequence[Mapping[str, Any]] = tx.execute(wanted).mappings().all()
    return rows


def fact_from(tx: Transaction, row: Mapping[str, Any]) -> Fact:
    """Return the fact that its row says, with the personal part (``key``, ``sealed``) opened."""
    public, own = json.loads(row["public"]), opened(tx, row)
    return Fact(
        number=row["n"],
        on=row["on"],
        actor=Actor(Role(public["actor"]["role"]), public["actor"]["name"]),
        command=join(public["command"], json.loads(own[1]) if own else None),
        command_id=public["command_id"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]) if row["recorded_at"] else None,
        papers=tuple(_ref(said) for said in public["papers"]),
        as_recorded=public.get("as_recorded", False),
    )


def _ref(said: Mapping[str, Any]) -> PaperRef:
    return PaperRef(**{key: value for key, value in said.items() if key != "row"})


def place_of(agency: str, case_number: str, n: int) -> str:
    """Name the place at which the personal part of a fact is sealed."""
    return f"personal/{agency}/{case_number}/{n}"


def opened(tx: Transaction, row: Mapping[str, Any]) -> tuple[bytes, bytes] | None:
    """Open the personal part of a fact's row: its salt, and its bytes; None where it is gone."""
    if row["sealed"] is None:
        return None
    place = place_of(row["agency"], row["case_number"], row["n"])
    salted = tx.keys.open(row["key"], row["sealed"], place)
    return salted[:_SALT], salted[_SALT:]


def commitment(salted: bytes) -> str:
    """Return the commitment to a personal part from what is sealed: its salt, then its bytes."""
    return hmac.digest(salted[:_SALT], salted[_SALT:], sha256).hex()


@dataclass(frozen=True, slots=True)
class Linked:
    """A fact ready to be kept: its row, already linked into the chain, and its personal part."""

    row: Mapping[str, Any]
    salted: bytes

    @property
    def end(self) -> chain.Head:
        """The end of the chain once it is kept."""
        return chain.Head(self.row["seq"], self.row["hash"])


def linked(
    tx: Transaction,
    case: Filed,
    fact: Fact,
    said: Split,
    papers: Iterable[str] = (),
    answered: str = "",
) -> Linked:
    """Link a fact of ``case`` to the end of the agency's chain.

    ``said`` is the command taken apart, ``papers`` the digests of the rows of the fact's papers,
    ``answered`` the digest of what was asked and answered.
    """
    salted = b"" if said.personal is None else os.urandom(_SALT) + canonical(said.personal)
    end = chain.head(tx, case.agency)
    row: dict[str, Any] = {
        "agency": case.agency,
        "case_number": case.number,
        "n": fact.number,
        "seq": end.seq + 1,
        "kind": fact.kind,
        "on": fact.on,
        "recorded_at": fact.recorded_at.isoformat() if fact.recorded_at else None,
        "public": canonical({**_public(fact, said, papers), "answered": answered}).decode(),
        "commitment": commitment(salted) if salted else None,
    }
    row["hash"] = chain.link(end.hash, chain.fact_digest(row))
    return Linked(row, salted)


def add_fact(tx: Transaction, kept: Linked) -> None:
    """Append a fact to its case, whose row is there, and move the end of the chain."""
    tx.run(_FACT_ADDED, kept.row)
    own = {name: kept.row[name] for name in ("agency", "case_number", "n")}
    if kept.salted:
        key, sealed = tx.keys.seal(kept.salted, place_of(*own.values()))
        tx.run(_PERSONAL_ADDED, {**own, "key": key, "sealed": sealed})
    chain.move(tx, own["agency"], kept.end)


def _public(fact: Fact, said: Split, papers: Iterable[str]) -> dict[str, Any]:
    history = {"as_recorded": True} if fact.as_recorded else {}
    return {
        **history,
        "actor": {"role": fact.actor.role.value, "name": fact.actor.name},
        "command": said.public,
        "command_id": fact.command_id,
        "papers": [
            {**asdict(ref), "row": digest} for ref, digest in zip(fact.papers, papers, strict=True)
        ],
    }


def case_row(case: Case, due: Day | None) -> dict[str, Any]:
    """Return the row of a case: a cache of the fold."""
    return {
        "kind": t.REQUEST,
        "version": case.version,
        "state": case.state.value,
        "channel": case.channel.value,
        "on": case.on,
        "received_on": case.received_on,
        "reply_due_on": due.on if due else None,
        "provisional": bool(due and due.provisional),
        "last_on": case.last_on,
    }


def rectification_row(case: Rectification, due: Deadline) -> dict[str, Any]:
    """Return the row of a rectification; its day is the agency's own."""
    return {
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


def put_case(tx: Transaction, case: Filed, row: Mapping[str, Any], head: str) -> None:
    """Write the row of a case; ``head`` is the link of its last fact."""
    if case.version == 1:
        key = {"agency": case.agency, "number": case.number, "erased_on": None}
        tx.run(_CASE_ADDED, {**key, **row, "head": head})
    else:
        tx.run(_CASE_MOVED, {"of": case.agency, "numbered": case.number, **row, "head": head})


def answer_digest(asked: str, answer: str) -> str:
    """Return the digest by which a fact names what was asked and what was answered."""
    return sha256(f"{asked}\n{answer}".encode()).hexdigest()


def put_days(tx: Transaction, agency: str, number: str, row: Mapping[str, Any]) -> None:
    """Write the days of a case anew, where another calendar has moved them."""
    days = {name: row[name] for name in ("reply_due_on", "provisional")}
    here = (_k.agency == agency) & (_k.number == number)
    tx.execute(update(t.cases).where(here).values(days))


def answered(tx: Transaction, command_id: str) -> Answered | None:
    """Return what was answered to a command before."""
    row = tx.run(_ANSWERED, {"command_id": command_id}).fetchone()
    if row is None:
        return None
    case_number, fact, asked, answer = row
    return Answered(case_number=case_number, fact=fact, asked=asked, answer=json.loads(answer))


def remember(tx: Transaction, case: Filed, fact: Fact, asked: str, answer: str) -> None:
    """Keep the answer to a command, as canonical JSON, so that asking again changes nothing."""
    row = {
        "command_id": fact.command_id,
        "agency": case.agency,
        "case_number": case.number,
        "fact": fact.number,
        "asked": asked,
        "answer": answer,
    }
    tx.run(_REMEMBERED, row)


def answers_of(tx: Transaction, number: str) -> dict[int, Mapping[str, Any]]:
    """Return what was answered to each step of a case, by the number of its fact."""
    rows = tx.execute(select(_a.fact, _a.answer).where(of_case(t.commands, number)))
    return {fact: json.loads(answer) for fact, answer in rows}


def reasons_used(tx: Transaction, agency: str, number: str, texts: Iterable[str]) -> dict[str, int]:
    """Return in how many other cases of the agency each reason has been given."""
    c, digests = t.reasons.c, {_reason_digest(text): text for text in texts}
    rows = tx.execute(
        select(c.reason, func.count())
        .where(c.agency == agency, c.case_number != number, c.reason.in_(sorted(digests)))
        .group_by(c.reason)
    )
    return {digests[reason]: int(count) for reason, count in rows}


def _reason_digest(text: str) -> str:
    """Digest a reason: it may name somebody, and is only ever compared."""
    return sha256(text.encode()).hexdigest()


def keep_reasons(tx: Transaction, case: Case, texts: Iterable[str]) -> None:
    """Note the reasons a case gives for discretionary refusals, in place of earlier ones."""
    tx.run(_REASONS_DROPPED, {"of": case.agency, "numbered": case.number})
    for digest in sorted(set(map(_reason_digest, texts))):
        row = {"agency": case.agency, "case_number": case.number, "reason": digest}
        tx.run(_REASON_ADDED, row)


def case_rows(tx: Transaction, agency: str = "") -> Iterator[RowMapping]:
    """Yield the rows of all cases, or of one agency's, by number."""
    wanted = select(t.cases).order_by(_k.agency, _k.on, _k.number)
    if agency:
        wanted = wanted.where(_k.agency == agency)
    yield from tx.execute(wanted).mappings()


def case_row_of(tx: Transaction, number: str) -> RowMapping | None:
    """Return the row of a case."""
    found: RowMapping | None = (
        tx.execute(select(t.cases).where(_k.number == number)).mappings().first()
    )
    return found


def number_taken(tx: Transaction, number: str) -> bool:
    """Whether a case already bears ``number``."""
    return tx.run(_NUMBER, {"number": number}).fetchone() is not None
