"""What hangs on a fact: its personal part, the answer, its papers; compared with what it says."""

import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, NamedTuple

from gongkai.store.entries import Entry, Row
from gongkai.store.keys import KeyRing, KeyTrouble
from gongkai.store.records import answer_digest, commitment, place_of
from gongkai.store.registry import row_digest
from workflow.commands import IssueReply, RecallReply


class Ill(Enum):
    """What does not agree with its fact."""

    PERSONAL = "personal"
    #: The personal part is gone, and the case says that it was erased.
    ERASED = "erased"
    COMMAND = "commands"
    PAPER = "papers"
    CASE = "cases"


class Odd(NamedTuple):
    """One disagreement: in which table, and what."""

    what: Ill
    message: str


def hanging(entry: Entry, keys: KeyRing) -> Iterator[Odd]:
    """Yield what does not agree with a fact."""
    yield from _personal(entry, keys)
    yield from _standing(entry)
    try:
        said = json.loads(entry.row["public"])
    except (TypeError, ValueError):
        return  # its link says so already
    if isinstance(said, dict):
        yield from _command(entry, said)
        yield from _papers(entry, said)


def _personal(entry: Entry, keys: KeyRing) -> Iterator[Odd]:
    row, part = entry.row, entry.personal
    if part is None:
        if row["commitment"] is None:
            return
        if entry.case and entry.case.erased:
            yield Odd(Ill.ERASED, "")
        else:
            yield Odd(Ill.PERSONAL, "个人信息部分缺失，案件没有注销。")
        return
    if row["commitment"] is None:
        yield Odd(Ill.PERSONAL, "事实没有个人信息部分，却存有一份。")
        return
    try:
        plain = keys.open(
            part.key, part.sealed, place_of(row["agency"], row["case_number"], row["n"])
        )
    except KeyTrouble as trouble:
        yield Odd(Ill.PERSONAL, f"个人信息部分不是这项事实的，或者被改动：{trouble}")
        return
    if commitment(plain) != row["commitment"]:
        yield Odd(Ill.PERSONAL, "个人信息部分与事实中的承诺不符，被换过。")


def _standing(entry: Entry) -> Iterator[Odd]:
    case, row = entry.case, entry.row
    if case is None:
        yield Odd(Ill.CASE, "案件表里没有这件案件。")
    elif row["n"] == case.version and row["hash"] != case.head:
        yield Odd(Ill.CASE, "案件表记录的最后一项事实的摘要与这一项不符：其中之一被改动。")
    elif row["n"] > case.version:
        yield Odd(Ill.CASE, f"案件表记录只有{case.version}项事实，这一项在其后。")


def _command(entry: Entry, said: Row) -> Iterator[Odd]:
    kept = entry.command
    if kept is None:
        yield Odd(Ill.COMMAND, "办理结果表里没有这一步的结果。")
    elif kept.command_id != said.get("command_id"):
        yield Odd(Ill.COMMAND, "办理结果表里的 command_id 与事实所写的不符。")
    # A fact taken over from before the chain names no answer.
    elif said.get("answered") and said["answered"] != answer_digest(kept.asked, kept.answer):
        yield Odd(Ill.COMMAND, "办理结果表里的内容与事实所写的摘要不符，被改动。")


def _papers(entry: Entry, said: Row) -> Iterator[Odd]:
    refs: Any = said.get("papers") or []
    rows = {row["place"]: row for row in entry.papers}
    for place, ref in enumerate(refs, start=1):
        row = rows.pop(place, None)
        name = f"文书“{ref.get('title')}”{ref.get('number') or ''}"
        if row is None:
            yield Odd(Ill.PAPER, f"{name}没有登记。")
        elif ref.get("row") and digest_of_row(row) != ref["row"]:
            yield Odd(Ill.PAPER, f"{name}的登记与制发时的不符，被改动。")
    for row in rows.values():
        yield Odd(Ill.PAPER, f"多登记了一份文书“{row['title']}”，事实没有制发它。")


class Voids:
    """Papers that are marked void, and the recalls that made them so: each has its other."""

    def __init__(self) -> None:
        self._papers: dict[_Void, list[Entry]] = {}
        self._recalls: dict[_Void, list[Entry]] = {}
        #: Cases of which a reply went out before they were recorded here.
        self._history: set[str] = set()

    def see(self, entry: Entry) -> None:
        """Note what a fact says of voiding, and what the rows of its papers say."""
        number = entry.row["case_number"]
        if entry.row["kind"] == RecallReply.do:
            self._recalls.setdefault(_recalled(entry), []).append(entry)
        if entry.row["kind"] == IssueReply.do and not entry.papers:
            self._history.add(number)
        marks = {(row["void_on"], row["void_reason"]) for row in entry.papers}
        for on, reason in marks if len(marks) > 1 else marks - {(None, None)}:
            self._papers.setdefault(_Void(number, on, reason), []).append(entry)

    def odd(self) -> Iterator[tuple[Entry, str]]:
        """Yield what has no other: a paper voided without a recall, a recall that voided none."""
        for void, entries in self._papers.items():
            for entry in entries[len(self._recalls.get(void, ())) :]:
                yield entry, "文书登记为作废（或者只有部分作废），案卷里却没有相应的收回。"
        for void, entries in self._recalls.items():
            for entry in entries[len(self._papers.get(void, ())) :]:
                if void.case_number in self._history:
                    continue
                yield entry, "收回了答复书，文书登记却没有相应地作废。"


class _Void(NamedTuple):
    case_number: str
    on: date | None
    reason: str | None


def _recalled(entry: Entry) -> _Void:
    try:
        said = json.loads(entry.row["public"])["command"]
        reason = said.get("reason") or said.get("comments") or ""
    except (TypeError, ValueError, KeyError, AttributeError):
        reason = ""
    return _Void(entry.row["case_number"], entry.row["on"], reason)


def digest_of_row(row: Row) -> str:
    """Return the digest of a paper's row; empty where a column no longer holds what it should."""
    try:
        return row_digest(row)
    except (AttributeError, TypeError, ValueError):
        return ""
