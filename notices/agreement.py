"""Whether a finished text agrees with the case: names, dates, grounds, annexes, remedies."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from typing import Final, TypeVar

from notices.answers import annexes, basis, issued
from notices.catalogue import BY_OUTCOME, CATALOGUE
from notices.context import Occasion
from notices.letter import Letter, Mark, Remedy
from notices.passages import grounds_of
from notices.remedies import (
    classes_of,
    online_channel,
    reply_remedies,
    single_remedy,
    strangers,
    terms_of,
    wrong_choice,
)
from notices.render import zh_date
from notices.wording import block_finding, cited_in, wrong_citation
from rules.norms import cite_norm
from rules.remedies import not_alone
from rules.words import RemedyClass
from workflow.case import Case
from workflow.clock import deadlines, due_by, excluded, law_of
from workflow.commands import IssueReply
from workflow.decision import Decision
from workflow.findings import Finding
from workflow.vocabulary import Severity
from workflow.world import World

T = TypeVar("T")

_DATE: Final = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
_OTHER_DATE: Final = re.compile(
    r"\d{4}([-/.])\d{1,2}\1\d{1,2}|[〇零一二三四五六七八九]{4}年\w{1,3}月"
)
_RECEIVED: Final = re.compile(r"^本机关于(\d{4}年\d{1,2}月\d{1,2}日)收到")
_GROUND: Final = re.compile(r"《条例》(第十[四五六]条(?:第[一二]款)?)")
_ENCLOSED: Final = re.compile(r"（见附件(\d*)）")
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
        if letter.to_applicant and _one_line_end(applicant.name) not in head:
            yield block_finding(
                "name_missing",
                f"文书抬头没有申请人“{applicant.name}”。",
                "请补写申请人姓名或者名称。",
            )
        hidden = not (letter.to_applicant or letter.may_name)
        if hidden and known and applicant.name in letter.text:
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
    of_case = _values_in(replace(case, facts=()), date)
    said = {zh_date(day) for day in (letter.on, *of_case, *_deadlines(case, world))}
    said |= {found[0] for found in _DATE.finditer(_texts_of(case))}
    for block in letter.blocks:
        for found in _DATE.finditer(block.pattern):
            if found[0] not in said:
                yield _dated("date_unknown", f"文书中的日期{found[0]}与案件记录不符。")
        if other := _OTHER_DATE.search(block.pattern):
            yield _dated("date_form", f"文书中的日期“{other[0]}”没有写作某年某月某日。")


def own_dates(letter: Letter, case: Case, _world: World) -> Iterator[Finding]:
    """The letter bears its own day, and the request the day on which it was received."""
    due = zh_date(letter.on)
    if any(b.mark is Mark.DATE and b.text != due for b in letter.blocks):
        yield _dated("date_of_letter", f"文书的成文日期不是{due}。")
    received = zh_date(case.received_on or case.on)
    for block in letter.blocks:
        found = _RECEIVED.match(block.pattern) if letter.to_applicant else None
        if found and found[1] != received:
            yield _dated("date_received", f"文书所写收到申请的日期{found[1]}应当是{received}。")


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
    quoted = set(_GROUND.findall(_texts_of(case)))
    for article in sorted(due - said):
        yield _cited("ground_missing", f"答复没有援引不予公开的依据{article}。")
    for article in sorted(said - due - quoted):
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
    numbers = [int(n or 1) for b in letter.blocks for n in _ENCLOSED.findall(b.pattern)]
    if any(not 1 <= n <= len(due) for n in numbers):
        yield block_finding(
            "annex_reference", "正文提到附件说明中没有的附件。", "请核对附件。", "36(2)"
        )


def citations(letter: Letter, case: Case, _world: World) -> Iterator[Finding]:
    """Every place that the letter itself cites is in the norm and in force on its day."""
    quoted = _texts_of(case)
    for norm, place in cited_in(letter.text):
        if place in quoted and norm.strip("《》") in quoted:
            continue  # the officer's own statute, or what the applicant wrote
        if wrong := wrong_citation(norm, place, law_of(case), letter.on):
            yield block_finding("citation", wrong, "请改引作出文书之日有效的条文。", norm + place)


def remedies(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """Each class of the day has its paragraph, complete and about the right decisions; no other."""
    due = {remedy.kind: remedy for remedy in _due_remedies(letter, case, world)}
    for kind, sign in _SIGNS.items():
        blocks = [b for b in letter.blocks if b.mark is Mark.PARAGRAPH and sign in b.pattern]
        if kind in due and not blocks:
            yield _remedy("remedy_missing", f"文书缺少救济途径（{kind.label}）。", letter)
        if kind not in due and blocks:
            yield _remedy("remedy_stray", f"文书不应当有救济途径（{kind.label}）。", letter)
        if len(blocks) > 1:
            yield _remedy("remedy_twice", f"文书有两段救济途径（{kind.label}）。", letter)
        if kind in due and blocks:
            yield from _told(due[kind], "".join(b.text for b in blocks), letter, world)


def online(letter: Letter, case: Case, world: World) -> Iterator[Finding]:
    """Electronic service names the online channel of reconsideration (X27)."""
    if not letter.to_applicant or not _due_classes(letter, case):
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
    """The agency signs in its own name, under its own head (X33)."""
    if letter.letterhead != world.agency.head_name:
        yield Finding(
            code="letterhead",
            severity=Severity.WARN,
            message=f"版头“{letter.letterhead}”不是本机关的“{world.agency.head_name}”。",
            mend="请核对版头。",
            rule="X33",
        )
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
    return _own_class(letter) == BY_OUTCOME


def _own_class(letter: Letter) -> RemedyClass | str:
    paper = CATALOGUE.get(letter.kind)
    return paper.remedy if paper else RemedyClass.NONE


def _articles(occasion: Occasion, decision: Decision) -> Iterator[str]:
    for passage in decision.withheld:
        for ground in grounds_of(occasion, decision, passage):
            yield occasion.law.grounds[ground].article.short


def _due_classes(letter: Letter, case: Case) -> frozenset[RemedyClass]:
    if _is_reply(letter):
        return classes_of(issued(case).draft.decisions, letter.on) - {RemedyClass.NONE}
    own = _own_class(letter)
    return frozenset({RemedyClass.OPTIONAL}) if own is RemedyClass.OPTIONAL else frozenset()


def _due_remedies(letter: Letter, case: Case, world: World) -> tuple[Remedy, ...]:
    """Return what the paper must tell; but for replies, the paper says itself about what."""
    if _is_reply(letter):
        return reply_remedies(case, issued(case).draft.decisions, letter.on, world)
    return single_remedy("", letter.on, world.agency) if _due_classes(letter, case) else ()


def _told(due: Remedy, text: str, letter: Letter, world: World) -> Iterator[Finding]:
    if f"不服{due.scope}" not in text or (due.scope and f"不服{due.scope}的" not in text):
        yield _remedy("remedy_scope", f"救济途径没有写明是针对{due.scope}的。", letter)
    for term in terms_of(due):
        if term not in text:
            yield _remedy("remedy_term", f"救济途径中没有写明期限{term}。", letter)
    names = (*due.bodies, *due.courts)
    for name in names:
        if name not in text:
            yield _remedy("remedy_body", f"救济途径中没有写明“{name}”。", letter)
    for name in strangers(names, world.agency):
        if name in text:
            yield _remedy("remedy_body_stray", f"{letter.on}不应当告知向“{name}”提出。", letter)
    if why := wrong_choice(due.bodies, world.agency, letter.on):
        yield _remedy("remedy_choice", why, letter)


def _remedy(code: str, message: str, letter: Letter) -> Finding:
    procedural = code == "remedy_stray" and _own_class(letter) is RemedyClass.NONE
    act = "fee" if letter.kind == "fee_notice" else "procedural"
    article = not_alone(act, letter.on) if procedural else None
    article = article or cite_norm("reconsideration_law", "filing_term", letter.on)
    return block_finding(code, message, "请按作出文书之日的规定告知救济途径。", article.text, "X26")


def _dated(code: str, message: str) -> Finding:
    return block_finding(code, message, "请核对该日期。")


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


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _texts_of(case: Case) -> str:
    """What people said in the case: a letter may quote it, whatever it cites or dates."""
    return "\n".join(_values_in(replace(case, facts=()), str))


def _values_in(value: object, kind: type[T]) -> Iterator[T]:
    if isinstance(value, kind):
        yield value
    elif isinstance(value, tuple | frozenset):
        for entry in value:
            yield from _values_in(entry, kind)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _values_in(getattr(value, field.name), kind)
