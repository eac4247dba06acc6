"""Every text a person types can be printed, or is refused with the field and the character."""

from dataclasses import replace
from datetime import date

import pytest

from tests.process.desk import APPLICANT, DISCLOSE, ITEM, MASKED, Desk, processing, register
from workflow import commands as c

DAY = date(2020, 9, 14)


@pytest.mark.parametrize("mark", ["\x00", "\x0b", "\x7f", "\u202e", "\u2066", "\ufffe", "\ud800"])
def test_a_character_nobody_sees_is_refused_by_name(mark: str) -> None:
    hidden = register(applicants=(replace(APPLICANT, name=f"王{mark}某"),))
    refused = Desk().refusal(hidden, DAY)
    assert refused.code == "unprintable"
    assert "name" in refused.message
    assert f"U+{ord(mark):04X}" in refused.message


@pytest.mark.parametrize(
    "text", ["喆堃𠀀", "<b>&amp;", "{{7*7}}", "第一行\n第二行\t列", "🙂", "字" * 2000, "‘“”’"]
)
def test_what_can_be_seen_is_kept_to_the_letter(text: str) -> None:
    desk = Desk().do(register(items=(replace(ITEM, title=text),)), DAY)
    assert desk.case
    assert desk.case.items[0].title == text


def test_texts_deep_inside_a_draft_are_read_too() -> None:
    deep = replace(
        MASKED, passages=(MASKED.passages[0], replace(MASKED.passages[1], reason="公开\x1b会暴露"))
    )
    assert processing().refusal(c.DraftReply(decisions=(deep,)), DAY).code == "unprintable"
    assert processing().do(c.DraftReply(decisions=(DISCLOSE,)), DAY).case
