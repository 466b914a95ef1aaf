"""What whoever keeps the service running asks of the record."""

from collections.abc import Iterable

from sqlalchemy import func, select

from coldchain.records.among import among
from coldchain.records.store import Transaction
from coldchain.records.tables import outbox, placement, quarantine, sensor


def quarantined_since(tx: Transaction, since_ms: int) -> int:
    """How much went to quarantine since then and was not settled."""
    query = (
        select(func.count())
        .select_from(quarantine)
        .where(quarantine.c.received_ms >= since_ms, quarantine.c.released_ms.is_(None))
    )
    return int(tx.execute(query).scalar_one())


MOST_LOOKED_AT = 100_000
"""Where there are more sensors, a look at the readings of each costs more than it tells."""


def readings_can_be_looked_at(tx: Transaction) -> bool:
    """Whether there are so few sensors that the readings of each can be looked at again and again."""
    return int(tx.scalar(select(func.count()).select_from(sensor)) or 0) <= MOST_LOOKED_AT


def where_they_hang(tx: Transaction, sensor_ids: Iterable[int]) -> dict[int, int]:
    """At which location each of these sensors hangs now; one that hangs nowhere is left out."""
    query = select(placement.c.sensor_id, placement.c.location_id).where(placement.c.to_ms.is_(None))
    hanging = tx.execute(query.where(among(tx, placement.c.sensor_id, sensor_ids)))
    return {sensor_id: location_id for sensor_id, location_id in hanging}  # noqa: C416 - rows are no pairs to mypy


def newest_deliveries(tx: Transaction) -> dict[tuple[str, str], int]:
    """When an alert was last delivered by each channel and target."""
    query = (
        select(outbox.c.channel, outbox.c.target, func.max(outbox.c.delivered_ms).label("at_ms"))
        .where(outbox.c.state == "delivered")
        .group_by(outbox.c.channel, outbox.c.target)
    )
    return {(row.channel, row.target): row.at_ms for row in tx.execute(query)}
