"""A file that was found: its bytes within a bound, or why they cannot be had."""

from dataclasses import dataclass
from typing import IO

from coldchain.errors import FileRefused

_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06")
"""A zip's first bytes, and those of a zip without members."""


@dataclass(frozen=True)
class FoundFile:
    """A file, or why it could not be opened.

    Attributes:
        name: As shown: the path given, or ``archive.zip/member.csv``.
        content: Its bytes; empty where `refused` is set, and where `unread` is.
        refused: ``unreadable``, ``damaged``, ``too-large`` or ``no-readings``, with the reason.
        where: How it is found again: a path, and the member of each zip on the way; empty where it cannot be.
        size: How many bytes it holds, as far as that was asked.
        unread: Nobody has looked inside yet: `files.reopened` does.
    """

    name: str
    content: bytes = b""
    refused: FileRefused | None = None
    where: tuple[str, ...] = ()
    size: int = 0
    unread: bool = False


def bounded(
    name: str, file: IO[bytes], max_bytes: int, where: tuple[str, ...] = (), size: int | None = None
) -> FoundFile:
    """A file's bytes, if there are not too many of them.

    Args:
        size: How many there should be, where that is known: no larger buffer is asked for then.
    """
    content = file.read(max_bytes + 1 if size is None else min(size, max_bytes) + 1)
    if size is not None and len(content) > size:  # it has grown meanwhile
        content += file.read(max_bytes + 1 - len(content))
    if len(content) > max_bytes:
        return FoundFile(name, refused=too_large(f"it is larger than {max_bytes >> 20} MB, more than a logger holds"))
    return FoundFile(name, content, where=where, size=len(content))


def is_zip(name: str, head: bytes) -> bool:
    """Whether a file is a zip of logs, by its first four bytes; a workbook is one too, and is none here."""
    return head in _ZIP_HEADS and not name.lower().endswith((".xlsx", ".ods"))


def unreadable(name: str, error: OSError) -> FoundFile:
    """A file that the system does not let be opened or read."""
    return FoundFile(name, refused=FileRefused("unreadable", f"it cannot be read: {error.strerror or error}"))


def too_large(reason: str) -> FileRefused:
    """The refusal of what is beyond a bound."""
    return FileRefused("too-large", reason)
