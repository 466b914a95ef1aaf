"""An empty record for a test, as the migrations make it: made once, and copied from then on.

Migrating takes longer than most stories. What tests of the migrations themselves need they migrate themselves.
"""

import sqlite3
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from coldchain.records import Store


@cache
def empty_record() -> bytes:
    """A migrated SQLite file, as `Store.migrate` made it."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        store = Store(f"sqlite:///{path}")
        store.migrate()
        store.close()
        return path.read_bytes()


def empty_store(file: Path | None = None) -> Store:
    """An empty record in a file that is not there yet; without one, in memory."""
    if file is not None:
        with file.open("xb") as made:
            made.write(empty_record())
        return Store(f"sqlite:///{file}")
    store = Store("sqlite://")
    _in_memory(_migrated()).backup(_in_memory(store))
    return store


@cache
def _migrated() -> Store:
    store = Store("sqlite://")
    store.migrate()
    return store


def _in_memory(store: Store) -> sqlite3.Connection:
    """The one connection of a record in memory."""
    pooled = store._engine.raw_connection()
    try:
        return cast("sqlite3.Connection", pooled.driver_connection)
    finally:
        pooled.close()  # back to the pool, which keeps it open
