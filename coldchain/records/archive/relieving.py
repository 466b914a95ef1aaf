"""Deleting from the table what a sealed day's file holds, and nothing else.

The file is gone through once, and of each moment of the day is kept how many readings it has and the sums of two
64-bit mixtures of all columns of each. A slice of which the table says the same is deleted at once; where it says
anything else (a reading came late, or again), its rows are compared with the file one by one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import delete

from coldchain.errors import ColdchainError
from coldchain.records import slots
from coldchain.records.archive import day_file, gathering, shelf
from coldchain.records.archive.blocks import Rows
from coldchain.records.archive.shelf import DAY_MS, SealedDay
from coldchain.records.store import Store, Transaction
from coldchain.records.tables import reading

_SEEDS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F)
_FACTORS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)

_MOMENT_MS = 10_000
_MOST_MOMENTS = 360
"""An hour."""

_Sums = np.ndarray[Any, np.dtype[np.uint64]]


@dataclass(frozen=True)
class Contents:
    """What a day's file holds, read back from the disk.

    Attributes:
        sensors, readings: How many; readings that were removed are not among them.
        sums: Of each moment of the day, how many readings it has and the two sums.
    """

    sensors: int
    readings: int
    sums: _Sums


def contents(place: Path, index_sha256: str, day_ms: int) -> Contents:
    """Read a day's file, every block checked.

    Args:
        place: The file.
        index_sha256: The hash of its index.
        day_ms: When the day begins.

    Raises:
        ArchiveDamaged: It is not there, or not as it was sealed.
    """
    sums = np.zeros((DAY_MS // _MOMENT_MS, 3), dtype=np.uint64)
    sensors = number = 0
    for sensor_id, of_sensor in day_file.everything(place, index_sha256):
        sensors, number = sensors + 1, number + len(of_sensor)
        keyed = np.column_stack([np.full(len(of_sensor), sensor_id, dtype=np.int64), of_sensor])
        moment = (of_sensor[:, 0] - day_ms) // _MOMENT_MS
        starts = np.flatnonzero(np.concatenate([[True], np.diff(moment) > 0]))
        sums[moment[starts]] += np.add.reduceat(_mixed(keyed), starts, axis=0)
    return Contents(sensors, number, sums)


def relieve(store: Store, sealed: SealedDay, held: Contents) -> int:
    """Delete the rows that the file holds exactly as they stand, a slice a transaction; how many.

    Raises:
        ColdchainError: Another program sealed the day meanwhile.
        ArchiveDamaged: The file is not there, or not as it was sealed.
    """
    gone = 0
    for first, end in _slices(held.sums[:, 0]):
        from_ms, to_ms = (sealed.day_ms + moment * _MOMENT_MS for moment in (first, end))
        with store.transaction() as tx:
            if shelf.day(tx, sealed.day_ms) != sealed:
                raise ColdchainError(f"another program archives the same days: {sealed.name} was sealed meanwhile")
            gone += _delete(tx, sealed, from_ms, to_ms, held.sums[first:end].sum(axis=0))
    return gone


def _slices(numbers: _Sums) -> Iterator[tuple[int, int]]:
    """Moments of the day, first and end, that together have about as many readings as may be deleted at once."""
    first = number = 0
    for moment in np.flatnonzero(numbers).tolist():
        if number and (number + int(numbers[moment]) > gathering.SLICE_ROWS or moment - first >= _MOST_MOMENTS):
            yield first, moment
            first, number = moment, 0
        elif not number:
            first = moment
        number += int(numbers[moment])
    if number:
        yield first, len(numbers)


def _delete(tx: Transaction, sealed: SealedDay, from_ms: int, to_ms: int, in_file: _Sums) -> int:
    there = gathering.rows_of(tx, from_ms, to_ms)
    if not len(there):
        return 0
    if np.array_equal(_mixed(there).sum(axis=0), in_file):
        tx.execute(delete(reading).where(*gathering.within(tx, from_ms, to_ms)))
        return len(there)
    place, gone = shelf.place_of(tx, sealed), 0
    for sensor_id, rows in gathering.by_sensor(there):
        same = rows[held_alike(day_file.block(place, sealed.index_sha256, sensor_id), rows), 0].tolist()
        slots.delete(tx, sensor_id, same)
        gone += len(same)
    return gone


def held_alike(block: Rows | None, rows: Rows) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Which of a sensor's rows a block holds exactly as they are."""
    if block is None or not len(block):
        return np.zeros(len(rows), dtype=np.bool_)
    place = np.minimum(np.searchsorted(block[:, 0], rows[:, 0]), len(block) - 1)
    alike: np.ndarray[Any, np.dtype[np.bool_]] = (block[place] == rows).all(axis=1)
    return alike


def _mixed(rows: Rows) -> _Sums:
    """Of each row, which has its sensor first: a one, and two mixtures of all its columns."""
    numbers = np.ascontiguousarray(rows).view(np.uint64)
    mixed = np.ones((len(rows), 3), dtype=np.uint64)
    for place, (seed, factor) in enumerate(zip(_SEEDS, _FACTORS, strict=True), start=1):
        at = np.full(len(rows), seed, dtype=np.uint64)
        for column in numbers.T:
            at = (at ^ column) * np.uint64(factor)
            at ^= at >> np.uint64(31)
        mixed[:, place] = at
    return mixed
