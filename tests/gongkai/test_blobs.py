"""Sealed bytes by their hash: in parts, in the database or in files, each kept once."""

import os
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from gongkai.store import blobs
from gongkai.store import tables as t
from gongkai.store.blobs import PART
from gongkai.store.engine import Store, reading, writing
from gongkai.store.failures import StoreError, failure_of
from gongkai.store.keys import KeyTrouble, with_new_key

LARGE = os.urandom(2 * PART + 5)
DIGEST = sha256(LARGE).hexdigest()


def parts(store: Store) -> int:
    with reading(store) as tx:
        return int(tx.execute(select(func.count()).select_from(t.blobs)).scalar_one())


def into_files(store: Store, folder: Path, data: bytes) -> list[blobs.FilePart]:
    digest, made = sha256(data).hexdigest(), []
    for part, at in enumerate(range(0, len(data), PART), start=1):
        place = blobs.place_of("a", digest, part)
        made.append(blobs.write_part(folder, store.keys, place, data[at : at + PART]))
    with writing(store) as tx:
        for part, kept in enumerate(made, start=1):
            blobs.note_part(tx, "a", digest, part, kept)
    return made


def test_what_was_put_in_comes_out_and_is_kept_once(store: Store) -> None:
    for _ in range(2):
        with writing(store) as tx:
            assert blobs.put(tx, "a", LARGE) == DIGEST

    assert parts(store) == 3
    with reading(store) as tx:
        assert blobs.get(tx, "a", [DIGEST, "0" * 64]) == {DIGEST: LARGE}
        assert b"".join(blobs.stream(tx, "a", DIGEST)) == LARGE
        assert list(blobs.stream(tx, "b", DIGEST)) == []


def test_nothing_can_be_read_in_the_database(store: Store) -> None:
    with writing(store) as tx:
        blobs.put(tx, "a", b"plain words" * 10)
    with reading(store) as tx:
        assert b"plain words" not in tx.execute(select(t.blobs.c.sealed)).scalar_one()


def test_files_hold_what_the_database_does_not(store: Store, tmp_path: Path) -> None:
    made = into_files(store, tmp_path / "files", LARGE)

    with reading(store) as tx:
        assert b"".join(blobs.stream(tx, "a", DIGEST, tmp_path / "files")) == LARGE
        assert blobs.get(tx, "a", [DIGEST], tmp_path / "files") == {DIGEST: LARGE}
        assert blobs.files(tx) == {part.file for part in made}
        with pytest.raises(KeyTrouble, match="attachments"):
            list(blobs.stream(tx, "a", DIGEST))
    for part in made:
        file = tmp_path / "files" / part.file
        assert file.stat().st_mode & 0o077 == 0
        assert DIGEST not in part.file
        assert LARGE[:64] not in file.read_bytes()


def test_a_paper_with_the_bytes_of_a_file_comes_into_the_database(
    store: Store, tmp_path: Path
) -> None:
    into_files(store, tmp_path, LARGE)
    with writing(store) as tx:
        blobs.put(tx, "a", LARGE)

    with reading(store) as tx:
        assert blobs.get(tx, "a", [DIGEST]) == {DIGEST: LARGE}
        assert blobs.files(tx) == frozenset()


def test_an_older_key_still_opens_what_it_sealed(store: Store) -> None:
    with writing(store) as tx:
        blobs.put(tx, "a", LARGE)
    later = Store(store.engine, with_new_key(store.keys))
    with reading(later) as tx:
        assert blobs.get(tx, "a", [DIGEST]) == {DIGEST: LARGE}


def test_a_file_sealed_with_an_older_key_is_handed_in_again_by_its_sender(
    store: Store, tmp_path: Path
) -> None:
    kept = blobs.write_part(tmp_path, store.keys, blobs.place_of("a", DIGEST, 1), LARGE)
    later = Store(store.engine, with_new_key(store.keys))

    with pytest.raises(StoreError, match="重新上传") as told, writing(later) as tx:
        blobs.note_part(tx, "a", DIGEST, 1, kept)
    assert failure_of(told.value) is None, "trying again brings the same file"


def test_altered_bytes_are_never_given_out(store: Store, tmp_path: Path) -> None:
    made = into_files(store, tmp_path, LARGE)
    file = tmp_path / made[1].file
    whole = file.read_bytes()

    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with reading(store) as tx, pytest.raises(KeyTrouble, match="打不开"):
        list(blobs.stream(tx, "a", DIGEST, tmp_path))
    file.unlink()
    with reading(store) as tx, pytest.raises(KeyTrouble, match="读不了"):
        list(blobs.stream(tx, "a", DIGEST, tmp_path))


def test_a_missing_part_is_noticed(store: Store) -> None:
    with writing(store) as tx:
        blobs.put(tx, "a", LARGE)
        tx.execute(t.blobs.delete().where(t.blobs.c.part == 3))
    with reading(store) as tx:
        with pytest.raises(KeyTrouble, match="摘要不符"):
            list(blobs.stream(tx, "a", DIGEST))
        with pytest.raises(KeyTrouble, match="摘要不符"):
            blobs.get(tx, "a", [DIGEST])


def test_a_row_cannot_lead_out_of_the_folder(store: Store, tmp_path: Path) -> None:
    into_files(store, tmp_path / "files", b"data")
    (tmp_path / "other").write_bytes(b"other")
    with writing(store) as tx:
        tx.execute(update(t.blobs).values(file="../other"))
    digest = sha256(b"data").hexdigest()
    with reading(store) as tx, pytest.raises(KeyTrouble):
        list(blobs.stream(tx, "a", digest, tmp_path / "files"))


def test_only_what_nothing_names_is_dropped(store: Store) -> None:
    with writing(store) as tx:
        named, loose = blobs.put(tx, "a", b"named"), blobs.put(tx, "a", b"loose")
        blobs.put(tx, "b", b"named")  # another agency's, and nobody's
        case = {"agency": "a", "number": "1", "kind": "request", "version": 1, "head": "h"}
        on = date(2026, 1, 5)
        rest = {"state": "received", "channel": "mail", "on": on, "provisional": False}
        tx.execute(t.cases.insert().values(**case, **rest, last_on=on))
        fact = {"agency": "a", "case_number": "1"}
        said = {"seq": 1, "kind": "attach", "on": on, "public": "{}", "hash": "h"}
        tx.execute(t.facts.insert().values(**fact, n=1, **said))
        kept = {"sha256": named, "size": 5, "media_type": "text/plain"}
        tx.execute(t.attachments.insert().values(**fact, fact=1, **kept))

    with reading(store) as tx:
        assert {(one.agency, one.sha256) for one in blobs.orphans(tx)} == {
            ("a", loose),
            ("b", named),
        }
    with writing(store) as tx:
        assert blobs.drop_orphans(tx) == 2
        assert blobs.orphans(tx) == ()
        assert blobs.get(tx, "a", [named, loose]) == {named: b"named"}
