"""The database: opening it, one transaction at a time for writing, and what its errors mean.

SQLite by default (write-ahead log, every commit on the disk before it is said to be done), PostgreSQL by URL. On both,
only one transaction writes at a time: ``BEGIN IMMEDIATE`` there, an advisory lock here; so what a transaction has read
stands until it commits, on either database.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Event, Lock, RLock
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import StaticPool

from coldchain.errors import StoreUnavailable, StoreUnusable
from coldchain.records import schema
from coldchain.records.service_lock import ServiceLock, is_held

Transaction = Connection
"""What the functions of this package take first."""

_WRITER_LOCK = 0x636F6C64  # "cold": any number, as long as every program on this database takes the same


_BUSY_MS = 5_000
"""So long SQLite waits for whoever else writes."""


class Store:
    """A database of readings, excursions and everything said about them.

    Args:
        url: ``sqlite:///path/to/file.db``, ``sqlite://`` for one in memory, or ``postgresql://user:secret@host/name``.

    Raises:
        StoreUnusable: The URL names no database this program can use.
    """

    def __init__(self, url: str) -> None:
        self._url = _usable(url)
        self.address = self._url.render_as_string(hide_password=True)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._in_memory = self.is_sqlite and self._url.database in (None, "", ":memory:")
        self._turn: AbstractContextManager[Any] = RLock() if self._in_memory else nullcontext()
        self._writers = _InTurn()
        self._engine = self._made()
        self._lock: ServiceLock | None = None

    def migrate(self) -> None:
        """Bring the tables to what this program needs, creating the database file if there is none.

        Raises:
            StoreUnusable: It cannot be written, holds something else, or was made by a newer program.
            StoreUnavailable: The database server does not answer.
        """
        with self._border(), self._turn, self._engine.connect() as connection:
            writing = connection.execution_options(coldchain_writes=True)
            with writing.begin():
                self._take_turn(writing)
                schema.upgrade(writing, self.address)

    def check(self) -> None:
        """Whether the database is there and has the tables this program needs; changes nothing.

        Raises:
            StoreUnusable: There is none, or it is older or newer than this program.
            StoreUnavailable: The database server does not answer.
        """
        if self.is_sqlite and not self._in_memory and not Path(str(self._url.database)).is_file():
            raise StoreUnusable(f"there is no database at {self._url.database}")
        with self.reading() as connection:
            schema.check(connection, self.address)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """One transaction that may write; commits at the end of the block, or undoes all of it on an error.

        Raises:
            StoreUnavailable: The database does not answer, or another program has kept it for too long.
        """
        with self._border(), self._turn, self._writers.turn(), self._engine.connect() as connection:
            writing = connection.execution_options(coldchain_writes=True)
            with writing.begin():
                self._take_turn(writing)
                if self._lock is not None:
                    self._lock.must_be_ours(writing)
                yield writing

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One look at the database: everything read in the block belongs to the same moment.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        with self._border(), self._turn, self._engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    @property
    def file(self) -> Path | None:
        """The database's file; ``None`` on a server or in memory."""
        return Path(str(self._url.database)).absolute() if self.is_sqlite and not self._in_memory else None

    @contextmanager
    def service_lock(self) -> Iterator[bool]:
        """Be the one service of a database on a server, until the end of the block; see `hold_service_lock`.

        Yields:
            Whether nobody else is.
        """
        with self._border():
            lock = ServiceLock(self._engine, self.address)
            try:
                alone = lock.hold()
                self._lock = lock if alone else None
                yield alone
            finally:
                self._lock = None
                lock.let_go()

    def hold_service_lock(self) -> bool:
        """Whether we still are the one service: a lock whose connection broke is taken again. To be asked often.

        Raises:
            StoreUnavailable: The database does not answer, so that nobody can say; nobody can write then, either.
        """
        with self._border():
            return self._lock is None or self._lock.hold()

    def service_lock_is_held(self) -> bool:
        """Whether a service, this one or another, is the one service of a database on a server now.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        with self._border():
            return is_held(self._engine)

    def close(self) -> None:
        """Let go of every connection; a database in memory is gone with it."""
        with self._border():
            self._engine.dispose()

    def _take_turn(self, connection: Connection) -> None:
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})

    def _made(self) -> Engine:
        if not self.is_sqlite:
            engine = create_engine(self._url, pool_pre_ping=True, connect_args=_noticing(self._url))
            event.listen(engine, "connect", _prepare_postgresql)
            return engine
        arguments: dict[str, Any] = {"connect_args": {"check_same_thread": False}}
        if self._in_memory:
            arguments["poolclass"] = StaticPool
        engine = create_engine(self._url, **arguments)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _border(self) -> Iterator[None]:
        try:
            yield
        except (OperationalError, InterfaceError, PoolTimeout) as error:
            raise self._translated(error) from error
        except DBAPIError as error:
            # type(error): SQLite's for a damaged or foreign file
            if error.connection_invalidated or type(error) is DatabaseError or _read_only(error):
                raise self._translated(error) from error
            raise

    def _translated(self, error: Exception) -> StoreUnavailable:
        original = getattr(error, "orig", None) or error
        said = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
        for words, sentence in _UNUSABLE.items():
            if words in said:
                return StoreUnusable(f"the database {self.address} {sentence} ({said})")
        if isinstance(error, DBAPIError) and _read_only(error):
            return StoreUnavailable(f"the database {self.address} can only be read now: {said}")
        return StoreUnavailable(f"the database {self.address} does not answer: {said}")


class _InTurn:
    """Writers of one program one after the other, as they came: SQLite itself lets whoever is quick go first again."""

    def __init__(self) -> None:
        self._waiting: deque[Event] = deque()
        self._gate = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for those who came before, but no longer than the database would; then it decides."""
        mine = Event()
        with self._gate:
            self._waiting.append(mine)
            if self._waiting[0] is mine:
                mine.set()
        mine.wait(_BUSY_MS / 1000)
        try:
            yield
        finally:
            with self._gate:
                self._waiting.remove(mine)
                if self._waiting:
                    self._waiting[0].set()


@contextmanager
def savepoint(tx: Transaction) -> Iterator[None]:
    """A part of a transaction that is undone by itself on an error; what was written before it stays.

    Raises:
        StoreUnavailable: The database itself failed, and with it the whole transaction.
    """
    gone: DBAPIError | None = None
    try:
        with tx.begin_nested():
            try:
                yield
            except DBAPIError as error:
                gone = error if _database_failed(error) else None
                raise
    except SQLAlchemyError as error:  # undoing a part of what is undone already is an error of its own
        if gone is None:
            raise
        address = tx.engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(f"the database {address} does not answer: {gone.orig}") from error


def _read_only(error: DBAPIError) -> bool:
    """Whether this PostgreSQL is a standby, or was set to read only: after a failover, until the other one is back."""
    return getattr(error.orig, "sqlstate", None) == "25006"


_SQLITE_FAILED = {
    sqlite3.SQLITE_ABORT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
}  # fmt: skip


def _database_failed(error: DBAPIError) -> bool:
    """Whether it was the database that failed, and not our statement."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_FAILED  # the low byte of an extended code
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError) or _read_only(error)


_UNUSABLE = {
    "unable to open database file": "cannot be opened: is the folder there, and may this program write in it?",
    "readonly database": "cannot be written: give this program write access to the file and its folder",
    "file is not a database": "is some other file, not a database",
    "no such table": "has no tables of this program yet: start 'coldchain serve' once",
    "password authentication failed": "does not let us in: check user and password",
    "no password supplied": "wants a password",
    "does not exist": "is not there: create it first",
    "malformed": "is damaged: restore a backup",
}


def _usable(url: str) -> URL:
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


_NO_URL = "a database address looks like sqlite:///coldchain.db or postgresql://user:secret@host/coldchain"


_NOTICE = {
    "connect_timeout": "10", "keepalives_idle": "10", "keepalives_interval": "5", "keepalives_count": "3",
    "tcp_user_timeout": "20000",
}  # fmt: skip
"""So that a server that vanished without a word is noticed within half a minute (libpq's own waits for hours)."""


def _noticing(url: URL) -> dict[str, str]:
    return {name: value for name, value in _NOTICE.items() if name not in url.query}


def _prepare_postgresql(connection: Any, _record: object) -> None:
    """The server, too, notices when we are gone, and lets go of our locks; nobody waits for a lock for ever."""
    with connection.cursor() as cursor:
        for name, value in (
            ("lock_timeout", "30s"), ("tcp_keepalives_idle", "10"), ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "3"),
        ):  # fmt: skip
            cursor.execute(f"SET {name} = '{value}'")
    connection.commit()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where we say, see _begin_sqlite
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("coldchain_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
