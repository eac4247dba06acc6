"""A case file that is not well-formed is refused with key path, line and what was expected."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from gongkai.casefile import CaseFileError, Fault, open_story, read_story
from gongkai.config import Config
from gongkai.errors import BAD_USE
from gongkai.story import Expected, Story
from rules.words import Ground
from workflow.commands import DraftReply, Register
from workflow.people import Actor
from workflow.vocabulary import Role

Tell = Callable[[str], Story]

DRAFT = """
[[steps]]
do = "draft_reply"
on = 2020-09-16
[[steps.decisions]]
item = 1
outcome = "withhold"
[[steps.decisions.passages]]
label = "全文"
disclose = false
"""


def faults(tell: Tell, text: str) -> tuple[Fault, ...]:
    with pytest.raises(CaseFileError) as caught:
        tell(text)
    assert caught.value.exit_code == BAD_USE
    assert caught.value.file == "story.toml"
    return caught.value.faults


def the_fault(tell: Tell, text: str) -> Fault:
    (fault,) = faults(tell, text)
    return fault


BAD = {
    "malformed": ("x = ", "", 12, "TOML"),
    "an impossible date": (
        '[[steps]]\ndo = "accept"\non = 2020-02-30\n',
        "",
        14,
        "日期不存在或者写法不对",
    ),
    "a date in quotes": (
        '[[steps]]\ndo = "accept"\non = "2020-09-15"\n',
        "steps[0].on",
        12,
        "应为日期",
    ),
    "a date with a time": (
        '[[steps]]\ndo = "accept"\non = 2020-09-15T08:00:00\n',
        "steps[0].on",
        12,
        "应为日期",
    ),
    "no date": ('[[steps]]\ndo = "accept"\n', "steps[0].on", 12, "缺少必填的键“on”"),
    "no step word": ("[[steps]]\non = 2020-09-15\n", "steps[0].do", 12, "accept（受理）"),
    "an unknown step": (
        '[[steps]]\ndo = "acept"\non = 2020-09-15\n',
        "steps[0].do",
        12,
        "是否应为“accept”？",
    ),
    "a registration as a step": (
        '[[steps]]\ndo = "register"\non = 2020-09-15\n',
        "steps[0].do",
        12,
        "登记写在 [case] 里",
    ),
    "an unknown key": (
        '[[steps]]\ndo = "accept"\non = 2020-09-15\nbye = "officer"\n',
        "steps[0].bye",
        12,
        "是否应为“by”？",
    ),
    "an unknown role": (
        '[[steps]]\ndo = "accept"\non = 2020-09-15\nby = "boss:李"\n',
        "steps[0].by",
        12,
        "officer（经办人）",
    ),
    "a role that is no text": (
        '[[steps]]\ndo = "accept"\non = 2020-09-15\nby = 3\n',
        "steps[0].by",
        12,
        "角色:姓名",
    ),
    "an expectation that is no code": (
        '[[steps]]\ndo = "accept"\non = 2020-09-15\nrefused = 3\n',
        "steps[0].refused",
        12,
        "true 或者拒绝的代码",
    ),
    "a missing key": (
        '[[steps]]\ndo = "defer_reply"\non = 2020-09-15\nreason = "x"\n',
        "steps[0].until",
        12,
        "缺少必填的键“until”",
    ),
    "a word in no list": (
        '[[steps]]\ndo = "send_reply"\non = 2020-09-15\nmethod = "pigeon"\n',
        "steps[0].method",
        12,
        "post（邮寄）",
    ),
    "a paper in no list": (
        '[[steps]]\ndo = "record_service"\non = 2020-09-15\npaper = "x"\nresult = "delivered"\n',
        "steps[0].paper",
        12,
        "correction_notice",
    ),
    "a text for a number": (
        '[[steps]]\ndo = "charge_fee"\non = 2020-09-15\nbasis = "pages"\ncount = "40"\n',
        "steps[0].count",
        12,
        "应为整数",
    ),
    "a boolean for a number": (
        '[[steps]]\ndo = "charge_fee"\non = 2020-09-15\nbasis = "pages"\ncount = true\n',
        "steps[0].count",
        12,
        "应为整数",
    ),
    "a broken number": (
        '[[steps]]\ndo = "charge_fee"\non = 2020-09-15\nbasis = "pages"\ncount = 4.0\n',
        "steps[0].count",
        12,
        "应为整数",
    ),
    "a text for a list": (
        '[[steps]]\ndo = "request_correction"\non = 2020-09-15\nmatters = "补身份证明"\n',
        "steps[0].matters",
        12,
        "应为列表",
    ),
    "a number in a list of texts": (
        '[[steps]]\ndo = "request_correction"\non = 2020-09-15\nmatters = ["甲", 2]\n',
        "steps[0].matters[1]",
        12,
        "应为文字",
    ),
    "a text for a boolean": (
        '[[steps]]\ndo = "decide_extension"\non = 2020-09-15\ngrant = "true"\n',
        "steps[0].grant",
        12,
        "应为true 或者 false",
    ),
    "steps that are no tables": (
        'steps = "x"\n',
        "case.items[0].steps",
        10,
        "没有“steps”",
    ),
    "an outcome in no list": (
        DRAFT.replace("withhold", "withold"),
        "steps[0].decisions[0].outcome",
        16,
        "是否应为“withhold”？",
    ),
    "a ground in no list": (
        DRAFT + 'ground = "work_secret"\n',
        "steps[0].decisions[0].passages[0].ground",
        19,
        "state_secret（国家秘密）",
    ),
    "an evidence key that the ground does not have": (
        DRAFT + 'ground = "state_secret"\nevidence = { masking_suffices = true }\n',
        "steps[0].decisions[0].passages[0].evidence.masking_suffices",
        19,
        "可用的键：level",
    ),
    "evidence of the wrong type": (
        DRAFT + 'ground = "state_secret"\nevidence = { expires_on = "2030-01-01" }\n',
        "steps[0].decisions[0].passages[0].evidence.expires_on",
        19,
        "应为日期",
    ),
    "evidence that is no table": (
        DRAFT + 'ground = "state_secret"\nevidence = 3\n',
        "steps[0].decisions[0].passages[0].evidence",
        19,
        "应为一个表",
    ),
    "a ground and grounds": (
        DRAFT + 'ground = "state_secret"\ngrounds = ["state_secret"]\n',
        "steps[0].decisions[0].passages[0].ground",
        19,
        "只能写一个",
    ),
    "a keyed evidence of the wrong type": (
        DRAFT + 'grounds = ["state_secret"]\nevidence.state_secret = { mark = 3 }\n',
        "steps[0].decisions[0].passages[0].evidence.state_secret.mark",
        19,
        "应为文字",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_mistake_is_told_with_place_line_and_what_was_expected(
    name: str, tell: Tell, request_text: str
) -> None:
    addition, path, line, said = BAD[name]

    fault = the_fault(tell, request_text + addition)

    assert (fault.path, fault.line) == (path, line)
    assert said in fault.message
    assert ("（第1步）：" in str(fault)) is path.startswith("steps[0].")


HEAD = {
    "no title": (('title = "短故事"\n', ""), "title", "缺少必填的键“title”"),
    "a key that is not known": (('短故事"', '短故事"\ntitel = 3'), "titel", "是否应为“title”？"),
    "an agency that is not configured": (("county-office", "city-office"), "case.agency", "机关"),
    "a channel in no list": (('"in_person"', '"telegram"'), "case.channel", "fax（传真）"),
    "no channel": (('channel = "in_person"\n', ""), "case.channel", "缺少"),
    "no day": (("on = 2020-09-14\n", ""), "case.on", "缺少必填的键“on”"),
    "a day that is none": (("2020-09-14", "20200914"), "case.on", "应为日期"),
    "a topic in no list": (
        ("on = 2020", 'topics = ["sars"]\non = 2020'),
        "case.topics[0]",
        "epidemic",
    ),
    "an applicant without a name": (('name = "喆堃𠀀"\n', ""), "case.applicant.name", "缺少"),
    "an applicant of no kind": (("natural_person", "person"), "case.applicant.kind", "自然人"),
    "a purpose": (
        ("contact =", 'purpose = "x"\ncontact ='),
        "case.applicant.purpose",
        "没有“purpose”这个键",
    ),
    "an item without a name": (
        ('title = "2019年某村征地补偿安置方案"', 'period = "2019"'),
        "case.items[0].title",
        "description",
    ),
    "no items": (
        ('[[case.items]]\ntitle = "2019年某村征地补偿安置方案"\n', ""),
        "case.items",
        "缺少",
    ),
}


@pytest.mark.parametrize("name", HEAD)
def test_a_mistake_in_the_request_is_told(name: str, tell: Tell, request_text: str) -> None:
    (old, new), path, said = HEAD[name]
    assert old in request_text

    fault = the_fault(tell, request_text.replace(old, new, 1))

    assert fault.path == path
    assert said in fault.message


def test_a_file_without_a_case_says_what_is_missing(tell: Tell) -> None:
    fault = the_fault(tell, 'title = "x"\n')

    assert (fault.path, fault.line) == ("case", 1)
    assert "[case]" in fault.message


def test_both_ways_of_naming_applicants_at_once_are_refused(tell: Tell, request_text: str) -> None:
    text = request_text + '[[case.applicants]]\nkind = "natural_person"\nname = "李某"\n'

    assert "只能写一种" in the_fault(tell, text).message


def test_everything_that_is_wrong_is_told_at_once(tell: Tell, request_text: str) -> None:
    text = request_text.replace("in_person", "telegram").replace("2020-09-14", '"2020-09-14"')
    text += '[[steps]]\ndo = "accept"\n[[steps]]\ndo = "x"\non = 2020-09-15\n'

    paths = [fault.path for fault in faults(tell, text)]

    assert paths == ["case.on", "case.channel", "steps[0].on", "steps[1].do"]


def test_headers_inside_texts_and_lists_do_not_move_the_lines(
    tell: Tell, request_text: str
) -> None:
    text = request_text + (
        'clues = [\n  "[[steps]]", # [[steps]]\n]\n'
        'description = """\n[[steps]]\n"""\n[[steps]]\ndo = "accept"\n'
    )

    assert the_fault(tell, text).line == 18


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, config: Config) -> None:
    with pytest.raises(CaseFileError, match="读不出来"):
        open_story(tmp_path / "none.toml", config)
    (tmp_path / "gbk.toml").write_bytes("标题".encode("gbk"))
    with pytest.raises(CaseFileError, match="UTF-8"):
        open_story(tmp_path / "gbk.toml", config)


def test_windows_line_ends_and_a_byte_order_mark_are_read(
    tmp_path: Path, config: Config, reply_text: str
) -> None:
    file = tmp_path / "story.toml"
    file.write_bytes(b"\xef\xbb\xbf" + reply_text.replace("\n", "\r\n").encode())

    assert open_story(file, config) == read_story(reply_text, "story.toml", config)


def test_a_story_is_read_as_it_is_told(tell: Tell, reply_text: str) -> None:
    story = tell(reply_text.replace('do = "accept"', 'do = "accept"\nby = "officer:李"', 1))

    assert (story.title, story.on, story.latest) == ("短故事", date(2020, 9, 14), date(2020, 9, 22))
    assert story.as_of is None
    assert [step.n for step in story.steps] == [1, 2, 3, 4, 5, 6]
    assert story.steps[0].by == Actor(Role.OFFICER, "李")
    assert story.steps[1].by is None
    assert isinstance(story.register, Register)
    assert story.register.applicants[0].name == "喆堃𠀀"


def test_one_ground_with_flat_evidence_is_read_like_grounds_with_keyed_evidence(
    tell: Tell, request_text: str
) -> None:
    short = 'ground = "personal_privacy"\nevidence = { privacy_finding = "能识别个人" }\n'
    long = (
        'grounds = ["personal_privacy"]\n'
        'evidence.personal_privacy = { privacy_finding = "能识别个人" }\n'
    )

    first, second = (tell(request_text + DRAFT + way).steps[0].command for way in (short, long))

    assert first == second
    assert isinstance(first, DraftReply)
    passage = first.decisions[0].passages[0]
    assert passage.grounds == (Ground.PERSONAL_PRIVACY,)
    assert passage.evidence.personal_privacy.privacy_finding == "能识别个人"


@pytest.mark.parametrize(
    ("written", "expected"), [("true", True), ("false", None), ('"late"', "late")]
)
def test_a_step_may_expect_its_refusal(
    written: str, expected: Expected, tell: Tell, request_text: str
) -> None:
    step = f'[[steps]]\ndo = "accept"\non = 2020-09-15\nrefused = {written}\n'

    assert tell(request_text + step).steps[0].refused == expected


def test_missing_evidence_is_no_format_error(tell: Tell, request_text: str) -> None:
    assert tell(request_text + DRAFT + 'ground = "state_secret"\n').steps[0].do == "draft_reply"


def test_the_digest_of_a_draft_is_filled_in_and_never_typed(tell: Tell, reply_text: str) -> None:
    typed = reply_text.replace('do = "approve_reply"', 'do = "approve_reply"\ndraft_digest = "0"')
    with pytest.raises(CaseFileError, match=r"steps\[3\]\.draft_digest"):
        tell(typed)
