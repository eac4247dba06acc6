"""Office documents of the old form (doc, xls, ppt, wps, et, dps): compound files of streams."""

import re
import struct
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final

from gongkai.attaching import kinds
from gongkai.attaching.marks import bears_mark
from gongkai.attaching.unfit import SECRET, Unfit

_HEADER: Final = 512
_LAST: Final = 0xFFFFFFFA  # and above: no sector
_ENTRY: Final = 128
_MOST_ENTRIES: Final = 4096
_STORAGE: Final = 1
_STREAM: Final = 2
_ROOT: Final = 5
_NEAR: Final = 240
_MOST_SIGNS: Final = 4000

_MACROS: Final = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
_EMBEDDED: Final = re.compile(
    r"(?i)objectpool|\x01ole10native|\x01ole10itemname|package|mbd[0-9a-f]{8}"
)
_ENCRYPTED: Final = frozenset(
    {"encryptedpackage", "encryptioninfo", "\x06dataspaces", "drmcontent"}
)
_TYPES: Final = {
    "worddocument": kinds.DOC,
    "workbook": kinds.XLS,
    "book": kinds.XLS,
    "powerpoint document": kinds.PPT,
}
#: 密, in the bytes of both encodings that such documents keep their texts in.
_SIGN: Final = re.compile(rb"\xc6\x5b|\xc3\xdc")


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    kind: int
    start: int
    size: int


class _Compound:
    """The streams of a compound file; every length in it is held against the file's own."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        file.seek(0)
        head = file.read(_HEADER)
        if len(head) < _HEADER:
            raise Unfit("damaged")
        (shift,) = struct.unpack_from("<H", head, 30)
        if shift not in {9, 12}:
            raise Unfit("damaged")
        self.file, self.sector = file, 1 << shift
        self.most = size // self.sector + 1
        self.table = self._table(head)
        (directory,) = struct.unpack_from("<L", head, 48)
        self.entries = tuple(self._entries(directory))

    def _at(self, sector: int) -> bytes:
        self.file.seek((sector + 1) * self.sector)
        return self.file.read(self.sector)

    def _table(self, head: bytes) -> "array[int]":
        """Return which sector follows which."""
        (count,) = struct.unpack_from("<L", head, 44)
        more, left = struct.unpack_from("<2L", head, 68)
        places = list(struct.unpack_from("<109L", head, 76))
        per = self.sector // 4
        while more < _LAST and left and len(places) < self.most:
            found = struct.unpack(f"<{per}L", self._whole(more))
            places += found[:-1]
            more, left = found[-1], left - 1
        table = array("I")
        for place in places[: min(count, self.most)]:
            if place < _LAST:
                table.frombytes(self._whole(place))
        return table

    def _whole(self, sector: int) -> bytes:
        found = self._at(sector)
        if len(found) < self.sector:
            raise Unfit("damaged")
        return found

    def chain(self, start: int) -> Iterator[bytes]:
        """Yield the sectors of a stream."""
        seen = 0
        while start < _LAST:
            if start >= len(self.table) or seen > self.most:
                raise Unfit("damaged")
            yield self._at(start)
            start, seen = self.table[start], seen + 1

    def _entries(self, directory: int) -> Iterator[_Entry]:
        count = 0
        for sector in self.chain(directory):
            for at in range(0, len(sector) - _ENTRY + 1, _ENTRY):
                length, kind = struct.unpack_from("<HB", sector, at + 64)
                start, size = struct.unpack_from("<LL", sector, at + 116)
                if kind in {_STORAGE, _STREAM, _ROOT}:
                    name = sector[at : at + max(0, min(length, 64) - 2)].decode(
                        "utf-16-le", "replace"
                    )
                    yield _Entry(name.lower(), kind, start, size)
                count += 1
            if count > _MOST_ENTRIES:
                raise Unfit("bomb")


def look(file: BinaryIO, size: int) -> str:
    """Return the kind of a document in which nothing is amiss; :class:`Unfit` otherwise."""
    try:
        compound = _Compound(file, size)
        kind = _kind(compound)
        by_name = {entry.name: entry for entry in compound.entries}
        _LOOKS[kind](compound, by_name)
        for entry in compound.entries:
            if entry.kind == _ROOT or (entry.kind == _STREAM and entry.size >= _SMALL):
                _refuse_marks(compound.chain(entry.start))
    except (struct.error, ValueError, IndexError) as error:
        raise Unfit("damaged") from error
    return kind


#: Streams below this size lie together in the one of the root.
_SMALL: Final = 4096


def _kind(compound: _Compound) -> str:
    names = {entry.name for entry in compound.entries}
    if names & _ENCRYPTED:
        raise Unfit("encrypted")
    if names & _MACROS:
        raise Unfit("macros")
    if any(_EMBEDDED.match(name) for name in names):
        raise Unfit("embedded")
    found = {kind for name, kind in _TYPES.items() if name in names}
    if len(found) != 1:
        raise Unfit("unknown_type")
    return found.pop()


def _first(compound: _Compound, entry: _Entry) -> bytes:
    if entry.size < _SMALL:
        raise Unfit("damaged")  # no document of this kind is that small
    return next(compound.chain(entry.start), b"")


def _look_doc(compound: _Compound, entries: Mapping[str, _Entry]) -> None:
    head = _first(compound, entries["worddocument"])
    (flags,) = struct.unpack_from("<H", head, 10)
    if flags & 0x0100:
        raise Unfit("encrypted")


_FILEPASS: Final = 0x2F
_SHEET: Final = 0x85
_EXTERNAL: Final = 0x01AE
_MOST_RECORDS: Final = 2_000_000


def _look_xls(compound: _Compound, entries: Mapping[str, _Entry]) -> None:
    """Read the records of the workbook's first part, which names its sheets."""
    entry = entries.get("workbook") or entries["book"]
    data = b"".join(islice(compound.chain(entry.start), (1 << 20) // compound.sector))
    at, seen = 0, 0
    while at + 4 <= len(data) and seen < _MOST_RECORDS:
        kind, length = struct.unpack_from("<2H", data, at)
        if kind == _FILEPASS:
            raise Unfit("encrypted")
        if kind == _SHEET and length > 6 and data[at + 9] in {1, 6}:  # noqa: PLR2004 - fixed fields
            raise Unfit("macros")  # a sheet of macros of Excel 4, or a module
        if kind == _EXTERNAL and length > 4:  # noqa: PLR2004 - a longer one names a file
            raise Unfit("loads_from_outside", "外部工作簿")
        if kind == 0x0A:  # noqa: PLR2004 - the end of the first part
            return
        at, seen = at + 4 + length, seen + 1


#: A project of macros, and the header of an object of another program.
_PROJECT: Final = re.compile(
    rb"\x1f\x00\xff\x03\x14\x00\x00\x00\x02\x00\x00\x04\x0c\x00\x00\x00.{4}[^\x00]", re.DOTALL
)
_OBJECT: Final = re.compile(rb"[\x0f\x1f]\x00(?:\xcc|\xce|\xee)\x0f.{2}\x00\x00", re.DOTALL)


def _look_ppt(compound: _Compound, entries: Mapping[str, _Entry]) -> None:
    before = b""
    for sector in compound.chain(entries["powerpoint document"].start):
        text = before + sector
        if _PROJECT.search(text):
            raise Unfit("macros")
        if _OBJECT.search(text):
            raise Unfit("embedded")
        before = text[-32:]
    user = entries.get("current user")
    if user is not None and user.size >= _SMALL:
        raise Unfit("damaged")


_LOOKS: Final = {kinds.DOC: _look_doc, kinds.XLS: _look_xls, kinds.PPT: _look_ppt}


def _refuse_marks(chain: Iterator[bytes]) -> None:
    """Read what stands around every sign, as either encoding has it."""
    before, signs = b"", 0
    while True:
        text = before + b"".join(islice(chain, 256))
        last = len(text) == len(before)
        for sign in _SIGN.finditer(text):
            signs += 1
            if signs > _MOST_SIGNS:
                raise Unfit("unreadable")
            if last or sign.end() + _NEAR < len(text):
                _refuse_mark(text, sign)
        if last:
            return
        before = text[-2 * _NEAR :]


def _refuse_mark(text: bytes, sign: "re.Match[bytes]") -> None:
    start = max(0, sign.start() - _NEAR)
    wide = sign.group() == b"\xc6\x5b"
    start += (sign.start() - start) % 2 if wide else 0
    piece = text[start : sign.end() + _NEAR]
    said = piece.decode("utf-16-le" if wide else "gb18030", "replace")
    if bears_mark(said.replace("\ufffd", "\n")):
        raise Unfit(SECRET, "文件的内容或者文档属性")
