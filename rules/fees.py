"""信息处理费: the processing fee, by pieces or by pages, in whole yuan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import count as counting
from typing import Final, NamedTuple

from rules.citations import Citation
from rules.errors import FeeError
from rules.norms import cite_norm
from rules.reader import Table, read
from rules.words import FeeBasis

# Far above any real month; a mistyped count must not unroll millions of bands.
_MOST: Final = 99_999
_ARTICLE: Final = "《政府信息公开信息处理费管理办法》"


class FeeLine(NamedTuple):
    """One band of the scale: its label, units charged in it, yuan per unit, yuan."""

    label: str
    units: int
    rate: int
    subtotal: int


@dataclass(frozen=True, slots=True)
class Fee:
    """A processing fee in yuan and how it is made up.

    ``count`` and ``here`` are as given to ``fee``; ``lines`` add up to ``amount``.
    """

    amount: int
    basis: FeeBasis
    count: int
    here: int
    lines: tuple[FeeLine, ...]


class _Band(NamedTuple):
    """Units ``first`` to ``last`` (None: without end) at ``rate`` yuan each."""

    first: int
    last: int | None
    rate: int

    def label(self, unit: str) -> str:
        return (
            f"第{self.first}{unit}起" if self.last is None else f"第{self.first}至{self.last}{unit}"
        )


@dataclass(frozen=True, slots=True)
class _Scale:
    """The bands of one basis; after the last, ``every`` units a band, ``rise`` yuan dearer each."""

    unit: str
    point: str
    closed: tuple[_Band, ...]
    every: int
    rate: int
    rise: int

    def bands(self) -> Iterator[_Band]:
        yield from self.closed
        first = (self.closed[-1].last or 0) + 1
        if not self.every:
            yield _Band(first, None, self.rate)
            return
        for step in counting():
            begin = first + step * self.every
            yield _Band(begin, begin + self.every - 1, self.rate + step * self.rise)

    def lines(self, first: int, last: int) -> Iterator[FeeLine]:
        """Yield what units ``first`` to ``last`` cost, band by band, free bands included."""
        for band in self.bands():
            if band.first > last:
                return
            units = min(last, band.last or last) - max(first, band.first) + 1
            if units > 0:
                yield FeeLine(band.label(self.unit), units, band.rate, units * band.rate)


def fee(basis: FeeBasis, *, count: int, here: int = 1, received_on: date) -> Fee:
    """Return the fee for one request, in yuan.

    By pieces ``count`` is the applicant's pieces in the calendar month up to and including
    this request and ``here`` the pieces in this request: F(count) - F(count - here), with F
    progressive (办法 article 4). By pages ``count`` is the pages of this request alone and
    ``here`` has no bearing (article 5). Raises FeeError before 2021-01-01, and for counts
    that cannot be.
    """
    scale = _scale_on(received_on)[basis]
    _check_counts(count, here)
    before = count - here if basis is FeeBasis.PIECES else 0
    lines = tuple(scale.lines(before + 1, count))
    return Fee(sum(line.subtotal for line in lines), basis, count, here, lines)


def fee_citation(basis: FeeBasis, received_on: date) -> Citation:
    """Return the article that sets the scale of ``basis``; FeeError before 2021-01-01."""
    key, _, point = _scale_on(received_on)[basis].point.partition(".")
    return cite_norm(key, point, received_on)


def fees_since() -> date:
    """Return the first day whose requests may be charged at all."""
    return _schedules()[-1][0]


def _check_counts(count: int, here: int) -> None:
    if count < 1 or here < 1:
        raise FeeError(
            f"计费数量不能是{min(count, here)}。", "件数、页数都应当是不小于1的整数。", _ARTICLE
        )
    if count > _MOST:
        raise FeeError(f"计费数量{count}过大。", f"最多{_MOST}，请核对。", _ARTICLE)
    if here > count:
        raise FeeError(
            f"本次{here}件多于当月累计{count}件。",
            "当月累计件数应当包括本次申请在内。",
            f"{_ARTICLE}第四条",
        )


def _scale_on(day: date) -> dict[FeeBasis, _Scale]:
    for since, scales in _schedules():
        if since <= day:
            return scales
    raise FeeError(
        f"{day}收到的申请不能收取信息处理费：收费办法自{fees_since()}起施行。",
        "请不收费办理；数量、频次明显超过合理范围的，可以依第三十五条要求说明理由。",
        _ARTICLE,
    )


@cache
def _schedules() -> tuple[tuple[date, dict[FeeBasis, _Scale]], ...]:
    """Return every schedule, newest first."""
    table = read("fees.toml")
    found = [
        (one.need("from", date), {basis: _scale(one.table(basis.value)) for basis in FeeBasis})
        for one in table.tables("schedules")
    ]
    table.done()
    return tuple(sorted(found, key=lambda schedule: schedule[0], reverse=True))


def _scale(table: Table) -> _Scale:
    step = table.table("step")
    scale = _Scale(
        table.need("unit", str),
        table.need("cites", str),
        tuple(_closed(table)),
        step.need("every", int),
        step.need("rate", int),
        step.need("rise", int),
    )
    step.done()
    table.done()
    return scale


def _closed(table: Table) -> Iterator[_Band]:
    first = 1
    for band in table.tables("bands"):
        last = band.need("to", int)
        yield _Band(first, last, band.need("rate", int))
        band.done()
        first = last + 1
