"""One service a database: a second one, started by mistake, is refused with a sentence.

Two services would judge and alert twice. For SQLite the operating system's lock on a file beside the database says
that one runs; it is gone with the process, however that ends. For PostgreSQL a session's advisory lock does the same.
"""

import fcntl
import os
from pathlib import Path
from types import TracebackType

from coldchain.errors import ColdchainError
from coldchain.records import Store


class OneService:
    """Holds the right to be the service of a database; a context manager.

    Raises:
        ColdchainError: Another service has it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._descriptor: int | None = None

    def __enter__(self) -> "OneService":
        file = self._store.file
        if file is not None:
            self._descriptor = _locked(file.with_name(file.name + ".lock"), self._store.address)
        elif not self._store.is_sqlite:
            self._store.hold_service_lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _locked(path: Path, address: str) -> int:
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise ColdchainError(f"cannot write {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ColdchainError(
            f"another coldchain service already works on {address}: stop it first, or choose another database"
        ) from error
    return descriptor
