"""PostgreSQL's own tools: dumping a database in one snapshot, and reading a dump back."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import URL, Connection, make_url

from gongkai.errors import Told
from gongkai.store.engine import connect
from gongkai.store.keys import KeyRing

#: Where Debian and its kin keep every version's own tools.
_VERSIONS: Final = Path("/usr/lib/postgresql")
#: Schemas that an earlier restore put aside are no part of the data.
ASIDE: Final = "before_restore_"
#: The schema in which a restore works until it is done.
BESIDE: Final = "restoring_"
#: The parts of a dump, in their order.
_SECTIONS: Final = ("pre-data", "data", "post-data")


class NoTool(Told):
    """One of PostgreSQL's own programs is missing, or failed."""


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        newest = sorted(_VERSIONS.glob(f"*/bin/{name}"), key=lambda path: path.parts[-3].zfill(5))
        found = str(newest[-1]) if newest else None
    if found is None:
        raise NoTool(
            f"找不到 {name}。PostgreSQL 的备份和恢复要用它：请安装与服务器同版本的"
            " postgresql-client，并让它在 PATH 里。"
        )
    return found


def _run(name: str, url: URL | None, *words: str) -> None:
    """Run a tool; a password travels in its environment, where other users cannot read it."""
    environment, named = dict(os.environ), []
    if url is not None:
        if url.password:
            environment["PGPASSWORD"] = str(url.password)
        bare = URL.create(
            "postgresql", url.username, None, url.host, url.port, url.database, url.query
        )
        named = [f"--dbname={bare.render_as_string(hide_password=False)}"]
    done = subprocess.run(  # noqa: S603 - PostgreSQL's tool, with our own words
        [_tool(name), *words, *named],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip()
        raise NoTool(f"{name} 没有成功：{said[-600:]}")


def dump(url: str, connection: Connection, target: Path) -> None:
    """Dump the database as the transaction of ``connection`` sees it."""
    connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
    _run("pg_dump", make_url(url), "--format=custom", "--no-owner", "--no-privileges",
         f"--snapshot={snapshot}", f"--exclude-schema={ASIDE}*", f"--exclude-schema={BESIDE}*",
         f"--file={target}")  # fmt: skip


def load(url: str, source: Path) -> None:
    """Read a dump into an empty database, wholly or not at all; nobody is given rights."""
    _run("pg_restore", make_url(url), "--single-transaction", "--exit-on-error",
         "--no-owner", "--no-privileges", str(source))  # fmt: skip


def read_through(source: Path) -> None:
    """Read a dump from end to end without a server."""
    _run("pg_restore", None, "--file=-", str(source))


@contextmanager
def scratch(url: str) -> Iterator[str | None]:
    """Make a database for a trial and drop it afterwards; None where that is not allowed."""
    base, name = make_url(url), f"gongkai_trial_{uuid4().hex[:12]}"
    store = connect(url, KeyRing.ephemeral())
    alone = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        with alone.connect() as connection:
            asked = "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            if not connection.exec_driver_sql(asked).scalar():
                yield None
                return
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
        try:
            yield base.set(database=name).render_as_string(hide_password=False)
        finally:
            with alone.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    finally:
        store.close()


def inside(url: str, name: str) -> str:
    """Return the address at which the schema of that name stands for the whole database."""
    base = make_url(url)
    options = f"{base.query.get('options', '')} -csearch_path={name}".strip()
    asked = base.update_query_dict({"options": options})
    return asked.render_as_string(hide_password=False)


def scripts(source: Path) -> list[Path]:
    """Write a dump out as SQL beside it, part by part."""
    written = []
    for section in _SECTIONS:
        target = source.with_name(f"{section}.sql")
        _run("pg_restore", None, f"--section={section}", "--no-owner", "--no-privileges",
             f"--file={target}", str(source))  # fmt: skip
        written.append(target)
    return written


def load_beside(connection: Connection, parts: list[Path], name: str) -> None:
    """Play a dump's parts into a schema of that name; nobody else sees the public one gone.

    A dump names the public schema everywhere: it stands aside until the transaction ends.
    """
    connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{name}_waiting"')
    connection.exec_driver_sql("CREATE SCHEMA public")
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - the connection is open
    with raw.cursor() as cursor:
        for part in parts:
            with part.open("rb") as lines:
                _play(cursor, lines)
    connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{name}"')
    connection.exec_driver_sql(f'ALTER SCHEMA "{name}_waiting" RENAME TO public')


def _play(cursor: Any, lines: Iterator[bytes]) -> None:  # noqa: ANN401 - psycopg's, which may be missing
    """Run a script of pg_restore: statements, and rows after COPY until its closing line."""
    said: list[bytes] = []
    for line in lines:
        if line.startswith((b"\\restrict ", b"\\unrestrict ")):  # words to psql
            continue
        if line.startswith(b"COPY ") and line.endswith(b" FROM stdin;\n"):
            cursor.execute(b"".join(said))
            said = []
            with cursor.copy(line) as copy:
                for row in iter(lines.__next__, b"\\.\n"):
                    copy.write(row)
        else:
            said.append(line)
    cursor.execute(b"".join(said))


def drop_beside(connection: Connection) -> None:
    """Remove the schemas of restores that did not come to their end."""
    asked = "SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)"
    for (name,) in connection.exec_driver_sql(asked, (BESIDE,)).all():
        connection.exec_driver_sql(f'DROP SCHEMA "{name}" CASCADE')


def swap(connection: Connection, name: str, aside: str) -> None:
    """Put the schema of that name in the place of the public one, which is kept as ``aside``.

    One in which there was nothing is not kept.
    """
    connection.exec_driver_sql(f'ALTER SCHEMA public RENAME TO "{aside}"')
    connection.exec_driver_sql(f'ALTER SCHEMA "{name}" RENAME TO public')
    connection.exec_driver_sql("GRANT USAGE ON SCHEMA public TO PUBLIC")
    asked = (
        "SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass"
        " AND refobjid = %s::regnamespace"
    )
    if not connection.exec_driver_sql(asked, (aside,)).scalar():
        connection.exec_driver_sql(f'DROP SCHEMA "{aside}"')
