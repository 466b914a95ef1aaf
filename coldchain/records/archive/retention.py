"""Removing readings that are older than a site's policy says, and that nothing in the record rests on.

A sealed day's file is written anew without the blocks of the sensors whose readings go; its index keeps their hashes,
so that a copy of them can still be told from a forgery, and so that nobody takes what was removed for a silence. The
ledger says what was removed, by which policy, by whom and when, with the hashes of the file as it was. Nothing else is
removed: excursions, decisions, quarantine and ledger stay. Readings of days that are not sealed are never removed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from coldchain.errors import ColdchainError
from coldchain.records import ledger
from coldchain.records.archive import day_file, shelf, tidying
from coldchain.records.archive.gathering import within
from coldchain.records.archive.relieving import contents
from coldchain.records.archive.resting import Resting, resting
from coldchain.records.archive.shelf import DAY_MS, SealedDay
from coldchain.records.store import Store, Transaction
from coldchain.records.tables import ledger as ledger_table
from coldchain.records.tables import reading


@dataclass(frozen=True)
class Going:
    """What the policy lets go of a sealed day.

    Attributes:
        day: As it is sealed.
        sensors: Whose readings go.
        readings: How many.
        staying: Whose readings stay, and because of what.
    """

    day: SealedDay
    sensors: frozenset[int]
    readings: int
    staying: Mapping[int, str]


def going(tx: Transaction, before_ms: int, now_ms: int) -> Iterator[Going]:
    """Sealed days that ended by ``before_ms`` and of which something may go, the oldest first.

    Raises:
        ArchiveDamaged: A day's file is not there, or not as it was sealed.
    """
    rests = resting(tx, now_ms)
    for one in shelf.days(tx, -(1 << 62), before_ms - DAY_MS):
        if one.day_ms + DAY_MS <= before_ms and one.readings and not _in_table(tx, one.day_ms):
            found = _going(tx, one, rests)
            if found.sensors:
                yield found


def unsealed(tx: Transaction, before_ms: int) -> int:
    """How many readings of that time lie in the table: they are never removed before their days are sealed."""
    return tx.scalar(select(func.count()).select_from(reading).where(*within(tx, -(1 << 62), before_ms))) or 0


def remove(
    store: Store, keep_ms: int, clock_ms: Callable[[], int], by: str, declared: Path | None = None
) -> Iterator[Going]:
    """Remove what the policy lets go, day by day, the oldest first; each is done when it is yielded.

    Args:
        store: The record; other programs may work on it meanwhile.
        keep_ms: How long readings are kept.
        clock_ms: Now, UTC ms.
        by: Who says so: it stands in the ledger.
        declared: The archive's folder; ``None`` for the one beside the record's file.

    Raises:
        ArchiveDamaged: A day's file is not there, or not as it was sealed.
        ColdchainError: A file cannot be written, or the record changed meanwhile: say it again.
    """
    now_ms = clock_ms()
    with store.reading() as tx:
        head = _head(tx)
        days = list(going(tx, now_ms - keep_ms, now_ms))
        folder = shelf.folder(tx, declared)
    for one in days:
        head = _remove(store, one, folder, head, _Policy(keep_ms, by, clock_ms()))
        tidying.tidy(store, clock_ms())
        yield one


@dataclass(frozen=True)
class _Policy:
    keep_ms: int
    by: str
    at_ms: int


def _remove(store: Store, one: Going, folder: Path, head: int, policy: _Policy) -> int:
    """Write the day's file without what goes and record it; returns the ledger's newest entry then."""
    with store.reading() as tx:
        place = shelf.place_of(tx, one.day)
    left = (
        each.without_readings() if each.sensor_id in one.sensors else each
        for each in day_file.blocks(place, one.day.index_sha256)
    )  # fmt: skip
    target, written = day_file.write(folder / one.day.name[:4], one.day.name, left)
    held = contents(target, written.index_sha256, one.day.day_ms)
    if day_file.sha256_of(target) != written.sha256 or held.readings != one.day.readings - one.readings:
        raise ColdchainError(f"the archive file {target} does not read back as it was written: check the disk")
    with store.transaction() as tx:
        if _head(tx) != head and _changed(tx, one, policy.at_ms):
            raise ColdchainError(
                f"the record has changed meanwhile: nothing of {one.day.name} was removed, say it again"
            )
        now = SealedDay(
            one.day.day_ms, shelf.path_in_record(tx, target), written.sha256, written.index_sha256, written.size,
            held.sensors, held.readings, one.day.sealed_ms,
        )  # fmt: skip
        shelf.write_row(tx, now)
        body = {
            "day": vars(now), "was": vars(one.day), "keep_ms": policy.keep_ms, "by": policy.by,
            "sensors": len(one.sensors), "readings": one.readings,
        }  # fmt: skip
        return ledger.append(tx, policy.at_ms, shelf.REMOVED, f"day {one.day.name}", body)


def _changed(tx: Transaction, one: Going, now_ms: int) -> bool:
    if shelf.day(tx, one.day.day_ms) != one.day or _in_table(tx, one.day.day_ms):
        return True
    return not one.sensors <= _going(tx, one.day, resting(tx, now_ms)).sensors


def _going(tx: Transaction, one: SealedDay, rests: Resting) -> Going:
    sensors, staying, kept = [], {}, 0
    place = shelf.place_of(tx, one)
    for each in day_file.blocks(place, one.index_sha256):
        if each.content is None:
            continue
        because = rests.on(each.sensor_id, one.day_ms, one.day_ms + DAY_MS)
        if because is None:
            sensors.append(each.sensor_id)
        else:
            staying[each.sensor_id] = because
            kept += len(each.rows())
    return Going(one, frozenset(sensors), one.readings - kept, staying)


def _in_table(tx: Transaction, day_ms: int) -> bool:
    query = select(reading.c.sensor_id).where(*within(tx, day_ms, day_ms + DAY_MS)).limit(1)
    return tx.execute(query).first() is not None


def _head(tx: Transaction) -> int:
    return tx.scalar(select(func.max(ledger_table.c.seq))) or 0
