"""One sensor channel: what is known of it, where it hung, and from where its readings come."""

from dataclasses import dataclass

from sqlalchemy import select

from coldchain.errors import NotFound
from coldchain.records import sources, spans
from coldchain.records.places import Sensor
from coldchain.records.readings import flag_names, whole_span
from coldchain.records.store import Transaction
from coldchain.records.tables import latest, location, placement, sensor

_LOOKED_AT = 200


@dataclass(frozen=True)
class Hung:
    """One stay of a sensor at a location; ``listed`` is a location that people made on the pages or from a list."""

    name: str
    title: str
    listed: bool
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True)
class Told:
    """One reading as it came."""

    measured_ms: int
    milli_c: int
    received_ms: int
    flags: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class SensorNow:
    """A sensor channel as it stands.

    Attributes:
        newest: Its newest readings, the newest first.
        first_ms: When its oldest reading was measured; ``None`` without any.
        hung: Where it hung, the newest stay first.
    """

    sensor: Sensor
    battery_pct: int | None
    accepted: int
    quarantined: int
    first_ms: int | None
    newest: tuple[Told, ...]
    hung: tuple[Hung, ...]

    @property
    def hangs(self) -> Hung | None:
        """Where it hangs now."""
        return next((each for each in self.hung if each.to_ms is None), None)


def sensor_now(tx: Transaction, sensor_id: int) -> SensorNow:
    """A sensor channel as it stands.

    Raises:
        NotFound: There is none of that number.
    """
    row = tx.execute(select(sensor).where(sensor.c.id == sensor_id)).first()
    if row is None:
        raise NotFound(f"there is no sensor number {sensor_id}")
    counts = tx.execute(select(latest).where(latest.c.sensor_id == sensor_id)).first()
    stays = (
        select(location.c.name, location.c.title, location.c.listed, placement.c.from_ms, placement.c.to_ms)
        .join(location, location.c.id == placement.c.location_id)
        .where(placement.c.sensor_id == sensor_id)
        .order_by(placement.c.from_ms.desc(), placement.c.id.desc())
    )
    span = whole_span(tx, sensor_id)
    return SensorNow(
        sensor=Sensor(**row._mapping),
        battery_pct=None if counts is None else counts.battery_pct,
        accepted=0 if counts is None else counts.accepted,
        quarantined=0 if counts is None else counts.quarantined,
        first_ms=None if span is None else span[0],
        newest=newest(tx, sensor_id, _LOOKED_AT),
        hung=tuple(Hung(**each._mapping) for each in tx.execute(stays)),
    )


def newest(tx: Transaction, sensor_id: int, limit: int) -> tuple[Told, ...]:
    """A sensor's newest readings, the newest first."""
    found = spans.newest(tx, sensor_id, -spans.ALWAYS_MS, spans.ALWAYS_MS, limit).tolist()
    names = sources.keys_of(tx, {source_id for _, _, _, source_id, *_ in found})
    return tuple(
        Told(at_ms, milli_c, received_ms, flag_names(flags), names[source_id][1])
        for at_ms, milli_c, received_ms, source_id, _, flags, _ in found
    )
