"""What every check is given, and what it returns."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, Executable, true

from gongkai.anchors import Anchors
from gongkai.office import Office
from gongkai.store import deadlines, outcomes
from gongkai.store.deadlines import Place
from gongkai.store.engine import Transaction
from gongkai.store.entries import Loose, agencies, loose
from workflow.periods import Period

#: How a row that is only a cache is mended.
REBUILD: Final = "链完整时，可用 gongkai doctor --rebuild 由事实重建案件行。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing that is not as it should be: what, where, and how to mend it."""

    what: str
    where: str
    mend: str = (
        "请停止使用，保留数据库和备份，由系统管理员查明原因；必要时用 gongkai restore 恢复备份。"
    )
    #: Worth knowing, but nothing is wrong.
    note: bool = False

    def __str__(self) -> str:
        """Return one line for the officer."""
        return f"{self.where}：{self.what} {self.mend}".rstrip()


@dataclass(frozen=True, kw_only=True)
class Look:
    """One look at the database, all in one state of it."""

    office: Office
    tx: Transaction
    today: date
    #: Only this agency; all of them where it is empty.
    only: str = ""
    anchors: Anchors | None = None

    @property
    def postgresql(self) -> bool:
        """Which of the two databases it is."""
        return self.tx.dialect == "postgresql"

    def rows(self, wanted: Executable) -> Any:  # noqa: ANN401 - a CursorResult of any row
        """Run a question; its rows come as a stream."""
        return self.tx.execute(wanted)

    def of(self, column: ColumnElement[str]) -> ColumnElement[bool]:
        """Return the condition that a row is one of those looked at."""
        return column == self.only if self.only else true()

    @cached_property
    def agencies(self) -> tuple[str, ...]:
        """Whose data is looked at."""
        anchored = self.anchors.agencies if self.anchors else ()
        found = {*agencies(self.tx), *anchored}
        return tuple(sorted(found & {self.only} if self.only else found))

    @cached_property
    def loose(self) -> Mapping[str, tuple[Loose, ...]]:
        """Return the rows that hang on no fact, by agency."""
        return loose(self.tx)

    @cached_property
    def periods(self) -> Mapping[Place, frozenset[Period]]:
        """Return the stored periods of every case."""
        return deadlines.every(self.tx, self.only)

    @cached_property
    def outcomes(self) -> Mapping[tuple[str, str], outcomes.Rows]:
        """Return what is kept for the audit of every case."""
        return outcomes.every(self.tx, self.only)


#: One invariant of a family: yields what breaks it.
Check = Callable[[Look], Iterator[Found]]
