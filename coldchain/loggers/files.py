"""The files behind paths: files, folders, zips, patterns and standard input, each within bounds."""

import glob
import io
import os
import sys
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from coldchain.errors import FileRefused
from coldchain.loggers.text import MAX_BYTES

MAX_MEMBER_BYTES = 256 * 1024 * 1024
"""Of a member, however small the zip."""

MAX_MEMBERS = 100_000
MAX_UNPACKED = 4 * 1024 * 1024 * 1024
MAX_DEPTH = 3
"""A zip in a zip in a zip is opened; deeper is refused."""

_ZIP_HEADS = (b"PK\x03\x04", b"PK\x05\x06")
"""A zip's first bytes, and those of a zip without members."""

PASSED_OVER = frozenset(
    (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp", ".ico", ".html", ".htm", ".md", ".doc", ".docx", ".pptx",
     ".exe", ".dll", ".py", ".ini", ".lnk", ".db", ".sqlite")
)  # fmt: skip
"""What is no log by its name: loggers put a PDF beside each text file. Passed over in folders and zips only."""


@dataclass(frozen=True)
class FoundFile:
    """A file, or why it could not be opened.

    Attributes:
        name: As shown: the path given, or ``archive.zip/member.csv``.
        content: Its bytes; empty where `refused` is set, and where `unread` is.
        refused: ``damaged``, ``too-large`` or ``unknown-format``, with the reason.
        where: How `reopened` finds it again: a path, and the member of each zip on the way; empty where it cannot.
        size: How many bytes it holds, as far as that was asked.
        unread: Nobody has looked inside yet: `reopened` does.
    """

    name: str
    content: bytes = b""
    refused: FileRefused | None = None
    where: tuple[str, ...] = ()
    size: int = 0
    unread: bool = False


def find_files(paths: Sequence[str], max_bytes: int = MAX_BYTES, *, load: bool = True) -> Iterator[FoundFile]:
    """Every file behind the paths, one at a time, in a fixed order.

    Args:
        paths: Files, folders (with all below them), zips (with all their members), patterns, or ``-``.
        max_bytes: A file or a member that is larger is refused as ``too-large``.
        load: Without, plain files come `FoundFile.unread`, so that another process can read them.

    Yields:
        Each file; one that cannot be opened comes with the reason and does not end the rest.
    """
    for path in paths:
        nothing = True
        for file in _behind(path, max_bytes, load):
            nothing = False
            yield file
        if nothing and len(paths) > 1:  # a single path without a file is the caller's to say
            yield FoundFile(path, refused=FileRefused("no-readings", "there is no file in it"))


def how_many(paths: Sequence[str]) -> int:
    """About how many files stand behind the paths, for a progress bar: nothing is opened but a zip's directory."""
    count = 0
    for path in paths:
        for name in _expand(path) or [path]:
            if not Path(name).is_dir():
                count += _members(name)
                continue
            for base, folders, names in os.walk(name):
                folders[:] = [folder for folder in folders if not folder.startswith(".") and folder != "__MACOSX"]
                count += sum(_members(str(Path(base) / each)) for each in names if _is_candidate(each))
    return count


def _members(name: str) -> int:
    if Path(name).suffix.lower() != ".zip":
        return 1
    try:
        with zipfile.ZipFile(name) as archive:
            return sum(1 for member in archive.namelist() if not member.endswith("/") and _is_candidate(member))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return 1  # only the progress bar's total: whoever opens it to read it says what is wrong


def open_file(name: str, file: IO[bytes], max_bytes: int = MAX_BYTES) -> Iterator[FoundFile]:
    """What is in a file that is open already, at its start: the file itself, or all members of a zip."""
    head = file.read(4)
    file.seek(0)
    if head in _ZIP_HEADS and Path(name).suffix.lower() not in {".xlsx", ".ods"}:
        yield from _zip(name, file, 1, max_bytes, ())
    else:
        yield _bounded(name, file, max_bytes)


def reopened(found: FoundFile, max_bytes: int = MAX_BYTES) -> FoundFile:
    """The same file with its content: read now where it was not, or where its content was let go since.

    A file that is no longer there, or not the size it may have, comes with the reason.
    """
    if found.refused is not None or found.content or not found.where:
        return found
    path, *members = found.where
    try:
        with Path(path).open("rb") as file:
            if not members:
                return _bounded(found.name, file, max_bytes, (path,))
            return _member_again(found, file, members, max_bytes)
    except OSError as error:
        return _unreadable(found.name, error)


def _member_again(found: FoundFile, file: IO[bytes], members: Sequence[str], max_bytes: int) -> FoundFile:
    try:
        for depth, member in enumerate(members, 1):
            with zipfile.ZipFile(file) as archive:
                inside = _member(found.name, archive, archive.getinfo(member), max_bytes, found.where)
            if inside.refused is not None or depth == len(members):
                return inside
            file = io.BytesIO(inside.content)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, KeyError) as error:
        return FoundFile(found.name, refused=FileRefused("damaged", f"the zip has changed: {str(error).rstrip('.')}"))
    return found


def _behind(path: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    if path == "-":
        yield _bounded("standard input", sys.stdin.buffer, max_bytes)
        return
    found = _expand(path)
    if not found:
        yield FoundFile(path, refused=FileRefused("unknown-format", "there is no such file or folder"))
    for name in found:
        if Path(name).is_dir():
            yield from _folder(name, max_bytes, load)
        else:
            yield from _file(name, max_bytes, load)


def _expand(path: str) -> list[str]:
    if os.path.lexists(path):
        return [path]
    return sorted(glob.glob(path, recursive=True)) if glob.has_magic(path) else []  # noqa: PTH207 -- patterns may be absolute


def _folder(folder: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    """A folder's files with all below it, by name; hidden ones and what is no log by its name are passed over."""
    closed: list[OSError] = []
    for base, folders, names in os.walk(folder, onerror=closed.append):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__MACOSX")
        for name in sorted(names):
            path = Path(base) / name
            if _is_candidate(name) and (path.is_file() or not path.exists()):  # a link that leads nowhere is said
                yield from _file(str(path), max_bytes, load)
    for error in closed:
        yield _unreadable(str(error.filename), error)


def _is_candidate(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    return not base.startswith((".", "~$")) and base != "Thumbs.db" and Path(base).suffix.lower() not in PASSED_OVER


def _file(name: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    try:
        with Path(name).open("rb") as file:
            if not file.seekable():  # a pipe gives its bytes once
                yield _bounded(name, file, max_bytes)
                return
            if file.read(4) in _ZIP_HEADS and Path(name).suffix.lower() not in {".xlsx", ".ods"}:
                file.seek(0)
                yield from _zip(name, file, 1, max_bytes, (name,))
                return
            file.seek(0)
            if load:
                yield _bounded(name, file, max_bytes, (name,))
            else:
                yield FoundFile(name, where=(name,), size=os.fstat(file.fileno()).st_size, unread=True)
    except OSError as error:
        yield _unreadable(name, error)


def _unreadable(name: str, error: OSError) -> FoundFile:
    return FoundFile(name, refused=FileRefused("damaged", f"it cannot be read: {error.strerror or error}"))


def _bounded(name: str, file: IO[bytes], max_bytes: int, where: tuple[str, ...] = ()) -> FoundFile:
    content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        return FoundFile(name, refused=_too_large(f"it is larger than {max_bytes >> 20} MB, more than a logger holds"))
    return FoundFile(name, content, where=where, size=len(content))


def _zip(name: str, file: IO[bytes], depth: int, max_bytes: int, where: tuple[str, ...]) -> Iterator[FoundFile]:
    """The members of a zip, unpacked one at a time and never beyond the bound, whatever its directory promises."""
    if depth > MAX_DEPTH:
        yield FoundFile(name, refused=_too_large(f"zips stand more than {MAX_DEPTH} deep inside each other"))
        return
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > MAX_MEMBERS:
                yield FoundFile(name, refused=_too_large(f"the zip holds {len(members)} files"))
                return
            unpacked = 0
            for member in sorted(members, key=lambda member: member.filename):
                if not _is_candidate(member.filename) or "__MACOSX/" in member.filename:
                    continue
                inside = (*where, member.filename)
                found = _member(f"{name}/{member.filename}", archive, member, max_bytes, inside)
                unpacked += len(found.content)
                if unpacked > MAX_UNPACKED:
                    yield FoundFile(name, refused=_too_large("the zip unpacks to more than 4 GB"))
                    return
                if found.content.startswith(b"PK\x03\x04") and Path(member.filename).suffix.lower() == ".zip":
                    yield from _zip(found.name, io.BytesIO(found.content), depth + 1, max_bytes, inside)
                else:
                    yield found
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        yield FoundFile(name, refused=FileRefused("damaged", f"the zip is damaged: {str(error).rstrip('.')}"))


def _member(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, max_bytes: int, where: tuple[str, ...]
) -> FoundFile:
    if member.flag_bits & 0x1:
        return FoundFile(name, refused=FileRefused("damaged", "it is encrypted: unpack it first"))
    try:
        with archive.open(member) as file:
            return _bounded(name, file, min(max_bytes, MAX_MEMBER_BYTES), where)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        return FoundFile(name, refused=FileRefused("damaged", f"it cannot be unpacked: {str(error).rstrip('.')}"))


def _too_large(reason: str) -> FileRefused:
    return FileRefused("too-large", reason)
