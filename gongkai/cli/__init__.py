"""The command line: one command, sub-commands that are imported only when they are called."""

import re
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper
from typing import Any, Final

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

from gongkai import __version__
from gongkai.cli.frame import options, say, take_options, tell
from gongkai.cli.texts import choose, t
from gongkai.closing import at_end
from gongkai.errors import BAD_USE, BROKEN, REFUSED, Told
from gongkai.wording import advice
from rules.errors import RuleError
from workflow.errors import Refused

#: Each command and the module whose ``app`` it is.
_MODULES: Final = {
    "init": "gongkai.cli.init",
    "demo": "gongkai.cli.demo",
    "replay": "gongkai.cli.replay",
    "import": "gongkai.cli.import_",
    "due": "gongkai.cli.due",
    "calendar": "gongkai.cli.calendar",
    "case": "gongkai.cli.case",
    "notice": "gongkai.cli.notice",
    "attachment": "gongkai.cli.attachment",
    "export": "gongkai.cli.export",
    "deadlines": "gongkai.cli.deadlines",
    "task": "gongkai.cli.task",
    "outbox": "gongkai.cli.outbox",
    "sweep": "gongkai.cli.sweep",
    "scheduler": "gongkai.cli.scheduler",
    "key": "gongkai.cli.key",
    "retention": "gongkai.cli.retention",
    "migrate": "gongkai.cli.migrate",
    "backup": "gongkai.cli.backup",
    "restore": "gongkai.cli.restore",
    "audit": "gongkai.cli.audit",
    "doctor": "gongkai.cli.doctor",
    "process": "gongkai.cli.process",
}

_CHINESE: Final = (
    (r"No such command '(.+?)'", "没有“{}”这个命令"),
    (r"Missing command", "缺少命令"),
    (r"No such option: (\S+?)\.?( |$)", "没有 {} 这个选项"),
    (r"Missing option '(.+?)'", "缺少选项 {}"),
    (r"Missing argument '(.+?)'", "缺少参数 {}"),
    (r"Option '(.+?)' requires an argument", "选项 {} 后面缺少值"),
    (r"Got unexpected extra argument(?:s|\(s\))? \((.+?)\)", "多余的参数：{}"),
    (
        r"Invalid value for '(.+?)': (?:Value error, )?'(.*?)' is not one of (.+)\.",
        "{} 不能是“{}”，应为 {}",
    ),
    (r"Invalid value for '(.+?)': (.+)", "{} 的值不对：{}"),
    (r"Invalid value for (.+?): (.+)", "{} 的值不对：{}"),
    (r"Invalid value: (.+)", "{}"),
)


class LazyGroup(TyperGroup):
    """A group whose commands are imported when they are called.

    ``gongkai due`` must answer at once; the database, the papers and pydantic, which other commands
    need, take longer to import than it takes to run. This is click's documented way of lazy loading
    ("Lazily Loading Subcommands"): the names are listed here, the module is imported on demand.
    """

    def list_commands(self, _ctx: Any) -> list[str]:  # noqa: ANN401 - typer's context type is private
        return list(_MODULES)

    def get_command(self, _ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        if cmd_name not in _MODULES:
            return None
        command = get_command(import_module(_MODULES[cmd_name]).app)
        command.name = cmd_name
        return command


def _version(asked: bool) -> None:
    if asked:
        say(f"gongkai {__version__}")
        raise typer.Exit


def _app() -> typer.Typer:
    app = typer.Typer(
        cls=LazyGroup,
        help=t("政府信息公开申请办理：期限、审查、文书。"),
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def common(
        version: bool = typer.Option(
            False, "--version", callback=_version, is_eager=True, help=t("显示版本")
        ),
        config: str = typer.Option("", "--config", help=t("配置文件")),
        lang: str = typer.Option("", "--lang", help=t("界面语言：zh 或者 en")),
        debug: bool = typer.Option(False, "--debug", help=t("出错时显示技术细节")),
    ) -> None:
        # The last three are taken before (take_options); they stand here to be seen in the help.
        del version, config, lang, debug

    return app


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # names with rare characters on any terminal
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(run(sys.argv[1:] if argv is None else argv))


def run(argv: Sequence[str]) -> int:
    """Run the command line and return its exit code; errors are told on stderr."""
    try:
        rest = take_options(argv)
        choose(options.lang)
        with at_end:
            code = get_command(_app()).main(rest, prog_name="gongkai", standalone_mode=False)
    except TyperException as error:
        tell(t("用法错误：") + _usage(error))
        return BAD_USE
    except Told as error:
        tell(str(error))
        return error.exit_code
    except (Refused, RuleError) as error:
        _tell_refusal(error)
        return REFUSED
    except typer.Abort:
        return REFUSED
    except Exception as error:  # noqa: BLE001 - the one place where a failure becomes an exit code
        return _broken(error)
    return int(code or 0)


def _usage(error: TyperException) -> str:
    said = error.format_message()
    if options.lang == "en":
        return said
    for pattern, chinese in _CHINESE:
        if found := re.search(pattern, said):
            return f"{chinese.format(*found.groups())}。用 --help 查看用法。"
    return said


def _tell_refusal(error: Refused | RuleError) -> None:
    tell(advice(error.message, error.article, error.mend))
    for finding in error.findings if isinstance(error, Refused) else ():
        place = f"第{finding.item}项 " if finding.item else ""
        said = advice(finding.message, finding.article, finding.mend)
        tell(f"  {finding.severity.label} {place}{finding.code}：{said}")


def _broken(error: Exception) -> int:
    tell(f"{t('系统出错：')}{type(error).__name__}：{error}")
    if options.debug:
        tell("".join(traceback.format_exception(error)))
    else:
        tell(t("加上 --debug 可看到技术细节。"))
    return BROKEN
