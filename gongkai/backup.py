"""Making a backup: one state of the database while others work on it, proven before it counts."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, inspect, make_url, text

from gongkai import __version__, backup_file, dumping
from gongkai.config import Config
from gongkai.errors import REFUSED, BadUse, Told
from gongkai.migrating import rows_in
from gongkai.office import Office
from gongkai.real import database_file
from gongkai.store import schema
from gongkai.store.driver import sqlite3
from gongkai.store.engine import Store, connect, reading
from gongkai.store.files import publish
from gongkai.store.keys import KeyRing
from rules.workdays import WorkCalendar

FORMAT: Final = "gongkai-backup-1"
#: What a manifest says of a backup whose copy was opened and examined.
PROVEN: Final = "copy"
#: A shorter passphrase is guessed by whoever has the file.
LEAST: Final = 12

#: Says what is wrong with a database, one line each.
Examine = Callable[[Office], list[str]]


class BackupFailed(Told):
    """No backup was made."""

    exit_code = REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What is backed up, and what proves the copy."""

    config: Config
    calendar: WorkCalendar
    keys: KeyRing
    examine: Examine
    moment: datetime

    @property
    def url(self) -> str:
        """The address as the owner of the tables reaches it."""
        return self.config.database.owner_url or self.config.database.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that was made: where, and its manifest."""

    path: Path
    manifest: Mapping[str, Any]

    @property
    def faults(self) -> list[str]:
        """What the examination of the copy found: the database itself has these faults."""
        return list(self.manifest["faults"])


def make_backup(
    source: Source, target: Path, *, passphrase: str = "", with_keys: bool = False
) -> Backup:
    """Write a backup to ``target``, which must not exist yet; it is there whole or not at all."""
    _refuse_bad_use(target, passphrase, with_keys=with_keys)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as made:
        folder = Path(made)
        copy = folder / "copy"
        manifest = (_sqlite if database_file(source.config) else _postgresql)(source, copy)
        files = dict(_files(source, manifest))
        manifest |= {
            "encrypted": bool(passphrase),
            "with_keys": with_keys,
            "files": len(files),
            "database": {"size": copy.stat().st_size, "sha256": backup_file.digest_of(copy)},
        }
        members: dict[str, Path | bytes] = {
            backup_file.MANIFEST: json.dumps(manifest, ensure_ascii=False, indent=2).encode(),
            backup_file.DATABASE: copy,
            **files,
        }
        if with_keys:
            members[backup_file.KEYS] = Path(source.config.security.key_file).read_bytes()
        whole = folder / "whole"
        _write(whole, members, passphrase)
        (folder / "read").mkdir()
        backup_file.unpack(whole, folder / "read", passphrase)  # what was written can be read
        _publish(whole, target)
    return Backup(path=target, manifest=manifest)


def _write(whole: Path, members: Mapping[str, Path | bytes], passphrase: str) -> None:
    try:
        backup_file.write(whole, members, passphrase)
    except OSError as error:  # the disk is full, or a file was sealed anew or erased meanwhile
        said = f"{error.strerror or error}：{error.filename or whole.name}"
        raise BackupFailed(f"备份没有写成（{said}），没有留下备份文件。请再做一次。") from error


def _refuse_bad_use(target: Path, passphrase: str, *, with_keys: bool) -> None:
    if target.exists():
        raise BackupFailed(f"{target} 已经存在，不会覆盖。请换一个文件名。")
    if with_keys and not passphrase:
        raise BadUse("密钥只能放进加密的备份：--with-keys 要和 --encrypt 一起用。")
    if passphrase and len(passphrase) < LEAST:
        raise BadUse(f"口令太短，至少要{LEAST}个字符。")


def _publish(whole: Path, target: Path) -> None:
    """Give the finished file its name; a file of that name stays what it is."""
    try:
        publish(whole, target)
    except FileExistsError:
        raise BackupFailed(f"{target} 已经存在，不会覆盖。请换一个文件名。") from None


def _files(source: Source, manifest: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield the sealed files that the copy's rows name.

    Raises :class:`BackupFailed` where one has gone since the copy was made: it was sealed anew, or
    erased. One that is missing though the database names it still is a fault of the database.
    """
    folder, missing = source.config.attachments.folder, []
    for name in manifest.pop("kept_files"):
        if folder and (folder / name).is_file():
            yield f"{backup_file.FILES}{name}", folder / name
        else:
            missing.append(name)
    if set(missing) - set(_named_now(source) if missing else ()):
        raise BackupFailed(
            "制作备份的时候，附件文件夹里的文件有变动（更换密钥、注销或者清理），没有生成备份。"
            "请等它完成，再做一次。"
        )
    if missing and not manifest["faults"]:  # nobody has examined the copy
        manifest["faults"] = [f"附件的文件 {name} 不在，备份里没有它。" for name in missing]


def _named_now(source: Source) -> list[str]:
    store = connect(source.url, source.keys)
    try:
        with reading(store) as tx:
            return _kept_files(tx.connection, inspect(tx.connection).get_table_names())
    finally:
        store.close()


# ── SQLite ────────────────────────────────────────────────────────────────────


def _sqlite(source: Source, copy: Path) -> dict[str, Any]:
    place = database_file(source.config)
    assert place is not None  # noqa: S101 - the caller asked
    copy_sqlite(place, copy)
    return examined(source, url_of(copy))


def copy_sqlite(place: Path, copy: Path) -> None:
    """Copy a database while others write to it, by SQLite's own backup; then check every page.

    In one go: between two goes another process may commit, and the copy would begin anew for ever.
    """
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        address = f"file:{quote(str(place))}?mode=rw"
        with (
            closing(sqlite3.connect(address, uri=True, timeout=30)) as old,
            closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
            check_pages(new)
    except sqlite3.Error as error:
        raise BackupFailed(f"数据库 {place} 读不出来：{error}。没有生成备份。") from error
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def check_pages(connection: sqlite3.Connection) -> None:
    """Raise :class:`BackupFailed` where a page or a reference of the database is damaged."""
    said = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    if said != ["ok"]:
        raise BackupFailed(f"数据库文件已损坏：{said[0]}。请从上一份完好的备份恢复。")
    if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
        raise BackupFailed(f"数据库里有{len(broken)}处引用不存在的记录（{broken[0][0]}）。")


def examined(source: Source, url: str) -> dict[str, Any]:
    """Open a copy as the program would, examine it, and say what is in it."""
    store = connect(url, source.keys)
    try:
        with reading(store) as tx:
            said = _described(tx.connection, source)
        return {**said, "proven_by": PROVEN, "faults": _faults(source, store, said["schema"])}
    finally:
        store.close()


def _faults(source: Source, store: Store, version: str) -> list[str]:
    if version != schema.newest():
        return []  # an older version cannot be examined before it is migrated
    return source.examine(Office(store=store, config=source.config, calendar=source.calendar))


# ── PostgreSQL ────────────────────────────────────────────────────────────────


def _postgresql(source: Source, copy: Path) -> dict[str, Any]:
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    store = connect(source.url, source.keys)
    try:
        with reading(store) as tx:
            said = _described(tx.connection, source)
            dumping.dump(source.url, tx.connection, copy)
    finally:
        store.close()
    with dumping.scratch(source.url) as trial:
        if trial is None:
            dumping.read_through(copy)
            return {**said, "proven_by": "pg_restore --file", "faults": []}
        dumping.load(trial, copy)
        found = examined(source, trial)
    if any(found[name] != said[name] for name in ("tables", "chains", "counters")):
        raise BackupFailed("试恢复的数据库与原来的不一致，没有生成备份。")
    return found


# ── the manifest ──────────────────────────────────────────────────────────────


def _described(connection: Connection, source: Source) -> dict[str, Any]:
    """Say what a database holds; nothing of it is personal."""
    names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
    return {
        "format": FORMAT,
        "made_at": source.moment.isoformat(timespec="seconds"),
        "program": __version__,
        "schema": schema.version(connection) or schema.FIRST,
        "dialect": connection.dialect.name,
        "tables": {name: rows_in(connection, name) for name in names},
        **standing(connection),
        "kept_files": _kept_files(connection, names),
    }


def standing(connection: Connection) -> dict[str, Any]:
    """Return how far every chain and every run of numbers has come."""
    chains = "SELECT agency, seq, hash FROM chains ORDER BY agency"
    counters = "SELECT agency, series, year, n FROM counters ORDER BY agency, series, year"
    chained = inspect(connection).has_table("chains")
    ends = connection.execute(text(chains)).all() if chained else []
    return {
        "chains": {agency: {"seq": seq, "hash": link} for agency, seq, link in ends},
        "counters": [list(row) for row in connection.execute(text(counters))],
    }


def _kept_files(connection: Connection, names: list[str]) -> list[str]:
    if "blobs" not in names:
        return []
    wanted = text("SELECT file FROM blobs WHERE file IS NOT NULL ORDER BY file")
    return [str(name) for (name,) in connection.execute(wanted)]


# ── before a migration ────────────────────────────────────────────────────────


def backup_before_migration(source: Source, before: str) -> Backup:
    """Make the backup that every migration begins with, in a folder beside the database."""
    place = database_file(source.config) or Path(source.config.security.key_file)
    stamp = source.moment.strftime("%Y%m%d-%H%M%S-%f")
    name = f"gongkai-{before}-before-{schema.newest()}-{stamp}.backup"
    return make_backup(source, place.parent / "backups" / name)


def at(source: Source, url: str) -> Source:
    """Return ``source`` for the same data at another address."""
    where = replace(source.config.database, url=url, owner_url="")
    return replace(source, config=replace(source.config, database=where))


def url_of(path: Path) -> str:
    """Return the address of a SQLite file."""
    return make_url("sqlite://").set(database=str(path)).render_as_string()
