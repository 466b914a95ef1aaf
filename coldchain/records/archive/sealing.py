"""Moving days from the table into the archive, so that no instant of it can lose a reading or count one twice.

A day's file is written under another name, synced, renamed and read back; then one transaction records it, with its
hash in the ledger; only then are the rows deleted, a slice at a time, and only those that the file holds exactly as
they stand. In between a reading lies in both: it is read once, for the table stands above the archive (`spans`).
Whatever stops this leaves a record that reads the same; the next run goes on from there. However many readings a day
has, only a piece of them is in memory at once (`gathering`).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from coldchain.errors import ColdchainError
from coldchain.records import slots
from coldchain.records.archive import day_file, shelf
from coldchain.records.archive.blocks import Rows
from coldchain.records.archive.day_file import Block
from coldchain.records.archive.gathering import DayOfTable, day_of_table
from coldchain.records.archive.holding import YOUNGEST_MS, Needed, needed
from coldchain.records.archive.relieving import Contents, contents, held_alike, relieve
from coldchain.records.archive.shelf import DAY_MS, SealedDay
from coldchain.records.store import Store, Transaction


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
        at_ms = slots.earliest(tx, after_ms)
    if at_ms is None:
        return None
    day_ms = at_ms // DAY_MS * DAY_MS
    return int(day_ms) if day_ms + DAY_MS <= before_ms else None


def _seal_day(store: Store, day_ms: int, clock_ms: Callable[[], int], declared: Path | None) -> Moved:
    with store.reading() as tx:
        before = shelf.day(tx, day_ms)
        folder = shelf.folder(tx, declared)
        old = None if before is None else shelf.place_of(tx, before)
    with day_of_table(store, day_ms, folder / shelf.name_of(day_ms)[:4]) as new:
        if before is not None and old is not None and _nothing_new(old, before, new):  # an earlier run came so far
            return Moved(before, relieve(store, before, contents(old, before.index_sha256, day_ms)))
        together = _together([] if before is None or old is None else day_file.blocks(old, before.index_sha256), new)
        sealed, held = _filed(store, folder, day_ms, together, clock_ms())
    with store.transaction() as tx:
        if shelf.day(tx, day_ms) != before:
            raise ColdchainError(f"another program archives the same days: {sealed.name} was sealed meanwhile")
        shelf.put(tx, sealed)
    return Moved(sealed, relieve(store, sealed, held))


def _filed(
    store: Store, folder: Path, day_ms: int, day: Iterable[Block], now_ms: int
) -> tuple[SealedDay, Contents]:  # fmt: skip
    """Write a day's file and read it back."""
    name = shelf.name_of(day_ms)
    place, written = day_file.write(folder / name[:4], name, day)
    held = contents(place, written.index_sha256, day_ms)
    if day_file.sha256_of(place) != written.sha256:
        raise ColdchainError(f"the archive file {place} does not read back as it was written: check the disk")
    with store.reading() as tx:
        path = shelf.path_in_record(tx, place)
    sealed = SealedDay(
        day_ms, path, written.sha256, written.index_sha256, written.size, held.sensors, held.readings, now_ms
    )  # fmt: skip
    return sealed, held


def _nothing_new(place: Path, before: SealedDay, new: DayOfTable) -> bool:
    """Whether the file holds every row of the table exactly as it stands."""
    return all(held_alike(day_file.block(place, before.index_sha256, sensor_id), rows).all() for sensor_id, rows in new)


def _together(old: Iterable[Block], new: Iterable[tuple[int, Rows]]) -> Iterator[Block]:
    """A file's blocks and the table's rows by sensor, ascending; at an instant of both, the table's row stands."""
    table = iter(new)
    ahead = next(table, None)
    for block in old:
        while ahead is not None and ahead[0] < block.sensor_id:
            yield Block.of(*ahead)
            ahead = next(table, None)
        if ahead is None or ahead[0] != block.sensor_id:
            yield block
            continue
        rows = block.rows()
        both = np.concatenate([rows[~np.isin(rows[:, 0], ahead[1][:, 0])], ahead[1]])
        yield Block.of(block.sensor_id, both[np.argsort(both[:, 0])])
        ahead = next(table, None)
    while ahead is not None:
        yield Block.of(*ahead)
        ahead = next(table, None)
