"""One sample of every paper of the catalogue, taken from the sample stories."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gongkai import catalogue
from gongkai.printing import Sheet, form
from gongkai.store.registry import StoredPaper
from notices.forms import printable
from workflow.case import Case
from workflow.errors import Refused
from workflow.world import World

#: Papers that another one carries as its last sheet.
_WITHIN: Final = {"N11": "N10"}


@dataclass(slots=True)
class Samples:
    """Keeps the first paper of every kind and title; one of its own beats a reply of many parts."""

    found: dict[tuple[str, str], bytes] = field(default_factory=dict)
    mixed: dict[str, bytes] = field(default_factory=dict)

    def add_papers(self, papers: Iterable[StoredPaper]) -> None:
        """Look at the papers of a story."""
        for paper in papers:
            self.found.setdefault((paper.form, paper.title), paper.docx)
            for one in paper.form.split("+"):
                self.mixed.setdefault(one, paper.docx)

    def add_forms(self, case: Case, world: World) -> None:
        """Print the forms that no story has given yet; what a case has nothing for is left out."""
        for kind in printable(case):
            if kind in self.mixed:
                continue
            try:
                sheet = form(kind, case=case, on=case.last_on, world=world)
            except Refused:
                continue
            self.mixed[kind] = sheet.docx
            self._keep(sheet)

    def _keep(self, sheet: Sheet) -> None:
        self.found.setdefault((sheet.id, sheet.title), sheet.docx)
        self.mixed.setdefault(sheet.id, sheet.docx)

    def write(self, folder: Path) -> tuple[int, int, tuple[str, ...]]:
        """Write a file for each row; return how many of how many places, and which are missing."""
        rows = catalogue.rows()
        ids = catalogue.ids(rows)
        have = set()
        for row in rows:
            for title, docx in self._of(row["id"], row["title"]).items():
                folder.mkdir(parents=True, exist_ok=True)
                (folder / f"{row['id']}-{title}.docx").write_bytes(docx)
                have.add(row["id"])
        return len(have), len(ids), tuple(one for one in ids if one not in have)

    def _of(self, id_: str, title: str) -> dict[str, bytes]:
        """Return the samples of one place: several papers may share it."""
        own = {name: docx for (place, name), docx in self.found.items() if place == id_}
        other = self.mixed.get(id_) or self.mixed.get(_WITHIN.get(id_, ""))
        return own or ({title: other} if other else {})
