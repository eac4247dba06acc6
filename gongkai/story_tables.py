"""From the tables of a case file to a story; every mistake keeps the place it has in the file."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any, Final, TypeVar

from gongkai.acts import FOLLOWING, KINDS, REGISTERING
from gongkai.passages import as_written, unfolded
from gongkai.positions import Path
from gongkai.shapes import Mistake, Mistakes, Table, describe, read, shown
from gongkai.story import Expected, Step
from notices.catalogue import CATALOGUE
from workflow.agency import Agency, Policy
from workflow.commands import Command, RecordService, Register
from workflow.decision import FORBID_UNKNOWN, Passage
from workflow.people import Actor
from workflow.rectification import RegisterRectification
from workflow.vocabulary import Role

T = TypeVar("T")

_STEP_KEYS: Final = ("do", "on", "by", "refused")
_CASE_KEYS: Final = ("on", "applicant")
_IN_CATALOGUE: Final = re.compile(r"N\d\d")
#: The table of a file that opens a case, and the word of the step it stands for.
OPENING: Final = {"case": Register.do, "rectification": RegisterRectification.do}
_BESIDE: Final = ("steps", *OPENING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """The keys before the first table."""

    __pydantic_config__ = FORBID_UNKNOWN

    title: str
    as_of: date | None = None
    law: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Day:
    on: date


class Gathered:
    """Runs readers and keeps what they find wrong, so that everything is told at once."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []

    def run(self, path: Path, make: Callable[[], T]) -> T | None:
        """Return what ``make`` returns, or None after noting its mistakes under ``path``."""
        try:
            return make()
        except Mistakes as mistakes:
            self.mistakes += [Mistake((*path, *m.path), m.message) for m in mistakes.found]
            return None

    def done(self) -> None:
        """Raise everything that was found."""
        if self.mistakes:
            raise Mistakes(self.mistakes)


def top(data: Table) -> Top:
    """Read the keys before the first table."""
    own = {key: value for key, value in data.items() if key not in _BESIDE}
    return read(Top, own, extra={"Top": _BESIDE})


def day_of(table: Table) -> date:
    """Read the ``on`` of a table."""
    return read(_Day, {key: table[key] for key in ("on",) if key in table}).on


def register(table: Table, agencies: Mapping[str, Agency], policy: Policy) -> Register:
    """Read ``[case]``; agency and topics must be words of the configuration."""
    single = "applicant" in table
    if single and "applicants" in table:
        raise Mistakes(
            [Mistake(("applicant",), "[case.applicant] 与 [[case.applicants]] 只能写一种。")]
        )
    raw = {key: value for key, value in table.items() if key not in _CASE_KEYS}
    if single:
        raw["applicants"] = [table["applicant"]]
    found = Gathered()
    made = found.run((), lambda: read(Register, raw, extra={"Register": _CASE_KEYS}))
    found.run((), lambda: _known_words(table, agencies, policy))
    found.run((), lambda: _somebody_and_something(made))
    if single:
        found.mistakes = [_single(mistake) for mistake in found.mistakes]
    found.done()
    assert made is not None  # noqa: S101 - done() raises otherwise
    return made


def rectification(table: Table, agencies: Mapping[str, Agency]) -> RegisterRectification:
    """Read ``[rectification]``."""
    raw = {key: value for key, value in table.items() if key != "on"}
    found = Gathered()
    extra = {RegisterRectification.__name__: ("on",)}
    made = found.run((), lambda: read(RegisterRectification, raw, extra=extra))
    found.mistakes += _unknown(("agency",), table.get("agency"), "机关", list(agencies))
    found.done()
    assert made is not None  # noqa: S101 - done() raises otherwise
    return made


def _single(mistake: Mistake) -> Mistake:
    match mistake.path:
        case ("applicants", 0, *rest):
            return Mistake(("applicant", *rest), mistake.message)
    return mistake


def _known_words(table: Table, agencies: Mapping[str, Agency], policy: Policy) -> None:
    wrong = [*_unknown(("agency",), table.get("agency"), "机关", list(agencies))]
    topics = table.get("topics")
    for index, topic in enumerate(topics if isinstance(topics, list) else []):
        wrong += _unknown(("topics", index), topic, "专题", list(policy.topics))
    if wrong:
        raise Mistakes(wrong)


def _unknown(path: Path, word: object, what: str, known: Sequence[str]) -> Iterator[Mistake]:
    if isinstance(word, str) and word not in known:
        close = get_close_matches(word, known, n=1)
        meant = f"是否应为“{close[0]}”？" if close else ""
        message = f"配置文件里没有“{word}”这个{what}。{meant}可用：{'、'.join(known) or '无'}。"
        yield Mistake(path, message)


def _somebody_and_something(made: Register | None) -> None:
    if made is None:
        return
    wrong = []
    if not made.applicants:
        wrong.append(Mistake(("applicants",), "至少要有一名申请人。"))
    if not made.items:
        wrong.append(Mistake(("items",), "至少要有一项申请事项，写 [[case.items]]。"))
    for index, item in enumerate(made.items):
        if not item.name:
            message = "缺少必填的键“title”或者“description”，应为文字（写在引号里）。"
            wrong.append(Mistake(("items", index, "title"), message))
    if wrong:
        raise Mistakes(wrong)


def step(table: object, n: int, opened_by: str = Register.do) -> Step:
    """Read one ``[[steps]]`` table of a case that ``opened_by`` has opened."""
    if not isinstance(table, Mapping):
        raise Mistakes([Mistake((), f"应为 [[steps]] 表，写的是{shown(table)}。")])
    found = Gathered()
    on = found.run((), lambda: day_of(table))
    by = found.run((), lambda: _who(table))
    refused = found.run((), lambda: _expectation(table))
    command = found.run((), lambda: _command(table, FOLLOWING[opened_by]))
    found.done()
    assert on is not None and command is not None  # noqa: S101, PT018 - done() raises otherwise
    return Step(n=n, on=on, by=by, refused=refused, command=command)


def _who(table: Table) -> Actor | None:
    by = table.get("by")
    if by is None:
        return None
    try:
        return Actor.parse(by)
    except (ValueError, AttributeError):
        message = f"写的是{shown(by)}，应为“角色”或者“角色:姓名”。角色是{describe(Role)}。"
        raise Mistakes([Mistake(("by",), message)]) from None


def _expectation(table: Table) -> Expected:
    refused = table.get("refused", False)
    if refused is True or (isinstance(refused, str) and refused):
        return refused
    if refused is False:
        return None
    message = f"应为 true 或者拒绝的代码（文字），写的是{shown(refused)}。"
    raise Mistakes([Mistake(("refused",), message)])


def _command(table: Table, words: Mapping[str, str]) -> Command:
    kind = KINDS[_word(table, words)]
    own = {key: value for key, value in table.items() if key not in _STEP_KEYS}
    return command(kind, own, _STEP_KEYS)


def command(kind: type[Command], table: Table, beside: Sequence[str] = ()) -> Command:
    """Read a command from its keys; ``beside`` are keys that stand with them in the file."""
    raw, wrong = unfolded(table)
    extra = {kind.__name__: tuple(beside), Passage.__name__: ("ground",)}
    found = Gathered()
    found.mistakes += wrong
    made = found.run((), lambda: read(kind, raw, extra=extra))
    if isinstance(made, RecordService):
        found.mistakes += _paper(made)
    found.mistakes = [Mistake(as_written(m.path, table), m.message) for m in found.mistakes]
    found.done()
    assert made is not None  # noqa: S101 - done() raises otherwise
    return made


def _paper(made: RecordService) -> Iterator[Mistake]:
    if made.paper not in CATALOGUE and not _IN_CATALOGUE.fullmatch(made.paper):
        words = "、".join(f"{paper.kind}（{paper.title}）" for paper in CATALOGUE.values())
        message = f"没有“{made.paper}”这种文书。可用：{words}；或者目录编号，如 N04。"
        yield Mistake(("paper",), message)


def _word(table: Table, known: Mapping[str, str]) -> str:
    do: Any = table.get("do")
    if isinstance(do, str) and do in known:
        return do
    words = "、".join(f"{word}（{label}）" for word, label in known.items())
    if do is None:
        said = "缺少必填的键“do”。"
    elif do in REGISTERING:
        said = "登记写在 [case] 里（更正申请写在 [rectification] 里），不是一个步骤。"
    else:
        close = get_close_matches(str(do), known, n=1)
        said = f"没有{shown(do)}这个步骤。" + (f"是否应为“{close[0]}”？" if close else "")
    raise Mistakes([Mistake(("do",), f"{said}可用：{words}。")])
