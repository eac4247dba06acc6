"""PDF: one call for a batch, a profile of its own, every output looked for."""

import os
import re
import shutil
import stat
import zipfile
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docx import Document

from gongkai import fonts, office_copy, pdf
from gongkai.errors import BROKEN, Told

needs_posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")

#: Stands in for LibreOffice: notes its arguments, writes a PDF for each .docx not named bad.
STAND_IN = """\
#!/bin/sh
echo "$@" >> "$NOTES"; echo "$FONTCONFIG_FILE" >> "$NOTES.fonts"
while [ $# -gt 0 ]; do
  case "$1" in
    --outdir) out=$2; shift;;
    *.docx) grep -q bad "$1" || echo PDF > "$out/$(basename "$1" .docx).pdf";;
  esac
  shift
done
"""


@pytest.fixture
def notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return stand_in(STAND_IN, tmp_path, monkeypatch)


def stand_in(script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "soffice"
    program.parent.mkdir()
    program.write_text(script)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NOTES", str(tmp_path / "notes"))
    return tmp_path / "notes"


def papers(tmp_path: Path, *names: str) -> list[Path]:
    for name in names:
        (tmp_path / name).write_text(name)
    return [tmp_path / name for name in names]


@needs_posix
def test_a_batch_is_one_call_on_a_profile_of_its_own(notes: Path, tmp_path: Path) -> None:
    files = papers(tmp_path, "甲.docx", "乙 .docx", "-丙.docx")

    made = pdf.to_pdf(files, tmp_path / "out" / "deep")
    pdf.to_pdf(files[:1], tmp_path / "again")

    assert [path.name for path in made] == ["甲.pdf", "乙 .pdf", "-丙.pdf"]
    assert all(path.read_text() == "PDF\n" for path in made)
    first, second = notes.read_text().splitlines()
    profiles = [call.split()[0] for call in (first, second)]
    assert profiles[0].startswith("-env:UserInstallation=file:")
    assert profiles[0] != profiles[1]
    assert first.count(".docx") == 3
    assert not Path(unquote(urlsplit(profiles[0].partition("=")[2]).path)).exists()


@needs_posix
def test_libreoffice_is_told_of_the_fonts(notes: Path, tmp_path: Path) -> None:
    pdf.to_pdf(papers(tmp_path, "甲.docx"), tmp_path)

    told = Path(f"{notes}.fonts").read_text().strip()
    assert Path(told) == fonts.FONTCONFIG
    assert "仿宋_GB2312" in fonts.FONTCONFIG.read_text(encoding="utf-8")


@needs_posix
def test_a_file_without_a_pdf_is_named_and_the_others_are_written(
    notes: Path, tmp_path: Path
) -> None:
    files = papers(tmp_path, "good.docx", "bad.docx")

    with pytest.raises(pdf.NotConverted, match=r"bad\.docx") as told:
        pdf.to_pdf(files, tmp_path / "out")

    assert "good.docx" not in str(told.value)
    assert (tmp_path / "out" / "good.pdf").exists()
    assert not (tmp_path / "out" / "bad.pdf").exists()
    assert notes.exists()


@needs_posix
def test_a_call_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("#!/bin/sh\nsleep 60\n", tmp_path, monkeypatch)
    monkeypatch.setattr(pdf, "_START", 0.2)
    monkeypatch.setattr(pdf, "_EACH", 0.0)

    with pytest.raises(pdf.NotConverted, match="时限"):
        pdf.to_pdf(papers(tmp_path, "甲.docx"), tmp_path)


@needs_posix
def test_a_failing_call_says_how_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in("#!/bin/sh\nexit 81\n", tmp_path, monkeypatch)

    with pytest.raises(pdf.NotConverted, match="81"):
        pdf.to_pdf(papers(tmp_path, "甲.docx"), tmp_path)


def test_without_libreoffice_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(pdf.NoOffice, match="libreoffice-writer") as told:
        pdf.to_pdf(papers(tmp_path, "甲.docx"), tmp_path)

    assert isinstance(told.value, Told)
    assert told.value.exit_code == BROKEN
    assert pdf.to_pdf([], tmp_path) == []


@pytest.mark.usefixtures("notes")
@needs_posix
def test_files_that_are_not_there_or_would_overwrite_each_other(tmp_path: Path) -> None:
    with pytest.raises(pdf.NotConverted, match=r"nowhere\.docx"):
        pdf.to_pdf([tmp_path / "nowhere.docx"], tmp_path)
    with pytest.raises(pdf.NotConverted, match=r"甲\.pdf"):
        pdf.to_pdf([tmp_path / "a" / "甲.docx", tmp_path / "b" / "甲.docx"], tmp_path)


@needs_posix
def test_progress_is_told_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(STAND_IN.replace("shift\ndone", "shift; sleep 0.1\ndone"), tmp_path, monkeypatch)
    told: list[tuple[int, int]] = []

    pdf.to_pdf(papers(tmp_path, "1.docx", "2.docx"), tmp_path, lambda *now: told.append(now))

    assert told[0][0] == 0
    assert told[-1] == (2, 2)
    assert told == sorted(set(told))


def test_libreoffice_itself_converts_what_it_can(tmp_path: Path) -> None:
    if not pdf.office():
        missing = "LibreOffice is not installed: no PDF is made"
        pytest.fail(missing) if os.environ.get("CI") else pytest.skip(missing)
    document = Document()
    document.add_paragraph("某县2026年")
    document.save(str(tmp_path / "good.docx"))
    whole = (tmp_path / "good.docx").read_bytes()
    (tmp_path / "broken.docx").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(pdf.NotConverted, match=r"broken\.docx"):
        pdf.to_pdf([tmp_path / "broken.docx", tmp_path / "good.docx"], tmp_path)

    assert (tmp_path / "good.pdf").read_bytes().startswith(b"%PDF-")


def test_what_is_no_word_file_is_copied_as_it_is(tmp_path: Path) -> None:
    (paper,) = papers(tmp_path, "甲.docx")

    office_copy.copy_for_office(paper, tmp_path / "copy.docx")

    assert (tmp_path / "copy.docx").read_text() == "甲.docx"


def test_characters_that_the_letter_font_does_not_have() -> None:
    if not shutil.which("fc-list"):
        pytest.skip("fontconfig is not installed")

    assert fonts.gaps("张三，2026年") == fonts.Gaps()
    assert fonts.gaps("\U0002ffff张").missing == ("\U0002ffff",)
    assert fonts.gaps("\U0002ffff张").borrowed == ()


def test_borrowed_characters_are_told_from_missing_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    families = {"喆": {"仿宋", "宋体"}, "𠀀": {"HanaMinA"}, "\U0002ffff": set()}
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/fc-list")
    monkeypatch.setattr(fonts, "_own_families", lambda _: frozenset({"仿宋"}))
    monkeypatch.setattr(fonts, "_families_with", lambda char: frozenset(families[char]))

    assert fonts.gaps("喆𠀀张\U0002ffff𠀀") == fonts.Gaps(("𠀀",), ("\U0002ffff",))


def test_where_fontconfig_is_not_installed_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert fonts.gaps("𠀀") == fonts.Gaps()


def test_the_copy_for_libreoffice_keeps_the_look_of_each_run(tmp_path: Path) -> None:
    look = '<w:rPr><w:sz w:val="24"/></w:rPr>'
    document = f'<w:r>{look}<w:t xml:space="preserve">于2026年</w:t></w:r>'
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as out:
        out.writestr("word/document.xml", document)
        out.writestr("word/styles.xml", '<w:overflowPunct w:val="0"/>')

    office_copy.copy_for_office(tmp_path / "a.docx", tmp_path / "b.docx")

    with zipfile.ZipFile(tmp_path / "b.docx") as copy:
        made = copy.read("word/document.xml").decode()
        styles = copy.read("word/styles.xml").decode()
    assert made.count(look) == 3
    assert made.count("<w:vanish/>") == 2
    assert "".join(re.findall(r">([^<〓]+)</w:t>", made)) == "于2026年"
    assert 'w:val="1"' in styles
