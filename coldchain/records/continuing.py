"""One excursion told by two records: where a stay ended while it went on, and the next stay found it again.

An assignment's end, or a recalibration, is an edge, and an edge ends no episode (semantics §3): the excursion of the
stay before and that of the stay after are parts of one. Nothing of this is stored: it follows from what is known now.
"""

from sqlalchemy import select

from coldchain.errors import NotFound
from coldchain.records import units
from coldchain.records.excursions import Excursion, at_place
from coldchain.records.store import Transaction
from coldchain.records.tables import placement
from coldchain.records.units import Unit


def measured_until(tx: Transaction, unit: Unit) -> int | None:
    """Until when the sensor hung where it hangs in this unit, whatever became of its calibration; ``None``: still."""
    rows = tx.execute(
        select(placement.c.id, placement.c.from_ms, placement.c.to_ms).where(
            placement.c.sensor_id == unit.sensor_id, placement.c.location_id == unit.location_id
        )
    ).all()
    until_ms: int | None = next(row.to_ms for row in rows if row.id == unit.placement_id)
    later = {row.from_ms: row.to_ms for row in rows if row.to_ms is None or row.to_ms > row.from_ms}
    while until_ms is not None and until_ms in later:
        until_ms = later.pop(until_ms)
    return until_ms


def goes_on_from(tx: Transaction, found: Excursion) -> Excursion | None:
    """The excursion of the stay before that this one is the continuation of, or ``None``."""
    unit = _unit(tx, found)
    if unit is None or found.current.known.start_ms > unit.from_ms:
        return None
    return _matching(tx, found, unit.from_ms, before=True)


def goes_on_as(tx: Transaction, found: Excursion) -> Excursion | None:
    """The excursion of the stay after that continues this one, or ``None``."""
    unit = _unit(tx, found)
    if unit is None or unit.to_ms is None:
        return None
    end_ms = found.current.known.end_ms
    if end_ms is not None and end_ms <= unit.to_ms:
        return None
    return _matching(tx, found, unit.to_ms, before=False)


def _matching(tx: Transaction, found: Excursion, border_ms: int, *, before: bool) -> Excursion | None:
    """The other part: going on at the border, of a stay that meets it there, out in the same direction."""
    matching = []
    for other in at_place(tx, found.location_id, found.sensor_id, border_ms):
        unit = _unit(tx, other)
        meets = unit is not None and border_ms == (unit.to_ms if before else unit.from_ms)
        if other.id != found.id and meets and _direction(other) == _direction(found):
            matching.append(other)
    return min(matching, key=lambda one: (one.limit_id != found.limit_id, one.id), default=None)


def _direction(found: Excursion) -> str:
    return str(found.yardstick["limit"]["predicate"])


def _unit(tx: Transaction, found: Excursion) -> Unit | None:
    try:
        return units.one(tx, found.assignment_id, found.placement_id)
    except NotFound:  # it was ended at the moment it began
        return None
