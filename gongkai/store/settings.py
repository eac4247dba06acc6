"""What the installation remembers of itself, by name."""

from sqlalchemy import delete, insert, select, update

from gongkai.store import tables as t
from gongkai.store.engine import Transaction

_c = t.settings.c


def read(tx: Transaction, name: str) -> str:
    """Return what is remembered under a name; empty where nothing is."""
    found = tx.execute(select(_c.value).where(_c.name == name)).scalar_one_or_none()
    return found or ""


def lock(tx: Transaction, name: str) -> str:
    """Return what is remembered under a name, and let nobody else change it in the meantime."""
    wanted = select(_c.value).where(_c.name == name).with_for_update()
    return tx.execute(wanted).scalar_one_or_none() or ""


def write(tx: Transaction, name: str, value: str) -> None:
    """Remember something under a name."""
    known = tx.execute(update(t.settings).where(_c.name == name).values(value=value))
    if not known.rowcount:
        tx.execute(insert(t.settings).values(name=name, value=value))


def drop(tx: Transaction, name: str) -> None:
    """Forget a name."""
    tx.execute(delete(t.settings).where(_c.name == name))
