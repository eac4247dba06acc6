"""Tasks that no step of a case will close: a person says what was done about them."""

from datetime import date
from typing import Final

from gongkai.errors import BadUse
from gongkai.office import Office
from gongkai.people import Doer, doer
from gongkai.store import tasks
from gongkai.store.engine import Transaction, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import INSTALLATION, Act, record
from gongkai.store.tasks import Task, TroubleKind
from workflow.plain_text import refuse_unseen_in

#: The recorded act that a task was closed by a person.
CLOSED: Final = "task_closed"


def close(office: Office, key: str, by: str, reason: str, on: date, *, agency: str = "") -> Task:
    """Close the task that ``key`` names, a recorded act; return it.

    Raises :class:`BadUse` where there is no such task, or where a step or a confirmation ends it.
    """
    refuse_unseen_in("处理情况", reason)
    if not reason.strip():
        raise BadUse("请用 --reason 写明怎样处理的，如：已电话告知。")

    def once() -> Task:
        with writing(office.store) as tx:
            task = _found(tx, key, agency)
            own = "" if task.agency == INSTALLATION else task.agency
            _closed(tx, office, task, doer(office.config, by, own), reason.strip(), on)
            return task

    return retrying(once)


def _found(tx: Transaction, key: str, agency: str) -> Task:
    found = [task for task in tasks.open_tasks(tx, agency=agency) if task.key == key]
    if not found:
        raise _unknown(key)
    if found[0].kind is TroubleKind.CLOCK:
        raise BadUse("核对系统时钟以后，用 gongkai sweep --confirm-clock --by 用户名 办结。")
    if not isinstance(found[0].kind, TroubleKind):
        raise BadUse("期限的待办随办理步骤办结，不能直接办结；年度事项用 gongkai task done。")
    if len(found) > 1:
        raise BadUse(f"“{key}”不止一项，请用 --agency 写明是哪个机关的。")
    return found[0]


def _unknown(key: str) -> BadUse:
    return BadUse(f"没有标识为“{key}”的待办，或者已经办结。用 gongkai task list 查看。")


def _closed(tx: Transaction, office: Office, task: Task, who: Doer, reason: str, on: date) -> None:
    if not tasks.close(tx, task, on, who.name):
        raise _unknown(task.key)
    act = Act(
        agency=task.agency,
        kind=CLOSED,
        on=on,
        said={"key": task.key, "by": who.said, "reason": reason},
        case_number=task.case_number,
        recorded_at=office.moment(),
    )
    record(tx, act)
