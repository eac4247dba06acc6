"""Deadlines that courts, agencies and parties published, and those computed beforehand."""

from datetime import date

import pytest

from rules import Law, WorkCalendar
from tests.law.facts import Vectors


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize("vector", ["P01", "P02", "P03", "P04", "P05", "P06"])
def test_a_published_period_ends_where_the_rule_says(
    work: WorkCalendar, vectors: Vectors, vector: str
) -> None:
    case = next(case for case in vectors["published"] if case["id"] == vector)

    assert work.add(day(case["received"]), case["working_days"]).on == day(case["expected_by_rule"])


def test_every_published_vector_is_tested(vectors: Vectors) -> None:
    assert {case["id"] for case in vectors["published"]} == {f"P0{n}" for n in range(1, 7)}


@pytest.mark.parametrize("vector", ["P01", "P02", "P03"])
def test_the_published_deadline_is_ours(work: WorkCalendar, vectors: Vectors, vector: str) -> None:
    case = next(case for case in vectors["published"] if case["id"] == vector)

    due = work.add(day(case["received"]), case["working_days"]).on

    assert due == day(case["published_deadline"])


def test_counting_the_day_of_receipt_is_wrong(work: WorkCalendar, vectors: Vectors) -> None:
    case = next(case for case in vectors["published"] if case["id"] == "P04")
    received, claimed = day(case["received"]), day(case["published_deadline"])

    assert work.add(received, 19).on == claimed  # 19 days after, 20 with the day of receipt
    assert work.add(received, 20).on != claimed


@pytest.mark.parametrize(
    ("vector", "replied", "late"),
    [("P05", date(2015, 7, 20), True), ("P06", date(2013, 3, 20), False)],
)
def test_what_was_found_late_is_late(
    work: WorkCalendar, vectors: Vectors, vector: str, replied: date, *, late: bool
) -> None:
    case = next(case for case in vectors["published"] if case["id"] == vector)

    due = work.add(day(case["received"]), case["working_days"]).on

    assert (replied > due) is late
    assert case["relation"] == ("late" if late else "in_time")


def test_every_computed_deadline_is_ours(work: WorkCalendar, vectors: Vectors, law: Law) -> None:
    terms = law.terms
    for case in vectors["computed"]:
        received = day(case["received"])
        correction = work.add(received, terms["correction_notice"].days)
        reply = work.add(received, terms["reply"].days)
        extended = work.add(received, terms["reply"].days + terms["extension"].days)

        assert (correction.on, reply.on, extended.on) == (
            day(case["correction_notice_by"]),
            day(case["reply_due"]),
            day(case["extended_due"]),
        ), case["id"]
        assert work.add(reply.on, terms["extension"].days) == extended
    assert len(vectors["computed"]) == 7
