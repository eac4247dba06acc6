"""A sweep that is killed, wherever: the next one goes on, and nothing is done twice or missed."""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Final

import pytest

from gongkai.doctor import check_invariants
from gongkai.office import Office
from gongkai.requesting import perform
from gongkai.store.engine import connect, open_store
from gongkai.store.keys import KeyRing, new_ring
from gongkai.sweep import Swept, sweep
from gongkai.today import ZONE, Reading
from tests.officers import rows
from tests.postgres import Server
from tests.process.desk import APPLICANT, ITEM
from tests.simulation.doomed import Doomed
from tests.simulation.offices import office_on
from tests.simulation.sweepers import wake
from workflow import commands as c
from workflow.vocabulary import Channel, ConsultationKind

#: In CI at every so many statements; 1 is everywhere.
EVERY: Final = int(os.environ.get("GONGKAI_SIMULATION_EVERY", "8"))
NOW: Final = Reading(wall=datetime(2020, 10, 21, 12, tzinfo=ZONE), boot="one", elapsed=1000.0)


class Kept(ABC):
    """A database that is put back as it was."""

    url: str
    keys: KeyRing

    @abstractmethod
    def back(self) -> None:
        """Put it back; nobody is connected."""

    @contextmanager
    def office(self) -> Iterator[Office]:
        """Open it, and let go of it."""
        store = connect(self.url, self.keys)
        try:
            yield office_on(store)
        finally:
            store.close()


class File(Kept):
    """A file, and a copy of it beside."""

    def __init__(self, folder: Path) -> None:
        self.keys = new_ring()
        self._file, self._copy = folder / "gongkai.sqlite", folder / "kept"
        self.url = f"sqlite:///{self._file}"
        made = open_store(self.url, self.keys)
        prepare(office_on(made))
        made.close()
        shutil.copyfile(self._file, self._copy)

    def back(self) -> None:
        for name in ("-journal", "-wal", "-shm"):
            self._file.with_name(self._file.name + name).unlink(missing_ok=True)
        shutil.copyfile(self._copy, self._file)


class OnServer(Kept):
    """A database on a server, made from a template each time."""

    def __init__(self, server: Server, template: str) -> None:
        self.keys = new_ring()
        self._server, self._template = server, template
        made = open_store(server.url(template), self.keys)
        prepare(office_on(made))
        made.close()
        self._name = f"{template}_live"
        self.url = server.url(self._name)

    def back(self) -> None:
        self.gone()
        self._server.create(self._name, self._template)

    def gone(self) -> None:
        self._server.drop(self._name)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Kept]:
    if request.param == "sqlite":
        yield File(tmp_path)
        return
    server: Server = request.getfixturevalue("server")
    with server.fresh() as name:
        made = OnServer(server, name)
        yield made
        made.gone()


def prepare(office: Office) -> None:
    """Make a case of each kind of which something is due: silences, a proposal, reminders."""
    sweep(office, date(2020, 9, 1))  # the yearly duties of all agencies are not what is killed
    third = c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party="某公司", items=(1,))
    letter = c.RecordConsultationReceipt(consultation=1)
    correction = c.RequestCorrection(
        matters=("名称",), working_days=5, notice_received_on=date(2020, 9, 16)
    )
    for more in (
        ((third, date(2020, 9, 21)), (letter, date(2020, 9, 23))),
        ((c.RequestExplanation(reason="四十件"), date(2020, 9, 21)),),
        ((correction, date(2020, 9, 16)),),
        (),
    ):
        register = c.Register(
            agency="fushun-county-office",
            channel=Channel.IN_PERSON,
            applicants=(APPLICANT,),
            items=(ITEM,),
        )
        number = None
        steps = ((register, date(2020, 9, 14)), (c.Accept(), date(2020, 9, 15)), *more)
        for step, on in steps:
            number = perform(office, number, step, None, on, today=on).case.number


def done(swept: Swept) -> list[str]:
    return [f"{d.place}/{d.period.key}/{d.action.kind.value}" for d in swept.deeds]


@pytest.mark.slow
def test_wherever_a_sweep_is_killed_the_next_one_ends_as_if_it_had_not_been(kept: Kept) -> None:
    kept.back()
    with kept.office() as office:
        deeds = done(wake(office, NOW))
        wanted = rows(office)
    assert {name.rpartition("/")[2] for name in deeds} >= {"expire", "propose", "today"}

    k, killed, in_part = 1, True, 0
    with closing(Doomed(kept.url, kept.keys)) as doomed:
        while killed:
            kept.back()
            doomed.start(NOW, k, batch=2)
            killed = doomed.ended()
            with kept.office() as office:
                rest = done(wake(office, NOW))
                assert rows(office) == wanted, f"killed before statement {k}"
                assert killed or check_invariants(office, today=date(2020, 10, 21)).ok
            assert len(set(rest)) == len(rest)
            assert set(rest) <= set(deeds)
            in_part += 0 < len(rest) < len(deeds)
            k += EVERY

    assert in_part, "at some points a part was done before"
    assert k > 20 * EVERY
