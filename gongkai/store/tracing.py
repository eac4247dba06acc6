"""Following a chain from its beginning, and saying where it was broken.

Nothing here asks the database: what is followed are rows, wherever they were read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from operator import attrgetter
from typing import Any, Final, NamedTuple

from gongkai.store import chain
from gongkai.store.entries import Entry, Loose, Row
from gongkai.store.hanging import Ill, Voids, hanging
from gongkai.store.keys import KeyRing

#: Of so many broken places it is found out how they were broken; the others are only named.
_LOOKED_INTO: Final = 50
#: The act by which personal data of a case was erased.
ERASED: Final = "erased"


class Trouble(Enum):
    """What was done to a chain; the value is the word for it."""

    EDITED = "内容被改动"
    RELINKED = "摘要被改动"
    MISSING = "缺失"
    INSERTED = "多出"
    SWAPPED = "位置被对调"
    TRUNCATED = "末尾被截去"
    REWRITTEN = "被整段重写"
    END = "链尾登记被改动"
    ALGORITHM = "算法名称不符"
    HANGING = "所附的行不符"
    CASE = "案件行不符"
    UNEXPLAINED = "注销没有记录"
    ANCHOR = "锚点文件不符"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of a chain: where, and what."""

    agency: str
    what: Trouble
    message: str
    seq: int = 0
    #: The last place, where several are meant.
    until: int = 0
    case_number: str = ""
    #: The fact of the case.
    n: int = 0

    def __str__(self) -> str:
        """Return one line for the officer."""
        return f"{self.place}：{self.what.value}。{self.message}"

    @property
    def place(self) -> str:
        """Where it is, as it is said."""
        many = f"至第{self.until}" if self.until > self.seq else ""
        at = f" 第{self.seq}{many}项" if self.seq else ""
        case = f"（案件 {self.case_number}{f' 第{self.n}项事实' if self.n else ''}）"
        return f"{self.agency}{at}{case if self.case_number else ''}"


class Anchored(NamedTuple):
    """A head that was noted outside the database: up to here the chain was as it was."""

    seq: int
    hash: str
    on: str


class _Suspect(NamedTuple):
    """An entry that does not follow from the link before it."""

    entry: Entry
    before: str


@dataclass(slots=True)
class Trace:
    """One walk along the chain of one agency."""

    agency: str
    keys: KeyRing
    anchored: Mapping[int, tuple[Anchored, ...]] = field(default_factory=dict)
    #: The last place that was read, and its link as it is stored.
    seq: int = 0
    hash: str = chain.GENESIS
    _suspects: list[_Suspect] = field(default_factory=list)
    _unopened: dict[str, Entry] = field(default_factory=dict)
    _erased: set[str] = field(default_factory=set)
    _voids: Voids = field(default_factory=Voids)
    #: The last place that an anchor has proven.
    _proven: int = 0

    def faults(
        self, end: Row | None, entries: Iterable[Entry], loose: Iterable[Loose] = ()
    ) -> Iterator[Fault]:
        """Yield every fault; the entries come in the order of their places."""
        for _, found in groupby(entries, key=attrgetter("seq")):
            yield from self._at_one_place(list(found))
        yield from _judged(self._suspects, self._fault)
        yield from self._unexplained()
        for entry, said in self._voids.odd():
            yield self._fault(Trouble.HANGING, said, entry)
        yield from self._ended(end)
        for one in loose:
            yield self._loose(one)

    def _loose(self, one: Loose) -> Fault:
        ahead = one.table == "cases"
        said = "案件表" if ahead else TABLES[one.table]
        said += "说有这项事实，但没有。" if ahead else "里有一行，但没有它所依据的事实。"
        return Fault(
            agency=self.agency,
            what=Trouble.CASE if ahead else Trouble.INSERTED,
            message=said,
            case_number=one.case_number,
            n=one.fact,
        )

    def _fault(self, what: Trouble, message: str, entry: Entry | None = None, **at: int) -> Fault:
        row: Row = entry.row if entry else {}
        own: dict[str, Any] = {"seq": entry.seq} if entry else {}
        return Fault(
            agency=self.agency,
            what=what,
            message=message,
            case_number=row.get("case_number") or "",
            n=row.get("n", 0),
            **{**own, **at},
        )

    def _at_one_place(self, found: list[Entry]) -> Iterator[Fault]:
        true = next((e for e in found if follows(e, self.hash)), found[0])
        for entry in found:
            if entry is not true:
                yield self._fault(Trouble.INSERTED, "同一位置有两项，这一项接不上前一项。", entry)
        if true.seq < 1:
            yield self._fault(Trouble.INSERTED, "位置不能小于1。", true)
            return
        yield from self._next(true)

    def _next(self, entry: Entry) -> Iterator[Fault]:
        gap = entry.seq > self.seq + 1
        if gap:
            said = "这些事实或者记录被删除，或者被移走。"
            yield self._fault(Trouble.MISSING, said, seq=self.seq + 1, until=entry.seq - 1)
        elif not follows(entry, self.hash):
            yield from self._suspected(entry)
        self.seq, self.hash = entry.seq, entry.row["hash"]
        yield from self._compared()
        yield from self._hanging(entry)

    def _suspected(self, entry: Entry) -> Iterator[Fault]:
        if len(self._suspects) < _LOOKED_INTO:
            self._suspects.append(_Suspect(entry, self.hash))
        else:
            yield self._fault(Trouble.EDITED, _EDITED, entry)

    def _hanging(self, entry: Entry) -> Iterator[Fault]:
        if entry.what == "act":
            if entry.row["kind"] == ERASED:
                self._erased.add(entry.row["case_number"] or "")
            return
        self._voids.see(entry)
        for what, said in hanging(entry, self.keys):
            if what is Ill.ERASED:
                self._unopened.setdefault(entry.row["case_number"], entry)
            else:
                kind = Trouble.CASE if what is Ill.CASE else Trouble.HANGING
                yield self._fault(kind, said, entry)

    def _unexplained(self) -> Iterator[Fault]:
        for number, entry in self._unopened.items():
            if number not in self._erased:
                said = "个人信息部分没有了，链上却没有注销的记录：不是依法注销，而是被删除。"
                yield self._fault(Trouble.UNEXPLAINED, said, entry)

    def _compared(self) -> Iterator[Fault]:
        for anchor in self.anchored.get(self.seq, ()):
            if anchor.hash == self.hash:
                self._proven = self.seq
            else:
                said = f"与{anchor.on}的锚点不符：这一段中有一处或者多处在存放锚点以后被改写。"
                yield self._fault(Trouble.REWRITTEN, said, seq=self._proven + 1, until=self.seq)

    def _ended(self, end: Row | None) -> Iterator[Fault]:
        anchored = max(self.anchored, default=0)
        if end is None:
            if self.seq:
                yield self._fault(Trouble.END, "没有登记链尾。", seq=self.seq)
        else:
            yield from self._noted(end)
        if anchored > max(self.seq, end["seq"] if end else 0):
            said = f"锚点证明曾有第{anchored}项，现在只到第{self.seq}项。"
            yield self._fault(Trouble.TRUNCATED, said, seq=self.seq + 1, until=anchored)

    def _noted(self, end: Row) -> Iterator[Fault]:
        if end["algorithm"] != chain.ALGORITHM:
            said = f"登记的算法是“{end['algorithm']}”，应为“{chain.ALGORITHM}”。"
            yield self._fault(Trouble.ALGORITHM, said)
        if end["seq"] > self.seq:
            said = f"登记的链尾是第{end['seq']}项，现在只到第{self.seq}项。"
            yield self._fault(Trouble.TRUNCATED, said, seq=self.seq + 1, until=end["seq"])
        elif end["seq"] < self.seq:
            said = f"登记的链尾是第{end['seq']}项，实际有第{self.seq}项。"
            yield self._fault(Trouble.END, said, seq=self.seq)
        elif end["hash"] != self.hash:
            said = "登记的链尾摘要与最后一项不符：最后一项或者链尾登记被改动。"
            yield self._fault(Trouble.END, said, seq=self.seq)


#: What the tables are called.
TABLES: Final = {
    "personal": "个人信息表",
    "commands": "办理结果表",
    "papers": "文书登记表",
    "attachments": "附件表",
}
_EDITED: Final = "内容与记录的摘要不符：本项被改动，或者前一项连同其摘要被改动。"
_RELINKED: Final = "内容没有变，只有摘要一栏被改动。"
_DIGESTS: Final = {"fact": chain.fact_digest, "act": chain.act_digest}
#: What stays when the contents of two rows are exchanged.
_KEYS: Final = ("agency", "case_number", "n", "seq")


def follows(entry: Entry, before: str) -> bool:
    """Whether an entry is what its link says, after the link ``before``."""
    return bool(_link(entry.what, entry.row, before) == entry.row["hash"])


def _link(what: str, row: Row, before: str) -> str:
    try:
        return chain.link(before, _DIGESTS[what](row))
    except (AttributeError, TypeError, ValueError):  # a column that no longer holds what it should
        return ""


Say = Callable[..., Fault]


def _judged(suspects: list[_Suspect], fault: Say) -> Iterator[Fault]:
    """Find out how each suspect was broken."""
    left = {one.entry.seq: one for one in suspects}
    yield from _swapped(left, fault)
    for seq in sorted(left):
        if seq not in left:
            continue
        entry, before = left[seq]
        after = left.get(seq + 1)
        if after and follows(after.entry, _link(entry.what, entry.row, before)):
            del left[seq + 1]
            yield fault(Trouble.RELINKED, _RELINKED, entry)
        else:
            yield fault(Trouble.EDITED, _EDITED, entry)


def _swapped(left: dict[int, _Suspect], fault: Say) -> Iterator[Fault]:
    """Take out pairs of suspects that stand in each other's place."""
    for first in sorted(left):
        for second in sorted(left):
            if first < second and first in left and second in left:
                here, there = left[first], left[second]
                if link := _belongs(there.entry, here):
                    _forget(left, first, second, link)
                    said = f"第{first}项与第{second}项被对调。"
                    yield fault(Trouble.SWAPPED, said, here.entry)
                    yield fault(Trouble.SWAPPED, said, there.entry)


def _belongs(moved: Entry, place: _Suspect) -> str:
    """Return the link with which ``moved`` follows at another's place; empty if it does not."""
    at = place.entry
    rows: list[tuple[str, Row]] = [(moved.what, {**moved.row, "seq": at.seq})]
    if moved.what == at.what:
        rows.append((moved.what, {**moved.row, **{k: at.row[k] for k in _KEYS if k in at.row}}))
    for what, row in rows:
        link = _link(what, row, place.before)
        if link and link in {moved.row["hash"], at.row["hash"]}:
            return link
    return ""


def _forget(left: dict[int, _Suspect], first: int, second: int, link: str) -> None:
    """Drop the pair, and what only followed the wrong one of the two."""
    pair = left.pop(first), left.pop(second)
    links = {link, *(one.entry.row["hash"] for one in pair)}
    for seq in (first + 1, second + 1):
        after = left.get(seq)
        if after and any(follows(after.entry, one) for one in links):
            del left[seq]
