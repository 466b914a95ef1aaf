"""Sensors and locations: what hangs where, and by which product's rules a location is judged."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, insert, select, update

from coldchain.domain.natural import natural
from coldchain.domain.product import Product
from coldchain.errors import NotFound, UsageError
from coldchain.records import heard, items, ledger, preparations, units
from coldchain.records.store import Transaction
from coldchain.records.tables import assignment, location, placement, sensor


@dataclass(frozen=True)
class Location:
    """A refrigerator, a room, a bench; ``name`` stands in addresses and topics.

    One that is ``listed`` came from a list of places: the settings, which do not name it, do not end it.
    """

    id: int
    name: str
    title: str
    area: str
    listed: bool = False


@dataclass(frozen=True)
class Sensor:
    """One channel of a sensor, with what it is known to do. ``None`` in the range: no declared end."""

    id: int
    name: str
    channel: str
    created_ms: int
    commissioned_ms: int | None
    retired_ms: int | None
    low_milli_c: int | None
    high_milli_c: int | None
    power_up: bool
    uncertainty_milli_c: int
    max_gap_ms: int | None
    calibration: str | None
    calibrated_on: str | None = None
    calibration_due: str | None = None
    probe_kind: str | None = None
    time_constant_ms: int | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


DECLARED = (
    "low_milli_c", "high_milli_c", "power_up", "uncertainty_milli_c", "max_gap_ms", "calibration", "calibrated_on",
    "calibration_due", "probe_kind", "time_constant_ms", "model", "serial", "firmware",
)  # fmt: skip
"""What people declare of a sensor."""
OF_THE_STAY = ("uncertainty_milli_c", "max_gap_ms", "calibration", "calibrated_on", "calibration_due")
"""What a stay keeps of its sensor as it was then."""


def put_location(tx: Transaction, name: str, title: str, area: str = "", *, listed: bool = False) -> int:
    """Make a location, or change its title and area; returns its id."""
    found = location_named(tx, name)
    if found is None:
        values = insert(location).values(name=name, title=title, area=area, listed=listed)
        return int(tx.execute(values.returning(location.c.id)).scalar_one())
    tx.execute(update(location).where(location.c.id == found.id).values(title=title, area=area))
    return found.id


def location_named(tx: Transaction, name: str) -> Location | None:
    """The location of that name, or ``None``."""
    if not name.isprintable():  # no database takes every text, such as half a character
        return None
    row = tx.execute(select(location).where(location.c.name == name)).first()
    return None if row is None else Location(**row._mapping)


def locations(tx: Transaction) -> list[Location]:
    """All locations, by title as people count."""
    found = [Location(**row._mapping) for row in tx.execute(select(location))]
    return sorted(found, key=lambda one: natural(one.title, one.name))


def ensure_sensors(tx: Transaction, names: Iterable[tuple[str, str]], now_ms: int) -> dict[tuple[str, str], Sensor]:
    """The sensors of these (name, channel) pairs; those not known yet are made, and hang nowhere."""
    wanted = set(names)
    found = _sensors_named(tx, wanted)
    missing = sorted(wanted - set(found))
    if missing:
        rows = [{"name": name, "channel": channel, "created_ms": now_ms} for name, channel in missing]
        tx.execute(insert(sensor), rows)
        found |= _sensors_named(tx, set(missing))
    return found


def put_sensor(
    tx: Transaction, name: str, channel: str = "", *, now_ms: int, low_milli_c: int | None = None,
    high_milli_c: int | None = None, power_up: bool = False, uncertainty_milli_c: int = 0,
    max_gap_ms: int | None = None, calibration: str | None = None, commissioned_ms: int | None = None,
    calibrated_on: str | None = None, calibration_due: str | None = None, probe_kind: str | None = None,
    time_constant_ms: int | None = None, model: str | None = None, serial: str | None = None,
    firmware: str | None = None,
) -> int:  # fmt: skip
    """Make a sensor, or change what is known of it; returns its id.

    A new calibration, uncertainty or ``max_gap`` holds from ``now_ms`` on: where the sensor hangs, its stay is ended
    and a new one begun, so that nothing judged before is judged anew.
    """
    before = ensure_sensors(tx, [(name, channel)], now_ms)[name, channel]
    values = {
        "low_milli_c": low_milli_c, "high_milli_c": high_milli_c, "power_up": power_up,
        "uncertainty_milli_c": uncertainty_milli_c, "max_gap_ms": max_gap_ms, "calibration": calibration,
        "calibrated_on": calibrated_on, "calibration_due": calibration_due, "commissioned_ms": commissioned_ms,
        "probe_kind": probe_kind, "time_constant_ms": time_constant_ms, "model": model, "serial": serial,
        "firmware": firmware,
    }  # fmt: skip
    tx.execute(update(sensor).where(sensor.c.id == before.id).values(values))
    heard.disturb(tx, [before.id])
    if any(getattr(before, name) != values[name] for name in OF_THE_STAY):
        for row in tx.execute(select(placement).where(placement.c.sensor_id == before.id, _running(placement))):
            place(tx, before.id, row.location_id, max(now_ms, row.from_ms), now_ms)
    return before.id


def sensor_title(name: str, channel: str) -> str:
    """A sensor channel as people call it: the sensor's name, with the channel where it has several."""
    return f"{name} · {channel}" if channel else name


def sensor_named(tx: Transaction, name: str, channel: str = "") -> Sensor | None:
    """The sensor channel of that name, or ``None``."""
    return _sensors_named(tx, {(name, channel)}).get((name, channel))


def sensors_named(tx: Transaction, names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Sensor]:
    """The sensor channels of these (name, channel) pairs, as far as they are known."""
    return _sensors_named(tx, set(names))


def sensor_numbered(tx: Transaction, sensor_id: int) -> Sensor:
    """The sensor channel of that number; raises `NotFound`."""
    return _one(tx, sensor_id)


def may_be_declared(tx: Transaction, sensor_id: int) -> bool:
    """Whether people say on the pages what is known of a sensor: not of one that hangs where the settings say."""
    query = (
        select(location.c.listed)
        .join(placement, placement.c.location_id == location.c.id)
        .where(placement.c.sensor_id == sensor_id, _running(placement))
    )
    return all(tx.scalars(query))


def sensors(tx: Transaction) -> list[Sensor]:
    """All sensor channels, by name as people count."""
    found = [Sensor(**row._mapping) for row in tx.execute(select(sensor))]
    return sorted(found, key=lambda one: natural(one.name, one.channel))


def place(tx: Transaction, sensor_id: int, location_id: int, from_ms: int, now_ms: int) -> int:
    """Hang a sensor at a location from then on, ending where it hung before; returns the placement's id.

    Raises:
        UsageError: The sensor was hung somewhere else after ``from_ms``.
    """
    row = _one(tx, sensor_id)
    _end(tx, placement, placement.c.sensor_id == sensor_id, from_ms, now_ms)
    values = {"sensor_id": sensor_id, "location_id": location_id, "from_ms": from_ms}
    values |= {name: getattr(row, name) for name in OF_THE_STAY}
    made = int(tx.execute(insert(placement).values(values).returning(placement.c.id)).scalar_one())
    subject = _location_name(tx, location_id)
    body = {"sensor": row.name, "channel": row.channel, "placement": made} | values
    ledger.append(tx, now_ms, "sensor.placed", subject, body)
    units.judge_anew(tx, placement.c.id == made, now_ms)
    preparations.touch(tx, {location_id}, now_ms)
    items.touch(tx, {location_id}, now_ms)
    return made


def take_down(tx: Transaction, sensor_id: int, to_ms: int, now_ms: int) -> None:
    """End a sensor's stay where it hangs; nothing grows after it."""
    row = _one(tx, sensor_id)
    _end(tx, placement, placement.c.sensor_id == sensor_id, to_ms, now_ms)
    ledger.append(tx, now_ms, "sensor.taken-down", row.name, {"channel": row.channel, "to_ms": to_ms})


def retire(tx: Transaction, sensor_id: int, at_ms: int, now_ms: int) -> None:
    """Take a sensor out of service: a recorded act that ends its trace."""
    take_down(tx, sensor_id, at_ms, now_ms)
    tx.execute(update(sensor).where(sensor.c.id == sensor_id).values(retired_ms=at_ms))
    ledger.append(tx, now_ms, "sensor.retired", _one(tx, sensor_id).name, {"at_ms": at_ms})


def assign(
    tx: Transaction, location_id: int, product: Product, product_text: str, stage: str, from_ms: int, now_ms: int, *,
    beside: bool = False, instead_of: str | None = None, by: str | None = None,
) -> int:  # fmt: skip
    """Judge a location by a product's rules from then on; returns the assignment's id.

    Args:
        tx: The transaction.
        location_id: Where.
        product: The product; its text is kept, so that later versions of the file change nothing.
        product_text: The very text of its file.
        stage: Which of its stages.
        from_ms: Since when; may lie in the past.
        now_ms: Now.
        beside: Keep judging by what was assigned before, too, instead of ending that.
        instead_of: End only what was assigned of this product.
        by: The account that did it, where a person did.

    Raises:
        UsageError: The product has no such stage, or another assignment began after ``from_ms``.
    """
    if stage not in product.stages:
        raise UsageError(f"{product.id} has no stage {stage!r}: it has {', '.join(product.stages)}")
    if not beside:
        whose = assignment.c.location_id == location_id
        whose = whose if instead_of is None else whose & (assignment.c.product_id == instead_of)
        _end(tx, assignment, whose, from_ms, now_ms)
    values = {
        "location_id": location_id, "product_id": product.id, "stage": stage, "version": product.version,
        "sha256": product.sha256, "from_ms": from_ms,
    }  # fmt: skip
    statement = insert(assignment).values(values | {"product_file": product_text}).returning(assignment.c.id)
    made = int(tx.execute(statement).scalar_one())
    subject = _location_name(tx, location_id)
    ledger.append(tx, now_ms, "assignment.made", subject, {"assignment": made} | values | ({"by": by} if by else {}))
    units.judge_anew(tx, assignment.c.id == made, now_ms)
    return made


def judged_by(tx: Transaction, location_id: int, sha256: str, stage: str) -> bool:
    """Whether a location is judged by that very product file's stage now."""
    here = (assignment.c.location_id == location_id) & _running(assignment)
    query = select(assignment.c.id).where(here, assignment.c.sha256 == sha256, assignment.c.stage == stage)
    return tx.execute(query).first() is not None


def unassign(tx: Transaction, location_id: int, to_ms: int, now_ms: int) -> None:
    """Judge a location by no product's rules from then on."""
    _end(tx, assignment, assignment.c.location_id == location_id, to_ms, now_ms)
    ledger.append(tx, now_ms, "assignment.ended", _location_name(tx, location_id), {"to_ms": to_ms})


def locations_of(tx: Transaction, sensor_ids: Iterable[int]) -> set[int]:
    """Where these sensors hang or hung."""
    wanted = sorted(set(sensor_ids))
    found: set[int] = set()
    for start in range(0, len(wanted), 500):
        some = placement.c.sensor_id.in_(wanted[start : start + 500])
        found |= set(tx.scalars(select(placement.c.location_id).where(some)))
    return found


def _end(tx: Transaction, table: Table, whose: ColumnElement[bool], at_ms: int, now_ms: int) -> None:
    """End what is running, judging it anew up to its new end."""
    running = list(tx.execute(select(table).where(whose, _running(table))))
    for row in running:
        if row.from_ms > at_ms:
            raise UsageError("it was changed after that moment already: choose a later one")
        tx.execute(update(table).where(table.c.id == row.id).values(to_ms=at_ms))
        whole = table.c.id == row.id
        if table is placement:  # what went on through earlier stays at the same place is no longer measured either
            whole = (placement.c.sensor_id == row.sensor_id) & (placement.c.location_id == row.location_id)
        units.judge_anew(tx, whole, now_ms, ended=True)
        if table is placement:
            preparations.touch(tx, {row.location_id}, now_ms)
            items.touch(tx, {row.location_id}, now_ms)


def _running(table: Table) -> ColumnElement[bool]:
    return table.c.to_ms.is_(None)


def _sensors_named(tx: Transaction, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Sensor]:
    found: dict[tuple[str, str], Sensor] = {}
    names = sorted({name for name, _ in wanted})
    for start in range(0, len(names), 500):
        for row in tx.execute(select(sensor).where(sensor.c.name.in_(names[start : start + 500]))):
            if (row.name, row.channel) in wanted:
                found[row.name, row.channel] = Sensor(**row._mapping)
    return found


def _one(tx: Transaction, sensor_id: int) -> Sensor:
    row = tx.execute(select(sensor).where(sensor.c.id == sensor_id)).first()
    if row is None:
        raise NotFound(f"there is no sensor number {sensor_id}")
    return Sensor(**row._mapping)


def _location_name(tx: Transaction, location_id: int) -> str:
    name = tx.scalar(select(location.c.name).where(location.c.id == location_id))
    if name is None:
        raise NotFound(f"there is no location number {location_id}")
    return str(name)
