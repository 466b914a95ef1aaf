"""A sealed day in a file: the blocks of its sensors, then an index of them, then where the index begins.

A block is found by its sensor without reading the others, and is checked by its hash in the index; the index is checked
by the hash that the record keeps of it. So nothing that was changed in a file is ever taken for a reading.

::

    "coldday1" · blocks · index (compressed: sensor, offset, length, 16 bytes of SHA-256 for each) · offset · "coldday1"
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np

from coldchain.errors import ColdchainError
from coldchain.records.archive.blocks import Rows, packed, unpacked

_MAGIC = b"coldday1"
_TAIL = struct.Struct("<Q8s")
_ENTRY = np.dtype([("sensor", "<i8"), ("offset", "<i8"), ("length", "<i8"), ("sha256", "V16")])

Index = np.ndarray[Any, Any]
"""The blocks of a file by sensor, ascending."""


class ArchiveDamaged(ColdchainError):
    """A file of the archive is not there, or is not as it was sealed."""


@dataclass(frozen=True)
class Written:
    """A day's file as it was written: its hashes (hexadecimal) and its size in bytes."""

    sha256: str
    index_sha256: str
    size: int


def write(folder: Path, stem: str, day: Iterator[tuple[int, Rows]]) -> tuple[Path, Written]:
    """Write a day's file, on the disk when this returns; its name says what is in it, so the same is written once.

    Args:
        folder: Where; made if it is not there.
        stem: How the file's name begins.
        day: Sensors, ascending, with at least one reading each.

    Raises:
        ColdchainError: It cannot be written there.
    """
    part = folder / f"{stem}.{uuid4().hex}.part"
    try:
        _make(folder)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            written = _write(stream, day)
            stream.flush()
            os.fsync(stream.fileno())
        target = folder / f"{stem}.{written.sha256[:16]}.day"
        part.replace(target)
        _sync(folder)
    except OSError as error:
        raise ColdchainError(f"cannot write the archive in {folder}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return target, written


def block(path: Path, index_sha256: str, sensor_id: int) -> Rows | None:
    """One sensor's readings of a file; ``None`` where it has none.

    Raises:
        ArchiveDamaged: The file is not there, or not as it was sealed.
    """
    index = _index(path, index_sha256)
    place = int(np.searchsorted(index["sensor"], sensor_id))
    if place == len(index) or int(index["sensor"][place]) != sensor_id:
        return None
    with _opened(path) as stream:
        return _block(stream, path, index[place])


def everything(path: Path, index_sha256: str) -> Iterator[tuple[int, Rows]]:
    """Every sensor of a file with its readings; raises `ArchiveDamaged`."""
    index = _index(path, index_sha256)
    with _opened(path) as stream:
        for entry in index:
            yield int(entry["sensor"]), _block(stream, path, entry)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes; raises `ArchiveDamaged` where it cannot be read."""
    digest = hashlib.sha256()
    with _opened(path) as stream:
        try:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
        except OSError as error:
            raise _unreadable(path, error) from error
    return digest.hexdigest()


def _write(stream: BinaryIO, day: Iterator[tuple[int, Rows]]) -> Written:
    digest, at = hashlib.sha256(_MAGIC), len(_MAGIC)
    stream.write(_MAGIC)
    entries = []
    for sensor_id, rows in day:
        content = packed(rows)
        entries.append((sensor_id, at, len(content), hashlib.sha256(content).digest()[:16]))
        stream.write(content)
        digest.update(content)
        at += len(content)
    index = zlib.compress(np.array(entries, dtype=_ENTRY).tobytes(), 9)
    end = index + _TAIL.pack(at, _MAGIC)
    stream.write(end)
    digest.update(end)
    return Written(digest.hexdigest(), hashlib.sha256(index).hexdigest(), at + len(end))


@lru_cache(maxsize=64)
def _index(path: Path, index_sha256: str) -> Index:
    with _opened(path) as stream:
        try:
            end = stream.seek(0, os.SEEK_END) - _TAIL.size
            if end < 0:
                raise _altered(path)
            stream.seek(end)
            offset, magic = _TAIL.unpack(stream.read(_TAIL.size))
            if magic != _MAGIC or offset > end:
                raise _altered(path)
            stream.seek(offset)
            content = stream.read(end - offset)
        except OSError as error:
            raise _unreadable(path, error) from error
    if hashlib.sha256(content).hexdigest() != index_sha256:
        raise _altered(path)
    return np.frombuffer(zlib.decompress(content), dtype=_ENTRY)


def _block(stream: BinaryIO, path: Path, entry: Any) -> Rows:
    try:
        stream.seek(int(entry["offset"]))
        content = stream.read(int(entry["length"]))
    except OSError as error:
        raise _unreadable(path, error) from error
    if hashlib.sha256(content).digest()[:16] != entry["sha256"].tobytes():
        raise _altered(path)
    return unpacked(content)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise ArchiveDamaged(
            f"the archive file {path} is not there: put it back from a copy of the archive folder"
        ) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def _altered(path: Path) -> ArchiveDamaged:
    return ArchiveDamaged(f"the archive file {path} is not as it was sealed: put it back from a copy of the folder")


def _unreadable(path: Path, error: OSError) -> ArchiveDamaged:
    return ArchiveDamaged(f"the archive file {path} cannot be read: {error.strerror or error}")


def _make(folder: Path) -> None:
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in missing:
        _sync(each.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
