"""送达回证: the receipt for one paper of a case, filled in as far as the file knows."""

from dataclasses import dataclass
from datetime import date

from notices.catalogue import CATALOGUE
from notices.errors import PaperError
from notices.filing import About, title_of
from rules.norms import cite_norm
from workflow.case import Case
from workflow.commands import NotifyThirdParty, ReferForDetermination, StartConsultation
from workflow.facts import Fact, PaperRef


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofOfService:
    """送达回证: which paper, to whom, how; receipt and refusal are written in by hand."""

    paper: str
    number: str
    made_on: date
    to: str
    to_address: str
    method: str
    basis: str


def proof_of_service(about: About) -> ProofOfService:
    """Prepare the receipt for one paper of the case; a third party's never names the applicant."""
    fact, ref = _paper(about)
    to, address = _receiver(about.case, fact, ref)
    return ProofOfService(
        paper=title_of(ref),
        number=ref.number,
        made_on=fact.on,
        to=to,
        to_address=address,
        method=_method(about.case, ref),
        basis=cite_norm("civil_procedure_law", "proof_of_service", about.on).text,
    )


def _paper(about: About) -> tuple[Fact, PaperRef]:
    found = [(fact, ref) for fact in about.case.facts for ref in fact.papers]
    wanted = [
        (fact, ref)
        for fact, ref in found
        if about.paper in {"", ref.kind} and about.number in {"", ref.number}
    ]
    if not wanted:
        raise PaperError(
            "no_such_paper",
            f"案件中没有文书“{about.paper}{about.number}”，不能制作送达回证。",
            mend="请核对文书的名称和文号。",
        )
    return wanted[-1]


def _receiver(case: Case, fact: Fact, ref: PaperRef) -> tuple[str, str]:
    kind = CATALOGUE.get(ref.kind)
    if kind is None or kind.addressee == "申请人":
        return case.representative.name, case.representative.address
    command = fact.command
    if isinstance(command, StartConsultation):
        return command.party, ""
    if isinstance(command, ReferForDetermination):
        return command.body, ""
    if isinstance(command, NotifyThirdParty):
        asked_of = (c.party for c in case.consultations if c.number == command.consultation)
        return next(asked_of, ""), ""
    return "", ""


def _method(case: Case, ref: PaperRef) -> str:
    if ref.kind == "reply" and case.reply and case.reply.sendings:
        return case.reply.sendings[-1].method.label
    served = [s for s in case.services if s.paper == ref.kind and s.method]
    return served[-1].method.label if served and served[-1].method else ""
