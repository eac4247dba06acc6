"""Papers as files: DIR/STORY/NN-kind.docx."""

from collections.abc import Iterable
from pathlib import Path

from gongkai.store.registry import StoredPaper


def write_papers(folder: Path, papers: Iterable[StoredPaper]) -> list[str]:
    """Write the papers into ``folder`` in order of issue and return their paths."""
    files = []
    for place, paper in enumerate(papers, start=1):
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{place:02d}-{paper.kind}.docx"
        file.write_bytes(paper.docx)
        files.append(str(file))
    return files
