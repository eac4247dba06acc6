"""``python -m bench``: measure every promise, say what was found, fail where one is broken."""

import argparse
import os
import platform
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from bench.deadlines import (
    cases_due_at_once_on_postgresql,
    cases_due_at_once_on_sqlite,
    what_is_due_on_postgresql,
    what_is_due_on_sqlite,
)
from bench.measure import LEAST_ROUNDS, Benchmark, Contender, Result, measure
from bench.papers import a_letter_drawn, a_one_page_letter
from bench.process import a_change_of_state, a_reply_clock
from bench.store import a_request_in_delete, a_request_in_wal, a_request_on_postgresql
from bench.workdays import adding_twenty_working_days

# One function each; a new benchmark is a function and a line here.
BENCHMARKS: Final[tuple[Callable[[], Benchmark], ...]] = (
    adding_twenty_working_days,
    a_reply_clock,
    a_change_of_state,
    a_one_page_letter,
    a_letter_drawn,
    a_request_in_wal,
    a_request_in_delete,
    a_request_on_postgresql,
    what_is_due_on_sqlite,
    what_is_due_on_postgresql,
    cases_due_at_once_on_sqlite,
    cases_due_at_once_on_postgresql,
)

LIBRARIES: Final = (
    "holidays",
    "transitions",
    "sqlalchemy",
    "jinja2",
    "python-docx",
    "pydantic",
    "docxtpl",
    "psycopg",
    "spiffworkflow",
    "dbos",
)
_SECTION: Final = "\n\n## "
PAGE: Final = Path(__file__).parent.parent / "docs" / "benchmarks.md"
HEAD: Final = """\
# Benchmarks

Written by `python -m bench --write`. Contenders take turns within one run; each figure is the
median of its rounds. Times depend on the machine and are reported; ratios are promised, and
`make bench` fails when one is broken.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    results = [
        measure(make(), options.rounds) for make in BENCHMARKS if options.only in make.__name__
    ]
    page = "\n".join([HEAD, *_surroundings(), "", *(_section(result) for result in results)])
    print(page)
    if options.write:
        PAGE.write_text(_with_the_others(page), encoding="utf-8")
    broken = [result.benchmark.title for result in results if not result.kept]
    for title in broken:
        print(f"promise broken: {title}", file=sys.stderr)
    return 1 if broken or not results else 0


def _with_the_others(page: str) -> str:
    """Keep the sections of the page that were not measured anew."""
    head, *new = page.split(_SECTION)
    old = PAGE.read_text(encoding="utf-8").split(_SECTION)[1:] if PAGE.exists() else []
    found = {text.partition("\n")[0]: text.rstrip() for text in (*old, *new)}
    return _SECTION.join([head.rstrip(), *found.values()]) + "\n"


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS, help="at least seven")
    parser.add_argument("--only", default="", metavar="NAME", help="functions with NAME in theirs")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    return parser.parse_args(arguments)


def _section(result: Result) -> str:
    benchmark = result.benchmark
    lines = [f"## {benchmark.title}", "", "| | µs | times ours | promised |", "|---|---|---|---|"]
    for contender in (benchmark.ours, *benchmark.rivals):
        micros = result.nanoseconds[contender.name] / 1000
        ratio = f"{result.ratio(contender):.3g}"
        lines.append(
            f"| {contender.name} | {micros:,.2f} | {ratio} | {_promised(result, contender)} |"
        )
    aim = f"To reach: {benchmark.aim}. " if benchmark.aim else ""
    lines += ["", f"{aim}Median of {result.rounds} rounds. {benchmark.note}".rstrip(), ""]
    return "\n".join(lines)


def _promised(result: Result, contender: Contender) -> str:
    promised = result.benchmark.promised(contender)
    if contender is result.benchmark.ours or promised is None:
        return ""
    return f"at least {promised:g}: {'kept' if result.keeps(contender) else 'BROKEN'}"


def _surroundings() -> list[str]:
    libraries = ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    return [
        f"- machine: {_processor()}, {os.cpu_count()} cores, {platform.system()}",
        f"- Python {platform.python_version()} ({platform.python_implementation()})",
        f"- {libraries}",
    ]


def _processor() -> str:
    """The processor's name where the system tells it, else its kind."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


if __name__ == "__main__":
    sys.exit(main())
