"""What every logger family gets, and how it hands over what it found."""

import hashlib
from dataclasses import dataclass
from threading import Thread

from coldchain.loggers.logger_file import Device, LoggerFile
from coldchain.loggers.table import Table
from coldchain.loggers.text import Text

_LARGE = 4 * 1024 * 1024


class Digest:
    """A file's SHA-256; a large file's is worked out while the file is being read."""

    def __init__(self, content: bytes) -> None:
        self._hash = hashlib.sha256()
        self._beside: Thread | None = None
        if len(content) < _LARGE:
            self._hash.update(content)
        else:
            self._beside = Thread(target=self._hash.update, args=(content,), name="sha256")
            self._beside.start()

    def hexadecimal(self) -> str:
        """The digest; waits for it where it is still being worked out."""
        if self._beside is not None:
            self._beside.join()
        return self._hash.hexdigest()


@dataclass(frozen=True)
class Export:
    """One file as it came.

    Attributes:
        name: For messages and reports.
        content: The bytes, untouched: signatures are over them.
    """

    name: str
    content: bytes
    digest: Digest
    text: Text

    @property
    def sha256(self) -> str:
        """Of the bytes, hexadecimal."""
        return self.digest.hexadecimal()

    def file(self, family: str, device: Device, table: Table, *notes: str) -> LoggerFile:
        """The result for a family of unsigned tables."""
        return LoggerFile(
            name=self.name,
            sha256=self.sha256,
            format=family,
            signature="none",
            device=device,
            evidence=table.evidence,
            channels=table.channels,
            events=table.events,
            notes=(*table.notes, *notes),
        )
