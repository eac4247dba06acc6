"""Every item that was asked for is answered exactly once (X30)."""

from datetime import date

import pytest

from rules.words import Ground, Outcome
from tests.process.check_builders import (
    a_case,
    a_consultation,
    a_world,
    blocks,
    codes,
    complete,
    decide,
    findings,
    given,
    items,
    partly,
    reopened,
    withheld,
)
from workflow.case import Case
from workflow.exemption import blocking, check

THREE = a_case(items=items({}, {}, {}))
THIRD_WITHDRAWN = a_case(items=items({}, {}, {}), withdrawn_items=frozenset({3}))


@pytest.mark.parametrize(
    ("case", "answered", "refused"),
    [
        (THREE, (1, 2, 3), []),
        (THREE, (3, 1, 2), []),
        (THREE, (1, 3), ["item_unanswered"]),
        (THREE, (), ["item_unanswered"] * 3),
        (THREE, (1, 2, 3, 2), ["item_twice"]),
        (THREE, (1, 2, 3, 4), ["item_unknown"]),
        (THREE, (0, 1, 2, 3), ["item_unknown"]),
        (THREE, (-1, 1, 2, 3), ["item_unknown"]),
        (THIRD_WITHDRAWN, (1, 2), []),
        (THIRD_WITHDRAWN, (1, 2, 3), ["item_withdrawn"]),
    ],
)
def test_each_item_has_one_answer(
    case: Case, answered: tuple[int, ...], refused: list[str]
) -> None:
    found = findings([decide(Outcome.DISCLOSE, item=n) for n in answered], case)

    assert blocks(found) == refused
    assert blocking(found) is bool(refused)
    assert all(finding.rule == "X30" for finding in found)


def test_after_reopening_only_its_items_must_be_answered() -> None:
    case = a_case(items=items({}, {}), reopenings=reopened().reopenings)

    assert not findings(decide(Outcome.DISCLOSE), case)


def test_after_reopening_other_items_may_be_answered_too() -> None:
    case = a_case(items=items({}, {}), reopenings=reopened().reopenings)

    assert not findings([decide(Outcome.DISCLOSE, item=n) for n in (1, 2)], case)


def test_findings_come_by_item_and_then_by_passage() -> None:
    case = a_case(items=items({}, {}, {}))
    bad = (withheld(label="甲"), withheld(label="乙"))
    draft = (partly(*bad, item=3), decide(Outcome.DISCLOSE, item=1, provide=""))

    found = findings(draft, case)

    assert [(f.item, f.passage) for f in found if f.code != "info"] == [
        (1, None),
        (2, None),
        (3, "甲"),
        (3, "乙"),
    ]


def test_a_finding_says_where_what_why_and_what_to_do() -> None:
    for finding in findings(partly(withheld(Ground.DELIBERATIVE, harm="", reason=""))):
        assert finding.message.startswith("第1项“附表”")
        assert finding.article
        assert finding.mend
        assert finding.rule


def test_until_receipt_is_settled_the_day_of_arrival_stands_for_it() -> None:
    case = a_case(received_on=None)
    draft = partly(withheld(Ground.STATE_SECRET, classified_on=date(2020, 9, 15)))

    assert codes(findings(draft, case)) == ["classified_after_request"]


def test_findings_never_repeat_what_may_be_personal_or_secret() -> None:
    private = "王喆堃"
    case = a_case(
        items=items({"title": private, "description": private}),
        consultations=(a_consultation(party=private),),
    )
    draft = (
        partly(
            withheld(Ground.TRADE_SECRET, reason=private, secrecy_finding=""),
            withheld(Ground.STATE_SECRET, label="乙", source=private, mark=""),
            given(Ground.PERSONAL_PRIVACY, label="丙", privacy_finding=private),
        ),
        complete(Outcome.NOT_HELD, reason=""),
    )
    found = check(case, draft, a_world())

    assert len(codes(found)) > 4
    assert private not in "".join(f"{f.message}{f.mend}{f.article}" for f in found)
