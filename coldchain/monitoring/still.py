"""What is still out of range at a place when one of its excursions is over: by another limit, or another sensor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from coldchain.domain.bounds import bad_by_test
from coldchain.domain.product import Predicate
from coldchain.domain.progress import Progress
from coldchain.domain.verdict import Certainty
from coldchain.monitoring.rules import rules_of
from coldchain.records import Transaction, excursions, units
from coldchain.records.units import Unit
from coldchain.rulebook.words import bad_in_words


@dataclass(frozen=True)
class Still:
    """One limit that is not kept yet.

    Attributes:
        limit: What it is, such as ``above 8 °C``.
        sensor: Which sensor says so.
        certain: Surely, or only possibly.
    """

    limit: str
    sensor: str
    certain: bool


def still_out(tx: Transaction, unit: Unit, progresses: Sequence[Progress], now_ms: int) -> list[Still]:
    """What is out of range at a unit's place: by its own sensor's last reading, and by others' open excursions.

    Args:
        tx: The transaction.
        unit: One of whose excursions is over.
        progresses: Its limits' judges, come to the last reading.
        now_ms: Now.
    """
    others = [other for other in units.running_at(tx, unit.location_id) if other.sensor_id != unit.sensor_id]
    return [*_by_its_own(unit, progresses), *(one for other in others for one in _by_another(tx, other, now_ms))]


def in_words(still: Sequence[Still], sensor: str) -> str:
    """``still out of range (above 8 °C)``; other sensors than this one are named."""
    lead = "still out of range" if any(one.certain for one in still) else "possibly still out of range"
    said = dict.fromkeys(one.limit if one.sensor == sensor else f"{one.limit} at {one.sensor}" for one in still)
    return f"{lead} ({', '.join(said)})"


def _by_its_own(unit: Unit, progresses: Sequence[Progress]) -> Iterator[Still]:
    for progress in progresses:
        value = None if progress.last is None else progress.last[1]
        if value is None or progress.limit.predicate is Predicate.INSIDE:  # being in a condition is not being out
            continue
        tests = bad_by_test(progress.limit, np.array([value], dtype=np.int64), progress.yardstick.uncertainty_milli_c)
        if tests.perhaps[0]:
            yield Still(bad_in_words(progress.limit), unit.sensor_name, bool(tests.sure[0]))


def _by_another(tx: Transaction, other: Unit, now_ms: int) -> Iterator[Still]:
    limits = {limit.id: limit for limit in rules_of(other, now_ms).limits}
    for found in excursions.of_unit(tx, other, after_ms=now_ms):
        if found.current.known.end_ms is None and limits[found.limit_id].predicate is not Predicate.INSIDE:
            certain = found.current.known.certainty == Certainty.CERTAIN.value
            yield Still(bad_in_words(limits[found.limit_id]), other.sensor_name, certain)
