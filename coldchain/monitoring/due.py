"""What is due by the clock: units to judge again, limits that silence made impossible to show, preparations, items.

The rows say when; whoever rings only makes us look. Each unit is done in a transaction of its own, so that a restart
between two of them forgets nothing and repeats nothing.
"""

from collections.abc import Sequence

from coldchain.errors import NotFound
from coldchain.monitoring import preparing, stock
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.judging import judge_or_say
from coldchain.monitoring.reasons import WARN_BEFORE_MS
from coldchain.monitoring.reopening import say_reopened
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, due_work, units
from coldchain.records.dispositions import REOPENED
from coldchain.records.items import LOOK as LOOK_AT_ITEM
from coldchain.records.preparations import LOOK
from coldchain.records.units import JUDGE

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


def _run(
    store: Store, kind: str, subject: str, now_ms: int, channels: AlertChannels, warn_before_ms: Sequence[int]
) -> int | None:
    with store.transaction() as tx:
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
            return None
        judge_or_say(tx, unit, None, now_ms, channels, by_clock=kind == UNPROVABLE)
        return unit.location_id
