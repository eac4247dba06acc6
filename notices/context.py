"""What every paper knows: who writes, to whom, about which request, on which day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from notices.letter import Remedy
from rules.law import Law
from workflow.case import Case
from workflow.clock import law_of
from workflow.commands import Applicant, Command, Item
from workflow.vocabulary import ApplicantKind, Channel
from workflow.world import World

#: Personal marks shorter than this are too common to be recognised in a text.
_SHORTEST_NAME = 2
_SHORTEST_MARK = 6
_SEVERAL = 2

#: Takes out of a quoted text what the reader of the letter must not see.
Clean = Callable[[Case, str], str]

HOW = {
    Channel.IN_PERSON: "当面提交",
    Channel.ORAL: "口头提出",
    Channel.REGISTERED_MAIL: "以邮寄方式提交",
    Channel.ORDINARY_MAIL: "以平常信函提交",
    Channel.INTERNET: "通过互联网渠道提交",
    Channel.FAX: "以传真提交",
    Channel.EMAIL: "以电子邮件提交",
    Channel.OTHER: "提交",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What calls for a paper: the step just taken, the case after it, the day, the world."""

    case: Case
    command: Command
    on: date
    world: World

    @property
    def law(self) -> Law:
        """The Regulation as the request lives under it."""
        return law_of(self.case)


@dataclass(frozen=True, slots=True)
class Asked:
    """One piece of information asked for, as the letter quotes it."""

    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The values that the shared parts of all templates use."""

    title: str
    this_paper: str
    addressee: str
    you: str
    agency: str
    office: str
    contact: str
    law: str
    on: date
    case_number: str
    received_on: date
    how: str
    asked: tuple[Asked, ...]
    annexes: tuple[str, ...] = ()
    remedies: tuple[Remedy, ...] = ()

    @property
    def annex_lines(self) -> tuple[str, ...]:
        """The annex list as printed: counted where there is more than one."""
        if len(self.annexes) < _SEVERAL:
            return tuple(f"附件：{name}" for name in self.annexes)
        lines = (f"{n}. {name}" for n, name in enumerate(self.annexes, start=1))
        return tuple(("附件：" if n == 0 else "") + line for n, line in enumerate(lines))


def sheet(occasion: Occasion, title: str) -> Sheet:
    """Return what a paper to the applicant says of sender, addressee and request."""
    case, agency = occasion.case, occasion.world.agency
    return Sheet(
        title=title,
        this_paper=_this_paper(title),
        addressee="、".join(a.name for a in case.applicants),
        you=you(case.applicants),
        agency=agency.name,
        office=agency.disclosure_office,
        contact=contact(occasion.world),
        law=occasion.law.title,
        on=occasion.on,
        case_number=case.number,
        received_on=case.received_on or case.on,
        how=HOW[case.channel],
        asked=asked(case, range(1, len(case.items) + 1), without_marks),
    )


def sheet_for_others(occasion: Occasion, title: str, party: str, items: Iterable[int]) -> Sheet:
    """Return what a paper to somebody else says: nothing that tells who asks."""
    case, agency = occasion.case, occasion.world.agency
    return Sheet(
        title=title,
        this_paper=_this_paper(title),
        addressee=party,
        you="你（单位）",
        agency=agency.name,
        office=agency.disclosure_office,
        contact=contact(occasion.world),
        law=occasion.law.title,
        on=occasion.on,
        case_number=case.number,
        received_on=case.received_on or case.on,
        how="",
        asked=asked(case, items, without_identity),
    )


def asked(case: Case, items: Iterable[int], clean: Clean) -> tuple[Asked, ...]:
    """Return the items as letters quote them."""
    return tuple(Asked(n, clean(case, _full(case.item(n)))) for n in items)


def you(applicants: tuple[Applicant, ...]) -> str:
    """Return how the letter addresses the applicants."""
    if len(applicants) > 1:
        return "你们"
    return "您" if applicants[0].kind is ApplicantKind.NATURAL_PERSON else "你单位"


def contact(world: World) -> str:
    """Return how to reach the disclosure office, or nothing where it is not in config."""
    agency = world.agency
    known = [
        f"{label}：{value}"
        for label, value in (("联系电话", agency.phone), ("地址", agency.address))
        if value
    ]
    return "；".join([f"承办机构：{agency.disclosure_office}", *known])


def without_marks(case: Case, text: str) -> str:
    """Leave out id numbers and contacts of the applicants that somebody typed into a text."""
    for applicant in case.applicants:
        for mark in (applicant.id_document, applicant.contact):
            if len(mark) >= _SHORTEST_MARK:
                text = text.replace(mark, "（略）")
    return text


def without_identity(case: Case, text: str) -> str:
    """Leave out whatever in a text would tell a third party who asks."""
    text = without_marks(case, text)
    for applicant in sorted(case.applicants, key=lambda a: -len(a.name)):
        if len(applicant.address) >= _SHORTEST_MARK:
            text = text.replace(applicant.address, "（略）")
        if len(applicant.name) >= _SHORTEST_NAME:
            text = text.replace(applicant.name, "申请人")
    return text


def _full(item: Item) -> str:
    extra = item.description if item.title and item.description != item.title else ""
    text = f"{item.name}：{extra}" if extra else item.name
    return f"{text}（文号：{item.document_number}）" if item.document_number else text


def _this_paper(title: str) -> str:
    endings = ("答复书", "告知书", "通知书", "征求意见书", "回执", "函")
    found = next((end for end in endings if title.endswith(end)), "文书")
    return "本答复" if found == "答复书" else f"本{found}"
