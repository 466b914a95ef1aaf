"""What a database's errors mean: foreign exceptions become ours at this one border."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from coldchain.errors import StoreUnavailable, StoreUnusable

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
_SQLITE_FAILED = {
    sqlite3.SQLITE_ABORT, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOTADB,
}  # fmt: skip


@contextmanager
def border(address: str) -> Iterator[None]:
    """What the block raises because of the database, and not of our statement, becomes `StoreUnavailable`.

    Args:
        address: The database's, without its password.
    """
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as error:
        raise _translated(error, address) from error
    except DBAPIError as error:
        # type(error): SQLite's for a damaged or foreign file
        if error.connection_invalidated or type(error) is DatabaseError or _read_only(error):
            raise _translated(error, address) from error
        raise


def database_failed(error: DBAPIError) -> bool:
    """Whether it was the database that failed, and not our statement."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in _SQLITE_FAILED  # the low byte of an extended code
    return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError) or _read_only(error)


def _translated(error: Exception, address: str) -> StoreUnavailable:
    original = getattr(error, "orig", None) or error
    said = str(original).strip().splitlines()[0] if str(original).strip() else type(original).__name__
    for words, sentence in _UNUSABLE.items():
        if words in said:
            return StoreUnusable(f"the database {address} {sentence} ({said})")
    if isinstance(error, DBAPIError) and _read_only(error):
        return StoreUnavailable(f"the database {address} can only be read now: {said}")
    return StoreUnavailable(f"the database {address} does not answer: {said}")


def _read_only(error: DBAPIError) -> bool:
    """Whether this PostgreSQL is a standby, or was set to read only: after a failover, until the other one is back."""
    return getattr(error.orig, "sqlstate", None) == "25006"
