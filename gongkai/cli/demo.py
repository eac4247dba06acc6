"""``gongkai demo``: the sample cases, from receipt to reply, in the default database."""

from pathlib import Path
from typing import Final

import typer

from gongkai.casefile import open_story
from gongkai.cli import show
from gongkai.cli.case import show_case
from gongkai.cli.frame import config_file, say, tell
from gongkai.cli.migrate import upgrade_if_old
from gongkai.cli.replay import show_run
from gongkai.cli.texts import t
from gongkai.config_file import ConfigFile
from gongkai.errors import DONE, REFUSED, BadUse
from gongkai.kinds import load_any
from gongkai.office import Office
from gongkai.out import write_papers
from gongkai.real import open_office
from gongkai.replay import run
from gongkai.samples import Samples
from gongkai.store.engine import reading
from gongkai.store.records import answered
from gongkai.store.registry import papers_of
from gongkai.today import today
from workflow.case import Case

app = typer.Typer()

_CHECKOUT: Final = Path(__file__).parents[2] / "examples"


@app.command(help=t("办理附带的样例并显示结果。"))
def demo(
    out: Path = typer.Option(Path("out"), help="把文书写到 DIR/STORY/"),
    proof: bool = typer.Option(False, "--proof", help="逐日说明答复期限"),
) -> None:
    """Take every sample in once; a second run shows what is there."""
    file = config_file()
    samples = _samples(file)
    upgrade_if_old(file)
    office = open_office(file, make=True)
    worst, papers = DONE, 0
    kept = Samples()
    for place, sample in enumerate(samples, start=1):
        tell(f"[{place}/{len(samples)}] {sample.name}")
        ok, count = _one(office, sample, out, kept, proof=proof)
        worst, papers = max(worst, DONE if ok else REFUSED), papers + count
    ended = "样例都与故事所写一致" if worst == DONE else "有样例与故事所写不一致"
    say(f"{len(samples)}件样例，{papers}份文书写到 {out}/；{ended}。")
    have, of, missing = kept.write(out / "catalogue")
    lacking = f"；还没有样张：{'、'.join(missing)}" if missing else ""
    say(f"文书目录{of}个编号，{have}个有样张，在 {out / 'catalogue'}/{lacking}。")
    say("案件在数据库里：gongkai case list 查看。再次运行 demo 不会重复录入。")
    raise typer.Exit(worst)


def _samples(file: ConfigFile) -> list[Path]:
    for folder in (file.path.parent / "examples", Path("examples"), _CHECKOUT):
        if found := sorted(folder.glob("*.toml")):
            return found
    raise BadUse(
        "找不到样例（examples/ 目录）。请在项目目录里运行，或者用 gongkai replay 演练自己的文件。"
    )


def _one(
    office: Office, sample: Path, out: Path, samples: Samples, *, proof: bool
) -> tuple[bool, int]:
    name = f"demo/{sample.stem}"
    with reading(office.store) as tx:
        known = answered(tx, f"{name}/0")
        kept = papers_of(tx, known.case_number) if known else ()
    if known:
        samples.add_papers(kept)
        _add_forms(office, known.case_number, samples)
        write_papers(out / sample.stem, kept)
        show.heading(sample.stem, "已在数据库里")
        show_case(office, known.case_number, proof=proof)
        return True, len(kept)
    done = run(office, open_story(sample, office.config), name=name)
    samples.add_papers(done.papers)
    if done.case:
        samples.add_forms(done.case, done.world)
    written = write_papers(out / sample.stem, done.papers)
    show_run(done, sample.stem, written, proof=proof)
    return done.ok, len(written)


def _add_forms(office: Office, number: str, samples: Samples) -> None:
    with reading(office.store) as tx:
        case = load_any(tx, office, number, today())
    if isinstance(case, Case):
        samples.add_forms(case, office.world(case.agency, today()))
