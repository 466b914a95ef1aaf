"""The locations of the settings: where which product is kept, and which sensors judge it."""

from zoneinfo import ZoneInfo

from coldchain.domain.probe_kinds import LONGEST_TIME_CONSTANT_MS, ProbeKind
from coldchain.errors import RulebookError, UnknownProduct
from coldchain.rulebook.book import Rulebook
from coldchain.settings.reader import Section
from coldchain.settings.shapes import Location, Sensor
from coldchain.settings.sources import nearest


def read_locations(section: Section, rulebook: Rulebook | None, zone: ZoneInfo) -> tuple[Location, ...]:
    """Every location below ``locations``; a sensor channel hangs in one place at a time.

    Args:
        section: The section ``locations``.
        rulebook: Where their products must be; ``None`` where it is not there, which is a problem of its own.
        zone: The site's, for dates that say none.
    """
    locations: list[Location] = []
    seen: dict[tuple[str, str], str] = {}
    for name, entry in section.named():
        location = _location(name, entry, zone)
        if rulebook is not None and location.product:
            _check_product(entry, location, rulebook)
        for sensor in location.sensors:
            key = (sensor.name, sensor.channel)
            if sensor.name and key in seen:
                entry.refuse("sensor" if not entry.has("sensors") else "sensors", _twice(sensor, seen[key]))
            seen.setdefault(key, name)
        locations.append(location)
    section.done()
    return tuple(locations)


def _twice(sensor: Sensor, where: str) -> str:
    channel = f", channel {sensor.channel!r}" if sensor.channel else ""
    return f"sensor {sensor.name!r}{channel} already hangs in {where!r}"


def _check_product(entry: Section, location: Location, rulebook: Rulebook) -> None:
    try:
        product = rulebook.product(location.product)
    except UnknownProduct as error:
        entry.refuse("product", str(error))
    except RulebookError as error:
        entry.sources.problems += [problem for problem in error.problems if problem not in entry.sources.problems]
    else:
        if location.stage is not None and location.stage not in product.stages:
            stages = nearest(location.stage, sorted(product.stages))
            entry.refuse("stage", f"{product.id} has no stage {location.stage!r}{stages}")


def _location(name: str, entry: Section, zone: ZoneInfo) -> Location:
    location = Location(
        name=name,
        title=entry.required("title"),
        area=entry.text("area") or "",
        product=entry.required("product"),
        stage=entry.text("stage"),
        sensors=_sensors(entry),
        since_ms=entry.instant_ms("since", zone),
    )
    entry.done()
    return location


def _sensors(entry: Section) -> tuple[Sensor, ...]:
    several = entry.items("sensors")
    if not several:
        return (_sensor(entry, "sensor"),)
    if entry.text("sensor") is not None:
        entry.refuse("sensor", "write 'sensor' or 'sensors', not both")
    sensors = tuple(_sensor(item, "name") for item in several)
    for item in several:
        item.done()
    return sensors


def _sensor(entry: Section, name_key: str) -> Sensor:
    low, high = entry.range_milli_c("range") or (None, None)
    calibrated_on, due = entry.day("calibrated_on"), entry.day("calibration_due")
    if calibrated_on and due and due <= calibrated_on:
        entry.refuse("calibration_due", f"calibration_due is later than calibrated_on ({calibrated_on}) (got {due})")
    return Sensor(
        name=entry.required(name_key),
        channel=entry.text("channel") or "",
        max_gap_ms=entry.duration_ms("max_gap"),
        low_milli_c=low,
        high_milli_c=high,
        uncertainty_milli_c=entry.difference_milli_c("uncertainty"),
        calibration=entry.text("calibration"),
        calibrated_on=calibrated_on,
        calibration_due=due,
        power_up=entry.flag("power_up", False),
        probe_kind=_probe_kind(entry),
        time_constant_ms=_time_constant_ms(entry),
        model=entry.text("model"),
        serial=entry.text("serial"),
        firmware=entry.text("firmware"),
    )


def _probe_kind(entry: Section) -> str | None:
    kinds = tuple(ProbeKind)
    return entry.choice("probe", kinds, kinds[0]) if entry.text("probe") is not None else None


def _time_constant_ms(entry: Section) -> int | None:
    constant_ms = entry.duration_ms("time_constant")
    if constant_ms is not None and constant_ms > LONGEST_TIME_CONSTANT_MS:
        entry.refuse("time_constant", "time_constant is at most a day: until the probe shows 63 % of a sudden change")
    return constant_ms
