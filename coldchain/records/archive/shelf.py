"""Which days are sealed, where their files lie, and a sensor's rows out of them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from coldchain.errors import UsageError
from coldchain.records import ledger
from coldchain.records.archive import day_file
from coldchain.records.archive.blocks import Rows, none
from coldchain.records.archive.day_file import ArchiveDamaged
from coldchain.records.store import Transaction
from coldchain.records.tables import ledger as ledger_table
from coldchain.records.tables import sealed_day

DAY_MS = 86_400_000
SEALED, REMOVED = "archive.sealed", "archive.removed"
"""What the ledger calls it when a day is sealed, and when readings of a sealed day are removed."""

ALWAYS = (-(1 << 62), 1 << 62)
"""A span that holds every reading."""

_ANY = {
    "sqlite": "SELECT 1 FROM sealed_day WHERE day_ms > ? AND day_ms <= ? LIMIT 1",
    "postgresql": "SELECT 1 FROM sealed_day WHERE day_ms > %s AND day_ms <= %s LIMIT 1",
}


@dataclass(frozen=True)
class SealedDay:
    """A UTC day whose readings lie in a file: where, with which hashes, and how many there are."""

    day_ms: int
    path: str
    sha256: str
    index_sha256: str
    size: int
    sensors: int
    readings: int
    sealed_ms: int

    @property
    def name(self) -> str:
        """The day, as 2025-01-31."""
        return name_of(self.day_ms)


def name_of(day_ms: int) -> str:
    """A day by the instant at which it begins, as 2025-01-31."""
    return str(np.datetime64(day_ms, "ms").astype("datetime64[D]"))


def days(tx: Transaction, from_ms: int, to_ms: int, *, newest_first: bool = False) -> list[SealedDay]:
    """The sealed days that a span touches, both its ends included, in order of time."""
    after_ms = from_ms - DAY_MS
    if tx.exec_driver_sql(_ANY[tx.dialect.name], (after_ms, to_ms)).first() is None:  # asked at every reading
        return []
    query = select(sealed_day).where(sealed_day.c.day_ms > after_ms, sealed_day.c.day_ms <= to_ms)
    ordered = query.order_by(sealed_day.c.day_ms.desc() if newest_first else sealed_day.c.day_ms)
    return [SealedDay(**row._mapping) for row in tx.execute(ordered)]


def day(tx: Transaction, day_ms: int) -> SealedDay | None:
    """A day, if it is sealed."""
    row = tx.execute(select(sealed_day).where(sealed_day.c.day_ms == day_ms)).first()
    return None if row is None else SealedDay(**row._mapping)


def put(tx: Transaction, one: SealedDay) -> None:
    """Record a sealed day, in place of an earlier file of the same day, and its hash in the ledger."""
    write_row(tx, one)
    ledger.append(tx, one.sealed_ms, SEALED, f"day {one.name}", vars(one))


def write_row(tx: Transaction, one: SealedDay) -> None:
    """Record a sealed day without its ledger entry, which the caller writes."""
    dialect = sqlite if tx.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(sealed_day).values(vars(one))
    changed = {name: statement.excluded[name] for name in vars(one) if name != "day_ms"}
    tx.execute(statement.on_conflict_do_update(index_elements=["day_ms"], set_=changed))


@dataclass(frozen=True)
class Removal:
    """Readings of a day that were removed: how many, when, by whom, and how long they had to be kept."""

    day_ms: int
    readings: int
    at_ms: int
    by: str
    keep_ms: int


def removals(tx: Transaction) -> list[Removal]:
    """What was removed, in that order, as the ledger says."""
    query = select(ledger_table.c.at_ms, ledger_table.c.body).where(ledger_table.c.kind == REMOVED)
    found = [(at_ms, json.loads(body)) for at_ms, body in tx.execute(query.order_by(ledger_table.c.seq))]
    return [
        Removal(body["day"]["day_ms"], body["readings"], at_ms, body["by"], body["keep_ms"]) for at_ms, body in found
    ]


def rows(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> Rows:
    """A sensor's archived readings of a span, both ends included; the table may hold others for the same instants.

    Raises:
        ArchiveDamaged: A file is not there, or not as it was sealed.
    """
    some = [found for each in days(tx, from_ms, to_ms) if (found := rows_of(tx, each, sensor_id)) is not None]
    if not some:
        return none()
    together = np.concatenate(some)
    return together[(together[:, 0] >= from_ms) & (together[:, 0] <= to_ms)]


def rows_of(tx: Transaction, one: SealedDay, sensor_id: int) -> Rows | None:
    """A sensor's readings of a sealed day; raises `ArchiveDamaged`."""
    return day_file.block(place_of(tx, one), one.index_sha256, sensor_id)


def everything(tx: Transaction, one: SealedDay) -> Iterator[tuple[int, Rows]]:
    """Every sensor of a sealed day with its readings; raises `ArchiveDamaged`."""
    return day_file.everything(place_of(tx, one), one.index_sha256)


def folder(tx: Transaction, declared: Path | None = None) -> Path:
    """Where new files go: the declared folder, else one beside the record's file, named after it.

    Raises:
        UsageError: The record is no file, and no folder is declared.
    """
    if declared is not None:
        return declared.absolute()
    record = _record(tx)
    if record is None:
        raise UsageError("this record is no file that a folder could lie beside: declare the archive's folder")
    return record.with_name(record.name + ".archive")


def path_in_record(tx: Transaction, file: Path) -> str:
    """How the record names a file: from the record's folder where it lies in it, so that both can move together."""
    record = _record(tx)
    if record is not None and file.is_relative_to(record.parent):
        return file.relative_to(record.parent).as_posix()
    return str(file)


def place_of(tx: Transaction, one: SealedDay) -> Path:
    """Where a sealed day's file lies."""
    return place_in(tx, one.path)


def place_in(tx: Transaction, path: str) -> Path:
    """Where a file lies that the record names so."""
    record = _record(tx)
    return Path(path) if record is None else record.parent / path


def damaged(tx: Transaction) -> Iterator[str]:
    """What is wrong with the archive's files: a sentence for each that is not there or not as it was sealed."""
    for one in days(tx, *ALWAYS):
        place = place_of(tx, one)
        try:
            if day_file.sha256_of(place) != one.sha256:
                yield f"the archive file {place} is not as it was sealed: put it back from a copy of the folder"
        except ArchiveDamaged as error:
            yield str(error)


def _record(tx: Transaction) -> Path | None:
    name = tx.engine.url.database
    if tx.dialect.name != "sqlite" or name in (None, "", ":memory:"):
        return None
    return Path(str(name)).absolute()
