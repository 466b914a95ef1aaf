"""Sensor channels: what is known of one, where it hung and from where its readings come; and all, by their newest."""

from dataclasses import dataclass

from sqlalchemy import and_, func, select

from coldchain.domain.natural import natural
from coldchain.errors import NotFound
from coldchain.records import sources, spans
from coldchain.records.places import Sensor, sensor_title
from coldchain.records.readings import flag_names, whole_span
from coldchain.records.store import Transaction
from coldchain.records.tables import latest, location, placement, sensor, shipment_channel

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


@dataclass(frozen=True)
class Newest:
    """A sensor channel's newest reading, and where it hangs now (``None``: nowhere)."""

    sensor_id: int
    sensor: str
    channel: str
    location: str | None
    at_ms: int | None
    milli_c: int | None
    battery_pct: int | None

    @property
    def title(self) -> str:
        """The sensor's name, with its channel where it has several."""
        return sensor_title(self.sensor, self.channel)


def newest_of_all(tx: Transaction) -> dict[int, Newest]:
    """Every sensor channel's newest reading and place, by its number."""
    now = and_(placement.c.sensor_id == sensor.c.id, placement.c.to_ms.is_(None))
    query = (
        select(
            sensor.c.id.label("sensor_id"), sensor.c.name.label("sensor"), sensor.c.channel,
            location.c.name.label("location"), latest.c.measured_ms.label("at_ms"), latest.c.milli_c,
            latest.c.battery_pct,
        )
        .outerjoin(latest, latest.c.sensor_id == sensor.c.id)
        .outerjoin(placement, now)
        .outerjoin(location, location.c.id == placement.c.location_id)
    )  # fmt: skip
    return {row.sensor_id: Newest(**row._mapping) for row in tx.execute(query)}


@dataclass(frozen=True)
class Homeless:
    """A sensor channel that hangs nowhere: received, kept, judged by nobody."""

    id: int
    name: str
    channel: str
    created_ms: int
    retired_ms: int | None
    newest_ms: int | None
    milli_c: int | None
    accepted: int
    quarantined: int


def homeless(tx: Transaction) -> list[Homeless]:
    """Sensors without a location, those heard most recently first."""
    hangs = select(placement.c.sensor_id).where(placement.c.to_ms.is_(None))
    of_files = select(shipment_channel.c.sensor_id)
    query = (
        select(
            sensor.c.id, sensor.c.name, sensor.c.channel, sensor.c.created_ms, sensor.c.retired_ms,
            latest.c.measured_ms.label("newest_ms"), latest.c.milli_c,
            func.coalesce(latest.c.accepted, 0).label("accepted"),
            func.coalesce(latest.c.quarantined, 0).label("quarantined"),
        )
        .outerjoin(latest, latest.c.sensor_id == sensor.c.id)
        .where(sensor.c.id.not_in(hangs), sensor.c.id.not_in(of_files))
    )  # fmt: skip
    found = [Homeless(**row._mapping) for row in tx.execute(query)]
    return sorted(found, key=lambda one: (-(one.newest_ms or 0), natural(one.name, one.channel)))
