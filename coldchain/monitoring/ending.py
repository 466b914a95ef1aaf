"""When an excursion is over: at the first good reading, not where the stay ended under which it was found.

An assignment's end and a recalibration are edges, and an edge ends no episode (semantics §3). What counts as bad time
stops at the edge; whether it is over is asked of the sensor for as long as it hangs there.
"""

from dataclasses import dataclass

from coldchain.domain.product import Limit
from coldchain.domain.verdict import Excursion
from coldchain.monitoring.rules import Rules
from coldchain.records import Transaction, continuing, readings
from coldchain.records.units import Unit


@dataclass(frozen=True)
class Ending:
    """How an excursion ended.

    Attributes:
        at_ms: When; ``None`` while it goes on.
        in_range: A good reading ended it; else the sensor was taken away, and nobody knows.
    """

    at_ms: int | None
    in_range: bool = True


def ending_of(tx: Transaction, unit: Unit, rules: Rules, limit: Limit, excursion: Excursion, now_ms: int) -> Ending:
    """When an excursion that the judge found is over.

    Args:
        tx: The transaction.
        unit: Under what it was found.
        rules: The unit's; its end is an edge.
        limit: Which limit's.
        excursion: What the judge found.
        now_ms: Now.
    """
    end_ms, edge_ms = excursion.episode.end_ms, rules.edges.end_ms
    if edge_ms is None or (end_ms is not None and end_ms <= edge_ms):
        return Ending(end_ms)
    until_ms = continuing.measured_until(tx, unit)
    good_ms = readings.first_good_after(tx, unit.sensor_id, edge_ms, until_ms, limit.bad)
    if good_ms is not None:
        return Ending(good_ms)
    taken_away = until_ms is not None and until_ms <= now_ms
    return Ending(until_ms, in_range=False) if taken_away else Ending(None)
