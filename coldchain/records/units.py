"""Units: what is judged. One sensor while it hung at a location, under one assignment of a product to that location."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from coldchain.errors import NotFound
from coldchain.records import due_work, heard, memories
from coldchain.records.store import Transaction
from coldchain.records.tables import assignment, excursion, location, placement, sensor

JUDGE = "judge"
"""Due work: judge a unit again from its beginning; the subject is `Unit.subject`."""


@dataclass(frozen=True)
class Unit:
    """One sensor at one location under one assignment; ``from_ms`` to ``to_ms`` is when all of that held."""

    assignment_id: int
    placement_id: int
    location_id: int
    location_name: str
    location_title: str
    sensor_id: int
    sensor_name: str
    channel: str
    product_id: str
    stage: str
    version: int
    sha256: str
    product_file: str
    uncertainty_milli_c: int
    max_gap_ms: int | None
    calibration: str | None
    calibrated_on: str | None
    calibration_due: str | None
    from_ms: int
    to_ms: int | None

    @property
    def subject(self) -> str:
        """How due work names it."""
        return f"{self.assignment_id}:{self.placement_id}"


def of_sensors(tx: Transaction, sensor_ids: Sequence[int]) -> list[Unit]:
    """Every unit these sensors are or were in, in order of id."""
    return _units(tx, placement.c.sensor_id.in_(sensor_ids))


def at_location(tx: Transaction, location_id: int) -> list[Unit]:
    """Every unit at a location, past ones too."""
    return _units(tx, placement.c.location_id == location_id)


def running_at(tx: Transaction, location_id: int) -> list[Unit]:
    """The units at a location whose end nobody has set."""
    return [unit for unit in at_location(tx, location_id) if unit.to_ms is None]


def one(tx: Transaction, assignment_id: int, placement_id: int) -> Unit:
    """The unit of that assignment and placement.

    Raises:
        NotFound: They have no time in common.
    """
    found = _units(tx, and_(assignment.c.id == assignment_id, placement.c.id == placement_id))
    if not found:
        raise NotFound(f"assignment {assignment_id} and placement {placement_id} have no time in common")
    return found[0]


def _units(tx: Transaction, condition: ColumnElement[bool]) -> list[Unit]:
    query = (
        select(
            assignment.c.id.label("assignment_id"), placement.c.id.label("placement_id"),
            location.c.id.label("location_id"), location.c.name.label("location_name"),
            location.c.title.label("location_title"),
            sensor.c.id.label("sensor_id"), sensor.c.name.label("sensor_name"), sensor.c.channel,
            assignment.c.product_id, assignment.c.stage, assignment.c.version, assignment.c.sha256,
            assignment.c.product_file, placement.c.uncertainty_milli_c, placement.c.max_gap_ms, placement.c.calibration,
            placement.c.calibrated_on, placement.c.calibration_due,
            assignment.c.from_ms.label("assigned_ms"), placement.c.from_ms.label("placed_ms"),
            assignment.c.to_ms.label("unassigned_ms"), placement.c.to_ms.label("taken_ms"),
        )
        .join(placement, placement.c.location_id == assignment.c.location_id)
        .join(sensor, sensor.c.id == placement.c.sensor_id)
        .join(location, location.c.id == assignment.c.location_id)
        .where(condition)
        .order_by(assignment.c.id, placement.c.id)
    )  # fmt: skip
    return [unit for row in tx.execute(query) if (unit := _unit(row)) is not None]


def _unit(row: Any) -> Unit | None:
    values = dict(row._mapping)
    from_ms = max(values.pop("assigned_ms"), values.pop("placed_ms"))
    ends = [end for end in (values.pop("unassigned_ms"), values.pop("taken_ms")) if end is not None]
    to_ms = min(ends) if ends else None
    if to_ms is not None and to_ms <= from_ms:
        return None
    return Unit(**values, from_ms=from_ms, to_ms=to_ms)


def judge_anew(tx: Transaction, condition: ColumnElement[bool], now_ms: int, *, ended: bool = False) -> None:
    """Have units judged again, at once: where they begin or end has changed.

    Args:
        tx: The transaction.
        condition: Which units.
        now_ms: Now.
        ended: Only their end is new: what is remembered up to then stays true; if not, from their beginning.
    """
    there = select(placement.c.sensor_id).join(
        assignment, assignment.c.location_id == placement.c.location_id, isouter=True
    )
    heard.disturb(tx, tx.scalars(there.where(condition)).all())
    for one in _units(tx, condition):
        if not ended:
            memories.forget(tx, one.assignment_id, one.placement_id)
        due_work.put(tx, JUDGE, one.subject, now_ms)
    for assignment_id, placement_id in _ended_as_they_began(tx, condition):
        due_work.put(tx, JUDGE, f"{assignment_id}:{placement_id}", now_ms)


def _ended_as_they_began(tx: Transaction, condition: ColumnElement[bool]) -> list[tuple[int, int]]:
    """Assignments and placements that have no time in common any more, and under which excursions were found."""
    both = select(excursion.c.assignment_id, excursion.c.placement_id).distinct()
    joined = both.join(assignment, assignment.c.id == excursion.c.assignment_id).join(
        placement, placement.c.id == excursion.c.placement_id
    )
    there = {(row.assignment_id, row.placement_id) for row in tx.execute(joined.where(condition))}
    return sorted(there - {(one.assignment_id, one.placement_id) for one in _units(tx, condition)})
