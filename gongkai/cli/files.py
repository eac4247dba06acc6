"""Commands over many case files: each file by itself, the exit code is the worst of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from gongkai.answer import fault_answer
from gongkai.casefile import CaseFileError
from gongkai.cli.frame import options, say_json, tell
from gongkai.cli.texts import t
from gongkai.errors import BAD_USE, BROKEN, DONE, Told


def each_file(files: Sequence[Path], work: Callable[[Path], int], *, json: bool) -> int:
    """Do ``work`` on every file, telling how far it is; return the worst exit code."""
    worst = DONE
    for place, file in enumerate(files, start=1):
        if json or len(files) > 1:
            tell(f"[{place}/{len(files)}] {file}")
        worst = max(worst, _one(file, work, json=json))
    return worst


def _one(file: Path, work: Callable[[Path], int], *, json: bool) -> int:
    """Do ``work`` on one file; a failure in it does not stop the others."""
    try:
        return work(file)
    except CaseFileError as error:
        tell(str(error))
        if json:
            say_json(fault_answer(error, str(file)), lines=True)
        return BAD_USE
    except Exception as error:
        if options.debug:
            raise
        return _failed(file, error, json=json)


def _failed(file: Path, error: Exception, *, json: bool) -> int:
    known = isinstance(error, Told)
    message = str(error) if known else f"{t('系统出错：')}{type(error).__name__}：{error}"
    tell(message)
    if json:
        errors = [{"path": "", "line": None, "message": message}]
        say_json({"file": str(file), "ok": False, "errors": errors}, lines=True)
    return error.exit_code if isinstance(error, Told) else BROKEN
