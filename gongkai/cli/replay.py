"""``gongkai replay``: runs case files, each in a fresh database in memory."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import typer

from gongkai import timeline
from gongkai.answer import answer, deadlines_of
from gongkai.casefile import open_story
from gongkai.cli import show
from gongkai.cli.files import each_file
from gongkai.cli.frame import config_file, day, say_json
from gongkai.cli.texts import t
from gongkai.config import Config
from gongkai.errors import DONE, REFUSED
from gongkai.out import write_papers
from gongkai.real import settled
from gongkai.replay import fresh_office, run
from gongkai.runs import Run
from rules.workdays import WorkCalendar
from workflow.proof import proof as proof_of

app = typer.Typer()


@app.command(help=t("在内存中演练案例文件。"))
def replay(
    files: list[Path] = typer.Argument(..., metavar="FILE…"),
    out: Path | None = typer.Option(None, help="把文书写到 DIR/STORY/"),
    as_of: date | None = typer.Option(
        None, parser=day, metavar="DATE", help="演练的当天；默认取文件中最晚的日期"
    ),
    proof: bool = typer.Option(False, "--proof", help="逐日说明答复期限"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Run every file; the exit code is the worst of them."""
    config, calendar = settled(config_file())
    asked = _Asked(as_of=as_of, out=out, json=json, proof=proof)
    worst = each_file(files, lambda file: _played(file, config, calendar, asked), json=json)
    raise typer.Exit(worst)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What was said about all files."""

    as_of: date | None
    out: Path | None
    json: bool
    proof: bool


def _played(file: Path, config: Config, calendar: WorkCalendar, asked: _Asked) -> int:
    done = run(fresh_office(config, calendar), open_story(file, config), as_of=asked.as_of)
    written = write_papers(asked.out / file.stem, done.papers) if asked.out else []
    if asked.json:
        say_json(answer(done, str(file), written), lines=True)
    else:
        show_run(done, file.stem, written, proof=asked.proof)
    return DONE if done.ok else REFUSED


def show_run(done: Run, name: str, written: list[str], *, proof: bool) -> None:
    """Print a replayed story for the reader."""
    show.heading(done.story.title, name)
    if done.story.law:
        show.console.print(done.story.law)
    show.timeline(timeline.of_run(done))
    show.deadlines(deadlines_of(done))
    if done.case and proof:
        show.proof(proof_of(done.case, done.world))
    show.findings((line.label, f) for line in timeline.of_run(done) for f in line.findings)
    show.papers(zip(done.papers, written or [""] * len(done.papers), strict=True))
    verdict = "与故事所写一致" if done.ok else "与故事所写不一致"
    show.console.print(f"{'✓' if done.ok else '✗'} {t(verdict)}\n")
