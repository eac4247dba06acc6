"""An export from which something was left out fails; one of an erased case says what is gone."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import delete

from gongkai import retention
from gongkai.attaching.stored import new_file
from gongkai.attaching.taking import Step, attach, received
from gongkai.casefile import open_story
from gongkai.codec import canonical
from gongkai.export.making import export
from gongkai.office import Office
from gongkai.out import OutputTrouble
from gongkai.replay import run
from gongkai.store import tables as t
from tests.gongkai import attachment_files as make
from tests.gongkai.conftest import ROOT
from tests.tampering import owning
from workflow.people import Actor
from workflow.vocabulary import Role

HEAD: Final = Actor(Role.HEAD, "王")
AGENCY: Final = "fushun-county-office"
LATER: Final = date(2026, 11, 20)
Listed = list[dict[str, Any]]


@pytest.fixture
def old(office: Office) -> Office:
    """An office whose retention ends after one year, so that the published calendar suffices."""
    short = replace(office.config.retention, years=1)
    return replace(office, config=replace(office.config, retention=short))


@pytest.fixture
def number(old: Office) -> str:
    """An archived case, with papers, an attachment and personal parts."""
    story = open_story(ROOT / "examples" / "third_party_silent_partly_disclosed.toml", old.config)
    case = run(old, story, name="old").case
    assert case is not None
    with received(io.BytesIO(make.docx("证明")), "证明.docx", old.config.attachments) as got:
        attach(old, case.number, got, Step(actor=Actor(Role.OFFICER, "李"), on=LATER, today=LATER))
    return case.number


def unpacked(office: Office, number: str, folder: Path) -> Path:
    export(office, number, folder / "case.zip", by=HEAD, reason="法院调取", today=LATER)
    with zipfile.ZipFile(folder / "case.zip") as package:
        package.extractall(folder / "case")
    return folder / "case"


def verified(place: Path) -> tuple[int, str]:
    """Run the program of the export with nothing but the standard library."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=place, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode()


def leave_out(place: Path, *names: str) -> None:
    """Take files out, and mend the manifest as whoever made the export could."""
    manifest = json.loads((place / "manifest.json").read_bytes())
    for name in names:
        (place / name).unlink()
        del manifest["files"][name]
    for name in manifest["files"]:
        manifest["files"][name] = sha256((place / name).read_bytes()).hexdigest()
    (place / "manifest.json").write_bytes(canonical(manifest) + b"\n")


def rewrite(place: Path, name: str, change: Callable[[Listed], object]) -> None:
    """Change one of the files that list what there is."""
    file = place / name
    listed = json.loads(file.read_bytes())
    change(listed)
    file.write_bytes(canonical(listed) + b"\n")


def test_a_paper_that_was_left_out_is_named(old: Office, number: str, tmp_path: Path) -> None:
    place = unpacked(old, number, tmp_path)
    gone = json.loads((place / "papers.json").read_bytes())[0]["docx"]
    rewrite(place, "papers.json", lambda listed: listed[0].update(docx=None))
    leave_out(place, gone)

    code, said = verified(place)

    assert code == 1
    assert "不符：papers.json 第1份：缺少原文" in said


def test_an_attachment_that_was_left_out_is_named(old: Office, number: str, tmp_path: Path) -> None:
    place = unpacked(old, number, tmp_path)
    gone = json.loads((place / "attachments.json").read_bytes())[0]["file"]
    rewrite(place, "attachments.json", lambda listed: listed[0].update(file=None))
    leave_out(place, gone)

    code, said = verified(place)

    assert code == 1
    assert "不符：attachments.json 第1个：缺少原文" in said


def test_what_was_said_in_confidence_and_left_out_is_named(
    old: Office, number: str, tmp_path: Path
) -> None:
    place = unpacked(old, number, tmp_path)
    lines = [json.loads(line) for line in (place / "facts.jsonl").read_bytes().splitlines()]
    del lines[0]["personal"], lines[0]["salt"]
    (place / "facts.jsonl").write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    leave_out(place)

    code, said = verified(place)

    assert code == 1
    assert "不符：facts.jsonl 第1行：缺少个人信息部分" in said


def test_bytes_that_the_database_has_lost_are_named(
    old: Office, number: str, tmp_path: Path
) -> None:
    with owning(old.store) as tx:
        tx.execute(delete(t.blobs))

    code, said = verified(unpacked(old, number, tmp_path))

    assert code == 1
    assert "缺少原文" in said


def test_an_erased_case_verifies_and_says_how_much_is_gone(
    old: Office, number: str, tmp_path: Path
) -> None:
    retention.propose(old, AGENCY, "office-head", today=LATER)
    assert retention.erase(old, AGENCY, "office-supervisor", today=LATER).cases == 1

    place = unpacked(old, number, tmp_path)
    code, said = verified(place)

    papers = len(json.loads((place / "papers.json").read_bytes()))
    assert code == 0, said
    assert f"5. 文书：{papers}份，没有内容的文件{2 * papers}个" in said
    assert "附件：1个，没有内容的1个" in said


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    def meanwhile(out: Path) -> None:
        with new_file(out) as beside:
            beside.write_text("ours")
            out.write_text("mine")

    with pytest.raises(OutputTrouble, match="已经存在"):
        meanwhile(tmp_path / "out")

    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]
