"""What somebody with the rights of the database's owner can do to it."""

from gongkai.store.engine import Transaction
from gongkai.store.guards import rules


def unguard(tx: Transaction, table: str) -> None:
    """Take away what the database refuses for a table, as only its owner can."""
    dialect = tx.connection.dialect.name
    for name, guarded, _, _ in rules(dialect):
        if guarded == table:
            on = f" ON {table}" if dialect == "postgresql" else ""
            tx.connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS guard_{name}{on}")
