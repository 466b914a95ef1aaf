"""Moving days from the table into the archive, so that no instant of it can lose a reading or count one twice.

A day's file is written under another name, synced, renamed and read back; then one transaction records it, with its
hash in the ledger; only then are the rows deleted, an hour at a time, and only those that the file holds exactly as
they stand. In between a reading lies in both: it is read once, for the table stands above the archive (`spans`).
Whatever stops this leaves a record that reads the same; the next run goes on from there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from sqlalchemy import delete, func, select

from coldchain.errors import ColdchainError
from coldchain.records.archive import day_file, shelf
from coldchain.records.archive.blocks import COLUMNS, Rows
from coldchain.records.archive.holding import YOUNGEST_MS, Needed, needed
from coldchain.records.archive.shelf import DAY_MS, SealedDay
from coldchain.records.store import Store, Transaction
from coldchain.records.tables import reading

_SLICE_MS = 3_600_000
_TABLE = ("sensor_id", *COLUMNS)
_Day = dict[int, Rows]
"""A day's readings by sensor, in order of sensors and of time."""


@dataclass(frozen=True)
class Moved:
    """What became of a day: its file, and how many rows the table was relieved of."""

    day: SealedDay
    rows: int


def until(tx: Transaction, before_ms: int, now_ms: int) -> tuple[int, Needed | None]:
    """Up to where days may be sealed, UTC ms, and what holds back the others, if anything does.

    Args:
        tx: The transaction.
        before_ms: Up to where somebody wants them sealed.
        now_ms: Now.
    """
    wanted_ms = min(before_ms, now_ms - YOUNGEST_MS)
    held = needed(tx)
    if held is None or held.from_ms >= wanted_ms:
        return wanted_ms, None
    return held.from_ms, held


def seal(
    store: Store, before_ms: int, clock_ms: Callable[[], int], declared: Path | None = None
) -> Iterator[Moved]:  # fmt: skip
    """Move whole UTC days into the archive, the oldest first; each is done when it is yielded.

    Args:
        store: The record; other programs may work on it meanwhile.
        before_ms: Only days that have ended by then.
        clock_ms: Now, UTC ms.
        declared: The archive's folder; ``None`` for the one beside the record's file.

    Raises:
        UsageError: The record is no file, and no folder is declared.
        ArchiveDamaged: An earlier file of a day is not there, or is not as it was sealed.
        ColdchainError: A file cannot be written, or does not read back as it was written.
    """
    after_ms = -(1 << 62)
    while (day_ms := _next_day(store, after_ms, before_ms)) is not None:
        yield _seal_day(store, day_ms, clock_ms, declared)
        after_ms = day_ms + DAY_MS


def _next_day(store: Store, after_ms: int, before_ms: int) -> int | None:
    with store.reading() as tx:
        at_ms = tx.scalar(select(func.min(reading.c.measured_ms)).where(reading.c.measured_ms >= after_ms))
    if at_ms is None:
        return None
    day_ms = at_ms // DAY_MS * DAY_MS
    return int(day_ms) if day_ms + DAY_MS <= before_ms else None


def _seal_day(store: Store, day_ms: int, clock_ms: Callable[[], int], declared: Path | None) -> Moved:
    with store.reading() as tx:
        before = shelf.day(tx, day_ms)
        old = {} if before is None else dict(shelf.everything(tx, before))
        merged = _merged(old, _of_table(tx, day_ms, day_ms + DAY_MS))
        folder = shelf.folder(tx, declared)
    if before is not None and _same(old, merged):  # an earlier run came as far as this
        return Moved(before, _relieve(store, before, merged))
    sealed = _filed(store, folder, day_ms, merged, clock_ms())
    with store.transaction() as tx:
        if shelf.day(tx, day_ms) != before:
            raise ColdchainError(f"another program archives the same days: {sealed.name} was sealed meanwhile")
        shelf.put(tx, sealed)
    return Moved(sealed, _relieve(store, sealed, merged))


def _filed(store: Store, folder: Path, day_ms: int, merged: _Day, now_ms: int) -> SealedDay:
    """Write a day's file and read it back."""
    name = shelf.name_of(day_ms)
    place, written = day_file.write(folder / name[:4], name, iter(merged.items()))
    with store.reading() as tx:
        path = shelf.path_in_record(tx, place)
    number = sum(len(rows) for rows in merged.values())
    sealed = SealedDay(
        day_ms, path, written.sha256, written.index_sha256, written.size, len(merged), number, now_ms
    )  # fmt: skip
    back = dict(day_file.everything(place, written.index_sha256))
    if day_file.sha256_of(place) != written.sha256 or not _same(back, merged):
        raise ColdchainError(f"the archive file {place} does not read back as it was written: check the disk")
    return sealed


def _relieve(store: Store, sealed: SealedDay, held: _Day) -> int:
    """Delete the rows that the file holds exactly as they stand; how many."""
    together = _keyed(held)
    gone = 0
    for from_ms in range(sealed.day_ms, sealed.day_ms + DAY_MS, _SLICE_MS):
        to_ms = from_ms + _SLICE_MS
        in_file = together[(together[:, 1] >= from_ms) & (together[:, 1] < to_ms)]
        if not len(in_file):
            continue
        with store.transaction() as tx:
            if shelf.day(tx, sealed.day_ms) != sealed:
                raise ColdchainError(f"another program archives the same days: {sealed.name} was sealed meanwhile")
            gone += _delete(tx, in_file, from_ms, to_ms)
    return gone


def _delete(tx: Transaction, in_file: Rows, from_ms: int, to_ms: int) -> int:
    there = _table_rows(tx, from_ms, to_ms)
    kept = {tuple(row) for row in in_file.tolist()}
    same = [row for row in there.tolist() if tuple(row) in kept]
    span = (reading.c.measured_ms >= from_ms, reading.c.measured_ms < to_ms)
    if len(same) == len(there):
        tx.execute(delete(reading).where(*span))
        return len(same)
    for sensor_id, at_ms, *_ in same:
        tx.execute(delete(reading).where(reading.c.measured_ms == at_ms, reading.c.sensor_id == sensor_id))
    return len(same)


def _of_table(tx: Transaction, from_ms: int, to_ms: int) -> _Day:
    rows = _table_rows(tx, from_ms, to_ms)
    if not len(rows):
        return {}
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    cuts = np.flatnonzero(np.diff(rows[:, 0])) + 1
    return {int(some[0, 0]): np.ascontiguousarray(some[:, 1:]) for some in np.split(rows, cuts)}


def _table_rows(tx: Transaction, from_ms: int, to_ms: int) -> Rows:
    """The table's rows of a span without its end: their sensor, then `COLUMNS`."""
    query = select(*(reading.c[name] for name in _TABLE)).where(
        reading.c.measured_ms >= from_ms, reading.c.measured_ms < to_ms
    )
    found = [np.fromiter(chain.from_iterable(some), np.int64) for some in tx.execute(query).partitions(10_000)]
    return np.concatenate([np.empty(0, dtype=np.int64), *found]).reshape(-1, len(_TABLE))


def _merged(old: _Day, new: _Day) -> _Day:
    """Both days as one; at an instant of both, ``new`` stands."""
    merged: _Day = {}
    for sensor_id in sorted(old.keys() | new.keys()):
        if sensor_id in old and sensor_id in new:
            kept = old[sensor_id][~np.isin(old[sensor_id][:, 0], new[sensor_id][:, 0])]
            both = np.concatenate([kept, new[sensor_id]])
            merged[sensor_id] = both[np.argsort(both[:, 0])]
        else:
            merged[sensor_id] = old[sensor_id] if sensor_id in old else new[sensor_id]
    return merged


def _same(one: _Day, other: _Day) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[each], other[each]) for each in one)


def _keyed(day: _Day) -> Rows:
    parts = [np.column_stack([np.full(len(rows), sensor_id, dtype=np.int64), rows]) for sensor_id, rows in day.items()]
    return np.concatenate(parts)
