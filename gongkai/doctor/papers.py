"""Issued bytes match digest, number, case and date; every paper and attachment has its bytes."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from io import BytesIO
from itertools import groupby, islice
from operator import itemgetter
from typing import Final

from sqlalchemy import and_, select

from gongkai.doctor.look import Found, Look
from gongkai.store import blobs
from gongkai.store import tables as t
from gongkai.store.entries import Attached, Row
from gongkai.store.hanging import unlike_attached, unlike_row, unlisted
from gongkai.store.keys import KeyTrouble

_PARTS: Final = re.compile(r"word/(?:document|header\d*|footer\d*)\.xml")
_TAG: Final = re.compile(r"<[^>]*>")
#: A letter that names the case says so with these words.
_NAMES_ITS_CASE: Final = "编号："
_AT_ONCE: Final = 50

_f, _r, _k, _a = t.facts.c, t.papers.c, t.cases.c, t.attachments.c
_PAPERS: Final = (
    select(t.papers, _f.public, _k.erased_on)
    .select_from(
        t.papers.outerjoin(
            t.facts,
            and_(_f.agency == _r.agency, _f.case_number == _r.case_number, _f.n == _r.fact),
        ).outerjoin(t.cases, and_(_k.agency == _r.agency, _k.number == _r.case_number))
    )
    .order_by(_r.agency)
    .execution_options(yield_per=_AT_ONCE)
)
_ATTACHED: Final = (
    select(t.attachments, _f.public, _k.erased_on)
    .select_from(
        t.attachments.outerjoin(
            t.facts,
            and_(_f.agency == _a.agency, _f.case_number == _a.case_number, _f.n == _a.fact),
        ).outerjoin(t.cases, and_(_k.agency == _a.agency, _k.number == _a.case_number))
    )
    .order_by(_a.agency, _a.case_number, _a.fact)
)


def papers_match(look: Look) -> Iterator[Found]:
    """Each paper is what its fact says, and its bytes bear its number, date, code and case."""
    rows = look.rows(_PAPERS.where(look.of(_r.agency))).mappings()
    for agency, found in groupby(map(dict, rows), key=itemgetter("agency")):
        while some := list(islice(found, _AT_ONCE)):
            yield from _some_papers(look, agency, some)


def _some_papers(look: Look, agency: str, rows: Sequence[Row]) -> Iterator[Found]:
    wanted = [row[name] for row in rows for name in ("sha256", "text_sha256")]
    try:
        kept: Mapping[str, bytes] = blobs.get(look.tx, agency, wanted)
    except KeyTrouble:
        kept = _one_by_one(look, agency, wanted)
    for row in rows:
        for said in (*_unlike_fact(row), *_bytes(row, kept)):
            yield Found(what=said, where=_where(row))


def _one_by_one(look: Look, agency: str, digests: list[str]) -> Mapping[str, bytes]:
    """Read what can be read; what was altered reads as empty."""
    found: dict[str, bytes] = {}
    for digest in digests:
        try:
            found |= blobs.get(look.tx, agency, [digest])
        except KeyTrouble:
            found[digest] = b""
    return found


def _where(row: Row) -> str:
    name = f"文书“{row['title']}”{row['number'] or ''}"
    return f"{row['agency']} 案件 {row['case_number']} 第{row['fact']}项事实 {name}"


def _unlike_fact(row: Row) -> Iterator[str]:
    refs = json.loads(row["public"])["papers"] if row["public"] else []
    ref = refs[row["place"] - 1] if 0 < row["place"] <= len(refs) else None
    if ref is None:
        yield "事实没有制发这份文书。"
    elif unlike_row(ref, row):
        yield "登记与制发时的不符，被改动。"


def _bytes(row: Row, kept: Mapping[str, bytes]) -> Iterator[str]:
    for name, what in (("sha256", "文书原件"), ("text_sha256", "文书的文字")):
        data = kept.get(row[name])
        if data is None and row["erased_on"] is None:
            yield f"没有{what}。"
        elif data == b"":
            yield f"{what}与登记的摘要不符，被改动。"
        elif data and name == "sha256":
            yield from _printed(row, words_of(data))


def words_of(docx: bytes) -> str:
    """Return the words of a Word file, its first page's foot included; empty for any other file."""
    try:
        with zipfile.ZipFile(BytesIO(docx)) as package:
            parts = [name for name in package.namelist() if _PARTS.fullmatch(name)]
            text = "".join(package.read(name).decode() for name in parts)
    except (zipfile.BadZipFile, UnicodeDecodeError):
        return ""
    return unescape(_TAG.sub("", text))


def _printed(row: Row, words: str) -> Iterator[str]:
    on = row["on"]
    wanted = {
        "文号": row["number"],
        "日期": f"{on.year}年{on.month}月{on.day}日",
        "核验码": row["check_code"],
        "案件编号": row["case_number"] if _NAMES_ITS_CASE in words else "",
    }
    for what, text in wanted.items():
        if text and text not in words:
            yield f"原件上没有登记的{what}“{text}”。"


def attachments_match(look: Look) -> Iterator[Found]:
    """Each attachment is what its fact says, and its bytes are there; blobs of nobody are named."""
    for row in map(dict, look.rows(_ATTACHED.where(look.of(_a.agency))).mappings().all()):
        for said in _attached(look, row):
            yield _not_attached(said, row["agency"], row["case_number"], row["fact"])
    for agency, number, n, said in unlisted(look.tx):
        if look.only in {"", agency}:
            yield _not_attached(said, agency, number, n)
    for orphan in blobs.orphans(look.tx):
        if look.only in {"", orphan.agency}:
            yield Found(
                what=f"有一份内容（{orphan.size}字节）没有文书或者附件用它。",
                where=f"{orphan.agency} {orphan.sha256[:12]}…",
                mend="上传后没有办完的附件会这样留下，可以清理。",
                note=True,
            )


def _not_attached(said: str, agency: str, number: str, n: int) -> Found:
    where = f"{agency} 案件 {number} 第{n}项事实的附件"
    return Found(what=said, where=where, mend="请从备份恢复，或者请申请人重新提供。")


def _attached(look: Look, row: Row) -> Iterator[str]:
    kept = Attached(*(row[name] for name in Attached._fields))
    if wrong := unlike_attached(json.loads(row["public"] or "{}"), kept):
        yield wrong
    folder = look.office.config.attachments.folder
    try:
        size = sum(map(len, blobs.stream(look.tx, row["agency"], row["sha256"], folder)))
    except KeyTrouble as trouble:
        yield str(trouble)
        return
    if size != row["size"] and row["erased_on"] is None:
        yield f"附件应有{row['size']}字节，存有{size}字节。"
