"""Is this paper ours, and unchanged? By its bytes, or by the check code at its foot."""

import re
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from gongkai.errors import BadUse
from gongkai.store.engine import Transaction
from gongkai.store.registry import Issued, by_code, by_digest

_CODE: Final = re.compile(r"[A-Z]{12}")
_AT_FOOT: Final = re.compile(r"核验码[：:]\s*([A-Z]{12})(?![A-Z])")
_TAG: Final = re.compile(r"<[^>]*>")
_TEXT_PARTS: Final = re.compile(r"word/(?:document|footer\d*|header\d*)\.xml")
#: Larger than any letter; a file that unpacks to more is not read.
_LARGEST: Final = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the register says about a file or a code."""

    #: unchanged · changed · damaged · unknown
    result: str
    message: str
    issued: Issued | None = None
    sha256: str = ""

    @property
    def ok(self) -> bool:
        """Whether the paper is ours and unchanged."""
        return self.result == "unchanged"

    def as_json(self) -> dict[str, Any]:
        """Return the verdict for programs."""
        found = self.issued
        paper = found.paper if found else None
        return {
            "ok": self.ok,
            "result": self.result,
            "message": self.message,
            "sha256": self.sha256 or (paper.sha256 if paper else None),
            "agency": found.agency if found else None,
            "case": found.case_number if found else None,
            "fact": found.fact if found else None,
            "kind": paper.kind if paper else None,
            "title": paper.title if paper else None,
            "number": (paper.number or None) if paper else None,
            "on": paper.on.isoformat() if paper else None,
            "check_code": paper.check_code if paper else None,
            "void_on": paper.void_on.isoformat() if paper and paper.void_on else None,
            "void_reason": (paper.void_reason or None) if paper else None,
        }


def verify(tx: Transaction, asked: str) -> Verdict:
    """Judge a file, or a check code of twelve letters."""
    path = Path(asked)
    if path.is_file():
        return _file(tx, path)
    code = asked.strip().upper()
    if _CODE.fullmatch(code):
        return _code(tx, code)
    raise BadUse(f"“{asked}”既不是文件，也不是核验码。核验码是文书首页下方的12个字母。")


def _code(tx: Transaction, code: str) -> Verdict:
    found = by_code(tx, code)
    if not found:
        said = f"没有核验码为 {code} 的文书。请核对每个字母；仍然没有的，文书不是由本系统制发的。"
        return Verdict(result="unknown", message=said)
    return _proof(found[0])


def _proof(found: Issued) -> Verdict:
    """Say whether what is stored is still what was issued."""
    if not found.proven:
        said = (
            "数据库里的文书与制发时记录的摘要不符，数据库可能已被改动。请停止使用并报告系统管理员。"
        )
        return Verdict(result="damaged", message=said, issued=found)
    said = "存档的文书与制发时记录的摘要一致，没有改动。"
    return Verdict(result="unchanged", message=said + _void(found), issued=found)


def _void(found: Issued) -> str:
    paper = found.paper
    return f"注意：该文书已于{paper.void_on}作废（{paper.void_reason}）。" if paper.void_on else ""


def _file(tx: Transaction, path: Path) -> Verdict:
    if path.stat().st_size > _LARGEST:
        raise BadUse(f"{path}：文件太大，不是本系统制发的文书。")
    data = path.read_bytes()
    digest = sha256(data).hexdigest()
    if found := by_digest(tx, digest):
        proof = _proof(found[0])
        if not proof.ok:
            return proof
        said = "文件与制发时的原件逐字节一致，没有改动。" + _void(found[0])
        return Verdict(result="unchanged", message=said, issued=found[0], sha256=digest)
    return _other_bytes(tx, data, digest)


def _other_bytes(tx: Transaction, data: bytes, digest: str) -> Verdict:
    """Judge a file that was not issued byte for byte: a changed one still bears its code."""
    for code in _codes(data):
        if found := by_code(tx, code):
            said = (
                f"文件写有核验码 {code}，但内容与制发时的原件不一致：已被改动，或者被另存过。"
                "请以存档的原件为准：用 gongkai notice render 按文号取出。"
            )
            return Verdict(result="changed", message=said, issued=found[0], sha256=digest)
    if data[:4] == b"%PDF":
        said = "PDF 不能逐字节核对。请输入文书首页下方的核验码，或者核对 Word 原件。"
    else:
        said = "没有制发过这份文件，文件里也没有本系统的核验码。请核对是否为本机关的文书。"
    return Verdict(result="unknown", message=said, sha256=digest)


def _codes(data: bytes) -> tuple[str, ...]:
    """Return the check codes in the text of a Word file; nothing is parsed, only read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as package:
            parts = [one for one in package.infolist() if _TEXT_PARTS.fullmatch(one.filename)]
            if sum(one.file_size for one in parts) > _LARGEST:
                return ()
            texts = [_read(package, one) for one in parts]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return ()
    return tuple(dict.fromkeys(code for text in texts for code in _AT_FOOT.findall(text)))


def _read(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> str:
    with package.open(part) as stream:
        return _TAG.sub("", stream.read(_LARGEST).decode("utf-8", errors="replace"))
