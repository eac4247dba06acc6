"""The texts of an export that people read: what is in it, what happened, how days were counted."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from gongkai.store.chain import Head
from gongkai.timeline import Line
from gongkai.wording import COUNTING, article_text
from workflow.case import Case
from workflow.clock import deadlines
from workflow.periods import PeriodKind
from workflow.proof import proof
from workflow.world import World

_CONTENTS: Final = """\
案卷导出材料

案件：{number}
机关：{agency}
本材料反映的是第{seq}项记录以前（含）的全部内容，按{today}的情况计算期限。
链尾：第{seq}项 {hash}

一、内容
  facts.jsonl        本案每一步的记录，一行一步，按发生次序；personal 是其中的个人信息原文
  acts.jsonl         对本案数据本身做过的处理（查看明文、取出附件、导出等）
  chain.jsonl        本机关全部记录的摘要链，从本案第一步的前一项到链尾；他案只有摘要，没有内容
  anchors.jsonl      此前记在数据库以外的链尾（有锚点文件时才有）
  papers.json        文书登记；papers/ 是制发的原件（docx）和文字（txt）
  attachments.json   附件登记；attachments/ 是附件
  timeline.txt       办理经过
  proof.txt          各项期限，以及答复期限的逐日说明
  manifest.json      以上每个文件的 SHA-256 摘要
  verify.py          核验程序，只用 Python 标准库，约三百行，可以请专家审读

二、怎样核验
  1. 解压到一个空文件夹，不要改动、增加文件。
  2. 在有 Python 3.8 以上的电脑上，在该文件夹运行：python3 -I -S verify.py
  3. 最后一行是“结论：全部相符。”，且程序返回 0，即核验通过；否则逐条列出不符之处。
  4. 核对链尾：请从机关以外取得同一天或者以后的锚点（机关每日把链尾记在数据库以外，例如发送给
     主管部门），与上面的链尾或者 chain.jsonl 中相应的一项比对。只有这样才能排除整条链被重新制作。
  5. 核对压缩包本身：机关的记录（exported）载有整个压缩包的 SHA-256 摘要，可以要求机关出示。

三、能证明什么，不能证明什么
  能：上述记录、文书、附件自写入以来没有改动、删除、插入、调换；个人信息与当时承诺的一致。
  不能：记录的内容是否属实；chain.jsonl 中他案各项的内容；导出之后又发生的事。
  timeline.txt、proof.txt、本说明由程序根据记录生成，只受 manifest.json 保护，以 facts.jsonl 为准。
  已按保存期限删除的个人信息、文书、附件没有原文，其摘要仍在链上；acts.jsonl 里没有注销记录
  （erased）而缺少原文的，核验程序报为不符。

四、手工核验一步
  取 facts.jsonl 一行中的 entry，按键名排序、不留空格写成 UTF-8 的 JSON，计算 SHA-256，应与
  chain.jsonl 中同一 seq 的 digest 相同；前一项的 hash 与本项的 digest 首尾相接后计算 SHA-256，
  应与本项的 hash 相同；HMAC-SHA256（密钥为 salt 的字节，内容为 personal 的 UTF-8）应与
  commitment 相同。

本材料含有个人信息明文，只供法院、复议机关依法使用，用后按规定保管或者销毁。
"""


def contents(number: str, agency: str, head: Head, today: date) -> str:
    """Say what is in the export and how to verify it."""
    return _CONTENTS.format(number=number, agency=agency, seq=head.seq, hash=head.hash, today=today)


def told(lines: Iterable[Line]) -> str:
    """Tell what happened, a line for each step."""
    return "".join(f"{line}\n" for line in _told(lines))


def _told(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        state = line.state.label if line.state else "—"
        due = f"，答复期限至{line.reply_due_on}" if line.reply_due_on else ""
        yield f"{line.n}. {line.on} {line.label}（{line.by}）→ {state}{due}"
        for finding in line.findings:
            yield f"    {finding.severity.label} {finding.code}：{finding.message}{finding.mend}"


def proven(case: Case, world: World) -> str:
    """Prove the deadlines of a request, day by day."""
    return "".join(f"{line}\n" for line in _proven(case, world))


def _proven(case: Case, world: World) -> Iterator[str]:
    yield "一、期限"
    for one in deadlines(case, world):
        met = f"，办结于{one.met_on}" if one.met_on else ""
        late = "，超期" if one.met_on and one.met_on > one.due_on else ""
        mark = "（暂定）" if one.provisional else ""
        label = PeriodKind(one.kind).label
        yield f"{label}：至{one.due_on}{mark}（{article_text(one.article)}）{met}{late}"
    yield ""
    yield "二、答复期限逐日说明"
    for line in proof(case, world):
        n = f"第{line.n}日 " if line.n else ""
        yield f"{line.on} {COUNTING[line.kind]} {n}{line.why}"
