"""The chain as it lies in the database: what was done to it is told, on both databases."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, delete, select, update

from gongkai import anchors
from gongkai.anchors import BadAnchors
from gongkai.doctor.chains import chain_faults
from gongkai.doctor.look import Look
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.journal import Act, record
from gongkai.store.tracing import Fault, Trouble
from gongkai.story import Story
from tests.gongkai.conftest import Said
from tests.tampering import owning, unguard

AGENCY = "fushun-county-office"
ON = date(2020, 9, 30)
Tell = Callable[[str], Story]


@pytest.fixture
def told(office: Office, tell: Tell, reply_text: str) -> Office:
    """An office with one case of seven facts, and one act after them."""
    run(office, tell(reply_text), name="story")
    with writing(office.store) as tx:
        record(tx, Act(agency=AGENCY, kind="unmask", on=ON, said={"reason": "核对身份"}))
    return office


def faults(office: Office, file: Path | None = None) -> list[Fault]:
    read = anchors.read(file) if file else None
    with reading(office.store) as tx:
        return list(chain_faults(Look(office=office, tx=tx, today=ON, anchors=read)))


def alter(office: Office, table: Table, place: int, **values: Any) -> None:  # noqa: ANN401 - any column
    """Change a row of the chain, or what hangs on it, as only the owner can."""
    c = table.c
    column = c.seq if table in {t.acts, t.chains} else c.n if "n" in c else c.fact
    column = c.fact if table is t.papers else column
    with owning(office.store) as tx:
        unguard(tx, table.name)
        tx.execute(update(table).where(column == place).values(values))


def test_a_chain_that_nobody_touched_has_no_fault(told: Office, tmp_path: Path) -> None:
    written = anchors.write(told, ON, tmp_path / "anchors.jsonl")

    assert [(one.agency, one.seq) for one in written] == [(AGENCY, 8)]
    assert faults(told, tmp_path / "anchors.jsonl") == []


@pytest.mark.parametrize(
    ("table", "place", "values", "trouble", "seq"),
    [
        (t.facts, 3, {"on": date(2020, 9, 1)}, Trouble.EDITED, 3),
        (t.facts, 3, {"hash": "0" * 64}, Trouble.RELINKED, 3),
        (t.facts, 7, {"public": "{}"}, Trouble.EDITED, 7),
        (t.facts, 1, {"commitment": None}, Trouble.EDITED, 1),
        (t.facts, 4, {"seq": 40}, Trouble.MISSING, 4),
        (t.acts, 8, {"public": '{"reason":"x"}'}, Trouble.EDITED, 8),
        (t.acts, 8, {"seq": 3}, Trouble.INSERTED, 3),
        (t.chains, 8, {"seq": 9}, Trouble.TRUNCATED, 9),
        (t.chains, 8, {"seq": 6}, Trouble.END, 8),
        (t.chains, 8, {"hash": "1" * 64}, Trouble.END, 8),
        (t.chains, 8, {"algorithm": "md5"}, Trouble.ALGORITHM, 0),
        (t.commands, 2, {"answer": "{}"}, Trouble.HANGING, 2),
        (t.commands, 2, {"command_id": "other"}, Trouble.HANGING, 2),
        (t.papers, 6, {"number": "抚县政公告〔2020〕9号"}, Trouble.HANGING, 6),
        (t.papers, 6, {"void_on": ON, "void_reason": "x"}, Trouble.HANGING, 6),
        (t.personal, 1, {"sealed": b"x" * 40}, Trouble.HANGING, 1),
    ],
)
def test_what_was_altered_is_told_with_its_place(
    told: Office, table: Table, place: int, values: dict[str, Any], trouble: Trouble, seq: int
) -> None:
    alter(told, table, place, **values)

    assert (trouble, seq) in {(fault.what, fault.seq) for fault in faults(told)}


def test_two_facts_that_were_exchanged_are_told_as_a_pair(told: Office) -> None:
    alter(told, t.facts, 3, seq=-3)
    alter(told, t.facts, 5, seq=3)
    alter(told, t.facts, 3, seq=5)

    found = {(fault.what, fault.seq) for fault in faults(told)}
    assert {(Trouble.SWAPPED, 3), (Trouble.SWAPPED, 5)} <= found
    assert not {what for what, _ in found} & {Trouble.EDITED, Trouble.MISSING}


def remove(tx: Transaction, above: int) -> None:
    """Remove the facts above a number, and all that hangs on them."""
    for table in (t.papers, t.personal, t.commands, t.facts, t.acts, t.chains, t.cases):
        unguard(tx, table.name)
    tx.execute(delete(t.papers).where(t.papers.c.fact > above))
    tx.execute(delete(t.personal).where(t.personal.c.n > above))
    tx.execute(delete(t.commands).where(t.commands.c.fact > above))
    tx.execute(delete(t.facts).where(t.facts.c.n > above))


def test_facts_that_were_deleted_are_missing(told: Office) -> None:
    with owning(told.store) as tx:
        remove(tx, 5)

    found = [(fault.what, fault.seq, fault.until) for fault in faults(told)]
    assert (Trouble.MISSING, 6, 7) in found


def test_a_cut_that_is_covered_up_wholly_is_found_by_the_anchor(
    told: Office, tmp_path: Path
) -> None:
    file = tmp_path / "anchors.jsonl"
    anchors.write(told, ON, file)
    with owning(told.store) as tx:
        remove(tx, 5)
        tx.execute(delete(t.acts))
        last = tx.execute(select(t.facts.c.hash).where(t.facts.c.n == 5)).scalar_one()
        tx.execute(update(t.chains).values(seq=5, hash=last))
        tx.execute(update(t.cases).values(version=5, head=last))
        unguard(tx, "counters")
        tx.execute(update(t.counters).where(t.counters.c.series == "reply").values(n=0))

    assert faults(told) == []
    found = [(fault.what, fault.seq, fault.until) for fault in faults(told, file)]
    assert found == [(Trouble.TRUNCATED, 6, 8), (Trouble.TRUNCATED, 0, 0)]
    assert "reply/2020 已编到第1号" in faults(told, file)[1].message


def test_personal_data_that_is_gone_is_a_fault_unless_its_erasure_is_on_the_chain(
    told: Office,
) -> None:
    with writing(told.store) as tx:
        tx.execute(update(t.cases).values(erased_on=ON))
        tx.execute(delete(t.personal))

    assert {fault.what for fault in faults(told)} == {Trouble.UNEXPLAINED}

    with writing(told.store) as tx:
        number = tx.execute(select(t.cases.c.number)).scalar_one()
        record(tx, Act(agency=AGENCY, kind="erased", case_number=number, on=ON, said={}))

    assert faults(told) == []


def test_the_anchor_file_shows_its_own_edits(told: Office, tmp_path: Path) -> None:
    file = tmp_path / "kept" / "anchors.jsonl"
    for day in (1, 2, 3):
        anchors.write(told, date(2020, 10, day), file)
    lines = file.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [8, 8, 8]

    file.write_text("\n".join((lines[0], lines[2])) + "\n", encoding="utf-8")
    assert [(f.what, f.agency) for f in faults(told, file)] == [
        (Trouble.ANCHOR, "anchors.jsonl第2行")
    ]

    file.write_text("\n".join((lines[0], lines[1][:30], lines[2])) + "\n", encoding="utf-8")
    assert {f.agency for f in faults(told, file)} == {"anchors.jsonl第2行", "anchors.jsonl第3行"}


def test_a_line_that_was_cut_short_is_not_joined_to_the_next(told: Office, tmp_path: Path) -> None:
    file = tmp_path / "anchors.jsonl"
    file.write_bytes(b'{"format":')
    anchors.write(told, ON, file)

    assert len(anchors.read(file).lines) == 1
    assert [fault.agency for fault in anchors.read(file).faults] == ["anchors.jsonl第1行"]


def test_an_anchor_file_that_is_not_there_is_bad_use(tmp_path: Path) -> None:
    with pytest.raises(BadAnchors, match="audit anchor"):
        anchors.read(tmp_path / "anchors.jsonl")


def test_the_command_verifies_anchors_and_tells_what_is_wrong(
    call: Callable[..., Said], home: Path
) -> None:
    call("demo")
    made = call("audit", "anchor", "--on", "2026-11-02")
    assert made.code == 0
    assert "已写入3行：var/anchors.jsonl" in made.out
    fine = call("audit", "verify", "--anchor", "var/anchors.jsonl", "--json")
    assert (fine.code, fine.json["ok"], fine.json["faults"]) == (0, True, [])
    assert "没有发现改动" in call("audit", "verify", "--agency", "shiwen-town").out

    file = home / "var" / "anchors.jsonl"
    file.write_text(file.read_text(encoding="utf-8").replace('"seq":2}', '"seq":9}'), "utf-8")
    broken = call("audit", "verify", "--anchor", file, "--json")
    assert broken.code == 1
    assert {fault["what"] for fault in broken.json["faults"]} == {"anchor", "truncated"}
    assert "末尾被截去" in call("audit", "verify", "--anchor", file).out
    assert call("audit", "verify", "--agency", "nowhere").code == 2
