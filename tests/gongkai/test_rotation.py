"""A key is changed while officers work, and whoever cuts it off can run it again."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from gongkai import personal, rotation
from gongkai.office import Office
from gongkai.replay import run
from gongkai.rotation import Job, check, in_use, rotate
from gongkai.store import journal, records
from gongkai.store.engine import Store, open_store, reading
from gongkai.store.keys import KeyTrouble, new_ring, read_keys, with_new_key, write_keys
from gongkai.store.registry import papers_of
from gongkai.story import Story

Tell = Callable[[str], Story]
TODAY = date(2021, 3, 8)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "keys" / "gongkai.key"
    write_keys(file, new_ring())
    return file


@pytest.fixture
def desk(office: Office, path: Path) -> Office:
    """The office with its keys in a file."""
    return replace(office, store=Store(office.store.engine, read_keys(path)))


def job(store: Store, path: Path) -> Job:
    return Job(store=store, path=path, folder=None, by={"name": "丁"}, on=TODAY)


def test_everything_is_sealed_anew_and_the_old_key_goes(
    desk: Office, path: Path, tell: Tell, reply_text: str
) -> None:
    case = run(desk, tell(reply_text)).case
    assert case is not None
    old = read_keys(path).current
    colleague = replace(desk, store=Store(desk.store.engine, read_keys(path)))

    done = rotate(job(desk.store, path))

    assert (done.old, done.continued) == ((old,), False)
    assert list(read_keys(path).keys) == [done.to]
    assert list(in_use(desk.store)) == [done.to]
    assert check(desk.store).ok
    with reading(colleague.store) as tx:  # has the old ring, and reads the file again
        assert records.facts_of(tx, case.number)[1] == case.facts
        assert all(paper.docx for paper in papers_of(tx, case.number))
        (act,) = journal.acts(tx, agency=journal.INSTALLATION)
    assert (act.kind, act.said["to"], act.said["from"]) == ("key_rotated", done.to, [old])
    found = personal.find(colleague, "head:丁", {"name": "喆堃𠀀"})
    assert [row["number"] for row in found] == [case.number]
    assert run(colleague, tell(reply_text)).case
    assert list(in_use(desk.store)) == [done.to]


def test_a_change_waits_for_another_to_end(desk: Office, path: Path) -> None:
    def meanwhile(_done: int, _of: int) -> None:
        rotate(job(desk.store, path))

    with rotation.alone_with(path), pytest.raises(KeyTrouble, match="另一个程序"):
        rotate(job(desk.store, path), meanwhile)


def test_keys_that_are_missing_stop_the_change_before_it_begins(
    desk: Office, path: Path, tell: Tell, request_text: str
) -> None:
    run(desk, tell(request_text))
    kept = path.read_bytes()
    write_keys(path, new_ring(), replace=True)
    wrong = path.read_bytes()

    with pytest.raises(KeyTrouble, match="没有密钥"):
        rotate(job(desk.store, path))
    assert path.read_bytes() == wrong
    desk.store.keys.refresh()
    assert check(desk.store).missing
    path.write_bytes(kept)
    desk.store.keys.refresh()
    assert check(desk.store).ok


def test_a_key_that_bears_the_right_name_only_is_found_out(
    desk: Office, path: Path, tell: Tell, request_text: str
) -> None:
    run(desk, tell(request_text))
    name = read_keys(path).current
    other = with_new_key(new_ring())
    other_key = other.keys[other.current]
    write_keys(path, type(other)(name, {name: other_key}), replace=True)
    desk.store.keys.refresh()

    assert check(desk.store).wrong == (name,)


def test_a_change_killed_at_any_point_is_finished_by_the_next(
    tmp_path: Path, path: Path, config: object, calendar: object, tell: Tell, reply_text: str
) -> None:
    url = f"sqlite:///{tmp_path}/killed.sqlite"
    office = Office(store=open_store(url, read_keys(path)), config=config, calendar=calendar)  # type: ignore[arg-type] # as conftest has them
    case = run(office, tell(reply_text)).case
    assert case is not None
    office.store.close()

    killed = 0
    for point in range(0, 400, 7):
        if not _dies(url, path, point):
            break
        killed += 1
        store = open_store(url, read_keys(path))
        with reading(store) as tx:  # whatever the moment: every key in use is in the file
            assert records.facts_of(tx, case.number)[1] == case.facts
        store.close()

    store = open_store(url, read_keys(path))
    rotate(job(store, path))
    assert killed > 3
    assert list(in_use(store)) == [read_keys(path).current]
    assert check(store).ok
    with reading(store) as tx:
        to = [act.said["to"] for act in journal.acts(tx, agency=journal.INSTALLATION)]
    assert len(to) == len(set(to))
    store.close()


def _dies(url: str, path: Path, point: int) -> bool:
    """Change the key in a child that is killed at its n-th statement, commit or file operation."""
    child = os.fork()
    if child == 0:
        try:
            left = [point]

            def tick(*_: object) -> None:
                left[0] -= 1
                if left[0] < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

            store, sync = open_store(url, read_keys(path)), os.fsync
            for name in ("before_cursor_execute", "commit"):
                event.listen(store.engine, name, tick)
            os.fsync = lambda handle: (tick(), sync(handle))[1]  # type: ignore[func-returns-value,assignment] # counts, then does
            rotate(job(store, path))
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)
