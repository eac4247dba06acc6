"""Finding cases by a personal value without being able to read it: keyed digests, equality only."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from unicodedata import normalize

from sqlalchemy import RowMapping, delete, select

from gongkai.store import tables as t
from gongkai.store.engine import Transaction
from gongkai.store.records import Filed
from gongkai.store.statements import Statement
from workflow.commands import Applicant, Command, CorrectRecord, Register, StartConsultation
from workflow.rectification import RegisterRectification

NAME: Final = "name"
ID_DOCUMENT: Final = "id_document"
PHONE: Final = "phone"
ADDRESS: Final = "address"
FIELDS: Final = (NAME, ID_DOCUMENT, PHONE, ADDRESS)

#: What ``correct_record`` calls a field, and what it is found by.
_CORRECTED: Final = {
    "name": NAME,
    "party": NAME,
    "id_document": ID_DOCUMENT,
    "contact": PHONE,
    "address": ADDRESS,
}
_PHONE: Final = re.compile(r"\d(?:[\s()－—–-]?\d){6,14}")
_COUNTRY: Final = re.compile(r"^(?:00)?86(?=1\d{10}$)")
_b = t.blind_index.c
_ADDED: Final = Statement.adding_new(t.blind_index)


class Value(NamedTuple):
    """One value by which a case is found: the field, and the value in its one form."""

    field: str
    text: str


def values(field: str, text: str) -> Iterator[Value]:
    """Yield a text in the form in which it is found: widths, spaces and case make no difference."""
    plain = normalize("NFKC", text).casefold()
    if field == PHONE:
        for found in _PHONE.findall(plain):
            yield Value(PHONE, _COUNTRY.sub("", re.sub(r"\D", "", found)))
        return
    bare = re.sub(r"[\W_]+" if field == ID_DOCUMENT else r"\s+", "", plain)
    if bare:
        yield Value(field, bare)


def brought(command: Command) -> Iterator[Value]:
    """Yield what a step says of people, by which its case can be found."""
    if isinstance(command, Register):
        for applicant in command.applicants:
            yield from _of(applicant)
        if command.agent:
            yield from values(NAME, command.agent.name)
    elif isinstance(command, RegisterRectification):
        yield from _of(command.applicant)
    elif isinstance(command, StartConsultation):
        yield from values(NAME, command.party)
    elif isinstance(command, CorrectRecord):
        field = _CORRECTED.get(command.field.rpartition(".")[2])
        yield from values(field, command.value) if field else ()


def _of(applicant: Applicant) -> Iterator[Value]:
    yield from values(NAME, applicant.name)
    yield from values(ID_DOCUMENT, applicant.id_document)
    yield from values(PHONE, applicant.contact)
    yield from values(ADDRESS, applicant.address)


def keep(tx: Transaction, case: Filed, command: Command) -> None:
    """Note what a step brings, so that its case is found by it."""
    put(tx, case.agency, case.number, brought(command))


def put(tx: Transaction, agency: str, number: str, found: Iterable[Value]) -> None:
    """Note values of a case under the key that seals now."""
    key = tx.keys.current
    for field, text in found:
        row = {"agency": agency, "field": field, "case_number": number, "key": key}
        token = tx.keys.token(key, field, text)
        tx.run(_ADDED, {**row, "token": token})


def find(tx: Transaction, agency: str, wanted: Iterable[Value]) -> Iterator[RowMapping]:
    """Yield the rows of an agency's cases that bear every wanted value."""
    c = t.cases.c
    query = select(t.cases).where(c.agency == agency).order_by(c.on, c.number)
    for field, text in wanted:
        tokens = [tx.keys.token(key, field, text) for key in tx.keys.keys]
        bearing = select(_b.case_number).where(
            _b.agency == agency, _b.field == field, _b.token.in_(tokens)
        )
        query = query.where(c.number.in_(bearing))
    yield from tx.execute(query).mappings()


def drop(tx: Transaction, agency: str, number: str, *, but: str = "") -> int:
    """Take away what a case is found by, all of it or ``but`` for one key; return how much."""
    here = (_b.agency == agency) & (_b.case_number == number) & (_b.key != but)
    return int(tx.execute(delete(t.blind_index).where(here)).rowcount)
