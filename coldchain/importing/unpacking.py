"""What was sent, opened within bounds: a file is itself, a zip is its members."""

from collections.abc import Iterator
from typing import IO

from coldchain.errors import FileRefused
from coldchain.loggers.files import FoundFile, open_file

LARGEST_FILE = 32 * 1024 * 1024
"""Bytes of one file; about a million readings."""

LARGEST_REQUEST = 256 * 1024 * 1024
"""Bytes of everything that is sent at once, and of everything that comes out of it."""

MOST_FILES = 500
"""Files that come in together, out of zips too."""


def files_in(name: str, file: IO[bytes]) -> Iterator[FoundFile]:
    """Every file in what was sent under one name; one that cannot be taken comes with the reason.

    Args:
        name: As the sender calls it; only its last part is used.
        file: Its bytes, at their start, on disk or in memory.
    """
    unpacked = 0
    for count, found in enumerate(open_file(last_part(name), file, LARGEST_FILE)):
        unpacked += len(found.content)
        if count >= MOST_FILES:
            yield FoundFile(last_part(name), refused=FileRefused("too-large", f"it holds more than {MOST_FILES} files"))
            return
        if unpacked > LARGEST_REQUEST:
            most = LARGEST_REQUEST >> 20
            yield FoundFile(last_part(name), refused=FileRefused("too-large", f"it unpacks to more than {most} MB"))
            return
        yield found


def last_part(name: str) -> str:
    """A file's name without folders and without what cannot be seen; some browsers send whole paths."""
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    return "".join(character for character in last if character.isprintable())[:200] or "a file"
