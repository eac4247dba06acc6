"""Whether a finished text agrees with the case: names, dates, grounds, annexes, remedies."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Final

from notices.answers import annexes, basis, issued
from notices.catalogue import BY_OUTCOME, CATALOGUE
from notices.context import Occasion
from notices.letter import Letter, Mark
from notices.passages import grounds_of
from notices.remedies import classes_of, online_channel
from notices.wording import block_finding
from rules.norms import cite_norm
from rules.words import RemedyClass
from workflow.case import Case
from workflow.clock import deadlines, due_by, excluded
from workflow.commands import IssueReply
from workflow.decision import Decision
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

_DATE: Final = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_GROUND: Final = re.compile(r"《条例》(第十[四五六]条(?:第[一二]款)?)")
_SHORTEST_MARK: Final = 6
_SHORTEST_NAME: Final = 2
#: Words that only the remedy paragraph of a class has.
_SIGNS: Final = {
    RemedyClass.REVIEW_FIRST: "未经行政复议，不能直接提起行政诉讼",
    RemedyClass.OPTIONAL: "也可以自收到",
}


def names(letter: Letter, case: Case, _world: World) -> Iterator[Finding]:
    """A letter to the applicants names all of them; a letter to others names none."""
    head = "".join(b.text for b in letter.blocks if b.mark is Mark.ADDRESSEE)
    for applicant in case.applicants:
        known = len(applicant.name) >= _SHORTEST_NAME and applicant.name not in letter.addressee
        if letter.to_applicant and applicant.name not in head:
            yield block_finding(
                "name_missing",
                f"文书抬头没有申请人“{applicant.name}”。",
                "请补写申请人姓名或者名称。",
            )
        if not letter.to_applicant and known and applicant.name in letter.text:
            yield block_finding(
                "identity_told",
                "给第三方或者其他机关的文书中出现了申请人的姓名或者名称。",
                "请删去。",
            )


def private_data(letter: Letter, case: Case, _world: World) -> Iterator[Finding]:
    """No letter prints the applicant's id number or contact."""
    for applicant in case.applicants:
        for label, mark in (("证件号码", applicant.id_document), ("联系方式", applicant.contact)):
            if len(mark) >= _SHORTEST_MARK and mark in letter.text:
                yield block_finding("private_data", f"文书中出现了申请人的{label}。", "请删去。")


def dates(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """Every date that the letter itself gives is one of the case or follows from it."""
    known = {letter.on, *_dates_in(replace(case, facts=())), *_deadlines(case, world)}
    for block in letter.blocks:
        for year, month, day in _DATE.findall(block.pattern):
            if date(int(year), int(month), int(day)) not in known:
                said = f"{year}年{month}月{day}日"
                yield block_finding(
                    "date_unknown", f"文书中的日期{said}与案件记录不符。", "请核对该日期。"
                )


def grounds(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """The articles in the letter are those of its decisions: none missing, none too many."""
    if not _is_reply(letter):
        return
    occasion = Occasion(case=case, command=IssueReply(), on=letter.on, world=world)
    decisions = issued(case).draft.decisions
    for place in dict.fromkeys(basis(occasion, d) for d in decisions):
        if place and place not in letter.text:
            yield _cited("basis_missing", f"答复没有援引{place}。")
    due = {article for d in decisions for article in _articles(occasion, d)}
    said = set(_GROUND.findall(letter.text))
    for article in sorted(due - said):
        yield _cited("ground_missing", f"答复没有援引不予公开的依据{article}。")
    for article in sorted(said - due):
        yield _cited("ground_stray", f"答复援引了{article}，但没有任何决定以它为依据。")


def annex_list(letter: Letter, case: Case, _world: World) -> Iterator[Finding]:
    """The annex list names exactly what is provided."""
    if not _is_reply(letter):
        return
    due, said = annexes(case), [b.text for b in letter.blocks if b.mark is Mark.ANNEX]
    if len(due) != len(said) or any(n not in line for n, line in zip(due, said, strict=True)):
        yield block_finding(
            "annex_count",
            f"附件说明列有{len(said)}件，按决定应当提供{len(due)}件，或者名称不符。",
            "请核对附件。",
            "36(2)",
        )


def remedies(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """Each class of the day has its paragraph with review body and court, and no other has one."""
    due = _classes(letter, case)
    for kind, sign in _SIGNS.items():
        told = [b.text for b in letter.blocks if b.mark is Mark.PARAGRAPH and sign in b.text]
        if kind in due and not told:
            yield _remedy("remedy_missing", f"文书缺少救济途径（{kind.label}）。", letter)
        if kind not in due and told:
            yield _remedy("remedy_stray", f"文书不应当有救济途径（{kind.label}）。", letter)
        if kind in due and told:
            yield from _bodies(told, letter, world)


def online(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """Electronic service names the online channel of reconsideration (X27)."""
    if not letter.to_applicant or not _classes(letter, case):
        return
    channel = online_channel(case, letter.on, world.agency)
    if channel and channel not in letter.text:
        yield block_finding(
            "online_missing",
            "电子送达的文书没有写明互联网行政复议渠道。",
            "请写明提交行政复议申请书的互联网渠道。",
            cite_norm("reconsideration_law", "electronic_channel", letter.on).text,
            "X27",
        )


def signature(letter: Letter, _case: Case, world: World) -> Iterator[Finding]:
    """The agency signs in its own name (X33)."""
    signed = [b.text for b in letter.blocks if b.mark is Mark.SIGNATURE]
    if signed != [world.agency.name]:
        yield Finding(
            code="signature",
            severity=Severity.WARN,
            message=f"署名“{'、'.join(signed)}”不是本机关“{world.agency.name}”。",
            mend="请核对署名和印章。",
            rule="X33",
        )


def _is_reply(letter: Letter) -> bool:
    return CATALOGUE[letter.kind].remedy == BY_OUTCOME


def _articles(occasion: Occasion, decision: Decision) -> Iterator[str]:
    for passage in decision.withheld:
        for ground in grounds_of(occasion, decision, passage):
            yield occasion.law.grounds[ground].article.short


def _classes(letter: Letter, case: Case) -> frozenset[RemedyClass]:
    if _is_reply(letter):
        return classes_of(issued(case).draft.decisions, letter.on) - {RemedyClass.NONE}
    own = CATALOGUE[letter.kind].remedy
    return frozenset({RemedyClass.OPTIONAL}) if own is RemedyClass.OPTIONAL else frozenset()


def _bodies(told: list[str], letter: Letter, world: World) -> Iterator[Finding]:
    text, agency = "".join(told), world.agency
    for name in (*agency.review_bodies_on(letter.on), *agency.courts_on(letter.on)):
        if name not in text:
            yield _remedy("remedy_body", f"救济途径中没有写明“{name}”。", letter)


def _remedy(code: str, message: str, letter: Letter) -> Finding:
    article = cite_norm("reconsideration_law", "filing_term", letter.on).text
    return block_finding(code, message, "请按作出文书之日的规定告知救济途径。", article, "X26")


def _cited(code: str, message: str) -> Finding:
    return block_finding(code, message, "请使文书与决定一致。", "36")


def _deadlines(case: Case, world: World) -> Iterator[date]:
    yield from (deadline.due_on for deadline in deadlines(case, world))
    if case.clock is None:
        return
    spans = excluded(case, world)
    extended = 0
    for extension in reversed(case.extensions):
        extended += extension.working_days if extension.granted else 0
        shorter = replace(case.clock, extended_by=max(case.clock.extended_by - extended, 0))
        yield due_by(shorter, spans, world.calendar).on


def _dates_in(value: object) -> Iterator[date]:
    if isinstance(value, date):
        yield value
    elif isinstance(value, tuple | frozenset):
        for entry in value:
            yield from _dates_in(entry)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _dates_in(getattr(value, field.name))
