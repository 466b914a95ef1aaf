"""What the record holds of a location over a span, for a report: who hung there, by whose rules, what was left out."""

from dataclasses import dataclass

from sqlalchemy import func, select

from coldchain.domain.natural import natural
from coldchain.records import spans
from coldchain.records.places import sensor_title
from coldchain.records.store import Transaction
from coldchain.records.tables import assignment, ledger, placement, quarantine, sensor


@dataclass(frozen=True)
class Hung:
    """A sensor channel's time at a location, with what held of it then; ``to_ms`` is ``None`` while it hangs there."""

    sensor_id: int
    name: str
    channel: str
    from_ms: int
    to_ms: int | None
    max_gap_ms: int | None
    uncertainty_milli_c: int
    calibration: str | None
    calibrated_on: str | None
    calibration_due: str | None

    @property
    def title(self) -> str:
        """The sensor's name, with its channel where it has several."""
        return sensor_title(self.name, self.channel)


@dataclass(frozen=True)
class Rule:
    """A product by whose frozen file a location was judged, and when."""

    product_id: str
    stage: str
    product_file: str
    from_ms: int
    to_ms: int | None


def hung(tx: Transaction, location_id: int, from_ms: int, to_ms: int) -> list[Hung]:
    """The sensors that hung at a location at any moment of a span, by name and time."""
    query = (
        select(
            sensor.c.id.label("sensor_id"), sensor.c.name, sensor.c.channel, placement.c.from_ms, placement.c.to_ms,
            placement.c.max_gap_ms, placement.c.uncertainty_milli_c, placement.c.calibration,
            placement.c.calibrated_on, placement.c.calibration_due,
        )
        .join(sensor, sensor.c.id == placement.c.sensor_id)
        .where(
            placement.c.location_id == location_id, placement.c.from_ms < to_ms,
            func.coalesce(placement.c.to_ms, to_ms) > from_ms,
        )
    )  # fmt: skip
    found = [Hung(**row._mapping) for row in tx.execute(query)]
    return sorted(found, key=lambda one: (natural(one.name, one.channel), one.from_ms))


def rules(tx: Transaction, location_id: int, from_ms: int, to_ms: int) -> list[Rule]:
    """The products that a location was judged by at any moment of a span, in that order."""
    names = ("product_id", "stage", "product_file", "from_ms", "to_ms")
    query = (
        select(*(assignment.c[name] for name in names))
        .where(
            assignment.c.location_id == location_id,
            assignment.c.from_ms < to_ms,
            func.coalesce(assignment.c.to_ms, to_ms) > from_ms,
        )
        .order_by(assignment.c.from_ms, assignment.c.id)
    )
    return [Rule(**row._mapping) for row in tx.execute(query)]


def repeated(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> int:
    """How often readings of a span were received again."""
    return spans.repeats(tx, sensor_id, from_ms, to_ms)


def left_out(tx: Transaction, sensor_id: int, from_ms: int, to_ms: int) -> dict[str, int]:
    """How much of a sensor could not be used in a span, by reason; by its own time, else by when it was received."""
    at = func.coalesce(quarantine.c.measured_ms, quarantine.c.received_ms)
    query = (
        select(quarantine.c.reason, func.sum(quarantine.c.copies).label("number"))
        .where(quarantine.c.sensor_id == sensor_id, at.between(from_ms, to_ms), quarantine.c.released_ms.is_(None))
        .group_by(quarantine.c.reason)
        .order_by(quarantine.c.reason)
    )
    return {row.reason: int(row.number) for row in tx.execute(query)}


def head(tx: Transaction) -> tuple[int, str]:
    """The number and the hash of the ledger's last entry: up to where the record went."""
    found = tx.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).first()
    return (found.seq, found.hash) if found else (0, "")
