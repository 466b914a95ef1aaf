"""What is due by the clock: units to judge again, and limits that silence has made impossible to show as kept.

The rows say when; whoever rings only makes us look. Each unit is done in a transaction of its own, so that a restart
between two of them forgets nothing and repeats nothing.
"""

from coldchain.errors import NotFound
from coldchain.monitoring.alerting import AlertChannels
from coldchain.monitoring.judging import judge_unit
from coldchain.monitoring.silence import UNPROVABLE
from coldchain.records import Store, due_work, units
from coldchain.records.units import JUDGE

_KINDS = (JUDGE, UNPROVABLE)


def run_due(store: Store, now_ms: int, channels: AlertChannels) -> frozenset[int]:
    """Do everything that is due; returns the ids of the locations it concerned.

    Raises:
        StoreUnavailable: What was not done stays due.
    """
    with store.reading() as tx:
        rows = due_work.rows_due(tx, now_ms, _KINDS)
    touched = {_run(store, kind, subject, now_ms, channels) for kind, subject, _ in rows}
    return frozenset(location_id for location_id in touched if location_id is not None)


def next_due_ms(store: Store) -> int | None:
    """The next moment at which `run_due` has something to do, UTC ms, or ``None``."""
    with store.reading() as tx:
        return due_work.next_ms(tx)


def _run(store: Store, kind: str, subject: str, now_ms: int, channels: AlertChannels) -> int | None:
    with store.transaction() as tx:
        due_ms = due_work.when(tx, kind, subject)
        if due_ms is None or due_ms > now_ms:  # readings have come between our look and our turn
            return None
        due_work.remove(tx, kind, subject)
        assignment_id, placement_id = map(int, subject.split(":"))
        try:
            unit = units.one(tx, assignment_id, placement_id)
        except NotFound:  # it was ended at the moment it began
            return None
        judge_unit(tx, unit, None, now_ms, channels, by_clock=kind == UNPROVABLE)
        return unit.location_id
