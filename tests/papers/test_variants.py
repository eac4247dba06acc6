"""An agency's own paragraphs: added at fixed places, never in the place of fixed text."""

# ruff: noqa: ANN401 - changes of a file's keys, each with its own type

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import notices
from notices.catalogue import CATALOGUE
from notices.document import finish
from notices.letter import Letter, Mark
from notices.variants import WHERE, Island, Variant, Variants, read_variants
from rules.errors import DataError
from rules.words import Outcome
from tests.papers.builders import ON, RECEIVED, WANG, case, replied, world
from tests.papers.test_reply import FOUR, MIXED
from tests.process.check_builders import a_case, a_consultation, complete
from workflow import commands as c
from workflow.case import Case
from workflow.vocabulary import Channel, ConsultationKind, Severity

NAME = "variants/county.toml"
TEXT = "本机关设有政务公开查阅点，欢迎前往查阅。"


def toml(**changes: Any) -> str:
    """Return a file with one paragraph; None leaves a key out."""
    plain = {"paper": "reply", "island": "before_closing", "version": "2020-1", "text": TEXT}
    lines = [
        f"{k} = {json.dumps(v, ensure_ascii=False)}"
        for k, v in {**plain, **changes}.items()
        if v is not None
    ]
    lines = [line for line in lines if not line.startswith(("since", "until"))]
    days = {"since": "2020-10-01", **{k: v for k, v in changes.items() if k in {"since", "until"}}}
    lines += [f"{k} = {v}" for k, v in days.items() if v is not None]
    return "[[paragraphs]]\n" + "\n".join(lines) + "\n"


def variants(**changes: Any) -> Variants:
    return read_variants(toml(**changes), NAME)


REGISTER = c.Register(agency="county", channel=Channel.IN_PERSON, applicants=(WANG,), items=())
ASKED = a_consultation(expired_on=None, received_on=None)
PAPERS: dict[str, tuple[c.Command, Case, date]] = {
    "reply": (c.IssueReply(), replied(*MIXED, **FOUR), ON),
    "receipt": (REGISTER, case(), RECEIVED),
    "correction_notice": (
        c.RequestCorrection(matters=("文件名称",)),
        case(correction=a_case().correction),
        ON,
    ),
    "third_party_inquiry": (
        c.StartConsultation(kind=ConsultationKind.THIRD_PARTY, party=ASKED.party, items=(1,)),
        case(consultations=(ASKED,)),
        ON,
    ),
}


def composed(kind: str, own: Variants) -> Letter:
    command, after, on = PAPERS[kind]
    made = notices.compose(kind, case=after, command=command, on=on, world=world(on), variants=own)
    found = notices.lint(made, case=after, world=world(on))
    assert [f for f in found if f.severity is Severity.BLOCK] == []
    return made


def everywhere(kind: str) -> Variants:
    return Variants(
        tuple(
            Variant(
                paper=kind, island=island, version="1", text=f"{WHERE[island]}。", since=RECEIVED
            )
            for island in Island
        )
    )


@pytest.mark.parametrize("kind", PAPERS)
def test_nothing_of_the_fixed_text_is_lost_or_moved(kind: str) -> None:
    plain, own = composed(kind, Variants.none()), composed(kind, everywhere(kind))
    added = {f"{WHERE[island]}。" for island in Island}

    assert tuple(b for b in own.blocks if b.text not in added) == plain.blocks
    assert {b.text for b in own.blocks} >= added
    assert (plain.variant, own.variant) == (
        "",
        "after_opening@1，before_remedies@1，before_closing@1",
    )


def test_each_place_is_where_it_says() -> None:
    texts = [b.text for b in composed("reply", everywhere("reply")).blocks]
    opening = texts.index(f"{WHERE[Island.AFTER_OPENING]}。")
    remedies = texts.index(f"{WHERE[Island.BEFORE_REMEDIES]}。")
    closing = texts.index(f"{WHERE[Island.BEFORE_CLOSING]}。")

    assert texts[opening - 1].startswith("4.“")  # the list that the opening announces stays whole
    assert texts[remedies + 1].startswith("不服本答复的")
    assert texts[closing + 1] == "特此告知。"


def test_the_place_before_the_closing_is_on_the_first_sheet() -> None:
    blocks = composed("third_party_inquiry", everywhere("third_party_inquiry")).blocks
    own = next(n for n, b in enumerate(blocks) if b.text == f"{WHERE[Island.BEFORE_CLOSING]}。")

    assert blocks[own + 1].mark is Mark.SIGNATURE


def test_a_text_is_put_in_word_for_word_and_may_have_paragraphs() -> None:
    text = "查阅点在一楼大厅。\n\n# 请携带证件 <b>&amp;</b>，开放时间为周一至周五。"
    texts = [b.text for b in composed("reply", variants(text=text)).blocks]
    at = texts.index("查阅点在一楼大厅。")

    assert texts[at + 1] == "# 请携带证件 <b>&amp;</b>，开放时间为周一至周五。"


def test_the_same_input_gives_the_same_bytes_and_says_which_version() -> None:
    first = composed("reply", variants())
    again = composed("reply", variants())
    other = composed("reply", variants(version="2020-2", text="查阅点已经迁至二楼。"))

    assert first.variant == "before_closing@2020-1"
    assert other.variant == "before_closing@2020-2"
    digests = [
        finish(made, number="抚县政公告〔2020〕1号").sha256 for made in (first, again, other)
    ]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("since", "until", "held"),
    [
        ("2020-10-26", None, True),
        ("2020-10-27", None, False),
        ("2020-01-01", "2020-10-26", True),
        ("2020-01-01", "2020-10-25", False),
    ],
)
def test_a_text_holds_on_its_days(since: str, until: str | None, held: bool) -> None:  # noqa: FBT001
    assert (TEXT in composed("reply", variants(since=since, until=until)).text) is held


def test_a_text_for_one_paper_is_not_in_another() -> None:
    assert TEXT not in composed("receipt", variants()).text


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "an unknown paper": ({"paper": "letter"}, "paper", "letter"),
    "a slip within a paper": ({"paper": "third_party_reply_slip"}, "paper", "不是可以增加"),
    "an unknown place": ({"island": "top"}, "island", "top"),
    "a place that the paper has not": (
        {"paper": "receipt", "island": "before_remedies"},
        "island",
        "不写救济途径",
    ),
    "no version": ({"version": None}, "version", "没有填写"),
    "a strange version": ({"version": "第 1 版！"}, "version", "不超过40字"),
    "no text": ({"text": None}, "text", "没有填写"),
    "an empty text": ({"text": " "}, "text", "应当有内容"),
    "a long text": ({"text": "长" * 500 + "。"}, "text", "不超过500字"),
    "no first day": ({"since": None}, "since", "没有填写"),
    "a day that is text": ({"since": '"2020-10-01"'}, "since", "应当是"),
    "days the wrong way round": ({"until": "2020-09-30"}, "until", "早于"),
    "an unknown key": ({"place": "x"}, "place", "不是已知的项目"),
    "template code": ({"text": "按{{ d.reason }}办理。"}, "text", "模板符号"),
    "a template tag": ({"text": "{% if x %}请知悉。"}, "text", "模板符号"),
    "a leftover": ({"text": "联系人None。"}, "text", "残留"),
    "a gap to fill in": ({"text": "联系人XXX。"}, "text", "残留"),
    "another review body": ({"text": "也可以向市政府申请行政复议。"}, "text", "救济途径"),
    "a court": ({"text": "请向人民法院反映。"}, "text", "救济途径"),
    "another review period": ({"text": "请于30日内提出异议。"}, "text", "期限"),
    "a period in Han": ({"text": "请于三十日内提出异议。"}, "text", "期限"),
    "working days": ({"text": "我们将在5个工作日办结。"}, "text", "期限"),
    "a date": ({"text": "自2020年1月1日起施行。"}, "text", "日期"),
    "an article": ({"text": "依照第三十三条的规定。"}, "text", "法律依据"),
    "a decision": ({"text": "逾期不来的，视为放弃。"}, "text", "处理决定"),
    "a sum": ({"text": "复印每页1元。"}, "text", "处理决定"),
    "a doubled mark": ({"text": "请知悉。。"}, "text", "标点"),
    "empty quotes": ({"text": "请看“”。"}, "text", "标点"),
    "no full stop": ({"text": "请知悉"}, "text", "句号"),
    "a mark that turns the text": ({"text": "请知\u202e悉。"}, "text", "U+202E"),
    "a mark that nobody sees": ({"text": "请知\u200b悉。"}, "text", "U+200B"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_with_file_and_key(name: str) -> None:
    changes, key, why = WRONG[name]
    text = toml(**changes)
    with pytest.raises(DataError) as refused:
        read_variants(text, NAME)

    assert f"{NAME} 的 paragraphs[1].{key}" in refused.value.message
    assert why in refused.value.message


def test_two_texts_for_one_place_on_one_day_are_refused() -> None:
    with pytest.raises(DataError, match="重叠"):
        read_variants(toml() + toml(version="2020-2"), NAME)
    with pytest.raises(DataError, match="已经用过"):
        read_variants(toml(until="2020-12-31") + toml(since="2021-01-01"), NAME)

    both = read_variants(toml(until="2020-12-31") + toml(since="2021-01-01", version="2"), NAME)
    assert [v.version for v in both.of("reply", date(2021, 1, 1))] == ["2"]
    assert len(read_variants(toml() + toml(island="after_opening"), NAME).of("reply", ON)) == 2


def test_a_file_that_is_no_toml_is_told() -> None:
    with pytest.raises(DataError, match=NAME):
        read_variants("[[paragraphs", NAME)


def test_an_empty_file_adds_nothing() -> None:
    assert read_variants("", NAME) == Variants.none()


def test_what_slips_past_the_reader_the_linter_finds() -> None:
    careless = Variant(
        paper="reply",
        island=Island.BEFORE_CLOSING,
        version="1",
        text="请知悉,谢谢。",
        since=RECEIVED,
    )
    after = replied(complete(Outcome.DISCLOSE))
    made = notices.compose(
        "reply",
        case=after,
        command=c.IssueReply(),
        on=ON,
        world=world(),
        variants=Variants((careless, replace(careless, paper="receipt"))),
    )

    assert [f.code for f in notices.lint(made, case=after, world=world())] == ["half_width_mark"]


def test_forms_of_the_office_itself_have_no_places() -> None:
    own = [p.kind for p in CATALOGUE.values() if p.addressee == "本机关"]
    assert own
    for kind in own:
        with pytest.raises(DataError, match="不是可以增加段落的文书"):
            variants(paper=kind)
