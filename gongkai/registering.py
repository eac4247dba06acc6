"""Taking over a run of numbers that began outside the program: one transaction, once."""

from gongkai.office import Office
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.registry import import_number, series_rows
from workflow.errors import Refused


def import_highest(office: Office, agency: str, series: str, year: int, n: int) -> None:
    """Note that ``n`` numbers were given elsewhere; Refused once one has been drawn here.

    A run of which this program has given a number has no gap and no double only from there on:
    moving its beginning would make one or the other.
    """

    def once() -> None:
        with writing(office.store) as tx:
            _import(tx, agency, series, year, n)

    retrying(once)


def _import(tx: Transaction, agency: str, series: str, year: int, n: int) -> None:
    if import_number(tx, agency, series, year, n):
        return
    known = (row for row in series_rows(tx, agency) if (row.series, row.year) == (series, year))
    row = next(known)
    raise Refused(
        code="already_drawn",
        message=f"{year}年“{series}”系列本系统已经编了{row.drawn}个号（到第{row.last}号），"
        "不能再改起点，否则文号会重复或者断号。",
        article="45",
        mend="接续文号应当在编第一个号以前办理；此前在系统外用过的号请登记说明。",
    )
