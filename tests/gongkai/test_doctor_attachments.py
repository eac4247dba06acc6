"""The row of an attachment that was taken away, or altered, is seen, and its bytes stay."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select, update

from gongkai.attaching import collecting
from gongkai.attaching.taking import Step, attach, received
from gongkai.doctor import check_invariants
from gongkai.doctor.chains import chain_faults
from gongkai.doctor.look import Look
from gongkai.office import Office
from gongkai.replay import run
from gongkai.requesting import perform
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading
from gongkai.store.tracing import Fault, Trouble
from gongkai.story import Story
from tests.gongkai import attachment_files as make
from tests.tampering import owning, unguard
from workflow.commands import Attach
from workflow.errors import Refused
from workflow.people import Actor
from workflow.vocabulary import Role

TODAY = date(2026, 11, 1)
DAY = date(2020, 9, 23)
OFFICER = Actor(Role.OFFICER, "李")


@pytest.fixture
def desk(office: Office, tell: Callable[[str], Story], reply_text: str) -> Office:
    """An office with one case: a file is attached, and a paper original noted."""
    case = run(office, tell(reply_text), name="one").case
    assert case is not None
    with received(io.BytesIO(make.docx("证明")), "证明.docx", office.config.attachments) as got:
        attach(office, case.number, got, Step(actor=OFFICER, on=DAY, today=DAY))
    perform(office, case.number, Attach(file="身份证复印件"), OFFICER, DAY, today=DAY)
    return office


def broken(office: Office) -> set[str]:
    """Return the words of the invariants that do not hold."""
    report = check_invariants(office, today=TODAY)
    return {one.name for one in report.checks if not one.ok}


def faults(office: Office) -> list[Fault]:
    with reading(office.store) as tx:
        return list(chain_faults(Look(office=office, tx=tx, today=TODAY)))


def lost(tx: Transaction) -> object:
    return tx.execute(delete(t.attachments))


def resized(tx: Transaction) -> object:
    return tx.execute(update(t.attachments).values(size=1))


def renamed(tx: Transaction) -> object:
    return tx.execute(update(t.attachments).values(media_type="text/plain"))


def moved(tx: Transaction) -> object:
    """Hang the row on the step that only noted a paper original."""
    return tx.execute(update(t.attachments).values(fact=t.attachments.c.fact + 1))


def test_attachments_that_nobody_touched_have_no_fault(desk: Office) -> None:
    assert (broken(desk), faults(desk)) == (set(), [])


@pytest.mark.parametrize("how", [lost, resized, renamed, moved])
def test_a_row_that_is_not_what_the_fact_says_is_found_by_doctor_and_chain(
    desk: Office, how: Callable[[Transaction], object]
) -> None:
    with owning(desk.store) as tx:
        unguard(tx, "attachments")
        how(tx)

    assert broken(desk) - {"database"} == {"attachments", "chain"}
    found = faults(desk)
    assert {fault.what for fault in found} == {Trouble.HANGING}
    assert any("附件" in fault.message and fault.n == 8 for fault in found)


def test_bytes_are_not_collected_while_the_row_that_named_them_is_missing(desk: Office) -> None:
    with owning(desk.store) as tx:
        unguard(tx, "attachments")
        lost(tx)
    later = datetime.now(UTC) + timedelta(days=2)
    assert collecting.find(desk, later).blobs

    with pytest.raises(Refused, match="gongkai doctor") as caught:
        collecting.remove(desk, later)

    assert caught.value.code == "rows_missing"
    with reading(desk.store) as tx:
        count = tx.execute(select(func.count()).select_from(t.blobs)).scalar_one()
    assert count > len(collecting.find(desk, later).blobs)
    assert collecting.find(desk, later).blobs
