"""config.toml: the agency's own facts, read into one frozen value; unknown keys are refused."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import time
from pathlib import Path as FilePath
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from gongkai.calendars import CalendarSettings
from gongkai.config_file import ConfigError, ConfigFile, open_config
from gongkai.positions import Path, positions, written
from gongkai.shapes import Mistake, Mistakes, read, unknown_key
from notices import rectification
from notices.catalogue import CATALOGUE
from notices.variants import Variants, read_variants
from rules.errors import RuleError
from workflow.agency import Agency, Policy
from workflow.commands import FILLED_IN
from workflow.decision import FORBID_UNKNOWN
from workflow.people import Actor
from workflow.vocabulary import Role

_KINDS: Final = (*CATALOGUE.values(), rectification.KIND)
SERIES: Final = tuple(dict.fromkeys(p.series for p in _KINDS if p.series))
#: A key of an agency's table that is read here: the file with its own paragraphs.
_VARIANTS: Final = "variants"
_MOST_MB: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """Where cases are kept."""

    __pydantic_config__ = FORBID_UNKNOWN

    url: str = "sqlite:///var/gongkai.sqlite"
    #: PostgreSQL: the role that owns the tables; makes and migrates them. Empty: the same as url.
    owner_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """Where the keys of personal data lie: never in the database."""

    __pydantic_config__ = FORBID_UNKNOWN

    key_file: str = "var/gongkai.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentSettings:
    """附件: how large a file may be, and where its sealed bytes lie."""

    __pydantic_config__ = FORBID_UNKNOWN

    max_mb: int = 50
    #: ``database``, or the folder of the sealed files.
    store: str = "database"

    @property
    def folder(self) -> FilePath | None:
        """The folder of the sealed files; None where they lie in the database."""
        return None if self.store == "database" else FilePath(self.store)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditSettings:
    """Where the ends of the chains are noted: outside the database."""

    __pydantic_config__ = FORBID_UNKNOWN

    anchors: str = "var/anchors.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """How papers are delivered by the program."""

    __pydantic_config__ = FORBID_UNKNOWN

    pdf: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """文号: the form of case numbers, and of paper numbers by series."""

    __pydantic_config__ = FORBID_UNKNOWN

    case: str
    rectification: str = "{code}更〔{year}〕{n}号"
    papers: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationSettings:
    """更正: the agency's own period; art. 41 sets none."""

    __pydantic_config__ = FORBID_UNKNOWN

    working_days: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """保管期限: how long personal data is kept once a case is filed; the agency's own policy."""

    __pydantic_config__ = FORBID_UNKNOWN

    years: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """人员: a user, and what they may do in one agency's cases."""

    __pydantic_config__ = FORBID_UNKNOWN

    user: str
    name: str
    agency: str
    roles: tuple[Role, ...]
    email: str = ""

    def acting(self, role: Role) -> Actor:
        """Return this person in a role."""
        return Actor(role, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """The mail server of the office. The password is read from the environment, never from here."""

    __pydantic_config__ = FORBID_UNKNOWN

    host: str
    port: int = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    user: str = ""
    password_env: str = "GONGKAI_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
    sender: str
    #: The office's own certificate authority, where its server is not publicly certified.
    ca_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """The office's own SMS or OA gateway; each call is signed with a secret of the environment."""

    __pydantic_config__ = FORBID_UNKNOWN

    url: str
    secret_env: str = "GONGKAI_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """How people are told, and when not. Times are of the day in China."""

    __pydantic_config__ = FORBID_UNKNOWN

    email: Email | None = None
    webhook: Webhook | None = None
    digest_at: time = time(8, 30)
    quiet_from: time = time(20, 0)
    quiet_until: time = time(8, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduler:
    """When the sweep wakes, every day: times of the day in China."""

    __pydantic_config__ = FORBID_UNKNOWN

    times: tuple[time, ...] = (time(0, 10), time(8, 20), time(13, 30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that config.toml says."""

    __pydantic_config__ = FORBID_UNKNOWN

    numbers: Numbers
    agencies: dict[str, Agency]
    database: Database = field(default_factory=Database)
    security: Security = field(default_factory=Security)
    audit: AuditSettings = field(default_factory=AuditSettings)
    calendar: CalendarSettings = field(default_factory=CalendarSettings)
    notices: NoticeSettings = field(default_factory=NoticeSettings)
    attachments: AttachmentSettings = field(default_factory=AttachmentSettings)
    policy: Policy = field(default_factory=Policy)
    rectification: RectificationSettings = field(default_factory=RectificationSettings)
    retention: Retention = field(default_factory=Retention)
    people: tuple[Person, ...] = ()
    notify: Notify = field(default_factory=Notify)
    scheduler: Scheduler = field(default_factory=Scheduler)
    #: What agencies add to their papers, read from the files that their tables name.
    variants: dict[str, Variants] = field(default_factory=dict, metadata=FILLED_IN)

    def person(self, user: str, agency: str) -> Person | None:
        """Return what ``user`` is in one agency: a role is held there, not somewhere."""
        found = (p for p in self.people if (p.user, p.agency) == (user, agency))
        return next(found, None)


def load(asked: FilePath | None = None) -> Config:
    """Find, read and check the configuration; :class:`ConfigError` names file, line and key."""
    return from_file(open_config(asked))


def from_file(file: ConfigFile) -> Config:
    """Check a configuration that has been read as plain data."""
    try:
        return replace(_checked(file.data), variants=_variants(file))
    except Mistakes as mistakes:
        raise ConfigError(_report(file, mistakes)) from None


def _checked(data: Mapping[str, Any]) -> Config:
    config = read(Config, _with_keys(data), extra={"Agency": (_VARIANTS,)})
    if wrong := list(_contradictions(config)):
        raise Mistakes(wrong)
    return config


def _variants(file: ConfigFile) -> dict[str, Variants]:
    """Read the paragraphs of every agency that names a file; relative to config.toml."""
    found: dict[str, Variants] = {}
    wrong: list[Mistake] = []
    for key, table in file.data["agencies"].items():
        if _VARIANTS not in table:
            continue
        try:
            found[key] = _paragraphs(file, table[_VARIANTS])
        except (OSError, TypeError, ValueError, RuleError) as error:
            said = f"“{table[_VARIANTS]}”不能用：{error}"
            message = f"{said} 应为 TOML 文件的路径，从配置文件所在目录算起。"
            wrong.append(Mistake(("agencies", key, _VARIANTS), message))
    if wrong:
        raise Mistakes(wrong)
    return found


def _paragraphs(file: ConfigFile, name: str) -> Variants:
    place = file.path.parent / name
    return read_variants(place.read_text(encoding="utf-8"), str(place))


def _with_keys(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give each agency the key of its table."""
    agencies = data.get("agencies")
    if not isinstance(agencies, Mapping):
        return dict(data)
    tables = {key: table for key, table in agencies.items() if isinstance(table, Mapping)}
    if wrong := [key for key, table in tables.items() if "key" in table]:
        raise Mistakes([Mistake(("agencies", key, "key"), unknown_key("key", ())) for key in wrong])
    keyed = {key: {**_own(table), "key": key} for key, table in tables.items()}
    return {**data, "agencies": {**agencies, **keyed}}


def _own(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if key != _VARIANTS}


def _report(file: ConfigFile, mistakes: Mistakes) -> str:
    lines = positions(file.text)
    return "\n".join(
        f"{file.path} 第{lines.of(m.path)}行起：{written(m.path)}：{m.message}"
        for m in mistakes.found
    )


def _contradictions(config: Config) -> Iterator[Mistake]:
    yield from _agencies(config)
    yield from _people(config)
    yield from _forms(config)
    yield from _attachments(config.attachments)
    yield from _gateway(config.notify.webhook)
    if config.retention.years < 1:
        yield Mistake(("retention", "years"), "保管期限至少一年。")


def _attachments(settings: AttachmentSettings) -> Iterator[Mistake]:
    if not 1 <= settings.max_mb <= _MOST_MB:
        message = f"应为 1 到 {_MOST_MB} 的整数（兆字节），写的是{settings.max_mb}。"
        yield Mistake(("attachments", "max_mb"), message)
    if not settings.store.strip():
        message = "应为 database（存在数据库里）或者文件夹的路径。"
        yield Mistake(("attachments", "store"), message)


def _gateway(webhook: Webhook | None) -> Iterator[Mistake]:
    if webhook is not None and not _is_address(webhook.url):
        message = f"“{webhook.url}”不是网址，应以 https:// 或者 http:// 开头。"
        yield Mistake(("notify", "webhook", "url"), message)


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        named = bool(parts.hostname) and parts.port != 0  # a port that is none is an error here
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return named and plain and parts.scheme in {"http", "https"}


def _agencies(config: Config) -> Iterator[Mistake]:
    codes: dict[str, str] = {}
    for key, agency in config.agencies.items():
        if (other := codes.setdefault(agency.code, key)) != key:
            message = f"机关代字“{agency.code}”与 {other} 的相同，文号会重复。"
            yield Mistake(("agencies", key, "code"), message)
        lists = {"review_bodies": agency.review_bodies, "courts": agency.courts}
        for name, entries in lists.items():
            for index, entry in enumerate(entries):
                if entry.until and entry.until < entry.since:
                    message = f"{entry.until} 早于 since 的 {entry.since}。"
                    yield Mistake(("agencies", key, name, index, "until"), message)


def _people(config: Config) -> Iterator[Mistake]:
    seen: set[tuple[str, str]] = set()
    for index, person in enumerate(config.people):
        if person.agency not in config.agencies:
            message = f"没有“{person.agency}”这个机关。可用的机关：{'、'.join(config.agencies)}。"
            yield Mistake(("people", index, "agency"), message)
        if (person.user, person.agency) in seen:
            message = f"用户“{person.user}”在“{person.agency}”写了两次。"
            yield Mistake(("people", index, "user"), message)
        seen.add((person.user, person.agency))


def _forms(config: Config) -> Iterator[Mistake]:
    given = config.numbers.papers
    for series in SERIES:
        if series not in given:
            yield Mistake(("numbers", "papers"), f"缺少必填的键“{series}”，应为文号格式。")
    for series in given:
        if series not in SERIES:
            yield Mistake(("numbers", "papers", series), unknown_key(series, SERIES))
    seen: dict[str, Path] = {}
    named: dict[Path, str] = {
        ("numbers", "case"): config.numbers.case,
        ("numbers", "rectification"): config.numbers.rectification,
    }
    named |= {("numbers", "papers", series): form for series, form in given.items()}
    for path, form in named.items():
        if not _well_formed(form):
            message = f"“{form}”不是文号格式。必须有 {{year}} 和 {{n}}，可以有 {{code}}。"
            yield Mistake(path, message)
        elif seen.setdefault(form, path) != path:
            yield Mistake(path, f"格式与 {written(seen[form])} 相同，文号会重复。")


def _well_formed(form: str) -> bool:
    try:
        made = {form.format(code="甲", year=y, n=n) for y, n in ((2020, 1), (2020, 2), (2021, 1))}
    except (KeyError, IndexError, ValueError):
        return False
    return len(made) == 3  # noqa: PLR2004 - one number for each
