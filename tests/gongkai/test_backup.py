"""Backups: whole while others write, proven, and as good as the database when they come back."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select, table

from gongkai import anchors, backup_file
from gongkai.backup import Source, copy_sqlite, make_backup
from gongkai.backup_file import BadBackup
from gongkai.config_file import open_config
from gongkai.keeping import source_of
from gongkai.office import Office
from gongkai.real import database_file
from gongkai.replay import run
from gongkai.restoring import restore
from gongkai.store import journal
from gongkai.store import settings as remembered
from gongkai.store.engine import reading
from gongkai.store.keys import new_ring, write_keys
from gongkai.story import Story
from gongkai.today import ZONE
from tests.bare import engine_at
from tests.gongkai.conftest import office_of
from tests.old_tables import contents, personal_words
from tests.postgres import OWNER, Server

PHRASE = "一句很长的口令 correct horse"
MOMENT = datetime(2026, 3, 2, 9, tzinfo=ZONE)


@pytest.fixture
def desk(
    home: Path, call: Callable[..., Any], tell: Callable[[str], Story], reply_text: str
) -> Iterator[Office]:
    """The office of the folder, with one short story in its database."""
    assert call("init").code == 0
    office = office_of(home, MOMENT)
    run(office, tell(reply_text), name="one")
    yield office
    office.store.close()


def source(home: Path) -> Source:
    return source_of(open_config(home / "config.toml"), MOMENT)


@pytest.fixture
def sealed_phrase(home: Path) -> Path:
    file = home / "phrase"
    file.write_text(PHRASE, encoding="utf-8")
    return file


def test_a_backup_comes_back_as_it_was(
    home: Path,
    desk: Office,
    call: Callable[..., Any],
    tell: Callable[[str], Story],
    reply_text: str,
) -> None:
    before = contents(desk.store)

    made = call("backup", "one.backup", "--json")
    run(desk, tell(reply_text), name="two")
    desk.store.close()
    refused = call("restore", "one.backup")
    restored = call("restore", "one.backup", "--replace", "--json")

    assert made.code == 0, made.err
    assert made.json["schema"]
    assert (home / "one.backup").stat().st_mode & 0o777 == 0o600
    assert refused.code == 1
    assert restored.code == 1  # the second case was lost, and that is told
    assert any("numbers import" in line for line in restored.json["lost"])
    assert contents(desk.store) == before
    with reading(desk.store) as tx:
        assert remembered.read(tx, "outbox_paused") == "true"
        assert remembered.read(tx, "sessions_valid_from") == remembered.read(tx, "restored_at")
        assert [act.kind for act in journal.acts(tx, kind="restored")] == ["restored"]
    assert source(home).examine(desk) == []


def test_the_database_that_was_replaced_is_kept(
    home: Path, desk: Office, call: Callable[..., Any], database: str
) -> None:
    call("backup", "one.backup")
    desk.store.close()

    aside = call("restore", "one.backup", "--replace", "--json").json["aside"]

    if database == "sqlite":
        assert (home / aside).is_file()
    else:
        engine = create_engine(desk.config.database.owner_url)
        with engine.connect() as connection:
            kept = table("facts", schema=aside)
            assert connection.scalar(select(func.count()).select_from(kept)) == 7
        engine.dispose()
        assert call("backup", "two.backup").code == 0
        desk.store.close()
        assert call("restore", "two.backup", "--replace").code == 0


def test_a_backup_never_overwrites(desk: Office, call: Callable[..., Any]) -> None:
    del desk
    assert call("backup", "one.backup").code == 0

    again = call("backup", "one.backup")

    assert again.code == 1
    assert "不会覆盖" in again.err


def test_an_encrypted_backup_opens_with_its_passphrase_only(
    home: Path, desk: Office, call: Callable[..., Any], sealed_phrase: Path
) -> None:
    before = contents(desk.store)
    made = call(
        "backup", "one.backup", "--encrypt", "--passphrase-file", sealed_phrase, "--with-keys"
    )
    assert made.code == 0, made.err
    desk.store.close()
    (home / desk.config.security.key_file).unlink()
    (home / "wrong").write_text("a quite different passphrase")

    wrong = call("restore", "one.backup", "--replace", "--passphrase-file", "wrong")
    right = call("restore", "one.backup", "--replace", "--passphrase-file", sealed_phrase)

    assert wrong.code == 1
    assert "口令不对" in wrong.err
    assert right.code == 0, right.err
    assert contents(desk.store) == before


def test_keys_leave_only_in_an_encrypted_backup(desk: Office, call: Callable[..., Any]) -> None:
    del desk
    refused = call("backup", "one.backup", "--with-keys")

    assert refused.code == 2
    assert not Path("one.backup").exists()


def test_another_key_file_is_noticed_before_anything_is_touched(
    home: Path, desk: Office, call: Callable[..., Any]
) -> None:
    call("backup", "one.backup")
    desk.store.close()
    key_file = home / desk.config.security.key_file
    kept = key_file.read_bytes()
    write_keys(key_file, new_ring(), replace=True)

    refused = call("restore", "one.backup", "--replace")

    assert refused.code == 3
    assert "密钥" in refused.err
    key_file.write_bytes(kept)
    assert len(contents(desk.store)["cases"]) == 1


def test_what_an_anchor_knows_and_the_backup_does_not_is_told(
    home: Path,
    desk: Office,
    call: Callable[..., Any],
    tell: Callable[[str], Story],
    reply_text: str,
) -> None:
    call("backup", "one.backup")
    run(desk, tell(reply_text), name="two")
    anchors.write(desk, MOMENT.date(), home / "anchor.jsonl")
    desk.store.close()
    if place := database_file(desk.config):
        (home / place).unlink()  # nothing is left but backup and anchor

    told = call("restore", "one.backup", "--replace", "--anchor", "anchor.jsonl", "--json")

    assert told.code == 1
    assert any("第8至第14项" in line for line in told.json["lost"])
    assert any("case 2020 2 --agency fushun-county-office" in line for line in told.json["lost"])


def test_nothing_personal_is_readable_in_a_backup(
    home: Path, desk: Office, call: Callable[..., Any]
) -> None:
    words = personal_words(desk) | {"139 0000 0000"}
    call("backup", "one.backup")

    data = (home / "one.backup").read_bytes()

    assert [word for word in words if word.encode() in data] == []


def test_a_backup_while_four_officers_work_is_one_state(
    home: Path, desk: Office, tell: Callable[[str], Story], reply_text: str
) -> None:
    """The doctor finds nothing in any of the backups, however many steps were under way."""
    done = threading.Event()
    wrong: list[BaseException] = []

    def work(who: int) -> None:
        n = 0
        try:
            while not done.is_set():
                n += 1
                run(desk, tell(reply_text), name=f"{who}-{n}")
        except BaseException as error:  # noqa: BLE001 - told by the test
            wrong.append(error)

    officers = [threading.Thread(target=work, args=(who,)) for who in range(4)]
    for one in officers:
        one.start()
    try:
        made = [make_backup(source(home), home / f"{n}.backup") for n in range(3)]
    finally:
        done.set()
        for one in officers:
            one.join()

    assert wrong == []
    assert [one.faults for one in made] == [[], [], []]
    facts = [one.manifest["tables"]["facts"] for one in made]
    assert facts == sorted(facts)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A plain and a sealed backup file."""
    folder = tmp_path_factory.mktemp("files")
    members: dict[str, Path | bytes] = {
        "manifest.json": b'{"a": 1}',
        "database": os.urandom(200_000),
    }
    backup_file.write(folder / "plain", members)
    backup_file.write(folder / "sealed", members, PHRASE)
    return folder / "plain", folder / "sealed"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_byte_is_found_or_makes_no_difference(
    data: st.DataObject, written: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> None:
    plain, _ = written
    folder = tmp_path_factory.mktemp("changed")
    bytes_ = bytearray(plain.read_bytes())
    at = data.draw(st.integers(0, len(bytes_) - 1))
    bytes_[at] ^= data.draw(st.integers(1, 255))
    (folder / "changed").write_bytes(bytes_)
    (folder / "as_it_was").mkdir()
    (folder / "now").mkdir()
    backup_file.unpack(plain, folder / "as_it_was")

    try:
        backup_file.unpack(folder / "changed", folder / "now")
    except BadBackup:
        return
    for name in ("manifest.json", "database"):
        assert (folder / "now" / name).read_bytes() == (folder / "as_it_was" / name).read_bytes()


@pytest.mark.parametrize("at", [0, 30, 600, 70_000, 150_000, -1])
def test_a_changed_byte_of_a_sealed_backup_is_found(
    at: int, written: tuple[Path, Path], tmp_path: Path
) -> None:
    _, sealed = written
    bytes_ = bytearray(sealed.read_bytes())
    bytes_[at] ^= 1
    (tmp_path / "changed").write_bytes(bytes_)
    (tmp_path / "into").mkdir()

    with pytest.raises(BadBackup):
        backup_file.unpack(tmp_path / "changed", tmp_path / "into", PHRASE)


@pytest.mark.parametrize("chunks", [0, 1, 2])
def test_a_backup_cut_short_is_found(
    chunks: int, written: tuple[Path, Path], tmp_path: Path
) -> None:
    plain, sealed = written
    cut = 24 + 512 + chunks * (65536 + 16)
    (tmp_path / "sealed").write_bytes(sealed.read_bytes()[:cut])
    (tmp_path / "plain").write_bytes(plain.read_bytes()[:cut])

    for name in ("sealed", "plain"):
        (tmp_path / f"into-{name}").mkdir()
        with pytest.raises(BadBackup):
            backup_file.unpack(tmp_path / name, tmp_path / f"into-{name}", PHRASE)


def test_a_member_outside_the_folder_is_refused(tmp_path: Path) -> None:
    backup_file.write(tmp_path / "evil", {"../evil": b"x"})
    (tmp_path / "into").mkdir()

    with pytest.raises(BadBackup, match="不该有"):
        backup_file.unpack(tmp_path / "evil", tmp_path / "into")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # a file that can be forged
def test_a_forged_backup_is_refused_though_its_digests_agree(home: Path, desk: Office) -> None:
    made = make_backup(source(home), home / "one.backup")
    (home / "open").mkdir()
    backup_file.unpack(made.path, home / "open")
    forged = home / "open" / "database"
    engine = engine_at(f"sqlite:///{forged}")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_facts_no_update")
        connection.exec_driver_sql("UPDATE facts SET recorded_at = '2000-01-01' WHERE n = 2")
    engine.dispose()
    members: dict[str, Path | bytes] = {
        "manifest.json": (home / "open" / "manifest.json").read_bytes(),
        "database": forged,
    }
    backup_file.write(home / "forged.backup", members)
    desk.store.close()

    with pytest.raises(BadBackup, match="与制作备份时不同"):
        restore(source(home), home / "forged.backup", replace_live=True)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # the pages are in our hands
def test_a_damaged_database_gives_no_backup(
    home: Path, desk: Office, call: Callable[..., Any]
) -> None:
    desk.store.close()
    file = home / "var" / "gongkai.sqlite"
    data = bytearray(file.read_bytes())
    data[8192:40960] = os.urandom(32768)
    file.write_bytes(data)

    refused = call("backup", "one.backup")

    assert refused.code != 0
    assert not (home / "one.backup").exists()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # one code writes both
def test_killed_at_any_moment_a_backup_leaves_no_file_of_its_name(home: Path, desk: Office) -> None:
    """Killed before each of the steps that touch the disk."""
    desk.store.close()
    steps = (
        "gongkai.backup.copy_sqlite", "gongkai.backup.check_pages", "gongkai.backup.examined",
        "gongkai.backup_file.write", "gongkai.backup_file._pack", "gongkai.backup_file.unpack",
        "gongkai.backup._publish", "os.link",
    )  # fmt: skip
    for step in steps:
        module, _, name = step.rpartition(".")
        code = (
            f"import os, signal, sys, {module}, gongkai.cli;"
            f"{module}.{name} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL);"
            "sys.exit(gongkai.cli.run(['backup', 'killed.backup']))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=home, check=False)

        assert done.returncode == -signal.SIGKILL, step
        assert not (home / "killed.backup").exists()


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # only it has rights
def test_without_the_right_to_make_a_database_the_dump_is_read_through(
    home: Path, desk: Office, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue("postgres")
    told = make_backup(source(home), home / "one.backup").manifest["proven_by"]
    with server.superuser() as connection:
        connection.execute(f"ALTER ROLE {OWNER} CREATEDB")
        try:
            tried = make_backup(source(home), home / "two.backup").manifest["proven_by"]
            desk.store.close()
            done = restore(source(home), home / "two.backup", replace_live=True)
        finally:
            connection.execute(f"ALTER ROLE {OWNER} NOCREATEDB")

    assert (told, tried) == ("pg_restore --file", "copy")
    assert done.faults == ()


def test_a_copy_of_a_missing_database_is_no_new_database(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="读不出来"):
        copy_sqlite(tmp_path / "none.sqlite", tmp_path / "copy")

    assert not (tmp_path / "none.sqlite").exists()
