"""When the database fails: a clear word or the stored answer, nothing lost, nothing doubled."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, event, func, select, text
from sqlalchemy.exc import DBAPIError

from gongkai.config import Config
from gongkai.office import Office, fixed_code
from gongkai.requesting import Done, load, perform
from gongkai.store import engine, failures
from gongkai.store import tables as t
from gongkai.store.engine import Store, connect, open_store, reading
from gongkai.store.failures import ATTEMPTS, PAUSES, Failure, Unavailable, Unreachable, failure_of
from gongkai.store.keys import KeyRing
from gongkai.story import Story
from rules.workdays import WorkCalendar
from tests.cutting import Cut, line
from tests.postgres import APP, Server, binaries, running
from tests.tampering import owning
from workflow.commands import RecordContact
from workflow.people import Actor
from workflow.vocabulary import Role

TODAY = date(2020, 12, 31)
OFFICER = Actor(Role.OFFICER, "李")
KEYS = KeyRing.ephemeral()
#: The step that is taken: too long for the room that a small database has left.
LONG = RecordContact(means="电话", result="已联系" * 20_000)
Tell = Callable[[str], Story]


@pytest.fixture(autouse=True)
def _pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once: no test waits."""
    monkeypatch.setattr(failures, "PAUSES", (0.0,) * len(PAUSES))


class Desk:
    """One case, and the next step in it."""

    def __init__(self, office: Office, story: Story) -> None:
        self.office = office
        made = perform(office, None, story.register, OFFICER, story.on, today=TODAY)
        self.number = made.case.number

    def act(self, office: Office | None = None) -> Done:
        """Take the step; given again it is the same command."""
        return perform(
            office or self.office, self.number, LONG, OFFICER, date(2020, 9, 15), today=TODAY,
            command_id="act", expected_version=1,
        )  # fmt: skip

    def version(self, store: Store | None = None) -> int:
        """Return how many facts the case has, cache and chain agreeing."""
        with reading(store or self.office.store) as tx:
            facts = tx.execute(select(func.count()).select_from(t.facts)).scalar_one()
            (version,) = tx.execute(select(t.cases.c.version)).scalars()
            (seq,) = tx.execute(select(t.chains.c.seq)).scalars()
            assert facts == version == seq
            assert load(tx, self.office, self.number, TODAY).version == version
        return int(version)


@pytest.fixture
def desk(office: Office, tell: Tell, request_text: str) -> Desk:
    return Desk(office, tell(request_text))


# ── what each failure is called ──────────────────────────────────────────────


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("40001", Failure.RACE),
        ("40P01", Failure.RACE),
        ("23505", Failure.RACE),
        ("55P03", Failure.LOCKED),
        ("53100", Failure.FULL),
        ("53300", Failure.LOST),
        ("57P01", Failure.LOST),
        ("57P03", Failure.LOST),
        ("08006", Failure.LOST),
        ("25006", Failure.DISK),
        ("58030", Failure.DISK),
        ("XX001", Failure.DAMAGED),
        ("23514", None),
        ("42501", None),
    ],
)
def test_what_the_server_says_is_known_by_its_code(
    state: str, kind: Failure | None, postgres: Server
) -> None:
    asked = create_engine(postgres.url("postgres"))
    said = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'x'; END $$"
    with pytest.raises(DBAPIError) as caught, asked.begin() as connection:
        connection.execute(text(said))
    asked.dispose()

    assert failure_of(caught.value) is kind


def test_another_error_is_no_failure_of_the_database() -> None:
    assert failure_of(ValueError()) is None
    for kind in Failure:
        assert kind.when_reading


def test_the_pauses_outlast_a_restart_of_five_seconds_at_most() -> None:
    assert len(PAUSES) == ATTEMPTS - 1
    assert list(PAUSES) == sorted(PAUSES)
    assert 3 < sum(PAUSES) <= 5


def test_a_file_that_is_no_database_is_told(
    call: Callable[..., Any], home: Path, database: str, tmp_path: Path
) -> None:
    (tmp_path / "broken").write_bytes(b"no database at all" * 100)
    (tmp_path / "folder").mkdir()
    for name in ("broken", "folder"):
        with pytest.raises(Unreachable, match=f"打不开数据库 .*{name}"):
            open_store(f"sqlite:///{tmp_path}/{name}", KEYS)
    if database == "sqlite":
        call("init")
        (home / "var/gongkai.sqlite").write_bytes(b"no database at all" * 100)
        said = call("case", "list")
        assert said.code == 3
        assert "打不开数据库" in said.err


# ── the disk is full ─────────────────────────────────────────────────────────


@contextmanager
def full_disk(store: Store) -> Iterator[None]:
    """Leave no room: no page more on SQLite; PostgreSQL says so when it commits."""
    if store.dialect == "postgresql":
        with owning(store) as tx:
            tx.execute(
                text(
                    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    " RAISE EXCEPTION 'no room' USING ERRCODE = 'disk_full'; END $$"
                )
            )
            tx.execute(
                text(
                    "CREATE CONSTRAINT TRIGGER no_room AFTER INSERT ON facts"
                    " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_room()"
                )
            )
        yield
        with owning(store) as tx:
            tx.execute(text("DROP FUNCTION no_room CASCADE"))
        return

    def limit(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
        connection.execute("PRAGMA max_page_count = 1")  # as many as there are, and no more

    event.listen(store.engine, "connect", limit)
    store.close()
    yield
    event.remove(store.engine, "connect", limit)
    store.close()


def test_a_full_disk_is_told_and_the_step_is_taken_once_there_is_room(desk: Desk) -> None:
    with full_disk(desk.office.store):
        with pytest.raises(Unavailable, match="磁盘已满"):
            desk.act()
        assert desk.version() == 1

    assert not desk.act().repeated
    assert desk.version() == 2


# ── the database is locked ───────────────────────────────────────────────────

_HOLDER = """\
import sys
from gongkai.store.driver import sqlite3
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("PRAGMA locking_mode=EXCLUSIVE")  # in WAL a writer holds nobody up who reads
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(store: Store) -> Iterator[None]:
    """Let somebody else hold the database: another process, another session."""
    if store.dialect == "postgresql":
        with owning(store) as tx:
            tx.execute(text("LOCK TABLE cases IN ACCESS EXCLUSIVE MODE"))
            yield
        return
    words = [sys.executable, "-c", _HOLDER, str(store.engine.url.database)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        yield
        holder.communicate()


def test_a_database_that_somebody_holds_is_told_and_free_again_afterwards(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_SETTINGS", {**engine._SETTINGS, "busy_timeout": (20, "20")})
    waits = [(name, "20ms" if name == "lock_timeout" else word)
             for name, word in engine._POSTGRESQL_SETTINGS]  # fmt: skip
    monkeypatch.setattr(engine, "_POSTGRESQL_SETTINGS", tuple(waits))
    desk.office.store.close()

    with held(desk.office.store):
        with pytest.raises(Unavailable, match="被其他程序占用"):
            desk.act()
        with pytest.raises(Unavailable, match="请稍后再试"):
            desk.version()

    assert not desk.act().repeated
    assert desk.version() == 2


def test_a_commit_that_readers_hold_up_is_taken_back_whole(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In SQLite's delete mode the COMMIT itself waits for readers."""
    monkeypatch.setattr(engine, "_SETTINGS", {**engine._SETTINGS, "busy_timeout": (20, "20")})
    desk.office.store.close()
    with reading(desk.office.store) as tx:
        tx.execute(select(t.cases)).all()
        try:
            desk.act()
        except Unavailable as told:
            assert str(told) == Failure.LOCKED.value  # noqa: PT017 - in WAL it does not wait

    desk.act()
    assert desk.version() == 2


# ── the line breaks ──────────────────────────────────────────────────────────


@pytest.fixture
def on_postgresql(
    postgres: Server, config: Config, calendar: WorkCalendar, tell: Tell, request_text: str
) -> Iterator[Desk]:
    with postgres.fresh() as name, closing(open_store(postgres.url(name), KEYS)) as store:
        office = Office(store=store, config=config, calendar=calendar, check_code=fixed_code)
        yield Desk(office, tell(request_text))


def end_sessions(postgres: Server, desk: Desk) -> None:
    with postgres.superuser() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (desk.office.store.engine.url.database,),
        )


def test_a_line_that_broke_between_two_steps_is_not_noticed(
    postgres: Server, on_postgresql: Desk
) -> None:
    end_sessions(postgres, on_postgresql)
    assert on_postgresql.version() == 1
    end_sessions(postgres, on_postgresql)
    assert not on_postgresql.act().repeated
    assert on_postgresql.version() == 2


def test_a_line_that_breaks_inside_a_step_is_laid_anew(
    postgres: Server, on_postgresql: Desk
) -> None:
    ended: list[int] = []

    def moment() -> None:
        if not ended:
            ended.append(1)
            end_sessions(postgres, on_postgresql)

    done = on_postgresql.act(replace(on_postgresql.office, moment=moment))

    assert ended
    assert not done.repeated
    assert on_postgresql.version() == 2


def test_a_reader_whose_line_breaks_is_told(postgres: Server, on_postgresql: Desk) -> None:
    def look() -> None:
        with reading(on_postgresql.office.store) as tx:
            end_sessions(postgres, on_postgresql)
            tx.execute(select(t.cases))

    with pytest.raises(Unavailable, match="请稍后再试"):
        look()
    assert on_postgresql.version() == 1


@pytest.mark.parametrize(
    ("cut", "repeated"), [(Cut.BEFORE, {False}), (Cut.AT, {False, True}), (Cut.AFTER, {True})]
)
def test_a_line_cut_at_the_commit_gives_the_stored_answer_or_the_step_once(
    cut: Cut, repeated: set[bool], postgres: Server, on_postgresql: Desk
) -> None:
    url = on_postgresql.office.store.engine.url
    with (
        TemporaryDirectory() as folder,
        line(postgres.conninfo, Path(folder)) as laid,
        closing(connect(_through(url, folder), KEYS)) as store,
    ):
        assert on_postgresql.version(store) == 1

        laid.cut = cut
        done = on_postgresql.act(replace(on_postgresql.office, store=store))

        assert laid.cuts == 1
        assert done.repeated in repeated
        assert (done.case.version, on_postgresql.version(store)) == (2, 2)


def _through(url: URL, folder: str) -> str:
    laid = url.difference_update_query(["port"]).update_query_dict({"host": folder})
    return laid.render_as_string(hide_password=False)


# ── the server is restarted ──────────────────────────────────────────────────


@pytest.fixture
def restartable(
    config: Config, calendar: WorkCalendar, tell: Tell, request_text: str, postgres: Server
) -> Iterator[tuple[Desk, Any]]:
    """A case on a server that may be stopped."""
    del postgres  # without any server this is skipped as all others
    if not binaries():
        pytest.skip("NO POSTGRESQL BINARIES: a given server is not stopped")
    with (
        running() as server,
        server.fresh() as name,
        closing(open_store(server.url(name, APP), KEYS)) as store,
    ):
        office = Office(store=store, config=config, calendar=calendar, check_code=fixed_code)
        yield Desk(office, tell(request_text)), server


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
def test_a_server_restarted_between_two_steps_loses_nothing(
    how: signal.Signals, restartable: tuple[Desk, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, server = restartable
    server.stop(how)
    with pytest.raises(Unavailable, match="连接中断"):
        desk.act()
    with pytest.raises(Unavailable, match="请稍后再试"):
        desk.version()
    tried: list[float] = []

    def started_meanwhile(seconds: float) -> None:
        tried.append(seconds)
        if len(tried) == ATTEMPTS - 1:
            server.start()

    monkeypatch.setattr(failures, "sleep", started_meanwhile)

    assert not desk.act().repeated
    assert desk.act().repeated
    assert desk.version() == 2
    server.stop(how)
    server.start()
    assert desk.version() == 2
