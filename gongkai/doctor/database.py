"""The database itself: its own checks, its references, its guards; nothing found of the erased."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import ForeignKeyConstraint, Select, and_, literal, select, text, union_all

from gongkai.doctor.look import Found, Look
from gongkai.store import tables as t
from gongkai.store.guards import rules

_RESTORE: Final = "请停止使用，保留数据库文件，用 gongkai restore 恢复备份。"
_GUARDS: Final = "请查明是谁去掉的；恢复备份到新的数据库可以重新设立。"


def database_clean(look: Look) -> Iterator[Found]:
    """The database finds nothing wrong with itself, and its guards are in place."""
    yield from _postgresql(look) if look.postgresql else _sqlite(look)
    for name, table in sorted(_wanted(look) - _guards(look)):
        said = "数据库里防止改动的保护被去掉、停用或者挪走了。"
        yield Found(what=said, where=f"{table} 表 触发器 {name}", mend=_GUARDS)


def _sqlite(look: Look) -> Iterator[Found]:
    for (said,) in look.tx.execute(text("PRAGMA integrity_check")):
        if said != "ok":
            yield Found(what=f"数据库文件损坏：{said}。", where="数据库", mend=_RESTORE)
    for table, rowid, parent, _ in look.tx.execute(text("PRAGMA foreign_key_check")):
        yield Found(what=f"所依据的 {parent} 行不在。", where=f"{table} 表 第{rowid}行")


def _wanted(look: Look) -> set[tuple[str, str]]:
    """Return every guard with its table."""
    named = list(rules(look.tx.dialect))
    wanted = {(f"guard_{name}", table) for name, table, *_ in named}
    if look.postgresql:
        wanted |= {(f"guard_{table}_no_truncate", table) for _, table, *_ in named}
    return wanted


#: Those of the schema that is used, that fire in a session like ours: not on replicas only.
_TRIGGERS: Final = (
    "SELECT g.tgname, c.relname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid"
    " JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE NOT g.tgisinternal AND g.tgenabled IN ('O', 'A') AND n.nspname = current_schema()"
)


def _guards(look: Look) -> set[tuple[str, str]]:
    """Return the guards that are in force, each with its table."""
    sqlite = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    found = look.tx.execute(text(_TRIGGERS if look.postgresql else sqlite))
    return {(name, table) for name, table in found}


def _unreferred(key: ForeignKeyConstraint) -> Select[Any]:
    """Return the rows of a table whose reference leads nowhere."""
    child, parent = key.parent, key.referred_table
    same = and_(*(one.parent == one.column for one in key.elements))
    return (
        select(literal(child.name), literal(parent.name), *(one.parent for one in key.elements[:2]))
        .select_from(child.outerjoin(parent, same))
        .where(key.elements[0].column.is_(None))
    )


_REFERENCES: Final = union_all(
    *(
        _unreferred(key)
        for table in t.metadata.sorted_tables
        for key in table.foreign_key_constraints
    )
)
_AMCHECK: Final = (
    "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
    " JOIN pg_am a ON a.oid = c.relam JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE a.amname = 'btree' AND i.indisvalid AND n.nspname = current_schema()"
)


def _postgresql(look: Look) -> Iterator[Found]:
    for child, parent, agency, number in look.tx.execute(_REFERENCES):
        where = f"{child} 表 {agency} 案件 {number}"
        yield Found(what=f"所依据的 {parent} 行不在。", where=where)
    can = "SELECT to_regprocedure('bt_index_check(regclass)') IS NOT NULL"
    if look.tx.execute(text(can)).scalar_one() and _may_check(look):
        for name in look.tx.execute(text(_AMCHECK)).scalars().all():
            yield from _index(look, name)


def _may_check(look: Look) -> bool:
    may = "SELECT has_function_privilege('bt_index_check(regclass)', 'EXECUTE')"
    return bool(look.tx.execute(text(may)).scalar_one())


def _index(look: Look, name: str) -> Iterator[Found]:
    try:
        with look.tx.connection.begin_nested():
            look.tx.execute(text("SELECT bt_index_check(CAST(:name AS regclass))"), {"name": name})
    except Exception as error:
        if getattr(getattr(error, "orig", None), "sqlstate", "") != "XX002":  # index_corrupted
            raise
        yield Found(what=f"索引损坏：{error}", where=f"索引 {name}", mend=_RESTORE)


_k, _b, _p = t.cases.c, t.blind_index.c, t.personal.c


def erased_is_gone(look: Look) -> Iterator[Found]:
    """Of a case whose personal data was erased nothing personal is left to be found."""
    for table, c in ((t.blind_index, _b), (t.personal, _p)):
        wanted = (
            select(c.agency, c.case_number)
            .select_from(
                table.join(t.cases, and_(_k.agency == c.agency, _k.number == c.case_number))
            )
            .where(_k.erased_on.is_not(None), look.of(c.agency))
            .distinct()
        )
        for agency, number in look.rows(wanted):
            said = f"个人信息已经注销，{table.name} 表里还有。"
            yield Found(what=said, where=f"{agency} 案件 {number}", mend="请重新办理注销。")
