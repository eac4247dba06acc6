"""Migrating a database to the tables of this program: all versions in one transaction, or none.

Each step is proven before it is kept: as many rows as its version promises, no broken reference,
and every case, fact, paper, answer and number reads as it did before.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any, Final, NamedTuple

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, event, func, inspect, select, table

from gongkai.codec import canonical
from gongkai.store import schema, wal
from gongkai.store.engine import Store, connect, writing
from gongkai.store.failures import StoreError, Unavailable, failure_of
from gongkai.store.guards import grants
from gongkai.store.keys import KeyRing

#: The version from which personal data and papers are sealed: before it there was no key.
SEALED_SINCE: Final = "0002"
_WHOLE: Final = 1 << 256

Digests = dict[str, int]
Reader = Callable[[Connection, KeyRing], Iterator[tuple[str, Mapping[str, Any]]]]


class MigrationFailed(StoreError):
    """A step did not keep what it must keep; it was undone."""


class Migrated(NamedTuple):
    """From which version a database came to which."""

    before: str
    after: str


def scripts(connection: Connection | None = None, keys: KeyRing | None = None) -> AlembicConfig:
    """Return Alembic's configuration: where the versions are, and what they work on."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(schema.MIGRATIONS).replace("%", "%%"))
    config.attributes.update(connection=connection, keys=keys)
    return config


def migrate(url: str, keys: KeyRing, *, role: str = "") -> Migrated:
    """Bring the database at ``url`` to this program's version; it must have tables.

    ``role`` is given its rights anew, where another role than the owner works with the data.
    """
    store = connect(url, keys)
    if store.dialect == "sqlite":  # a table that is made anew would take its children with it
        event.listen(store.engine, "connect", _without_foreign_keys)
    try:
        with _told(), writing(store) as tx:
            done = _migrated(tx.connection, store, role)
        wal.put_away(store)  # of an early version, names stood in the tables as they are
    finally:
        store.close()
    return done


def _without_foreign_keys(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
    connection.execute("PRAGMA foreign_keys=OFF")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if failure := failure_of(error):
            raise Unavailable(failure.value) from error
        raise


def _migrated(connection: Connection, store: Store, role: str) -> Migrated:
    config = scripts(connection, store.keys)
    found = schema.version(connection)
    if found is None:
        raise MigrationFailed("数据库里没有表，不需要迁移。请运行 gongkai init。")
    if found > schema.newest():
        schema.refuse_other(found)
    if found == schema.UNCOUNTED:
        _adopt(connection, config)
    before = found or schema.FIRST
    for step in _steps(config, before):
        _take(connection, store.keys, config, step)
    if role:
        for statement in grants(role):
            connection.exec_driver_sql(statement)
    return Migrated(before, schema.newest())


def _adopt(connection: Connection, config: AlembicConfig) -> None:
    """Count a database that was made before versions were counted as the first version."""
    adopt: Callable[[Connection], None] = _script(config, schema.FIRST).module.adopt
    adopt(connection)
    command.stamp(config, schema.FIRST)


def _script(config: AlembicConfig, revision: str) -> Script:
    return ScriptDirectory.from_config(config).get_revisions(revision)[0]


def _steps(config: AlembicConfig, found: str) -> list[Script]:
    """Return the versions still to come, oldest first."""
    there = ScriptDirectory.from_config(config)
    return [*there.iterate_revisions("head", found)][::-1]


def _take(connection: Connection, keys: KeyRing, config: AlembicConfig, step: Script) -> None:
    before = _history(connection, keys, config, str(step.down_revision))
    promised = _promised(connection, step)
    command.upgrade(config, step.revision)
    _check_references(connection)
    for name, count in promised.items():
        if (found := rows_in(connection, name)) != count:
            raise _undone(step, f"表 {name} 应有{count}行，实有{found}行")
    after = _history(connection, keys, config, step.revision)
    changed = [what for what in before if before[what] != after.get(what)]
    if changed or len(after) != len(before):
        raise _undone(step, f"内容与迁移前不一致：{'、'.join(changed[:3]) or '多出记录'}")


def _undone(step: Script, why: str) -> MigrationFailed:
    return MigrationFailed(
        f"数据库迁移（{step.revision}）没有完成：{why}。数据库仍是原来的版本，没有改动。"
        "请保留自动备份，并把这段话告诉维护人员。"
    )


def _promised(connection: Connection, step: Script) -> Mapping[str, int]:
    """Return how many rows each table must have after a step; unless it says so, as many as now."""
    if hasattr(step.module, "expected"):
        promised: Mapping[str, int] = step.module.expected(connection)
        return promised
    names = set(inspect(connection).get_table_names()) - {"alembic_version"}
    return {name: rows_in(connection, name) for name in names}


def rows_in(connection: Connection, name: str) -> int:
    """Return how many rows a table has."""
    return int(connection.execute(select(func.count()).select_from(table(name))).scalar_one())


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return  # PostgreSQL checked them when the constraints were made
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise MigrationFailed(f"数据库迁移没有完成：{len(broken)}处引用不存在的记录，没有改动。")


def _history(
    connection: Connection, keys: KeyRing, config: AlembicConfig, revision: str
) -> Digests:
    """Digest all that is recorded, by subject, as the tables of ``revision`` are read."""
    found: Digests = {}
    for what, said in _reader(config, revision)(connection, keys):
        line = sha256(canonical({name: _plain(value) for name, value in said.items()}))
        found[what] = (found.get(what, 0) + int.from_bytes(line.digest())) % _WHOLE
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a row
    return value.isoformat() if hasattr(value, "isoformat") else value


def _reader(config: AlembicConfig, revision: str) -> Reader:
    """Return the newest ``history`` among the versions up to ``revision``."""
    there = ScriptDirectory.from_config(config)
    for script in there.iterate_revisions(revision, "base"):
        if hasattr(script.module, "history"):
            reader: Reader = script.module.history
            return reader
    raise AssertionError(revision)  # pragma: no cover - the first version has one
