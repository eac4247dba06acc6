"""The doctor finds every fault that is planted, by the invariant that it breaks, and no other."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, update

from gongkai import anchors
from gongkai.casefile import open_story
from gongkai.config import Config
from gongkai.doctor import check_invariants
from gongkai.doctor.duties import open_cases_owned
from gongkai.doctor.folding import Folded, folded
from gongkai.doctor.look import Look
from gongkai.doctor.rebuild import NotRebuilt, differences, rebuild
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import blobs, chain
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.journal import acts
from tests.gongkai.conftest import ROOT, Said
from tests.tampering import owning, unguard
from workflow.case import Case

TODAY = date(2026, 11, 1)
OTHER = "shiwen-town"
#: A case with a withheld part, and one that is still open.
STORIES = ("third_party_objects_and_the_agency_agrees", "crosses_into_2027_still_open")
Plant = Callable[[Transaction], object]


@pytest.fixture
def told(office: Office, config: Config) -> Office:
    for name in STORIES:
        run(office, open_story(ROOT / "examples" / f"{name}.toml", config), name=name)
    return office


def broken(office: Office, file: Path | None = None) -> set[str]:
    """Return the words of the invariants that do not hold."""
    report = check_invariants(office, anchor=file, today=TODAY)
    assert report.ok is not bool(report.faults)
    return {one.name for one in report.checks if not one.ok}


def unguarded(tx: Transaction) -> None:
    for table in ("facts", "commands", "papers", "cases", "counters", "chains", "personal"):
        unguard(tx, table)


def test_a_database_of_all_stories_has_no_fault(office: Office, config: Config) -> None:
    for file in sorted((ROOT / "examples").glob("*.toml")):
        run(office, open_story(file, config), name=file.stem)

    assert check_invariants(office, today=TODAY).faults == ()
    assert check_invariants(office, today=TODAY, only_agency=OTHER).faults == ()


def test_an_empty_database_has_no_fault(office: Office) -> None:
    assert check_invariants(office, today=TODAY).ok


def fact_of(tx: Transaction, kind: str) -> tuple[str, int]:
    f = t.facts.c
    row = tx.execute(select(f.case_number, f.n).where(f.kind == kind)).first()
    assert row is not None
    return row[0], row[1]


def forge(tx: Transaction, kind: str, old: str, new: str) -> None:
    """Alter what a fact says and link the whole chain anew, so that only its meaning is wrong."""
    f = t.facts.c
    number, n = fact_of(tx, kind)
    here = (f.case_number == number) & (f.n == n)
    public = tx.execute(select(f.public).where(here)).scalar_one()
    assert old in public
    tx.execute(update(t.facts).where(here).values(public=public.replace(old, new)))
    before = chain.GENESIS
    for row in tx.execute(select(t.facts).order_by(f.seq)).mappings().all():
        before = chain.link(before, chain.fact_digest(row))
        tx.execute(update(t.facts).where(f.seq == row["seq"]).values(hash=before))
        head = t.cases.c.number == row["case_number"]
        tx.execute(update(t.cases).where(head).values(head=before))
    tx.execute(update(t.chains).values(hash=before))


def _strange(tx: Transaction) -> object:
    row = tx.execute(select(t.cases.c.number)).first()
    assert row is not None
    values = {"agency": OTHER, "seq": 1, "kind": "unmask", "case_number": row[0], "on": TODAY}
    values |= {"public": "{}"}
    values["hash"] = chain.link(chain.GENESIS, chain.act_digest({**values, "recorded_at": None}))
    tx.execute(insert(t.acts).values(values))
    end = {"agency": OTHER, "algorithm": chain.ALGORITHM, "seq": 1, "hash": values["hash"]}
    return tx.execute(insert(t.chains).values(end))


def _no_blob(tx: Transaction) -> object:
    digest = tx.execute(select(t.papers.c.sha256)).scalars().first()
    return tx.execute(delete(t.blobs).where(t.blobs.c.sha256 == digest))


def _other_bytes(tx: Transaction) -> object:
    """Replace a paper by another one, in the register and in the store."""
    p = t.papers.c
    row = tx.execute(select(t.papers).where(p.number.is_not(None))).mappings().first()
    other = tx.execute(select(p.sha256).where(p.number.is_(None))).scalars().first()
    assert row is not None
    return tx.execute(update(t.papers).where(p.number == row["number"]).values(sha256=other))


def _lost_command(tx: Transaction) -> object:
    number, n = fact_of(tx, "accept")
    a = t.commands.c
    return tx.execute(delete(t.commands).where(a.case_number == number, a.fact == n))


def _still_indexed(tx: Transaction) -> object:
    number, _ = fact_of(tx, "draft_reply")
    return tx.execute(update(t.cases).where(t.cases.c.number == number).values(erased_on=TODAY))


def _orphan_fact(tx: Transaction) -> object:
    case = tx.execute(select(t.cases)).mappings().first()
    assert case is not None
    return tx.execute(update(t.cases).where(t.cases.c.number == case["number"]).values(version=99))


def _never_recorded(tx: Transaction) -> object:
    number, n = fact_of(tx, "accept")
    agency = tx.execute(select(t.cases.c.agency).where(t.cases.c.number == number)).scalar_one()
    row = {"agency": agency, "case_number": number, "kind": "third_party", "number": 1}
    row |= {"due_on": TODAY, "action": "expire", "done_on": TODAY, "outcome": "done", "fact": n}
    return tx.execute(insert(t.ledger).values(row))


def _left_and_waits(tx: Transaction) -> object:
    row: dict[str, object] = {
        "agency": OTHER,
        "id": "1",
        "case_number": "x",
        "channel": "email",
        "recipient": "a",
    }
    row |= {"urgent": True, "text": "x", "created_on": TODAY, "state": "queued", "attempts": 1}
    return tx.execute(insert(t.outbox).values({**row, "sent_at": "2020-10-16T09:00:00+08:00"}))


PLANTED: dict[str, tuple[Plant, set[str]]] = {
    "a command is lost": (_lost_command, {"commands", "steps", "chain"}),
    "an answer is altered": (
        lambda tx: tx.execute(update(t.commands).values(answer="{}")),
        {"commands", "chain"},
    ),
    "a case is ahead of its facts": (_orphan_fact, {"steps", "chain", "replay"}),
    "a number was drawn and never used": (
        lambda tx: tx.execute(
            update(t.counters).where(t.counters.c.series == "reply").values(n=t.counters.c.n + 1)
        ),
        {"numbers"},
    ),
    "a case number was drawn and never used": (
        lambda tx: tx.execute(
            update(t.counters).where(t.counters.c.series == "case").values(n=t.counters.c.n + 1)
        ),
        {"numbers"},
    ),
    "a number lies beyond its counter": (
        lambda tx: tx.execute(update(t.counters).where(t.counters.c.series == "reply").values(n=0)),
        {"numbers"},
    ),
    "a paper has other bytes": (_other_bytes, {"papers", "chain"}),
    "a paper has lost its bytes": (_no_blob, {"papers"}),
    "sealed bytes are altered": (
        lambda tx: tx.execute(update(t.blobs).values(sealed=b"x" * 40)),
        {"papers"},
    ),
    "a fact is altered": (
        lambda tx: tx.execute(
            update(t.facts).where(t.facts.c.kind == "accept").values(recorded_at="2020-01-01")
        ),
        {"chain"},
    ),
    "a state is altered": (
        lambda tx: tx.execute(update(t.cases).values(state="forgotten")),
        {"replay", "open"},
    ),
    "a deadline is altered": (
        lambda tx: tx.execute(update(t.cases).values(reply_due_on=date(2020, 1, 1))),
        {"replay"},
    ),
    "a stored period is altered": (
        lambda tx: tx.execute(update(t.deadlines).values(due_on=date(2020, 1, 1))),
        {"deadlines"},
    ),
    "a stored period is lost": (lambda tx: tx.execute(delete(t.deadlines)), {"deadlines"}),
    "what is kept for the audit is altered": (
        lambda tx: tx.execute(update(t.outcomes).values(late=True, row="x")),
        {"outcomes"},
    ),
    "the sweep says it recorded what is not in the file": (_never_recorded, {"actions"}),
    "a message that waits has left": (_left_and_waits, {"outbox"}),
    "an act is about another agency's case": (_strange, {"agencies"}),
    "personal data is found after its erasure": (_still_indexed, {"erased"}),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found_by_the_invariant_it_breaks(told: Office, planted: str) -> None:
    plant, names = PLANTED[planted]
    with owning(told.store) as tx:
        unguarded(tx)
        plant(tx)

    assert broken(told) - {"database"} == names


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("pass_review", '"draft_digest":"', '"draft_digest":"0'),
        ("draft_reply", '"separable":false', '"separable":true'),
    ],
)
def test_what_was_withheld_without_a_true_review_is_found(
    told: Office, kind: str, old: str, new: str
) -> None:
    with owning(told.store) as tx:
        unguarded(tx)
        forge(tx, kind, old, new)

    assert broken(told) - {"database"} == {"withheld"}
    assert "又有改动" in "".join(check_invariants(told, today=TODAY).faults)


def test_one_person_in_two_offices_is_found(told: Office) -> None:
    with reading(told.store) as tx:
        f = t.facts.c
        names = {
            kind: json.loads(public)["actor"]["name"]
            for kind, public in tx.execute(select(f.kind, f.public))
        }
    old, new = (json.dumps({"name": names[k]}, ensure_ascii=False, separators=(",", ":"))[1:-1]
                for k in ("approve_reply", "pass_review"))  # fmt: skip
    with owning(told.store) as tx:
        unguarded(tx)
        if names["approve_reply"]:
            forge(tx, "approve_reply", old, new)
        else:
            forge(tx, "approve_reply", '"name":""', '"name":"甲"')
            forge(tx, "pass_review", '"name":""', '"name":"甲"')

    assert "审核人和审批人是同一人" in "".join(check_invariants(told, today=TODAY).faults)


def test_guards_that_were_taken_away_are_missed(told: Office) -> None:
    with owning(told.store) as tx:
        unguard(tx, "facts")

    assert broken(told) == {"database"}


def test_a_case_without_any_deadline_is_found(told: Office) -> None:

    with reading(told.store) as tx:
        found = list(folded(Look(office=told, tx=tx, today=TODAY)))
    one = next(f for f in found if isinstance(f, Folded) and f.stored["state"] == "processing")
    assert isinstance(one.case, Case)
    case = replace(one.case, clock=None, received_on=None)

    assert list(open_cases_owned(one)) == []
    (fault,) = open_cases_owned(replace(one, case=case, periods=frozenset()))
    assert "没有任何期限" in fault.what


def test_bytes_of_nobody_are_worth_knowing_and_no_fault(told: Office) -> None:
    with writing(told.store) as tx:
        blobs.put(tx, OTHER, b"left behind")

    report = check_invariants(told, today=TODAY)
    assert report.ok
    (note,) = (found for one in report.checks for found in one.found)
    assert (note.note, note.where.split()[0]) == (True, OTHER)


def test_a_head_that_is_not_the_anchored_one_is_found(told: Office, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    anchors.write(told, TODAY, file)
    assert broken(told, file) == set()
    with owning(told.store) as tx:
        unguarded(tx)
        forge(tx, "accept", '"papers":[]', '"papers":[ ]')

    assert broken(told) - {"database"} == set()
    assert broken(told, file) - {"database"} == {"chain"}


def test_rows_are_rebuilt_from_facts_and_it_is_on_record(told: Office) -> None:
    with writing(told.store) as tx:
        tx.execute(update(t.cases).values(state="closed", version=1))
    found = differences(told, today=TODAY)
    assert {one.column for one in found} == {"state", "version"}
    assert broken(told)

    cases = rebuild(told, found, on=TODAY)

    assert cases == 2
    assert broken(told) == set()
    with reading(told.store) as tx:
        assert [act.kind for act in acts(tx)] == ["rebuild"] * 2


def test_nothing_is_rebuilt_from_a_broken_chain(told: Office) -> None:
    with owning(told.store) as tx:
        unguard(tx, "facts")
        tx.execute(update(t.facts).where(t.facts.c.n == 2).values(on=TODAY))
        tx.execute(update(t.cases).values(last_on=TODAY))

    with pytest.raises(NotRebuilt, match="audit verify"):
        rebuild(told, differences(told, today=TODAY), on=TODAY)


def test_the_command_looks_at_an_empty_database_where_there_is_none(
    call: Callable[..., Said],
) -> None:
    said = call("doctor")

    assert (said.code, "还没有数据库" in said.err, "全部符合" in said.out) == (0, True, True)


def test_the_command_prints_what_it_found_and_rebuilds_when_told_to(
    call: Callable[..., Said],
) -> None:
    call("demo")
    fine = call("doctor", "--json")
    assert (fine.code, fine.json["ok"]) == (0, True)
    assert all(check["ok"] and check["found"] == [] for check in fine.json["checks"])
    assert "无须重建" in call("doctor", "--rebuild").out
