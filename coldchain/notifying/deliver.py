"""The outbox's rows that are due, to their channels, and what became of each."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coldchain.errors import DeliveryFailed
from coldchain.notifying.channel import Channel, one_line
from coldchain.notifying.retry import delay_ms
from coldchain.records import Store, alerts
from coldchain.records.alerts import Delivery

_log = logging.getLogger("coldchain.notifying")

Target = tuple[str, str]
"""A channel's kind and name, as in the outbox: ``("smtp", "pharmacy ann@example.org")``."""


@dataclass(frozen=True)
class Delivered:
    """What became of the rows that were due."""

    delivered: int = 0
    later: int = 0
    failed: int = 0

    def __bool__(self) -> bool:
        return bool(self.delivered or self.later or self.failed)


Answers = dict[int, tuple[int, str]]
"""Rows whose channel has taken the alert and that could not be marked yet: when, and what the channel said."""


def deliver_due(
    store: Store,
    channels: Mapping[Target, Channel],
    clock_ms: Callable[[], int],
    stop: Callable[[], bool] = lambda: False,
    answers: Answers | None = None,
) -> Delivered:
    """Send what is due.

    A row is marked only after its channel has taken the alert. Where the database goes away between the two, the answer
    stays in ``answers`` and is written down before anything else is sent; where this program dies between them, the row
    is still due, and the alert is sent again with the same id.

    Args:
        store: The record.
        channels: Who takes what; rows of other targets are left alone.
        clock_ms: The time, UTC ms.
        stop: Asked between two alerts: whether to leave the rest for later.
        answers: The memory of one call for the next; of these channels only.

    Raises:
        StoreUnavailable: The database does not answer; nothing is lost.
    """
    counts = {"delivered": 0, "later": 0, "failed": 0}
    answers = {} if answers is None else answers
    _write_down(store, answers)
    for target, channel in channels.items():
        with store.reading() as tx:
            due = alerts.due_deliveries(tx, clock_ms(), target=target, in_order=channel.in_order)
        for delivery in due:
            if stop():
                break
            outcome = _deliver(store, channel, delivery, clock_ms, answers)
            counts[outcome] += 1
            if outcome == "later" and channel.in_order:
                break
    return Delivered(**counts)


def _deliver(
    store: Store, channel: Channel, delivery: Delivery, clock_ms: Callable[[], int], answers: Answers
) -> str:  # fmt: skip
    try:
        said = channel.send(delivery.alert_id, delivery.body)
    except DeliveryFailed as error:
        return _not_taken(store, delivery, error, clock_ms())
    except Exception as error:  # noqa: BLE001 — logged and recorded; one alert must not stop the others
        _log.exception("alert %s: the %s channel failed by its own fault", delivery.alert_id, delivery.channel)
        broken = DeliveryFailed(f"this program failed: {type(error).__name__}: {error}", retry=True)
        return _not_taken(store, delivery, broken, clock_ms())
    answers[delivery.id] = clock_ms(), one_line(said)
    _write_down(store, answers)
    return "delivered"


def _write_down(store: Store, answers: Answers) -> None:
    """Mark what was taken; what cannot be marked stays in the memory."""
    for outbox_id, (at_ms, said) in list(answers.items()):
        with store.transaction() as tx:
            alerts.delivered(tx, outbox_id, at_ms, said)
        del answers[outbox_id]


def _not_taken(store: Store, delivery: Delivery, error: DeliveryFailed, now_ms: int) -> str:
    detail = one_line(str(error))
    wait_ms = delay_ms(delivery.attempts + 1) if error.retry else None
    with store.transaction() as tx:
        if wait_ms is None:
            gave_up = f"given up after {delivery.attempts + 1} attempts: {detail}" if error.retry else detail
            alerts.failed(tx, delivery.id, now_ms, gave_up)
        else:
            alerts.try_again(tx, delivery.id, now_ms, now_ms + wait_ms, detail)
    _log.warning("alert %s was not taken by %s %s: %s", delivery.alert_id, delivery.channel, delivery.target, detail)
    return "failed" if wait_ms is None else "later"


def drop_unknown(store: Store, known: Mapping[Target, Channel], now_ms: int) -> int:
    """Mark as failed what is still to go to targets that the settings no longer have; returns how many rows."""
    dropped = 0
    with store.transaction() as tx:
        for target in alerts.pending_targets(tx):
            if target in known:
                continue
            while rows := alerts.due_deliveries(tx, _END_OF_TIME_MS, target=target):
                for row in rows:
                    alerts.failed(tx, row.id, now_ms, "this channel is no longer in the settings")
                dropped += len(rows)
    return dropped


_END_OF_TIME_MS = 253_402_300_799_999
