"""Compose a letter: the case after a step in, typed blocks out; the number comes later."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Final

from notices import beside, to_applicant, to_others
from notices.answers import annexes, earlier, issued, reply_sheet, supplements
from notices.catalogue import (
    AGAIN,
    BY_GROUNDS,
    BY_OUTCOMES,
    CATALOGUE,
    LATER,
    SUPPLEMENT,
    PaperKind,
)
from notices.context import Occasion, Sheet, sheet, sheet_for_others
from notices.errors import PaperError
from notices.letter import Letter, Remedy
from notices.markup import parse
from notices.passages import grounds_of
from notices.remedies import reply_remedies, single_remedy
from notices.render import fill
from notices.variants import Variants, insert, recorded
from rules.words import Outcome, RemedyClass
from workflow.case import Case
from workflow.commands import Command
from workflow.decision import Decision
from workflow.world import World

Details = Callable[[Occasion], object]

_DETAILS: Final[dict[str, Details]] = {
    "receipt": to_applicant.receipt,
    "correction_notice": to_applicant.correction_notice,
    "abandonment_notice": to_applicant.abandonment_notice,
    "explanation_request": to_applicant.explanation_request,
    "deferral_notice": to_applicant.deferral_notice,
    "extension_notice": to_applicant.extension_notice,
    "consultation_notice": to_applicant.consultation_notice,
    "fee_notice": to_applicant.fee_notice,
    "unpaid_notice": to_applicant.unpaid_notice,
    "withdrawal_confirmation": to_applicant.withdrawal_confirmation,
    "third_party_inquiry": to_others.inquiry,
    "joint_maker_inquiry": to_others.inquiry,
    "agency_consultation": to_others.inquiry,
    "third_party_release_notice": to_others.release_notice,
    "secrecy_referral": beside.referral,
    "reassessment_record": beside.reassessment,
    "suggestion_reply": beside.suggestion_reply,
    "challenge_answer": beside.defence,
    "undelivered_record": beside.undelivered,
    "public_collection_notice": beside.undelivered,
    "termination_notice": beside.termination,
    "inspection_notice": beside.inspection,
    "oral_request_record": beside.oral_record,
    "forwarding_sheet": beside.forwarding,
    "reply": reply_sheet,
    "on_the_spot_record": reply_sheet,
}
_NOTHING_OWN: Final = Variants.none()
_REPLIES: Final = frozenset({"reply", "on_the_spot_record"})
#: Papers that one sheet of another paper carries; they are not composed on their own.
_WITHIN: Final = {"third_party_reply_slip": "third_party_inquiry"}


def compose(
    kind: str,
    *,
    case: Case,
    command: Command,
    on: date,
    world: World,
    variants: Variants = _NOTHING_OWN,
) -> Letter:
    """Write the letter of ``kind`` that ``command`` called for; ``case`` is the case after it.

    ``variants`` are the agency's own paragraphs, put in word for word at their places.
    Raises PaperError where a value that the paper needs is missing or cannot be printed.
    """
    paper = _known(_WITHIN.get(kind, kind))
    occasion = Occasion(case=case, command=command, on=on, world=world)
    form = _form(paper, occasion)
    values = _sheet(form, occasion)
    filled = fill(paper.template, values, _DETAILS[paper.kind](occasion))
    own = variants.of(paper.kind, on)
    return Letter(
        kind=paper.kind,
        id=form.id,
        title=form.title,
        addressee=values.addressee,
        on=on,
        letterhead=world.agency.head_name,
        signature=world.agency.name,
        numbered=paper.numbered,
        blocks=insert(parse(filled), own),
        annexes=values.annexes,
        remedies=values.remedies,
        to_applicant=paper.addressee == "申请人",
        may_name=paper.may_name,
        variant=recorded(own),
    )


def _known(kind: str) -> PaperKind:
    paper = CATALOGUE.get(kind)
    if paper is None:
        raise PaperError("unknown_paper", f"文书目录中没有“{kind}”。", mend="请核对名称。")
    if paper.printed:
        raise PaperError("printed_form", f"“{paper.title}”按需打印，不由步骤制作。")
    return paper


def _sheet(form: PaperKind, occasion: Occasion) -> Sheet:
    if form.addressee != "申请人":
        party, items = _addressed(form, occasion)
        values = sheet_for_others(occasion, form.title, party, items)
    else:
        values = sheet(occasion, form.title)
    if form.kind not in _REPLIES:
        return replace(values, remedies=_own_remedies(form, occasion))
    decisions = issued(occasion.case).draft.decisions
    return replace(
        values,
        this_paper="本答复",
        annexes=annexes(occasion.case),
        remedies=reply_remedies(occasion.case, decisions, occasion.on, occasion.world),
    )


def _addressed(form: PaperKind, occasion: Occasion) -> beside.Addressed:
    if own := beside.ADDRESSED.get(form.kind):
        return own(occasion)
    consultation = to_others.consultation_of(occasion)
    return consultation.party, consultation.items


def _own_remedies(form: PaperKind, occasion: Occasion) -> tuple[Remedy, ...]:
    if form.remedy is not RemedyClass.OPTIONAL:
        return ()
    mine = form.addressee == "申请人"
    scope = "上述处理" if mine else "上述公开决定"
    return single_remedy(scope, occasion.on, occasion.world.agency, occasion.case if mine else None)


def _form(paper: PaperKind, occasion: Occasion) -> PaperKind:
    """Return the paper as the catalogue lists it: a reply is many papers by its outcomes."""
    if paper.kind == "challenge_answer":
        return replace(paper, title=beside.defence_title(occasion))
    if paper.kind != "reply":
        return paper
    case = occasion.case
    decisions = issued(case).draft.decisions
    outcomes = {d.outcome for d in decisions}
    if case.reopenings and earlier(case):
        return SUPPLEMENT if supplements(case) else AGAIN
    forms = list(dict.fromkeys(_one_form(occasion, d) for d in decisions))
    if len(outcomes) == 1:
        return forms[0]
    return replace(paper, id="+".join(dict.fromkeys(form.id for form in forms)))


def _one_form(occasion: Occasion, decision: Decision) -> PaperKind:
    if decision.outcome is not Outcome.WITHHOLD:
        form = BY_OUTCOMES[decision.outcome]
        later = decision.outcome is Outcome.DISCLOSE and decision.when
        return LATER if later else form
    cited = grounds_of(occasion, decision, decision.withheld[0]) if decision.withheld else ()
    if not cited:
        raise PaperError(
            "no_ground",
            f"第{decision.item}项不予公开，但没有列明不予公开的内容和理由。",
            article="36(3)",
            mend="请重新拟写该项的处理意见。",
        )
    return BY_GROUNDS[cited[0]]
