"""What whoever keeps the service running asks of the record."""

from sqlalchemy import func, select

from coldchain.records.store import Transaction
from coldchain.records.tables import outbox, quarantine


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
