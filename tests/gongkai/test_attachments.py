"""Attachments: kept with their fact or not at all, once, given out as they came; orphans go."""

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import func, select

from gongkai.attaching import collecting, stored
from gongkai.attaching.taking import Step, attach, received
from gongkai.config import AttachmentSettings
from gongkai.office import Conflict, Office
from gongkai.out import OutputTrouble
from gongkai.requesting import Done, load, perform
from gongkai.store import blobs, journal
from gongkai.store import tables as t
from gongkai.store.engine import reading, writing
from gongkai.store.keys import KeyTrouble
from gongkai.story import Story
from tests.gongkai import attachment_files as make
from tests.tampering import owning
from workflow.case import Case
from workflow.commands import Attach
from workflow.errors import Refused
from workflow.people import Actor
from workflow.vocabulary import Role

OFFICER: Final = Actor(Role.OFFICER, "李")
DAY: Final = date(2020, 9, 21)
TODAY: Final = date(2020, 12, 31)
DATA: Final = make.docx("申请人的身份证明", "是否涉及国家秘密：否")
LATER: Final = timedelta(days=2)
TABLES: Final = (t.facts, t.attachments, t.blobs, t.commands, t.personal)
STEP: Final = Step(actor=OFFICER, on=DAY, today=TODAY)


@pytest.fixture(params=["database", "folder"])
def desk(request: pytest.FixtureRequest, office: Office, tmp_path: Path) -> Office:
    """The office with attachments in the database, and in a folder."""
    place = "database" if request.param == "database" else str(tmp_path / "sealed")
    settings = AttachmentSettings(store=place)
    return replace(office, config=replace(office.config, attachments=settings))


@pytest.fixture
def number(desk: Office, tell: Callable[[str], Story], request_text: str) -> str:
    return registered(desk, tell(request_text))


def registered(office: Office, story: Story) -> str:
    return perform(office, None, story.register, OFFICER, story.on, today=TODAY).case.number


def add(
    office: Office, number: str, data: bytes = DATA, name: str = "证明.docx", step: Step = STEP
) -> Done:
    with received(io.BytesIO(data), name, office.config.attachments) as got:
        return attach(office, number, got, step)


def counts(office: Office) -> dict[str, int]:
    with reading(office.store) as tx:
        return {
            x.name: int(tx.execute(select(func.count()).select_from(x)).scalar_one())
            for x in TABLES
        }


def case_of(office: Office, number: str) -> Case:
    with reading(office.store) as tx:
        return load(tx, office, number, TODAY)


def listed(office: Office, number: str) -> tuple[stored.Stored, ...]:
    with reading(office.store) as tx:
        return stored.listed(tx, load(tx, office, number, TODAY))


def files(office: Office) -> list[Path]:
    folder = office.config.attachments.folder
    return sorted(path for path in folder.rglob("*") if path.is_file()) if folder else []


def test_an_attachment_is_kept_with_its_fact(desk: Office, number: str, tmp_path: Path) -> None:
    done = add(desk, number)

    command = done.fact.command
    assert isinstance(command, Attach)
    assert (command.file, command.sha256) == ("证明.docx", sha256(DATA).hexdigest())
    (one,) = listed(desk, number)
    assert (one.n, one.name, one.size, one.kept) == (1, "证明.docx", len(DATA), True)
    stored.give_out(
        desk, case_of(desk, number), one, tmp_path / "out.docx", by=OFFICER, today=TODAY
    )
    assert (tmp_path / "out.docx").read_bytes() == DATA
    assert (tmp_path / "out.docx").stat().st_mode & 0o077 == 0


def test_who_took_an_attachment_is_in_the_chain(desk: Office, number: str, tmp_path: Path) -> None:
    add(desk, number)
    stored.give_out(
        desk,
        case_of(desk, number),
        listed(desk, number)[0],
        tmp_path / "o",
        by=OFFICER,
        today=TODAY,
    )

    with reading(desk.store) as tx:
        (act,) = journal.acts(tx, case=number, kind=stored.READ)
    assert act.said["by"] == "officer:李"
    assert "证明" not in json.dumps(act.said, ensure_ascii=False)


def test_the_name_of_a_file_is_personal_data(desk: Office, number: str) -> None:
    add(desk, number, name="喆堃𠀀的身份证.docx")

    with reading(desk.store) as tx:
        assert all("身份证" not in said for said in tx.execute(select(t.facts.c.public)).scalars())


def test_a_paper_original_is_noted_without_bytes(desk: Office, number: str, tmp_path: Path) -> None:
    perform(desk, number, Attach(file="身份证复印件"), OFFICER, DAY, today=TODAY)

    (one,) = listed(desk, number)
    assert (one.name, one.kept, one.sha256) == ("身份证复印件", False, "")
    with pytest.raises(Refused, match="纸质原件"):
        stored.give_out(desk, case_of(desk, number), one, tmp_path / "o", by=OFFICER, today=TODAY)
    assert not (tmp_path / "o").exists()


def test_the_same_bytes_are_kept_once(desk: Office, number: str) -> None:
    add(desk, number)
    once, stock = counts(desk), files(desk)
    add(desk, number, name="又一份.docx")

    after = counts(desk)
    assert after["blobs"] == once["blobs"]
    assert after["attachments"] == once["attachments"] + 1
    assert files(desk) == stock


def test_the_same_command_id_keeps_it_once(desk: Office, number: str) -> None:
    step = replace(STEP, command_id="one")
    add(desk, number, step=step)
    before, stock = counts(desk), files(desk)

    assert add(desk, number, step=step).repeated
    assert (counts(desk), files(desk)) == (before, stock)
    with pytest.raises(Conflict):
        add(desk, number, data=make.docx("别的"), step=step)
    assert (counts(desk), files(desk)) == (before, stock)


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (replace(STEP, expected_version=7), Conflict),
        (replace(STEP, actor=Actor(Role.REVIEWER, "王")), Refused),
        (replace(STEP, on=date(2020, 1, 6)), Refused),
    ],
)
def test_a_step_that_is_refused_leaves_nothing(
    desk: Office, number: str, step: Step, error: type[Exception]
) -> None:
    before = counts(desk)
    with pytest.raises(error):
        add(desk, number, step=step)

    assert counts(desk) == before
    assert files(desk) == []


def test_a_secret_leaves_nothing(desk: Office, number: str) -> None:
    before = counts(desk)
    with pytest.raises(Refused) as caught:
        add(desk, number, data=make.docx("机密★10年"))

    assert (caught.value.code, caught.value.article) == ("secrecy_mark", "14")
    assert counts(desk) == before
    assert files(desk) == []


def test_an_unknown_case_takes_nothing(desk: Office) -> None:
    with pytest.raises(Refused, match="没有编号"):
        add(desk, "没有这件")
    assert files(desk) == []


def test_altered_bytes_are_not_given_out(desk: Office, number: str, tmp_path: Path) -> None:
    add(desk, number)
    for file in files(desk):
        file.write_bytes(b"x" * 100)
    if not files(desk):
        with owning(desk.store) as tx:
            tx.execute(t.blobs.update().values(sealed=b"x" * 100))

    with pytest.raises(KeyTrouble):
        stored.give_out(
            desk, case_of(desk, number), listed(desk, number)[0], tmp_path / "o",
            by=OFFICER, today=TODAY,
        )  # fmt: skip
    assert [path for path in tmp_path.iterdir() if path.name.endswith(("o", ".part"))] == []


def test_nothing_that_is_there_is_written_over(desk: Office, number: str, tmp_path: Path) -> None:
    add(desk, number)
    (tmp_path / "o").write_text("mine")

    with pytest.raises(OutputTrouble, match="已经存在"):
        stored.give_out(
            desk, case_of(desk, number), listed(desk, number)[0], tmp_path / "o",
            by=OFFICER, today=TODAY,
        )  # fmt: skip
    assert (tmp_path / "o").read_text() == "mine"


def test_only_orphans_are_collected(desk: Office, number: str) -> None:
    add(desk, number)
    with writing(desk.store) as tx:
        blobs.put(tx, "fushun-county-office", b"nobody's")
    now = datetime.now(UTC)
    folder = desk.config.attachments.folder
    if folder:
        blobs.write_part(folder, desk.store.keys, "nowhere", b"lost")
        (folder / "README").write_text("not ours")
    stock, before = files(desk), counts(desk)

    assert len(collecting.find(desk, now).files) == 0  # young: an upload may be under way
    found = collecting.find(desk, now + LATER)
    assert (len(found.blobs), len(found.files)) == (1, 1 if folder else 0)
    assert (files(desk), counts(desk)) == (stock, before)

    collecting.remove(desk, now + LATER)
    assert counts(desk)["blobs"] == before["blobs"] - 1
    assert len(files(desk)) == len(stock) - (1 if folder else 0)
    assert not collecting.find(desk, now + LATER)
    with reading(desk.store) as tx:
        (act,) = journal.acts(tx, kind=collecting.COLLECTED)
        digest = sha256(DATA).hexdigest()
        agency = "fushun-county-office"
        assert b"".join(blobs.stream(tx, agency, digest, folder)) == DATA
    assert act.said == {"blobs": 1, "files": 1 if folder else 0}


KILLED: Final = """
import os, signal, sys
from pathlib import Path
from gongkai.attaching import taking
from gongkai.attaching.taking import Step, attach, received
from gongkai.config_file import open_config
from gongkai.real import open_office
from datetime import date
from workflow.people import Actor
from workflow.vocabulary import Role

office = open_office(open_config(Path("config.toml")))
point = sys.argv[2]

def die(*_args, **_more):
    os.kill(os.getpid(), signal.SIGKILL)

if point == "before the row":
    taking.unit.carry_out = die
else:
    taking._Kept.note = die
with open("a.docx", "rb") as stream, received(stream, "a.docx", office.config.attachments) as got:
    day = date(2026, 9, 21)
    attach(office, sys.argv[1], got, Step(actor=Actor(Role.OFFICER), on=day, today=day))
"""


@pytest.mark.parametrize("point", ["before the row", "before the commit"])
def test_a_killed_upload_leaves_an_orphan_and_nothing_else(
    point: str, home: Path, call: Callable[..., Any], write: Callable[[str, str], Path]
) -> None:
    text = (home / "config.toml").read_text(encoding="utf-8")
    (home / "config.toml").write_text(
        text.replace('store = "database"', 'store = "var/sealed"'), encoding="utf-8"
    )
    story = write("s.toml", REQUEST)
    call("init")
    made = call("case", "register", story, "--by", "officer:李", "--json").json["case"]["number"]
    (home / "a.docx").write_bytes(DATA)
    (home / "kill.py").write_text(KILLED, encoding="utf-8")
    killed = subprocess.run(
        [sys.executable, home / "kill.py", made, point], check=False, cwd=home, capture_output=True
    )

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (left,) = (path for path in (home / "var/sealed").rglob("*") if path.is_file())
    assert call("attachment", "list", made, "--json").json == []
    assert call("attachment", "collect", "--json").json["files"] == []
    long_ago = (datetime.now(UTC) - LATER).timestamp()
    os.utime(left, (long_ago, long_ago))
    assert len(call("attachment", "collect", "--yes", "--json").json["files"]) == 1
    assert not left.exists()
    assert call("attachment", "add", made, "a.docx", "--by", "officer:李").code == 0
    assert call("attachment", "get", made, "1", "--out", "b.docx", "--by", "officer:李").code == 0
    assert (home / "b.docx").read_bytes() == DATA


REQUEST: Final = """\
title = "短故事"
[case]
agency = "fushun-county-office"
channel = "in_person"
on = 2026-09-14
[case.applicant]
kind = "natural_person"
name = "甲"
contact = "139 0000 0000"
[[case.items]]
title = "2019年某村征地补偿安置方案"
"""

LIMITED: Final = """
import resource, sys
from gongkai.cli import run
import gongkai.cli.attachment, gongkai.attaching.taking
pages = int(open("/proc/self/statm").read().split()[0])
most = pages * resource.getpagesize() + (100 << 20)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_large_file_is_never_in_memory_as_a_whole(
    home: Path, call: Callable[..., Any], write: Callable[[str, str], Path]
) -> None:
    """200 MB go in and come out where 100 MiB are left."""
    text = (home / "config.toml").read_text(encoding="utf-8")
    (home / "config.toml").write_text(
        text.replace("max_mb = 50 ", "max_mb = 300 "), encoding="utf-8"
    )
    call("init")
    story = write("s.toml", REQUEST)
    number = call("case", "register", story, "--by", "officer:李", "--json").json["case"]["number"]
    with (home / "录像.mp4").open("wb") as file:
        file.write(b"\0\0\0\x20ftypisom")
        file.truncate(200 << 20)
    (home / "limited.py").write_text(LIMITED, encoding="utf-8")

    for words in (
        ["attachment", "add", number, "录像.mp4", "--by", "officer:李"],
        ["attachment", "get", number, "1", "--out", "out.mp4", "--by", "officer:李"],
    ):
        done = subprocess.run(
            [sys.executable, "limited.py", *words], check=False, cwd=home, capture_output=True
        )
        assert done.returncode == 0, done.stderr.decode()
    assert (home / "out.mp4").stat().st_size == 200 << 20
    assert not any(path.name.startswith("tmp") for path in home.iterdir())


def test_the_command_line_says_why_and_what_instead(
    home: Path, call: Callable[..., Any], write: Callable[[str, str], Path]
) -> None:
    call("init")
    story = write("s.toml", REQUEST)
    number = call("case", "register", story, "--by", "officer:李", "--json").json["case"]["number"]
    write("密.txt", "机密★10年")
    (home / "a.zip").write_bytes(make.package({"a": "a"}))

    secret = call("attachment", "add", number, "密.txt", "--by", "officer:李")
    packed = call("attachment", "add", number, "a.zip", "--by", "officer:李")
    missing = call("attachment", "add", number, "没有.txt", "--by", "officer:李")
    typed = call("case", "do", number, "attach", "file=a", "sha256=b", "--by", "officer:李")
    nothing = call("attachment", "get", number, "3", "--out", "o", "--by", "officer:李")

    assert (secret.code, packed.code, missing.code) == (1, 1, 1)
    assert "第十四条" in secret.err
    assert "解压后" in packed.err
    assert (typed.code, nothing.code) == (2, 2)
    assert call("attachment", "list", number).out.strip() == "没有附件。"
    assert call("attachment", "collect").code == 0
