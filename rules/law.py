"""The Regulation as data: articles, terms, grounds, outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from rules.citations import Citation, chinese_number, split_code
from rules.errors import CitationError
from rules.words import Force, Ground, Outcome, RemedyClass


@dataclass(frozen=True, slots=True)
class Article:
    """One article: what it is about, how many paragraphs, and items by paragraph."""

    number: int
    summary: str
    paragraphs: int
    items: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Term:
    """期限: a period fixed by law. ``days`` are counted in ``unit`` (always working days here)."""

    name: str
    label: str
    days: int
    unit: str
    cites: Citation


@dataclass(frozen=True, slots=True)
class GroundRule:
    """What the law says about one ground of articles 14 to 16.

    ``row`` is the row of the annual report's table 三 and ``remedy`` the class under the
    reconsideration law in force from 2024-01-01 (``remedies.remedy_class`` knows the dates):
    statistics and remedies are separate facts. ``elements`` is what must be shown, ``proper``
    and ``improper`` how officers use the ground well and badly.
    """

    ground: Ground
    label: str
    article: Citation
    force: Force
    row: str
    remedy: RemedyClass
    verb: str
    elements: tuple[str, ...]
    proper: tuple[str, ...]
    improper: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """What the law says about one outcome.

    ``article`` is None where the Regulation has none; ``norm`` then names the point of another
    norm for ``cite_norm``, if there is one. ``row`` is None for 不予公开, whose row follows the
    ground. ``gives`` says whether the applicant gets something.
    """

    outcome: Outcome
    label: str
    article: Citation | None
    norm: tuple[str, str] | None
    row: str | None
    remedy: RemedyClass
    gives: bool


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """One version of the Regulation."""

    title: str
    decree: str
    effective: date
    articles: Mapping[int, Article]
    terms: Mapping[str, Term]
    grounds: Mapping[Ground, GroundRule]
    outcomes: Mapping[Outcome, OutcomeRule]

    def cite(self, code: str) -> Citation:
        """Return the citation of ``33``, ``33.2``, ``36(4)`` or ``29.2(1)`` in this version.

        Raises CitationError for an article, paragraph or item that does not exist, and for a
        paragraph of an article that has only one: such articles are cited without 款.
        """
        return cite(self.title, self.articles, code)


def cite(title: str, articles: Mapping[int, Article], code: str) -> Citation:
    """Return the citation of ``code`` among ``articles``; CitationError if there is none."""
    number, paragraph, item = split_code(code)
    article = articles.get(number)
    if article is None:
        raise CitationError(f"《{title}》没有第{chinese_number(number)}条。", "请核对条文序号。")
    _check_paragraph(article, paragraph)
    if item is not None:
        _check_item(article, paragraph or 1, item)
    return Citation(f"《{title}》", number, paragraph, item)


def _check_paragraph(article: Article, paragraph: int | None) -> None:
    name = f"第{chinese_number(article.number)}条"
    if paragraph is None:
        return
    if article.paragraphs == 1:
        raise CitationError(f"{name}只有一款，", f"援引时不写“款”，应写作“{name}”。", name)
    if paragraph > article.paragraphs:
        raise CitationError(
            f"{name}没有第{chinese_number(paragraph)}款，", f"该条共{article.paragraphs}款。", name
        )


def _check_item(article: Article, paragraph: int, item: int) -> None:
    held = article.items.get(paragraph, 0)
    if item > held:
        name = f"第{chinese_number(article.number)}条"
        raise CitationError(
            f"{name}没有这样的第{chinese_number(item)}项，", f"所引之处共{held}项。", name
        )
