"""Remedies: which paragraphs the law of the day asks for, before whom, about which decisions."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from notices.errors import PaperError
from notices.letter import Remedy
from rules.citations import chinese_number
from rules.norms import cite_norm
from rules.remedies import RemedyRegime, regime_on, remedy_class
from rules.words import AgencyKind, Outcome, RemedyClass
from workflow.agency import Agency
from workflow.case import Case
from workflow.decision import Decision
from workflow.vocabulary import Delivery
from workflow.world import World

#: Kinds of agencies over which the law names one body; a department's choice ended in 2023,
#: but for bureaus of justice (行政复议法 28).
_ONE_BODY: Final = frozenset(
    {AgencyKind.COUNTY_GOVERNMENT, AgencyKind.TOWNSHIP, AgencyKind.DEPARTMENT, AgencyKind.VERTICAL}
)
_JUSTICE: Final = "司法局"
_ORDER: Final = (RemedyClass.REVIEW_FIRST, RemedyClass.OPTIONAL)


def reply_remedies(
    case: Case, decisions: tuple[Decision, ...], on: date, world: World
) -> tuple[Remedy, ...]:
    """Return one remedy for each class that the decisions of a reply fall under."""
    scopes = {kind: _scope(kind, decisions, on) for kind in _ORDER}
    online = online_channel(case, on, world.agency)
    return tuple(
        _remedy(kind, scope, on, world.agency, online) for kind, scope in scopes.items() if scope
    )


def single_remedy(
    scope: str, on: date, agency: Agency, case: Case | None = None
) -> tuple[Remedy, ...]:
    """Return the free choice between reconsideration and suit, for a paper that decides one thing.

    ``case`` is given where the paper goes to the applicant in the way they chose.
    """
    online = online_channel(case, on, agency) if case else ""
    return (_remedy(RemedyClass.OPTIONAL, scope, on, agency, online),)


def classes_of(decisions: Iterable[Decision], on: date) -> frozenset[RemedyClass]:
    """Return the classes whose paragraphs a reply must carry."""
    found = frozenset(remedy_class(d.outcome, on) for d in decisions)
    split = any(_is_split(d, on) for d in decisions)
    return found | {RemedyClass.OPTIONAL} if split else found


def online_channel(case: Case, on: date, agency: Agency) -> str:
    """Return where to file online, which electronic service must say from 2024-01-01."""
    if case.delivery is not Delivery.ELECTRONIC:
        return ""
    if not regime_on(on).electronic_needs_online_channel:
        return ""
    if not agency.online_review:
        raise PaperError(
            "no_online_review",
            f"申请人要求电子送达，但机关“{agency.name}”没有写明{on}可用的互联网行政复议渠道。",
            article=cite_norm("reconsideration_law", "electronic_channel", on).text,
            mend=f"请在 config.toml 的 agencies.{agency.key}.online_review 中填写，"
            "或者改用其他方式送达。",
        )
    return agency.online_review


def terms_of(remedy: Remedy) -> tuple[str, ...]:
    """Return the periods that the paragraph must name."""
    if remedy.kind is RemedyClass.REVIEW_FIRST:
        return f"起{remedy.review_days}日", f"起{remedy.suit_after_review_days}日内"
    return f"起{remedy.review_days}日内", f"起{remedy.suit_months}个月内"


def strangers(names: tuple[str, ...], agency: Agency) -> tuple[str, ...]:
    """Return the agency's bodies and courts of other days, which this day's letter must not name.

    A name that is part of a right one cannot be told from it and is left out.
    """
    known = (entry.name for entry in (*agency.review_bodies, *agency.courts))
    return tuple(dict.fromkeys(n for n in known if not any(n in right for right in names)))


def wrong_choice(bodies: tuple[str, ...], agency: Agency, on: date) -> str:
    """Say why the agency may not offer several review bodies on a day; empty where it may."""
    regime = regime_on(on)
    if len(bodies) == 1 or agency.kind not in _ONE_BODY:
        return ""
    department = agency.kind is AgencyKind.DEPARTMENT
    if department and (regime.may_choose_superior_department or _JUSTICE in agency.name):
        return ""
    told = "、".join(bodies)
    body = regime.review_bodies[agency.kind]
    return (
        f"{on}对{agency.kind.label}的行政行为，只能向{body}申请行政复议，"
        f"不能由申请人在{told}之间选择（agencies.{agency.key}.review_bodies）。"
    )


def _remedy(kind: RemedyClass, scope: str, on: date, agency: Agency, online: str) -> Remedy:
    regime = regime_on(on)
    return Remedy(
        kind=kind,
        scope=scope,
        bodies=_bodies(agency, regime, on),
        courts=_courts(agency, regime, on),
        review_days=regime.review_days,
        suit_months=regime.suit_months,
        suit_after_review_days=regime.suit_after_review_days,
        online=online,
    )


def _bodies(agency: Agency, regime: RemedyRegime, on: date) -> tuple[str, ...]:
    found = agency.review_bodies_on(on)
    if not found:
        raise _unnamed("no_review_body", "行政复议机关", "review_bodies", agency, regime, on)
    return found


def _courts(agency: Agency, regime: RemedyRegime, on: date) -> tuple[str, ...]:
    found = agency.courts_on(on)
    if not found:
        raise _unnamed("no_court", "受理行政诉讼的人民法院", "courts", agency, regime, on)
    return found


def _unnamed(
    code: str, what: str, key: str, agency: Agency, regime: RemedyRegime, on: date
) -> PaperError:
    point = "suit_term" if code == "no_court" else "filing_term"
    return PaperError(
        code,
        f"机关“{agency.name}”没有写明{on}的{what}，文书不能告知救济途径。",
        article=regime.citations[point].text,
        mend=f"请在 config.toml 的 agencies.{agency.key}.{key} 中补上这一天的名称。",
    )


def _scope(kind: RemedyClass, decisions: tuple[Decision, ...], on: date) -> str:
    """Say against what this remedy lies, by the numbers of the headings; empty: against nothing."""
    numbered = tuple(enumerate(decisions, start=1))
    parts = tuple(n for n, d in numbered if _is_split(d, on))
    whole = tuple(n for n, d in numbered if n not in parts and remedy_class(d.outcome, on) is kind)
    part = "不予公开的内容" if kind is RemedyClass.REVIEW_FIRST else "其他内容"
    if len(decisions) == 1:
        return f"本答复中{part}" if parts else ("本答复" if whole else "")
    if len(whole) == len(decisions):
        return "本答复"
    named = [f"第{_list(whole)}部分"] if whole else []
    named += [f"第{_list(parts)}部分中{part}"] if parts else []
    return "本答复" + "以及".join(named) if named else ""


def _is_split(decision: Decision, on: date) -> bool:
    """Whether only the withheld part of the answer must go to reconsideration first."""
    part = decision.outcome is Outcome.PARTLY_DISCLOSE
    return part and remedy_class(decision.outcome, on) is RemedyClass.REVIEW_FIRST


def _list(numbers: tuple[int, ...]) -> str:
    return "、".join(map(chinese_number, numbers))
