"""年度报告: the row of table 三 in which a request is counted, once."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

from rules.errors import RuleError
from rules.load import law_on
from rules.reader import Table, read
from rules.words import Ground, Outcome

_GIVEN: Final = "3.1"
_PARTLY: Final = "3.2"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One row under 三、本年度办理结果: code such as 3.3.4, label and group as printed."""

    code: str
    label: str
    group: str


@dataclass(frozen=True, slots=True, eq=False)
class _Format:
    """One format of the report, from the report of ``from_year`` on."""

    name: str
    from_year: int
    rows: tuple[ReportRow, ...]
    merge: Mapping[str, str]

    def row(self, code: str) -> ReportRow:
        code = self.merge.get(code, code)
        return next(row for row in self.rows if row.code == code)


def rows_on(year: int) -> tuple[ReportRow, ...]:
    """Return the rows of the report on ``year``, in order.

    2019 and 2020 use the 2019 format, later years the 2021 format. Raises RuleError before 2019.
    """
    return _format(year).rows


def request_row(answers: Iterable[tuple[Outcome, Collection[Ground]]], on: date) -> ReportRow:
    """Return the row of a request whose items were answered so on ``on``.

    Something given and something not: 部分公开. Everything given or already public: 予以公开.
    Nothing given: the first row that applies, in the order of the table (article 50(2) and the
    format; the rule for several items is to be confirmed by the province). Raises RuleError for
    a request without answers and for a refusal without a ground.
    """
    found = tuple(answers)
    if not found:
        raise RuleError(
            "没有任何答复，不能归入年度报告的行。", "请先对每一项作出答复。", code="no_answer"
        )
    table = _format(on.year)
    outcomes = law_on(on).outcomes
    given = [outcomes[outcome].gives for outcome, _ in found]
    if any(outcome is Outcome.PARTLY_DISCLOSE for outcome, _ in found):
        return table.row(_PARTLY)
    if any(given):
        return table.row(_GIVEN if all(given) else _PARTLY)
    codes = {code for outcome, grounds in found for code in _codes(outcome, grounds, on)}
    return min((table.row(code) for code in codes), key=table.rows.index)


def closing_row(reason: str, on: date) -> ReportRow | None:
    """Return the row of a request closed without a reply for ``reason`` on ``on``.

    ``misdirected`` is not counted: None. Raises RuleError for a reason that is not known.
    """
    closing = _data()[1]
    if reason not in closing:
        raise RuleError(
            f"不认识的办结原因“{reason}”。", f"应为：{'、'.join(closing)}。", code="bad_reason"
        )
    code = closing[reason]
    return _format(on.year).row(code) if code else None


def _codes(outcome: Outcome, grounds: Collection[Ground], on: date) -> Iterator[str]:
    law = law_on(on)
    row = law.outcomes[outcome].row
    if row is not None:
        yield row
    elif grounds:
        yield from (law.grounds[ground].row for ground in grounds)
    else:
        raise RuleError(
            "不予公开没有写明理由，不能归入年度报告的行。",
            "请写明第十四条至第十六条中的一项理由。",
            "第三十六条第三项",
            "no_ground",
        )


def _format(year: int) -> _Format:
    for one in reversed(_data()[0]):
        if one.from_year <= year:
            return one
    first = _data()[0][0].from_year
    raise RuleError(
        f"{year}年度报告没有格式。",
        f"本系统自{first}年度报告起统计。",
        "第五十条第二款",
        "no_format",
    )


@cache
def _data() -> tuple[tuple[_Format, ...], dict[str, str]]:
    table = read("report_rows.toml")
    formats = tuple(_read_format(one) for one in table.tables("formats"))
    closing = table.table("closing")
    reasons = {reason: closing.need(reason, str) for reason in closing.names()}
    table.done()
    return formats, reasons


def _read_format(table: Table) -> _Format:
    merge = table.table("merge")
    found = _Format(
        table.need("name", str),
        table.need("from_year", int),
        tuple(_row(row) for row in table.tables("rows")),
        {code: merge.need(code, str) for code in merge.names()},
    )
    table.done()
    return found


def _row(table: Table) -> ReportRow:
    row = ReportRow(table.need("code", str), table.need("label", str), table.need("group", str))
    table.done()
    return row
