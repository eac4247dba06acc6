"""What hangs on a fact: its personal part, the answer, its papers; compared with what it says."""

import json
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Any, Final, NamedTuple

from sqlalchemy import and_, select

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.entries import Answer, Attached, Entry, Row
from gongkai.store.keys import KeyRing, KeyTrouble
from gongkai.store.records import answer_digest, commitment, place_of
from gongkai.store.registry import row_digest
from workflow.commands import Attach, IssueReply, RecallReply


class Ill(Enum):
    """What does not agree with its fact."""

    PERSONAL = "personal"
    #: The personal part is gone, and the row of the case does not deny that it was erased.
    ERASED = "erased"
    COMMAND = "commands"
    PAPER = "papers"
    ATTACHMENT = "attachments"
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
        if wrong := unlike_attached(said, entry.attached):
            yield Odd(Ill.ATTACHMENT, wrong)


def _personal(entry: Entry, keys: KeyRing) -> Iterator[Odd]:
    row, part = entry.row, entry.personal
    if part is None:
        if row["commitment"] is None:
            return
        if entry.case is None or entry.case.erased:  # then it is for the chain to tell
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
    if wrong := unlike_answer(said, entry.command):
        yield Odd(Ill.COMMAND, wrong)


def unlike_answer(said: Row, kept: Answer | None) -> str:
    """Say how the row of a command is not what its fact says; empty where it is."""
    if kept is None:
        return "办理结果表里没有这一步的结果，重复提交时会再办一次。"
    if kept.command_id != said.get("command_id"):
        return "办理结果表里的 command_id 与事实所写的不符。"
    # A fact taken over from before the chain names no answer.
    if said.get("answered") and said["answered"] != answer_digest(kept.asked, kept.answer):
        return "办理结果表里的内容与事实所写的摘要不符，被改动。"
    return ""


def unlike_attached(said: Row, kept: Attached | None) -> str:
    """Say how the row of an attachment is not what its fact says; empty where it is.

    A paper original is noted without bytes; from before the chain there are no rows.
    """
    command = said.get("command")
    told = command if isinstance(command, dict) and command.get("do") == Attach.do else {}
    if kept is None:
        has_bytes = said.get("answered") and told.get("sha256")
        return "附件表里没有这个附件：登记的行被删除。" if has_bytes else ""
    if not told.get("sha256"):
        return "附件表里多登记了一个附件，事实没有存入它。"
    if any(told.get(name) != value for name, value in kept._asdict().items()):
        return "附件的登记（摘要、大小、类型）与事实所写的不符，被改动。"
    return ""


def _papers(entry: Entry, said: Row) -> Iterator[Odd]:
    refs: Any = said.get("papers") or []
    rows = {row["place"]: row for row in entry.papers}
    for place, ref in enumerate(refs, start=1):
        row = rows.pop(place, None)
        name = f"文书“{ref.get('title')}”{ref.get('number') or ''}"
        if row is None:
            yield Odd(Ill.PAPER, f"{name}没有登记。")
        elif unlike_row(ref, row):
            yield Odd(Ill.PAPER, f"{name}的登记与制发时的不符，被改动。")
    for row in rows.values():
        yield Odd(Ill.PAPER, f"多登记了一份文书“{row['title']}”，事实没有制发它。")


_f, _e = t.facts.c, t.attachments.c
_UNLISTED: Final = (
    select(_f.agency, _f.case_number, _f.n, _f.public)
    .select_from(
        t.facts.outerjoin(
            t.attachments,
            and_(_e.agency == _f.agency, _e.case_number == _f.case_number, _e.fact == _f.n),
        )
    )
    .where(_f.kind == Attach.do, _e.fact.is_(None))
    .order_by(_f.agency, _f.case_number, _f.n)
)


def unlisted(tx: Transaction) -> Iterator[tuple[str, str, int, str]]:
    """Yield the facts that brought a file of which the row is gone, with what is wrong."""
    for agency, number, n, public in tx.execute(_UNLISTED):
        if wrong := unlike_attached(json.loads(public), None):
            yield agency, number, n, wrong


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


def unlike_row(ref: Row, row: Row) -> bool:
    """Whether the row of a paper is not the one that was issued."""
    return bool(ref.get("row")) and _digest_of_row(row) != ref["row"]


def _digest_of_row(row: Row) -> str:
    """Return the digest of a paper's row; empty where a column no longer holds what it should."""
    try:
        return row_digest(row)
    except (AttributeError, TypeError, ValueError):
        return ""
