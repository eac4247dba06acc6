"""Papers on the command line: verified, voided, numbered, printed; samples of the catalogue."""

import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from gongkai import pdf, today
from gongkai.cli import notice
from gongkai.config import load
from gongkai.config_file import ConfigError
from gongkai.fonts import Gaps
from gongkai.store import tables as t
from gongkai.store.engine import Store, writing
from gongkai.today import ZONE, date_of

ROOT = Path(__file__).parents[2]
COUNTY = "fushun-county-office"
REPLY = "抚县政公告〔2020〕1号"
CASE = "抚县政公申〔2020〕1号"
Call = Callable[..., Any]
Write = Callable[[str, str], Path]


@pytest.fixture
def demo(call: Call, write: Write, reply_text: str) -> Call:
    """A database with one answered request."""
    write("examples/one.toml", reply_text)
    assert call("demo").code == 0
    return call


@pytest.fixture
def issued(call: Call, write: Write, reply_text: str) -> Call:
    """A database with a reply that is issued and not yet sent."""
    write("examples/one.toml", reply_text.split('[[steps]]\ndo = "send_reply"', maxsplit=1)[0])
    assert call("demo").code == 0
    return call


def changed(file: Path, to: Path) -> Path:
    """Copy a paper with one word of it changed."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, part.replace("方案全文".encode(), "方案目录".encode()))
    return to


def test_an_issued_file_is_found_and_unchanged(demo: Call, home: Path) -> None:
    said = demo("notice", "verify", home / "out/one/02-reply.docx", "--json")

    assert said.code == 0
    assert (said.json["ok"], said.json["result"]) == (True, "unchanged")
    assert (said.json["case"], said.json["number"], said.json["on"]) == (CASE, REPLY, "2020-09-21")
    shown = demo("notice", "verify", home / "out/one/02-reply.docx").out
    assert CASE in shown
    assert "逐字节一致" in shown


def test_a_changed_file_is_known_by_its_code(demo: Call, home: Path) -> None:
    said = demo(
        "notice", "verify", changed(home / "out/one/02-reply.docx", home / "x.docx"), "--json"
    )

    assert said.code == 1
    assert (said.json["result"], said.json["number"]) == ("changed", REPLY)


def test_a_code_leads_to_the_case_and_proves_the_bytes(demo: Call, home: Path) -> None:
    code = demo("notice", "list", CASE, "--json").json[1]["check_code"]

    said = demo("notice", "verify", code.lower(), "--json")

    assert said.code == 0
    assert (said.json["case"], said.json["number"]) == (CASE, REPLY)
    assert home.is_dir()


def test_bytes_altered_in_the_database_are_not_proven(
    demo: Call, opened: Callable[[], Store]
) -> None:
    code = demo("notice", "list", CASE, "--json").json[1]["check_code"]
    with writing(opened()) as tx:
        tx.execute(t.blobs.update().values(sealed=b"PK"))

    said = demo("notice", "verify", code, "--json")

    assert (said.code, said.json["result"]) == (1, "damaged")


@pytest.mark.parametrize("bytes_", [b"", b"%PDF-1.7", b"PK\x03\x04", b"plain"])
def test_what_is_not_ours_is_unknown(bytes_: bytes, demo: Call, home: Path) -> None:
    (home / "other.bin").write_bytes(bytes_)

    said = demo("notice", "verify", home / "other.bin", "--json")

    assert (said.code, said.json["result"]) == (1, "unknown")
    assert demo("notice", "verify", "ABCDEFGHIJKL").code == 1
    assert demo("notice", "verify", "no-such-file.docx").code == 2


def test_a_reply_not_yet_sent_can_be_voided_and_keeps_its_number(issued: Call, home: Path) -> None:
    wrong = issued("notice", "void", REPLY, "--reason", "附件装错", "--by", "office-officer-a")
    done = issued(
        "notice", "void", REPLY, "--reason", "附件装错", "--by", "office-head", "--on", "2020-09-22"
    )
    listed = issued("notice", "list", CASE, "--json").json
    verified = issued("notice", "verify", home / "out/one/02-reply.docx")

    assert (wrong.code, done.code) == (1, 0)
    assert (listed[1]["void_on"], listed[1]["void_reason"]) == ("2020-09-22", "附件装错")
    assert "作废" in verified.out
    assert issued("notice", "void", REPLY, "--reason", "x", "--by", "office-head").code == 1
    (row,) = [
        one
        for one in issued("notice", "numbers", "list", "--json").json
        if one["series"] == "reply"
    ]
    assert (row["last"], row["void"], row["next"]) == (1, 1, 2)


def test_only_such_a_reply_can_be_voided(demo: Call) -> None:
    sent = demo("notice", "void", REPLY, "--reason", "x", "--by", "office-head")
    unknown = demo("notice", "void", "x", "--reason", "x", "--by", "office-head")

    assert (sent.code, unknown.code) == (1, 1)


def test_a_run_goes_on_where_the_paper_register_ended(
    call: Call, write: Write, reply_text: str
) -> None:
    call("init")
    for n in ("7", "41"):  # a slip can be mended as long as nothing is drawn
        assert call("notice", "numbers", "import", "reply", "2020", n, "--agency", COUNTY).code == 0
    assert call("notice", "numbers", "import", "case", "2020", "88", "--agency", COUNTY).code == 0
    write("examples/one.toml", reply_text)
    call("demo")

    papers = call("notice", "list", "抚县政公申〔2020〕89号", "--json").json
    again = call("notice", "numbers", "import", "reply", "2020", "50", "--agency", COUNTY)

    assert [one["number"] for one in papers] == [None, "抚县政公告〔2020〕42号"]
    assert again.code == 1
    assert "重复或者断号" in again.err
    assert call("notice", "numbers", "import", "x", "2020", "5", "--agency", COUNTY).code == 2
    assert call("notice", "numbers", "import", "reply", "2020", "5").code == 2
    assert "41" in call("notice", "numbers", "list").out


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=ZONE), date(2026, 12, 31)),
        (datetime(2027, 1, 1, 0, 0, 0, tzinfo=ZONE), date(2027, 1, 1)),
        (datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 16, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_year_of_numbers_ends_at_midnight_in_shanghai(
    moment: datetime,
    day: date,
    call: Call,
    write: Write,
    reply_text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(today, "now", lambda: moment)
    write("examples/one.toml", reply_text.split('[[steps]]\ndo = "issue_reply"', maxsplit=1)[0])
    call("demo")

    done = call("case", "do", CASE, "issue_reply", "--by", "office-officer-a", "--json")

    assert date_of(moment) == today.today() == day
    assert [one["number"] for one in done.json["notices"]] == [f"抚县政公告〔{day.year}〕1号"]


def test_a_case_is_printed_in_filing_order(demo: Call, home: Path) -> None:
    known = [one["kind"] for one in demo("notice", "print", CASE, "--json").json]
    printed = demo("notice", "print", CASE, "--all", "--json").json
    one = demo("notice", "print", CASE, "reply", "--out", "here", "--json").json

    kinds = [sheet["kind"] for sheet in printed]
    assert known[:2] == kinds[:2] == ["case_cover", "case_index"]
    assert kinds.index("receipt") < kinds.index("reply") < kinds.index("proof_of_service")
    assert all((home / sheet["file"]).read_bytes()[:2] == b"PK" for sheet in printed)
    assert [(sheet["kind"], sheet["issued"]) for sheet in one] == [("reply", True)]
    stored = (home / "out/one/02-reply.docx").read_bytes()
    assert (home / "here/01-reply.docx").read_bytes() == stored
    assert demo("notice", "print", CASE, "nothing").code == 1
    assert "case_cover" in demo("notice", "print", CASE).out
    assert "案卷封面" in demo("notice", "print", CASE, "case_cover").out


def test_folders_become_pdf_in_one_batch(
    demo: Call, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches = []

    def to_pdf(files: list[Path], out: Path, progress: pdf.Progress) -> list[Path]:
        batches.append(files)
        progress(len(files), len(files))
        return [out / f"{file.stem}.pdf" for file in files]

    monkeypatch.setattr("gongkai.cli.notice.to_pdf", to_pdf)
    rendered = demo("notice", "render", home / "out/one")
    printed = demo("notice", "print", CASE, "reply", "--pdf", "--json")

    assert (rendered.code, printed.code) == (0, 0)
    assert [len(files) for files in batches] == [2, 1]
    assert "PDF [2/2]" in rendered.err
    assert printed.json[0]["file"].endswith("01-reply.pdf")
    (home / "empty").mkdir()
    assert demo("notice", "render", home / "empty").code == 2
    assert demo("notice", "render", "a", "b").code == 2


def test_the_demo_leaves_a_sample_of_every_paper_it_met(demo: Call, home: Path) -> None:
    names = sorted(file.name[:3] for file in (home / "out/catalogue").iterdir())

    again = demo("demo")

    assert {"N01", "N02", "N03", "N20", "N43"} <= set(names)
    assert "还没有样张：" in again.out


VARIANTS = """\
[[paragraphs]]
paper = "correction_notice"
island = "before_closing"
version = "2020-1"
since = 2020-01-01
text = "来访请携带本告知书，窗口设在县政务服务大厅一楼。"
"""


def with_variants(home: Path, text: str) -> None:
    shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
    table = f"[agencies.{COUNTY}]\n"
    (home / "config.toml").write_text(
        shipped.replace(table, table + 'variants = "own.toml"\n'), encoding="utf-8"
    )
    (home / "own.toml").write_text(text, encoding="utf-8")


def test_an_agency_adds_its_own_paragraphs(
    call: Call, write: Write, home: Path, request_text: str
) -> None:
    with_variants(home, VARIANTS)
    step = '[[steps]]\ndo = "request_correction"\non = 2020-09-15\nmatters = ["写明年份"]\n'
    call("replay", write("story.toml", request_text + step), "--out", "o")

    (file,) = home.glob("o/story/*correction_notice.docx")
    with zipfile.ZipFile(file) as package:
        text = package.read("word/document.xml").decode()
    assert "窗口设在县政务服务大厅一楼" in text


@pytest.mark.parametrize("text", ["x = 1\n", VARIANTS.replace("窗口", "可以申请行政复议"), "["])
def test_wrong_paragraphs_are_told_with_the_key_of_the_agency(text: str, home: Path) -> None:
    with_variants(home, text)

    with pytest.raises(ConfigError, match=rf"agencies\.{COUNTY}\.variants"):
        load(home / "config.toml")


def test_a_missing_file_of_paragraphs_is_told(home: Path) -> None:
    with_variants(home, "")
    (home / "own.toml").unlink()

    with pytest.raises(ConfigError, match="配置文件所在目录"):
        load(home / "config.toml")


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (Gaps(missing=("𠀀",)), "没有能显示这些字的字体"),
        (Gaps(borrowed=("堃",)), "用别的字体显示：堃"),
        (Gaps(), ""),
    ],
)
def test_a_character_the_letter_font_lacks_is_told(
    found: Gaps, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(notice, "gaps", lambda _text: found)

    notice.warn_of_gaps(())

    assert told in capsys.readouterr().err
    assert bool(told) is bool(found.missing or found.borrowed)
