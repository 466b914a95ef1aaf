"""How long an excursion has lasted now: while it runs, the clock counts too."""

from coldchain.domain.bounds import Bounds
from coldchain.domain.product import Limit
from coldchain.domain.progress import Progress, finish
from coldchain.records.store import Transaction
from coldchain.records.views import locations
from coldchain.records.views.excursions import Excursion


def bounds_now(tx: Transaction, found: Excursion, limit: Limit, now_ms: int) -> Bounds:
    """The three durations now: while it runs, the clock counts too; else as in the newest revision."""
    if found.open:
        memory = locations.memory_of(tx, found.assignment_id, found.placement_id, found.limit_id)
        running = finish(Progress.of_json(limit, memory), now_ms).open if memory is not None else None
        if running is not None and running.start_ms == found.now.start_ms:
            return running.bounds
    return found.now.bounds
