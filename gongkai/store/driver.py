"""The one SQLite of this program: whoever opens a database file takes it from here.

pysqlite3 brings its own, new enough for WAL, where it is installed (decision 0024); elsewhere it
is Python's. Two in one process would let go of each other's locks on the same file.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pysqlite3 ships no types: it is the same module
    import sqlite3
else:
    try:
        from pysqlite3 import dbapi2 as sqlite3
    except ImportError:
        import sqlite3

__all__ = ["sqlite3"]
