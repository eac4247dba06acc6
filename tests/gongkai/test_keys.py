"""The key file: made by init, for its owner only, and noticed when it changes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from gongkai.store import tables as t
from gongkai.store.engine import Store, open_store, reading, writing
from gongkai.store.failures import Again
from gongkai.store.keys import (
    KeyTrouble,
    new_ring,
    read_keys,
    with_new_key,
    without_old_keys,
    write_keys,
)

Call = Callable[..., Any]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "gongkai.key"
    write_keys(file, new_ring())
    return file


@pytest.fixture
def store(path: Path, tmp_path: Path) -> Store:
    return open_store(f"sqlite:///{tmp_path}/gongkai.sqlite", read_keys(path))


def test_init_makes_the_key_file_for_its_owner_only(call: Call, home: Path) -> None:
    assert call("init").code == 0

    assert (home / "var/gongkai.key").stat().st_mode & 0o777 == 0o600
    assert not list(home.glob("var/*.new"))


def test_init_leaves_a_key_file_as_it_is(call: Call, home: Path) -> None:
    call("init")
    before = (home / "var/gongkai.key").read_bytes()

    assert call("init").code == 0
    assert (home / "var/gongkai.key").read_bytes() == before


def test_a_key_file_that_others_can_read_is_refused(call: Call, home: Path) -> None:
    call("init")
    (home / "var/gongkai.key").chmod(0o640)

    said = call("case", "list")

    assert said.code == 3
    assert "chmod 600" in said.err


def test_a_lost_key_file_is_told_and_nothing_is_made_in_its_place(call: Call, home: Path) -> None:
    call("init")
    (home / "var/gongkai.key").unlink()

    for words in (
        ("init",),
        ("case", "list"),
        ("key", "check"),
        ("key", "rotate", "--by", "head:丁"),
    ):
        said = call(*words)
        assert said.code == 3
        assert "没有密钥文件" in said.err
        assert not (home / "var/gongkai.key").exists()


@pytest.mark.parametrize("text", ["", "{}", '{"current": "a", "keys": {"a": "AAAA"}}', "[]"])
def test_a_damaged_key_file_is_told(text: str, path: Path) -> None:
    path.write_text(text)

    with pytest.raises(KeyTrouble, match="已损坏"):
        read_keys(path)


def test_a_key_file_is_never_overwritten_unasked(path: Path) -> None:
    with pytest.raises(KeyTrouble, match="已经存在"):
        write_keys(path, new_ring())


def test_what_is_sealed_opens_at_its_place_only_and_unchanged(path: Path) -> None:
    ring = read_keys(path)
    key, sealed = ring.seal(b"139", "personal/a/1/1")

    assert ring.open(key, sealed, "personal/a/1/1") == b"139"
    for place, bytes_ in (("personal/a/1/2", sealed), ("personal/a/1/1", sealed[:-1] + b"x")):
        with pytest.raises(KeyTrouble, match="打不开"):
            ring.open(key, bytes_, place)


def test_a_ring_finds_a_key_that_was_added_since(path: Path) -> None:
    mine, other = read_keys(path), read_keys(path)
    write_keys(path, with_new_key(other), replace=True)
    assert other.refresh() != mine.current
    key, sealed = other.seal(b"x", "a")

    assert mine.open(key, sealed, "a") == b"x"
    assert mine.current == key


def test_a_key_that_the_file_does_not_have_is_named(path: Path) -> None:
    key, sealed = new_ring().seal(b"x", "a")

    with pytest.raises(KeyTrouble, match=key):
        read_keys(path).open(key, sealed, "a")


def test_a_transaction_seals_with_the_key_of_its_day(store: Store, path: Path) -> None:
    with writing(store):
        pass
    write_keys(path, with_new_key(read_keys(path)), replace=True)

    with writing(store) as tx:
        assert tx.keys.current == read_keys(path).current


def test_a_transaction_during_which_the_key_changed_is_done_anew(store: Store, path: Path) -> None:
    """What it had sealed with the old key could be committed after the old key is gone."""
    with pytest.raises(Again), writing(store) as tx:  # noqa: PT012 - it is the block
        tx.execute(t.settings.insert().values(name="a", value="b"))
        write_keys(path, with_new_key(read_keys(path)), replace=True)

    with reading(store) as tx:
        assert tx.execute(select(t.settings)).all() == []


def test_taking_old_keys_away_disturbs_no_transaction(store: Store, path: Path) -> None:
    write_keys(path, with_new_key(read_keys(path)), replace=True)
    with writing(store) as tx:
        current = tx.keys.current
        write_keys(path, without_old_keys(read_keys(path)), replace=True)

    assert (store.keys.refresh(), len(store.keys.keys)) == (current, 1)


def test_a_key_file_that_vanishes_stops_the_writing(store: Store, path: Path) -> None:
    """What would be sealed now could never be read again."""
    path.unlink()

    with pytest.raises(KeyTrouble, match="没有密钥文件"), writing(store):
        pass


def test_an_error_of_the_database_names_no_values(store: Store) -> None:
    with pytest.raises(Exception, match="UNIQUE") as caught, writing(store) as tx:  # noqa: PT012
        for _ in range(2):
            tx.execute(t.settings.insert().values(name="13900000000", value="x"))

    assert "13900000000" not in str(caught.value)
