"""Copying an SQLite record while it is in use, and putting a copy back.

A copy is one file, taken with SQLite's online backup, and beside it ``<file>.sha256`` in the layout of ``sha256sum``.
PostgreSQL brings tools of its own for this.
"""

import hashlib
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from coldchain.errors import ColdchainError, NotFound, UsageError

_PAGES_AT_ONCE = 2_000
_CHUNK = 1 << 20


def copy_to(source: Path, target: Path, *, replace: bool = False) -> str:
    """Copy a record that may be in use; returns the copy's SHA-256.

    Args:
        source: The record's file.
        target: The copy; appears only when it is whole and checked.
        replace: Whether an older copy there may be replaced.

    Raises:
        NotFound: There is no record.
        UsageError: Something is there already.
        ColdchainError: The copy cannot be written, or is not whole.
    """
    if not source.is_file():
        raise NotFound(f"there is no record at {source}")
    if target.is_dir():
        raise UsageError(f"{target} is a folder: name the file that the copy is to be")
    if not replace and (target.exists() or sum_file(target).exists()):
        raise UsageError(f"{target} is there already: choose another name, or say --force")
    part = target.with_name(target.name + ".part")
    try:
        _copy(source, part, mode="rw")  # not "ro": SQLite would leave its log and index files behind, as ours
        digest = sha256_of(part)
        sum_file(target).unlink(missing_ok=True)
        part.replace(target)
        sum_file(target).write_text(f"{digest}  {target.name}\n", encoding="utf-8")
        _sync_folder(target.parent)
    except OSError as error:
        raise ColdchainError(f"cannot write the copy {target}: {error.strerror}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return digest


def note_of(source: Path) -> Path:
    """The file beside a record whose time says when it was last copied."""
    return source.with_name(source.name + ".copied")


def checked_copy(source: Path, beside: Path) -> Path:
    """A copy's content, checked, in a new file beside where it is to go.

    Args:
        source: The copy, with its ``.sha256`` beside it or without.
        beside: The record's file; the new file lies in the same folder.

    Raises:
        NotFound: There is no such copy.
        ColdchainError: It is damaged, is no record, or cannot be written there.
    """
    if not source.is_file():
        raise NotFound(f"there is no copy at {source}")
    _check_sum(source)
    part = beside.with_name(beside.name + ".restoring")
    part.unlink(missing_ok=True)
    try:
        _copy(source, part, mode="ro")
    except OSError as error:
        raise ColdchainError(f"cannot write {part}: {error.strerror}") from error
    except ColdchainError:
        part.unlink(missing_ok=True)
        raise
    return part


def put_in_place(part: Path, record: Path, set_aside: Path) -> bool:
    """Make a checked file the record; what was there before is kept as ``set_aside``. Nobody may have it open.

    Returns:
        Whether there was a record before.
    """
    try:
        was_there = record.exists()
        if was_there:
            _fold_log_in(record)
            record.rename(set_aside)
        for suffix in ("-wal", "-shm"):  # of the old record: to the new one they would be poison
            record.with_name(record.name + suffix).unlink(missing_ok=True)
        part.replace(record)
        _sync_folder(record.parent)
    except OSError as error:
        raise ColdchainError(f"cannot put the copy in place at {record}: {error.strerror}") from error
    return was_there


def sum_file(path: Path) -> Path:
    """Where a copy's checksum stands."""
    return path.with_name(path.name + ".sha256")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _check_sum(source: Path) -> None:
    beside = sum_file(source)
    if not beside.is_file():
        return
    said = beside.read_text(encoding="utf-8", errors="replace").split()
    if not said or said[0].lower() != sha256_of(source):
        raise ColdchainError(f"{source} is not the copy that was made: its SHA-256 is not the one in {beside.name}")


def _copy(source: Path, target: Path, mode: str) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode={mode}", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(target)) as new,
        ):
            old.backup(new, pages=_PAGES_AT_ONCE)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
            problems = [str(row[0]) for row in new.execute("PRAGMA integrity_check(5)")]
            problems += [f"a {row[0]} row points nowhere" for row in new.execute("PRAGMA foreign_key_check")][:5]
    except sqlite3.Error as error:
        raise ColdchainError(f"{source} cannot be copied: {error}") from error
    if problems != ["ok"]:
        raise ColdchainError(f"{source} is damaged: {'; '.join(problem for problem in problems if problem != 'ok')}")
    with target.open("rb+") as stream:
        os.fsync(stream.fileno())


def _fold_log_in(record: Path) -> None:
    try:
        with closing(sqlite3.connect(record, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlite3.Error:  # damaged: that may be why a copy is put back; its log is set aside with it below
        for suffix in ("-wal", "-shm"):
            log = record.with_name(record.name + suffix)
            if log.exists():
                log.rename(log.with_name(log.name + ".damaged"))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
