"""What the probes of some locations measured over a time: for judging an item by the places it was in."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from coldchain.domain.probes import Probe
from coldchain.domain.product import Product
from coldchain.domain.reading import Trace
from coldchain.domain.yardstick import yardstick_of
from coldchain.records import readings
from coldchain.records.places import sensor_title
from coldchain.records.store import Transaction
from coldchain.records.tables import location, placement, sensor


def probes_at(
    tx: Transaction, locations: Iterable[str], product: Product, from_ms: int, to_ms: int
) -> dict[str, list[Probe]]:
    """Every probe that hung at these locations in that time, with what it measured.

    Args:
        tx: The transaction.
        locations: Names; one where nothing hung is not in the answer.
        product: Its ``max_gap`` holds where a sensor's is not smaller.
        from_ms, to_ms: Readings from the last one before to the first one after are read, UTC ms.
    """
    query = (
        select(
            location.c.name.label("location"), sensor.c.id.label("sensor_id"), sensor.c.name, sensor.c.channel,
            placement.c.from_ms, placement.c.to_ms, placement.c.max_gap_ms, placement.c.uncertainty_milli_c,
        )
        .join(placement, placement.c.location_id == location.c.id)
        .join(sensor, sensor.c.id == placement.c.sensor_id)
        .where(location.c.name.in_(sorted(set(locations))), placement.c.from_ms <= to_ms)
        .order_by(location.c.name, placement.c.from_ms, placement.c.id)
    )  # fmt: skip
    traces: dict[int, Trace] = {}
    found: dict[str, list[Probe]] = {}
    for row in tx.execute(query).all():
        if row.to_ms is not None and row.to_ms <= max(from_ms, row.from_ms):
            continue
        if row.sensor_id not in traces:
            traces[row.sensor_id] = _trace(tx, row.sensor_id, from_ms, to_ms)
        name = sensor_title(row.name, row.channel)
        yardstick = yardstick_of(product, row.max_gap_ms, row.uncertainty_milli_c)
        found.setdefault(row.location, []).append(Probe(name, row.from_ms, row.to_ms, traces[row.sensor_id], yardstick))
    return found


def _trace(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> Trace:
    before_ms = readings.last_good_before(tx, sensor_id, from_ms, ())
    after_ms = from_ms - 1 if before_ms is None else before_ms - 1
    return readings.trace(tx, sensor_id, after_ms, to_ms, beyond=True)


@dataclass(frozen=True)
class Hanging:
    """A sensor that hangs at a location now, with its uncertainty there."""

    sensor_id: int
    location_id: int
    uncertainty_milli_c: int


def hanging(tx: Transaction, sensor_ids: Iterable[int]) -> list[Hanging]:
    """Where these sensors hang now."""
    columns = (placement.c.sensor_id, placement.c.location_id, placement.c.uncertainty_milli_c)
    query = select(*columns).where(placement.c.sensor_id.in_(sorted(set(sensor_ids))), placement.c.to_ms.is_(None))
    return [Hanging(*row) for row in tx.execute(query)]
