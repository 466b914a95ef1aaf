"""Who was told of an excursion: its alerts, and each one's way to every receiver."""

from dataclasses import dataclass

from sqlalchemy import select

from coldchain.records.store import Transaction
from coldchain.records.tables import alert, delivery_attempt, outbox


@dataclass(frozen=True)
class Attempt:
    """One try to deliver an alert."""

    at_ms: int
    outcome: str
    detail: str


@dataclass(frozen=True)
class Delivery:
    """An alert's way to one receiver."""

    channel: str
    target: str
    state: str
    due_ms: int
    delivered_ms: int | None
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class Alert:
    """An alert and who was told."""

    id: str
    kind: str
    since_ms: int
    raised_ms: int
    cleared_ms: int | None
    late: bool
    deliveries: tuple[Delivery, ...]


def alerts(tx: Transaction, excursion_id: int) -> list[Alert]:
    """The alerts of an excursion with their deliveries, oldest first."""
    query = select(alert).where(alert.c.excursion_id == excursion_id).order_by(alert.c.raised_ms, alert.c.id)
    return [
        Alert(row.id, row.kind, row.since_ms, row.raised_ms, row.cleared_ms, row.late, tuple(_deliveries(tx, row.id)))
        for row in tx.execute(query)
    ]


def _deliveries(tx: Transaction, alert_id: str) -> list[Delivery]:
    ways = select(outbox).where(outbox.c.alert_id == alert_id).order_by(outbox.c.id)
    found = []
    for way in tx.execute(ways):
        tries = select(delivery_attempt.c.at_ms, delivery_attempt.c.outcome, delivery_attempt.c.detail)
        tries = tries.where(delivery_attempt.c.outbox_id == way.id).order_by(delivery_attempt.c.id)
        attempts = tuple(Attempt(**row._mapping) for row in tx.execute(tries))
        found.append(Delivery(way.channel, way.target, way.state, way.due_ms, way.delivered_ms, attempts))
    return found
