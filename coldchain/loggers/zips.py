"""Zips, opened within bounds: whatever they say of themselves or hold, a fixed amount of memory opens them.

A zip's directory is measured before it is read, a member's stated size is looked at before it is unpacked, and
unpacking stops at that size a piece at a time. A zip within a zip is unpacked to a file, not to memory.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO

from coldchain.domain.natural import natural
from coldchain.errors import FileRefused
from coldchain.loggers.found import FoundFile, is_zip, too_large

MAX_MEMBER_BYTES = 256 * 1024 * 1024
"""Of a member, however small the zip."""

MAX_MEMBERS = 100_000
MAX_UNPACKED = 4 * 1024 * 1024 * 1024
MAX_DEPTH = 3
"""A zip in a zip in a zip is opened; deeper is refused."""

MAX_DIRECTORY = 16 * 1024 * 1024
"""Bytes of the list of a zip's members: 100,000 of them with names as long as a line."""

_PIECE = 1 << 20
_IN_MEMORY = 8 * 1024 * 1024
_FAILURES = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError)

_WORKBOOK = "it is an Excel workbook or another Office file: save the sheet as CSV"

_END, _END_SIZE = b"PK\x05\x06", 22
_END_64, _END_64_SIZE, _LOCATOR_SIZE = b"PK\x06\x06", 56, 20
_LONGEST_COMMENT = 65_535


def members(
    name: str,
    file: IO[bytes],
    max_bytes: int,
    where: tuple[str, ...],
    is_candidate: Callable[[str], bool],
    depth: int = 1,
) -> Iterator[FoundFile]:
    """The members of a zip in the order of their names, unpacked one at a time; what cannot be had, with the reason.

    Args:
        name: The zip's, as shown.
        where: How to find it again.
        is_candidate: Whether a member may be a log by its name.
        depth: How many zips it stands in, itself included.
    """
    if depth > MAX_DEPTH:
        yield FoundFile(name, refused=too_large(f"zips stand more than {MAX_DEPTH} deep inside each other"))
        return
    try:
        if directory_size(file) > MAX_DIRECTORY:
            yield FoundFile(
                name, refused=too_large("the zip holds more files than can be listed: take fewer at a time")
            )
            return
        with zipfile.ZipFile(file) as archive:
            found = [member for member in archive.infolist() if not member.is_dir()]
            if any(member.filename == "[Content_Types].xml" for member in found):
                yield FoundFile(name, refused=FileRefused("unknown-format", _WORKBOOK))
                return
            if len(found) > MAX_MEMBERS:
                yield FoundFile(name, refused=too_large(f"the zip holds {len(found)} files: take fewer at a time"))
                return
            unpacked = 0
            for member in sorted(found, key=lambda member: natural(member.filename)):
                if not is_candidate(member.filename) or "__MACOSX/" in member.filename:
                    continue
                unpacked += member.file_size
                if unpacked > MAX_UNPACKED:
                    yield FoundFile(name, refused=too_large(f"the zip unpacks to more than {MAX_UNPACKED >> 30} GB"))
                    return
                shown, inside = f"{name}/{member.filename}", (*where, member.filename)
                if not member.filename.lower().endswith(".zip"):
                    yield _member(shown, archive, member, max_bytes, inside)
                    continue
                with SpooledTemporaryFile(_IN_MEMORY) as inner:
                    refused = _unpack(archive, member, inner, max_bytes)
                    if refused is not None:
                        yield FoundFile(shown, refused=refused)
                    elif is_zip(shown, inner.read(4)):
                        yield from members(shown, inner, max_bytes, inside, is_candidate, depth + 1)
                    else:
                        inner.seek(0)
                        yield FoundFile(shown, inner.read(), where=inside, size=member.file_size)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        yield FoundFile(name, refused=FileRefused("damaged", f"the zip is damaged: {str(error).rstrip('.')}"))


def how_many_members(path: str, is_candidate: Callable[[str], bool]) -> int:
    """How many files a zip lists, for a progress bar; 1 where that cannot be told: whoever opens it says why."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- as where it is read
            if directory_size(file) > MAX_DIRECTORY:
                return 1
            with zipfile.ZipFile(file) as archive:
                return sum(1 for member in archive.namelist() if not member.endswith("/") and is_candidate(member))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return 1


def member_again(found: FoundFile, file: IO[bytes], inside: Sequence[str], max_bytes: int) -> FoundFile:
    """A member that was found before, from the outermost zip and the names on the way to it."""
    try:
        with zipfile.ZipFile(file) as archive:
            member = archive.getinfo(inside[0])
            if len(inside) == 1:
                return _member(found.name, archive, member, max_bytes, found.where)
            with SpooledTemporaryFile(_IN_MEMORY) as inner:
                refused = _unpack(archive, member, inner, max_bytes)
                if refused is not None:
                    return FoundFile(found.name, refused=refused)
                return member_again(found, inner, inside[1:], max_bytes)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, KeyError) as error:
        return FoundFile(found.name, refused=FileRefused("damaged", f"the zip has changed: {str(error).rstrip('.')}"))


def directory_size(file: IO[bytes]) -> int:
    """How many bytes a zip's list of members has, as the zip's end says; 0 where it has no end.

    Whoever reads the list reads no more than that. The file is left at its start.
    """
    whole = file.seek(0, io.SEEK_END)
    tail_from = file.seek(max(0, whole - _LONGEST_COMMENT - _END_SIZE - _LOCATOR_SIZE - _END_64_SIZE))
    tail = file.read(whole - tail_from)
    file.seek(0)
    at = tail.rfind(_END)
    if at < 0 or len(tail) < at + _END_SIZE:
        return 0
    (size,) = struct.unpack_from("<L", tail, at + 12)
    wide = at - _LOCATOR_SIZE - _END_64_SIZE
    if wide >= 0 and tail.startswith(_END_64, wide):  # both are read: whichever counts, neither may be too large
        size = max(size if size != 0xFFFFFFFF else 0, *struct.unpack_from("<Q", tail, wide + 40))
    return int(size)


def _member(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int, where: tuple[str, ...]
) -> FoundFile:
    content = io.BytesIO()
    refused = _unpack(archive, member, content, max_bytes)
    if refused is not None:
        return FoundFile(name, refused=refused)
    return FoundFile(name, content.getvalue(), where=where, size=content.tell())


def _unpack(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, out: "IO[bytes] | io.BytesIO", max_bytes: int
) -> FileRefused | None:
    """Unpack a member and go back to its start; or why it cannot be."""
    if member.flag_bits & 0x1:
        return FileRefused("damaged", "it is encrypted: unpack it first")
    most = min(max_bytes, MAX_MEMBER_BYTES)
    if member.file_size > most:
        return too_large(f"it is larger than {most >> 20} MB, more than a logger holds")
    try:
        with archive.open(member) as file:
            while piece := file.read(_PIECE):  # never beyond what the member says, whatever follows
                out.write(piece)
    except _FAILURES as error:
        return FileRefused("damaged", f"it cannot be unpacked: {str(error).rstrip('.')}")
    out.seek(0)
    return None
