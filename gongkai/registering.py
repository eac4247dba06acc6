"""Going on with a run of numbers that went on elsewhere: from its start, or after a restore."""

from collections.abc import Iterator
from datetime import date
from typing import Final, NamedTuple

from gongkai.office import Office
from gongkai.store import journal, settings
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act
from gongkai.store.registry import Series, import_number, raise_number, series_rows
from workflow.errors import Refused

#: Under this name the installation remembers when it was restored from a backup.
RESTORED_AT: Final = "restored_at"
#: What the chain says of numbers that were given by a database which is no longer.
SKIPPED: Final = "numbers_skipped"


class Run(NamedTuple):
    """The numbers of one agency, series and year."""

    agency: str
    series: str
    year: int


def import_highest(
    office: Office, agency: str, series: str, year: int, n: int, *, on: date
) -> None:
    """Note that ``n`` numbers were given elsewhere; Refused once one has been drawn here.

    A run of which this program has given a number has no gap and no double only from there on:
    moving its beginning would make one or the other. After a restore it goes on behind what was
    given meanwhile, and the chain says which numbers are missing for it.
    """
    run = Run(agency, series, year)

    def once() -> None:
        with writing(office.store) as tx:
            if not import_number(tx, *run, n):
                _continue(tx, office, run, n, on)

    retrying(once)


def _continue(tx: Transaction, office: Office, run: Run, n: int, on: date) -> None:
    rows = series_rows(tx, run.agency)
    row = next(row for row in rows if (row.series, row.year) == run[1:])
    if n < row.last or not settings.read(tx, RESTORED_AT):
        raise _refused(row, n)
    if n > row.last:
        raise_number(tx, *run, n)
        said = {"series": run.series, "year": run.year, "first": row.last + 1, "last": n}
        moment = office.moment()
        act = Act(agency=run.agency, kind=SKIPPED, on=on, said=said, recorded_at=moment)
        journal.record(tx, act)


def _refused(row: Series, n: int) -> Refused:
    if not row.drawn or n < row.last:
        return Refused(
            code="number_lowered",
            message=f"{row.year}年“{row.series}”系列已经用到第{row.last}号，不能改回第{n}号，"
            "否则文号会重复。",
            article="45",
            mend="请核对已经用到的最大号；用 gongkai notice numbers list 查看。",
        )
    return Refused(
        code="already_drawn",
        message=f"{row.year}年“{row.series}”系列本系统已经编了{row.drawn}个号（到第{row.last}号），"
        "不能再改起点，否则文号会重复或者断号。",
        article="45",
        mend="接续文号应当在编第一个号以前办理；此前在系统外用过的号请登记说明。",
    )


def skipped(tx: Transaction, agency: str = "") -> Iterator[tuple[Run, range]]:
    """Yield the numbers that were given by a database which is no longer, by their runs."""
    for act in journal.acts(tx, agency=agency, kind=SKIPPED):
        run = Run(act.agency, act.said["series"], act.said["year"])
        yield run, range(act.said["first"], act.said["last"] + 1)
