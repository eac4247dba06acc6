"""A case as a file for a court: it verifies itself, and any change of it is found and named."""

import io
import json
import random
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

from gongkai.attaching.taking import Step, attach, received
from gongkai.codec import canonical
from gongkai.export.making import EXPORTED, Exported, export
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import journal
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.store.failures import StoreError
from gongkai.story import Story
from tests.gongkai import attachment_files as make
from tests.tampering import owning, unguard
from workflow.people import Actor
from workflow.vocabulary import Role

HEAD: Final = Actor(Role.HEAD, "王")
TODAY: Final = date(2020, 12, 31)
SEED: Final = 20200914
Tell = Callable[[str], Story]


@pytest.fixture
def number(office: Office, tell: Tell, reply_text: str, request_text: str) -> str:
    """A case between others, with papers, an attachment and an act."""
    run(office, tell(request_text), as_of=TODAY)
    case = run(office, tell(reply_text), as_of=TODAY).case
    assert case is not None
    with received(io.BytesIO(make.docx("证明")), "证明.docx", office.config.attachments) as got:
        step = Step(actor=Actor(Role.OFFICER, "李"), on=date(2020, 9, 23), today=TODAY)
        attach(office, case.number, got, step)
    run(office, tell(request_text), as_of=TODAY)
    return case.number


def made(office: Office, number: str, out: Path) -> Exported:
    return export(office, number, out, by=HEAD, reason="法院调取", today=TODAY)


def unpacked(office: Office, number: str, folder: Path) -> Path:
    made(office, number, folder / "case.zip")
    place = folder / "case"
    with zipfile.ZipFile(folder / "case.zip") as package:
        package.extractall(place)
    return place


def verified(place: Path) -> tuple[int, str]:
    """Run the program of the export with nothing but the standard library."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "verify.py"], cwd=place, capture_output=True, check=False
    )
    assert done.stderr == b""
    return done.returncode, done.stdout.decode()


def reseal(place: Path, name: str) -> None:
    """Put the digest of a changed file into the manifest, as a forger would."""
    manifest = json.loads((place / "manifest.json").read_bytes())
    manifest["files"][name] = sha256((place / name).read_bytes()).hexdigest()
    (place / "manifest.json").write_bytes(canonical(manifest) + b"\n")


def test_an_export_verifies_itself(office: Office, number: str, tmp_path: Path) -> None:
    place = unpacked(office, number, tmp_path)
    code, said = verified(place)

    assert code == 0, said
    assert "结论：全部相符。" in said
    assert number in (place / "说明.txt").read_text(encoding="utf-8")
    assert "第20日" in (place / "proof.txt").read_text(encoding="utf-8")
    assert "登记" in (place / "timeline.txt").read_text(encoding="utf-8")
    assert len(list((place / "papers").glob("*.docx"))) == len(
        json.loads((place / "papers.json").read_bytes())
    )
    (kept,) = (place / "attachments").iterdir()
    assert kept.read_bytes() == make.docx("证明")


def test_the_court_reads_the_case_and_of_other_cases_only_digests(
    office: Office, number: str, tmp_path: Path
) -> None:
    place = unpacked(office, number, tmp_path)

    assert "喆堃𠀀" in (place / "facts.jsonl").read_text(encoding="utf-8")
    chain = [json.loads(line) for line in (place / "chain.jsonl").read_bytes().splitlines()]
    facts = [json.loads(line) for line in (place / "facts.jsonl").read_bytes().splitlines()]
    assert chain[0]["seq"] == facts[0]["entry"]["seq"] - 1 > 0
    assert all(set(line) == {"seq", "digest", "hash"} for line in chain[1:])
    assert len(chain) > len(facts) + 1


def test_the_same_state_gives_the_same_bytes(office: Office, number: str, tmp_path: Path) -> None:
    one = made(office, number, tmp_path / "a.zip")
    with owning(office.store) as tx:  # take the act of the first export away again
        for table in ("acts", "chains"):
            unguard(tx, table)
        tx.execute(t.acts.delete().where(t.acts.c.kind == EXPORTED))
        tx.execute(t.chains.update().values(seq=one.head.seq, hash=one.head.hash))
    two = made(office, number, tmp_path / "b.zip")

    assert one == two
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_that_it_was_given_out_is_in_the_chain(office: Office, number: str, tmp_path: Path) -> None:
    done = made(office, number, tmp_path / "a.zip")

    with reading(office.store) as tx:
        (act,) = journal.acts(tx, kind=EXPORTED, case=number)
    assert (
        act.said["sha256"] == done.sha256 == sha256((tmp_path / "a.zip").read_bytes()).hexdigest()
    )
    assert (act.said["by"], act.said["reason"]) == ("head:王", "法院调取")
    place = unpacked(office, number, tmp_path)
    assert EXPORTED in (place / "acts.jsonl").read_text(encoding="utf-8")
    assert verified(place)[0] == 0


@pytest.fixture
def place(office: Office, number: str, tmp_path: Path) -> Path:
    return unpacked(office, number, tmp_path)


def test_any_file_that_was_touched_is_named(place: Path) -> None:
    """Every file in turn: a byte changed, the whole removed."""
    chance = random.Random(SEED)  # noqa: S311 - a choice, not a secret
    names = sorted(p.relative_to(place).as_posix() for p in place.rglob("*") if p.is_file())
    for name in names:
        if name == "verify.py":
            continue
        file = place / name
        whole = file.read_bytes()
        if whole:
            at = chance.randrange(len(whole))
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
            code, said = verified(place)
            assert code == 1, (SEED, name, at)
            assert name == "manifest.json" or name in said
        file.unlink()
        code, said = verified(place)
        assert code == 1, (SEED, name)
        assert name in said
        file.write_bytes(whole)
    assert verified(place)[0] == 0


def test_a_file_that_was_added_is_named(place: Path) -> None:
    (place / "papers" / "new.docx").write_bytes(b"new")

    code, said = verified(place)

    assert code == 1
    assert "papers/new.docx" in said


def test_a_changed_verifier_is_noticed_by_itself(place: Path) -> None:
    file = place / "verify.py"
    file.write_bytes(file.read_bytes() + b"\n# changed\n")

    code, said = verified(place)

    assert code == 1
    assert "verify.py" in said


LINES: Final = ("facts.jsonl", "chain.jsonl")


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("how", ["change", "remove", "double", "swap"])
def test_a_forger_who_mends_the_manifest_is_found_by_the_chain(
    name: str, how: str, place: Path
) -> None:
    """Every line in turn; what cannot be told from the outside is the last entries of the chain."""
    chance = random.Random(SEED)  # noqa: S311 - as above
    file = place / name
    lines = file.read_bytes().splitlines(keepends=True)
    before = (place / "manifest.json").read_bytes()
    for n in chance.sample(range(len(lines) - 1), min(4, len(lines) - 1)):
        changed = list(lines)
        if how == "change":
            at = chance.randrange(len(lines[n]) - 1)
            bent = chr(lines[n][at] ^ 1).encode("latin-1")
            changed[n] = lines[n][:at] + bent + lines[n][at + 1 :]
        elif how == "remove":
            del changed[n]
        elif how == "double":
            changed.insert(n, changed[n])
        else:
            changed[n], changed[n + 1] = changed[n + 1], changed[n]
        file.write_bytes(b"".join(changed))
        reseal(place, name)
        code, said = verified(place)
        assert code == 1, (SEED, name, how, n)
        assert "不符：" in said
        (place / "manifest.json").write_bytes(before)
    file.write_bytes(b"".join(lines))
    assert verified(place)[0] == 0


@pytest.mark.parametrize("what", ["public", "personal", "salt", "paper", "row", "attachment"])
def test_a_changed_content_is_found_whatever_the_manifest_says(what: str, place: Path) -> None:
    name = _forged(place, what)
    reseal(place, name)

    code, said = verified(place)

    assert code == 1
    assert name in said.partition("不符：")[2]


def _forged(place: Path, what: str) -> str:
    if what in {"paper", "attachment"}:
        file = next(iter(sorted((place / f"{what}s").iterdir())))
        file.write_bytes(file.read_bytes() + b"\n")
        return file.relative_to(place).as_posix()
    if what == "row":
        listed = json.loads((place / "papers.json").read_bytes())
        listed[0]["row"]["title"] = "另一份文书"
        (place / "papers.json").write_bytes(canonical(listed) + b"\n")
        return "papers.json"
    file = place / "facts.jsonl"
    lines = [json.loads(line) for line in file.read_bytes().splitlines()]
    if what == "public":
        lines[1]["entry"]["on"] = "2020-09-01"
    elif what == "personal":
        lines[0]["personal"] = lines[0]["personal"].replace("喆堃𠀀", "张三")
    else:
        lines[0]["salt"] = "00" * 16
    file.write_bytes(b"".join(canonical(line) + b"\n" for line in lines))
    return file.name


def test_what_was_noted_elsewhere_is_compared(office: Office, number: str, tmp_path: Path) -> None:
    first = made(office, number, tmp_path / "first.zip")
    anchors = tmp_path / "anchors.jsonl"
    noted = {"agency": "fushun-county-office", "on": "2020-12-31", **first.head._asdict()}
    other = {**noted, "agency": "other"}
    anchors.write_bytes(canonical(noted) + b"\n" + canonical(other) + b"\ntorn")
    config = replace(office.config, audit=replace(office.config.audit, anchors=str(anchors)))
    place = unpacked(replace(office, config=config), number, tmp_path)

    code, said = verified(place)
    assert code == 0
    assert "锚点：1个" in said
    wrong = canonical({**noted, "hash": "f" * 64}) + b"\n"
    (place / "anchors.jsonl").write_bytes(wrong)
    reseal(place, "anchors.jsonl")
    code, said = verified(place)
    assert code == 1
    assert "anchors.jsonl 第1行" in said


def test_a_database_that_was_altered_is_not_exported(
    office: Office, number: str, tmp_path: Path
) -> None:
    with owning(office.store) as tx:
        unguard(tx, "facts")
        tx.execute(
            t.facts.update()
            .where(t.facts.c.case_number == number, t.facts.c.n == 2)
            .values(on=date(2020, 9, 1))
        )
    with pytest.raises(StoreError, match="audit verify"):
        made(office, number, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir() if "zip" in path.name] == []


def test_a_rectification_is_exported_too(office: Office, tell: Tell, tmp_path: Path) -> None:
    root = Path(__file__).parents[2] / "examples"
    text = next(
        p for p in sorted(root.glob("*.toml")) if "\n[rectification]" in p.read_text("utf-8")
    )
    case = run(office, tell(text.read_text("utf-8")), as_of=date(2026, 1, 5)).rectification
    assert case is not None
    place = unpacked(office, case.number, tmp_path)

    assert verified(place)[0] == 0


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


def test_the_command_line_wants_a_reason(
    call: Callable[..., Any], write: Callable[[str, str], Path]
) -> None:
    call("init")
    file = write("s.toml", REQUEST)
    number = call("case", "register", file, "--by", "officer:李", "--json").json["case"]["number"]

    assert call("export", number, "--out", "a.zip", "--by", "head:王").code == 2
    assert call("export", number, "--out", "a.zip", "--by", "head:王", "--reason", " ").code == 2
    words = ("export", number, "--out", "a.zip", "--by", "head:王", "--reason", "法院调取函")
    said = call(*words)
    assert said.code == 0
    assert sha256(Path("a.zip").read_bytes()).hexdigest() in said.out
    assert call(*words).code == 1
