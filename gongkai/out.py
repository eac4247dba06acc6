"""Files that are written for the user: papers as DIR/STORY/NN-kind.docx, and any other."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gongkai.errors import REFUSED, Told
from gongkai.store.registry import StoredPaper


class OutputTrouble(Told):
    """A file cannot be written where it was asked for."""

    exit_code = REFUSED


@contextmanager
def told_of(place: Path) -> Iterator[None]:
    """Tell whoever asked for a file that it cannot be written, and why."""
    try:
        yield
    except OSError as error:
        raise OutputTrouble(f"{place} 写不了：{error.strerror or error}。请换一个位置。") from error


def write_papers(folder: Path, papers: Iterable[StoredPaper]) -> list[str]:
    """Write the papers into ``folder`` in order of issue and return their paths."""
    files = []
    for place, paper in enumerate(papers, start=1):
        file = folder / f"{place:02d}-{paper.kind}.docx"
        with told_of(file):
            folder.mkdir(parents=True, exist_ok=True)
            file.write_bytes(paper.docx)
        files.append(str(file))
    return files
