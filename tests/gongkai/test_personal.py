"""Personal data: which fields hold it, masked, found by equality, seen in full by an act."""

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, get_args, get_type_hints

import pytest
from sqlalchemy import select

from gongkai import personal
from gongkai.acts import KINDS
from gongkai.office import Office
from gongkai.replay import run
from gongkai.store import blind, journal
from gongkai.store import tables as t
from gongkai.store.engine import reading
from gongkai.story import Story
from workflow.errors import Refused

Call = Callable[..., Any]
Tell = Callable[[str], Story]

TODAY = date(2021, 3, 8)
STORY = """\
title = "短故事"
[case]
agency = "fushun-county-office"
channel = "in_person"
on = 2020-09-14
[[case.applicants]]
kind = "natural_person"
name = "喆堃𠀀"
id_document = "210421198001011234"
contact = "手机 139-1234 5678，电邮 zk@example.org"
address = "辽宁省抚顺市抚顺县石文镇某村１号"
representative = true
[[case.applicants]]
kind = "commercial_enterprise"
name = "抚顺某某建设有限公司"
[case.agent]
kind = "proxy"
name = "代某"
[[case.items]]
title = "方案"
[[steps]]
do = "accept"
on = 2020-09-15
[[steps]]
do = "start_consultation"
on = 2020-09-16
kind = "third_party"
party = "第某"
items = [1]
[[steps]]
do = "correct_record"
on = 2020-09-17
fact = 1
field = "contact"
value = "024-5700 0000"
reason = "换了电话"
"""
REASON = "邮寄答复书需核对收件地址"

#: Texts that name an authority, a norm, a document of one, a word of a list, or an official.
PUBLIC = {
    "about", "agency", "agency_contact", "article", "authority", "body", "carrier", "comments",
    "custodian", "document", "draft_digest", "field", "label", "mark", "norm", "norm_article",
    "number", "opinion_of", "paper", "procedure", "reason", "sha256", "media_type", "source", "to",
    "topics", "unit", "when", "where", "window",
}  # fmt: skip


def texts(kind: type, seen: set[type]) -> Iterator[tuple[str, str, object]]:
    """Every text a command can hold: of which class, its name, its mark."""
    if not is_dataclass(kind) or kind in seen:
        return
    seen.add(kind)
    hints = get_type_hints(kind)
    for field in fields(kind):
        inner = hints[field.name]
        parts = {inner, *get_args(inner)}
        if str in parts:
            yield kind.__name__, field.name, field.metadata.get("personal", False)
        for part in parts:
            yield from texts(part, seen)


def test_every_text_is_personal_but_those_that_name_no_private_person() -> None:
    seen: set[type] = set()
    found = [one for kind in KINDS.values() for one in texts(kind, seen)]

    open_ones = {(kind, name) for kind, name, mark in found if not mark}
    assert {name for _, name in open_ones} <= PUBLIC
    assert {kind for kind, name in open_ones if name in {"reason", "comments"}} == {"RecallReply"}
    assert {kind for kind, name in open_ones if name == "authority"} <= {"StateSecret"}


@pytest.mark.parametrize(
    ("mask", "full", "shown"),
    [
        (personal.mask_name, "喆堃𠀀", "喆**"),
        (personal.mask_name, " ", ""),
        (personal.mask_document, "210421198001011234", "210*************34"),
        (personal.mask_document, "E1234567", "***"),
        (personal.mask_document, "", ""),
        (personal.mask_contact, "139 1234 5678", "139****78"),
        (personal.mask_contact, "手机13912345678，zk@example.org", "139****78、z***@***"),
        (personal.mask_contact, "传达室转交", "***"),
        (personal.mask_contact, "", ""),
        (personal.mask_address, "辽宁省抚顺市抚顺县石文镇某村1号", "辽宁省抚顺市抚顺县***"),
        (personal.mask_address, "抚顺市某街1号", "抚顺市***"),
        (personal.mask_address, "某街1号", "***"),
        (personal.mask_address, "", ""),
    ],
)
def test_what_is_shown_does_not_identify(mask: Callable[[str], str], full: str, shown: str) -> None:
    assert mask(full) == shown


@pytest.fixture
def number(office: Office, tell: Tell) -> str:
    case = run(office, tell(STORY), as_of=TODAY).case
    assert case is not None
    assert case.version == 4
    return case.number


FOUND = (
    {"name": "喆堃𠀀"},
    {"name": "喆 堃 𠀀"},
    {"name": "抚顺某某建设有限公司"},
    {"name": "代某"},
    {"name": "第某"},
    {"id_document": "210421 19800101 1234"},
    {"phone": "+86 139 1234 5678"},
    {"phone": "02457000000"},
    {"address": "辽宁省抚顺市抚顺县石文镇某村1号"},
    {"name": "代某", "phone": "13912345678"},
)
NOT_FOUND = (
    {"name": "喆堃"},
    {"id_document": "21042119800101123"},
    {"phone": "13912345679"},
    {"name": "代某", "phone": "13912345679"},
)


def test_a_case_is_found_by_whole_values_of_what_it_says_of_people(
    office: Office, number: str
) -> None:
    def found(wanted: dict[str, str]) -> list[str]:
        return [row["number"] for row in personal.find(office, "office-officer-a", wanted)]

    assert [one for one in FOUND if found(one) != [number]] == []
    assert [one for one in NOT_FOUND if found(one)] == []


def test_people_find_in_their_own_agency_only(office: Office, number: str) -> None:
    name = {"name": "喆堃𠀀"}

    assert list(personal.find(office, "education-head", name)) == []
    with pytest.raises(Refused, match="不是本机关"):
        list(personal.find(office, "education-head", name, "fushun-county-office"))
    assert [row["number"] for row in personal.find(office, "head:丁", name)] == [number]


def test_nothing_to_look_for_is_refused(office: Office) -> None:
    with pytest.raises(Refused, match="电话"):
        list(personal.find(office, "head:丁", {"phone": "abc"}))


def test_the_index_cannot_be_read(office: Office, number: str) -> None:
    with reading(office.store) as tx:
        rows = tx.execute(select(t.blind_index)).mappings().all()

    assert {row["field"] for row in rows} == set(blind.FIELDS)
    assert {row["case_number"] for row in rows} == {number}
    assert all(len(row["token"]) == 64 for row in rows)


def test_the_full_data_is_shown_after_it_is_recorded_who_saw_it_and_why(
    office: Office, number: str
) -> None:
    found = personal.unmask(office, number, "office-head", REASON, on=TODAY)

    said = {text for one in found for _, text in personal.texts(one.said)}
    assert {"喆堃𠀀", "210421198001011234", "第某", "024-5700 0000"} <= said
    with reading(office.store) as tx:
        (act,) = journal.acts(tx, kind=personal.UNMASKED)
    assert (act.case_number, act.on, act.said["reason"]) == (number, TODAY, REASON)
    assert act.said["by"] == {
        "name": "负责人丁", "user": "office-head", "roles": ["head"], "at_shell": False
    }  # fmt: skip
    assert {"1.applicants.name", "1.applicants.id_document", "3.party"} <= set(act.said["fields"])
    assert not [text for text in said if len(text) > 2 and text in str(act.said)]


def test_somebody_with_the_shell_is_recorded_as_such(office: Office, number: str) -> None:
    personal.unmask(office, number, "supervisor:某", REASON, on=TODAY)

    with reading(office.store) as tx:
        (act,) = journal.acts(tx, kind=personal.UNMASKED)
    assert (act.said["by"]["name"], act.said["by"]["at_shell"]) == ("某", True)


REFUSED = (
    ("office-head", "", "理由"),
    ("office-head", "查看", "理由"),
    ("office-head", "。。。。。。。。。", "理由"),
    ("office-head", "看看看看看看看看", "理由"),
    ("office-head", "核对申请人喆堃𠀀的收件地址", "理由中写有"),
    ("office-head", "核对210421198001011234的身份", "理由中写有"),
    ("education-head", REASON, "不是本机关"),
)


def test_without_a_reason_or_a_right_nothing_is_shown_or_recorded(
    office: Office, number: str
) -> None:
    for by, reason, match in REFUSED:
        with pytest.raises(Refused, match=match):
            personal.unmask(office, number, by, reason, on=TODAY)

    with reading(office.store) as tx:
        assert list(journal.acts(tx, kind=personal.UNMASKED)) == []


def test_there_is_nothing_to_unmask_in_a_case_that_is_not_there(office: Office) -> None:
    with pytest.raises(Refused, match="没有编号"):
        personal.unmask(office, "无号", "office-head", REASON, on=TODAY)


def test_the_command_line_masks_and_unmasks(call: Call, write: Callable[[str, str], Any]) -> None:
    call("init")
    file = write("a.toml", STORY)
    number = call("case", "register", file, "--by", "office-officer-a", "--json").json["case"][
        "number"
    ]

    shown = call("case", "show", number)
    assert "喆**" in shown.out
    assert "喆堃" not in shown.out
    people = call("case", "show", number, "--json").json["people"]
    assert people[0]["id_document"] == "210*************34"
    found = call(
        "case", "find", "--phone", "13912345678", "--by", "office-officer-a", "--json"
    ).json
    assert [(one["number"], one["people"][0]["name"]) for one in found] == [(number, "喆**")]
    assert call("case", "find", "--name", "喆堃𠀀", "--by", "office-head").out.count("喆**") == 1
    assert call("case", "find", "--by", "office-head").code == 2
    assert call("case", "find", "--name", "无此人", "--by", "nobody").code == 2
    full = call("case", "unmask", number, "--by", "office-head", "--reason", REASON, "--json").json
    assert full["facts"][0]["said"]["applicants"][0]["name"] == "喆堃𠀀"
    assert "喆堃" in call("case", "unmask", number, "--by", "head:丁", "--reason", REASON).out
    assert call("case", "unmask", number, "--by", "head:丁", "--reason", "想看").code == 1
