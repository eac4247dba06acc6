"""The other norms, each citable only while it lives."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from rules.citations import Citation, split_code
from rules.errors import CitationError
from rules.reader import Table, read


@dataclass(frozen=True, slots=True)
class DatedCitation:
    """A place in a norm and the days on which it may be cited; ``until`` is None while in force."""

    citation: Citation
    since: date
    until: date | None

    def covers(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)

    @property
    def life(self) -> str:
        return f"自{self.since}起" + (f"至{self.until}止" if self.until else "施行")


def cite_norm(key: str, point: str, day: date) -> Citation:
    """Return where the norm ``key`` regulates ``point`` on ``day``.

    Raises CitationError for a key or point that is not in the data, and for a day outside
    the life of every text that has it.
    """
    known = entries(key, point)
    for entry in known:
        if entry.covers(day):
            return entry.citation
    lives = "；".join(f"{entry.citation.text}{entry.life}" for entry in known)
    raise CitationError(f"{day}没有可以援引的规定：{lives}。", "请改引当日有效的规定。")


def entries(key: str, point: str) -> tuple[DatedCitation, ...]:
    """Return every dated place of ``point`` under ``key``, oldest first; CitationError if none."""
    found = _norms().get((key, point))
    if not found:
        raise CitationError(f"规则数据中没有“{key}.{point}”这一依据。", "请核对名称。")
    return found


def points() -> tuple[tuple[str, str], ...]:
    """Return every (key, point) in the data."""
    return tuple(_norms())


@cache
def _norms() -> dict[tuple[str, str], tuple[DatedCitation, ...]]:
    found: dict[tuple[str, str], list[DatedCitation]] = {}
    for key, norm in read("norms.toml").named():
        last: date | None = None
        for text in norm.tables("texts"):
            since = text.need("from", date)
            if last is not None and since <= last:
                raise text.wrong("from", "与上一文本的有效期重叠")
            last = text.optional("to", date)
            for point, citation in _places(text):
                found.setdefault((key, point), []).append(DatedCitation(citation, since, last))
        norm.done()
    return {place: tuple(dated) for place, dated in found.items()}


def _places(text: Table) -> list[tuple[str, Citation]]:
    norm, mark = text.need("norm", str), text.get("mark", str, "条")
    codes = text.table("points")
    text.done()
    return [
        (point, Citation(norm, *split_code(codes.need(point, str)), mark=mark))
        for point in codes.names()
    ]
