"""Making the file: a zip with fixed times and a fixed order, the same for the same state."""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from gongkai import timeline
from gongkai.anchors import anchor_file
from gongkai.attaching import stored
from gongkai.attaching.kinds import ending_of
from gongkai.attaching.stored import new_file
from gongkai.backup_file import digest_of
from gongkai.codec import canonical
from gongkai.export import gathering, telling
from gongkai.kinds import load_any
from gongkai.office import Office, unknown_case
from gongkai.store import blobs, journal, records
from gongkai.store.chain import ALGORITHM, Head
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act
from workflow.case import Case
from workflow.people import Actor
from workflow.rectification import Rectification

FORMAT: Final = "gongkai-export-1"
#: What the chain says when a case was exported.
EXPORTED: Final = "exported"
_TIME: Final = (1980, 1, 1, 0, 0, 0)
_VERIFY: Final = Path(__file__).with_name("verify.py")


@dataclass(frozen=True, slots=True)
class _Package:
    """A zip that is being written, and the digests of what is in it."""

    zip: zipfile.ZipFile
    files: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write one file, piece by piece."""
        seen = sha256()
        about = zipfile.ZipInfo(name, date_time=_TIME)
        about.compress_type, about.create_system = zipfile.ZIP_DEFLATED, 3
        about.external_attr = 0o644 << 16
        with self.zip.open(about, "w") as file:
            for piece in pieces:
                seen.update(piece)
                file.write(piece)
        self.files[name] = seen.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file that was made: its digest, and the end of the chain that it goes up to."""

    sha256: str
    head: Head
    files: int


def export(
    office: Office, number: str, out: Path, *, by: Actor, reason: str, today: date
) -> Exported:
    """Write one case to ``out``; that it was given out, and why, is in the chain before it is."""
    with new_file(out) as beside:
        with reading(office.store) as tx, zipfile.ZipFile(beside, "w") as package:
            made = _Package(package)
            case, head = _filled(tx, office, number, made, today)
        done = Exported(sha256=digest_of(beside), head=head, files=len(made.files) + 1)
        said = {"by": str(by), "reason": reason, "sha256": done.sha256, "head": head._asdict()}
        act = Act(
            agency=case.agency,
            kind=EXPORTED,
            case_number=case.number,
            on=today,
            recorded_at=office.moment(),
            said=said,
        )
        retrying(lambda: _recorded(office, act))
    return done


def _recorded(office: Office, act: Act) -> None:
    with writing(office.store) as tx:
        journal.record(tx, act)


def _filled(
    tx: Transaction, office: Office, number: str, made: _Package, today: date
) -> tuple[Case | Rectification, Head]:
    found = records.heading(tx, number)
    if found is None:
        raise unknown_case(number)
    start = gathering.start_of(tx, found.agency, number)
    ends = [start]
    made.add("chain.jsonl", _chain(tx, found.agency, ends))
    made.add("facts.jsonl", map(gathering.line, gathering.facts(tx, number)))
    made.add("acts.jsonl", map(gathering.line, gathering.acts(tx, found.agency, number)))
    _add_anchors(office, made, found.agency, start)
    _add_papers(tx, made, found.agency, number)
    case = _add_account(tx, office, made, number, today)
    head = ends[-1]
    name = office.world(found.agency, today).agency.name
    made.add("说明.txt", [telling.contents(number, name, head, today).encode()])
    made.add("verify.py", [_VERIFY.read_bytes()])
    _add_manifest(made, case, head)
    return case, head


def _add_manifest(made: _Package, case: Case | Rectification, head: Head) -> None:
    manifest = {
        "format": FORMAT,
        "algorithm": ALGORITHM,
        "agency": case.agency,
        "case": case.number,
        "version": case.version,
        "head": head._asdict(),
        "files": dict(made.files),
    }
    made.add("manifest.json", [canonical(manifest) + b"\n"])
    del made.files["manifest.json"]


def _chain(tx: Transaction, agency: str, ends: list[Head]) -> Iterator[bytes]:
    """Yield the lines of the chain; its end is put behind ``ends``."""
    start = ends[-1]
    yield gathering.line(start._asdict())
    for entry in gathering.entries(tx, agency, start):
        yield gathering.line(entry._asdict())
        ends[:] = [Head(entry.seq, entry.hash)]


def _add_anchors(office: Office, made: _Package, agency: str, start: Head) -> None:
    file = anchor_file(office)
    if file.is_file():
        lines = list(gathering.anchors_of(file.read_bytes(), agency, start.seq))
        if lines:
            made.add("anchors.jsonl", lines)


def _add_papers(tx: Transaction, made: _Package, agency: str, number: str) -> None:
    listed = []
    for paper, stem in list(gathering.papers(tx, agency, number)):
        names: dict[str, str | None] = {}
        for key, ending, digest in (
            ("docx", "docx", paper["row"]["sha256"]),
            ("text", "txt", paper["row"]["text_sha256"]),
        ):
            kept = blobs.get(tx, agency, [digest]).get(digest)
            names[key] = f"{stem}.{ending}" if kept is not None else None
            if kept is not None:
                made.add(f"{stem}.{ending}", [kept])
        listed.append({**paper, **names})
    made.add("papers.json", [canonical(listed) + b"\n"])


def _add_account(
    tx: Transaction, office: Office, made: _Package, number: str, today: date
) -> Case | Rectification:
    answers = records.answers_of(tx, number)
    case = load_any(tx, office, number, today)
    if isinstance(case, Rectification):
        made.add("timeline.txt", [telling.told(timeline.of_rectification(case, answers)).encode()])
        made.add("attachments.json", [b"[]\n"])
        return case
    world = office.world(case.agency, today)
    made.add("timeline.txt", [telling.told(timeline.of_case(case, answers, world)).encode()])
    made.add("proof.txt", [telling.proven(case, world).encode()])
    _add_attachments(tx, office, made, case)
    return case


def _add_attachments(tx: Transaction, office: Office, made: _Package, case: Case) -> None:
    listed = []
    for one in stored.listed(tx, case):
        if not one.sha256:
            continue  # a note of a paper original: facts.jsonl has it
        name = f"attachments/{one.fact:04d}.{ending_of(one.name) or 'bin'}" if one.kept else None
        if name:
            folder = office.config.attachments.folder
            made.add(name, blobs.stream(tx, case.agency, one.sha256, folder))
        said = {"fact": one.fact, "name": one.name, "size": one.size}
        listed.append({**said, "sha256": one.sha256, "media_type": one.media_type, "file": name})
    made.add("attachments.json", [canonical(listed) + b"\n"])
