"""The guesses about wording: they catch what they claim to catch, and leave honest texts alone."""

import pytest

from workflow.wording import borrowed_label, is_home_page, only_literal, repeats_article


@pytest.mark.parametrize(
    "reason",
    [
        "过程性信息",
        "属于过程性信息，可以不予公开。",
        "根据《中华人民共和国政府信息公开条例》第十六条第二款的规定，不予公开",
        "依据政府信息公开条例第16条第2款，该信息属于讨论记录，依法可以不予公开",
        "该信息系行政机关的内部事务信息",
        "行政机关在履行行政管理职能过程中形成的讨论记录、过程稿、磋商信函、请示报告等过程性信息",
        "属于行政执法案卷信息",
        "属内部管理信息，不宜公开",
        "人事管理、后勤管理、内部工作流程等方面的信息",
    ],
)
def test_nothing_but_the_article(reason: str) -> None:
    assert repeats_article(reason)


@pytest.mark.parametrize(
    "reason",
    [
        "公开会妨碍与会者坦率发表意见",
        "谈判尚未结束，公开会泄露底价",
        "属于讨论记录，公开会使参会人员不敢直言",
        "值班安排公开后仓库无人看守的时间会被知晓",
        "依据第十六条第二款不予公开：案件仍在侦办，公开会惊动当事人",
    ],
)
def test_a_reason_of_its_own(reason: str) -> None:
    assert not repeats_article(reason)


@pytest.mark.parametrize(
    ("reason", "label"),
    [
        ("属工作秘密", "工作秘密"),
        ("为内部资料", "内部资料"),
        ("是历史信息", "历史信息"),
        ("底价", None),
    ],
)
def test_labels_that_are_no_grounds(reason: str, label: str | None) -> None:
    assert borrowed_label(reason) == label


@pytest.mark.parametrize(
    "where",
    [
        "https://www.example.gov.cn",
        "https://www.example.gov.cn/",
        "http://www.example.gov.cn/index.html",
        "www.example.gov.cn",
        "抚顺县人民政府网站（www.example.gov.cn）",
        "抚顺县人民政府门户网站",
        "县政府官网",
        "本机关网站首页",
        "详见县政府网站 https://www.example.gov.cn/index.htm。",
    ],
)
def test_a_whole_website_is_no_place(where: str) -> None:
    assert is_home_page(where)


@pytest.mark.parametrize(
    "where",
    [
        "",
        "https://www.example.gov.cn/zwgk/2020/03/a.html",
        "www.example.gov.cn/index.php?id=12",
        "https://www.example.gov.cn/#/notice/12",
        "县政府网站“征地信息公开”栏目",
        "www.example.gov.cn，首页—政务公开—征地信息—2020年3月5日",
        "《抚顺县人民政府公报》2020年第3期第12页",
        "抚顺县档案馆阅览室",
        "https://www.example.gov.cn/ 以及 https://www.example.gov.cn/a/b.html",
    ],
)
def test_a_place_that_can_be_found(where: str) -> None:
    assert not is_home_page(where)


@pytest.mark.parametrize(
    ("keywords", "literal"),
    [
        (("补偿方案",), True),
        (("《补偿方案》", "补偿 方案"), True),
        ((), True),
        (("补偿方案", "补偿"), False),
    ],
)
def test_a_search_for_nothing_but_the_title(keywords: tuple[str, ...], *, literal: bool) -> None:
    assert only_literal(keywords, "补偿方案") is literal
