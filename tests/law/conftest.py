"""What the tests of the law share: the calendar, the Regulation, the facts on file."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from rules import Law, WorkCalendar, calendar, law_on
from tests.law.facts import DayOnFile, Structure, Vectors

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def work() -> WorkCalendar:
    return calendar()


@pytest.fixture(scope="session")
def law() -> Law:
    return law_on(date(2020, 9, 25))


@pytest.fixture(scope="session")
def days_on_file() -> list[DayOnFile]:
    with (DATA / "workdays_2007_2026.csv").open(encoding="utf-8", newline="") as file:
        return [
            DayOnFile(
                date.fromisoformat(row["date"]),
                row["is_working"] == "1",
                None if row["source"] == "weekday rule" else row["source"],
            )
            for row in csv.DictReader(file)
        ]


@pytest.fixture(scope="session")
def vectors() -> Vectors:
    found: Vectors = json.loads((DATA / "deadline_vectors.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def structure() -> Structure:
    found: Structure = json.loads((DATA / "regulation_structure.json").read_text(encoding="utf-8"))
    return found
