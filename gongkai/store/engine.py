"""Opening the database with settings that lose nothing, read back and asserted."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Executable,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection, StaticPool

from gongkai.store import schema
from gongkai.store.driver import sqlite3
from gongkai.store.failures import (
    Again,
    Failure,
    StoreError,
    Unavailable,
    Unreachable,
    failure_of,
    retrying,
)
from gongkai.store.keys import KeyRing
from gongkai.store.statements import Statement

IN_MEMORY: Final = "sqlite://"
#: How a transaction begins.
_WRITE: Final = {"sqlite": "BEGIN IMMEDIATE"}
_READ: Final = {
    "sqlite": "BEGIN",
    "postgresql": "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
}
_SETTINGS: Final = {
    "busy_timeout": (30000, "30000"),  # first: whatever needs a lock afterwards waits that long
    "synchronous": (2, "FULL"),
    "foreign_keys": (1, "ON"),
    "secure_delete": (1, "ON"),
}
#: Room for every text the program sends. pysqlite3 lets go of the newest when it is short of room:
#: after a hundred others, each statement of a command would be prepared anew each time.
_PREPARED: Final = {"cached_statements": 1000}
_POSTGRESQL: Final = "postgresql+psycopg"
_POSTGRESQL_SETTINGS: Final = (
    ("lock_timeout", "5s"),
    ("idle_in_transaction_session_timeout", "1min"),
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", "read committed"),
    ("client_encoding", "UTF8"),
)
#: A line that is cut is noticed within seconds, not after the hours that TCP would wait.
_POSTGRESQL_LINE: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10000,
}


@dataclass(frozen=True, slots=True)
class Store:
    """The database, and the keys of what is sealed in it."""

    engine: Engine
    keys: KeyRing

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    def close(self) -> None:
        """Let go of every connection; the next use opens new ones."""
        self.engine.dispose()


@dataclass(slots=True)
class Transaction:
    """One transaction, and the keys to read what is sealed in it."""

    keys: KeyRing
    #: The driver's own connection.
    driver: Any
    engine: Engine
    #: The driver's connection as the pool has handed it out.
    line: PoolProxiedConnection
    #: ``sqlite`` or ``postgresql``.
    dialect: str
    _joined: Connection | None = None

    @property
    def connection(self) -> Connection:
        """SQLAlchemy's connection in this transaction; most commands ask for none."""
        if self._joined is None:
            self._joined = Connection(self.engine, self.line)
            self._joined.begin()
        return self._joined

    def execute(self, clause: Executable, rows: Any = None) -> Any:  # noqa: ANN401 - a CursorResult of any row
        """Run a statement of SQLAlchemy."""
        return self.connection.execute(clause, rows)

    def run(self, statement: Statement, row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any DB-API cursor
        """Run a statement of the write path; return the driver's cursor."""
        text = statement.texts.get(self.dialect) or statement.compiled(self.engine.dialect)
        return self.driver.execute(text.sql, text.bound(row))

    def together(self) -> AbstractContextManager[object]:
        """Send the statements of this block without waiting for each, where there is a line.

        An answer that is asked for is waited for as ever; what goes wrong is told then or at the
        end. Statements of SQLAlchemy in the block must want no answer.
        """
        pipeline = getattr(self.driver, "pipeline", nullcontext)
        return pipeline()

    def commit(self) -> None:
        """Keep what was done."""
        (self._joined or self.driver).commit()

    def undo(self, error: BaseException) -> None:
        """Take back what was done; a line that is dead, or does not let it, leaves the pool."""
        usable = failure_of(error) is not Failure.LOST
        try:
            (self._joined or self.driver).rollback()
        except Exception:  # noqa: BLE001 - the error that is on its way says more
            usable = False
        if not usable and self.line.is_valid:  # SQLAlchemy may have noticed before
            self.line.invalidate(error)


def open_store(url: str, keys: KeyRing) -> Store:
    """Open the database at ``url`` and make the tables where there are none.

    Raises :class:`gongkai.store.schema.OtherVersion` where its tables are not this program's.
    """
    store = connect(url, keys)
    if not has_tables(store):
        make_tables(store)
    return store


def connect(url: str, keys: KeyRing) -> Store:
    """Return the database at ``url`` as it is. Raises :class:`StoreError` where it is no such."""
    parsed = make_url(url)
    engine = _postgresql(parsed) if parsed.get_backend_name() == "postgresql" else _sqlite(parsed)
    return Store(engine, keys)


def has_tables(store: Store) -> bool:
    """Whether the tables are there; the first word with a database, so it says what is wrong."""
    try:
        with reading(store) as tx:
            found = schema.version(tx.connection)
    except Unavailable as error:
        place = store.engine.url.render_as_string(hide_password=True)
        why = error.__cause__.orig if isinstance(error.__cause__, DBAPIError) else error.__cause__
        raise Unreachable(
            f"打不开数据库 {place}：{why}\n请确认配置的地址和用户正确、数据库正在运行。"
        ) from error
    if found not in {None, schema.newest()}:
        store.close()
        schema.refuse_other(found)
    return found is not None


def make_tables(store: Store) -> None:
    """Make the tables where there are none; two that start together make them once."""

    def make() -> None:
        with writing(store) as tx:
            if schema.version(tx.connection) is None:
                schema.make(tx.connection)

    retrying(make)


def _postgresql(url: URL) -> Engine:
    if url.drivername != _POSTGRESQL:
        raise StoreError(
            f"数据库地址写的是 {url.drivername}://，PostgreSQL 应写成 {_POSTGRESQL}://。"
        )
    try:
        line = {name: said for name, said in _POSTGRESQL_LINE.items() if name not in url.query}
        engine = create_engine(url, connect_args=line, hide_parameters=True)
    except ModuleNotFoundError as error:
        raise StoreError("使用 PostgreSQL 需要安装 gongkai[postgresql]（psycopg）。") from error
    logging.getLogger("psycopg").setLevel(logging.ERROR)  # what it ignores is told to the officer
    # Before SQLAlchemy's own first look, which fails without saying why on another encoding.
    event.listen(engine, "connect", _connected_postgresql, insert=True)
    return engine


def _connected_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
    try:
        _set_postgresql(connection)
    except BaseException:
        connection.close()
        raise


def _set_postgresql(connection: Any) -> None:  # noqa: ANN401 - as above
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise StoreError(
            f"数据库的字符编码是 {encoding}，应为 UTF8，否则姓名用字不全。"
            "请用 CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0 另建数据库。"
        )
    calls = ", ".join("set_config(%s, %s, false)" for _ in _POSTGRESQL_SETTINGS)
    values = [word for setting in _POSTGRESQL_SETTINGS for word in setting]
    got = connection.execute(f"SELECT {calls}", values).fetchone()
    for (name, word), value in zip(_POSTGRESQL_SETTINGS, got, strict=True):
        if value != word:
            raise StoreError(f"数据库设置 {name} 是 {value}，应为 {word}。")
    connection.commit()


def _sqlite(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        raise StoreError(f"数据库只能是 SQLite 或 PostgreSQL，配置的是 {url.get_backend_name()}。")
    in_memory = not url.database or url.database == ":memory:"
    if url.database and not in_memory:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _in_memory(url) if in_memory else _in_file(url)
    event.listen(engine, "connect", _connected_sqlite)
    return engine


def _in_file(url: URL) -> Engine:
    return create_engine(
        url,
        module=sqlite3,
        connect_args=_PREPARED,
        pool_reset_on_return=None,  # whoever begins a transaction here ends it
        hide_parameters=True,
    )


def _in_memory(url: URL) -> Engine:
    return create_engine(
        url,
        module=sqlite3,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, **_PREPARED},
        hide_parameters=True,  # an error names the statement, never the values
    )


def journal_mode(version: tuple[int, int, int]) -> str:
    """Return WAL only where SQLite is free of the WAL-reset corruption bug, else DELETE."""
    mended = version >= (3, 51, 3) or any(
        version[:2] == branch[:2] and version >= branch for branch in ((3, 50, 7), (3, 44, 6))
    )
    return "wal" if mended else "delete"


def _connected_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - any DB-API connection
    connection.isolation_level = None  # the driver's own BEGIN is a deferred one; we issue ours
    mode = journal_mode(sqlite3.sqlite_version_info)
    cursor = connection.cursor()
    for name, (wanted, word) in _SETTINGS.items():
        cursor.execute(f"PRAGMA {name}={word}")
        (value,) = cursor.execute(f"PRAGMA {name}").fetchone()
        if value != wanted:
            raise StoreError(f"数据库设置 {name} 是 {value}，应为 {wanted}。")
    # Last: it asks for a lock, and waits for it as long as the settings say.
    (got,) = cursor.execute(f"PRAGMA journal_mode={mode}").fetchone()
    if got not in {mode, "memory"}:
        raise StoreError(f"数据库的 journal_mode 是 {got}，应为 {mode}。请确认磁盘可写。")
    cursor.close()


@contextmanager
def writing(store: Store) -> Iterator[Transaction]:
    """Open a transaction for changes; commit at the end.

    On SQLite it holds the write lock from its first moment; on PostgreSQL it takes row locks as it
    goes (case, then counter, then chain). Raises :class:`Again` where the key that seals has been
    changed meanwhile: what the old one sealed would stay behind when it goes.
    """
    with closing(store.engine.raw_connection()) as line:
        key = store.keys.refresh()
        with _kept_or_undone(_begun(store, line, _WRITE)) as tx:
            yield tx
            if store.keys.refresh() != key:
                raise Again("加密密钥刚刚更换，本次没有办成，也没有留下任何改动。请再办一次。")


@contextmanager
def reading(store: Store) -> Iterator[Transaction]:
    """Open a transaction that sees one state of the database and changes nothing.

    Raises :class:`Unavailable` where the database does not answer.
    """
    try:
        first = _to_read(store)
        with closing(first.line), _kept_or_undone(first) as tx:
            yield tx
    except Exception as error:
        if failure := failure_of(error):
            raise Unavailable(failure.when_reading) from error
        raise


def _to_read(store: Store) -> Transaction:
    """Begin on a line that is alive: what is read is not tried again, as a command is."""
    try:
        return _first_read(store)
    except Exception as error:
        if failure_of(error) is not Failure.LOST:
            raise
        return _first_read(store)


def _first_read(store: Store) -> Transaction:
    line = store.engine.raw_connection()
    try:
        return _begun(store, line, _READ)
    except Exception as error:
        if failure_of(error) is Failure.LOST and line.is_valid:
            line.invalidate(error)
        line.close()
        raise


def _begun(store: Store, line: PoolProxiedConnection, words: Mapping[str, str]) -> Transaction:
    """Begin a transaction on ``line``; PostgreSQL's driver does so by itself."""
    driver: Any = line.driver_connection
    dialect = store.dialect
    if word := words.get(dialect):
        driver.execute(word)
    return Transaction(store.keys, driver, store.engine, line, dialect)


@contextmanager
def _kept_or_undone(tx: Transaction) -> Iterator[Transaction]:
    try:
        yield tx
        tx.commit()
    except BaseException as error:
        tx.undo(error)
        raise
