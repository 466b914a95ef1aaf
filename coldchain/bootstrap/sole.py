"""One service a database: a second one, started by mistake, is refused with a sentence.

Two services would judge and alert twice. For SQLite the operating system's lock on a file beside the database says
one runs; it is gone with the process, however that ends. For PostgreSQL a session's advisory lock does the same,
with a fence in front of every COMMIT (`coldchain.records.service_lock`).
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from coldchain.errors import ColdchainError
from coldchain.records import Store


class ServiceRuns(ColdchainError):
    """Another service works on the record."""

    retry = True


StillAlone = Callable[[], bool]
"""Whether nobody else has become the one service meanwhile; raises `StoreUnavailable` where nobody can say now."""


@contextmanager
def one_service(store: Store, otherwise: str = "choose another database") -> Iterator[StillAlone]:
    """Be the one service of a database for the length of the block.

    Args:
        store: The record.
        otherwise: What to do instead of stopping the other one, for the sentence that says so.

    Yields:
        To be asked again and again: a lock can be lost.

    Raises:
        ServiceRuns: Another service is.
        ColdchainError: The lock cannot be asked for.
    """
    file = store.file
    if file is not None:
        path = file.with_name(file.name + ".lock")
        descriptor = _locked(path, store.address, otherwise)
        try:
            yield lambda: _same_file(descriptor, path)
        finally:
            os.close(descriptor)
    elif store.is_sqlite:  # in memory: nobody else can see it
        yield lambda: True
    else:
        with store.service_lock() as alone:
            if not alone:
                raise _refused(store.address, otherwise)
            yield store.hold_service_lock


def nobody_works(store: Store) -> bool:
    """Whether no service works on a database now. On a server it only looks; a file's lock is tried for a moment.

    Raises:
        ColdchainError: Nobody can say.
    """
    if store.file is None and not store.is_sqlite:
        return not store.service_lock_is_held()
    try:
        with one_service(store):
            return True
    except ServiceRuns:
        return False


def _same_file(descriptor: int, path: Path) -> bool:
    """Whether what we hold is still what the next service would try to lock: somebody may have removed the file."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def _locked(path: Path, address: str, otherwise: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ColdchainError(f"cannot write {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise _refused(address, otherwise) from error
    except OSError as error:
        os.close(descriptor)
        raise ColdchainError(f"cannot lock {path}: {error.strerror}") from error
    return descriptor


def _refused(address: str, otherwise: str) -> ServiceRuns:
    return ServiceRuns(f"another coldchain service already works on {address}: stop it first, or {otherwise}")
