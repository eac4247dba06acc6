"""The processing fee: bands, both bases, and what may not be charged."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import FeeBasis, FeeError, fee, fee_citation

FIRST_DAY = date(2021, 1, 1)


@pytest.mark.parametrize(
    ("count", "here", "amount"),
    [
        (1, 1, 0),
        (10, 10, 0),
        (11, 1, 100),
        (11, 11, 100),
        (30, 1, 100),
        (30, 30, 2000),
        (31, 1, 200),
        (40, 1, 200),
        (41, 1, 300),
        (45, 45, 5500),
        (45, 15, 3500),
        (50, 50, 7000),
        (51, 1, 400),
    ],
)
def test_pieces_are_charged_on_top_of_the_month(count: int, here: int, amount: int) -> None:
    assert fee(FeeBasis.PIECES, count=count, here=here, received_on=FIRST_DAY).amount == amount


@pytest.mark.parametrize(
    ("count", "amount"),
    [
        (1, 0),
        (30, 0),
        (31, 10),
        (68, 380),
        (70, 400),
        (100, 700),
        (101, 720),
        (201, 2740),
        (250, 4700),
    ],
)
def test_pages_are_charged_by_request(count: int, amount: int) -> None:
    assert fee(FeeBasis.PAGES, count=count, received_on=FIRST_DAY).amount == amount


def test_the_lines_show_the_bands() -> None:
    charged = fee(FeeBasis.PIECES, count=45, here=45, received_on=FIRST_DAY)

    assert charged.lines == (
        ("第1至10件", 10, 0, 0),
        ("第11至30件", 20, 100, 2000),
        ("第31至40件", 10, 200, 2000),
        ("第41至50件", 5, 300, 1500),
    )
    assert fee(FeeBasis.PAGES, count=250, received_on=FIRST_DAY).lines[-1] == (
        "第201页起",
        50,
        40,
        2000,
    )


@given(st.sampled_from(FeeBasis), st.integers(1, 400), st.data())
def test_the_lines_add_up(basis: FeeBasis, count: int, data: st.DataObject) -> None:
    here = data.draw(st.integers(1, count))
    charged = fee(basis, count=count, here=here, received_on=FIRST_DAY)

    assert charged.amount == sum(line.subtotal for line in charged.lines)
    assert all(line.subtotal == line.units * line.rate for line in charged.lines)
    units = sum(line.units for line in charged.lines)
    assert units == (here if basis is FeeBasis.PIECES else count)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=10))
def test_splitting_a_month_into_requests_changes_no_total(requests: list[int]) -> None:
    total, month = 0, 0
    for here in requests:
        month += here
        total += fee(FeeBasis.PIECES, count=month, here=here, received_on=FIRST_DAY).amount

    assert total == fee(FeeBasis.PIECES, count=month, here=month, received_on=FIRST_DAY).amount


def test_no_fee_for_a_request_received_before_2021() -> None:
    with pytest.raises(FeeError, match="2021-01-01"):
        fee(FeeBasis.PIECES, count=45, here=45, received_on=date(2020, 12, 31))


@pytest.mark.parametrize(("count", "here"), [(0, 1), (-1, 1), (5, 0), (5, -2), (5, 6), (10**9, 1)])
def test_counts_that_cannot_be_are_refused(count: int, here: int) -> None:
    with pytest.raises(FeeError):
        fee(FeeBasis.PIECES, count=count, here=here, received_on=FIRST_DAY)


def test_each_basis_has_its_article() -> None:
    assert fee_citation(FeeBasis.PIECES, FIRST_DAY).short == "第四条"
    assert fee_citation(FeeBasis.PAGES, FIRST_DAY).short == "第五条"
