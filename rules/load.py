"""From the data files to the Regulation, or to an error that names file and key."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final, TypeVar

from rules.citations import Citation
from rules.errors import LawError, RuleError
from rules.law import Article, GroundRule, Law, OutcomeRule, Term, cite
from rules.norms import entries, points
from rules.reader import HERE, Table, parse
from rules.words import Force, Ground, Outcome, RemedyClass

W = TypeVar("W", Ground, Outcome)
R = TypeVar("R")
Cite = Callable[[Table, str], Citation]
_WORKING_DAY: Final = "working_day"


def law_on(day: date) -> Law:
    """Return the version of the Regulation in force on ``day``; always the same object.

    A request lives under the law of its receipt. Raises LawError before 2019-05-15.
    """
    for law in reversed(versions()):
        if law.effective <= day:
            return law
    first = versions()[0]
    raise LawError(
        f"{_zh(day)}收到的申请不在本系统办理范围："
        f"《{first.title}》的现行修订自{_zh(first.effective)}起施行。",
        "此前收到的申请请按当时的规定在系统外办理。",
        first.cite("56").code,
    )


def _zh(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@cache
def versions() -> tuple[Law, ...]:
    """Return every version in the package's data, oldest first."""
    files = sorted((HERE / "regulation").glob("*.toml"))
    return tuple(load_law(file.read_bytes(), f"rules/regulation/{file.name}") for file in files)


def load_law(text: str | bytes, name: str) -> Law:
    """Read one version from TOML; ``name`` is the file's name for errors.

    Raises RuleError naming file and key for unknown keys, wrong types, places that do not
    exist, and grounds or outcomes left out.
    """
    table = parse(text, name)
    title = table.need("title", str)
    articles = MappingProxyType(dict(_article(*pair) for pair in table.table("articles").named()))

    def cited(where: Table, key: str) -> Citation:
        code = where.need(key, str)
        try:
            return _anywhere(title, articles, code)
        except RuleError as error:
            raise where.wrong(key, f"援引有误（{error}）") from error

    law = Law(
        title=title,
        decree=table.need("decree", str),
        effective=table.need("effective", date),
        articles=articles,
        terms=MappingProxyType(
            {key: _term(key, one, cited) for key, one in table.table("terms").named()}
        ),
        grounds=_every(table.table("grounds"), Ground, cited, _ground),
        outcomes=_every(table.table("outcomes"), Outcome, cited, _outcome),
    )
    table.done()
    return law


def _anywhere(title: str, articles: Mapping[int, Article], code: str) -> Citation:
    if code[:1].isdigit():
        return cite(title, articles, code)
    key, _, point = code.partition(".")
    return entries(key, point)[-1].citation


def _article(key: str, table: Table) -> tuple[int, Article]:
    if not key.isdecimal():
        raise table.wrong("", "应当以条文序号命名")
    article = Article(
        int(key),
        table.need("summary", str),
        table.get("paragraphs", int, 1),
        MappingProxyType(_items(table)),
    )
    table.done()
    return article.number, article


def _items(table: Table) -> dict[int, int]:
    if not table.has("items"):
        return {}
    items = table.table("items")
    if not all(number.isdecimal() for number in items.names()):
        raise items.wrong("", "应当以款的序号命名")
    return {int(number): items.need(number, int) for number in items.names()}


def _term(name: str, table: Table, cited: Cite) -> Term:
    term = Term(
        name,
        table.need("label", str),
        table.need("working_days", int),
        _WORKING_DAY,
        cited(table, "cites"),
    )
    table.done()
    return term


def _every(
    table: Table, words: type[W], cited: Cite, make: Callable[[W, Table, Cite], R]
) -> Mapping[W, R]:
    found: dict[W, R] = {}
    for word in words:
        one = table.table(word.value)
        found[word] = make(word, one, cited)
        one.done()
    table.done()
    return MappingProxyType(found)


def _ground(ground: Ground, table: Table, cited: Cite) -> GroundRule:
    return GroundRule(
        ground=ground,
        label=ground.label,
        article=cited(table, "article"),
        force=table.word("force", Force),
        row=table.need("row", str),
        remedy=table.word("remedy", RemedyClass),
        verb=table.need("verb", str),
        elements=table.each("elements", str),
        proper=table.each("proper", str),
        improper=table.each("improper", str),
    )


def _outcome(outcome: Outcome, table: Table, cited: Cite) -> OutcomeRule:
    key, _, point = table.get("norm", str, "").partition(".")
    if key and (key, point) not in points():
        raise table.wrong("norm", "不在 norms.toml 中")
    return OutcomeRule(
        outcome=outcome,
        label=outcome.label,
        article=cited(table, "article") if table.has("article") else None,
        norm=(key, point) if key else None,
        row=table.optional("row", str),
        remedy=table.word("remedy", RemedyClass),
        gives=table.get("gives", bool, default=False),
    )
