"""Readings of sensors that nobody knows and that were too many: kept whole in quarantine until there is room."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, update

from coldchain.domain.quality import Fault
from coldchain.records.store import Transaction
from coldchain.records.tables import placement, quarantine, sensor, source

REASON = Fault.UNKNOWN_SENSOR.value
A_ROW = 500
"""About so many bytes a row takes besides."""


@dataclass(frozen=True)
class Kept:
    """What one message brought of such sensors.

    Attributes:
        id: Its row in quarantine.
        source: Kind and name of where it came from.
        received_ms: When, UTC ms.
        payload: What was kept of it.
    """

    id: int
    source: tuple[str, str]
    received_ms: int
    payload: bytes


def without_place(tx: Transaction, most: int) -> int:
    """How many sensors nobody has ever given a place, nor taken out of service; counted up to ``most``."""
    placed = select(placement.c.id).where(placement.c.sensor_id == sensor.c.id).exists()
    some = select(sensor.c.id).where(sensor.c.retired_ms.is_(None), ~placed).limit(most).subquery()
    return int(tx.scalar(select(func.count()).select_from(some)) or 0)


def kept_bytes(tx: Transaction) -> int:
    """How much is kept of them."""
    held = (quarantine.c.reason == REASON) & quarantine.c.sensor_id.is_(None) & quarantine.c.released_ms.is_(None)
    held &= func.length(quarantine.c.payload) > 0
    return int(tx.scalar(select(func.sum(func.length(quarantine.c.payload) + A_ROW)).where(held)) or 0)


def kept(tx: Transaction, after_id: int, limit: int) -> list[Kept]:
    """The next ones, the oldest first."""
    query = (
        select(quarantine.c.id, quarantine.c.received_ms, quarantine.c.payload, source.c.kind, source.c.name)
        .join(source, source.c.id == quarantine.c.source_id)
        .where(quarantine.c.sensor_id.is_(None), quarantine.c.reason == REASON)  # the first by its index
        .where(quarantine.c.released_ms.is_(None), quarantine.c.id > after_id)
        .order_by(quarantine.c.id)
        .limit(limit)
    )
    return [Kept(row.id, (row.kind, row.name), row.received_ms, bytes(row.payload)) for row in tx.execute(query)]


def release(tx: Transaction, ids: Iterable[int], now_ms: int) -> None:
    """These have come in after all."""
    for each in ids:
        tx.execute(update(quarantine).where(quarantine.c.id == each).values(released_ms=now_ms))
