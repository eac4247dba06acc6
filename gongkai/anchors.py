"""Anchors: the ends of the chains, noted in a file outside the database.

Whoever can rewrite the whole database can rewrite its chains as well; what was noted elsewhere, and
mailed or printed, they cannot. Each line names the digest of the line before it.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from gongkai.codec import canonical
from gongkai.errors import BAD_USE, Told
from gongkai.office import Office
from gongkai.store import chain
from gongkai.store import tables as t
from gongkai.store.engine import Transaction, reading
from gongkai.store.files import alone, durable
from gongkai.store.tracing import Anchored, Fault, Trouble

_FORMAT: Final = "gongkai-anchor-1"
#: How much of a link is printed: sixteen letters are enough to compare by eye.
_SHORT: Final = 16


class BadAnchors(Told):
    """A file of anchors that cannot be read."""

    exit_code = BAD_USE


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One line: the end of one agency's chain on a day, and how far its numbers were."""

    on: date
    agency: str
    seq: int
    hash: str
    algorithm: str = chain.ALGORITHM
    #: The last number of each series and year: ``reply/2026``.
    counters: Mapping[str, int] = field(default_factory=dict)
    #: The digest of the line before.
    before: str = chain.GENESIS

    def as_json(self) -> dict[str, Any]:
        """Return the line as it stands in the file."""
        return {
            "format": _FORMAT,
            "on": self.on.isoformat(),
            "agency": self.agency,
            "seq": self.seq,
            "hash": self.hash,
            "algorithm": self.algorithm,
            "counters": dict(self.counters),
            "before": self.before,
        }

    @property
    def line(self) -> bytes:
        """The line itself."""
        return canonical(self.as_json())

    @property
    def short(self) -> str:
        """A line to print or to mail."""
        link = " ".join(self.hash[at : at + 4] for at in range(0, _SHORT, 4))
        return f"{self.on} {self.agency} 第{self.seq}项 {link}"


def anchor_file(office: Office) -> Path:
    """Return the file that the configuration names."""
    return Path(office.config.audit.anchors)


def write(office: Office, on: date, file: Path | None = None) -> tuple[Anchor, ...]:
    """Append the end of every chain to the file, durably; return what was written.

    Two that write at once do so one after the other: each line names the one before it.
    """
    place = file or anchor_file(office)
    place.parent.mkdir(parents=True, exist_ok=True)
    with alone(place):
        with reading(office.store) as tx:
            ends = tuple(heads(tx, on))
        there = place.read_bytes() if place.exists() else b""
        written = tuple(_linked(ends, _last_digest(there)))
        torn = bool(there) and not there.endswith(b"\n")  # by a crash: not joined to the next
        _append(place, b"\n" * torn + b"".join(one.line + b"\n" for one in written))
    return written


def _linked(ends: Iterable[Anchor], before: str) -> Iterator[Anchor]:
    for end in ends:
        linked = replace(end, before=before)
        before = sha256(linked.line).hexdigest()
        yield linked


def heads(tx: Transaction, on: date) -> Iterator[Anchor]:
    """Yield the end of every chain, as an anchor of the day that is not linked yet."""
    counters: dict[str, dict[str, int]] = {}
    for agency, series, year, n in tx.execute(select(*tuple(t.counters.c)[:4])):
        counters.setdefault(agency, {})[f"{series}/{year}"] = n
    for row in tx.execute(select(t.chains).order_by(t.chains.c.agency)).mappings():
        yield Anchor(
            on=on,
            agency=row["agency"],
            seq=row["seq"],
            hash=row["hash"],
            algorithm=row["algorithm"],
            counters=counters.get(row["agency"], {}),
        )


def _last_digest(data: bytes) -> str:
    last = data.rstrip(b"\n").rpartition(b"\n")[2]
    return sha256(last).hexdigest() if last else chain.GENESIS


def _append(file: Path, lines: bytes) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(lines)
        stream.flush()
        os.fsync(stream.fileno())
    durable(file.parent)


@dataclass(frozen=True, slots=True)
class Anchors:
    """A file of anchors: what its lines say, and what is wrong with the file itself."""

    lines: tuple[Anchor, ...] = ()
    faults: tuple[Fault, ...] = ()

    def of(self, agency: str) -> Mapping[int, tuple[Anchored, ...]]:
        """Return the anchored heads of one agency by their places."""
        found: dict[int, tuple[Anchored, ...]] = {}
        for line in self.lines:
            if line.agency == agency:
                one = Anchored(line.seq, line.hash, line.on.isoformat())
                found[line.seq] = (*found.get(line.seq, ()), one)
        return found

    @property
    def agencies(self) -> tuple[str, ...]:
        """Whose chains are anchored."""
        return tuple(sorted({line.agency for line in self.lines}))


def read(file: Path) -> Anchors:
    """Read a file of anchors and follow its lines; :class:`BadAnchors` where there is none."""
    try:
        data = file.read_bytes()
    except OSError as error:
        said = f"锚点文件 {file} 读不了：{error.strerror}。"
        raise BadAnchors(f"{said}锚点由 gongkai audit anchor 或者每日的 sweep 存放。") from None
    lines: list[Anchor] = []
    faults: list[Fault] = []
    before = chain.GENESIS
    for n, line in enumerate(data.splitlines(), start=1):
        found = _read_line(line)
        if found is None:
            faults.append(_broken(file, n, "不是锚点：被改动，或者没有写完。"))
        else:
            lines.append(found)
            if found.before != before:
                said = "与前一行接不上：本行以前有一行被改动、删除或者插入。"
                faults.append(_broken(file, n, said))
        before = sha256(line).hexdigest()
    return Anchors(tuple(lines), tuple(faults))


def _broken(file: Path, line: int, message: str) -> Fault:
    return Fault(agency=f"{file.name}第{line}行", what=Trouble.ANCHOR, message=message)


def _read_line(line: bytes) -> Anchor | None:
    try:
        said = json.loads(line)
        return _anchor(said) if said.pop("format") == _FORMAT else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _anchor(said: dict[str, Any]) -> Anchor:
    said.pop("format", None)
    return Anchor(**{**said, "on": date.fromisoformat(said["on"])})


def lowered(tx: Transaction, anchors: Anchors, agency: str = "") -> Iterator[Fault]:
    """Yield the series whose last number is lower than an anchor says, each once."""
    c = t.counters.c
    now = {
        (owner, f"{series}/{year}"): n
        for owner, series, year, n in tx.execute(select(c.agency, c.series, c.year, c.n))
    }
    for (owner, series), (n, on) in _highest(anchors).items():
        have = now.get((owner, series), 0)
        if have < n and agency in {"", owner}:
            said = f"{on}的锚点证明 {series} 已编到第{n}号，现在只到第{have}号。"
            yield Fault(agency=owner, what=Trouble.TRUNCATED, message=said)


def _highest(anchors: Anchors) -> Mapping[tuple[str, str], tuple[int, date]]:
    found: dict[tuple[str, str], tuple[int, date]] = {}
    for line in anchors.lines:
        for series, n in line.counters.items():
            key = (line.agency, series)
            found[key] = max(found.get(key, (0, line.on)), (n, line.on))
    return found
