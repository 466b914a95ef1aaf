"""Connections to SQLite and PostgreSQL: which database an address names, and how each is set up."""

import sqlite3
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import StaticPool

from coldchain.errors import StoreUnusable

BUSY_MS = 5_000
"""So long SQLite waits for whoever else writes."""
_NO_URL = "a database address looks like sqlite:///coldchain.db or postgresql://user:secret@host/coldchain"
_NOTICE = {
    "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}  # fmt: skip
"""So that a server that vanished without a word is noticed within half a minute (libpq's own waits for hours)."""


def usable(url: str) -> URL:
    """The database that an address names, with the driver that we use for it.

    Raises:
        StoreUnusable: It names none, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreUnusable(_NO_URL) from error
    if backend in ("postgresql", "postgres"):
        try:
            import psycopg  # noqa: F401
        except ImportError as error:
            raise StoreUnusable("PostgreSQL needs its driver: install coldchain[postgres]") from error
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise StoreUnusable(_NO_URL)
    return parsed.set(drivername="sqlite")


def in_memory(url: URL) -> bool:
    """Whether a database is gone with its last connection."""
    return url.get_backend_name() == "sqlite" and url.database in (None, "", ":memory:")


def engine_of(url: URL) -> Engine:
    """Connections to a database, each set up as it is made; none is made yet."""
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, connect_args=_noticing(url))
        event.listen(engine, "connect", _prepare_postgresql)
        return engine
    arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
    if in_memory(url):
        arguments["poolclass"] = StaticPool
    engine = create_engine(url, **arguments)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _noticing(url: URL) -> dict[str, str]:
    return {name: value for name, value in _NOTICE.items() if name not in url.query}


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """The server, too, notices when we are gone, and lets go of our locks; nobody waits for a lock for ever."""
    with connection.cursor() as cursor:
        for name, value in (
            ("lock_timeout", "30s"), ("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
            ("jit", "off"),  # compiling a question takes longer than answering any of ours
        ):  # fmt: skip
            cursor.execute(f"SET {name} = '{value}'")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("coldchain_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
