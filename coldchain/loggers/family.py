"""What every logger family gets, and how it hands over what it found."""

from dataclasses import dataclass

from coldchain.loggers.logger_file import Device, LoggerFile
from coldchain.loggers.table import Table
from coldchain.loggers.text import Text


@dataclass(frozen=True)
class Export:
    """One file as it came.

    Attributes:
        name: For messages and reports.
        content: The bytes, untouched: signatures are over them.
        sha256: Of the bytes, hexadecimal.
    """

    name: str
    content: bytes
    sha256: str
    text: Text

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
