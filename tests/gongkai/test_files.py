"""Files that last: whole or not there, never over another, one writer at a time."""

import errno
import os
from pathlib import Path

import pytest

from gongkai.store.files import alone, publish, whole


def test_a_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    with whole(tmp_path / "one") as file:
        file.write(b"half")
        assert not (tmp_path / "one").exists()
        file.write(b" and half")

    assert (tmp_path / "one").read_bytes() == b"half and half"
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600
    assert len(list(tmp_path.iterdir())) == 1


def test_what_goes_wrong_leaves_nothing(tmp_path: Path) -> None:
    def torn() -> None:
        with whole(tmp_path / "one") as file:
            file.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        torn()

    assert list(tmp_path.iterdir()) == []


def test_what_somebody_who_was_killed_left_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "one.new").write_bytes(b"half")

    with whole(tmp_path / "one") as file:
        file.write(b"whole")

    assert (tmp_path / "one").read_bytes() == b"whole"


def test_what_came_meanwhile_stays_unless_it_is_to_be_replaced(tmp_path: Path) -> None:
    def late() -> None:
        with whole(tmp_path / "one") as file:
            file.write(b"ours")
            (tmp_path / "one").write_bytes(b"theirs")

    with pytest.raises(FileExistsError):
        late()
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"theirs"]

    with whole(tmp_path / "one", replace=True) as file:
        file.write(b"ours")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"ours"]


@pytest.mark.parametrize("there", [True, False])
def test_a_disk_that_knows_no_second_names_keeps_the_same_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    """As a USB stick answers, which no test has."""

    def refused(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refused)
    (tmp_path / "beside").write_bytes(b"ours")
    if there:
        (tmp_path / "one").write_bytes(b"theirs")
        with pytest.raises(FileExistsError):
            publish(tmp_path / "beside", tmp_path / "one")
    else:
        publish(tmp_path / "beside", tmp_path / "one")

    assert (tmp_path / "one").read_bytes() == (b"theirs" if there else b"ours")


def test_one_at_a_time_changes_a_file(tmp_path: Path) -> None:
    with alone(tmp_path / "one"):
        with pytest.raises(BlockingIOError), alone(tmp_path / "one", wait=False):
            raise AssertionError
        with alone(tmp_path / "another", wait=False):
            pass
    with alone(tmp_path / "one", wait=False):
        pass
