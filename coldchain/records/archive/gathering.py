"""A day's rows of the table by sensor, in bounded memory however many there are.

The table has them by time, a file wants them by sensor. A day that is larger than a piece is gone through slice by
slice; what belongs to one range of sensors is written together into a nameless file, of which one range at a time is
read back. The file has no name so that nothing is left of it, whatever ends this program.
"""

import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, pairwise
from pathlib import Path
from typing import BinaryIO

import numpy as np
from sqlalchemy import ColumnElement, func, select

from coldchain.errors import ColdchainError
from coldchain.records import slots
from coldchain.records.archive.blocks import COLUMNS, Rows
from coldchain.records.archive.shelf import DAY_MS
from coldchain.records.store import Store, Transaction
from coldchain.records.tables import reading

PIECE_ROWS = 500_000
"""So many rows are held at once, unless a day has more than `MOST_PIECES` times as many."""

MOST_PIECES = 256
SLICE_ROWS = 100_000
"""So many rows are read from the table, or deleted from it, at once, if they are spread evenly over the day."""

_LONGEST_SLICE_MS = 3_600_000
_TABLE = ("sensor_id", *COLUMNS)


def slices(from_ms: int, to_ms: int, rows: int) -> Iterator[tuple[int, int]]:
    """A span, without its end, in parts of about `SLICE_ROWS` of its rows, and of an hour at most."""
    step_ms = max(1, min(_LONGEST_SLICE_MS, DAY_MS * SLICE_ROWS // max(rows, 1)))
    for begin_ms in range(from_ms, to_ms, step_ms):
        yield begin_ms, min(begin_ms + step_ms, to_ms)


def within(tx: Transaction, from_ms: int, to_ms: int) -> list[ColumnElement[bool]]:
    """What finds the rows of the table that lie in a span, without its end."""
    return slots.of_span(tx, from_ms, to_ms - 1)


def rows_of(tx: Transaction, from_ms: int, to_ms: int) -> Rows:
    """The table's rows of a span without its end: their sensor, then `COLUMNS`; in no order."""
    query = select(*(reading.c[name] for name in _TABLE)).where(*within(tx, from_ms, to_ms))
    found = [np.fromiter(chain.from_iterable(some), np.int64) for some in tx.execute(query).partitions(10_000)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found]).reshape(-1, len(_TABLE))


def by_sensor(rows: Rows) -> Iterator[tuple[int, Rows]]:
    """Rows with their sensor first, as sensors, ascending, with their rows in order of time."""
    if not len(rows):
        return
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    cuts = np.flatnonzero(np.diff(rows[:, 0])) + 1
    for some in np.split(rows, cuts):
        yield int(some[0, 0]), np.ascontiguousarray(some[:, 1:])


class DayOfTable:
    """What the table has of a day, by sensor; may be gone through as often as wanted."""

    def __init__(self, pieces: "_Held | _Spilled") -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[tuple[int, Rows]]:
        """Sensors, ascending, with their rows in order of time."""
        for piece in self._pieces:
            yield from by_sensor(piece)


@contextmanager
def day_of_table(store: Store, day_ms: int, folder: Path) -> Iterator[DayOfTable]:
    """Gather a day's rows; what is changed in the table meanwhile may be among them or not.

    Args:
        store: The record; no transaction is held for longer than a slice takes.
        day_ms: When the day begins.
        folder: Where there is room for what is not held in memory.

    Raises:
        ColdchainError: Nothing can be written there.
    """
    with store.reading() as tx:
        number = tx.scalar(select(func.count()).select_from(reading).where(*within(tx, day_ms, day_ms + DAY_MS))) or 0
        if number <= PIECE_ROWS:
            held = _Held(rows_of(tx, day_ms, day_ms + DAY_MS))
    if number <= PIECE_ROWS:
        yield DayOfTable(held)
        return
    ranges = _ranges(_counted(store, day_ms, number), max(PIECE_ROWS, -(-number // MOST_PIECES)))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 — closed below
    except OSError as error:
        raise _no_room(folder, error) from error
    with stream:
        spilled = _Spilled(stream, ranges, folder)
        for from_ms, to_ms in slices(day_ms, day_ms + DAY_MS, number):
            with store.reading() as tx:
                rows = rows_of(tx, from_ms, to_ms)
            spilled.add(rows)
        yield DayOfTable(spilled)


def _counted(store: Store, day_ms: int, number: int) -> Rows:
    """Every sensor of a day, ascending, and how many rows it has."""
    sensors, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for from_ms, to_ms in slices(day_ms, day_ms + DAY_MS, number):
        with store.reading() as tx:
            query = select(reading.c.sensor_id).where(*within(tx, from_ms, to_ms))
            some, times = np.unique(np.fromiter(tx.scalars(query), np.int64), return_counts=True)
        sensors, place = np.unique(np.concatenate([sensors, some]), return_inverse=True)
        counts = np.bincount(place, np.concatenate([counts, times]), len(sensors)).astype(np.int64)
    return np.column_stack([sensors, counts])


def _ranges(counted: Rows, most: int) -> Rows:
    """The first sensors of ranges that have ``most`` rows or, where a sensor alone has more, one sensor."""
    first, held = [], most
    for sensor_id, number in counted.tolist():
        if held + number > most:
            first.append(sensor_id)
            held = 0
        held += number
    return np.array(first, dtype=np.int64)


class _Held:
    """One piece, in memory."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def __iter__(self) -> Iterator[Rows]:
        yield self._rows


class _Spilled:
    """Pieces in a file: a chunk for each slice and range, compressed, and where they lie."""

    def __init__(self, stream: BinaryIO, first: Rows, folder: Path) -> None:
        self._stream, self._first, self._folder = stream, first, folder
        self._chunks: list[list[tuple[int, int]]] = [[] for _ in first]

    def add(self, rows: Rows) -> None:
        """Put rows of one slice into the ranges of their sensors; a sensor from before the first is the first's."""
        of = np.maximum(np.searchsorted(self._first, rows[:, 0], side="right") - 1, 0)
        order = np.argsort(of, kind="stable")
        cuts = np.searchsorted(of[order], np.arange(len(self._first) + 1))
        for place, (begin, end) in enumerate(pairwise(cuts)):
            if begin == end:
                continue
            content = zlib.compress(np.ascontiguousarray(rows[order[begin:end]].T).tobytes(), 1)
            try:
                at = self._stream.seek(0, 2)
                self._stream.write(content)
            except OSError as error:
                raise _no_room(self._folder, error) from error
            self._chunks[place].append((at, len(content)))

    def __iter__(self) -> Iterator[Rows]:
        for chunks in self._chunks:
            some = [np.empty((0, len(_TABLE)), dtype=np.int64)]
            for at, length in chunks:
                self._stream.seek(at)
                content = zlib.decompress(self._stream.read(length))
                some.append(np.frombuffer(content, np.int64).reshape(len(_TABLE), -1).T)
            yield np.concatenate(some)


def _no_room(folder: Path, error: OSError) -> ColdchainError:
    return ColdchainError(f"cannot write the archive in {folder}: {error.strerror or error}")
