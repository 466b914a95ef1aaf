"""Readings for charts and tables: a whole trace, the rows of a table, or a day of every sensor in small."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select

from coldchain.domain.natural import natural
from coldchain.domain.reading import Trace
from coldchain.records import slots, sources, spans
from coldchain.records.archive import shelf
from coldchain.records.archive.blocks import Rows
from coldchain.records.store import Transaction
from coldchain.records.tables import placement, reading, sensor


@dataclass(frozen=True)
class Bucket:
    """All readings of a short time in one: when the first and the last was measured, and the extremes."""

    first_ms: int
    last_ms: int
    min_milli_c: int
    max_milli_c: int
    readings: int


def in_small(tx: Transaction, from_ms: int, to_ms: int, bucket_ms: int) -> dict[int, list[Bucket]]:
    """A span of every sensor that hangs somewhere, in buckets of ``bucket_ms``, by sensor id."""
    if not shelf.days(tx, from_ms, to_ms):  # the database sums up for itself
        return _from_the_table(tx, from_ms, to_ms, bucket_ms)
    hanging = tx.scalars(select(placement.c.sensor_id).distinct().order_by(placement.c.sensor_id)).all()
    small = {one: _buckets(spans.points(tx, one, from_ms, to_ms), bucket_ms) for one in hanging}
    return {one: buckets for one, buckets in small.items() if buckets}


def _from_the_table(tx: Transaction, from_ms: int, to_ms: int, bucket_ms: int) -> dict[int, list[Bucket]]:
    at, value = reading.c.measured_ms, reading.c.milli_c
    query = (
        select(reading.c.sensor_id, func.min(at), func.max(at), func.min(value), func.max(value), func.count())
        .where(*slots.of_span(tx, from_ms, to_ms), reading.c.sensor_id.in_(select(placement.c.sensor_id)))
        .group_by(reading.c.sensor_id, at // bucket_ms)
        .order_by(reading.c.sensor_id, func.min(at))
    )
    found: dict[int, list[Bucket]] = {}
    for sensor_id, *rest in tx.execute(query):
        found.setdefault(sensor_id, []).append(Bucket(*rest))
    return found


def _buckets(points: Rows, bucket_ms: int) -> list[Bucket]:
    of = points[:, 0] // bucket_ms
    cuts = np.flatnonzero(np.diff(of)) + 1
    some = np.split(points, cuts) if len(points) else []
    return [
        Bucket(int(at[0]), int(at[-1]), int(value.min()), int(value.max()), len(at))
        for at, value in (x.T for x in some)
    ]


def trace(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, *, neighbours: bool = False) -> Trace:
    """A sensor's readings of a span, both ends included.

    Args:
        tx: The transaction.
        sensor_id: Whose.
        from_ms, to_ms: UTC ms.
        neighbours: With the reading before and the one after, so that what reaches in from outside is seen.
    """
    if neighbours:
        before = spans.last(tx, sensor_id, -spans.ALWAYS_MS, from_ms - 1)
        after = spans.first(tx, sensor_id, to_ms + 1, spans.ALWAYS_MS)
        from_ms, to_ms = before[0] if before else from_ms, after[0] if after else to_ms
    both = spans.points(tx, sensor_id, from_ms, to_ms)
    return Trace(both[:, 0], both[:, 1])


@dataclass(frozen=True)
class Row:
    """One reading with where it came from."""

    measured_ms: int
    milli_c: int
    received_ms: int
    copies: int
    source_kind: str
    source_name: str


def rows(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int, limit: int) -> list[Row]:
    """A sensor's readings of a span with their sources, newest first, at most ``limit``."""
    found = spans.newest(tx, sensor_id, from_ms, to_ms, limit).tolist()
    keys = sources.keys_of(tx, {source_id for _, _, _, source_id, *_ in found})
    return [
        Row(at_ms, milli_c, received_ms, copies, *keys[source_id])
        for at_ms, milli_c, received_ms, source_id, _, _, copies in found
    ]


@dataclass(frozen=True)
class Stay:
    """A sensor channel at a location for a time."""

    sensor_id: int
    name: str
    channel: str
    from_ms: int
    to_ms: int | None


def stay(tx: Transaction, placement_id: int) -> Stay:
    """One stay, by its placement."""
    query = _stays().where(placement.c.id == placement_id)
    return Stay(**tx.execute(query).one()._mapping)


def stays(tx: Transaction, location_id: int, from_ms: int, to_ms: int) -> list[Stay]:
    """Which sensors hung at a location at any moment of a span, in order."""
    query = _stays().where(
        placement.c.location_id == location_id,
        placement.c.from_ms <= to_ms,
        func.coalesce(placement.c.to_ms, to_ms) >= from_ms,
    )
    found = [Stay(**row._mapping) for row in tx.execute(query)]
    return sorted(found, key=lambda one: (natural(one.name, one.channel), one.from_ms))


def _stays() -> Select[Any]:
    named = sensor.c.id.label("sensor_id")
    query = select(named, sensor.c.name, sensor.c.channel, placement.c.from_ms, placement.c.to_ms)
    return query.join(sensor, sensor.c.id == placement.c.sensor_id)
