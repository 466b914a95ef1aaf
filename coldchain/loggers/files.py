"""The files behind paths: files, folders, zips, patterns and standard input, each within bounds."""

import glob
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from coldchain.domain.natural import natural
from coldchain.errors import FileRefused
from coldchain.loggers.found import FoundFile, bounded, is_zip, unreadable
from coldchain.loggers.text import MAX_BYTES

__all__ = ["FoundFile", "find_files", "how_many", "open_file", "reopened"]

PASSED_OVER = frozenset(
    (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".bmp", ".ico", ".html", ".htm", ".md", ".doc", ".docx", ".pptx",
     ".exe", ".dll", ".py", ".ini", ".lnk", ".db", ".sqlite")
)  # fmt: skip
"""What is no log by its name: loggers put a PDF beside each text file. Passed over in folders and zips only."""


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
    from coldchain.loggers.zips import how_many_members

    return how_many_members(name, _is_candidate)


def open_file(name: str, file: IO[bytes], max_bytes: int = MAX_BYTES) -> Iterator[FoundFile]:
    """What is in a file that is open already, at its start: the file itself, or all members of a zip."""
    head = file.read(4)
    file.seek(0)
    if is_zip(name, head):
        yield from _members_of(name, file, max_bytes, ())
    else:
        yield bounded(name, file, max_bytes)


def reopened(found: FoundFile, max_bytes: int = MAX_BYTES) -> FoundFile:
    """The same file with its content: read now where it was not, or where its content was let go since.

    A file that is no longer there, or not the size it may have, comes with the reason.
    """
    if found.refused is not None or found.content or not found.where:
        return found
    path, *inside = found.where
    try:
        with open(path, "rb") as file:  # noqa: PTH123 -- quicker, and asked for each of thousands
            if inside:
                from coldchain.loggers.zips import member_again

                return member_again(found, file, inside, max_bytes)
            return bounded(found.name, file, max_bytes, (path,), os.fstat(file.fileno()).st_size)
    except OSError as error:
        return unreadable(found.name, error)


def _behind(path: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    if path == "-":
        yield bounded("standard input", sys.stdin.buffer, max_bytes)
        return
    found = _expand(path)
    if not found:
        yield FoundFile(path, refused=FileRefused("unreadable", "there is no such file or folder"))
    for name in found:
        if Path(name).is_dir():
            yield from _folder(name, max_bytes, load)
        else:
            yield from _file(name, max_bytes, load)


def _expand(path: str) -> list[str]:
    if os.path.lexists(path):
        return [path]
    return sorted(glob.glob(path, recursive=True), key=natural) if glob.has_magic(path) else []  # noqa: PTH207 -- patterns may be absolute


def _folder(folder: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    """A folder's files with all below it, by name as people count; hidden ones, and names of no log, are left out."""
    closed: list[OSError] = []
    for base, folders, names in os.walk(folder, onerror=closed.append):
        shown = (name for name in folders if not name.startswith(".") and name != "__MACOSX")
        folders[:] = sorted(shown, key=natural)
        before = "" if str(Path(base)) == "." else str(Path(base))
        for name in sorted(names, key=natural):
            path = os.path.join(before, name)  # noqa: PTH118 -- quicker, for thousands
            if _is_candidate(name) and _is_file_or_nothing(path):
                yield from _file(path, max_bytes, load)
    for error in closed:
        yield unreadable(str(error.filename), error)


def _is_file_or_nothing(path: str) -> bool:
    """Whether a path is a file, or a link that leads nowhere, which is said; pipes and devices are passed over."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116 -- quicker, for thousands
    except OSError:
        return True


def _is_candidate(name: str) -> bool:
    base = name.rsplit("/", 1)[-1]
    suffix = os.path.splitext(base)[1].lower()  # noqa: PTH122 -- quicker, for thousands
    return not base.startswith((".", "~$")) and base != "Thumbs.db" and suffix not in PASSED_OVER


def _file(name: str, max_bytes: int, load: bool) -> Iterator[FoundFile]:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 -- as above
            if not file.seekable():  # a pipe gives its bytes once
                yield bounded(name, file, max_bytes)
                return
            if is_zip(name, file.read(4)):
                file.seek(0)
                yield from _members_of(name, file, max_bytes, (name,))
                return
            file.seek(0)
            if load:
                yield bounded(name, file, max_bytes, (name,), os.fstat(file.fileno()).st_size)
            else:
                yield FoundFile(name, where=(name,), size=os.fstat(file.fileno()).st_size, unread=True)
    except OSError as error:
        yield unreadable(name, error)


def _members_of(name: str, file: IO[bytes], max_bytes: int, where: tuple[str, ...]) -> Iterator[FoundFile]:
    from coldchain.loggers.zips import members  # most folders hold no zip, and its module takes long to import

    yield from members(name, file, max_bytes, where, _is_candidate)
