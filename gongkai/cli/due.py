"""``gongkai due``: a deadline and its day-by-day proof."""

from datetime import date, timedelta
from typing import Any

import typer

from gongkai.calendars import calendar_for, settings_of
from gongkai.cli.frame import config_file, day, day_text, say, say_json
from gongkai.cli.texts import t
from gongkai.term import Question, Span, Term, term
from gongkai.wording import COUNTING, proof_as
from rules.workdays import Day, WorkCalendar
from workflow.proof import ProofLine
from workflow.vocabulary import RECEIVED_AT_ONCE, Channel

app = typer.Typer()


def span(text: str) -> Span:
    """Read ``FROM..TO``."""
    start, dots, end = text.partition("..")
    if not dots:
        raise typer.BadParameter(f"“{text}”应为 起日..止日，如 2020-10-09..2020-10-20")
    found = (day(start), day(end))
    if found[1] < found[0]:
        raise typer.BadParameter(f"“{text}”的止日早于起日")
    return found


@app.command(help=t("算一个期限，并逐日说明。"))
def due(
    received: date = typer.Option(..., parser=day, metavar="DATE", help="收到申请之日"),
    channel: Channel | None = typer.Option(None, help="提交方式（决定收到之日如何认定）"),
    extension: int = typer.Option(0, help="延长的工作日数"),
    correction: date | None = typer.Option(
        None, parser=day, metavar="DATE", help="收到补正申请之日"
    ),
    consult: list[str] = typer.Option(
        [], metavar="FROM..TO", help="征求意见：对方收到之日..提出意见之日；可写多次"
    ),
    proof: bool = typer.Option(False, "--proof", help="逐日说明"),
    json: bool = typer.Option(False, "--json", help=t("以 JSON 输出")),
) -> None:
    """Answer on standard output; the law's refusal is exit 1, a bad command line exit 2."""
    question = Question(
        received=received,
        correction=correction,
        extension=extension,
        consultations=tuple(span(text) for text in consult),
    )
    _in_order(question)
    calendar = calendar_for(settings_of(config_file()))
    found = term(question, calendar)
    if json:
        say_json(_as_json(found, calendar, proof=proof))
    else:
        _show(found, calendar, channel)
        if proof:
            _show_proof(found.proof)


def _in_order(question: Question) -> None:
    if question.correction and question.correction < question.received:
        raise typer.BadParameter("--correction 早于 --received，补正不能早于收到申请")
    for start, _ in question.consultations:
        if start < question.received:
            raise typer.BadParameter(f"--consult {start} 早于 --received，征求意见不能早于收到申请")


def _as_json(found: Term, calendar: WorkCalendar, *, proof: bool) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "received_on": found.question.received.isoformat(),
        "correction_due_on": found.correction_due.on.isoformat(),
        "reply_due_on": found.reply_due.on.isoformat(),
        "extended_due_on": found.extended_due.on.isoformat() if found.extended_due else None,
        "provisional": found.provisional,
        "calendar": calendar.version,
        "law": found.law.effective.isoformat(),
    }
    if proof:
        answer["proof"] = [proof_as(line) for line in found.proof]
    return answer


def _show(found: Term, calendar: WorkCalendar, channel: Channel | None) -> None:
    question, law = found.question, found.law
    say(f"{t('收到申请')} {day_text(question.received)}{_receipt(channel, found)}")
    _line("告知补正，最迟", found.correction_due, law.cite("30").short)
    if question.correction:
        say(f"{t('补正申请收到')} {day_text(question.correction)}（{law.cite('30').short}）")
    _line("答复，最迟", found.reply_due, law.cite("33.2").short)
    if found.extended_due:
        label = t("延长{n}个工作日后，最迟").format(n=question.extension)
        _line(label, found.extended_due, law.cite("33.2").short)
    if found.provisional:
        year = calendar.settled_until.year + 1
        first = calendar.settled_until + timedelta(days=1)
        say(
            f"{t('暂定')}：{year}年的放假通知尚未公布，自{first}起的工作日"
            "按周一至周五并扣除推定的节假日计算，通知公布后须重新核定。"
        )
    say(f"{t('依据')} {law.title}（{law.decree}）；{t('工作日历')} {calendar.version}")


def _line(label: str, due_day: Day, article: str) -> None:
    mark = f"（{t('暂定')}）" if due_day.provisional else ""
    say(f"{t(label)} {day_text(due_day.on)}{mark}　{article}")


def _receipt(channel: Channel | None, found: Term) -> str:
    if channel is None:
        return ""
    article = found.law.cite("31").short
    if channel in RECEIVED_AT_ONCE:
        return f"（{channel.label}：提交或者签收之日即为收到之日，{article}）"
    return f"（{channel.label}：以与申请人确认之日为收到之日，{article}）"


def _show_proof(lines: tuple[ProofLine, ...]) -> None:
    say(f"{t('逐日说明')}：")
    for line in lines:
        count = f"第{line.n}日" if line.n else "—"
        say(f"  {day_text(line.on)}  {t(COUNTING[line.kind])}  {count}  {line.why}")
