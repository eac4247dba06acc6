"""A backup misses nothing unseen, and a restore that is cut off leaves nothing torn behind."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, update

from gongkai import backup_file
from gongkai.attaching.taking import Step, attach, received
from gongkai.backup import BackupFailed, Source, make_backup
from gongkai.backup_file import BadBackup
from gongkai.config_file import open_config
from gongkai.keeping import source_of
from gongkai.office import Office
from gongkai.replay import run
from gongkai.restoring import restore
from gongkai.rotation import Job, rotate
from gongkai.store import tables as t
from gongkai.store.engine import reading, writing
from gongkai.store.keys import KeyRing, new_ring, read_keys, write_keys
from gongkai.story import Story
from gongkai.today import ZONE
from tests.gongkai import attachment_files as make
from tests.gongkai.conftest import office_of
from workflow.people import Actor
from workflow.vocabulary import Role

MOMENT = datetime(2026, 3, 2, 9, tzinfo=ZONE)
DAY = date(2020, 9, 23)
PHRASE = "一句很长的口令 correct horse"


@pytest.fixture
def desk(
    home: Path, call: Callable[..., Any], tell: Callable[[str], Story], reply_text: str
) -> Iterator[Office]:
    """The office of the folder, whose attachments lie in files; a case has one."""
    text = (home / "config.toml").read_text(encoding="utf-8")
    own = text.replace('store = "database"', 'store = "var/sealed"')
    (home / "config.toml").write_text(own, encoding="utf-8")
    assert call("init").code == 0
    office = office_of(home, MOMENT)
    case = run(office, tell(reply_text), name="one").case
    assert case is not None
    with received(io.BytesIO(make.docx("证明")), "证明.docx", office.config.attachments) as got:
        attach(office, case.number, got, Step(actor=Actor(Role.OFFICER, "李"), on=DAY, today=DAY))
    yield office
    office.store.close()


def source(home: Path) -> Source:
    return source_of(open_config(home / "config.toml"), MOMENT)


def sealed(home: Path) -> list[Path]:
    return [path for path in (home / "var" / "sealed").rglob("*") if path.is_file()]


def examined_and_then(then: Callable[[], object], made: Source) -> Source:
    """Let something happen when the copy has been examined, before its files are packed."""

    def examine(office: Office) -> list[str]:
        found = made.examine(office)
        then()
        return found

    return replace(made, examine=examine)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # there every copy is examined
def test_a_backup_during_a_change_of_keys_is_refused_and_made_again(
    home: Path, desk: Office
) -> None:
    job = Job(
        store=desk.store,
        path=home / desk.config.security.key_file,
        folder=desk.config.attachments.folder,
        by={"name": "丁"},
        on=DAY,
    )

    with pytest.raises(BackupFailed, match="再做一次"):
        make_backup(examined_and_then(lambda: rotate(job), source(home)), home / "one.backup")

    assert not (home / "one.backup").exists()
    again = make_backup(source(home), home / "one.backup")
    assert (again.manifest["files"], again.faults) == (1, [])


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the files are packed alike
def test_a_file_that_goes_while_it_is_packed_is_told_and_nothing_is_left(
    home: Path, desk: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    (file,) = sealed(home)
    pack = backup_file._pack

    def vanished(*words: Any) -> None:  # noqa: ANN401 - as the function
        file.unlink()
        pack(*words)

    monkeypatch.setattr(backup_file, "_pack", vanished)

    with pytest.raises(BackupFailed, match="再做一次"):
        make_backup(source(home), home / "one.backup")

    assert [path.name for path in home.iterdir() if "one.backup" in path.name] == []
    assert desk.store.dialect == "sqlite"


def test_a_file_that_is_lost_for_good_is_told_and_all_else_is_kept(
    home: Path, desk: Office
) -> None:
    (file,) = sealed(home)
    file.unlink()

    made = make_backup(source(home), home / "one.backup")

    assert made.manifest["files"] == 0
    assert any(file.name in fault for fault in made.faults)
    desk.store.close()
    done = restore(source(home), home / "one.backup", replace_live=True)
    assert any(file.name in fault for fault in done.faults)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite examines every copy
def test_a_backup_that_nobody_could_examine_comes_back_with_its_faults_told(
    home: Path, desk: Office
) -> None:
    """Its owner may make no database: the dump of a faulty one was only read through."""
    with writing(desk.store) as tx:
        tx.execute(update(t.counters).where(t.counters.c.series == "reply").values(n=9))
    made = make_backup(source(home), home / "one.backup")
    assert (made.manifest["proven_by"], made.faults) == ("pg_restore --file", [])
    desk.store.close()

    done = restore(source(home), home / "one.backup", replace_live=True)

    assert any("缺第" in fault for fault in done.faults)


def repacked(home: Path, change: Callable[[Path], object]) -> Path:
    """Pack a backup anew around a database that was changed, as a forger would."""
    (home / "open").mkdir()
    made = make_backup(source(home), home / "one.backup")
    backup_file.unpack(made.path, home / "open")
    change(home / "open" / "database")
    whole = (path for path in (home / "open").rglob("*") if path.is_file())
    members: dict[str, Path | bytes] = {
        path.relative_to(home / "open").as_posix(): path
        for path in whole
        if path.name != "sha256sums"
    }
    backup_file.write(home / "forged.backup", members)
    return home / "forged.backup"


def torn_pages(database: Path) -> None:
    data = bytearray(database.read_bytes())
    data[8192:40960] = os.urandom(32768)
    database.write_bytes(data)


def lost_index(database: Path) -> None:
    """Take rows out of an index, so that only a look at every page tells."""
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql("DELETE FROM sqlite_master WHERE name = 'ix_personal_key'")
    engine.dispose()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a file that can be forged
@pytest.mark.parametrize(
    "how", [torn_pages, lost_index, lambda database: database.write_bytes(b"none" * 4096)]
)
def test_damaged_pages_in_a_backup_are_refused(
    home: Path, desk: Office, how: Callable[[Path], object]
) -> None:
    forged = repacked(home, how)
    desk.store.close()
    before = (home / "var" / "gongkai.sqlite").read_bytes()

    with pytest.raises(BadBackup, match="没有恢复"):
        restore(source(home), forged, replace_live=True)

    assert (home / "var" / "gongkai.sqlite").read_bytes() == before


KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
import gongkai.restoring
from gongkai.cli import run

def half(source, target):
    target.write(source.read(100))
    target.flush()
    os.kill(os.getpid(), signal.SIGKILL)

gongkai.restoring.shutil.copyfileobj = half
sys.exit(run(["restore", "one.backup", "--replace"]))
"""


def test_a_restore_killed_while_it_brings_files_leaves_no_torn_one(
    home: Path, desk: Office, call: Callable[..., Any]
) -> None:
    (file,) = sealed(home)
    whole = file.read_bytes()
    assert call("backup", "one.backup").code == 0
    desk.store.close()
    file.unlink()
    killed = subprocess.run([sys.executable, "-c", KILLED], cwd=home, check=False)
    assert killed.returncode == -signal.SIGKILL

    assert call("restore", "one.backup", "--replace").code == 0

    assert [path.name for path in sealed(home)] == [file.name]
    assert file.read_bytes() == whole
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_key_file_of_a_backup_is_brought_whole(
    home: Path, desk: Office, call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed while it is written, it has no name yet: the next restore brings it again."""
    (home / "phrase").write_text(PHRASE, encoding="utf-8")
    words = ("--passphrase-file", "phrase")
    assert call("backup", "one.backup", "--encrypt", "--with-keys", *words).code == 0
    desk.store.close()
    key_file = home / desk.config.security.key_file
    kept = json.loads(key_file.read_bytes())
    key_file.unlink()

    def full(_handle: int) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        assert call("restore", "one.backup", "--replace", *words).code != 0
    assert not key_file.exists()

    assert call("restore", "one.backup", "--replace", *words).code == 0
    assert json.loads(key_file.read_bytes()) == kept


def test_keys_that_are_there_are_not_written_over(tmp_path: Path) -> None:
    ring = new_ring()
    write_keys(tmp_path / "keys", ring)

    with pytest.raises(Exception, match="已经存在"):
        write_keys(tmp_path / "keys", KeyRing.ephemeral())

    assert read_keys(tmp_path / "keys").current == ring.current
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_the_rows_name_the_file_that_the_backup_brings(home: Path, desk: Office) -> None:
    with reading(desk.store) as tx:
        names = tx.execute(select(t.blobs.c.file).where(t.blobs.c.file.is_not(None))).scalars()
        assert [Path(name).name for name in names] == [path.name for path in sealed(home)]
