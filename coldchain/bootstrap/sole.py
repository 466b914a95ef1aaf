"""One service a database: a second one, started by mistake, is refused with a sentence.

Two services would judge and alert twice. For SQLite the operating system's lock on a file beside the database says
that one runs; it is gone with the process, however that ends. For PostgreSQL a session's advisory lock does the same.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coldchain.errors import ColdchainError
from coldchain.records import Store


@contextmanager
def one_service(store: Store) -> Iterator[None]:
    """Be the one service of a database for the length of the block.

    Raises:
        ColdchainError: Another service is.
    """
    file = store.file
    if file is not None:
        descriptor = _locked(file.with_name(file.name + ".lock"), store.address)
        try:
            yield
        finally:
            os.close(descriptor)
    elif store.is_sqlite:  # in memory: nobody else can see it
        yield
    else:
        with store.service_lock() as alone:
            if not alone:
                raise _refused(store.address)
            yield


def _locked(path: Path, address: str) -> int:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ColdchainError(f"cannot write {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise _refused(address) from error
    except OSError as error:
        os.close(descriptor)
        raise ColdchainError(f"cannot lock {path}: {error.strerror}") from error
    return descriptor


def _refused(address: str) -> ColdchainError:
    return ColdchainError(
        f"another coldchain service already works on {address}: stop it first, or choose another database"
    )
