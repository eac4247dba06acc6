"""Why a file is not kept: what is wrong, what the law says, what to do instead."""

from typing import Final, NamedTuple

from gongkai.attaching.unfit import SECRET
from workflow.afterwards import MARK_MEND
from workflow.errors import Refused

_KEPT_NOT: Final = "文件没有保存。"
_PDF: Final = "请另存或者打印为 PDF 后再附。"
_KNOWN: Final = (
    "可以附的：PDF、OFD，Word、Excel、PowerPoint 和 WPS 的文档、表格、演示（不含宏），"
    "png、jpg、tif、gif、bmp、webp 图片，txt、csv 文本，mp3、wav、mp4 录音录像。"
)


class _Reason(NamedTuple):
    message: str
    mend: str
    article: str = "45"


_REASONS: Final[dict[str, _Reason]] = {
    SECRET: _Reason("{}带有国家秘密标志，本系统是非涉密系统，不得存储，", MARK_MEND, article="14"),
    "empty_file": _Reason("文件是空的，", "请核对文件。"),
    "file_too_large": _Reason(
        "文件超过{}兆字节，", "请分成几个文件，或者降低扫描的分辨率；上限由管理员在配置中设定。"
    ),
    "bad_name": _Reason("文件名{}，", "请给文件换一个普通的名称后再附。"),
    "name_contradicts": _Reason(
        "文件名的后缀是“{}”，内容却不是这种文件，",
        "请核对是不是选错了文件，或者用原来的程序打开后重新保存。",
    ),
    "unknown_type": _Reason("认不出这是什么文件，", _KNOWN),
    "archive": _Reason("这是压缩包，里面的内容查看不了，", "请解压后把需要的文件逐个附上。"),
    "executable": _Reason("这是程序或者脚本，", "只能附文档、图片和录音录像。" + _KNOWN),
    "web_page": _Reason("这是网页或者 svg 图，可能含有脚本，", _PDF),
    "rich_text": _Reason("这种文档可能夹带别的文件，", "请另存为 docx 或者 PDF 后再附。"),
    "mail": _Reason("这是邮件，可能夹带别的文件，", "请把正文打印为 PDF，邮件的附件逐个附上。"),
    "macros": _Reason("文件含有宏（程序），", f"请另存为不含宏的 docx、xlsx、pptx，或者{_PDF[1:]}"),
    "loads_from_outside": _Reason(
        "文件打开时会从外部读取内容（{}），", f"请断开链接或者去掉外部模板，或者{_PDF[1:]}"
    ),
    "embedded": _Reason("文件里夹带了别的文件或者对象，", f"请把夹带的文件单独附上；本文件{_PDF}"),
    "encrypted": _Reason("文件加了密码或者权限限制，内容查看不了，", "请取消密码和限制后再附。"),
    "bomb": _Reason(
        "文件展开以后异常地大，会拖垮打开它的电脑，",
        f"请联系提供文件的人核对；确实需要的，{_PDF[1:]}",
    ),
    "entities": _Reason("文件里有实体定义，可以用来拖垮或者攻击打开它的电脑，", _PDF),
    "active": _Reason("PDF 含有{}，", "请用“打印到 PDF”重新生成后再附；夹带的文件请单独附上。"),
    "damaged": _Reason("文件损坏，或者结构不正常，", "请用原来的程序打开后重新保存，再附。"),
    "unreadable": _Reason("文件太复杂，在限定的时间和内存内检查不完，", _PDF),
}


def refused(code: str, what: str = "") -> Refused:
    """Return the refusal in the officer's words."""
    reason = _REASONS[code]
    return Refused(
        code=code,
        message=reason.message.format(what) + _KEPT_NOT,
        article=reason.article,
        mend=reason.mend,
    )
