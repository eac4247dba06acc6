"""Papers as PDF: one call of LibreOffice for a whole batch, on a profile of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from gongkai import fonts
from gongkai.errors import Told
from gongkai.office_copy import copy_for_office

#: Called as files are done: how many of how many.
Progress = Callable[[int, int], None]

_NAMES: Final = ("soffice", "libreoffice")
#: Longest wait for LibreOffice, in seconds: for its start, and for each file.
_START: Final = 90.0
_EACH: Final = 10.0
_LOOK: Final = 0.1


class NoOffice(Told):
    """LibreOffice is not installed, so there is no PDF."""


class NotConverted(Told):
    """A file that LibreOffice made no PDF of."""


def office() -> str | None:
    """Return the path of LibreOffice, or None where it is not installed."""
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def to_pdf(files: Sequence[Path], out: Path, progress: Progress | None = None) -> list[Path]:
    """Write each of ``files`` as PDF under its own name into ``out``; return them in order."""
    made = [out / f"{file.stem}.pdf" for file in files]
    twice = next((path for path in made if made.count(path) > 1), None)
    if twice:
        raise NotConverted(f"有两份文件都要写成 {twice}。请分别转换。")
    return convert(list(zip(files, made, strict=True)), progress)


def convert(jobs: Sequence[tuple[Path, Path]], progress: Progress | None = None) -> list[Path]:
    """Write each file as the PDF named beside it, all in one call; return the PDFs in order.

    What could be converted is written even where another file failed; the error names those.
    """
    if not jobs:
        return []
    program = office()
    if program is None:
        raise NoOffice(
            "本机没有安装 LibreOffice，不能生成 PDF；Word 文书不受影响。"
            "可以安装 libreoffice-writer（Debian、Ubuntu、麒麟、统信）后重试。"
        )
    _must_exist([file for file, _ in jobs])
    with tempfile.TemporaryDirectory(prefix="gongkai-pdf-", ignore_cleanup_errors=True) as place:
        said = _run(program, Path(place), [file for file, _ in jobs], progress)
        failed = [file for n, (file, to) in enumerate(jobs) if not _moved(_result(place, n), to)]
    if failed:
        names = "、".join(str(file) for file in failed)
        raise NotConverted(f"LibreOffice 没有能够转换：{names}。{said}".rstrip())
    return [to for _, to in jobs]


def _must_exist(files: Sequence[Path]) -> None:
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        raise NotConverted(f"找不到文件：{'、'.join(missing)}。")


def _run(program: str, place: Path, files: Sequence[Path], progress: Progress | None) -> str:
    """Convert numbered copies inside ``place``; return what went wrong, if anything did."""
    (place / "in").mkdir()
    (place / "out").mkdir()
    copies = [place / "in" / f"{n:06}{file.suffix}" for n, file in enumerate(files)]
    for file, copy in zip(files, copies, strict=True):
        copy_for_office(file, copy)
    limit = monotonic() + _START + _EACH * len(files)
    with (place / "said").open("wb") as said:
        process = subprocess.Popen(  # noqa: S603 - the program found on the path, our own copies
            _command(program, place, copies),
            env=fonts.environment(),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        try:
            return _watch(process, place / "out", len(files), limit, progress or _silent)
        finally:
            _end(process)


def _command(program: str, place: Path, copies: Sequence[Path]) -> list[str]:
    return [
        program,
        f"-env:UserInstallation={(place / 'profile').as_uri()}",
        *("--headless", "--nologo", "--norestore", "--nolockcheck", "--nodefault"),
        *("--convert-to", "pdf:writer_pdf_Export", "--outdir", str(place / "out")),
        *map(str, copies),
    ]


def _watch(
    process: "subprocess.Popen[bytes]", out: Path, total: int, limit: float, progress: Progress
) -> str:
    told = -1
    while process.poll() is None:
        told = _tell(out, total, told, progress)
        if monotonic() > limit:
            return "转换超过了时限。"
        sleep(_LOOK)
    _tell(out, total, told, progress)
    return "" if process.returncode == 0 else f"LibreOffice 以 {process.returncode} 结束。"


def _tell(out: Path, total: int, told: int, progress: Progress) -> int:
    done = sum(1 for path in out.iterdir() if path.suffix == ".pdf")
    if done != told:
        progress(done, total)
    return done


def _silent(_done: int, _total: int) -> None:
    pass


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End LibreOffice with the children that it started: they run in a session of their own."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    process.wait()


def _result(place: str, n: int) -> Path:
    return Path(place, "out", f"{n:06}.pdf")


def _moved(made: Path, to: Path) -> bool:
    if not made.is_file() or not made.stat().st_size:
        return False
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(made, to)
    return True
