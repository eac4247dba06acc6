"""Erasing personal data at the end of its retention: proposed by one person, done by another.

What stays is the chain: the public part of every fact, and the commitments to what was erased.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import Select, Table, create_engine, delete, func, select, union, update

from gongkai.codec import canonical
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.people import Doer, doer, refuse_unless_one_of
from gongkai.store import blind, blobs, chain, journal, records, wal
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act
from gongkai.store.tracing import ERASED
from workflow.case import Case
from workflow.commands import Archive
from workflow.errors import Refused
from workflow.records import corrected
from workflow.rectification import Rectification, RectificationState
from workflow.vocabulary import Role, State

PROPOSED: Final = "erasure_proposed"
#: Who may propose, and who may carry out.
ROLES: Final = (Role.HEAD, Role.SUPERVISOR)

#: Where something was erased: PostgreSQL keeps dead rows there until they are cleaned up.
_TOUCHED: Final = ("personal", "blobs", "blind_index", "reasons", "cases")
_ENDED: Final = (
    (t.REQUEST, State.ARCHIVED.value),
    (t.RECTIFICATION, RectificationState.DECIDED.value),
)
_k = t.cases.c
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A case whose personal data may be erased, and what there is of it."""

    agency: str
    number: str
    #: The link of its last fact: another step would change it.
    head: str
    filed_on: date
    personal: int
    blobs: int
    index: int

    @property
    def entry(self) -> list[str]:
        """How a proposal names it."""
        return [self.number, self.head]


def filed_before(today: date, years: int) -> date:
    """Return the day before which a case must have been filed for its retention to be over."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February: the period ends with the month
        return today.replace(year=today.year - years, day=28)


def due(office: Office, *, before: date, today: date, agency: str = "") -> tuple[Due, ...]:
    """Return the cases that were filed before a day and are not erased; open ones never are."""
    with reading(office.store) as tx:
        return tuple(_due(tx, office, before, today, agency))


def _due(tx: Transaction, office: Office, before: date, today: date, agency: str) -> Iterator[Due]:
    wanted = select(t.cases).where(_k.erased_on.is_(None)).order_by(_k.agency, _k.number)
    if agency:
        wanted = wanted.where(_k.agency == agency)
    for row in tx.execute(wanted).mappings().all():
        if (row["kind"], row["state"]) not in _ENDED:
            continue
        on = _filed_on(load_any(tx, office, row["number"], today))
        if on is not None and on < before:
            yield _counted(tx, row["agency"], row["number"], row["head"], on)


def _filed_on(case: Case | Rectification) -> date | None:
    """Return when a case was filed; None while a challenge to it is not decided."""
    if isinstance(case, Rectification):  # it has no step of filing: its decision ends it
        return case.decided.on if case.decided else None
    if any(challenge.result is None for challenge in case.challenges):
        return None
    filed = [fact.on for fact in corrected(case.facts) if isinstance(fact.command, Archive)]
    return filed[-1] if filed else None


def _counted(tx: Transaction, agency: str, number: str, head: str, on: date) -> Due:
    return Due(
        agency=agency,
        number=number,
        head=head,
        filed_on=on,
        personal=_count(tx, t.personal, agency, number),
        blobs=len(_own_blobs(tx, agency, number)),
        index=_count(tx, t.blind_index, agency, number),
    )


def _count(tx: Transaction, table: Table, agency: str, number: str) -> int:
    c = table.c
    here = (c.agency == agency) & (c.case_number == number)
    return int(tx.execute(select(func.count()).select_from(table).where(here)).scalar_one())


def _own_blobs(tx: Transaction, agency: str, number: str) -> set[str]:
    """Return the blobs of a case that no other living case of its agency names."""
    own = set(tx.execute(_named(agency, number, own=True)).scalars())
    return own - set(tx.execute(_named(agency, number, own=False)).scalars())


def _named(agency: str, number: str, *, own: bool) -> Any:  # noqa: ANN401 - a union of selects
    p, a = t.papers, t.attachments
    parts: list[Select[Any]] = []
    for table, column in ((p, p.c.sha256), (p, p.c.text_sha256), (a, a.c.sha256)):
        here = (_k.agency == table.c.agency) & (_k.number == table.c.case_number)
        whose = _k.number == number if own else (_k.number != number) & _k.erased_on.is_(None)
        parts.append(
            select(column).join_from(table, t.cases, here).where(_k.agency == agency, whose)
        )
    return union(*parts)


def digest_of(cases: list[list[str]]) -> str:
    """Return the digest of a list of cases as a proposal names them."""
    return sha256(canonical(cases)).hexdigest()


def propose(office: Office, agency: str, by: str, *, today: date) -> Act:
    """Record which cases somebody proposes to erase. Raises :class:`Refused` where there are none.

    What is proposed is what the policy of the day allows; it is another person who erases.
    """
    who = _may(office, agency, by)
    before = filed_before(today, office.config.retention.years)

    def once() -> Act:
        with writing(office.store) as tx:
            cases = [one.entry for one in _due(tx, office, before, today, agency)]
            if not cases:
                raise Refused(
                    code="nothing_due",
                    message=f"没有在{before}以前归档、保管期限已满的案件。",
                    mend="用 gongkai retention list 查看。",
                )
            said = {
                "by": who.said,
                "filed_before": before.isoformat(),
                "cases": cases,
                "digest": digest_of(cases),
            }
            moment = office.moment()
            return journal.record(
                tx,
                Act(agency=agency, kind=PROPOSED, on=today, said=said, recorded_at=moment),
            )

    return retrying(once)


def _may(office: Office, agency: str, by: str) -> Doer:
    who = doer(office.config, by, agency)
    refuse_unless_one_of(who, ROLES, "清除个人信息")
    return who


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was erased: how many cases, rows of personal data, blobs, rows of the index."""

    cases: int
    personal: int
    blobs: int
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    office: Office
    proposal: Act
    who: Doer
    today: date


def erase(
    office: Office,
    agency: str,
    by: str,
    *,
    today: date,
    tell: Tell = lambda _done, _of: None,
) -> Erased:
    """Erase what was proposed, a case at a time; run again after an interruption.

    Raises :class:`Refused` where the same person proposed it, or the list is no longer the same.
    """
    who = _may(office, agency, by)
    with reading(office.store) as tx:
        proposal = _proposal(tx, agency)
        _refuse_the_same_person(proposal, who)
        left = _left(tx, office, proposal, today)
    if not left:
        clean_up(office)  # whoever erased the last one may have been cut off before it
        raise Refused(
            code="nothing_left", message="这份方案已经执行完毕。", mend="请另行提出方案。"
        )
    job = _Job(office=office, proposal=proposal, who=who, today=today)
    done: list[Erased] = []
    for number, head in left:
        done += retrying(partial(_erase_one, job, number, head))
        tell(len(done), len(left))
    clean_up(office)
    return Erased(
        cases=len(done),
        personal=sum(one.personal for one in done),
        blobs=sum(one.blobs for one in done),
        index=sum(one.index for one in done),
    )


def _proposal(tx: Transaction, agency: str) -> Act:
    found = list(journal.acts(tx, agency=agency, kind=PROPOSED))
    if not found:
        raise Refused(
            code="not_proposed",
            message="还没有人提出清除方案。",
            mend="请先由一人用 gongkai retention propose 提出，再由另一人执行。",
        )
    return found[-1]


def _refuse_the_same_person(proposal: Act, who: Doer) -> None:
    by = proposal.said["by"]
    if who.name == by["name"] or (who.user and who.user == by["user"]):
        raise Refused(
            code="same_person",
            message=f"清除方案是“{who.name}”提出的，应由另一人执行。",
            mend="请由另一名负责人或者主管部门人员执行。",
        )


def _left(tx: Transaction, office: Office, proposal: Act, today: date) -> list[tuple[str, str]]:
    """Return what of a proposal is still to be done; its list must be what it was."""
    before = date.fromisoformat(proposal.said["filed_before"])
    done = {
        act.case_number
        for act in journal.acts(tx, agency=proposal.agency, kind=ERASED)
        if act.said["proposal"] == proposal.seq
    }
    now = {(o.number, o.head) for o in _due(tx, office, before, today, proposal.agency)}
    left = [(number, head) for number, head in proposal.said["cases"] if number not in done]
    if set(left) != now or digest_of(proposal.said["cases"]) != proposal.said["digest"]:
        raise Refused(
            code="list_changed",
            message="提出方案以后，可以清除的案件有变化。",
            mend="请核对 gongkai retention list 后重新提出方案。",
        )
    return left


def _erase_one(job: _Job, number: str, head: str) -> list[Erased]:
    """Erase one case in one transaction; nothing where that was done meanwhile."""
    agency = job.proposal.agency
    with writing(job.office.store) as tx:
        found = records.lock(tx, number)
        blobs.hold(tx)  # nobody can name a blob while it is being removed
        chain.head(tx, agency)
        if found is None or found.erased:
            return []
        if found.head != head:
            raise Refused(
                code="list_changed",
                message=f"案件“{number}”刚刚又有办理，没有清除。",
                mend="请重新提出方案。",
            )
        gone, files = _removed(tx, job, number)
    for file in files:
        file.unlink(missing_ok=True)
    return [gone]


def _removed(tx: Transaction, job: _Job, number: str) -> tuple[Erased, list[Path]]:
    agency = job.proposal.agency
    here = (_k.agency == agency) & (_k.number == number)
    own = _own_blobs(tx, agency, number)
    tx.execute(update(t.cases).where(here).values(erased_on=job.today))
    gone = Erased(
        cases=1,
        personal=_delete(tx, t.personal, agency, number),
        blobs=len(own),
        index=blind.drop(tx, agency, number),
    )
    _delete(tx, t.reasons, agency, number)
    _delete(tx, t.deadlines, agency, number)
    files = _without_blobs(tx, job.office, agency, own)
    said = {
        "proposal": job.proposal.seq,
        "by": job.who.said,
        **{name: getattr(gone, name) for name in ("personal", "blobs", "index")},
    }
    journal.record(
        tx,
        Act(
            agency=agency,
            kind=ERASED,
            case_number=number,
            on=job.today,
            said=said,
            recorded_at=job.office.moment(),
        ),
    )
    return gone, files


def _delete(tx: Transaction, table: Table, agency: str, number: str) -> int:
    c = table.c
    here = (c.agency == agency) & (c.case_number == number)
    return int(tx.execute(delete(table).where(here)).rowcount)


def _without_blobs(tx: Transaction, office: Office, agency: str, own: set[str]) -> list[Path]:
    """Remove blobs; return the files of those that lie in files, to be removed after the commit."""
    b, folder = t.blobs.c, office.config.attachments.folder
    here = (b.agency == agency) & b.sha256.in_(sorted(own))
    names = tx.execute(select(b.file).where(here, b.file.is_not(None))).scalars().all()
    tx.execute(delete(t.blobs).where(here))
    return [folder / cast("str", name) for name in names] if folder else []


def clean_up(office: Office) -> None:
    """Let the database let go of the room where the erased rows stood.

    SQLite has overwritten them (``secure_delete``), but in its log: that is put away.
    PostgreSQL frees the rows; their sealed bytes may stay in free space and in its log until both
    are written over.
    """
    if office.store.dialect == "sqlite":
        wal.put_away(office.store)
        return
    owner = office.config.database.owner_url
    engine = create_engine(owner, hide_parameters=True) if owner else office.store.engine
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"VACUUM {', '.join(_TOUCHED)}")
    if owner:
        engine.dispose()
