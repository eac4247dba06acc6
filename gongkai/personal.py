"""Personal data of cases: masked wherever shown, found by equality, seen in full by an act."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import RowMapping

from gongkai.codec import split
from gongkai.office import Office, unknown_case
from gongkai.people import doer
from gongkai.store import blind, journal, records
from gongkai.store.engine import Transaction, reading, writing
from gongkai.store.failures import retrying
from gongkai.store.journal import Act
from workflow.case import Case
from workflow.commands import Applicant
from workflow.errors import Refused
from workflow.facts import Fact
from workflow.rectification import Rectification
from workflow.vocabulary import ApplicantKind

UNMASKED: Final = "unmasked"

_HIDDEN: Final = "***"
_LONG: Final = 8
_COUNTY: Final = re.compile(r"\D{1,18}?(?:自治县|县|区|旗)|\D{1,12}?(?:市|省)")
_EMAIL: Final = re.compile(r"[^\s@，、；：]+@[^\s@，、；：]+")
_PHONE: Final = re.compile(r"\d(?:[\s()－—–-]?\d){6,14}")
_ENOUGH: Final = 6
_DIFFERENT: Final = 4
#: Shorter texts stand in too many sentences to say that a sentence is about them.
_TELLING: Final = 2


def mask_name(name: str, *, person: bool = True) -> str:
    """Leave the first character of a person's name, the first four of an organisation's."""
    return name.strip()[: 1 if person else 4] + "**" if name.strip() else ""


def mask_document(number: str) -> str:
    """Leave three characters in front and two behind: neither the day of birth nor the county."""
    bare = number.strip()
    if len(bare) <= _LONG:
        return _HIDDEN if bare else ""
    return f"{bare[:3]}{'*' * (len(bare) - 5)}{bare[-2:]}"


def mask_contact(contact: str) -> str:
    """Leave three digits in front of a number and two behind, of an address its first letter."""
    phones = (re.sub(r"\D", "", one) for one in _PHONE.findall(_EMAIL.sub("", contact)))
    said = [f"{one[:3]}****{one[-2:]}" for one in phones]
    said += [f"{one[0]}{_HIDDEN}@{_HIDDEN}" for one in _EMAIL.findall(contact)]
    return "、".join(said) or (_HIDDEN if contact.strip() else "")


def mask_address(address: str) -> str:
    """Leave the county, or the city where no county is named."""
    found = _COUNTY.match(address.strip())
    return (found.group() if found else "") + _HIDDEN if address.strip() else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """Somebody in a case, as lists show them."""

    what: str
    name: str
    id_document: str = ""
    contact: str = ""
    address: str = ""


def people_of(case: Case | Rectification) -> tuple[Masked, ...]:
    """Return who takes part in a case, masked; nobody where personal data was erased."""
    return tuple(one for one in _people(case) if one.name or one.contact or one.id_document)


def _people(case: Case | Rectification) -> Iterator[Masked]:
    for applicant in case.applicants:
        yield _applicant(applicant)
    if isinstance(case, Case):
        if case.agent:
            yield Masked(what="代理人", name=mask_name(case.agent.name))
        for one in case.consultations:
            name = mask_name(one.party, person=len(one.party.strip()) <= _ENOUGH)
            yield Masked(what=one.kind.label, name=name)


def _applicant(one: Applicant) -> Masked:
    return Masked(
        what="申请人",
        name=mask_name(one.name, person=one.kind is ApplicantKind.NATURAL_PERSON),
        id_document=mask_document(one.id_document),
        contact=mask_contact(one.contact),
        address=mask_address(one.address),
    )


def find(
    office: Office, by: str, wanted: Mapping[str, str], agency: str = ""
) -> Iterator[RowMapping]:
    """Yield the rows of cases that bear every wanted value, where ``by`` may look.

    A user looks in the agencies they belong to; somebody at the shell in all. Raises
    :class:`Refused` where a value is nothing that can be looked for.
    """
    who = doer(office.config, by, agency)
    own = {p.agency for p in office.config.people if p.user == by}
    where = [agency] if agency else sorted(own if not who.at_shell else office.config.agencies)
    values = list(_values(wanted))
    with reading(office.store) as tx:
        for one in where:
            yield from blind.find(tx, one, values)


def _values(wanted: Mapping[str, str]) -> Iterator[blind.Value]:
    for field, text in wanted.items():
        found = list(blind.values(field, text))
        if not found:
            raise Refused(
                code="nothing_to_find",
                message="要查找的内容是空的，或者不是完整的电话号码。",
                mend="请写完整的姓名、证件号码、电话或者地址：只按完全相同查找。",
            )
        yield from found


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmasked:
    """What one step says of people, in full."""

    n: int
    on: date
    do: str
    said: Mapping[str, Any]


def unmask(office: Office, number: str, by: str, reason: str, *, on: date) -> tuple[Unmasked, ...]:
    """Return all personal data of a case, after it is recorded who wanted to see it and why.

    Raises :class:`Refused` without a reason, for people of other agencies, and where the data was
    erased.
    """
    _refuse_without_substance(reason)

    def once() -> tuple[Unmasked, ...]:
        with writing(office.store) as tx:
            return _unmasked(tx, office, number, by, reason.strip(), on)

    return retrying(once)


def _unmasked(
    tx: Transaction, office: Office, number: str, by: str, reason: str, on: date
) -> tuple[Unmasked, ...]:
    heading = records.lock(tx, number)
    if heading is None:
        raise unknown_case(number)
    who = doer(office.config, by, heading.agency)
    if heading.erased:
        raise _erased(number)
    _, facts = records.facts_of(tx, number)
    found = tuple(_full(facts))
    _refuse_if_told(reason, [one.said for one in found])
    said = {"by": who.said, "reason": reason, "fields": sorted(set(_fields(found)))}
    journal.record(
        tx,
        Act(
            agency=heading.agency,
            kind=UNMASKED,
            case_number=number,
            on=on,
            said=said,
            recorded_at=office.moment(),
        ),
    )
    return found


def _full(facts: Iterable[Fact]) -> Iterator[Unmasked]:
    for fact in facts:
        said = split(fact.command).personal
        if said is not None:
            yield Unmasked(n=fact.number, on=fact.on, do=fact.kind, said=said)


def _fields(found: Iterable[Unmasked]) -> Iterator[str]:
    for one in found:
        for path, _ in texts(one.said):
            yield f"{one.n}.{path}"


def texts(said: Any, path: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - as json.loads
    """Yield every text of a personal part with the names that lead to it."""
    if isinstance(said, str):
        yield path, said
    elif isinstance(said, Mapping):
        for name, value in said.items():
            yield from texts(value, f"{path}.{name}" if path else name)
    elif isinstance(said, list):
        for value in said:
            yield from texts(value, path)


def _refuse_without_substance(reason: str) -> None:
    bare = re.sub(r"[\W_]", "", reason)
    if len(bare) < _ENOUGH or len(set(bare)) < _DIFFERENT:
        raise Refused(
            code="reason_missing",
            message="查看完整的个人信息须写明理由，所写的理由不具体。",
            mend="请用 --reason 写明为什么事项需要查看，如“邮寄答复书需核对收件地址”。",
        )


def _refuse_if_told(reason: str, said: Iterable[Mapping[str, Any]]) -> None:
    """The reason stays for ever: it must not itself name what it asks to see."""
    own = {text.strip() for one in said for path, text in texts(one) if _identifies(path)}
    if any(len(text) >= _TELLING and text in reason for text in own):
        raise Refused(
            code="reason_personal",
            message="理由中写有本案当事人的姓名、证件号码、联系方式或者地址，理由会长期保存。",
            mend="请写“申请人”“第三方”，不写姓名和号码。",
        )


def _identifies(path: str) -> bool:
    own = path.rpartition(".")[2]
    return own in {"name", "id_document", "contact", "address", "party", "value"}


def _erased(number: str) -> Refused:
    return Refused(
        code="erased",
        message=f"案件“{number}”的保管期限已满，个人信息已经清除，看不到了。",
        mend="清除的日期和经办人见 gongkai case show。",
    )
