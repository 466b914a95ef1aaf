"""The database: one transaction at a time for writing, and looks at it that see one moment.

SQLite by default (write-ahead log, every commit on the disk before it is said to be done), PostgreSQL by URL. On both,
only one transaction writes at a time: ``BEGIN IMMEDIATE`` there, an advisory lock here; so what a transaction has read
stands until it commits, on either database.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from threading import Event, Lock, RLock
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from coldchain.errors import StoreUnavailable, StoreUnusable
from coldchain.records import schema
from coldchain.records.connecting import BUSY_MS, engine_of, in_memory, usable
from coldchain.records.failing import border, database_failed
from coldchain.records.service_lock import ServiceLock, is_held

Transaction = Connection
"""What the functions of this package take first."""

_WRITER_LOCK = 0x636F6C64  # "cold": any number, as long as every program on this database takes the same


class Store:
    """A database of readings, excursions and everything said about them.

    Args:
        url: ``sqlite:///path/to/file.db``, ``sqlite://`` for one in memory, or ``postgresql://user:secret@host/name``.

    Raises:
        StoreUnusable: The URL names no database this program can use.
    """

    def __init__(self, url: str) -> None:
        self._url = usable(url)
        self.address = self._url.render_as_string(hide_password=True)
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self._in_memory = in_memory(self._url)
        self._turn: AbstractContextManager[Any] = RLock() if self._in_memory else nullcontext()
        self._writers = _InTurn()
        self._engine = engine_of(self._url)
        self._lock: ServiceLock | None = None

    def migrate(self) -> None:
        """Bring the tables to what this program needs, creating the database file if there is none.

        Raises:
            StoreUnusable: It cannot be written, holds something else, or was made by a newer program.
            StoreUnavailable: The database server does not answer.
        """
        with border(self.address), self._turn, self._engine.connect() as connection:
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
        with border(self.address), self._turn, self._writers.turn(), self._engine.connect() as connection:
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
        with border(self.address), self._turn, self._engine.connect() as connection:
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
        with border(self.address):
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
        with border(self.address):
            return self._lock is None or self._lock.hold()

    def service_lock_is_held(self) -> bool:
        """Whether a service, this one or another, is the one service of a database on a server now.

        Raises:
            StoreUnavailable: The database does not answer.
        """
        with border(self.address):
            return is_held(self._engine)

    def close(self) -> None:
        """Let go of every connection; a database in memory is gone with it."""
        with border(self.address):
            self._engine.dispose()

    def _take_turn(self, connection: Connection) -> None:
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER_LOCK})


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
        mine.wait(BUSY_MS / 1000)
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
                gone = error if database_failed(error) else None
                raise
    except SQLAlchemyError as error:  # undoing a part of what is undone already is an error of its own
        if gone is None and isinstance(error, DBAPIError) and database_failed(error):  # as the part began or ended
            gone = error
        if gone is None:
            raise
        address = tx.engine.url.render_as_string(hide_password=True)
        raise StoreUnavailable(f"the database {address} does not answer: {gone.orig}") from error
