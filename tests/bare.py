"""Engines without the settings of the program, but on its own SQLite."""

from sqlalchemy import Engine, create_engine, make_url

from gongkai.store.driver import sqlite3


def engine_at(url: str) -> Engine:
    """Return a bare engine for a database of either kind."""
    if make_url(url).get_backend_name() == "sqlite":
        return create_engine(url, module=sqlite3)
    return create_engine(url)
