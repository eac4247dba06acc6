"""Restoring a backup: proven first, marked as restored before anybody can work on it."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from sqlalchemy import make_url

from gongkai import anchors, backup_file, dumping, rotation
from gongkai.backup import (
    PROVEN,
    BackupFailed,
    Source,
    at,
    check_pages,
    standing,
    url_of,
)
from gongkai.backup_file import BadBackup
from gongkai.filling import fill
from gongkai.migrating import migrate
from gongkai.office import Office
from gongkai.real import database_file
from gongkai.registering import RESTORED_AT
from gongkai.store import journal, outbox, schema, settings
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, Transaction, connect, reading, writing
from gongkai.store.failures import Unavailable
from gongkai.store.files import whole
from gongkai.store.guards import grants
from gongkai.store.keys import KeyRing, KeyTrouble, read_keys
from gongkai.swapping import LiveDatabase, put_in_place
from gongkai.today import date_of

SESSIONS_FROM: Final = "sessions_valid_from"

RESTORED: Final = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """A backup that was restored."""

    manifest: Mapping[str, Any]
    #: Where the database that was replaced is kept.
    aside: str
    #: How far the replaced database had come; None where there was none, or none to be read.
    was: Mapping[str, Any] | None
    #: How far the restored one has come.
    now: Mapping[str, Any]
    faults: tuple[str, ...]

    def lost(self, anchor: Path | None) -> list[str]:
        """Say what was recorded or numbered, as the old database or an anchor knows, and is gone.

        Raises :class:`gongkai.anchors.BadAnchors` where the file cannot be read.
        """
        known = [self.was] if self.was else []
        if anchor:
            known.append(anchored(anchor))
        return list(dict.fromkeys(line for one in known for line in missing(one, self.now)))


def anchored(file: Path) -> dict[str, Any]:
    """Return how far chains and numbers had come when they were last noted outside."""
    ends: dict[str, dict[str, Any]] = {}
    reached: dict[tuple[str, str, int], int] = {}
    for line in anchors.read(file).lines:
        if line.seq >= ends.get(line.agency, {"seq": 0})["seq"]:
            ends[line.agency] = {"seq": line.seq, "hash": line.hash}
        for name, n in line.counters.items():
            series, _, year = name.rpartition("/")
            key = (line.agency, series, int(year))
            reached[key] = max(n, reached.get(key, 0))
    return {"chains": ends, "counters": [[*key, n] for key, n in reached.items()]}


def restore(source: Source, file: Path, *, passphrase: str = "", replace_live: bool) -> Restored:
    """Put a backup in the place of the database.

    Nothing is touched before the backup is proven. The restored database says of itself that it
    was: sessions from before are void, and nothing is sent out until somebody allows it.
    """
    if not file.is_file():
        raise BadBackup(f"没有备份文件 {file}。")
    place = database_file(source.config)
    below = place.parent if place else Path(source.config.security.key_file).parent
    below.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".restore.", dir=below) as made:
        folder = Path(made)
        manifest = backup_file.unpack(file, folder, passphrase)
        _refuse_foreign(manifest, "sqlite" if place else "postgresql")
        source = replace(source, keys=_keys(source, folder))
        if place:
            return _into_file(source, folder, manifest, place, replace_live=replace_live)
        return _into_server(source, folder, manifest, replace_live=replace_live)


def _refuse_foreign(manifest: Mapping[str, Any], dialect: str) -> None:
    if manifest["dialect"] != dialect:
        raise BadBackup(
            f"这是 {manifest['dialect']} 的备份，配置的数据库是 {dialect}。请改配置，或者换备份。"
        )
    if manifest["schema"] > schema.newest():
        schema.refuse_other(manifest["schema"])


def _keys(source: Source, folder: Path) -> KeyRing:
    """Read the key file; where it is missing, the one in the backup becomes it."""
    path, brought = Path(source.config.security.key_file), folder / backup_file.KEYS
    if not path.exists() and brought.exists():
        read_keys(brought)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as target:
            target.write(brought.read_bytes())
    return read_keys(path)


# ── proving and marking ───────────────────────────────────────────────────────


def _unpacked(source: Source, url: str, folder: Path) -> Source:
    """Return ``source`` for what was unpacked: its attachments too are not yet in their place."""
    held, files = source.config.attachments, folder / backup_file.FILES
    if held.folder:
        held = replace(held, store=str(files))
    return at(replace(source, config=replace(source.config, attachments=held)), url)


def _proven(source: Source, url: str, manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Examine what was unpacked; a fault that the backup did not know of means a forged one."""
    if manifest["schema"] != schema.newest():
        migrate(url, source.keys)
    store = connect(url, source.keys)
    try:
        _refuse_other_keys(store)
        office = Office(store=store, config=source.config, calendar=source.calendar)
        fill(office, date_of(source.moment))
        faults = source.examine(office)
    finally:
        store.close()
    was_examined = manifest["proven_by"] == PROVEN and manifest["schema"] == schema.newest()
    if faults and was_examined and not manifest["faults"]:
        said = "\n".join(faults[:5])
        raise BadBackup(f"备份里的数据与制作备份时不同，没有恢复：\n{said}")
    return tuple(faults)


def _refuse_other_keys(store: Store) -> None:
    """Raise :class:`KeyTrouble` where the key file is not the one that was kept beside."""
    found = rotation.check(store)
    if not found.ok:
        names = "、".join(sorted({*found.missing, *found.wrong}))
        raise KeyTrouble(
            f"备份里有用密钥 {names} 加密的内容，现在的密钥文件打不开。"
            "没有恢复。请先放回与这份备份同时保存的密钥文件。"
        )


def mark(tx: Transaction, source: Source, manifest: Mapping[str, Any]) -> None:
    """Note in the database that it was restored, and in the chain of the installation."""
    moment = source.moment.isoformat()
    for name, value in (
        (RESTORED_AT, moment),
        (SESSIONS_FROM, moment),
        (outbox.PAUSED, "true"),
    ):
        settings.write(tx, name, value)
    said = {"backup": {name: manifest[name] for name in ("made_at", "schema", "chains")}}
    act = journal.Act(
        agency=journal.INSTALLATION,
        kind=RESTORED,
        on=date_of(source.moment),
        said=said,
        recorded_at=source.moment,
    )
    journal.record(tx, act)


def missing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a standing had that a later one has no longer."""
    for agency, end in before["chains"].items():
        kept = now["chains"].get(agency, {"seq": 0})["seq"]
        if end["seq"] > kept:
            yield f"{agency}：第{kept + 1}至第{end['seq']}项事实或者记录没有了，需要按纸质件补录。"
    reached = {tuple(row[:3]): row[3] for row in now["counters"]}
    for agency, series, year, n in before["counters"]:
        kept = reached.get((agency, series, year), 0)
        if n > kept:
            yield (
                f"{agency}：{series} {year}年已编到第{n}号，备份里只到第{kept}号。"
                f"在编新号之前请运行 gongkai notice numbers import {series} {year} {n}"
                f" --agency {agency}，以免重号。"
            )


# ── SQLite ────────────────────────────────────────────────────────────────────


def _into_file(
    source: Source, folder: Path, manifest: Mapping[str, Any], place: Path, *, replace_live: bool
) -> Restored:
    live = place.exists()
    if live and not replace_live:
        raise LiveDatabase(
            f"已有数据库 {place}，不会覆盖。请先停止服务，再加上 --replace；"
            "原来的数据库会改名保留。"
        )
    staged = folder / backup_file.DATABASE
    if manifest["schema"] != schema.newest():  # nobody examines it before it is migrated
        _check_pages(staged)
    try:
        faults = _proven(_unpacked(source, url_of(staged), folder), url_of(staged), manifest)
    except Unavailable as error:
        raise BadBackup(f"备份里的数据库读不出来（{error.__cause__}），没有恢复。") from error
    was = _standing_of(place, source.keys) if live else None
    now = _marked(source, url_of(staged), manifest)
    _bring_files(source, folder)
    stamp = source.moment.strftime("%Y%m%d-%H%M%S-%f")
    aside = place.with_name(f"{place.name}.before-restore-{stamp}") if live else None
    put_in_place(staged, place, aside)
    return Restored(manifest=manifest, aside=str(aside or ""), was=was, now=now, faults=faults)


def _check_pages(staged: Path) -> None:
    try:
        with closing(sqlite3.connect(staged)) as connection:
            check_pages(connection)
    except sqlite3.Error as error:
        raise BadBackup(f"备份里的数据库打不开：{error}。") from error


def _marked(source: Source, url: str, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Mark the restored database; return how far it had come."""
    store = connect(url, source.keys)
    try:
        with writing(store) as tx:
            now = standing(tx.connection)
            mark(tx, source, manifest)
            return now
    finally:
        store.close()


def _standing_of(place: Path, keys: KeyRing) -> dict[str, Any] | None:
    """Return how far the database came that is replaced; None where it cannot be read."""
    store = connect(url_of(place), keys)
    try:
        with reading(store) as tx:
            return standing(tx.connection)
    except Exception:  # noqa: BLE001 - it may be damaged in any way: that is why it is replaced
        return None
    finally:
        store.close()


def _bring_files(source: Source, folder: Path) -> None:
    """Bring the sealed files back; one that is there is the same, for its name is its content's."""
    target, brought = source.config.attachments.folder, folder / backup_file.FILES.rstrip("/")
    if not brought.is_dir():
        return
    if target is None:
        raise BackupFailed("备份里有存放在文件夹里的附件，请先在配置里写明 [attachments] store。")
    for file in (path for path in brought.rglob("*") if path.is_file()):
        home = target / file.relative_to(brought)
        home.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not home.exists():
            with whole(home, replace=True) as kept, file.open("rb") as sealed:
                shutil.copyfileobj(sealed, kept)


# ── PostgreSQL ────────────────────────────────────────────────────────────────


def _into_server(
    source: Source, folder: Path, manifest: Mapping[str, Any], *, replace_live: bool
) -> Restored:
    """Load, prove and mark the backup in a schema beside; one transaction swaps the schemas."""
    dump = folder / backup_file.DATABASE
    with dumping.scratch(source.url) as trial:
        if trial is None:
            dumping.read_through(dump)
        else:
            dumping.load(trial, dump)
            _proven(_unpacked(source, trial, folder), trial, manifest)
    store = connect(source.url, source.keys)
    try:
        with reading(store) as tx:
            _is_live(tx, replace_live=replace_live)
        with _loaded_beside(store, source, dump) as beside:
            url = dumping.inside(source.url, beside)
            faults = _proven(_unpacked(source, url, folder), url, manifest)
            _bring_files(source, folder)
            now = _marked(source, url, manifest)
            aside, was = _swap(store, source, beside, replace_live=replace_live)
    finally:
        store.close()
    return Restored(manifest=manifest, aside=aside, was=was, now=now, faults=faults)


def _is_live(tx: Transaction, *, replace_live: bool) -> bool:
    live = schema.version(tx.connection) is not None
    if live and not replace_live:
        raise LiveDatabase(
            "数据库里已有数据，不会覆盖。请先停止服务，再加上 --replace；"
            "原来的数据会保留在另一个 schema 里。"
        )
    return live


@contextmanager
def _loaded_beside(store: Store, source: Source, dump: Path) -> Iterator[str]:
    """Load a dump into a schema of its own; it goes again where it cannot take the place."""
    scripts = dumping.scripts(dump)
    beside = f"{dumping.BESIDE}{source.moment:%Y%m%d_%H%M%S_%f}"
    try:
        with writing(store) as tx:
            dumping.drop_beside(tx.connection)  # of restores that were killed
            dumping.load_beside(tx.connection, scripts, beside)
        store.close()  # the dump has set its session up in its own way
        yield beside
    except BaseException:
        store.close()
        with writing(store) as tx:
            dumping.drop_beside(tx.connection)
        raise


def _swap(
    store: Store, source: Source, beside: str, *, replace_live: bool
) -> tuple[str, dict[str, Any] | None]:
    """Let the marked schema take the place of the old one, with the rights of the program."""
    aside = f"{dumping.ASIDE}{source.moment:%Y%m%d_%H%M%S_%f}"
    with writing(store) as tx:
        live = _is_live(tx, replace_live=replace_live)
        was = standing(tx.connection) if live else None
        dumping.swap(tx.connection, beside, aside)
        role = make_url(source.config.database.url).username
        if source.config.database.owner_url and role:
            for statement in grants(role):
                tx.connection.exec_driver_sql(statement)
    return (aside if live else ""), was
