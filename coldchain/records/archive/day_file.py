"""A sealed day in a file: the blocks of its sensors, then an index of them, then where the index begins.

A block is found by its sensor without reading the others, and is checked by its hash in the index; the index is checked
by the hash that the record keeps of it. So nothing that was changed in a file is ever taken for a reading. Of a sensor
whose readings were removed the index keeps the hash, with no length: there were some, and there are none any more.

::

    "coldday1" · blocks · index (compressed: sensor, offset, length, 16 bytes of SHA-256 for each) · offset · "coldday1"
"""

import hashlib
import os
import struct
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, Self
from uuid import uuid4

import numpy as np

from coldchain.errors import ColdchainError
from coldchain.records.archive.blocks import Rows, packed, unpacked
from coldchain.records.archive.indexes import ENTRY, Index, Indexes

_MAGIC = b"coldday1"
_TAIL = struct.Struct("<Q8s")
_indexes = Indexes()


class ArchiveDamaged(ColdchainError):
    """A file of the archive is not there, or is not as it was sealed."""


class ReadingsRemoved(ArchiveDamaged):
    """Readings that are asked for were removed, as the policy of this record allows."""


@dataclass(frozen=True)
class Block:
    """What a file has of one sensor.

    Attributes:
        sensor_id: Whose.
        sha256: The first 16 bytes of the content's SHA-256.
        content: Packed readings; ``None``: they were removed.
    """

    sensor_id: int
    sha256: bytes
    content: bytes | None

    @classmethod
    def of(cls, sensor_id: int, rows: Rows) -> Self:
        """Pack readings, and see that they come out as they went in."""
        content = packed(rows)
        if not np.array_equal(unpacked(content), rows):
            raise ColdchainError(
                f"readings of sensor number {sensor_id} do not unpack as they were packed: nothing moved"
            )
        return cls(sensor_id, _short(content), content)

    def rows(self) -> Rows:
        """The readings; raises `ReadingsRemoved`."""
        if self.content is None:
            raise ReadingsRemoved("readings of that day were removed, as the policy of this record allows")
        return unpacked(self.content)

    def without_readings(self) -> Self:
        """What is left when the readings are removed."""
        return replace(self, content=None)


@dataclass(frozen=True)
class Written:
    """A day's file as it was written: its hashes (hexadecimal) and its size in bytes."""

    sha256: str
    index_sha256: str
    size: int


def write(folder: Path, stem: str, day: Iterable[Block]) -> tuple[Path, Written]:
    """Write a day's file, on the disk when this returns; its name says what is in it, so the same is written once.

    Args:
        folder: Where; made if it is not there.
        stem: How the file's name begins.
        day: Blocks by sensor, ascending.

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
        ReadingsRemoved: It had some, and they were removed.
        ArchiveDamaged: The file is not there, or not as it was sealed.
    """
    index = _index(path, index_sha256)
    place = int(np.searchsorted(index["sensor"], sensor_id))
    if place == len(index) or int(index["sensor"][place]) != sensor_id:
        return None
    with _opened(path) as stream:
        found = _block(stream, path, index[place])
    if found.content is None:
        raise ReadingsRemoved(f"readings of {path.name[:10]} were removed, as the policy of this record allowed")
    return found.rows()


def blocks(path: Path, index_sha256: str) -> Iterator[Block]:
    """What a file has of each sensor, ascending; raises `ArchiveDamaged`."""
    index = _index(path, index_sha256)
    with _opened(path) as stream:
        for entry in index:
            yield _block(stream, path, entry)


def everything(path: Path, index_sha256: str) -> Iterator[tuple[int, Rows]]:
    """Every sensor of a file with its readings, as far as they were not removed; raises `ArchiveDamaged`."""
    for each in blocks(path, index_sha256):
        if each.content is not None:
            yield each.sensor_id, each.rows()


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


def _write(stream: BinaryIO, day: Iterable[Block]) -> Written:
    digest, at = hashlib.sha256(_MAGIC), len(_MAGIC)
    stream.write(_MAGIC)
    entries = bytearray()
    for each in day:
        content = each.content or b""
        entries += np.array([(each.sensor_id, at, len(content), each.sha256)], dtype=ENTRY).tobytes()
        stream.write(content)
        digest.update(content)
        at += len(content)
    index = zlib.compress(entries, 9)
    end = index + _TAIL.pack(at, _MAGIC)
    stream.write(end)
    digest.update(end)
    return Written(digest.hexdigest(), hashlib.sha256(index).hexdigest(), at + len(end))


def _index(path: Path, index_sha256: str) -> Index:
    return _indexes.get((path, index_sha256), lambda: _index_in(path, index_sha256))


def _index_in(path: Path, index_sha256: str) -> Index:
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
    return np.frombuffer(zlib.decompress(content), dtype=ENTRY)


def _block(stream: BinaryIO, path: Path, entry: Any) -> Block:
    sha256 = entry["sha256"].tobytes()
    if not entry["length"]:
        return Block(int(entry["sensor"]), sha256, None)
    try:
        stream.seek(int(entry["offset"]))
        content = stream.read(int(entry["length"]))
    except OSError as error:
        raise _unreadable(path, error) from error
    if _short(content) != sha256:
        raise _altered(path)
    return Block(int(entry["sensor"]), sha256, content)


def _short(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:16]


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
