"""The outcomes of articles 30 to 39: what each must be able to show."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

from rules.words import Outcome
from workflow.case import Search
from workflow.findings import Finding
from workflow.grounds import HIGH_ENOUGH
from workflow.objections import Need, Place, said
from workflow.wording import is_home_page, only_literal

_REASON: Final = "理由"

#: What must be said for each outcome; what else it needs is in the functions below.
NEEDS: Final[Mapping[Outcome, tuple[Need, ...]]] = MappingProxyType(
    {
        Outcome.DISCLOSE: (Need("provide", "提供什么信息", "X30"),),
        Outcome.ALREADY_PUBLIC: (Need("where", "公开在何处（网址，或者期号和日期）", "X36"),),
        Outcome.PARTLY_DISCLOSE: (Need("provide", "提供其中哪些内容", "X30"),),
        Outcome.WITHHOLD: (),
        Outcome.NOT_HELD: (Need("reason", _REASON, "X16"),),
        Outcome.OTHER_AGENCY: (Need("reason", "不属于本机关负责公开的理由", "X17"),),
        Outcome.REPEAT: (),
        Outcome.SPECIAL_REGIME: (
            Need("norm", "作出特别规定的法律或者行政法规的名称", "X20"),
            Need("norm_article", "作出特别规定的具体条款", "X20"),
            Need("window", "办理的部门和方式", "X20"),
        ),
        Outcome.NEEDS_PROCESSING: (
            Need("reason", "没有现成信息的说明", "X21"),
            Need("processing", "需要怎样的加工、分析", "X21"),
        ),
        Outcome.STILL_UNCLEAR: (Need("reason", "补正后仍不明确之处", "X19"),),
        Outcome.PETITION: (Need("reason", _REASON, "X22"),),
        Outcome.PUBLICATION: (Need("where", "出版物的名称和获取途径", "X37"),),
        Outcome.EXCESSIVE: (Need("reason", "申请理由不合理的评议", "X23"),),
        Outcome.REISSUE: (Need("reason", _REASON, "X38"),),
        Outcome.NOT_GOVERNMENT_INFORMATION: (
            Need("category", "属于哪一类非政府信息", "X39"),
            Need("reason", "为何不符合第二条", "X39"),
        ),
        Outcome.ARCHIVES: (
            Need("where", "现存的国家档案馆", "X34"),
            Need("reason", _REASON, "X34"),
        ),
    }
)


def findings_on(place: Place) -> Iterator[Finding]:
    """Yield what a decision lacks for its outcome, its passages apart."""
    outcome = place.decision.outcome
    for need in NEEDS[outcome]:
        if not said(getattr(place.decision, need.key)):
            yield place.block(
                need.code,
                f"答复为{outcome.label}，没有写明{need.what}。",
                f"请补充{need.what}（{need.key}）。",
                rule=need.rule,
            )
    if outcome in _SPECIAL:
        yield from _SPECIAL[outcome](place)


def _already_public(place: Place) -> Iterator[Finding]:
    if is_home_page(place.decision.where):
        yield place.warn(
            "where_is_home_page",
            "只给出了网站首页，申请人不能据此找到信息。",
            "请写明该信息所在页面的网址，或者栏目、期号和日期（where）。",
            rule="X36",
        )


def _not_held(place: Place) -> Iterator[Finding]:
    searches = [s for s in place.case.searches if place.decision.item in s.items]
    if not searches:
        yield place.block(
            "search_missing",
            "答复为信息不存在，没有对本事项的检索记录。",
            "请检索后记录地点、关键词、方法和结果（record_search）。",
            rule="X16",
        )
        return
    yield from _unanswered_clues(place, searches)
    if only_literal((word for s in searches for word in s.keywords), place.item.name):
        yield place.warn(
            "keywords_only_title",
            "只按申请所写的名称检索，没有按内容描述检索。",
            "请用文号、时间、事由、简称等多个关键词再次检索（record_search）。",
            rule="X16",
        )


def _unanswered_clues(place: Place, searches: list[Search]) -> Iterator[Finding]:
    given = sum(map(said, place.item.clues))
    answered = sum(said(answer) for search in searches for answer in search.clues)
    if answered < given:
        yield place.block(
            "clues_unanswered",
            f"申请人提供了{given}条线索，检索记录"
            + (f"只回应了{answered}条。" if answered else "没有回应。"),
            "请按每条线索检索，并逐条记录结果（record_search 的 clues）。",
            rule="X16",
        )


def _other_agency(place: Place) -> Iterator[Finding]:
    decision = place.decision
    if decision.agency_unknown:
        return
    for need in (
        Need("agency", "负责公开的行政机关的名称", "X17"),
        Need("agency_contact", "负责公开的行政机关的联系方式", "X17"),
    ):
        if not said(getattr(decision, need.key)):
            yield place.block(
                need.code,
                f"没有写明{need.what}。",
                f"请补充{need.what}（{need.key}）；确实不能确定的，写明 agency_unknown = true。",
                rule=need.rule,
            )


def _earlier(place: Place) -> Iterator[Finding]:
    earlier = place.decision.earlier
    if not said(earlier.number) or earlier.date is None:
        yield place.block(
            "earlier_missing",
            "没有写明此前答复的文号和日期。",
            "请查明此前的答复，补充文号和日期（earlier = { number, date }）。",
            rule="X18" if place.decision.outcome is Outcome.REPEAT else "X38",
        )


def _repeat(place: Place) -> Iterator[Finding]:
    yield from _earlier(place)
    if place.decision.unchanged is None:
        yield place.block(
            "change_not_checked",
            "没有核对此前答复所依据的事实是否变化。",
            "请核对是否解密、过程结束、已经制作、职能变化，没有变化的写明 unchanged = true。",
            rule="X18",
        )
    elif not place.decision.unchanged:
        yield place.block(
            "circumstances_changed",
            "此前答复所依据的事实已经变化，不是重复申请。",
            "请按现在的情况重新作出答复。",
            rule="X18",
        )


def _special_regime(place: Place) -> Iterator[Finding]:
    level = place.decision.norm_level
    if level is None:
        yield place.warn(
            "norm_level_missing",
            "没有写明特别规定的层级。",
            "请核对其为法律或者行政法规（norm_level）。",
            rule="X20",
        )
    elif level not in HIGH_ENOUGH:
        yield place.block(
            "norm_level_too_low",
            f"所引特别规定是{level.label}，第三十六条第七项只认法律、行政法规。",
            "请改引法律或者行政法规；没有的，按本条例办理。",
            rule="X20",
        )


def _still_unclear(place: Place) -> Iterator[Finding]:
    correction = place.case.correction
    if correction is None:
        yield _uncorrected(place, "correction_missing", "没有告知过申请人补正。")
        return
    days = place.law.terms["correction_notice"].days
    if correction.asked_on > place.world.calendar.add(place.received_on, days).on:
        what = f"补正告知晚于收到申请之日起第{days}个工作日。"
        yield _uncorrected(place, "correction_late", what)
    if correction.answered_on is None:
        yield _uncorrected(place, "correction_unanswered", "没有收到过申请人的补正。")


def _uncorrected(place: Place, code: str, what: str) -> Finding:
    mend = "请联系申请人释明，按通常理解答复；依法补正后仍不明确的，才作此答复。"
    return place.block(code, what, mend, rule="X19")


def _petition(place: Place) -> Iterator[Finding]:
    item = place.item
    if said(item.document_number):
        yield place.block(
            "petition_names_record",
            "写有文号，指向既存的政府信息，不得作为信访、投诉、举报。",
            "请拆分：指向信息的部分按申请答复，其余告知相应渠道。",
            rule="X22",
        )
    elif said(item.period) or said(item.record_kind) or any(map(said, item.clues)):
        yield place.warn(
            "petition_may_point_to_record",
            "写有时间、载体或者线索，可能指向既存的政府信息。",
            "请核对；含有信息内容的，拆分后按申请答复。",
            rule="X22",
        )


def _excessive(place: Place) -> Iterator[Finding]:
    explanation = place.case.explanation
    if explanation is None:
        yield place.block(
            "explanation_missing",
            "没有要求申请人说明理由。",
            "请先要求说明理由（request_explanation），答复或者期满后评议。",
            rule="X23",
        )
    elif not (explanation.answered_on or explanation.expired_on):
        yield place.block(
            "explanation_open",
            "申请人说明理由的期限未满，也没有答复。",
            "请等申请人答复（record_explanation）或者期满（expire_explanation）。",
            rule="X23",
        )
    elif explanation.accepted:
        yield place.warn(
            "explanation_accepted",
            "已认定申请人的理由合理，却不予处理。",
            "理由合理的，应当答复；期限内不能答复的，延迟答复（defer_reply）。",
            rule="X23",
        )


def _archives(place: Place) -> Iterator[Finding]:
    if "移交" not in place.decision.reason:
        yield place.warn(
            "transfer_not_stated",
            "理由没有说明信息何时移交国家档案馆。",
            "请写明移交的时间和依据；移交期满前提前移交的，仍由本机关答复。",
            rule="X34",
        )


_SPECIAL: Final[Mapping[Outcome, Callable[[Place], Iterator[Finding]]]] = MappingProxyType(
    {
        Outcome.ALREADY_PUBLIC: _already_public,
        Outcome.NOT_HELD: _not_held,
        Outcome.OTHER_AGENCY: _other_agency,
        Outcome.REPEAT: _repeat,
        Outcome.REISSUE: _earlier,
        Outcome.SPECIAL_REGIME: _special_regime,
        Outcome.STILL_UNCLEAR: _still_unclear,
        Outcome.PETITION: _petition,
        Outcome.EXCESSIVE: _excessive,
        Outcome.ARCHIVES: _archives,
    }
)
