"""A sensor gets its place: somebody says what it is, where it hangs, and by what it is judged.

Until somebody says what is kept there, the general profile for refrigerators judges, and says so by its name.
"""

import re
from dataclasses import dataclass

from coldchain.errors import NotPermitted, UsageError
from coldchain.records import Store, Transaction, ledger, places
from coldchain.records.accounts import Account
from coldchain.rulebook.book import Rulebook

GENERAL_PROFILE = "refrigerated-2-8"
"""Judges where nobody has said yet what is kept."""

MAY_HANG = frozenset({"pharmacist", "administrator"})
"""The roles that may say where a sensor hangs."""

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Known:
    """What is known of the sensor itself; ``None`` where nobody knows.

    Attributes:
        low_milli_c, high_milli_c: The range that it can measure.
        uncertainty_milli_c: From its calibration.
        calibration, calibrated_on, calibration_due: The certificate and its days.
        power_up: Whether it sends 85.000 °C after power-up.
        probe_kind, time_constant_ms: What the probe hangs in, and how slowly it follows.
        model, serial, firmware: The device.
    """

    low_milli_c: int | None = None
    high_milli_c: int | None = None
    uncertainty_milli_c: int = 0
    calibration: str | None = None
    calibrated_on: str | None = None
    calibration_due: str | None = None
    power_up: bool = False
    probe_kind: str | None = None
    time_constant_ms: int | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True)
class Place:
    """Where a sensor is to hang, and what judges there.

    Attributes:
        name: Of a location: one that people made before, or a new one.
        title, area: For people; of a new location.
        product: Whose rules judge; the general profile where nobody has said what is kept.
        stage: ``None`` for the product's first.
        from_ms: Since when it hangs there and is judged; may lie in the past.
    """

    name: str
    title: str
    area: str
    product: str
    stage: str | None
    from_ms: int


def refusal(person: Account) -> str | None:
    """Why this person may not, or ``None``."""
    if person.role in MAY_HANG:
        return None
    return "a pharmacist or an administrator says where a sensor hangs"


def hang(
    store: Store, rulebook: Rulebook, person: Account, sensor_id: int, place: Place, known: Known, now_ms: int
) -> None:
    """Hang a sensor at a location that the settings do not name, and judge it there.

    What it sent before ``from_ms`` stays unjudged; what it sent since is judged by the due work that follows.

    Raises:
        NotPermitted: The person's role may not.
        NotFound: There is no such sensor.
        RulebookError: There is no such product.
        UsageError: The name is none, or the settings' own; a day or stage does not exist; it was moved since.
    """
    why_not = refusal(person)
    if why_not is not None:
        raise NotPermitted(why_not)
    _check_name(place.name)
    product, text = rulebook.product(place.product), rulebook.text(place.product)
    stage = place.stage or product.first_stage.name
    if place.from_ms > now_ms:
        raise UsageError("a sensor cannot hang somewhere from a moment that is still to come")
    with store.transaction() as tx:
        row = places.sensor_numbered(tx, sensor_id)
        before = places.location_named(tx, place.name)
        if before is not None and not before.listed:
            raise UsageError(
                f"the settings say what hangs at {before.title}: add the sensor there, or choose another name"
            )
        title = before.title if before is not None and not place.title else place.title or place.name
        location_id = places.put_location(tx, place.name, title, place.area, listed=True)
        _declare(tx, row, known, now_ms)
        places.place(tx, sensor_id, location_id, place.from_ms, now_ms)
        if before is None or not places.judged_by(tx, location_id, product.sha256, stage):
            places.assign(tx, location_id, product, text, stage, place.from_ms, now_ms, by=person.name)
        body = {"sensor": row.name, "channel": row.channel, "location": place.name, "by": person.name}
        ledger.append(tx, now_ms, "sensor.adopted", place.name, body | {"from_ms": place.from_ms})


def declare(store: Store, person: Account, sensor_id: int, known: Known, now_ms: int) -> None:
    """Say what is known of a sensor, where it hangs or lies; from now on, so that nothing judged before is judged anew.

    Raises:
        NotPermitted: The person's role may not.
        NotFound: There is no such sensor.
        UsageError: The settings say what is known of it.
    """
    why_not = refusal(person)
    if why_not is not None:
        raise NotPermitted(why_not)
    with store.transaction() as tx:
        row = places.sensor_numbered(tx, sensor_id)
        if not places.may_be_declared(tx, sensor_id):
            raise UsageError("the settings say what is known of this sensor: change it there")
        _declare(tx, row, known, now_ms)
        body = {"sensor": row.name, "channel": row.channel, "by": person.name}
        ledger.append(tx, now_ms, "sensor.declared", row.name, body | vars(known))


def _declare(tx: Transaction, row: places.Sensor, known: Known, now_ms: int) -> None:
    """What nobody is asked for in these forms stays as it was."""
    places.put_sensor(
        tx, row.name, row.channel, now_ms=now_ms, max_gap_ms=row.max_gap_ms, commissioned_ms=row.commissioned_ms,
        **vars(known),
    )  # fmt: skip


def take_down(store: Store, person: Account, sensor_id: int, reason: str, now_ms: int) -> None:
    """End a sensor's stay now; nothing is judged after it.

    Raises:
        NotPermitted: The person's role may not.
        UsageError: There is no reason.
        NotFound: There is no such sensor.
    """
    why_not = refusal(person)
    if why_not is not None:
        raise NotPermitted(why_not)
    if not reason.strip():
        raise UsageError("say why it is taken down")
    with store.transaction() as tx:
        row = places.sensor_numbered(tx, sensor_id)
        places.take_down(tx, sensor_id, now_ms, now_ms)
        body = {"sensor": row.name, "channel": row.channel, "by": person.name, "reason": reason.strip()}
        ledger.append(tx, now_ms, "sensor.taken-down-by", row.name, body)


def name_of(title: str) -> str:
    """A location's name from its title: lower case, with hyphens: ``Ward 3, left`` becomes ``ward-3-left``."""
    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:_LONGEST_NAME].strip("-")


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise UsageError("a location's name is made of a to z, 0 to 9 and single hyphens, such as ward-3-left")
