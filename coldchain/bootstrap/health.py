"""Whether the whole way works: from the broker over the ingest step and the record to the alerts."""

import hashlib
from collections.abc import Callable

from coldchain.bootstrap.bells import Bells
from coldchain.bootstrap.canary import Canary
from coldchain.bootstrap.wayin import WayIn
from coldchain.domain.duration import format_duration
from coldchain.errors import ColdchainError
from coldchain.monitoring.worker import IngestWorker
from coldchain.records import Store, alerts
from coldchain.settings import Secret
from coldchain.web.services import Check

OLDEST_UNCOMMITTED_S = 60.0
"""A message that waits longer for its COMMIT means that readings do not get in."""

LATE_ALERT_MS = 15 * 60_000
"""WHO's DS01 asks for an alarm within 15 minutes."""

_SILENT_BELL_MS = 120_000


def look(
    store: Store, worker: IngestWorker, way_in: WayIn, bells: Bells | None, canary: Canary, now_ms: int
) -> tuple[Check, ...]:
    """Every part of the way, looked at now."""
    return (
        _of_store("store", lambda: _store(store)),
        way_in.check(),
        _ingest(worker),
        _of_store("canary", canary.check),
        _clock(bells, now_ms),
        _of_store("notifying", lambda: _notifying(store, now_ms)),
    )


def sha256_of(token: Secret) -> str:
    """What is kept of a program's token."""
    return hashlib.sha256(token.reveal().encode()).hexdigest()


def _of_store(name: str, looking: Callable[[], Check]) -> Check:
    try:
        return looking()
    except ColdchainError as error:
        return Check(name, ok=False, detail=str(error))


def _store(store: Store) -> Check:
    with store.reading() as tx:
        alerts.next_delivery_ms(tx)
    return Check("store", ok=True, detail="answers")


def _ingest(worker: IngestWorker) -> Check:
    state = worker.state()
    if not state.alive:
        return Check("ingest", ok=False, detail="the ingest worker does not run")
    waiting = f"{state.waiting} messages wait, the oldest for {format_duration(int(state.oldest_s * 1000))}"
    if state.complaint is not None:
        return Check("ingest", ok=False, detail=f"{state.complaint}; {waiting}")
    return Check("ingest", ok=state.oldest_s < OLDEST_UNCOMMITTED_S, detail=waiting if state.waiting else "idle")


def _clock(bells: Bells | None, now_ms: int) -> Check:
    if bells is None:
        return Check("clock", ok=False, detail="not started")
    if bells.troubles:
        name, trouble = min(bells.troubles.items())
        return Check("clock", ok=False, detail=f"{name}: {trouble}")
    silent = [
        name
        for name, period_s in bells.periods_s.items()
        if now_ms - bells.answered_ms.get(name, bells.started_ms) > max(_SILENT_BELL_MS, 2_000 * period_s)
    ]
    if silent:
        return Check("clock", ok=False, detail=f"{', '.join(silent)}: not answered for over two minutes")
    return Check("clock", ok=True, detail="due work is done in time")


def _notifying(store: Store, now_ms: int) -> Check:
    with store.reading() as tx:
        late = alerts.undelivered(tx, now_ms - LATE_ALERT_MS)
    if late:
        return Check("notifying", ok=False, detail=f"{late} deliveries of alerts are more than 15 min late")
    return Check("notifying", ok=True, detail="no alert waits longer than 15 min")
