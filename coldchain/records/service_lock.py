"""Who is the one service of a PostgreSQL database: a lock of a session, and a fence in front of every COMMIT.

PostgreSQL drops a session's locks when its connection breaks, so that another service could start while the first one
still works. Therefore the lock is held beside a second one whose number only this life of the service knows, and every
transaction that writes looks, once it has the writer's turn, whether that one is still there. Without it nothing is
written, until the lock is taken again; and who finds somebody else in its place has to stop.
"""

import secrets
from contextlib import suppress

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from coldchain.errors import StoreUnavailable

SERVICE = 0x636F6C65
"""``cole``: any number, as long as every service takes the same."""

_LIFE = 0x636F6C66

_OURS = text(
    """SELECT pid FROM pg_locks JOIN pg_database ON pg_database.oid = database
       WHERE locktype = 'advisory' AND classid = :class AND objid = :life AND objsubid = 2 AND granted
       AND datname = current_database()"""
)


_HELD = text(
    """SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database
       WHERE locktype = 'advisory' AND classid = 0 AND objid = :key AND objsubid = 1 AND granted
       AND datname = current_database()"""
)


def is_held(engine: Engine) -> bool:
    """Whether any service holds the lock of a database; looks, and takes nothing."""
    with engine.connect() as connection:
        return connection.execute(_HELD, {"key": SERVICE}).first() is not None


class ServiceLock:
    """The lock of one life of a service.

    Args:
        engine: Makes connections to the database.
        address: The database's name, for sentences.
    """

    def __init__(self, engine: Engine, address: str) -> None:
        self._engine = engine
        self._address = address
        self._life = secrets.randbelow(2**31)
        self._connection: Connection | None = None

    def hold(self) -> bool:
        """Whether the lock is ours: taken, still held, or taken again after its connection broke."""
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
                return True
            except DBAPIError:
                self.let_go()
        return self._take() or (self._end_our_ghost() and self._take())

    def must_be_ours(self, tx: Connection) -> None:
        """Refuse to write without the lock; to be asked by a transaction that has the writer's turn.

        Raises:
            StoreUnavailable: It is not held now.
        """
        if tx.execute(_OURS, {"class": _LIFE, "life": self._life}).first() is None:
            raise StoreUnavailable(f"the service's lock on {self._address} is lost; nothing is written without it")

    def let_go(self) -> None:
        """Give it up; the connection must not go back to the pool with it."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError):  # at once, and not when the server notices; unless it has gone already
                connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.invalidate()
            connection.close()

    def _take(self) -> bool:
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        try:
            if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": SERVICE}):
                connection.close()
                return False
            connection.execute(text("SELECT pg_advisory_lock(:class, :life)"), {"class": _LIFE, "life": self._life})
        except DBAPIError:
            connection.invalidate()
            connection.close()
            raise
        self._connection = connection
        return True

    def _end_our_ghost(self) -> bool:
        """Whether the lock was held by a connection of ours that broke, which the server had not noticed yet."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            ghost = connection.scalar(_OURS, {"class": _LIFE, "life": self._life})
            if ghost is None:
                return False
            return bool(connection.scalar(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ghost}))
