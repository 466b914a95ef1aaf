"""The settings' locations, sensors and products into the record, without ever rewriting the past.

What the settings no longer say is ended now, what they newly say begins now; what has not changed is not touched. The
first time a location is heard of, its ``since`` says from when on it is judged. A changed product file judges from now
on, too, unless a pharmacist adopted the version that judges and nobody adopted the new one: then the pages say that
there is another one, and taking it over is left to a pharmacist.
"""

import logging

from coldchain.domain.product import Product
from coldchain.records import Transaction, adoptions, places, units
from coldchain.rulebook.book import Rulebook, parse_product
from coldchain.rulebook.changes import same_rules
from coldchain.settings import Location, Sensor

_log = logging.getLogger("coldchain.places")


def sync(tx: Transaction, locations: tuple[Location, ...], rulebook: Rulebook, now_ms: int) -> None:
    """Make the record say what the settings say, from now on.

    Raises:
        RulebookError: A product is not there, or its file has problems.
        UsageError: A product has no such stage.
    """
    known = places.locations(tx)
    named = {location.name for location in locations}
    listed = {each.name for each in known if each.listed}  # people made those on the pages or by a list, and end them
    before = {  # of those that are listed there may be very many
        each.name: units.at_location(tx, each.id) for each in known if each.name in named or not each.listed
    }
    _end_what_is_gone(tx, locations, {name: some for name, some in before.items() if name not in listed}, now_ms)
    for location in locations:
        location_id = places.put_location(tx, location.name, location.title, location.area)
        judged = before.get(location.name, [])
        from_ms = now_ms if judged or location.since_ms is None else min(location.since_ms, now_ms)
        for sensor in location.sensors:
            _hang(tx, sensor, location_id, from_ms, now_ms)
        _assign(tx, location, location_id, rulebook, _running(judged), from_ms, now_ms)


def _end_what_is_gone(
    tx: Transaction, locations: tuple[Location, ...], before: dict[str, list[units.Unit]], now_ms: int
) -> None:
    wanted = {(sensor.name, sensor.channel) for location in locations for sensor in location.sensors}
    names = {location.name for location in locations}
    for name, judged in before.items():
        running = _running(judged)
        for sensor_id in dict.fromkeys(u.sensor_id for u in running if (u.sensor_name, u.channel) not in wanted):
            places.take_down(tx, sensor_id, now_ms, now_ms)
        if running and name not in names:
            places.unassign(tx, running[0].location_id, now_ms, now_ms)
            _log.info("%s is no longer in the settings: nothing is judged there from now on", name)


def _hang(tx: Transaction, sensor: Sensor, location_id: int, from_ms: int, now_ms: int) -> None:
    sensor_id = places.put_sensor(
        tx,
        sensor.name,
        sensor.channel,
        now_ms=now_ms,
        low_milli_c=sensor.low_milli_c,
        high_milli_c=sensor.high_milli_c,
        power_up=sensor.power_up,
        uncertainty_milli_c=sensor.uncertainty_milli_c,
        max_gap_ms=sensor.max_gap_ms,
        calibration=sensor.calibration,
        calibrated_on=sensor.calibrated_on,
        calibration_due=sensor.calibration_due,
        probe_kind=sensor.probe_kind,
        time_constant_ms=sensor.time_constant_ms,
        model=sensor.model,
        serial=sensor.serial,
        firmware=sensor.firmware,
    )
    stays = units.of_sensors(tx, [sensor_id])
    if any(unit.location_id == location_id for unit in _running(stays)):
        return
    places.place(tx, sensor_id, location_id, now_ms if stays else from_ms, now_ms)


def _assign(
    tx: Transaction,
    location: Location,
    location_id: int,
    rulebook: Rulebook,
    running: list[units.Unit],
    from_ms: int,
    now_ms: int,
) -> None:
    product = rulebook.product(location.product)
    stage = location.stage or product.first_stage.name
    if any(unit.stage == stage and _same_rules(unit, product) for unit in running):
        return
    if any(unit.stage == stage and _stays(tx, unit, product) for unit in running):
        _log.warning(
            "%s goes on being judged by the adopted version of %s: nobody has adopted version %s",
            location.name,
            product.id,
            product.version,
        )
        return
    places.assign(tx, location_id, product, rulebook.text(location.product), stage, from_ms, now_ms)
    if running:
        _log.info("%s is judged by %s version %s from now on", location.name, product.id, product.version)


def _same_rules(unit: units.Unit, product: Product) -> bool:
    """Whether a location is judged by these very rules already; other words for the same rules change nothing."""
    if unit.product_id != product.id:
        return False
    if unit.sha256 == product.sha256:
        return True
    return same_rules(parse_product(unit.product_file, f"{unit.product_id} as recorded"), product)


def _stays(tx: Transaction, unit: units.Unit, product: Product) -> bool:
    """Whether an adopted version goes on judging although the file says something else now, that nobody adopted."""
    if unit.product_id != product.id or adoptions.adopted(tx, unit.sha256) is None:
        return False
    return adoptions.adopted(tx, product.sha256) is None


def _running(found: list[units.Unit]) -> list[units.Unit]:
    return [unit for unit in found if unit.to_ms is None]
