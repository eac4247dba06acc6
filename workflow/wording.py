"""What the wording of a draft gives away: honest guesses, which only ever remind."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from workflow.vocabulary import DeliberativeCategory, InternalCategory

_NOISE: Final = re.compile(r"[\W_]+")

#: Everything that article 16 and its labels say anyway; longer phrases first.
_FORMULA: Final = sorted(
    (
        *(category.label for category in (*InternalCategory, *DeliberativeCategory)),
        *("中华人民共和国政府信息公开条例", "政府信息公开条例", "第十六条", "第一款", "第二款"),
        *("本条例", "该条例", "条例", "行政机关在履行行政管理职能过程中形成的"),
        *("内部事务信息", "过程性信息", "行政执法案卷信息", "行政执法案卷", "内部事务", "过程性"),
        *("内部信息", "案卷信息", "政府信息", "可以不予公开", "不予公开", "可以不公开", "不公开"),
        *("不宜公开", "不应公开", "不得公开", "应当公开", "予以公开", "依法", "根据", "依据"),
        *("依照", "按照", "规定", "有关", "相关", "属于", "涉及", "系", "为", "是", "属"),
        *("行政机关", "本机关", "我机关", "本单位", "我单位", "所申请", "申请公开", "申请人"),
        *("申请", "公开", "上述", "该部分", "该信息", "该内容", "该", "此", "本", "所"),
        *("信息", "内容", "材料", "部分", "方面", "包括", "等", "以及", "和", "的", "故", "因此"),
        *("因", "现", "决定", "范围", "情形", "类", "性质", "内部", "管理", "工作"),
    ),
    key=len,
    reverse=True,
)
_FORMULAS: Final = re.compile("|".join((r"第\d+[条款项]", *map(re.escape, _FORMULA))))
#: Fewer characters than this cannot say why this information must stay closed.
_A_REASON: Final = 4

_ADDRESS: Final = re.compile(
    r"(?:https?://)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d+)?(?:/[^\s，。；、）)”]*)?",
    re.IGNORECASE | re.ASCII,
)
_HOME: Final = re.compile(r"/?(?:(?:index|default|home|main)\.\w+)?", re.IGNORECASE)
_SITE: Final = re.compile(r"(?:.*(?:网|网站|门户|平台|首页|主页|网址|网页))?")

_NOT_GROUNDS: Final = ("工作秘密", "内部资料", "历史信息")


def bare(text: str) -> str:
    """Return ``text`` without spaces and punctuation."""
    return _NOISE.sub("", text)


def repeats_article(reason: str) -> bool:
    """Say whether nothing is left of ``reason`` once the words of article 16 are taken away."""
    return len(_FORMULAS.sub("", bare(reason))) < _A_REASON


def borrowed_label(reason: str) -> str | None:
    """Return a label in ``reason`` that practice uses and the Regulation does not know."""
    return next((label for label in _NOT_GROUNDS if label in reason), None)


def is_home_page(where: str) -> bool:
    """Say whether ``where`` names a whole website and no place in it."""
    addresses = _ADDRESS.findall(where)
    rest = bare(_ADDRESS.sub("", where))
    if addresses and not all(_leads_nowhere(address) for address in addresses):
        return False
    return bool(addresses or rest) and _SITE.fullmatch(rest) is not None


def only_literal(keywords: Iterable[str], title: str) -> bool:
    """Say whether a search looked for the literal title and nothing else."""
    return all(bare(keyword) == bare(title) for keyword in keywords)


def _leads_nowhere(address: str) -> bool:
    parts = urlsplit(address if "//" in address else f"//{address}")
    return not parts.query and not parts.fragment and _HOME.fullmatch(parts.path) is not None
