"""What somebody with the rights of the database's owner can do to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine

from gongkai.store.engine import Store, Transaction, writing
from gongkai.store.guards import rules
from tests.postgres import OWNER


def unguard(tx: Transaction, table: str) -> None:
    """Take away what the database refuses for a table, as only its owner can."""
    dialect = tx.dialect
    for name, guarded, _, _ in rules(dialect):
        if guarded == table:
            on = f" ON {table}" if dialect == "postgresql" else ""
            tx.connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS guard_{name}{on}")


@contextmanager
def owning(store: Store) -> Iterator[Transaction]:
    """Open a transaction for changes with the rights of the tables' owner."""
    if store.dialect == "sqlite":  # whoever may write the file owns it
        with writing(store) as tx:
            yield tx
        return
    engine = create_engine(store.engine.url.set(username=OWNER))
    try:
        with writing(Store(engine, store.keys)) as tx:
            yield tx
    finally:
        engine.dispose()
