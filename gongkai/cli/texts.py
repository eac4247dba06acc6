"""The frame texts in Chinese and English; what the law says stays Chinese."""

import os
from typing import Final

LANGUAGES: Final = ("zh", "en")
_VARIABLE: Final = "GONGKAI_LANG"
_chosen: list[str] = []

_ENGLISH: Final = {
    "政府信息公开申请办理：期限、审查、文书。": "Disclosure requests: deadlines, checks, papers.",
    "算一个期限，并逐日说明。": "A deadline and its day-by-day proof.",
    "工作日历：查看、检查、导入放假通知。": "The calendar: show, check, import a notice.",
    "案件：列表、查看、办理。": "Cases: list, show, log, do.",
    "文书：列表、目录、打印、核验、文号。": "Papers: list, print, verify, numbers, catalogue.",
    "流程：每个状态可办的步骤和条文。": "The process: steps, states and articles.",
    "在内存中演练案例文件。": "Run case files in memory.",
    "把案例文件录入数据库。": "Take case files into the database.",
    "建立数据库。": "Make the database.",
    "升级数据库的结构（先自动备份）。": "Migrate the database, backup first.",
    "备份数据库（在线、一致、经过核对）。": "Back up the database, proven.",
    "用备份恢复数据库。": "Restore a backup.",
    "办理附带的样例并显示结果。": "Run the sample cases and show them.",
    "核查：链是否完整，每日锚点，不予公开理由的使用。": "Audit: the chain, its anchor, exemptions.",
    "体检：数据是否完整、前后一致；问题在哪里，怎样修复。": "Check the data; how to mend it.",
    "全部符合。": "Everything holds.",
    "案件行与事实一致，无须重建。": "The rows are what the facts make; nothing to rebuild.",
    "配置文件": "Configuration file",
    "界面语言：zh 或者 en": "Language: zh or en",
    "出错时显示技术细节": "Show technical details of failures",
    "显示版本": "Show the version",
    "以 JSON 输出": "Print JSON",
    "用法错误：": "Usage: ",
    "系统出错：": "The system failed: ",
    "加上 --debug 可看到技术细节。": "Add --debug for technical details.",
    "收到申请": "Received",
    "补正申请收到": "Corrected request received",
    "告知补正，最迟": "Ask for correction by",
    "答复，最迟": "Reply by",
    "延长{n}个工作日后，最迟": "Reply by, extended by {n} working days",
    "暂定": "provisional",
    "工作日历": "Calendar",
    "依据": "Law",
    "逐日说明": "Day by day",
    "起算": "start",
    "计入": "counted",
    "跳过": "skipped",
    "扣除": "excluded",
    "经过": "Timeline",
    "期限": "Deadlines",
    "审查意见": "Findings",
    "文书": "Papers",
    "日期": "Date",
    "步骤": "Step",
    "办理人": "By",
    "之后的状态": "State after",
    "答复期限": "Reply due",
    "拒绝": "refused",
    "期限种类": "Period",
    "最后一天": "Last day",
    "条文": "Article",
    "办结日": "Met on",
    "超期": "late",
    "与故事所写一致": "as the story says",
    "与故事所写不一致": "not as the story says",
    "种类": "Kind",
    "文号": "Number",
    "文件": "File",
    "案件编号": "Case",
    "机关": "Agency",
    "状态": "State",
    "没有案件。": "There are no cases.",
    "加密个人信息的密钥：更换、检查。": "The key of personal data: rotate, check.",
    "保管期限：到期个人信息的清单、方案、清除。": "Retention: list, propose, erase.",
}


def choose(language: str | None) -> None:
    """Choose the language of frame texts for this process."""
    _chosen[:] = [language or os.environ.get(_VARIABLE, "zh")]


def t(text: str) -> str:
    """Return a frame text in the chosen language."""
    return _ENGLISH.get(text, text) if _chosen == ["en"] else text
