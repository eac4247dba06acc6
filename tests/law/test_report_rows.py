"""The annual report: rows by format, and the row of each request."""

from collections.abc import Collection
from datetime import date

import pytest

from rules import Ground, Outcome, ReportRow, RuleError, closing_row, request_row, rows_on

Answer = tuple[Outcome, Collection[Ground]]
ON = date(2022, 3, 1)


def answer(outcome: Outcome, *grounds: Ground) -> Answer:
    return outcome, grounds


def test_the_2021_format_has_its_rows() -> None:
    assert [row.code for row in rows_on(2021)] == (
        ["3.1", "3.2"]
        + [f"3.3.{n}" for n in range(1, 9)]
        + [f"3.4.{n}" for n in range(1, 4)]
        + [f"3.5.{n}" for n in range(1, 6)]
        + [f"3.6.{n}" for n in range(1, 4)]
    )


def test_the_2019_format_has_one_row_for_the_rest() -> None:
    assert rows_on(2019) == rows_on(2020)
    assert [row.code for row in rows_on(2020)][-2:] == ["3.5.5", "3.6"]
    assert rows_on(2020)[:-1] == rows_on(2021)[:-3]
    assert rows_on(2026) == rows_on(2021)


def test_there_is_no_report_before_2019() -> None:
    with pytest.raises(RuleError, match="2018年度报告"):
        rows_on(2018)


def test_labels_are_those_of_the_form() -> None:
    rows = {row.code: row for row in rows_on(2021)}

    assert rows["3.2"] == ReportRow("3.2", "部分公开", "部分公开")
    assert rows["3.3.3"] == ReportRow("3.3.3", "危及“三安全一稳定”", "不予公开")
    assert rows["3.4.1"] == ReportRow("3.4.1", "本机关不掌握相关政府信息", "无法提供")
    assert rows["3.5.5"].label == "要求行政机关确认或重新出具已获取信息"
    assert rows["3.6.3"] == ReportRow("3.6.3", "其他", "其他处理")


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([answer(Outcome.DISCLOSE)], "3.1"),
        ([answer(Outcome.ALREADY_PUBLIC)], "3.1"),
        ([answer(Outcome.DISCLOSE), answer(Outcome.ALREADY_PUBLIC)], "3.1"),
        ([answer(Outcome.PARTLY_DISCLOSE, Ground.PERSONAL_PRIVACY)], "3.2"),
        ([answer(Outcome.DISCLOSE), answer(Outcome.PARTLY_DISCLOSE)], "3.2"),
        ([answer(Outcome.DISCLOSE), answer(Outcome.NOT_HELD)], "3.2"),
        ([answer(Outcome.ALREADY_PUBLIC), answer(Outcome.WITHHOLD, Ground.STATE_SECRET)], "3.2"),
        ([answer(Outcome.WITHHOLD, Ground.STATE_SECRET)], "3.3.1"),
        ([answer(Outcome.WITHHOLD, Ground.PROHIBITED_BY_LAW)], "3.3.2"),
        ([answer(Outcome.WITHHOLD, Ground.PUBLIC_SAFETY)], "3.3.3"),
        ([answer(Outcome.WITHHOLD, Ground.TRADE_SECRET)], "3.3.4"),
        ([answer(Outcome.WITHHOLD, Ground.PERSONAL_PRIVACY)], "3.3.4"),
        ([answer(Outcome.WITHHOLD, Ground.THIRD_PARTY_INTEREST)], "3.3.4"),
        ([answer(Outcome.WITHHOLD, Ground.INTERNAL_AFFAIRS)], "3.3.5"),
        ([answer(Outcome.WITHHOLD, Ground.DELIBERATIVE)], "3.3.6"),
        ([answer(Outcome.WITHHOLD, Ground.ENFORCEMENT_FILE)], "3.3.7"),
        ([answer(Outcome.WITHHOLD, Ground.DELIBERATIVE, Ground.TRADE_SECRET)], "3.3.4"),
        ([answer(Outcome.SPECIAL_REGIME)], "3.3.8"),
        ([answer(Outcome.NOT_HELD)], "3.4.1"),
        ([answer(Outcome.OTHER_AGENCY)], "3.4.1"),
        ([answer(Outcome.ARCHIVES)], "3.4.1"),
        ([answer(Outcome.NEEDS_PROCESSING)], "3.4.2"),
        ([answer(Outcome.STILL_UNCLEAR)], "3.4.3"),
        ([answer(Outcome.PETITION)], "3.5.1"),
        ([answer(Outcome.REPEAT)], "3.5.2"),
        ([answer(Outcome.PUBLICATION)], "3.5.3"),
        ([answer(Outcome.EXCESSIVE)], "3.5.4"),
        ([answer(Outcome.REISSUE)], "3.5.5"),
        ([answer(Outcome.NOT_GOVERNMENT_INFORMATION)], "3.6.3"),
        ([answer(Outcome.REPEAT), answer(Outcome.NOT_HELD)], "3.4.1"),
        ([answer(Outcome.NOT_HELD), answer(Outcome.WITHHOLD, Ground.DELIBERATIVE)], "3.3.6"),
        ([answer(Outcome.NOT_GOVERNMENT_INFORMATION), answer(Outcome.PETITION)], "3.5.1"),
    ],
)
def test_a_request_is_counted_in_one_row(answers: list[Answer], code: str) -> None:
    assert request_row(answers, ON).code == code
    assert request_row(reversed(answers), ON).code == code


def test_the_2019_format_merges_the_rest() -> None:
    answers = [answer(Outcome.NOT_GOVERNMENT_INFORMATION)]

    assert request_row(answers, date(2020, 12, 31)).label == "其他处理"
    assert request_row(answers, date(2021, 1, 1)).code == "3.6.3"


def test_a_request_without_answers_has_no_row() -> None:
    with pytest.raises(RuleError, match="没有任何答复"):
        request_row([], ON)


def test_a_refusal_without_a_ground_has_no_row() -> None:
    with pytest.raises(RuleError, match="没有写明理由") as refused:
        request_row([answer(Outcome.WITHHOLD)], ON)

    assert refused.value.article == "第三十六条第三项"


@pytest.mark.parametrize(
    ("reason", "now", "before"),
    [
        ("correction_overdue", "3.6.1", "3.6"),
        ("payment_overdue", "3.6.2", "3.6"),
        ("withdrawn", "3.6.3", "3.6"),
        ("terminated", "3.6.3", "3.6"),
    ],
)
def test_a_request_closed_without_reply_is_counted(reason: str, now: str, before: str) -> None:
    rows = closing_row(reason, ON), closing_row(reason, date(2020, 5, 1))

    assert [row.code if row else None for row in rows] == [now, before]


def test_misdirected_mail_is_not_counted() -> None:
    assert closing_row("misdirected", ON) is None


def test_an_unknown_reason_is_refused() -> None:
    with pytest.raises(RuleError, match="correction_overdue"):
        closing_row("bored", ON)
