"""What whoever keeps the service running asks of the record."""

from dataclasses import dataclass

from sqlalchemy import func, select

from coldchain.records.store import Transaction
from coldchain.records.tables import outbox, quarantine, reading, sensor

_LOOKED_AT = 2_000


@dataclass(frozen=True)
class Skew:
    """How far a device's time was ahead of ours when its reading reached us."""

    sensor: str
    skew_ms: int


def quarantined_since(tx: Transaction, since_ms: int) -> int:
    """How much went to quarantine since then and was not settled."""
    query = (
        select(func.count())
        .select_from(quarantine)
        .where(quarantine.c.received_ms >= since_ms, quarantine.c.released_ms.is_(None))
    )
    return int(tx.execute(query).scalar_one())


def newest_deliveries(tx: Transaction) -> dict[tuple[str, str], int]:
    """When an alert was last delivered by each channel and target."""
    query = (
        select(outbox.c.channel, outbox.c.target, func.max(outbox.c.delivered_ms).label("at_ms"))
        .where(outbox.c.state == "delivered")
        .group_by(outbox.c.channel, outbox.c.target)
    )
    return {(row.channel, row.target): row.at_ms for row in tx.execute(query)}


def newest_skews(tx: Transaction) -> list[Skew]:
    """The largest lead of each sensor's clock among the newest readings, the largest first."""
    newest = (
        select(reading.c.sensor_id, (reading.c.measured_ms - reading.c.received_ms).label("skew_ms"))
        .order_by(reading.c.measured_ms.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    query = (
        select(sensor.c.name, func.max(newest.c.skew_ms).label("skew_ms"))
        .join(newest, newest.c.sensor_id == sensor.c.id)
        .group_by(sensor.c.name)
        .order_by(func.max(newest.c.skew_ms).desc())
    )
    return [Skew(row.name, row.skew_ms) for row in tx.execute(query)]
