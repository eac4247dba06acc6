"""The forms printed on demand: filled in from the case, without number and without a fact."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from notices import filing
from notices.catalogue import CATALOGUE, PaperKind
from notices.context import contact
from notices.errors import PaperError
from notices.filing import About
from notices.letter import Letter
from notices.markup import parse
from notices.render import fill
from notices.service_proof import proof_of_service
from workflow.case import Case
from workflow.clock import law_of
from workflow.commands import Applicant
from workflow.vocabulary import AgentKind, ApplicantKind, Channel, Delivery, Form
from workflow.world import World

_CHOSEN: Final = {True: "■", False: "□"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSheet:
    """The values that all forms share."""

    title: str
    agency: str
    office: str
    contact: str
    law: str
    on: date
    case_number: str
    applicants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One piece of information as the applicant described it."""

    number: int
    name: str
    document_number: str
    period: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationForm:
    """申请表: no field asks what the information is for, and none may (art. 29)."""

    persons: tuple[Applicant, ...]
    organizations: tuple[Applicant, ...]
    legal_representative: str
    agent: str
    capacity: str
    authority: str
    items: tuple[Wanted, ...]
    forms: str
    deliveries: str
    oral: bool
    channel: str
    handed_in_on: date


def application_form(about: About) -> ApplicationForm:
    """Fill the form in as the request was made; an oral one is written down by the office."""
    case = about.case
    agent = case.agent
    leads = agent is not None and agent.kind is AgentKind.LEGAL_REPRESENTATIVE
    return ApplicationForm(
        persons=tuple(a for a in case.applicants if _is_person(a)),
        organizations=tuple(a for a in case.applicants if not _is_person(a)),
        legal_representative=agent.name if agent and leads else "",
        agent=agent.name if agent and not leads else "",
        capacity=agent.kind.label if agent and not leads else "",
        authority=agent.authority if agent else "",
        items=_wanted(case),
        forms="　".join(f"{_CHOSEN[f is case.form]}{f.label}" for f in Form),
        deliveries="　".join(f"{_CHOSEN[d is case.delivery]}{d.label}" for d in Delivery),
        oral=case.channel is Channel.ORAL,
        channel=case.channel.label,
        handed_in_on=case.on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """信封: to whom and from whom; nothing of what is inside but the number of the case."""

    to: str
    to_address: str
    sender_address: str
    sender_postcode: str


def envelope(about: About) -> Envelope:
    """Address the applicant to whom papers go."""
    to, agency = about.case.representative, about.world.agency
    return Envelope(
        to=to.name,
        to_address=to.address,
        sender_address=agency.address,
        sender_postcode=agency.postcode,
    )


_DETAILS: Final[dict[str, Callable[[About], object]]] = {
    "application_form": application_form,
    "register_sheet": filing.register_sheet,
    "secrecy_review_sheet": filing.secrecy_review_sheet,
    "proof_of_service": proof_of_service,
    "sign_off_sheet": filing.sign_off_sheet,
    "envelope": envelope,
    "case_cover": filing.case_cover,
    "case_index": filing.case_index,
}
#: Forms that a case does not have from its first day on.
_NEEDS: Final[dict[str, Callable[[Case], bool]]] = {
    "secrecy_review_sheet": lambda case: bool(filing.decisions_of(case)),
    "sign_off_sheet": lambda case: bool(filing.decisions_of(case)),
    "proof_of_service": lambda case: any(fact.papers for fact in case.facts),
}


def printable(case: Case) -> tuple[str, ...]:
    """Return the kinds of forms that can be printed for a case as it stands, in catalogue order."""
    kinds = (paper.kind for paper in CATALOGUE.values() if paper.printed)
    return tuple(kind for kind in kinds if kind not in _NEEDS or _NEEDS[kind](case))


def print_form(
    kind: str, *, case: Case, on: date, world: World, paper: str = "", number: str = ""
) -> Letter:
    """Fill in the form ``kind``; a proof of service is for ``paper`` (and its ``number``).

    Raises PaperError for a kind that is no form, or that the case has nothing for yet.
    """
    form = _known(kind, case)
    about = About(case=case, on=on, world=world, paper=paper, number=number)
    shared = _shared(form, about)
    return Letter(
        kind=kind,
        id=form.id,
        title=form.title,
        addressee="",
        on=on,
        letterhead=world.agency.head_name,
        signature=world.agency.name,
        numbered=False,
        blocks=parse(fill(form.template, shared, _DETAILS[kind](about))),
        to_applicant=False,
        may_name=form.may_name,
    )


def _known(kind: str, case: Case) -> PaperKind:
    form = CATALOGUE.get(kind)
    if form is None or not form.printed:
        known = "、".join(p.kind for p in CATALOGUE.values() if p.printed)
        raise PaperError("unknown_form", f"没有“{kind}”这种表格。", mend=f"可用：{known}。")
    if kind not in printable(case):
        raise PaperError(
            "nothing_to_print",
            f"案件还没有可以填入{form.title}的内容。",
            mend="请先完成相应步骤。",
        )
    return form


def _shared(form: PaperKind, about: About) -> FormSheet:
    agency = about.world.agency
    return FormSheet(
        title=form.title,
        agency=agency.name,
        office=agency.disclosure_office,
        contact=contact(about.world),
        law=law_of(about.case).title,
        on=about.on,
        case_number=about.case.number,
        applicants=tuple(a.name for a in about.case.applicants),
    )


def _wanted(case: Case) -> tuple[Wanted, ...]:
    return tuple(
        Wanted(
            number=n,
            name=item.name,
            document_number=item.document_number,
            period=item.period,
            description="；".join(filter(None, (item.description, *item.clues))),
        )
        for n, item in enumerate(case.items, start=1)
    )


def _is_person(applicant: Applicant) -> bool:
    return applicant.kind is ApplicantKind.NATURAL_PERSON
