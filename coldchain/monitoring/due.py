"""What is due by the clock: units to judge again, limits that silence made impossible to show, preparations, items.

The rows say when; whoever rings only makes us look. Each unit is done in a transaction of its own, so that a restart
between two of them forgets nothing and repeats nothing.
"""

from collections.abc import Sequence

from coldchain.errors import NotFound
from coldchain.monitoring import preparing, stock
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.hot import Hot, hot_of
from coldchain.monitoring.judging import judge_or_say, withdraw
from coldchain.monitoring.reasons import WARN_BEFORE_MS
from coldchain.monitoring.reopening import say_reopened
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, Transaction, due_work, heard, units
from coldchain.records.dispositions import REOPENED
from coldchain.records.items import LOOK as LOOK_AT_ITEM
from coldchain.records.preparations import LOOK
from coldchain.records.units import JUDGE

AT_ONCE = 5_000
"""So many sensors that were heard are waited on for in one transaction."""

_KINDS = (JUDGE, UNPROVABLE, LOOK, REOPENED)


def run_due(
    store: Store, now_ms: int, channels: AlertChannels, warn_before_ms: Sequence[int] = WARN_BEFORE_MS
) -> frozenset[int]:
    """Do everything that is due; returns the ids of the locations it concerned.

    Args:
        store: The record.
        now_ms: Now, UTC ms.
        channels: Who gets an outbox row of every alert.
        warn_before_ms: How long before a preparation's deadline somebody is warned.

    Raises:
        StoreUnavailable: What was not done stays due.
    """
    _wait_on(store, now_ms)
    with store.reading() as tx:
        rows = due_work.rows_due(tx, now_ms, _KINDS)
    touched = {_run(store, kind, subject, now_ms, channels, warn_before_ms) for kind, subject, _ in rows}
    with store.reading() as tx:  # items last: what their places tell is told by then
        waiting = due_work.rows_due(tx, now_ms, (LOOK_AT_ITEM,), limit=stock.AT_ONCE)
    due = {int(subject): due_ms for _, subject, due_ms in waiting}
    return frozenset({each for each in touched if each is not None} | stock.look_at(store, due, now_ms, channels))


def next_due_ms(store: Store) -> int | None:
    """The next moment at which `run_due` has something to do, UTC ms, or ``None``."""
    with store.reading() as tx:
        return due_work.next_ms(tx)


def _wait_on(store: Store, now_ms: int) -> None:
    """Wait on for the silence of sensors that have been heard since, many at once.

    While a sensor's readings are calm, nobody writes down anew from when on it would be silent for too long: when the
    moment written down comes, it is seen here that it has not.
    """
    with store.reading() as tx:
        rows = due_work.rows_due(tx, now_ms, (UNPROVABLE,), limit=AT_ONCE)
    if not rows:
        return
    hot = hot_of(store)
    with store.transaction() as tx:
        turn = hot.enter(tx)
        placements = {subject: int(subject.split(":")[1]) for _, subject, _ in rows}
        hot.look_up_ids(tx, heard.sensors_of(tx, placements.values()), now_ms)
        until = ((subject, hot.calm_until(placement)) for subject, placement in placements.items())
        heard.put_due(tx, UNPROVABLE, [(subject, at_ms) for subject, at_ms in until if at_ms > now_ms])
    hot.leave(turn)


def _run(
    store: Store, kind: str, subject: str, now_ms: int, channels: AlertChannels, warn_before_ms: Sequence[int]
) -> int | None:
    hot = hot_of(store)
    with store.transaction() as tx:
        turn = hot.enter(tx)
        touched = _do(tx, hot, kind, subject, now_ms, channels, warn_before_ms)
    hot.leave(turn)
    return touched


def _do(
    tx: Transaction, hot: Hot, kind: str, subject: str, now_ms: int, channels: AlertChannels,
    warn_before_ms: Sequence[int],
) -> int | None:  # fmt: skip
    due_ms = due_work.when(tx, kind, subject)
    if due_ms is None or due_ms > now_ms:  # readings have come between our look and our turn
        return None
    due_work.remove(tx, kind, subject)
    if kind == LOOK:
        return preparing.look_or_say(tx, subject, now_ms, channels, warn_before_ms)
    if kind == REOPENED:
        return say_reopened(tx, subject, now_ms, channels)
    assignment_id, placement_id = map(int, subject.split(":"))
    try:
        unit = units.one(tx, assignment_id, placement_id)
    except NotFound:  # it was ended at the moment it began
        withdraw(tx, assignment_id, placement_id, now_ms)
        return None
    hot.flush_ids(tx, [unit.sensor_id])
    judge_or_say(tx, unit, None, now_ms, channels, by_clock=kind == UNPROVABLE)
    hot.forget([unit.sensor_id])
    return unit.location_id
