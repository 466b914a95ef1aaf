"""One sensor's readings of a day as bytes, and back: exact for every 64-bit integer, small for what sensors send.

Each column is turned into small whole numbers (differences where it climbs, its lag where it follows the clock), of
which the least is taken off and the common step divided out; they are written with as many bytes as the largest needs,
the high bytes together and the low bytes together, and all of it is compressed. Arithmetic is modulo 2⁶⁴, so that
nothing overflows.
"""

import lzma
import struct
import zlib
from typing import Any

import numpy as np

COLUMNS = ("measured_ms", "milli_c", "received_ms", "source_id", "position", "flags", "copies")
"""What a block holds of each reading, in this order."""

Rows = np.ndarray[Any, np.dtype[np.int64]]
"""Readings of one sensor in order of time: a row a reading, a column for each of `COLUMNS`."""

_CLIMBING = frozenset({"measured_ms", "milli_c", "position"})
_HEAD = struct.Struct("<I")
_COLUMN = struct.Struct("<QQQB")
_WIDTHS = (0, 1, 2, 4, 8)
_LZMA: list[dict[str, int]] = [{"id": lzma.FILTER_LZMA2, "preset": 6, "lc": 0, "lp": 0, "pb": 0, "dict_size": 1 << 20}]

_Numbers = np.ndarray[Any, np.dtype[np.uint64]]


def none() -> Rows:
    """No readings."""
    return np.empty((0, len(COLUMNS)), dtype=np.int64)


def packed(rows: Rows) -> bytes:
    """A block of at least one reading."""
    numbers = np.ascontiguousarray(rows).view(np.uint64)
    parts = [_HEAD.pack(len(rows))]
    for place, name in enumerate(COLUMNS):
        column = numbers[:, place]
        if name == "received_ms":
            column = column - numbers[:, 0]
        parts.append(_packed_column(column, climbing=name in _CLIMBING))
    plain = b"".join(parts)
    shorter = (b"z" + zlib.compress(plain, 9), b"x" + lzma.compress(plain, lzma.FORMAT_RAW, filters=_LZMA))
    return min(shorter, key=len)


def unpacked(block: bytes) -> Rows:
    """The readings of a block.

    Raises:
        ValueError: These bytes are no block.
    """
    try:
        plain = (
            zlib.decompress(block[1:])
            if block[:1] == b"z"
            else lzma.decompress(block[1:], lzma.FORMAT_RAW, filters=_LZMA)
        )
        (length,) = _HEAD.unpack_from(plain)
        numbers = np.empty((length, len(COLUMNS)), dtype=np.uint64)
        at = _HEAD.size
        for place, name in enumerate(COLUMNS):
            numbers[:, place], at = _unpacked_column(plain, at, length, climbing=name in _CLIMBING)
            if name == "received_ms":
                numbers[:, place] += numbers[:, 0]
    except (zlib.error, lzma.LZMAError, struct.error, EOFError) as error:
        raise ValueError(f"no block of readings: {error}") from error
    return numbers.view(np.int64)


def _packed_column(column: _Numbers, *, climbing: bool) -> bytes:
    first = column[:1]
    small = np.diff(column) if climbing else column - first
    least = small.view(np.int64).min(initial=0) if len(small) else np.int64(0)
    small = small - np.array(least, dtype=np.int64).view(np.uint64)
    step = max(1, int(np.gcd.reduce(small))) if len(small) else 1
    small = small // np.uint64(step)
    largest = int(small.max(initial=0))
    width = next(width for width in _WIDTHS if largest < 1 << (8 * width))
    planes = small.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T
    return _COLUMN.pack(int(first[0]), int(least) & (1 << 64) - 1, step, width) + planes.tobytes()


def _unpacked_column(plain: bytes, at: int, length: int, *, climbing: bool) -> tuple[_Numbers, int]:
    first, least, step, width = _COLUMN.unpack_from(plain, at)
    at += _COLUMN.size
    number = length - 1 if climbing else length
    planes = np.frombuffer(plain, np.uint8, number * width, at).reshape(width, number)
    small = np.zeros((number, 8), dtype=np.uint8)
    small[:, :width] = planes.T
    numbers = small.view("<u8").reshape(-1).astype(np.uint64) * np.uint64(step) + np.uint64(least)
    if climbing:
        numbers = np.concatenate([np.array([first], dtype=np.uint64), np.uint64(first) + np.cumsum(numbers)])
    else:
        numbers = numbers + np.uint64(first)
    return numbers, at + number * width
