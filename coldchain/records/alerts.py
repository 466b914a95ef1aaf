"""Alerts, and the outbox that carries them: written in the transaction that finds the reason for the alert."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from coldchain.errors import NotFound
from coldchain.records import ledger
from coldchain.records.store import Transaction
from coldchain.records.tables import alert as alert_table
from coldchain.records.tables import delivery_attempt, outbox

Targets = Sequence[tuple[str, str]]
"""Channel (``smtp``, ``webhook``, ``mqtt``) and the name of its target in the settings."""


_FARTHEST_MS = 2 * 3_600_000
"""No attempt is planned farther ahead than an hour; one that is was planned under a wrong clock, and is due. A first
attempt is planned for the moment of its alert, so that one is always due."""


@dataclass(frozen=True)
class Alert:
    """An alert as it was raised; ``cleared_ms`` says since when its reason is gone.

    One of a preparation or of an item has no sensor and no placement: clocks run without any, and a budget is used up
    on a whole way.
    """

    id: str
    kind: str
    excursion_id: int | None
    assignment_id: int | None
    location_id: int
    sensor_id: int | None
    placement_id: int | None
    since_ms: int
    raised_ms: int
    late: bool
    body: dict[str, Any]
    cleared_ms: int | None = None
    preparation_id: int | None = None
    item_id: int | None = None


@dataclass(frozen=True)
class Delivery:
    """One alert that one channel still has to take."""

    id: int
    alert_id: str
    channel: str
    target: str
    due_ms: int
    attempts: int
    body: dict[str, Any]


def raise_alert(tx: Transaction, alert: Alert, targets: Targets) -> bool:
    """Record an alert, its ledger entry and an outbox row a target; nothing happens if its id is there already."""
    if tx.scalar(select(alert_table.c.id).where(alert_table.c.id == alert.id)) is not None:
        return False
    tx.execute(insert(alert_table).values(vars(alert)))
    rows = [
        {"alert_id": alert.id, "channel": channel, "target": target, "due_ms": alert.raised_ms, "attempts": 0,
         "state": "pending"}
        for channel, target in dict.fromkeys(targets)
    ]  # fmt: skip
    if rows:
        tx.execute(insert(outbox), rows)
    ledger.append(tx, alert.raised_ms, "alert.raised", alert.id, alert.body)
    return True


def clear(tx: Transaction, alert_id: str, now_ms: int) -> None:
    """The reason for an alert is gone."""
    tx.execute(update(alert_table).where(alert_table.c.id == alert_id).values(cleared_ms=now_ms))
    ledger.append(tx, now_ms, "alert.cleared", alert_id, {})


def alert(tx: Transaction, alert_id: str) -> Alert:
    """One alert; raises `NotFound`."""
    found = _select(tx, alert_table.c.id == alert_id)
    if not found:
        raise NotFound(f"there is no alert {alert_id}")
    return found[0]


def alerts(tx: Transaction) -> list[Alert]:
    """All alerts, in the order they were raised."""
    return _select(tx, alert_table.c.id.is_not(None))


def of_excursion(tx: Transaction, excursion_id: int) -> list[Alert]:
    """The alerts of an excursion, in the order they were raised."""
    return _select(tx, alert_table.c.excursion_id == excursion_id)


def of_preparation(tx: Transaction, preparation_id: int) -> list[Alert]:
    """The alerts of a preparation, in the order they were raised."""
    return _select(tx, alert_table.c.preparation_id == preparation_id)


def of_item(tx: Transaction, item_id: int) -> list[Alert]:
    """The alerts of an item, in the order they were raised."""
    return _select(tx, alert_table.c.item_id == item_id)


def of_items_uncleared(tx: Transaction) -> list[Alert]:
    """The alerts of all items whose reason still holds, in the order they were raised."""
    return _select(tx, alert_table.c.item_id.is_not(None) & alert_table.c.cleared_ms.is_(None))


def at_location(tx: Transaction, location_id: int, from_ms: int) -> list[Alert]:
    """What a location's own sensors gave reason for, raised or still so since then."""
    since = alert_table.c.cleared_ms.is_(None) | (alert_table.c.cleared_ms >= from_ms)
    return _select(tx, (alert_table.c.location_id == location_id) & alert_table.c.sensor_id.is_not(None) & since)


def uncleared(tx: Transaction, placement_id: int, kind: str | None = None) -> list[Alert]:
    """Alerts of a placement whose reason still holds."""
    condition = (alert_table.c.placement_id == placement_id) & alert_table.c.cleared_ms.is_(None)
    return _select(tx, condition if kind is None else condition & (alert_table.c.kind == kind))


def due_deliveries(
    tx: Transaction, now_ms: int, limit: int = 100, target: tuple[str, str] | None = None, *, in_order: bool = False
) -> list[Delivery]:
    """What is to be delivered now, the longest due first.

    Args:
        tx: The transaction.
        now_ms: Now.
        limit: At most so many.
        target: Only what goes to this channel and target.
        in_order: As the alerts were raised, and nothing past one that is not due yet.
    """
    pending = outbox.c.state == "pending"
    if target is not None:
        pending &= (outbox.c.channel == target[0]) & (outbox.c.target == target[1])
    order = (outbox.c.id,) if in_order else (outbox.c.due_ms, outbox.c.id)
    query = (
        select(
            outbox.c.id, outbox.c.alert_id, outbox.c.channel, outbox.c.target, outbox.c.due_ms, outbox.c.attempts,
            alert_table.c.body,
        )
        .join(alert_table, alert_table.c.id == outbox.c.alert_id)
        .where(pending if in_order else pending & _is_due(now_ms))
        .order_by(*order)
        .limit(limit)
    )  # fmt: skip
    found = [Delivery(**row._mapping) for row in tx.execute(query)]
    return list(
        takewhile(lambda one: one.attempts == 0 or not now_ms < one.due_ms <= now_ms + _FARTHEST_MS, found)
    )  # fmt: skip


def _is_due(now_ms: int) -> ColumnElement[bool]:
    return (outbox.c.due_ms <= now_ms) | (outbox.c.due_ms > now_ms + _FARTHEST_MS) | (outbox.c.attempts == 0)


def try_all_now(tx: Transaction, now_ms: int) -> None:
    """Plan every attempt for now that was planned for later: the clock that they were planned by was set."""
    later = (outbox.c.state == "pending") & (outbox.c.due_ms > now_ms)
    tx.execute(update(outbox).where(later).values(due_ms=now_ms))


def pending_targets(tx: Transaction) -> list[tuple[str, str]]:
    """Every channel and target that still has something to take."""
    query = select(outbox.c.channel, outbox.c.target).where(outbox.c.state == "pending").distinct()
    return sorted((row.channel, row.target) for row in tx.execute(query))


def undelivered(tx: Transaction, raised_before_ms: int) -> int:
    """How many deliveries of alerts raised before then are still pending."""
    query = (
        select(func.count())
        .select_from(outbox)
        .join(alert_table, alert_table.c.id == outbox.c.alert_id)
        .where(outbox.c.state == "pending", alert_table.c.raised_ms < raised_before_ms)
    )
    return int(tx.execute(query).scalar_one())


def next_delivery_ms(tx: Transaction) -> int | None:
    """When the next delivery is due, or ``None``."""
    found: int | None = tx.scalar(select(func.min(outbox.c.due_ms)).where(outbox.c.state == "pending"))
    return found


def delivered(tx: Transaction, outbox_id: int, now_ms: int, detail: str = "") -> None:
    """The channel has taken it."""
    _attempted(tx, outbox_id, now_ms, "delivered", detail, {"state": "delivered", "delivered_ms": now_ms})


def try_again(tx: Transaction, outbox_id: int, now_ms: int, due_ms: int, detail: str) -> None:
    """The channel has not taken it; it may later."""
    _attempted(tx, outbox_id, now_ms, "retry", detail, {"due_ms": due_ms})


def failed(tx: Transaction, outbox_id: int, now_ms: int, detail: str) -> None:
    """The channel will never take it."""
    _attempted(tx, outbox_id, now_ms, "failed", detail, {"state": "failed"})


def deliveries(tx: Transaction, alert_id: str) -> list[dict[str, Any]]:
    """An alert's outbox rows as plain dictionaries, with the last attempt's ``detail``."""
    rows = []
    for row in tx.execute(select(outbox).where(outbox.c.alert_id == alert_id).order_by(outbox.c.id)):
        last = select(delivery_attempt.c.detail).where(delivery_attempt.c.outbox_id == row.id)
        rows.append(dict(row._mapping) | {"detail": tx.scalar(last.order_by(delivery_attempt.c.id.desc()).limit(1))})
    return rows


def _attempted(
    tx: Transaction, outbox_id: int, now_ms: int, outcome: str, detail: str, values: Mapping[str, Any]
) -> None:
    changed = {"attempts": outbox.c.attempts + 1, **values}
    pending = (outbox.c.id == outbox_id) & (outbox.c.state == "pending")
    if not tx.execute(update(outbox).where(pending).values(changed)).rowcount:
        return  # written down already: the answer to that COMMIT got lost
    tx.execute(insert(delivery_attempt).values(outbox_id=outbox_id, at_ms=now_ms, outcome=outcome, detail=detail))


def _select(tx: Transaction, condition: ColumnElement[bool]) -> list[Alert]:
    query = select(alert_table).where(condition).order_by(alert_table.c.raised_ms, alert_table.c.id)
    return [Alert(**row._mapping) for row in tx.execute(query)]
